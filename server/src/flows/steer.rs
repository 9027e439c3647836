//! People and programs steer the queue: they take a message back, hold a lane, let it go on.

use chrono::{DateTime, TimeDelta, Utc};
use entity::message_event::EventKind;
use entity::types::{Kind, Lane, MessageStatus};
use entity::{lane_pause, message};
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::domain::mask;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store::{self, Tx, message_events::NewEvent};

const REASON_LIMIT: usize = 500;
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(366);

/// Takes a message back that has not left.
///
/// # Errors
/// `NOT_FOUND`; `NOT_CANCELABLE` with the reason.
pub async fn cancel(app: &App, by: &Actor, id: Uuid) -> Result<message::Model> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let was = store::messages::by_id(&tx, id).await?;
    let Some(message) = store::messages::cancel(&tx, id, now).await? else {
        let refusal = match was {
            None => Refusal::field(RefusalCode::NotFound, "id", "no message has this id"),
            Some(it) => Refusal::field(RefusalCode::NotCancelable, "id", why_not(it.status)),
        };
        return Err(refusal.into());
    };
    let event = NewEvent::moved(id, EventKind::Canceled, MessageStatus::Canceled);
    store::message_events::append(&tx, now, vec![event]).await?;
    let change = Change::new("cancelMessage").of(Kind::Message.encode(id));
    let before = was.map_or("QUEUED", |it| it.status.as_str());
    let change = change
        .from(json!({ "status": before }))
        .to(json!({ "status": message.status.as_str() }));
    audit::note(&tx, (app.new_id(), now), by, change).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    // One that waited behind it may go.
    app.cluster.wake();
    Ok(message)
}

fn why_not(status: MessageStatus) -> &'static str {
    use MessageStatus as S;
    match status {
        S::Sending => "it is being handed to Twilio at this moment",
        S::Unconfirmed => "it may have been sent: Waybill is asking Twilio",
        S::Accepted | S::Sent => "Twilio has it already",
        S::Delivered | S::Read => "it was delivered",
        S::Undelivered | S::Failed => "it failed already",
        S::Canceled => "it was taken back before",
        S::Received => "it is a message from the customer",
        S::Scheduled | S::Queued => "it is being changed at this moment: try again",
    }
}

/// A wish to hold lanes.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Which; all of them without one.
    pub lane: Option<Lane>,
    /// Why, for those who wonder.
    pub reason: String,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// Who wishes it.
    pub by: Actor,
}

/// Nobody claims from these lanes any more; what is with Twilio already goes on. A hold that is there is replaced.
///
/// # Errors
/// A reason that is too long, an end that has passed or is too far; or a fault.
pub async fn pause(app: &App, hold: Hold) -> Result<()> {
    let now = app.now();
    let mut broken = Vec::new();
    if hold.reason.chars().count() > REASON_LIMIT || hold.reason.contains('\0') {
        let message = "at most 500 characters, none of them NUL";
        broken.push(Refusal::field(RefusalCode::TooLong, "reason", message));
    }
    if hold.until.is_some_and(|it| it <= now) {
        let message = format!("this moment has passed; it is {}", now.to_rfc3339());
        broken.push(Refusal::field(RefusalCode::InThePast, "until", message));
    }
    if hold.until.is_some_and(|it| it > now + LONGEST_PAUSE) {
        let message = "more than 366 days ahead: leave it out, and resume the lane when it is time";
        broken.push(Refusal::field(RefusalCode::TooFar, "until", message));
    }
    if !broken.is_empty() {
        return Err(crate::error::Error::Refused(broken));
    }
    let pauses = lanes(hold.lane).into_iter().map(|lane| lane_pause::Model {
        lane,
        reason: hold.reason.trim().to_owned(),
        paused_by: hold.by.id.clone(),
        paused_by_name: Some(hold.by.name.clone()),
        paused_at: now,
        until: hold.until,
    });
    let reason = mask::text(hold.reason.trim());
    let after =
        json!({ "lane": hold.lane.map(Lane::as_str), "until": hold.until, "reason": reason });
    let tx = store::begin(&app.db).await?;
    let before = held(&tx, hold.lane, now).await?;
    let change = Change::new("pauseQueue").from(before).to(after);
    store::pauses::put(&tx, pauses.collect()).await?;
    audit::note(&tx, (app.new_id(), now), &hold.by, change).await?;
    tx.commit().await?;
    remember(app, hold.lane, true);
    tracing::info!(lane = ?hold.lane, by = hold.by.id, "the queue is paused");
    app.cluster.log_grew();
    Ok(())
}

/// Lets lanes go on; all of them without one.
///
/// # Errors
/// A fault of the database.
pub async fn resume(app: &App, by: &Actor, lane: Option<Lane>) -> Result<()> {
    let tx = store::begin(&app.db).await?;
    let before = held(&tx, lane, app.now()).await?;
    let after = json!({ "lane": lane.map(Lane::as_str) });
    let change = Change::new("resumeQueue").from(before).to(after);
    store::pauses::end(&tx, &lanes(lane)).await?;
    audit::note(&tx, (app.new_id(), app.now()), by, change).await?;
    tx.commit().await?;
    remember(app, lane, false);
    app.cluster.log_grew();
    app.cluster.wake();
    Ok(())
}

/// Which of the lanes are held, for the audit log.
async fn held(tx: &Tx, lane: Option<Lane>, now: DateTime<Utc>) -> Result<Value> {
    let those = lanes(lane);
    let pauses = store::pauses::at(tx, now).await?.into_iter();
    let told = pauses
        .filter(|it| those.contains(&it.lane))
        .map(|it| json!({ "lane": it.lane.as_str(), "until": it.until, "reason": mask::text(&it.reason) }));
    Ok(json!({ "paused": told.collect::<Vec<_>>() }))
}

/// A reply must be held also while the database can't be asked whether it is to be.
fn remember(app: &App, lane: Option<Lane>, is_held: bool) {
    if lanes(lane).contains(&Lane::Immediate) {
        app.places.hold(is_held);
    }
}

fn lanes(lane: Option<Lane>) -> Vec<Lane> {
    lane.map_or_else(|| Lane::ALL.to_vec(), |it| vec![it])
}
