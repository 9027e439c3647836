//! What needs a person, worst first. Made of what the server tells; refuses to know how it is drawn.

use super::{
    pressure::{Circuit, Component},
    say::say,
    status::Tone,
    words::Lane,
};

/// A reply window that closes sooner than this is worth a word.
const SOON_MS: f64 = 2.0 * 60.0 * 60.0 * 1000.0;

/// Where the way out begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The dead letters of one error code.
    Group(Option<i32>),
    /// The messages with one customer.
    Chat(String),
    Unconfirmed,
    Queue,
    Webhooks,
    /// One check of Doctor.
    Doctor(String),
}

impl Way {
    /// The words on the button.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Group(_) => say!("Why and fix"),
            Self::Chat(_) => say!("Open the chat"),
            Self::Unconfirmed => say!("See the evidence"),
            Self::Queue => say!("Open the queue"),
            Self::Webhooks => say!("See the refusals"),
            Self::Doctor(_) => say!("Open Doctor"),
        }
    }
}

/// One thing that needs a person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Need {
    /// The same problem keeps its key.
    pub(crate) key: String,
    pub(crate) tone: Tone,
    /// The claim, with its number.
    pub(crate) title: String,
    /// What to know or do.
    pub(crate) detail: String,
    /// RFC 3339; since when.
    pub(crate) since: Option<String>,
    pub(crate) trend: Vec<i32>,
    /// How many people it hurts, as far as anyone can tell.
    pub(crate) people: i32,
    pub(crate) way: Way,
}

impl Need {
    /// A need without a trend or a begin.
    fn plain(key: &str, tone: Tone, title: String, way: Way) -> Self {
        Self {
            key: key.to_owned(),
            tone,
            title,
            detail: String::new(),
            since: None,
            trend: Vec::new(),
            people: 0,
            way,
        }
    }
}

/// Messages that reached nobody for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) code: Option<i32>,
    pub(crate) count: i32,
    pub(crate) meaning: Option<String>,
    pub(crate) next_step: Option<String>,
    pub(crate) first_at: String,
    pub(crate) trend: Vec<i32>,
    /// Whether any of them still stands so.
    pub(crate) stands: bool,
}

/// A cause, as a need; nothing once everything of it was sent again.
pub(crate) fn of_failures(group: Failed) -> Option<Need> {
    let code = group.code.map(|it| format!(" · {it}")).unwrap_or_default();
    let meaning = group.meaning.map(|it| format!(" {it}")).unwrap_or_default();
    let why = if group.code.is_none() {
        format!(" · {}", say!("no code"))
    } else {
        format!("{code}{meaning}")
    };
    let failed = say!(group.count, "{n} failed" | "{n} failed", n = group.count);
    group.stands.then(|| Need {
        detail: group.next_step.unwrap_or_default(),
        since: Some(group.first_at),
        trend: group.trend,
        people: group.count,
        ..Need::plain(
            &format!("failed{code}"),
            Tone::Danger,
            format!("{failed}{why}"),
            Way::Group(group.code),
        )
    })
}

/// A chat that waits for an answer, and when free text ends there (milliseconds).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) name: String,
    pub(crate) contact: String,
    pub(crate) closes_ms: f64,
}

/// Chats whose window closes soon, as one need.
pub(crate) fn of_windows(mut chats: Vec<Waiting>, now_ms: f64) -> Option<Need> {
    chats.retain(|it| it.closes_ms > now_ms && it.closes_ms - now_ms <= SOON_MS);
    chats.sort_by(|a, b| a.closes_ms.total_cmp(&b.closes_ms));
    let first = chats.first()?;
    let names: Vec<&str> = chats.iter().take(3).map(|it| it.name.as_str()).collect();
    Some(Need {
        detail: say!(
            "First {when}. After that only an approved template reaches them: {names}.",
            when = super::pressure::until(first.closes_ms, now_ms),
            names = names.join(", ")
        ),
        people: i32::try_from(chats.len()).unwrap_or(i32::MAX),
        ..Need::plain(
            "windows",
            Tone::Warn,
            say!(
                chats.len(),
                "{n} chat loses its reply window within 2 h"
                    | "{n} chats lose their reply window within 2 h",
                n = chats.len()
            ),
            Way::Chat(first.contact.clone()),
        )
    })
}

/// Requests that claimed to be Twilio's and were refused.
pub(crate) fn of_refusals(count: i32, detail: &str, last_at: &str) -> Option<Need> {
    (count > 0).then(|| Need {
        detail: detail.to_owned(),
        since: Some(last_at.to_owned()),
        people: count,
        ..Need::plain(
            "refusals",
            Tone::Warn,
            say!(
                count,
                "{n} webhook request was refused within the hour"
                    | "{n} webhook requests were refused within the hour",
                n = count
            ),
            Way::Webhooks,
        )
    })
}

/// A lane that somebody holds.
pub(crate) fn of_pause(lane: Lane, waiting: i32, reason: &str, since: &str) -> Need {
    let words = if reason.is_empty() {
        say!("No reason was given.").to_owned()
    } else {
        format!("“{reason}”")
    };
    let waits = say!(
        waiting,
        "{n} message waits." | "{n} messages wait.",
        n = waiting
    );
    Need {
        detail: format!("{words} {waits}"),
        since: Some(since.to_owned()),
        people: waiting,
        ..Need::plain(
            lane.slug(),
            Tone::Plan,
            say!("The lane {lane} is paused", lane = lane.label()),
            Way::Queue,
        )
    }
}

/// Messages that may have been sent.
pub(crate) fn of_unconfirmed(count: i32) -> Option<Need> {
    (count > 0).then(|| Need {
        detail: say!("They may have been sent: Twilio is asked before anything else happens.")
            .to_owned(),
        people: count,
        ..Need::plain(
            "unconfirmed",
            Tone::Warn,
            say!(
                count,
                "{n} message without a clear answer from Twilio"
                    | "{n} messages without a clear answer from Twilio",
                n = count
            ),
            Way::Unconfirmed,
        )
    })
}

/// Parts of the queue that do not work.
pub(crate) fn of_parts(circuit: Circuit, redis: Component, waiting: i32) -> Vec<Need> {
    let mut needs = Vec::new();
    if circuit != Circuit::Closed {
        needs.push(Need {
            detail: say!("Twilio failed several times in a row; a request tries again by itself.")
                .to_owned(),
            people: waiting,
            ..Need::plain(
                "circuit",
                Tone::Danger,
                say!("Requests to Twilio are held back").to_owned(),
                Way::Queue,
            )
        });
    }
    if redis == Component::Degraded {
        let detail = say!("Nothing is lost; what crosses nodes goes slower.").to_owned();
        let title = say!("Redis does not answer").to_owned();
        needs.push(Need {
            detail,
            ..Need::plain("redis", Tone::Warn, title, Way::Doctor("redis".to_owned()))
        });
    }
    needs
}

/// A check of Doctor that found something.
pub(crate) fn of_check(name: &str, is_failure: bool, measured: &str, fix: Option<&str>) -> Need {
    let tone = if is_failure { Tone::Danger } else { Tone::Warn };
    Need {
        detail: fix.unwrap_or_default().to_owned(),
        ..Need::plain(
            &format!("check {name}"),
            tone,
            say!("Doctor, {name}: {measured}", name, measured),
            Way::Doctor(name.to_owned()),
        )
    }
}

/// Worst first: what does not work, then by how many people it hurts.
pub(crate) fn ranked(mut needs: Vec<Need>) -> Vec<Need> {
    needs.sort_by_key(|it| (it.tone != Tone::Danger, std::cmp::Reverse(it.people)));
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(count: i32, stands: bool) -> Failed {
        Failed {
            code: Some(63016),
            count,
            meaning: Some("The window had closed.".to_owned()),
            next_step: Some("Send a template.".to_owned()),
            first_at: "2026-11-22T09:12:00Z".to_owned(),
            trend: vec![0, 2],
            stands,
        }
    }

    #[test]
    fn a_cause_names_its_count_and_goes_once_it_is_mended() {
        let need = of_failures(failed(42, true)).unwrap();
        assert_eq!(need.title, "42 failed · 63016 The window had closed.");
        assert_eq!(need.way, Way::Group(Some(63016)));
        assert_eq!(of_failures(failed(42, false)), None);
    }

    #[test]
    fn only_windows_that_close_soon_count() {
        let chat = |name: &str, hours: f64| Waiting {
            name: name.to_owned(),
            contact: format!("con_{name}"),
            closes_ms: hours * 3_600_000.0,
        };
        let chats = vec![
            chat("b", 1.5),
            chat("a", 0.5),
            chat("c", 3.0),
            chat("d", -1.0),
        ];
        let need = of_windows(chats, 0.0).unwrap();
        assert_eq!(need.title, "2 chats lose their reply window within 2 h");
        assert_eq!(need.way, Way::Chat("con_a".to_owned()));
        assert!(need.detail.starts_with("First in 30 min."));
        assert_eq!(of_windows(vec![chat("c", 3.0)], 0.0), None);
    }

    #[test]
    fn what_is_broken_comes_before_what_is_only_big() {
        let needs = ranked(vec![
            of_pause(Lane::Bulk, 300, "hold", "2026-11-22T09:12:00Z"),
            of_unconfirmed(3).unwrap(),
            of_check("database", true, "does not answer", None),
            of_failures(failed(2, true)).unwrap(),
        ]);
        let keys: Vec<&str> = needs.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(
            keys,
            ["failed · 63016", "check database", "bulk", "unconfirmed"]
        );
        assert_eq!(of_unconfirmed(0), None);
        assert_eq!(of_refusals(0, "", ""), None);
        assert_eq!(of_parts(Circuit::Closed, Component::Off, 0), []);
        assert_eq!(of_parts(Circuit::Open, Component::Degraded, 4).len(), 2);
    }
}
