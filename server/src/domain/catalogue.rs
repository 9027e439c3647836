//! Twilio's error codes: meaning, owner, when it comes, whether trying again can help, and the next step.
//! The one source for the retry policy and for what people are shown.

mod rows;

use std::time::Duration;

use rows::{ROWS, Row};

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ErrorKind")]
pub enum Kind {
    /// Later may work.
    Transient,
    /// Never will work for this message and recipient.
    Permanent,
    /// Works once somebody changed something.
    NeedsAction,
    /// Nothing failed.
    Warning,
}

/// Who can change something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ErrorOwner")]
pub enum Owner {
    /// The operator of this server.
    You,
    /// The recipient.
    Customer,
    /// Twilio.
    Twilio,
    /// Meta (WhatsApp).
    Meta,
}

/// When a code comes, as a rule: a channel's code may also come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ErrorPhase")]
pub enum Phase {
    /// At once, in Twilio's answer: the message was not taken.
    Sync,
    /// Later, in a status callback: Twilio had taken the message.
    Async,
    /// In Twilio's error log only: it is about a webhook, or about nothing that failed.
    Log,
}

/// What trying again after a code takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// Tries in all that are worth it, however many the settings allow.
    pub most_tries: i32,
    /// Nothing changes before so long.
    pub least_pause: Duration,
}

impl Again {
    /// As after a failure without a code: as often as the settings allow, and soon.
    pub const SOON: Self = Self::after(0);
    const NEVER: Self = Self::after(0).at_most(1);

    const fn after(seconds: u64) -> Self {
        Self {
            most_tries: i32::MAX,
            least_pause: Duration::from_secs(seconds),
        }
    }

    const fn at_most(self, most_tries: i32) -> Self {
        Self { most_tries, ..self }
    }
}

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code, e.g. 63016.
    pub code: i32,
    /// Whether trying again can help.
    pub kind: Kind,
    /// How often, and how soon.
    pub again: Again,
    /// When it comes.
    pub phase: Phase,
    /// Who can change something about it.
    pub owner: Owner,
    /// What it means.
    pub meaning: &'static str,
    /// What to do next.
    pub next_step: &'static str,
}

/// The recipient opted out.
pub const OPTED_OUT: i32 = 21610;
/// Free text outside of the reply window.
pub const WINDOW_CLOSED: i32 = 63016;

/// Whether the provider does not know the template, list or buttons that a message names. Source: Twilio's error 21655.
pub const fn is_unknown_content(code: i32) -> bool {
    code == 21655
}

/// Whether a code says that the recipient wants no messages: they opted out at the provider, or blocked us.
pub const fn is_opt_out(code: i32) -> bool {
    matches!(code, OPTED_OUT | 30004 | 63014 | 63033)
}

/// What is known about `code`.
pub fn find(code: i32) -> Option<Entry> {
    let at = ROWS.binary_search_by_key(&code, |row| row.0).ok()?;
    Some(entry(ROWS[at]))
}

/// Whether a code says that messages come too fast: their sender is slowed.
pub const fn is_about_speed(code: i32) -> bool {
    matches!(code, 14107 | 20429 | 21611 | 30001 | 30022 | 63017 | 63018)
}

/// Every code, in order.
pub fn all() -> impl Iterator<Item = Entry> {
    ROWS.iter().copied().map(entry)
}

/// Twilio's own page about a code.
pub fn page_of(code: i32) -> String {
    format!("https://www.twilio.com/docs/errors/{code}")
}

fn entry((code, (kind, again), phase, owner, meaning, next_step): Row) -> Entry {
    Entry {
        code,
        kind,
        again,
        phase,
        owner,
        meaning,
        next_step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What must be there, copied from Twilio's dictionary.
    #[rustfmt::skip]
    const CODES: [i32; 135] = [
        11200, 11205, 11210, 11215, 11220, 11235, 11236, 11237, 11750, 11751, 12100, 12200, 12300, 14101, 14103,
        14107, 14109, 20001, 20003, 20004, 20005, 20006, 20007, 20008, 20009, 20404, 20422, 20429, 20500, 20503,
        21211, 21212, 21408, 21421, 21422, 21601, 21602, 21603, 21604, 21606, 21608, 21609, 21610, 21611, 21612,
        21614, 21617, 21618, 21619, 21620, 21621, 21622, 21623, 21624, 21654, 21655, 21656, 21658, 21701, 21703,
        21704, 21705, 21710, 21712, 21910, 30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008, 30022, 30023,
        30029, 30030, 30034, 30036, 30400, 30404, 30409, 30410, 30450, 35111, 35114, 35115, 35118, 35125, 57012,
        63001, 63002, 63003, 63005, 63006, 63007, 63008, 63009, 63010, 63011, 63012, 63013, 63014, 63015, 63016,
        63017, 63018, 63019, 63020, 63021, 63022, 63023, 63024, 63025, 63026, 63027, 63028, 63029, 63030, 63031,
        63032, 63033, 63034, 63035, 63036, 63037, 63038, 63039, 63040, 63041, 63042, 63049, 63051, 63112, 92007,
    ];

    #[test]
    fn no_code_is_lost_and_each_stands_once_in_its_order() {
        let codes: Vec<i32> = all().map(|it| it.code).collect();
        assert_eq!(codes, CODES);
        assert_eq!((find(1), find(99_999)), (None, None));
    }

    #[test]
    fn each_tells_in_a_few_plain_words_what_it_means_and_what_to_do() {
        for it in all() {
            for words in [it.meaning, it.next_step] {
                let is_short = (4..=70).contains(&words.chars().count());
                let is_sentence =
                    words.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
                assert!(is_short && is_sentence && !words.ends_with('.'), "{it:?}");
            }
        }
    }

    #[test]
    fn what_retries_rely_on_is_as_twilio_says() {
        let kind = |code| find(code).map(|it| (it.kind, it.phase));
        assert_eq!(kind(63016), Some((Kind::NeedsAction, Phase::Async)));
        assert_eq!(kind(20429), Some((Kind::Transient, Phase::Sync)));
        assert_eq!(kind(21610), Some((Kind::Permanent, Phase::Sync)));
        let is_slowed = |it: &Entry| is_about_speed(it.code);
        assert!(all().filter(is_slowed).all(|it| it.kind == Kind::Transient));
    }

    #[test]
    fn only_what_passes_is_tried_again_and_no_sooner_than_it_can_pass() {
        let again = |code| find(code).map(|it| (it.again.most_tries, it.again.least_pause));
        let (often, seconds) = (i32::MAX, Duration::from_secs);
        for (code, most, least) in [
            (20429, often, 0),
            (21611, often, 300),
            (30008, 2, 10),
            (30410, 1, 0),
            (63018, often, 10),
            (63023, 2, 10),
            (63025, 2, 5),
            (63038, often, 86_400),
            (63016, 1, 0),
        ] {
            assert_eq!(again(code), Some((most, seconds(least))), "{code}");
        }
        let lasts = |it: &Entry| it.kind != Kind::Transient;
        assert!(all().filter(lasts).all(|it| it.again == Again::NEVER));
        // What is told by callback took the channel a moment; so does what it is about.
        let late = |it: &Entry| it.phase == Phase::Async && it.again.most_tries > 1;
        assert!(
            all()
                .filter(late)
                .all(|it| it.again.least_pause >= seconds(5))
        );
    }
}
