//! A message goes out: stored with its place in the queue, handed to the provider, its fate recorded.

mod deliver;
mod rows;

use entity::message::{self, Direction};
use entity::types::{Lane, MessageStatus};
use sea_orm::ConnectionTrait;
use serde_json::json;

pub use deliver::{Settled, deliver, record};
pub(crate) use rows::LEASE;
pub use rows::{Parties, attempted, begin_attempt, blank, store_new};

use crate::app::App;
use crate::domain::draft::{Draft, Request};
use crate::error::{Error, Fault, Refusal, RefusalCode, Result};
use crate::store;

/// Accepts a message for sending. In the immediate lane the first attempt is made before this returns; otherwise the
/// queue makes it. The same idempotency key with the same content returns the first message and sends nothing.
///
/// # Errors
/// Every broken rule, by field; or a fault, after which nothing is stored.
pub async fn send(app: &App, request: Request) -> Result<message::Model> {
    let draft = Draft::check(request, app.senders(), app.now()).map_err(Error::Refused)?;
    let accepted = accept(app, &draft).await?;
    app.cluster.log_grew();
    match accepted {
        Accepted::Known(message) => Ok(message),
        Accepted::New(message) if message.status == MessageStatus::Sending => {
            // A task of its own: a client that hangs up does not leave the attempt without its record.
            let (app2, attempt) = (app.clone(), message.clone());
            let settled = app
                .tasks
                .spawn(async move { deliver_and_record(&app2, &attempt).await });
            settled
                .await
                .map_err(|error| Error::Fault(Fault::Other(error.to_string())))??;
            let settled = store::messages::by_id(app.db.read(), message.id).await?;
            Ok(settled.unwrap_or(message))
        }
        Accepted::New(message) => {
            app.cluster.wake();
            Ok(message)
        }
    }
}

/// Makes one attempt that was begun before, and records how it went.
///
/// # Errors
/// A fault of the database; the message then is resolved as one whose answer was lost.
pub async fn deliver_and_record(app: &App, message: &message::Model) -> Result<()> {
    let settled = deliver(app, message).await;
    record(app, &[settled]).await
}

enum Accepted {
    New(message::Model),
    Known(message::Model),
}

async fn accept(app: &App, draft: &Draft) -> Result<Accepted> {
    if let Some(known) = same_key(app.db.read(), draft).await? {
        return Ok(Accepted::Known(known));
    }
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let contact =
        store::contacts::find_or_create(&tx, app.new_id(), draft.to.as_str(), now).await?;
    let talk =
        store::contacts::conversation(&tx, app.new_id(), contact.id, draft.from.as_str(), now)
            .await?;
    let parties = Parties {
        conversation_id: talk.id,
        contact_id: contact.id,
        from: draft.from.as_str().to_owned(),
        to: draft.to.as_str().to_owned(),
    };
    let row = of_draft(app, draft, parties);
    let may_go_now = draft.lane == Lane::Immediate && draft.send_at.is_none();
    let row = if may_go_now {
        begin_attempt(app, row)
    } else {
        row
    };
    let (stored, events) = store_new(app, &tx, row).await?;
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    match stored {
        Some(message) => Ok(Accepted::New(message)),
        // Another request with the same key was faster.
        None => same_key(app.db.write(), draft)
            .await?
            .map(Accepted::Known)
            .ok_or(Error::NotFound("message")),
    }
}

/// The message that came with this key before, if its content is the same.
async fn same_key(db: &impl ConnectionTrait, draft: &Draft) -> Result<Option<message::Model>> {
    let Some(key) = &draft.idempotency_key else {
        return Ok(None);
    };
    let Some(known) = store::messages::by_key(db, key).await? else {
        return Ok(None);
    };
    if known.content_hash.as_deref() == Some(draft.content_hash().as_str()) {
        return Ok(Some(known));
    }
    let message = "this key was used before with other content: use a new key for a new message";
    Err(Refusal::field(RefusalCode::KeyReused, "idempotencyKey", message).into())
}

fn of_draft(app: &App, draft: &Draft, parties: Parties) -> message::Model {
    let status = if draft.send_at.is_some() {
        MessageStatus::Scheduled
    } else {
        MessageStatus::Queued
    };
    let blank = blank(app, parties);
    message::Model {
        direction: Direction::Outbound,
        status,
        lane: draft.lane,
        body: draft.body.clone(),
        media_urls: json!(draft.media_urls),
        content_sid: draft.content_sid.clone(),
        content_variables: draft.content_variables.clone(),
        due_at: draft.send_at.or(blank.due_at),
        not_after: draft.not_after,
        idempotency_key: draft.idempotency_key.clone(),
        content_hash: draft
            .idempotency_key
            .is_some()
            .then(|| draft.content_hash()),
        ..blank
    }
}
