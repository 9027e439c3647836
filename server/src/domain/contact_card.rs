//! What may be noted about a contact, what two of them make together, and whether a text names an address.

use chrono::{DateTime, Utc};
use entity::contact::{Model, OptOutCause};

use crate::error::{Refusal, RefusalCode as Code};

/// Longest note, in characters.
pub const NOTE_LIMIT: usize = 4_000;
/// Most tags of a contact.
pub const TAGS_LIMIT: usize = 20;
/// Longest tag, in characters.
pub const TAG_LIMIT: usize = 40;

/// A note as it is stored.
///
/// # Errors
/// It is too long, or has a NUL in it.
pub fn note(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length > NOTE_LIMIT || text.contains('\0') {
        let words = format!("{length} characters: at most {NOTE_LIMIT} are kept, none of them NUL");
        return Err(Refusal::field(Code::TooLong, "note", words));
    }
    Ok(text.to_owned())
}

/// Tags as they are stored: a JSON array, without blanks at their ends, each once, in their order.
///
/// # Errors
/// One is empty or too long, or there are too many.
pub fn tags(all: Vec<String>) -> Result<String, Refusal> {
    let mut kept: Vec<String> = Vec::new();
    for tag in all {
        let tag = tag.trim();
        if tag.is_empty() || tag.chars().any(char::is_control) {
            let words = "a tag is empty or has control characters: leave it out";
            return Err(Refusal::field(Code::Empty, "tags", words));
        }
        if tag.chars().count() > TAG_LIMIT {
            let words = format!("a tag is longer than {TAG_LIMIT} characters: use the note");
            return Err(Refusal::field(Code::TooLong, "tags", words));
        }
        if !kept.iter().any(|it| it == tag) {
            kept.push(tag.to_owned());
        }
    }
    if kept.len() > TAGS_LIMIT {
        let words = format!("{} tags: at most {TAGS_LIMIT}", kept.len());
        return Err(Refusal::field(Code::TooMany, "tags", words));
    }
    Ok(serde_json::Value::from(kept).to_string())
}

/// Reads tags back.
pub fn read_tags(stored: &str) -> Vec<String> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// The tag of a language. Source: RFC 5646 (BCP 47), its form only.
///
/// # Errors
/// It has not the form of one.
pub fn language(tag: &str) -> Result<String, Refusal> {
    let mut parts = tag.trim().split('-');
    let first = parts.next().unwrap_or_default();
    let is_first =
        (2..=3).contains(&first.len()) && first.bytes().all(|it| it.is_ascii_lowercase());
    let is_part =
        |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphanumeric());
    if is_first && tag.len() <= 35 && parts.all(is_part) {
        return Ok(tag.trim().to_owned());
    }
    let words = "not a language's tag: write it like en, ne or en-GB";
    Err(Refusal::field(Code::InvalidLanguage, "language", words))
}

/// What `into` is once everything of `from` is theirs. Whoever of the two wanted no messages, or was blocked, it holds for both.
pub fn merged(from: &Model, into: Model) -> Model {
    let notes = [into.note.as_deref(), from.note.as_deref()];
    let note: Vec<&str> = notes.into_iter().flatten().collect();
    let note: String = note.join("\n").chars().take(NOTE_LIMIT).collect();
    let mut tags = read_tags(&into.tags);
    for tag in read_tags(&from.tags) {
        if tags.len() < TAGS_LIMIT && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let both = [&into, from].map(|it| it.opted_out_at.zip(it.opt_out_cause));
    // What a person said themselves is not for an operator to end.
    let own = |it: &(DateTime<Utc>, OptOutCause)| it.1 != OptOutCause::Operator;
    let mut known = both.into_iter().flatten();
    let opted_out = known.clone().find(own).or_else(|| known.next());
    Model {
        name: into.name.clone().or_else(|| from.name.clone()),
        note: Some(note).filter(|it| !it.is_empty()),
        tags: serde_json::Value::from(tags).to_string(),
        last_inbound_at: into.last_inbound_at.max(from.last_inbound_at),
        opted_out_at: opted_out.map(|it| it.0),
        opt_out_cause: opted_out.map(|it| it.1),
        blocked_at: into.blocked_at.or(from.blocked_at),
        created_at: into.created_at.min(from.created_at),
        ..into
    }
}

/// What of an address is written the same in a form, a URL and in JSON.
pub fn bare(address: &str) -> &str {
    let opaque = address.rsplit(':').next().unwrap_or(address);
    opaque.trim_start_matches('+')
}

/// Fields of the provider's form that name a person.
const NAMING: [&str; 4] = ["From", "To", "WaId", "ExternalUserId"];

/// Whether a form is from or to the owner of a bare address. Who only mentions it is somebody else.
pub fn is_about(form: &str, bare_address: &str) -> bool {
    !bare_address.is_empty()
        && form_urlencoded::parse(form.as_bytes())
            .any(|(field, value)| NAMING.contains(&&*field) && bare(&value) == bare_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_about_who_wrote_it_or_gets_it_and_not_about_who_is_mentioned() {
        let bare = bare("whatsapp:+9779800000000");
        assert_eq!(bare, "9779800000000");
        for form in [
            "From=whatsapp%3A%2B9779800000000&To=x",
            "From=x&To=whatsapp%3A%2B9779800000000",
            "WaId=9779800000000",
        ] {
            assert!(is_about(form, bare), "{form}");
        }
        for form in [
            "From=x&Body=call+9779800000000",
            "From=whatsapp%3A%2B97798000000001",
            "",
        ] {
            assert!(!is_about(form, bare), "{form}");
        }
        assert!(!is_about("From=&To=", ""));
    }

    #[test]
    fn tags_are_kept_once_in_their_order_and_too_many_or_long_ones_are_refused() {
        let tags_of = |all: &[&str]| tags(all.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(
            tags_of(&[" vip ", "नेपाल", "vip"]).unwrap(),
            r#"["vip","नेपाल"]"#
        );
        assert_eq!(tags_of(&[" "]).unwrap_err().code, Code::Empty);
        assert_eq!(tags_of(&[&"क".repeat(41)]).unwrap_err().code, Code::TooLong);
        let many: Vec<String> = (0..21).map(|it| it.to_string()).collect();
        assert_eq!(tags(many).unwrap_err().code, Code::TooMany);
        assert_eq!(note(&"क".repeat(4_000)).unwrap().chars().count(), 4_000);
        assert!(note(&"क".repeat(4_001)).is_err());
        for (tag, is_right) in [
            ("en", true),
            ("ne-NP", true),
            ("english", false),
            ("", false),
            ("e!", false),
        ] {
            assert_eq!(language(tag).is_ok(), is_right, "{tag}");
        }
    }
}
