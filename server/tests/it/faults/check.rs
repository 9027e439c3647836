//! The accounts: what clients were told, what the server tells, and what Twilio saw must agree.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::site::Site;
use crate::support::accounting::{Books, Create, Taken, rank};

const OPEN: &str = "{ messages(filter: { status: [SCHEDULED, QUEUED, SENDING, UNCONFIRMED] }) { totalCount { value } } }";
const PAGE: &str = "query($after: String) { messages(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes {
    id direction status lane to from body twilioSid errorCode attemptCount attempts { number outcome httpStatus errorMessage twilioSid }
    timeline { cursor at kind status changed detail } } } }";
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// Faults that a failed case tells in full.
const TOLD: usize = 4;

/// Whether a process died that was sending: the end of its attempts is lost then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crashed {
    Yes,
    No,
}

impl Site {
    /// Waits until nothing is left to be done and the accounts balance; every message there is. Fails at once where no waiting
    /// helps.
    pub(super) async fn settled(&self, crashed: Crashed, patience: Duration) -> Vec<Value> {
        let began = Instant::now();
        loop {
            // What was created twice stays so.
            let is_lost = self.was_created_twice();
            let is_late = is_lost || began.elapsed() > patience;
            let mut faults = self.unfinished().await;
            // Reading everything again and again would be a load of its own.
            if faults.is_empty() || is_late {
                match self.messages().await {
                    Some(messages) => {
                        faults.extend(self.faults(crashed, &messages));
                        if faults.is_empty() {
                            return messages;
                        }
                    }
                    None => faults.push("the messages could not be read".to_owned()),
                }
            }
            assert!(
                !is_late,
                "{} faults after {:?}:\n{}\n\nThe server's log:\n{}",
                faults.len(),
                began.elapsed(),
                faults[..faults.len().min(TOLD)].join("\n\n"),
                self.log()
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn was_created_twice(&self) -> bool {
        let books = self.twilio.books();
        let taken = Twilio::new(&books).taken;
        taken.values().any(|it| it.len() > 1)
    }

    /// What is still to be done.
    async fn unfinished(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let open = self.open().await;
        if open != Some(0) {
            faults.push(format!("{open:?} messages are not sent yet"));
        }
        if !self.twilio.has_reported() {
            faults.push("Twilio has not sent every callback yet".to_owned());
        }
        faults
    }

    async fn open(&self) -> Option<u64> {
        let data = self.query(OPEN, json!({})).await?;
        data["messages"]["totalCount"]["value"].as_u64()
    }

    async fn messages(&self) -> Option<Vec<Value>> {
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut data = self.query(PAGE, json!({ "after": after })).await?;
            let page = &mut data["messages"];
            all.append(page["nodes"].as_array_mut()?);
            if page["pageInfo"]["hasNextPage"] != true {
                return Some(all);
            }
            after = page["pageInfo"]["endCursor"].take();
        }
    }

    fn faults(&self, crashed: Crashed, messages: &[Value]) -> Vec<String> {
        let books = self.twilio.books();
        let mut faults = self.vanished(&books, messages);
        let ledger = Twilio::new(&books);
        for (twice, taken) in ledger.taken.iter().filter(|it| it.1.len() > 1) {
            let message = messages.iter().find(|it| key(it) == *twice);
            let seen = message.map(|it| format!("{it:#}\n  Twilio saw {}", ledger.seen(it)));
            let count = taken.len();
            faults.push(format!(
                "created {count} times: {twice:?}: {}",
                seen.unwrap_or_default()
            ));
        }
        for message in messages {
            let wrong = match message["direction"].as_str() {
                Some("INBOUND") => wrong_letter(message),
                _ => wrong_send(message, &ledger, crashed),
            };
            let wrong: Vec<String> = wrong.into_iter().flatten().collect();
            if !wrong.is_empty() {
                let seen = ledger.seen(message);
                faults.push(format!(
                    "{}: {message:#}\n  Twilio saw {seen}",
                    wrong.join("; ")
                ));
            }
        }
        faults
    }

    /// What clients were told and the server does not know, and the reverse.
    fn vanished(&self, books: &Books, messages: &[Value]) -> Vec<String> {
        let accepted = self.ledger.lock().unwrap().clone();
        let mut faults = Vec::new();
        let by_id: HashMap<_, _> = messages.iter().map(|it| (text(it, "id"), it)).collect();
        for send in &accepted.sends {
            let is_kept = by_id.get(send.id.as_str());
            if is_kept.is_none_or(|it| text(it, "body") != send.body) {
                faults.push(format!("vanished: {send:?}"));
            }
        }
        let known: HashSet<_> = accepted.sends.iter().map(|it| it.id.as_str()).collect();
        let is_ours = |it: &&Value| text(it, "body").starts_with("message ");
        let strangers = messages.iter().filter(is_ours);
        let strangers = strangers.filter(|it| !known.contains(text(it, "id")));
        faults.extend(strangers.map(|it| format!("nobody was told of {it:#}")));
        for letter in &accepted.letters {
            let is_it = |it: &&Value| text(it, "body") == letter.body;
            let count = messages.iter().filter(is_it).count();
            let to = format!("whatsapp:{}", letter.from);
            let has_reply = books.taken.iter().any(|it| it.to == to);
            if count != 1 || !has_reply {
                faults.push(format!(
                    "{letter:?} is kept {count} times, answered: {has_reply}"
                ));
            }
        }
        faults
    }
}

type Key = (String, String);

/// What Twilio saw, by recipient and text.
struct Twilio<'a> {
    creates: HashMap<Key, Vec<&'a Create>>,
    taken: HashMap<Key, Vec<&'a Taken>>,
}

impl<'a> Twilio<'a> {
    fn new(books: &'a Books) -> Self {
        let mut it = Self {
            creates: HashMap::new(),
            taken: HashMap::new(),
        };
        for create in &books.creates {
            let key = (create.to.clone(), create.body.clone());
            it.creates.entry(key).or_default().push(create);
        }
        for taken in &books.taken {
            let key = (taken.to.clone(), taken.body.clone());
            it.taken.entry(key).or_default().push(taken);
        }
        it
    }

    fn creates(&self, message: &Value) -> usize {
        self.creates.get(&key(message)).map_or(0, Vec::len)
    }

    fn taken(&self, message: &Value) -> Option<&'a Taken> {
        self.taken.get(&key(message))?.first().copied()
    }

    fn seen(&self, message: &Value) -> String {
        let key = key(message);
        format!(
            "{:?} and took {:?}",
            self.creates.get(&key),
            self.taken.get(&key)
        )
    }
}

fn key(message: &Value) -> Key {
    (
        text(message, "to").to_owned(),
        text(message, "body").to_owned(),
    )
}

fn text<'a>(message: &'a Value, field: &str) -> &'a str {
    message[field].as_str().unwrap_or_default()
}

fn list<'a>(message: &'a Value, field: &str) -> &'a [Value] {
    message[field].as_array().map_or(&[], Vec::as_slice)
}

type Wrong = Vec<Option<String>>;

fn wrong_letter(message: &Value) -> Wrong {
    let begins = list(message, "timeline").first().map(|it| text(it, "kind"));
    let is_right = text(message, "status") == "RECEIVED" && begins == Some("RECEIVED");
    vec![(!is_right).then(|| "an inbound message is not RECEIVED from its beginning".to_owned())]
}

fn wrong_send(message: &Value, twilio: &Twilio, crashed: Crashed) -> Wrong {
    let mut wrong = wrong_history(message, twilio, crashed);
    let status = text(message, "status");
    let Some(taken) = twilio.taken(message) else {
        wrong.push(Some(format!("{status}, but Twilio never took it")));
        return wrong;
    };
    let is_on_its_way = ["ACCEPTED", "SENT", "DELIVERED", "READ"].contains(&status);
    let is_told = (rank(taken.told)..=rank(taken.status)).contains(&rank(status));
    wrong.push((!is_on_its_way || !is_told).then(|| {
        format!(
            "{status}, but Twilio told {:?} and has {:?}",
            taken.told, taken.status
        )
    }));
    let is_same = text(message, "twilioSid") == taken.sid;
    wrong.push((!is_same).then(|| format!("Twilio's id is {}", taken.sid)));
    wrong
}

/// Whether its timeline and attempts tell everything that happened.
fn wrong_history(message: &Value, twilio: &Twilio, crashed: Crashed) -> Wrong {
    let (timeline, attempts) = (list(message, "timeline"), list(message, "attempts"));
    let begins = timeline.first().map(|it| text(it, "kind"));
    let begun = timeline.iter().filter(|it| text(it, "kind") == "ATTEMPTED");
    let numbers = attempts.iter().filter_map(|it| it["number"].as_u64());
    let is_counted = numbers.eq(1..=attempts.len() as u64)
        && message["attemptCount"] == json!(attempts.len())
        && begun.count() == attempts.len();
    let is_open = |it: &Value| text(it, "outcome") == "PENDING";
    let creates = twilio.creates(message);
    vec![
        (begins != Some("CREATED")).then(|| format!("its timeline begins with {begins:?}")),
        (!is_counted).then(|| "attempts, their count and the timeline differ".to_owned()),
        (creates > attempts.len()).then(|| format!("{creates} creates are more than its attempts")),
        (crashed == Crashed::No && attempts.iter().any(is_open))
            .then(|| "an attempt has no outcome, and no process died".to_owned()),
    ]
}
