//! A person wrote: keep the message, let the bot answer, send its answer at once.

use chrono::{DateTime, TimeDelta, Utc};
use entity::message::{self, ContentKind, Direction};
use entity::message_event::EventKind;
use entity::types::{Address, Lane, MessageStatus};
use entity::webhook_event::WebhookSource;
use entity::{contact, conversation, webhook_event};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::outbound;
use crate::app::App;
use crate::domain::bot;
use crate::domain::texts::Language;
use crate::error::{Error, Fault, Result};
use crate::gateway::wire::{self, Form};
use crate::store::{self, message_events::NewEvent};

/// In the form of a message out of the provider's list: when it was written.
pub(super) const WRITTEN_AT: &str = "DateSent";
/// Later than this nobody waits for the bot's answer, and the provider would not deliver it.
const WINDOW: TimeDelta = TimeDelta::hours(24);

/// Longest text kept, in bytes: four times what the channel allows.
const LONGEST: usize = 16 * 1_024;

/// What the provider told about one inbound message.
struct Letter {
    sid: String,
    from: Address,
    to: Address,
    body: String,
    name: Option<String>,
    media_urls: Vec<String>,
    /// When the person wrote, as far as we know.
    written_at: DateTime<Utc>,
}

/// Takes in inbound messages and answers them, all in one transaction; if that fails, one by one. What became of each, in
/// their order: after an error nothing of that message is stored, and its event can be tried again.
pub async fn receive_all(app: &App, events: &[&webhook_event::Model]) -> Vec<Result<()>> {
    match receive_together(app, events).await {
        Ok(done) => done,
        Err(error) if events.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut done = Vec::with_capacity(events.len());
            for event in events {
                let alone = receive_together(app, std::slice::from_ref(event)).await;
                done.extend(alone.unwrap_or_else(|error| vec![Err(error)]));
            }
            done
        }
    }
}

async fn receive_together(app: &App, events: &[&webhook_event::Model]) -> Result<Vec<Result<()>>> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let mut door = outbound::ImmediateDoor::open(app, &tx).await?;
    let mut done = Vec::with_capacity(events.len());
    let mut told = Vec::new();
    let mut replies = Vec::new();
    for event in events {
        done.push(match read(event) {
            Ok(letter) => {
                let taken_in = take_in(app, &tx, &mut door, event, &letter).await?;
                replies.extend(taken_in.0);
                told.extend(taken_in.1);
                Ok(())
            }
            Err(error) => Err(error),
        });
    }
    store::message_events::append(&tx, now, told).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    for reply in replies {
        if reply.status == MessageStatus::Sending {
            // Nobody waits for it here: the next message of the same person may come in meanwhile.
            let app2 = app.clone();
            app.tasks
                .spawn(async move { outbound::deliver_and_record(&app2, &reply).await });
        } else {
            // It waits behind an earlier one.
            app.cluster.wake();
        }
    }
    Ok(done)
}

type TakenIn = (Vec<message::Model>, Vec<NewEvent>);

/// Everything of one message that is stored: its replies, and the events for the log. Nothing when the message was known.
async fn take_in(
    app: &App,
    tx: &impl ConnectionTrait,
    door: &mut outbound::ImmediateDoor,
    event: &webhook_event::Model,
    letter: &Letter,
) -> Result<TakenIn> {
    let now = app.now();
    if !store::webhook_events::processed(tx, event.id, now).await? {
        return Ok(TakenIn::default());
    }
    let contact =
        store::contacts::find_or_create(tx, app.new_id(), letter.from.as_str(), now).await?;
    let name = letter.name.as_deref();
    let contact = store::contacts::heard_from(tx, contact, name, letter.written_at).await?;
    let talk = store::contacts::conversation(tx, app.new_id(), contact.id, letter.to.as_str(), now)
        .await?;
    let stored = store::messages::insert(tx, received(app, letter, &contact, &talk)).await?;
    let Some(stored) = stored else {
        return Ok(TakenIn::default());
    };
    let kind = match event.source {
        WebhookSource::Webhook => EventKind::Received,
        WebhookSource::Recovered => EventKind::Recovered,
    };
    let mut told = vec![NewEvent::moved(stored.id, kind, MessageStatus::Received)];
    if now - letter.written_at >= WINDOW {
        return Ok((Vec::new(), told));
    }
    let (replies, events) = answer(app, tx, door, letter, (&contact, &talk)).await?;
    told.extend(events);
    Ok((replies, told))
}

/// Lets the bot answer: reply rows that are `SENDING` already, with their attempts, unless they must wait.
async fn answer(
    app: &App,
    tx: &impl ConnectionTrait,
    door: &mut outbound::ImmediateDoor,
    letter: &Letter,
    (contact, talk): (&contact::Model, &conversation::Model),
) -> Result<TakenIn> {
    let place = bot::State::parse(&talk.bot_state);
    let language = Language::from_tag(&contact.language);
    let (place, texts) = bot::step(place, &letter.body, contact.name.as_deref(), language);
    if place.as_str() != talk.bot_state {
        store::contacts::keep_bot_state(tx, talk.id, place.as_str()).await?;
    }
    let mut replies = Vec::new();
    let mut events = Vec::new();
    for text in texts {
        let row = reply(app, text, letter, contact, talk);
        let row = door.let_through(app, tx, row).await?;
        let (message, told) = outbound::store_new(app, tx, row).await?;
        replies.extend(message);
        events.extend(told);
    }
    Ok((replies, events))
}

fn read(event: &webhook_event::Model) -> Result<Letter> {
    let form = Form::decode(event.body.as_bytes());
    let missing = |field| Error::Fault(Fault::Other(format!("the message has no {field}")));
    let address = |field| {
        let text = form.get(field).ok_or_else(|| missing(field))?;
        Address::from_provider(&storable(text)).map_err(|_| missing(field))
    };
    let media = (0..form
        .get("NumMedia")
        .and_then(|it| it.parse().ok())
        .unwrap_or(0_u8)
        .min(10))
        .filter_map(|n| form.get(&format!("MediaUrl{n}")).map(storable));
    Ok(Letter {
        sid: form
            .get("MessageSid")
            .map(storable)
            .ok_or_else(|| missing("MessageSid"))?,
        from: address("From")?,
        to: address("To")?,
        body: form.get("Body").map(storable).unwrap_or_default(),
        name: form
            .get("ProfileName")
            .map(storable)
            .filter(|it| !it.trim().is_empty()),
        media_urls: media.collect(),
        written_at: form
            .get(WRITTEN_AT)
            .and_then(wire::parse_rfc2822)
            .unwrap_or(event.received_at),
    })
}

/// Text that both databases keep: without NUL, and no longer than any real message.
fn storable(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST);
    text[..end].replace('\0', "")
}

fn received(
    app: &App,
    letter: &Letter,
    contact: &contact::Model,
    talk: &conversation::Model,
) -> message::Model {
    let now = app.now();
    message::Model {
        id: app.new_id(),
        conversation_id: talk.id,
        contact_id: contact.id,
        direction: Direction::Inbound,
        status: MessageStatus::Received,
        lane: Lane::Immediate,
        from_address: letter.from.as_str().to_owned(),
        to_address: letter.to.as_str().to_owned(),
        body: Some(letter.body.clone()).filter(|it| !it.is_empty()),
        content_kind: ContentKind::Text,
        content: None,
        media_urls: json!(letter.media_urls),
        content_sid: None,
        content_variables: None,
        twilio_sid: Some(letter.sid.clone()),
        error_code: None,
        attempt_count: 0,
        max_attempts: 0,
        due_at: None,
        lease_until: None,
        leased_by: None,
        not_after: None,
        idempotency_key: None,
        content_hash: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

fn reply(
    app: &App,
    text: String,
    letter: &Letter,
    contact: &contact::Model,
    talk: &conversation::Model,
) -> message::Model {
    let from = outbound::Parties {
        conversation_id: talk.id,
        contact_id: contact.id,
        from: letter.to.as_str().to_owned(),
        to: letter.from.as_str().to_owned(),
    };
    message::Model {
        body: Some(text),
        lane: Lane::Immediate,
        ..outbound::blank(app, from)
    }
}
