//! What waited on disk goes into the database. Doing it twice changes nothing.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use super::door::Note;
use super::process::Hands;
use super::row::Spooled;
use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::flows::outbound;
use crate::store;

/// A note that holds a webhook event.
pub(super) const EVENT: &str = "event";

const DEADLINE: Duration = Duration::from_secs(10);

/// Takes lines up; those that can't be are answered. `None`: the database is away, and none of them is dealt with for sure.
pub(super) async fn take_up(app: &App, hands: &Hands, lines: &[String]) -> Option<Vec<String>> {
    let mut unreadable = Vec::new();
    let mut notes = Vec::new();
    for line in lines {
        match serde_json::from_str::<Note>(line) {
            Ok(note) => notes.push((line, note)),
            Err(_) => unreadable.push(line.clone()),
        }
    }
    let all: Vec<&Note> = notes.iter().map(|it| &it.1).collect();
    let Err(error) = store_all(app, hands, &all).await else {
        return Some(told(unreadable));
    };
    tracing::warn!(%error, "the spool could not be taken up as a whole");
    // One line that can't be taken up costs no other.
    for (line, note) in notes {
        if let Err(error) = store_all(app, hands, &[&note]).await {
            if !is_hopeless(&error) {
                return None;
            }
            unreadable.push(line.clone());
        }
    }
    Some(told(unreadable))
}

/// Whether the line itself is wrong. Anything else passes, and then the line is taken up.
fn is_hopeless(error: &Error) -> bool {
    match error {
        Error::Fault(Fault::Database(error)) => store::is_about_content(error),
        Error::Fault(Fault::Other(_)) | Error::Refused(_) | Error::NotFound(_) => true,
        Error::Unavailable(_) | Error::Unauthenticated | Error::Forbidden(_) => false,
    }
}

fn told(unreadable: Vec<String>) -> Vec<String> {
    if !unreadable.is_empty() {
        let count = unreadable.len();
        tracing::error!(
            count,
            "lines of the spool can't be taken up; they are beside it, in a .bad file"
        );
    }
    unreadable
}

async fn store_all(app: &App, hands: &Hands, notes: &[&Note]) -> Result<()> {
    let (mut events, mut begun, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    for Note { kind, note } in notes {
        match kind.as_str() {
            EVENT => events.push(form::<Spooled>(note)?.into_row(app)),
            "begun" => begun.push(form(note)?),
            _ => ended.push(form(note)?),
        }
    }
    let work = async {
        outbound::take_up(app, begun, ended).await?;
        if events.is_empty() {
            return Ok::<_, Error>(Vec::new());
        }
        Ok(store::webhook_events::insert_new(app.db.write(), events).await?)
    };
    let stored = timeout(DEADLINE, work).await.map_err(|_| {
        app.db.seems_down();
        Error::Unavailable("the database did not answer in time")
    })??;
    hands.take(stored);
    Ok(())
}

fn form<T: DeserializeOwned>(note: &Value) -> Result<T> {
    T::deserialize(note).map_err(|error| Error::Fault(Fault::Other(format!("the spool: {error}"))))
}
