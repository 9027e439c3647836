//! Plays a scenario: each step is done, or what it expects is waited for. The first that fails ends it.

mod look;
mod operator;
mod phones;
mod shop;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::server::Server;
use super::steps::Act;
use super::{Scenario, Step};
use crate::config::TwilioAccount;
use crate::gateway::simulator::Phones;

/// Where a scenario is played: a simulator, and the server that takes it for Twilio.
#[derive(Clone, Debug)]
pub struct Stage {
    /// For the simulator's API.
    pub http: reqwest::Client,
    /// Where the simulator is, without a slash at the end.
    pub simulator_url: String,
    /// Its account.
    pub account: TwilioAccount,
    /// The server.
    pub server: Server,
}

/// A step that was played.
#[derive(Clone, Debug)]
pub struct Played {
    /// Its line in the file, from 1.
    pub line: usize,
    /// As it is written.
    pub text: String,
    /// How long it took.
    pub took: Duration,
    /// What was seen instead, where it failed.
    pub fault: Option<Failure>,
}

/// Why a step failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What should have been.
    pub expected: String,
    /// What was.
    pub seen: String,
}

impl Failure {
    fn new(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            seen: seen.into(),
        }
    }
}

/// A fault on the way, e.g. an answer that did not come.
impl From<String> for Failure {
    fn from(seen: String) -> Self {
        Self::new("that it can be done", seen)
    }
}

type Done = Result<(), Failure>;

/// A scenario under way.
struct Play<'a> {
    stage: &'a Stage,
    phones: Phones,
    /// Address and owner's name by the phone's name.
    people: HashMap<String, (String, String)>,
    /// Ids by the message's name.
    messages: HashMap<String, Vec<String>>,
    /// Messages that a step has spoken of.
    noticed: HashSet<String>,
}

/// Plays a scenario and tells of each step as it ends; whether all was as expected.
pub async fn play(scenario: &Scenario, stage: &Stage, mut tell: impl FnMut(&Played)) -> bool {
    let mut play = Play {
        stage,
        phones: Phones::new(stage.http.clone(), &stage.simulator_url),
        people: HashMap::new(),
        messages: HashMap::new(),
        noticed: HashSet::new(),
    };
    for step in &scenario.steps {
        let started = Instant::now();
        let done = play.step(step).await;
        let played = Played {
            line: step.line,
            text: step.text.clone(),
            took: started.elapsed(),
            fault: done.err(),
        };
        tell(&played);
        if played.fault.is_some() {
            return false;
        }
    }
    true
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) -> Done {
        match &step.act {
            Act::Settings(_) => Ok(()),
            Act::Phone {
                name,
                address,
                owner,
            } => self.meet(name, address, owner).await,
            Act::Write { phone, writing } => self.write(phone, writing).await,
            Act::Gets {
                phone,
                text,
                within,
            } => self.gets(phone, text, *within).await,
            Act::GetsNothing { phone, during } => self.gets_nothing(phone, *during).await,
            Act::Has {
                phone,
                count,
                within,
            } => self.has(phone, *count, *within).await,
            Act::ChangePhone { phone, change } => self.change_phone(phone, change).await,
            Act::Send {
                phone,
                content,
                times,
                name,
            } => self.send(phone, content, *times, name.as_deref()).await,
            Act::CannotSend {
                phone,
                content,
                code,
            } => self.cannot(phone, content, code).await,
            Act::Retry { message } => self.retry(message).await,
            Act::Becomes {
                message,
                count,
                state,
                within,
            } => self.becomes(message, *count, state, *within).await,
            Act::Stays {
                message,
                state,
                during,
            } => self.stays(message, state, *during).await,
            Act::Attempts { message, count } => self.attempts(message, *count).await,
            Act::Timeline {
                message,
                first,
                then,
            } => self.timeline(message, first, then).await,
            Act::Log { count, with } => self.log(*count, with.as_ref()).await,
            Act::Trade(trade) => self.trade(trade).await,
            Act::World(change) => self.change_world(change).await,
            Act::Wait(time) => {
                tokio::time::sleep(*time).await;
                Ok(())
            }
        }
    }

    fn address(&self, phone: &str) -> String {
        let known = self.people.get(phone);
        known.map(|it| it.0.clone()).unwrap_or_default()
    }

    async fn change_world(&self, change: &Value) -> Done {
        let changed = self.phones.change_world(change).await;
        changed.map(drop).map_err(|error| error.to_string().into())
    }
}
