//! The log that lists are measured on: what a shop would have after a year, the same each time.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::message::{ContentKind, Direction, Model};
use entity::types::{Lane, MessageStatus as S};
use serde_json::json;

use crate::cli::bench::stage::{SENDER, Stage, told};
use crate::cli::common::tell;
use crate::clock::{Clock, Ids};
use crate::store;
use crate::store::bench::fill::{self, Talk};

/// People who talk with the shop.
const PEOPLE: usize = 5_000;
/// Messages of one transaction.
const BATCH: usize = 5_000;
/// Between two messages.
const APART: TimeDelta = TimeDelta::milliseconds(2_500);

/// Words of which a customer's message is made; some only every so many messages.
const GOODS: [&str; 8] = [
    "momo", "chiya", "rice", "lentils", "honey", "papad", "ghee", "saffron",
];

/// Writes so many messages, the newest a moment ago.
pub(super) async fn fill(stage: &Stage, messages: usize) -> Result<(), String> {
    let (now, ids) = (Clock::system().now(), Ids::default());
    let people: Vec<String> = (0..PEOPLE)
        .map(|person| format!("whatsapp:+97798{person:08}"))
        .collect();
    let addresses: BTreeSet<&str> = people.iter().map(String::as_str).collect();
    told(store::bench::have_written(&stage.db, &addresses, SENDER, now).await)?;
    let talks = told(fill::talks(&stage.db, SENDER).await)?;
    told(fill::begin(&stage.db).await)?;
    for begin in (0..messages).step_by(BATCH) {
        let end = messages.min(begin + BATCH);
        let at = |number: usize| now - APART * i32::try_from(messages - number).unwrap_or(i32::MAX);
        let rows = (begin..end).map(|number| {
            let created_at = at(number);
            Model {
                id: ids.next(created_at),
                created_at,
                updated_at: created_at,
                ..message(number, &talks[(number * 7_919) % talks.len()])
            }
        });
        told(fill::messages(&stage.db, rows.collect(), at(begin)).await)?;
        if end.is_multiple_of(100_000) {
            tell(&format!("{end} of {messages} messages are stored"));
        }
    }
    told(fill::end(&stage.db).await)
}

/// The message of a number, but for its id and times.
fn message(number: usize, (contact_id, conversation_id, address): &Talk) -> Model {
    let (status, error_code) = fate(number);
    let is_inbound = status == S::Received;
    let (from, to) = if is_inbound {
        (address.as_str(), SENDER)
    } else {
        (SENDER, address.as_str())
    };
    Model {
        contact_id: *contact_id,
        conversation_id: *conversation_id,
        direction: if is_inbound {
            Direction::Inbound
        } else {
            Direction::Outbound
        },
        status,
        lane: if number.is_multiple_of(3) {
            Lane::Normal
        } else {
            Lane::Immediate
        },
        from_address: from.to_owned(),
        to_address: to.to_owned(),
        body: Some(body(number, is_inbound)),
        twilio_sid: Some(format!("SM{number:032x}")),
        error_code,
        attempt_count: i32::from(!is_inbound),
        max_attempts: 5,
        ..blank()
    }
}

/// One in five comes from a customer, one in twenty-five reached nobody.
fn fate(number: usize) -> (S, Option<i32>) {
    match number % 100 {
        0 => (S::Failed, Some(63_016)),
        1 => (S::Failed, Some(21_610)),
        2 | 3 => (S::Undelivered, Some(63_024)),
        4..=23 => (S::Received, None),
        24..=33 => (S::Delivered, None),
        _ => (S::Read, None),
    }
}

/// Every number of an order stands in one message, a rare good in one of some thousands.
fn body(number: usize, is_inbound: bool) -> String {
    let good = GOODS[number % 7];
    match (is_inbound, number % 5_003) {
        (_, 17) => format!("Do you have {} again?", GOODS[7]),
        (_, 18) => "केसर फेरि कहिले आउँछ?".to_owned(),
        (true, rest) if rest % 2 == 0 => format!("मलाई {} वटा {good} चाहियो", number % 9 + 1),
        (true, _) => format!("I would like {} {good}, please", number % 9 + 1),
        (false, _) => {
            format!(
                "Your order WB{number} with {good} is packed and leaves our shop today. Thank you!"
            )
        }
    }
}

fn blank() -> Model {
    Model {
        id: uuid::Uuid::nil(),
        conversation_id: uuid::Uuid::nil(),
        contact_id: uuid::Uuid::nil(),
        direction: Direction::Outbound,
        status: S::Read,
        lane: Lane::Normal,
        from_address: String::new(),
        to_address: String::new(),
        body: None,
        content_kind: ContentKind::Text,
        content: None,
        media_urls: json!([]),
        content_sid: None,
        content_variables: None,
        twilio_sid: None,
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
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
    }
}
