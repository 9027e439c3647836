//! Patterns of steps: fixed words, places for values in capitals or quotation marks, and parts in brackets that may be absent.

use std::time::Duration;

use super::words::Token;

/// A piece of a pattern.
#[derive(Clone, Debug)]
enum Piece {
    /// Any of these words.
    Words(Vec<&'static str>),
    /// A place for a value, e.g. `NAME`.
    Place(&'static str),
    /// A place for a text, e.g. `"caption"`.
    Text(&'static str),
    Optional(Vec<Piece>),
}

/// What stood in a place.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(u64),
    Time(Duration),
    Pairs(Vec<(String, String)>),
}

/// What stood in the places of a pattern.
#[derive(Clone, Debug, Default)]
pub(super) struct Values(Vec<(&'static str, Value)>);

/// Where a line leaves a pattern, and why.
#[derive(Clone, Debug)]
pub(super) struct Miss {
    /// So many words fit.
    pub(super) at: usize,
    pub(super) words: String,
    /// The fixed words that were expected.
    pub(super) expected: Vec<&'static str>,
}

const STATUSES: [&str; 11] = [
    "SCHEDULED",
    "QUEUED",
    "SENDING",
    "UNCONFIRMED",
    "ACCEPTED",
    "SENT",
    "DELIVERED",
    "READ",
    "UNDELIVERED",
    "FAILED",
    "CANCELED",
];

const STEPS: [&str; 6] = [
    "PENDING",
    "CONFIRMED",
    "PACKED",
    "SHIPPED",
    "DELIVERED",
    "CANCELED",
];

/// What stood in the places of `pattern`, if the whole line fits it.
pub(super) fn read(pattern: &'static str, tokens: &[Token]) -> Result<Values, Miss> {
    let mut words = pattern.split_whitespace();
    let pieces = pieces(&mut words);
    let mut values = Values::default();
    let mut deepest: Option<Miss> = None;
    let end = fit(&pieces, tokens, 0, &mut values, &mut deepest)?;
    if end == tokens.len() {
        return Ok(values);
    }
    let surplus = Miss {
        at: end,
        words: format!("{:?} is not expected here", tokens[end].shown()),
        expected: Vec::new(),
    };
    Err(deepest.filter(|it| it.at > end).unwrap_or(surplus))
}

fn pieces(words: &mut std::str::SplitWhitespace<'static>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some(word) = words.next() {
        if word == "[" {
            pieces.push(Piece::Optional(self::pieces(words)));
        } else if word == "]" {
            break;
        } else if let Some(text) = word.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
            pieces.push(Piece::Text(text));
        } else if word.starts_with(|it: char| it.is_ascii_uppercase()) {
            pieces.push(Piece::Place(word));
        } else {
            pieces.push(Piece::Words(word.split('|').collect()));
        }
    }
    pieces
}

/// Fits pieces from word `at` on; where they end.
fn fit(
    pieces: &[Piece],
    tokens: &[Token],
    mut at: usize,
    values: &mut Values,
    deepest: &mut Option<Miss>,
) -> Result<usize, Miss> {
    for piece in pieces {
        match piece {
            Piece::Optional(part) => {
                let before = values.0.len();
                match fit(part, tokens, at, values, deepest) {
                    Ok(end) => at = end,
                    Err(miss) => {
                        values.0.truncate(before);
                        if deepest.as_ref().is_none_or(|it| it.at < miss.at) {
                            *deepest = Some(miss);
                        }
                    }
                }
            }
            Piece::Words(words) => match tokens.get(at) {
                Some(Token::Word(word)) if words.contains(&word.as_str()) => {
                    values.0.push(("", Value::Text(word.clone())));
                    at += 1;
                }
                other => return Err(not_expected(other, at, words)),
            },
            Piece::Text(name) => match tokens.get(at) {
                Some(Token::Text(text)) => {
                    values.0.push((name, Value::Text(text.clone())));
                    at += 1;
                }
                other => return Err(wrong(other, at, "a text in quotation marks")),
            },
            Piece::Place(name) => {
                let (value, length) = place(name, &tokens[at.min(tokens.len())..], at)?;
                values.0.push((name, value));
                at += length;
            }
        }
    }
    Ok(at)
}

fn not_expected(token: Option<&Token>, at: usize, expected: &[&'static str]) -> Miss {
    let words = match token {
        Some(token) => format!("{:?} is not expected here", token.shown()),
        None => format!("{:?} is missing at the end", expected.join(" or ")),
    };
    Miss {
        at,
        words,
        expected: expected.to_vec(),
    }
}

fn wrong(token: Option<&Token>, at: usize, what: &str) -> Miss {
    let words = match token {
        Some(token) => format!("{what} is expected, not {:?}", token.shown()),
        None => format!("{what} is missing at the end"),
    };
    Miss {
        at,
        words,
        expected: Vec::new(),
    }
}

/// The value in a place, and how many words it takes.
fn place(name: &'static str, tokens: &[Token], at: usize) -> Result<(Value, usize), Miss> {
    let miss = |words: String| Miss {
        at,
        words,
        expected: Vec::new(),
    };
    if name == "VARIABLES" {
        let is_pair = |it: &Token| match it {
            Token::Pair(name, text) => Some((name.clone(), text.clone())),
            Token::Word(_) | Token::Text(_) => None,
        };
        let pairs: Vec<_> = tokens.iter().map_while(is_pair).collect();
        let length = pairs.len();
        return Ok((Value::Pairs(pairs), length));
    }
    if name == "SETTINGS" {
        return settings(tokens).map_err(miss);
    }
    let Some(Token::Word(word)) = tokens.first() else {
        return Err(wrong(tokens.first(), at, what(name)));
    };
    let text = || Value::Text(word.clone());
    let is_name = |it: &str| {
        it.starts_with(|c: char| c.is_ascii_lowercase())
            && it
                .bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
    };
    match name {
        "TIME" => {
            time(tokens).ok_or_else(|| miss(format!("{word:?} is not a time, e.g. 3s, 500ms, 25h")))
        }
        "N" | "CODE" => {
            let number = word.parse().map(|it| (Value::Number(it), 1));
            number.map_err(|_| miss(format!("{word:?} is not a number")))
        }
        "STATUS" | "OTHER" if STATUSES.contains(&word.as_str()) => Ok((text(), 1)),
        "STATUS" | "OTHER" => Err(miss(format!(
            "{word:?} is not a status; there are: {}",
            STATUSES.join(", ")
        ))),
        "NAME's" => match word.strip_suffix("'s").filter(|it| is_name(it)) {
            Some(name) => Ok((Value::Text(name.to_owned()), 1)),
            None => Err(miss(format!("{word:?} is not expected here"))),
        },
        "STEP" if !STEPS.contains(&word.as_str()) => Err(miss(format!(
            "{word:?} is not a step of an order; there are: {}",
            STEPS.join(", ")
        ))),
        "NAME" | "MESSAGE" if !is_name(word) => Err(miss(format!(
            "{word:?} is not a name: small letters, digits and _"
        ))),
        _ => Ok((text(), 1)),
    }
}

fn what(name: &str) -> &'static str {
    match name {
        "TIME" => "a time, e.g. 3s",
        "N" | "CODE" => "a number",
        "STATUS" | "OTHER" => "a status",
        "STEP" => "a step of an order",
        "SKU" => "a product's SKU",
        "NUMBER" => "a phone's number",
        "PLACE" => "a place, e.g. 27.7172,85.3240",
        _ => "a name",
    }
}

fn settings(tokens: &[Token]) -> Result<(Value, usize), String> {
    let mut pairs = Vec::new();
    for token in tokens {
        let pair = match token {
            Token::Word(word) => word
                .split_once('=')
                .map(|(name, it)| (name.to_owned(), it.to_owned())),
            Token::Pair(name, text) => Some((name.clone(), text.clone())),
            Token::Text(_) => None,
        };
        let fault = || {
            format!(
                "{:?} is not a setting, e.g. SEND_RATE_PER_SENDER=20",
                token.shown()
            )
        };
        pairs.push(pair.ok_or_else(fault)?);
    }
    if pairs.is_empty() {
        return Err("a setting is missing at the end, e.g. SEND_RATE_PER_SENDER=20".to_owned());
    }
    Ok((Value::Pairs(pairs), tokens.len()))
}

/// `3s`, or `3 s`.
fn time(tokens: &[Token]) -> Option<(Value, usize)> {
    let Some(Token::Word(word)) = tokens.first() else {
        return None;
    };
    let end = word
        .find(|it: char| !it.is_ascii_digit())
        .unwrap_or(word.len());
    let (number, unit) = word.split_at(end);
    let (unit, length) = match (unit, tokens.get(1)) {
        ("", Some(Token::Word(unit))) => (unit.as_str(), 2),
        (unit, _) => (unit, 1),
    };
    let number: u64 = number.parse().ok()?;
    let milliseconds = match unit {
        "ms" => number,
        "s" => number.checked_mul(1_000)?,
        "min" => number.checked_mul(60_000)?,
        "h" => number.checked_mul(3_600_000)?,
        _ => return None,
    };
    Some((Value::Time(Duration::from_millis(milliseconds)), length))
}

impl Values {
    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|it| it.0 == name).map(|it| &it.1)
    }

    /// The text in a place; empty where it is absent.
    pub(super) fn text(&self, name: &str) -> String {
        match self.find(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn text_if(&self, name: &str) -> Option<String> {
        self.find(name).map(|_| self.text(name))
    }

    pub(super) fn number_if(&self, name: &str) -> Option<u64> {
        match self.find(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The number in a place that must be there.
    pub(super) fn number(&self, name: &str) -> u64 {
        self.number_if(name).unwrap_or_default()
    }

    pub(super) fn time_if(&self, name: &str) -> Option<Duration> {
        match self.find(name) {
            Some(Value::Time(time)) => Some(*time),
            _ => None,
        }
    }

    pub(super) fn time(&self, name: &str) -> Duration {
        self.time_if(name).unwrap_or_default()
    }

    pub(super) fn pairs(&self, name: &str) -> Vec<(String, String)> {
        match self.find(name) {
            Some(Value::Pairs(pairs)) => pairs.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether this fixed word stood there.
    pub(super) fn said(&self, word: &str) -> bool {
        self.0
            .iter()
            .any(|(name, it)| matches!(it, Value::Text(text) if name.is_empty() && text == word))
    }

    /// The first of `words` that stood there.
    pub(super) fn which(&self, words: &[&'static str]) -> &'static str {
        words
            .iter()
            .find(|it| self.said(it))
            .copied()
            .unwrap_or_default()
    }
}
