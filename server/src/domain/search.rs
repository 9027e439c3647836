//! The words of a search: `status:failed to:+977 "a phrase" free words`. What is not understood is told with its place.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use entity::message::{ContentKind, Direction};
use entity::types::{Lane, MessageStatus};
use serde::de::DeserializeOwned;

/// What was searched for. Everything must hold; of a list any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// `status:failed`, `status:failed,undelivered`
    pub statuses: Vec<MessageStatus>,
    /// `direction:in`, `direction:out`
    pub direction: Option<Direction>,
    /// `lane:bulk`
    pub lane: Option<Lane>,
    /// `kind:image`
    pub kinds: Vec<ContentKind>,
    /// `code:63016`
    pub codes: Vec<i32>,
    /// `from:+977`, the beginning of the sender's number; without a plus sign any part of it.
    pub from: Option<String>,
    /// `to:+977`, the same of the recipient's number.
    pub to: Option<String>,
    /// `after:2026-11-01`, from this moment on.
    pub after: Option<DateTime<Utc>>,
    /// `before:2026-11-02`, before this moment.
    pub before: Option<DateTime<Utc>>,
    /// Free words and phrases.
    pub words: Vec<String>,
}

/// What was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its place: the number of its first character, counted from 1.
    pub at: usize,
    /// What is wrong and what would be right.
    pub words: String,
}

const KEYS: [&str; 9] = [
    "status",
    "direction",
    "lane",
    "kind",
    "code",
    "from",
    "to",
    "after",
    "before",
];
/// Most free words: each costs a look.
const MOST_WORDS: usize = 10;

/// One part of the text, with the place of its first character.
#[derive(Debug)]
struct Part {
    at: usize,
    key: Option<String>,
    value: String,
    /// Where the value begins.
    value_at: usize,
}

/// Reads a search. Capital and small letters of keys and names are the same.
///
/// # Errors
/// The first thing that is not understood, and where it stands.
pub fn parse(text: &str) -> Result<Search, Fault> {
    let mut search = Search::default();
    for part in parts(text)? {
        let Part {
            at,
            value_at,
            value,
            ..
        } = &part;
        let Some(key) = &part.key else {
            if search.words.len() == MOST_WORDS {
                let words = format!("more than {MOST_WORDS} words: put a phrase into quotes");
                return Err(Fault { at: *at, words });
            }
            search.words.push(part.value);
            continue;
        };
        if value.is_empty() {
            let words = format!("{key}: has no value; put one right after the colon");
            return Err(Fault { at: *at, words });
        }
        let fault = |words: String| Fault {
            at: *value_at,
            words,
        };
        search.take(key, value).map_err(fault)?;
    }
    Ok(search)
}

impl Search {
    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "status" => self
                .statuses
                .extend(names::<MessageStatus>(key, value, STATUSES)?),
            "kind" => self
                .kinds
                .extend(names::<ContentKind>(key, value, CONTENT_KINDS)?),
            "lane" => self.lane = names(key, value, LANES)?.pop(),
            "direction" => {
                self.direction = Some(match value.to_ascii_lowercase().as_str() {
                    "in" | "inbound" => Direction::Inbound,
                    "out" | "outbound" => Direction::Outbound,
                    _ => return Err(format!("{value:?} is no direction: write in or out")),
                });
            }
            "code" => {
                for code in value.split(',') {
                    let read = code.parse();
                    let code = read.map_err(|_| {
                        format!("{code:?} is no error code: write a number like 63016")
                    })?;
                    self.codes.push(code);
                }
            }
            "from" => self.from = Some(value.to_owned()),
            "to" => self.to = Some(value.to_owned()),
            "after" => self.after = Some(moment(value)?),
            _ => self.before = Some(moment(value)?),
        }
        Ok(())
    }
}

const STATUSES: &str = "scheduled, queued, sending, unconfirmed, accepted, sent, delivered, read, undelivered, failed, canceled, received";
const CONTENT_KINDS: &str = "text, image, audio, video, document, sticker, location, contact, button_reply, list_reply, media, template, other";
const LANES: &str = "immediate, normal, bulk";

fn names<T: DeserializeOwned>(key: &str, value: &str, all: &str) -> Result<Vec<T>, String> {
    let one = |name: &str| {
        let name = name.to_ascii_uppercase().replace('-', "_");
        serde_json::from_value(name.clone().into()).map_err(|_| {
            let near = nearest(&name.to_ascii_lowercase(), all.split(", "));
            format!(
                "{:?} is no {key}: do you mean {near}? There are {all}",
                name.to_ascii_lowercase()
            )
        })
    };
    value.split(',').map(one).collect()
}

/// A day begins at midnight of UTC.
fn moment(value: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(day) = value.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    let read = DateTime::parse_from_rfc3339(value);
    read.map(|it| it.to_utc()).map_err(|_| {
        format!("{value:?} is no day or time: write it like 2026-11-01 or 2026-11-01T09:30:00Z")
    })
}

fn parts(text: &str) -> Result<Vec<Part>, Fault> {
    let letters: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if letters[at].is_whitespace() {
            at += 1;
            continue;
        }
        let begin = at;
        let key = key(&letters[at..], begin)?;
        at += key.as_ref().map_or(0, |it| it.chars().count() + 1);
        let value_at = at;
        let value = value(&letters, &mut at)?;
        if key.is_some() || !value.is_empty() {
            parts.push(Part {
                at: begin + 1,
                key,
                value,
                value_at: value_at + 1,
            });
        }
    }
    Ok(parts)
}

/// A key with its colon. Words with a colon of another kind (10:30, https://…, ratio:) are words.
fn key(rest: &[char], begin: usize) -> Result<Option<String>, Fault> {
    let length = rest
        .iter()
        .take_while(|it| it.is_ascii_alphabetic())
        .count();
    if length == 0 || rest.get(length) != Some(&':') {
        return Ok(None);
    }
    let name: String = rest[..length]
        .iter()
        .collect::<String>()
        .to_ascii_lowercase();
    if KEYS.contains(&name.as_str()) {
        return Ok(Some(name));
    }
    let after = rest.get(length + 1);
    if after.is_none_or(|it| it.is_whitespace() || *it == '/') {
        return Ok(None);
    }
    let near = nearest(&name, KEYS.into_iter());
    let words = format!(
        "there is no key {name:?}: do you mean {near}:? To search for the word itself, put it into quotes"
    );
    Err(Fault {
        at: begin + 1,
        words,
    })
}

/// A word, or everything between quotes; `""` within quotes is a quote.
fn value(letters: &[char], at: &mut usize) -> Result<String, Fault> {
    let mut value = String::new();
    if letters.get(*at) != Some(&'"') {
        while let Some(letter) = letters.get(*at).filter(|it| !it.is_whitespace()) {
            value.push(*letter);
            *at += 1;
        }
        return Ok(value);
    }
    let begin = *at;
    *at += 1;
    loop {
        match letters.get(*at) {
            None => {
                let words = "this quote is not closed: put another one at the end of the phrase";
                return Err(Fault {
                    at: begin + 1,
                    words: words.to_owned(),
                });
            }
            Some('"') if letters.get(*at + 1) == Some(&'"') => {
                value.push('"');
                *at += 2;
            }
            Some('"') => {
                *at += 1;
                return Ok(value);
            }
            Some(letter) => {
                value.push(*letter);
                *at += 1;
            }
        }
    }
}

/// The name that takes the fewest changes of letters.
fn nearest<'a>(name: &str, all: impl Iterator<Item = &'a str>) -> &'a str {
    all.min_by_key(|it| distance(name, it)).unwrap_or_default()
}

/// Letters to be put in, left out or changed. Source: Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut last = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = last + usize::from(x != *y);
            last = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(last + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_phrases_and_free_words_are_told_apart() {
        let text = "Status:failed,undelivered to:+977 from: \"x\" \"a \"\"good\"\" phrase\" अर्डर 10:30 https://a.np/b";
        let fault = parse(text).unwrap_err();
        assert_eq!(fault.at, 35, "from: has no value");
        let text = text.replace("from: \"x\" ", "from:\"155 2\" direction:in lane:bulk kind:image code:63016,21211 after:2026-11-01 before:2026-11-02T10:00:00+05:45 ");
        let found = parse(&text).unwrap();
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
        let expected = Search {
            statuses: vec![MessageStatus::Failed, MessageStatus::Undelivered],
            direction: Some(Direction::Inbound),
            lane: Some(Lane::Bulk),
            kinds: vec![ContentKind::Image],
            codes: vec![63016, 21211],
            from: Some("155 2".into()),
            to: Some("+977".into()),
            after: at("2026-11-01T00:00:00Z"),
            before: at("2026-11-02T04:15:00Z"),
            words: ["a \"good\" phrase", "अर्डर", "10:30", "https://a.np/b"]
                .map(Into::into)
                .into(),
        };
        assert_eq!(found, expected);
        assert_eq!(parse("  ").unwrap(), Search::default());
        assert_eq!(parse("\"status:failed\"").unwrap().words, ["status:failed"]);
    }

    #[test]
    fn what_is_not_understood_is_told_with_its_place_and_what_is_meant() {
        for (text, at, part) in [
            ("नमस्ते statis:failed", 8, "do you mean status:"),
            ("status:fialed", 8, "do you mean failed?"),
            ("x kind:picture", 8, "is no kind"),
            ("lane:fast", 6, "immediate, normal, bulk"),
            ("direction:up", 11, "in or out"),
            ("code:x", 6, "63016"),
            ("after:yesterday", 7, "2026-11-01"),
            ("a \"b c", 3, "not closed"),
            ("to:", 1, "no value"),
            ("1 2 3 4 5 6 7 8 9 10 11", 22, "more than 10"),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.at, at, "{text}: {}", fault.words);
            assert!(fault.words.contains(part), "{text}: {}", fault.words);
        }
        assert_eq!(
            names::<MessageStatus>("status", &STATUSES.replace(", ", ","), STATUSES)
                .unwrap()
                .len(),
            12
        );
        assert_eq!(
            names::<ContentKind>("kind", &CONTENT_KINDS.replace(", ", ","), CONTENT_KINDS)
                .unwrap()
                .len(),
            13
        );
        assert_eq!(
            names::<Lane>("lane", &LANES.replace(", ", ","), LANES)
                .unwrap()
                .len(),
            3
        );
    }
}
