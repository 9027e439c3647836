//! Virtual phones over HTTP: what is on them, their settings, and what their owners write to the business.

mod form;
mod letter;
pub(super) mod samples;
mod words;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::control::{Told, Wrong};
use super::world::messages::Kept;
use super::world::people::Person;
use super::world::{Inner, controls::Webhooks};
use super::{Shared, Simulator, delivery};
use crate::gateway::simulator::{Phone, PhoneMessage, Writing};
use letter::Letter;
use words::Word;

/// Whoever writes this to the business joins the sandbox.
const JOIN: &str = "join ";
/// A phone's clock moves on by at most this, in seconds.
const LONGEST_TRAVEL: i64 = 366 * 86_400;

/// What is changed about a phone; what is absent stays.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Change {
    name: Option<String>,
    /// Its clock moves on by so much: what its owner did is so much longer ago.
    travel_seconds: Option<i64>,
    online: Option<bool>,
    read_receipts: Option<bool>,
    blocked: Option<bool>,
    joined: Option<bool>,
}

/// Every phone that wrote or was written to.
pub(super) async fn all(State(simulator): State<Shared>) -> Json<Vec<Phone>> {
    let now = simulator.now();
    let world = simulator.world.lock();
    let mut on: BTreeMap<&str, Vec<PhoneMessage>> = world
        .people
        .addresses()
        .map(|it| (it, Vec::new()))
        .collect();
    for kept in world.messages.iter() {
        on.entry(kept.phone()).or_default().push(on_phone(kept));
    }
    let phone = |(address, messages)| phone(&world, address, messages, now);
    Json(on.into_iter().map(phone).collect())
}

/// One phone.
pub(super) async fn one(
    State(simulator): State<Shared>,
    Path(address): Path<String>,
) -> Result<Json<Phone>, Wrong> {
    let address = letter::address(&address)?;
    let found = found(&simulator, &address);
    let words = "this phone neither wrote nor was written to; PATCH makes it";
    found.map(Json).ok_or_else(|| Wrong::missing(words))
}

/// Changes a phone; it is made if there was none.
pub(super) async fn change(
    State(simulator): State<Shared>,
    Path(address): Path<String>,
    Told(change): Told<Change>,
) -> Result<Json<Phone>, Wrong> {
    let address = letter::address(&address)?;
    let travel = change.travel_seconds.unwrap_or_default();
    if !(0..=LONGEST_TRAVEL).contains(&travel) {
        let words = "travelSeconds: from 0 to a year; a phone's clock moves forwards only";
        return Err(Wrong::new(words));
    }
    let now = simulator.now();
    {
        let mut world = simulator.world.lock();
        let person = world.people.with(&address);
        person.travel(TimeDelta::seconds(travel));
        let set = |slot: &mut bool, wanted: Option<bool>| *slot = wanted.unwrap_or(*slot);
        set(&mut person.online, change.online);
        set(&mut person.read_receipts, change.read_receipts);
        set(&mut person.blocked, change.blocked);
        if let Some(joined) = change.joined {
            person.joined_at = joined.then_some(now);
        }
        if let Some(name) = change.name {
            person.name = name;
        }
    }
    simulator.notice_phones();
    let found = found(&simulator, &address);
    found
        .map(Json)
        .ok_or_else(|| Wrong::missing("the world was reset meanwhile"))
}

/// A person writes to the business: the message goes to the webhook as Twilio's would.
pub(super) async fn write(
    State(simulator): State<Shared>,
    Told(writing): Told<Writing>,
) -> Result<Response, Wrong> {
    let now = simulator.now();
    let (form, sid, webhooks) = {
        let mut world = simulator.world.lock();
        let letter = Letter::new(&simulator, &world, writing, now)?;
        let mut form = form::form(&simulator, &letter);
        take(&simulator, &mut world, &letter, now)?;
        let understood = note_word(&mut world, &letter);
        form.extend(understood.map(|it| ("OptOutType".to_owned(), it.as_str().to_owned())));
        (form, letter.sid, world.controls.webhooks.clone())
    };
    simulator.notice_phones();
    let was_taken = tell(&simulator, &form, &webhooks).await;
    // Two ticks for the person: the business has it.
    let status = if was_taken { "read" } else { "failed" };
    let mut world = simulator.world.lock();
    let kept = world.messages.find_mut(&sid);
    let kept = kept.ok_or_else(|| Wrong::missing("the world was reset meanwhile"))?;
    status.clone_into(&mut kept.shown.status);
    Ok((StatusCode::CREATED, Json(on_phone(kept))).into_response())
}

async fn tell(simulator: &Simulator, form: &[(String, String)], webhooks: &Webhooks) -> bool {
    let request = delivery::post::Request {
        method: webhooks.method,
        is_signed_well: !webhooks.bad_signature,
        copies: webhooks.copies,
    };
    let url = &simulator.settings.webhook_url;
    delivery::post::post(simulator, url, form, request).await
}

/// Keeps the message, and what it says about the person.
fn take(
    simulator: &Simulator,
    world: &mut Inner,
    letter: &Letter,
    now: DateTime<Utc>,
) -> Result<(), Wrong> {
    if world.people.get(&letter.from).is_some_and(|it| !it.online) {
        return Err(Wrong::new("the phone is offline: nothing leaves it"));
    }
    let person = world.people.with(&letter.from);
    person.name.clone_from(&letter.name);
    person.wrote_at.insert(letter.to.clone(), now);
    if letter.body.to_lowercase().starts_with(JOIN) {
        person.joined_at = Some(now);
    }
    world.messages.keep(letter.kept(simulator, now));
    if let Some(medium) = letter.medium.clone() {
        world.media.keep(medium);
    }
    Ok(())
}

/// Where it is the rule, the provider itself keeps who wants no messages; the word that it understood.
fn note_word(world: &mut Inner, letter: &Letter) -> Option<Word> {
    if !world.controls.rules.opt_out {
        return None;
    }
    let understood = Word::read(&letter.body)?;
    let out = &mut world.people.with(&letter.from).opted_out_of;
    match understood {
        Word::Stop => drop(out.insert(letter.to.clone())),
        Word::Start => drop(out.remove(&letter.to)),
        Word::Help => {}
    }
    Some(understood)
}

fn found(simulator: &Simulator, address: &str) -> Option<Phone> {
    let now = simulator.now();
    let world = simulator.world.lock();
    let on_it = world.messages.iter().filter(|it| it.phone() == address);
    let messages: Vec<PhoneMessage> = on_it.map(on_phone).collect();
    let is_known = !messages.is_empty() || world.people.get(address).is_some();
    is_known.then(|| phone(&world, address, messages, now))
}

fn phone(world: &Inner, address: &str, messages: Vec<PhoneMessage>, now: DateTime<Utc>) -> Phone {
    let stranger = Person::default();
    let person = world.people.get(address).unwrap_or(&stranger);
    Phone {
        address: address.to_owned(),
        name: person.name.clone(),
        messages,
        online: person.online,
        read_receipts: person.read_receipts,
        blocked: person.blocked,
        joined: person.has_joined(now),
        typing: person.is_shown_typing(now),
        last_wrote_at: person.last_wrote_at(),
    }
}

fn on_phone(kept: &Kept) -> PhoneMessage {
    let mut shown = kept.shown.clone();
    if !kept.is_inbound() {
        kept.status().clone_into(&mut shown.status);
        shown.error_code = kept.json.error_code;
    }
    shown
}
