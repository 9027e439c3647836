//! How the simulated Twilio behaves: its controls as one reads and changes them on the page. Source: `docs/simulator.md`.

use serde_json::{Value, json};

use super::say::{key, said, say};

/// What becomes of the next messages: word, name, `(status, code)`.
pub(crate) const OUTCOMES: [Outcome; 9] = [
    Outcome("usual", key!("As usual: delivered, then read"), None),
    Outcome(
        "delivered",
        key!("Delivered, never read"),
        Some(("delivered", None)),
    ),
    Outcome("sent", key!("Sent, never delivered"), Some(("sent", None))),
    Outcome(
        "63016",
        key!("Failed 63016: outside the 24-hour window"),
        Some(("failed", Some(63016))),
    ),
    Outcome(
        "63018",
        key!("Failed 63018: too fast for WhatsApp"),
        Some(("failed", Some(63018))),
    ),
    Outcome(
        "63024",
        key!("Undelivered 63024: no WhatsApp there"),
        Some(("undelivered", Some(63024))),
    ),
    Outcome(
        "63049",
        key!("Undelivered 63049: Meta did not deliver it"),
        Some(("undelivered", Some(63049))),
    ),
    Outcome(
        "21610",
        key!("Failed 21610: opted out"),
        Some(("failed", Some(21610))),
    ),
    Outcome(
        "30008",
        key!("Undelivered 30008: nobody knows why"),
        Some(("undelivered", Some(30008))),
    ),
];

/// Word, name, what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) Option<(&'static str, Option<i32>)>,
);

/// How requests are answered: word and name.
pub(crate) const ANSWERS: [(&str, &str); 6] = [
    ("usual", key!("As usual: taken")),
    ("busy", key!("429: too many requests")),
    ("error", key!("503: not available")),
    ("timeout", key!("Never: times out")),
    ("drop", key!("The connection breaks")),
    ("takeThenDrop", key!("Taken, then the connection breaks")),
];

/// Milliseconds until an answer: word and name.
pub(crate) const DELAYS: [(&str, &str); 4] = [
    ("usual", key!("As usual")),
    ("400", key!("0.4 s")),
    ("2000", key!("2 s")),
    ("10000", key!("10 s")),
];

/// The order in which statuses are told: word and name.
pub(crate) const ORDERS: [(&str, &str); 3] = [
    ("usual", key!("In order")),
    ("reversed", key!("Last one first")),
    ("shuffled", key!("In any order")),
];

/// For how many messages or requests: word and name.
pub(crate) const COUNTS: [(&str, &str); 4] = [
    ("1", key!("The next one")),
    ("3", key!("The next three")),
    ("20", key!("The next 20")),
    ("all", key!("All, until changed")),
];

/// What of it is not as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is on or off")]
pub(crate) struct World {
    /// A word of [`OUTCOMES`].
    pub(crate) outcome: &'static str,
    /// A word of [`ANSWERS`].
    pub(crate) answer: &'static str,
    /// Milliseconds until an answer; as usual, none.
    pub(crate) delay_ms: u64,
    pub(crate) order: String,
    pub(crate) are_webhooks_doubled: bool,
    pub(crate) are_webhooks_forged: bool,
    pub(crate) are_callbacks_doubled: bool,
    pub(crate) are_callbacks_forged: bool,
    /// How many messages or requests the first two are for still; `None`: until changed.
    pub(crate) left: Option<u64>,
}

impl World {
    /// Reads the controls.
    pub(crate) fn read(world: &Value) -> Self {
        let outcome = &world["outcome"];
        let answer = &world["answer"];
        let code = outcome["errorCode"].as_i64();
        let known = OUTCOMES.into_iter().find(|it| {
            it.2.is_some_and(|(status, its)| {
                outcome["status"] == status && its.map(i64::from) == code
            })
        });
        let kind = answer["kind"].as_str().unwrap_or("usual");
        let is_doubled = |it: &Value| it["copies"].as_u64().unwrap_or(1) > 1;
        let is_forged = |it: &Value| it["badSignature"].as_bool().unwrap_or(false);
        Self {
            outcome: known.map_or("usual", |it| it.0),
            answer: ANSWERS
                .into_iter()
                .find(|it| it.0 == kind)
                .map_or("usual", |it| it.0),
            delay_ms: world["createDelayMs"].as_u64().unwrap_or_default(),
            order: world["callbacks"]["order"]
                .as_str()
                .unwrap_or("usual")
                .to_owned(),
            are_webhooks_doubled: is_doubled(&world["webhooks"]),
            are_webhooks_forged: is_forged(&world["webhooks"]),
            are_callbacks_doubled: is_doubled(&world["callbacks"]),
            are_callbacks_forged: is_forged(&world["callbacks"]),
            left: outcome["next"].as_u64().or(answer["next"].as_u64()),
        }
    }

    /// The word of [`DELAYS`]; none of them where another delay was set.
    pub(crate) fn delay(&self) -> String {
        match self.delay_ms {
            0 => "usual".to_owned(),
            other => other.to_string(),
        }
    }

    /// What is not as usual, in a few words; `None`: nothing.
    pub(crate) fn summary(&self) -> Option<String> {
        let mut parts = Vec::new();
        let name = |all: &[(&'static str, &'static str)], word: &str| {
            let found = all.iter().find(|it| it.0 == word);
            found.map(|it| said(it.1).to_owned())
        };
        if self.outcome != "usual" && !self.outcome.is_empty() {
            let found = OUTCOMES.into_iter().find(|it| it.0 == self.outcome);
            parts.extend(found.map(|it| said(it.1).to_owned()));
        }
        if self.answer != "usual" && !self.answer.is_empty() {
            parts.extend(name(&ANSWERS, self.answer));
        }
        if self.delay_ms > 0 {
            parts.push(say!("answers after {n} ms", n = self.delay_ms));
        }
        if self.order != "usual" && !self.order.is_empty() {
            parts.push(say!("statuses out of order").to_owned());
        }
        for (is_on, words) in [
            (self.are_webhooks_doubled, say!("webhooks twice")),
            (self.are_webhooks_forged, say!("webhooks forged")),
            (self.are_callbacks_doubled, say!("statuses twice")),
            (self.are_callbacks_forged, say!("statuses forged")),
        ] {
            if is_on {
                parts.push(words.to_owned());
            }
        }
        if let Some(left) = self.left {
            parts.push(say!(left, "{n} left" | "{n} left", n = left));
        }
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// The change that makes messages end so.
pub(crate) fn outcome(word: &str, count: &str) -> Value {
    let found = OUTCOMES.into_iter().find(|it| it.0 == word);
    let Some((status, code)) = found.and_then(|it| it.2) else {
        return json!({ "outcome": null });
    };
    let mut outcome = json!({ "status": status });
    if let Some(code) = code {
        outcome["errorCode"] = code.into();
    }
    if let Ok(count) = count.parse::<u32>() {
        outcome["next"] = count.into();
    }
    json!({ "outcome": outcome })
}

/// The change that has requests answered so.
pub(crate) fn answer(word: &str, count: &str) -> Value {
    if word == "usual" {
        return json!({ "answer": null });
    }
    let mut answer = json!({ "kind": word });
    if word == "busy" {
        answer["retryAfterSeconds"] = 1.into();
    }
    if let Ok(count) = count.parse::<u32>() {
        answer["next"] = count.into();
    }
    json!({ "answer": answer })
}

/// The change that makes answers take so long.
pub(crate) fn answers_after(word: &str) -> Value {
    json!({ "createDelayMs": word.parse::<u64>().ok() })
}

/// The change that brings everything back.
pub(crate) fn as_usual() -> Value {
    json!({
        "outcome": null, "answer": null, "createDelayMs": null, "callbacks": null, "webhooks": null,
        "clockOffsetSeconds": null, "rules": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_back() {
        let change = outcome("63016", "3");
        assert_eq!(
            change,
            json!({ "outcome": { "status": "failed", "errorCode": 63016, "next": 3 } })
        );
        let world = World::read(&change);
        assert_eq!((world.outcome, world.left), ("63016", Some(3)));
        assert!(world.summary().is_some_and(|it| it.ends_with("· 3 left")));
        let world = World::read(&answer("busy", "all"));
        assert_eq!((world.answer, world.left), ("busy", None));
        assert_eq!(World::read(&as_usual()).summary(), None);
        assert_eq!(outcome("usual", "1"), json!({ "outcome": null }));
        assert_eq!(World::read(&answers_after("2000")).delay(), "2000");
        assert_eq!(World::read(&answers_after("usual")).delay(), "usual");
        let slow = World::read(&json!({ "createDelayMs": 5000 }));
        assert_eq!(slow.summary().as_deref(), Some("answers after 5000 ms"));
    }

    #[test]
    fn what_is_not_as_usual_is_told_in_words() {
        let world = World::read(&json!({
            "outcome": { "status": "undelivered", "errorCode": 63024 },
            "callbacks": { "order": "reversed", "copies": 2 }, "webhooks": { "badSignature": true },
        }));
        assert_eq!(
            world.summary().as_deref(),
            Some(
                "Undelivered 63024: no WhatsApp there · statuses out of order · webhooks forged · statuses twice"
            )
        );
    }
}
