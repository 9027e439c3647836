//! Who answers: a person takes a conversation, gives it back, or hands it to the bot; who writes again opens it anew.

use chrono::{DateTime, TimeDelta, Utc};
use entity::conversation::{ConversationState as State, Model};
use entity::conversation_event::ConversationEventKind as Event;
use entity::types::Kind;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit;
use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store;
use crate::store::conversations::{NewEvent, Turn};

const LONGEST_SILENCE: TimeDelta = TimeDelta::days(30);

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who it is, for the logs.
    pub by: audit::Actor,
    /// The user; `None`: a token.
    pub user: Option<Uuid>,
}

/// What a person does with a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Takes it; `true`: also out of another person's hands.
    Claim(bool),
    /// Gives it back to the others; the bot stays silent.
    Release,
    /// Lets the bot answer again, from a moment on or at once.
    HandBack(Option<DateTime<Utc>>),
    /// Nothing more is to be done until they write again.
    Resolve,
}

/// Does it. What is so already stays so, and is not told again.
///
/// # Errors
/// `NOT_FOUND`; `TAKEN` when another person has it; a moment that has passed or is too far; or a fault.
pub async fn change(app: &App, id: Uuid, deed: Deed, actor: &Actor) -> Result<Model> {
    let now = app.now();
    check(deed, now)?;
    let tx = store::begin(&app.db).await?;
    let Some(was) = store::conversations::by_id(&tx, id).await? else {
        let words = "no conversation has this id";
        return Err(Refusal::field(RefusalCode::NotFound, "id", words).into());
    };
    let others = was.assignee_id.is_some() && was.assignee_id != actor.user;
    if deed == Deed::Claim(false) && was.state == State::Person && others {
        let words = "another person has it: they release it, or you take it over";
        return Err(Refusal::field(RefusalCode::Taken, "id", words).into());
    }
    let (turn, kind) = turn(deed, actor);
    if turn == standing(&was) {
        return Ok(was);
    }
    let Some(given) = store::conversations::give(&tx, &was, turn).await? else {
        let words = "it changed at this very moment: look again";
        return Err(Refusal::field(RefusalCode::Taken, "id", words).into());
    };
    let event = NewEvent {
        conversation_id: id,
        kind,
        actor_name: Some(actor.by.name.clone()),
    };
    store::conversations::append(&tx, now, event).await?;
    let change = audit::Change::new(action(deed)).of(Kind::Conversation.encode(id));
    let change = change.from(told(&was)).to(told(&given));
    audit::note(&tx, (app.new_id(), now), &actor.by, change).await?;
    tx.commit().await?;
    app.cluster.log_grew();
    Ok(given)
}

/// What of a conversation is told in the audit log.
fn told(it: &Model) -> Value {
    let state = match it.state {
        State::Bot => "BOT",
        State::Person => "PERSON",
        State::Resolved => "RESOLVED",
    };
    let assignee = it.assignee_id.map(|id| Kind::User.encode(id));
    json!({ "state": state, "assignee": assignee, "botSilentUntil": it.bot_silent_until })
}

fn action(deed: Deed) -> &'static str {
    match deed {
        Deed::Claim(_) => "claimConversation",
        Deed::Release => "releaseConversation",
        Deed::HandBack(_) => "handBackConversation",
        Deed::Resolve => "resolveConversation",
    }
}

fn check(deed: Deed, now: DateTime<Utc>) -> Result<()> {
    let Deed::HandBack(Some(from)) = deed else {
        return Ok(());
    };
    if from <= now {
        let words = format!("this moment has passed; it is {}", now.to_rfc3339());
        return Err(Refusal::field(RefusalCode::InThePast, "botFrom", words).into());
    }
    if from > now + LONGEST_SILENCE {
        let words = "more than 30 days ahead: claim the conversation instead";
        return Err(Refusal::field(RefusalCode::TooFar, "botFrom", words).into());
    }
    Ok(())
}

fn turn(deed: Deed, actor: &Actor) -> (Turn, Event) {
    let (state, assignee_id, bot_silent_until, kind) = match deed {
        Deed::Claim(_) => (State::Person, actor.user, None, Event::Claimed),
        Deed::Release => (State::Person, None, None, Event::Released),
        Deed::HandBack(from) => (State::Bot, None, from, Event::HandedBack),
        Deed::Resolve => (State::Resolved, None, None, Event::Resolved),
    };
    let turn = Turn {
        state,
        assignee_id,
        bot_silent_until,
    };
    (turn, kind)
}

fn standing(it: &Model) -> Turn {
    Turn {
        state: it.state,
        assignee_id: it.assignee_id,
        bot_silent_until: it.bot_silent_until,
    }
}

/// A customer asks for a person: the conversation is nobody's yet, and the bot silent until it is handed back or `until`.
///
/// # Errors
/// A fault of the database.
pub async fn call_person(
    tx: &impl ConnectionTrait,
    talk: &Model,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    let waiting = Turn {
        state: State::Person,
        assignee_id: None,
        bot_silent_until: Some(until),
    };
    if store::conversations::give(tx, talk, waiting)
        .await?
        .is_some()
    {
        let event = NewEvent {
            conversation_id: talk.id,
            kind: Event::PersonAsked,
            actor_name: None,
        };
        store::conversations::append(tx, now, event).await?;
    }
    Ok(())
}

/// They wrote: a conversation that was resolved is the bot's again, and so is one in which they waited for a person too long.
///
/// # Errors
/// A fault of the database.
pub async fn reopen(tx: &impl ConnectionTrait, talk: &Model, now: DateTime<Utc>) -> Result<()> {
    let is_over = talk.bot_silent_until.is_some_and(|it| it <= now);
    let kind = match talk.state {
        State::Resolved => Event::Reopened,
        State::Person if is_over => Event::HandedBack,
        State::Person | State::Bot => return Ok(()),
    };
    let bots = Turn {
        state: State::Bot,
        assignee_id: None,
        bot_silent_until: None,
    };
    if store::conversations::give(tx, talk, bots).await?.is_some() {
        let event = NewEvent {
            conversation_id: talk.id,
            kind,
            actor_name: None,
        };
        store::conversations::append(tx, now, event).await?;
    }
    Ok(())
}

/// Whether the bot answers what is written in a conversation.
pub fn bot_may_answer(talk: &Model, now: DateTime<Utc>) -> bool {
    match talk.state {
        // Whoever takes it ends the time by which the bot comes back.
        State::Person => talk.bot_silent_until.is_some_and(|it| it <= now),
        State::Bot => talk.bot_silent_until.is_none_or(|it| it <= now),
        State::Resolved => true,
    }
}
