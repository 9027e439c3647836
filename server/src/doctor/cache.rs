//! The last report, so that many who ask do not make many requests to Twilio.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{Report, Subject, examine};
use crate::app::App;

/// The last report. Who asks while everything is being looked at waits for that.
#[derive(Clone, Debug, Default)]
pub struct Cache(Arc<Last>);

type Last = Mutex<Option<(Instant, Arc<Report>)>>;

impl Cache {
    /// A report that is not older than asked for.
    pub async fn read(&self, app: &App, at_most: Duration) -> Arc<Report> {
        let mut last = self.0.lock().await;
        if let Some((at, report)) = last.as_ref()
            && at.elapsed() < at_most
        {
            return report.clone();
        }
        let report = Arc::new(examine(&Subject::of_server(app)).await);
        *last = Some((Instant::now(), report.clone()));
        report
    }
}
