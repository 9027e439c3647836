//! A person wrote: keep the message, let the bot answer, send its answer at once.

use chrono::{DateTime, Utc};
use entity::contact::{self, OptOutCause};
use entity::message::{self, ContentKind, Direction};
use entity::message_event::EventKind;
use entity::types::{Lane, MessageStatus};
use entity::webhook_event::WebhookSource;
use entity::{conversation, webhook_event};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use super::outbound;
use super::shop::{self, Customer, Served};
use crate::app::App;
use crate::domain::bot::Reply;
use crate::domain::consent::{self, Wish};
use crate::domain::texts::{self, Language};
use crate::domain::window;
use crate::error::{Error, Fault, Result};
use crate::gateway::wire::{Form, letter::Letter};
use crate::store::contacts::{Consent, Heard};
use crate::store::{self, message_events::NewEvent};

/// Failures after which a message is kept without the bot's answer.
const TRIES: i32 = 2;

/// Takes in inbound messages and answers them, all in one transaction; if that fails, one by one. What became of each, in
/// their order: after an error nothing of that message is stored, and its event can be tried again.
pub async fn receive_all(app: &App, events: &[&webhook_event::Model]) -> Vec<Result<()>> {
    match receive_together(app, events, None).await {
        Ok(done) => done,
        Err(error) if events.len() == 1 => vec![excused(app, events, error).await],
        Err(_) => {
            let mut done = Vec::with_capacity(events.len());
            for event in events {
                let event = std::slice::from_ref(event);
                match receive_together(app, event, None).await {
                    Ok(alone) => done.extend(alone),
                    Err(error) => done.push(excused(app, event, error).await),
                }
            }
            done
        }
    }
}

/// A message that can't be answered, tried again and again, is kept without the bot: the customer gets an apology, once, and the
/// operator sees the message with its cause. Unless the database itself is at fault: that will pass.
async fn excused(app: &App, event: &[&webhook_event::Model], error: Error) -> Result<()> {
    let is_hopeless = event.iter().all(|it| it.failures >= TRIES);
    if !is_hopeless || !app.db.is_well() {
        return Err(error);
    }
    let cause = crate::error::words(&error);
    match receive_together(app, event, Some(&cause)).await {
        Ok(mut done) => done.pop().unwrap_or(Ok(())),
        // The first cause tells more.
        Err(_) => Err(error),
    }
}

/// `excuse`: the bot failed on this before, and is not asked again.
async fn receive_together(
    app: &App,
    events: &[&webhook_event::Model],
    excuse: Option<&str>,
) -> Result<Vec<Result<()>>> {
    let now = app.now();
    let tx = store::begin(&app.db).await?;
    let mut door = outbound::ImmediateDoor::open(app, &tx).await?;
    let mut done = Vec::with_capacity(events.len());
    let mut told = Vec::new();
    let mut replies = Vec::new();
    for event in events {
        done.push(match read(event) {
            Ok(letter) => {
                let taken_in = take_in(app, &tx, &mut door, event, (&letter, excuse)).await?;
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
    (letter, excuse): (&Letter, Option<&str>),
) -> Result<TakenIn> {
    let now = app.now();
    if !store::webhook_events::processed(tx, event.id, now).await? {
        return Ok(TakenIn::default());
    }
    let written_at = letter.written_at.unwrap_or(now);
    let mut contact = meet(app, tx, letter).await?;
    if contact.last_inbound_at.is_none() {
        contact = greet(tx, contact, letter).await?;
    }
    let consent = consent(&contact, letter, written_at, now);
    let heard = Heard {
        name: letter.name.as_deref(),
        at: written_at,
        consent: consent.change,
    };
    let is_blocked = contact.blocked_at.is_some();
    let contact = store::contacts::heard_from(tx, contact, heard).await?;
    if let (Some(change), Some(other)) = (consent.change, &letter.also_known_as) {
        store::contacts::consent_of(tx, other.as_str(), change).await?;
    }
    let pair = (contact.id, letter.to.as_str());
    let talk = store::contacts::conversation_heard(tx, app.new_id(), pair, written_at, now).await?;
    let stored = store::messages::insert(tx, received(app, letter, &contact, &talk)).await?;
    let Some(stored) = stored else {
        return Ok(TakenIn::default());
    };
    super::conversations::reopen(tx, &talk, now).await?;
    let kind = match event.source {
        WebhookSource::Webhook => EventKind::Received,
        WebhookSource::Recovered => EventKind::Recovered,
    };
    let hint = super::unlisted::hint(app, stored.id, &letter.to);
    let is_unlisted = hint.is_some();
    let mut told = vec![NewEvent {
        detail: hint,
        ..NewEvent::moved(stored.id, kind, MessageStatus::Received)
    }];
    // Later nobody waits for the bot's answer, and the provider would not deliver it.
    if is_blocked || is_unlisted || !window::is_open(Some(written_at), now) {
        return Ok((Vec::new(), told));
    }
    let customer = Customer {
        contact: &contact,
        talk: &talk,
        message: &stored,
    };
    let served = match (consent.answer, excuse) {
        (Some(text), _) => said(app, text),
        (None, _) if contact.opted_out_at.is_some() => Served::default(),
        (None, _) if !super::conversations::bot_may_answer(&talk, now) => Served::default(),
        (None, Some(cause)) => shop::apology(app, customer, cause.to_owned()),
        (None, None) => shop::serve(app, tx, customer).await?,
    };
    if let Some(fault) = &served.fault {
        let failed = NewEvent::moved(stored.id, EventKind::BotFailed, MessageStatus::Received);
        told.push(failed.because(fault.clone()));
    }
    told.extend(served.told);
    let parties = outbound::Parties {
        conversation_id: talk.id,
        contact_id: contact.id,
        from: letter.to.as_str().to_owned(),
        to: letter.from.as_str().to_owned(),
    };
    let language = Language::from_tag(&contact.language);
    let replies = (served.replies, &parties, language);
    let (replies, events) = answer(app, tx, door, replies).await?;
    told.extend(events);
    Ok((replies, told))
}

/// Who wrote: by their address, and where the provider tells a second one, by that too.
async fn meet(app: &App, tx: &impl ConnectionTrait, letter: &Letter) -> Result<contact::Model> {
    let (now, address) = (app.now(), letter.from.as_str());
    Ok(match &letter.also_known_as {
        Some(other) => {
            let pair = (address, other.as_str());
            store::contacts::find_or_create_known_as(tx, app.new_id(), pair, now).await?
        }
        None => store::contacts::find_or_create(tx, app.new_id(), address, now).await?,
    })
}

/// What a message makes of a person's consent.
#[derive(Default)]
struct Wanted {
    /// What changes.
    change: Option<Consent>,
    /// What they are told about it.
    answer: Option<String>,
}

fn consent(
    contact: &contact::Model,
    letter: &Letter,
    written_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Wanted {
    let language = Language::from_tag(&contact.language);
    // Who wrote again since does not want what an older message says; but in doubt they want no messages.
    let is_newest = contact.last_inbound_at.is_none_or(|at| written_at >= at);
    // The provider answers its own words by itself, and takes no answer of ours to STOP.
    let told = |text: String| letter.opt_out_type.is_none().then_some(text);
    let wish = letter.opt_out_type.or_else(|| read_wish(letter));
    match (wish, contact.opt_out_cause) {
        (Some(Wish::Stop), Some(OptOutCause::Word)) => Wanted::default(),
        (Some(Wish::Stop), _) => Wanted {
            change: Some(Some((now, OptOutCause::Word))),
            answer: told(texts::opted_out(language)),
        },
        (Some(Wish::Start), Some(_)) if is_newest => Wanted {
            change: Some(None),
            answer: told(texts::opted_in(language)),
        },
        // Who blocked us and writes again does not block us any more.
        (_, Some(OptOutCause::Provider)) if is_newest => Wanted {
            change: Some(None),
            answer: None,
        },
        _ => Wanted::default(),
    }
}

fn read_wish(letter: &Letter) -> Option<Wish> {
    let is_words = matches!(
        letter.kind,
        ContentKind::Text | ContentKind::ButtonReply | ContentKind::ListReply
    );
    is_words.then(|| consent::read(&letter.text)).flatten()
}

/// Their first message tells their language, as far as its script does.
async fn greet(
    tx: &impl ConnectionTrait,
    mut contact: contact::Model,
    letter: &Letter,
) -> Result<contact::Model> {
    let language = Language::of_script(&letter.text);
    if language != Language::default() && contact.language == Language::default().tag() {
        store::contacts::speak(tx, contact.id, language.tag()).await?;
        language.tag().clone_into(&mut contact.language);
    }
    Ok(contact)
}

/// One text.
fn said(app: &App, text: String) -> Served {
    let reply = Reply {
        text,
        ..Reply::default()
    };
    Served {
        replies: vec![(app.new_id(), reply)],
        ..Served::default()
    }
}

/// Stores answers: reply rows that are `SENDING` already, with their attempts, unless they must wait.
async fn answer(
    app: &App,
    tx: &impl ConnectionTrait,
    door: &mut outbound::ImmediateDoor,
    (replies, parties, language): (Vec<(Uuid, Reply)>, &outbound::Parties, Language),
) -> Result<TakenIn> {
    let mut sent = Vec::new();
    let mut events = Vec::new();
    for (id, reply) in replies {
        for row in shop::rows(app, tx, (id, reply), (parties, language)).await? {
            let row = door.let_through(app, tx, row).await?;
            let (message, told) = outbound::store_new(app, tx, row).await?;
            sent.extend(message);
            events.extend(told);
        }
    }
    Ok((sent, events))
}

fn read(event: &webhook_event::Model) -> Result<Letter> {
    let form = Form::decode(event.body.as_bytes());
    let missing = |field| Error::Fault(Fault::Other(format!("the message has no {field}")));
    let letter = Letter::read(&form).map_err(missing)?;
    let written_at = letter.written_at.or(Some(event.received_at));
    Ok(Letter {
        written_at,
        ..letter
    })
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
        body: Some(letter.text.clone()).filter(|it| !it.is_empty()),
        content_kind: letter.kind,
        content: letter.content.stored(),
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
