//! How the world behaves: what becomes of messages, how creates are answered, how callbacks come. Changed over HTTP.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::Instant;

/// Groups of controls that are changed one by one; the others are replaced as a whole.
const GROUPS: [&str; 3] = ["callbacks", "webhooks", "rules"];
const LONGEST_DELAY_MS: u64 = 60_000;
const MOST_COPIES: u32 = 10;

/// Every control.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Controls {
    /// What becomes of the next messages; `None`: as usual.
    pub(in crate::simulator) outcome: Option<Outcome>,
    /// How the next creates are answered; `None`: as usual.
    pub(in crate::simulator) answer: Option<Answering>,
    /// How long a create takes to be answered.
    pub(in crate::simulator) create_delay_ms: u64,
    pub(in crate::simulator) callbacks: Callbacks,
    pub(in crate::simulator) webhooks: Webhooks,
    /// How far the simulator's clock is off.
    pub(in crate::simulator) clock_offset_seconds: i64,
    pub(in crate::simulator) rules: Rules,
    /// When `answer` ends.
    #[serde(skip)]
    answer_until: Option<Instant>,
}

/// What becomes of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Outcome {
    pub(in crate::simulator) status: Fate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) error_code: Option<i32>,
    /// For so many messages; until changed without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
}

/// The last status that a message comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Fate {
    Failed,
    Undelivered,
    Sent,
    Delivered,
    Read,
}

/// How creates are answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Answering {
    pub(in crate::simulator) kind: Kind,
    /// HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) status: Option<u16>,
    /// The provider's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) code: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) retry_after_seconds: Option<u32>,
    /// For so many creates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
    /// For so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    for_seconds: Option<f64>,
}

/// What happens to a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Kind {
    /// Not taken: 400 with a code.
    Refuse,
    /// Not taken: 429.
    Busy,
    /// Not taken: 5xx.
    Error,
    /// Not taken, and never answered.
    Timeout,
    /// Not taken; the connection breaks.
    Drop,
    /// Taken; the connection breaks.
    TakeThenDrop,
    /// Taken; 5xx.
    TakeThenError,
}

/// How statuses are told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Callbacks {
    pub(in crate::simulator) order: Order,
    pub(in crate::simulator) copies: u32,
    /// Statuses that are not told.
    pub(in crate::simulator) skip: Vec<String>,
    /// Pauses before `sent`, `delivered` and `read`.
    pub(in crate::simulator) delays_ms: [u64; 3],
    pub(in crate::simulator) bad_signature: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Order {
    Usual,
    Reversed,
    Shuffled,
}

/// How people's messages are told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Webhooks {
    pub(in crate::simulator) copies: u32,
    pub(in crate::simulator) bad_signature: bool,
    pub(in crate::simulator) method: Method,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(in crate::simulator) enum Method {
    Post,
    Get,
}

/// Rules of the provider that are enforced.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each rule is on or off")]
pub(in crate::simulator) struct Rules {
    /// Free text only within 24 hours of the person's message: 63016.
    pub(in crate::simulator) window: bool,
    /// Only who joined the sandbox is written to: 63015.
    pub(in crate::simulator) join: bool,
    /// So many messages a second and sender: 63018.
    pub(in crate::simulator) rate: bool,
    pub(in crate::simulator) rate_per_second: u32,
    /// So many creates at one time: 429, 20429.
    pub(in crate::simulator) concurrency: bool,
    pub(in crate::simulator) concurrent_creates: u32,
    /// Who wrote STOP to a sender gets nothing from it until START: 21610. Twilio does so for SMS by itself; for WhatsApp it
    /// is not documented, and a messaging service's Advanced Opt-Out may.
    pub(in crate::simulator) opt_out: bool,
}

impl Controls {
    /// As the world is when nobody said otherwise.
    pub(in crate::simulator) fn usual(create_delay: Duration, schedule: [Duration; 3]) -> Self {
        let milliseconds = |it: Duration| u64::try_from(it.as_millis()).unwrap_or(u64::MAX);
        Self {
            outcome: None,
            answer: None,
            create_delay_ms: milliseconds(create_delay),
            callbacks: Callbacks {
                order: Order::Usual,
                copies: 1,
                skip: Vec::new(),
                delays_ms: schedule.map(milliseconds),
                bad_signature: false,
            },
            webhooks: Webhooks {
                copies: 1,
                bad_signature: false,
                method: Method::Post,
            },
            clock_offset_seconds: 0,
            rules: Rules {
                window: true,
                join: false,
                rate: false,
                rate_per_second: 80,
                concurrency: false,
                concurrent_creates: 100,
                opt_out: false,
            },
            answer_until: None,
        }
    }

    /// These controls with some of them changed; null: as usual. The error names the fault.
    pub(in crate::simulator) fn changed(
        &self,
        change: Value,
        usual: &Self,
    ) -> Result<Self, String> {
        let Value::Object(change) = change else {
            return Err("a JSON object is expected, e.g. {\"createDelayMs\":200}".to_owned());
        };
        let is_answer_new = change.contains_key("answer");
        let merged = merge(object(self), change, &object(usual), true);
        let mut changed: Self =
            serde_json::from_value(Value::Object(merged)).map_err(|error| error.to_string())?;
        changed.check()?;
        changed.answer_until = if is_answer_new {
            let life = changed.answer.as_ref().and_then(|it| it.for_seconds);
            life.map(|it| Instant::now() + Duration::from_secs_f64(it))
        } else {
            self.answer_until
        };
        Ok(changed)
    }

    fn check(&self) -> Result<(), String> {
        let delays = self
            .callbacks
            .delays_ms
            .iter()
            .chain([&self.create_delay_ms]);
        if delays.copied().any(|it| it > LONGEST_DELAY_MS) {
            return Err(format!("a delay is at most {LONGEST_DELAY_MS} ms"));
        }
        let copies = [self.callbacks.copies, self.webhooks.copies];
        if copies.iter().any(|it| !(1..=MOST_COPIES).contains(it)) {
            return Err(format!("copies: a number from 1 to {MOST_COPIES}"));
        }
        if self.clock_offset_seconds.abs() > 366 * 86_400 {
            return Err("clockOffsetSeconds: at most a year, 31622400".to_owned());
        }
        let Some(answer) = &self.answer else {
            return Ok(());
        };
        if answer.status.is_some_and(|it| !(400..=599).contains(&it)) {
            return Err("answer.status: an HTTP status from 400 to 599".to_owned());
        }
        let is_time = |it: f64| it > 0.0 && it <= 3_600.0;
        if answer.for_seconds.is_some_and(|it| !is_time(it)) {
            return Err("answer.forSeconds: more than 0 and at most 3600".to_owned());
        }
        Ok(())
    }

    /// How the create that comes now is answered; counts it.
    pub(in crate::simulator) fn next_answer(&mut self, now: Instant) -> Option<Answering> {
        if self.answer_until.is_some_and(|until| now >= until) {
            (self.answer, self.answer_until) = (None, None);
        }
        let answer = self.answer.clone()?;
        count(&mut self.answer, |it| &mut it.next).then_some(answer)
    }

    /// What becomes of the message that is taken now; counts it.
    pub(in crate::simulator) fn next_outcome(&mut self) -> Option<Outcome> {
        let outcome = self.outcome.clone()?;
        count(&mut self.outcome, |it| &mut it.next).then_some(outcome)
    }
}

/// Counts one of the next ones; whether there was one left.
fn count<T>(slot: &mut Option<T>, next: impl Fn(&mut T) -> &mut Option<u32>) -> bool {
    let Some(left) = slot.as_mut().and_then(|it| next(it).as_mut()) else {
        return true;
    };
    let was_left = *left > 0;
    *left = left.saturating_sub(1);
    if *left == 0 {
        *slot = None;
    }
    was_left
}

fn object(controls: &Controls) -> Map<String, Value> {
    match serde_json::to_value(controls) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// `change` laid over `now`; null takes what is usual.
fn merge(
    mut now: Map<String, Value>,
    change: Map<String, Value>,
    usual: &Map<String, Value>,
    has_groups: bool,
) -> Map<String, Value> {
    for (key, value) in change {
        let is_group = has_groups && GROUPS.contains(&key.as_str());
        let value = match (value, now.get(&key), usual.get(&key)) {
            (Value::Null, _, usual) => usual.cloned().unwrap_or_default(),
            (Value::Object(change), Some(Value::Object(now)), Some(Value::Object(usual)))
                if is_group =>
            {
                Value::Object(merge(now.clone(), change, usual, false))
            }
            (value, ..) => value,
        };
        now.insert(key, value);
    }
    now
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn usual() -> Controls {
        Controls::usual(Duration::ZERO, [Duration::from_millis(5); 3])
    }

    #[test]
    fn one_control_changes_and_null_brings_the_usual_back() {
        let usual = usual();
        let changed = usual
            .changed(
                json!({ "callbacks": { "copies": 2 }, "rules": { "window": false } }),
                &usual,
            )
            .unwrap();
        assert_eq!(
            (changed.callbacks.copies, changed.callbacks.delays_ms),
            (2, [5; 3])
        );
        assert!(!changed.rules.window && !changed.rules.join);
        let back = changed
            .changed(
                json!({ "callbacks": { "copies": null }, "rules": null }),
                &usual,
            )
            .unwrap();
        assert!(back.callbacks.copies == 1 && back.rules.window);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let usual = usual();
        for (change, fault) in [
            (
                json!({ "clock": 1 }),
                "unknown field `clock`, expected one of `outcome`",
            ),
            (
                json!({ "outcome": { "status": "lost" } }),
                "unknown variant `lost`",
            ),
            (
                json!({ "answer": { "kind": "busy", "foo": 1 } }),
                "unknown field `foo`",
            ),
            (json!({ "callbacks": { "copies": 0 } }), "from 1 to 10"),
            (json!({ "callbacks": { "delaysMs": [1, 2] } }), "length 2"),
            (
                json!({ "answer": { "kind": "error", "forSeconds": -1 } }),
                "answer.forSeconds",
            ),
            (json!([]), "a JSON object"),
        ] {
            let error = usual.changed(change.clone(), &usual).unwrap_err();
            assert!(error.contains(fault), "{change}: {error}");
        }
    }

    #[test]
    fn the_next_two_are_answered_so_and_then_all_is_well() {
        let usual = usual();
        let change = json!({ "answer": { "kind": "busy", "next": 2 }, "outcome": { "status": "failed", "next": 1 } });
        let mut controls = usual.changed(change, &usual).unwrap();
        let now = Instant::now();
        assert!(controls.next_answer(now).is_some());
        assert!(controls.next_answer(now).is_some());
        assert!(controls.next_answer(now).is_none());
        assert!(controls.next_outcome().is_some());
        assert!(controls.next_outcome().is_none());
        let change = json!({ "answer": { "kind": "error", "forSeconds": 3 } });
        let mut controls = usual.changed(change, &usual).unwrap();
        assert!(controls.next_answer(now).is_some());
        assert!(controls.next_answer(now + Duration::from_secs(4)).is_none());
    }
}
