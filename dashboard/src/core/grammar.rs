//! The search box: `status:failed -status:read code:63016 to:+977… "free text"`. What has a chip becomes one; the rest
//! is the server's to understand.

use super::{
    filter::Filter, persona::address, query, range::When, status::Status, words::Direction,
};

/// One part of what was typed.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    /// As typed, quotes included.
    text: String,
    /// `status` of `status:failed`; nothing within quotes.
    key: Option<String>,
    /// Without key and quotes.
    value: String,
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for letter in text.chars() {
        if letter.is_whitespace() && !is_quoted {
            parts.extend(part(std::mem::take(&mut word)));
            continue;
        }
        is_quoted ^= letter == '"';
        word.push(letter);
    }
    parts.extend(part(word));
    parts
}

fn part(text: String) -> Option<Part> {
    if text.is_empty() {
        return None;
    }
    let key = text
        .split_once(':')
        .map(|(key, _)| key)
        .filter(|it| it.chars().all(|it| it.is_ascii_alphabetic() || it == '-'));
    let value = key.map_or(text.as_str(), |it| &text[it.len() + 1..]);
    Some(Part {
        key: key.map(str::to_ascii_lowercase),
        value: value.replace('"', ""),
        text,
    })
}

/// The free words and phrases of a search; keys are the server's.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    parts(text)
        .into_iter()
        .filter(|it| it.key.is_none() && !it.value.is_empty())
        .map(|it| it.value)
}

/// The filter with what was typed and committed: keys become chips, a whole number becomes the contact.
pub(crate) fn committed(filter: &Filter, text: &str) -> Filter {
    let mut next = Filter {
        search: None,
        ..filter.clone()
    };
    if text.starts_with('+')
        && let Some(number) = address(text)
    {
        next.address = Some(number);
        return next;
    }
    let mut rest = Vec::new();
    for part in parts(text) {
        if !take(&mut next, &part) {
            rest.push(part.text);
        }
    }
    let rest = rest.join(" ");
    next.search = (!rest.is_empty()).then_some(rest);
    next
}

fn take(next: &mut Filter, part: &Part) -> bool {
    let value = part.value.as_str();
    let parsed = match part.key.as_deref() {
        Some("status") => pair("status", value),
        Some("-status") => {
            let each: Vec<_> = value.split(',').map(|it| format!("-{it}")).collect();
            pair("status", &each.join(","))
        }
        Some("direction" | "dir") => match value {
            "in" | "inbound" => pair("dir", Direction::Inbound.slug()),
            "out" | "outbound" => pair("dir", Direction::Outbound.slug()),
            _ => return false,
        },
        Some("lane") => pair("lane", value),
        Some("code") => pair("code", value),
        Some("after") => When::parse(value).map_or_else(Filter::default, |_| pair("from", value)),
        Some("before") => When::parse(value).map_or_else(Filter::default, |_| pair("to", value)),
        _ => return false,
    };
    let is_taken = parsed.invalid.is_empty() && parsed != Filter::default();
    if is_taken {
        merge(&mut next.status, parsed.status);
        merge(&mut next.except, parsed.except);
        merge(&mut next.code, parsed.code);
        next.direction = parsed.direction.or(next.direction);
        next.lane = parsed.lane.or(next.lane);
        next.from = parsed.from.or_else(|| next.from.take());
        next.to = parsed.to.or_else(|| next.to.take());
    }
    is_taken
}

fn pair(key: &str, value: &str) -> Filter {
    Filter::parse(&query::join(&[(key.to_owned(), value.to_owned())]))
}

fn merge<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for it in more {
        if !list.contains(&it) {
            list.push(it);
        }
    }
}

/// What completes the word at the end of the box: whole words to put in its place.
pub(crate) fn suggestions(text: &str) -> Vec<String> {
    const KEYS: [&str; 9] = [
        "status:",
        "-status:",
        "direction:",
        "lane:",
        "code:",
        "to:",
        "from:",
        "after:",
        "before:",
    ];
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    if last.is_empty() {
        return Vec::new();
    }
    let values: Vec<String> = match last.split_once(':') {
        None => KEYS.map(str::to_owned).to_vec(),
        Some((key @ ("status" | "-status"), _)) => Status::ALL
            .iter()
            .map(|it| format!("{key}:{}", it.slug()))
            .collect(),
        Some(("direction", _)) => vec!["direction:in".to_owned(), "direction:out".to_owned()],
        Some(("lane", _)) => ["immediate", "normal", "bulk"]
            .map(|it| format!("lane:{it}"))
            .to_vec(),
        Some((key @ ("after" | "before"), _)) => ["-1h", "-24h", "-7d"]
            .map(|it| format!("{key}:{it}"))
            .to_vec(),
        Some(_) => Vec::new(),
    };
    let is_fit = |it: &String| it.starts_with(last) && it != last;
    values.into_iter().filter(is_fit).take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_chips_and_the_rest_stays() {
        for (typed, url) in [
            (
                "status:failed code:63016,30003",
                "?status=failed&code=63016,30003",
            ),
            ("-status:read hello", "?status=-read&q=hello"),
            (
                "direction:out lane:bulk \"two words\"",
                "?dir=out&lane=bulk&q=%22two%20words%22",
            ),
            ("to:+977 kind:image x", "?q=to:%2B977%20kind:image%20x"),
            ("status:lost", "?q=status:lost"),
            (
                "after:2026-11-22 before:soon",
                "?q=before:soon&from=2026-11-22",
            ),
            ("+977 980-000-0001", "?address=%2B9779800000001"),
            ("re: order", "?q=re:%20order"),
            ("", ""),
        ] {
            assert_eq!(
                committed(&Filter::default(), typed).to_query(),
                url,
                "{typed}"
            );
        }
        let filter = Filter::parse("?status=sent&q=old");
        assert_eq!(
            committed(&filter, "status:failed new").to_query(),
            "?status=sent,failed&q=new"
        );
    }

    #[test]
    fn words_are_what_stands_without_a_key() {
        let all: Vec<_> = words("a to:+977 \"b c\" 12:30").collect();
        assert_eq!(all, ["a", "b c", "12:30"]);
    }

    #[test]
    fn the_last_word_is_completed() {
        assert_eq!(suggestions("x sta"), ["status:"]);
        assert_eq!(suggestions("status:f"), ["status:failed"]);
        assert_eq!(
            suggestions("-status:re"),
            ["-status:read", "-status:received"]
        );
        assert!(suggestions("hello ").is_empty());
    }
}
