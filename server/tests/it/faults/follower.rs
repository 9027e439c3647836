//! A subscriber who comes back after every kill with the last cursor it has seen.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::site::Site;
use crate::support::Socket;

const CATCH_UP: Duration = Duration::from_secs(15);
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What it heard so far.
pub(super) struct Follower {
    heard: Arc<Mutex<Vec<Value>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Follower {
    pub(super) fn start(site: &Arc<Site>) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(follow(Arc::clone(site), Arc::clone(&heard)));
        Self { heard, task }
    }

    /// Compares what it heard with the timelines of all messages: no gap, no repeat.
    pub(super) async fn compare(&self, messages: &[Value]) {
        let cursors = |it: &Value| it["cursor"].as_str().unwrap_or_default().to_owned();
        let timelines = messages
            .iter()
            .flat_map(|it| it["timeline"].as_array().into_iter().flatten());
        let told: HashSet<String> = timelines.map(cursors).collect();
        let began = Instant::now();
        loop {
            let heard: Vec<String> = self.heard.lock().unwrap().iter().map(cursors).collect();
            let unique: HashSet<String> = heard.iter().cloned().collect();
            assert_eq!(
                unique.len(),
                heard.len(),
                "the subscriber heard events twice"
            );
            let missed: Vec<_> = told.difference(&unique).collect();
            if missed.is_empty() {
                return;
            }
            assert!(
                began.elapsed() < CATCH_UP,
                "of {} events the subscriber missed {}: {missed:?}",
                told.len(),
                missed.len()
            );
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

async fn follow(site: Arc<Site>, heard: Arc<Mutex<Vec<Value>>>) {
    let mut cursor = "e0".to_owned();
    loop {
        if let Some(mut socket) = Socket::dial(&site.url, &site.token, Some(&cursor)).await {
            while let Some(mut message) = socket.listen().await {
                let event = message["payload"]["data"]["messageEvents"].take();
                let Some(next) = event["cursor"].as_str() else {
                    break;
                };
                next.clone_into(&mut cursor);
                heard.lock().unwrap().push(event);
            }
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}
