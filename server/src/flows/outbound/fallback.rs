//! The immediate lane while the database is down: the message goes out all the same, and what belongs into the log waits on
//! disk until it can be written. Never twice holds here too: the attempt is on disk before its request leaves.

use chrono::{DateTime, Utc};
use entity::message;
use entity::types::{Lane, MessageStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::accept::row;
use super::deliver::deliver;
use super::door::{Settled, Wish};
use super::record::{as_told, record};
use super::rows::{LEASE, Parties, store_new};
use crate::app::App;
use crate::domain::content::kind_of_ours;
use crate::error::{Error, Result};
use crate::gateway::twilio::Report;
use crate::store;

/// A first attempt that is about to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Begun {
    id: Uuid,
    at: DateTime<Utc>,
    from: String,
    to: String,
    body: Option<String>,
    media_urls: Value,
    content_sid: Option<String>,
    content_variables: Option<Value>,
    #[serde(default)]
    not_after: Option<DateTime<Utc>>,
}

/// How an attempt ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ended {
    id: Uuid,
    attempt: i32,
    report: Report,
}

/// Whether a message may go out without the database: a reply, not bound to a key that only the database knows.
pub(super) fn is_open_to(wish: &Wish) -> bool {
    let draft = &wish.draft;
    draft.lane == Lane::Immediate && draft.send_at.is_none() && draft.idempotency_key.is_none()
}

/// Sends a message of which the database knows nothing.
///
/// # Errors
/// [`Error::Unavailable`] when the attempt could not be put on disk either: then nothing is sent.
pub(super) async fn send(app: &App, wish: &Wish) -> Result<message::Model> {
    if app.places.is_held() || app.breaker.admit(1, app.now()) == 0 {
        return Err(Error::Unavailable(
            "the database does not answer, and the immediate lane is held: nothing was sent",
        ));
    }
    let nobody = Parties {
        conversation_id: Uuid::nil(),
        contact_id: Uuid::nil(),
        from: wish.draft.from.as_str().to_owned(),
        to: wish.draft.to.as_str().to_owned(),
    };
    let message = message::Model {
        status: MessageStatus::Sending,
        attempt_count: 1,
        lease_until: Some(app.now() + LEASE),
        leased_by: Some(app.node.clone()),
        ..row(app, wish, nobody)
    };
    let refused =
        Error::Unavailable("neither the database nor the disk takes the message: nothing was sent");
    let begun = serde_json::to_value(begun(&message)).unwrap_or_default();
    if !app.intake.note("begun", begun).await {
        return Err(refused);
    }
    let turns = app
        .cluster
        .take_turns(&message.from_address, message.lane, 1)
        .await;
    let settled = deliver(app, &message, turns.wait(0)).await;
    keep_for_later(app, std::slice::from_ref(&settled)).await;
    Ok(as_told(app, settled))
}

fn begun(message: &message::Model) -> Begun {
    Begun {
        id: message.id,
        at: message.created_at,
        from: message.from_address.clone(),
        to: message.to_address.clone(),
        body: message.body.clone(),
        media_urls: message.media_urls.clone(),
        content_sid: message.content_sid.clone(),
        content_variables: message.content_variables.clone(),
        not_after: message.not_after,
    }
}

/// Puts answers on disk that the database does not take now. If the disk fails too, their leases run out and the provider
/// is asked about them.
pub(super) async fn keep_for_later(app: &App, batch: &[Settled]) {
    for settled in batch {
        let ended = Ended {
            id: settled.message.id,
            attempt: settled.message.attempt_count,
            report: settled.report.clone(),
        };
        let ended = serde_json::to_value(ended).unwrap_or_default();
        if !app.intake.note("ended", ended).await {
            tracing::error!(
                "an answer could be kept nowhere; its message is looked up at Twilio later"
            );
        }
    }
}

/// Takes up what waited on disk: attempts that were begun first, then the ends of attempts. Repeating it changes nothing.
///
/// # Errors
/// A fault of the database; then all of it can be taken up again.
pub async fn take_up(app: &App, begun: Vec<Begun>, ended: Vec<Ended>) -> Result<()> {
    for it in begun {
        store_begun(app, it).await?;
    }
    let mut settled = Vec::with_capacity(ended.len());
    for it in ended {
        if let Some(message) = store::messages::by_id(app.db.write(), it.id).await? {
            let message = message::Model {
                attempt_count: it.attempt,
                ..message
            };
            settled.push(Settled {
                message,
                report: it.report,
            });
        }
    }
    record(app, &settled).await
}

async fn store_begun(app: &App, it: Begun) -> Result<()> {
    let tx = store::begin(&app.db).await?;
    if store::messages::by_id(&tx, it.id).await?.is_some() {
        return Ok(());
    }
    let contact = store::contacts::find_or_create(&tx, app.new_id(), &it.to, it.at).await?;
    let talk =
        store::contacts::conversation(&tx, app.new_id(), contact.id, &it.from, it.at).await?;
    let parties = Parties {
        conversation_id: talk.id,
        contact_id: contact.id,
        from: it.from,
        to: it.to,
    };
    let row = message::Model {
        id: it.id,
        lane: Lane::Immediate,
        status: MessageStatus::Sending,
        attempt_count: 1,
        lease_until: Some(it.at + LEASE),
        leased_by: Some(app.node.clone()),
        content_kind: kind_of_ours(
            it.content_sid.is_some(),
            it.media_urls.as_array().is_some_and(|it| !it.is_empty()),
        ),
        body: it.body,
        media_urls: it.media_urls,
        content_sid: it.content_sid,
        content_variables: it.content_variables,
        not_after: it.not_after,
        created_at: it.at,
        ..super::blank(app, parties)
    };
    let (_, events) = store_new(app, &tx, row).await?;
    store::message_events::append(&tx, app.now(), events).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    Ok(())
}
