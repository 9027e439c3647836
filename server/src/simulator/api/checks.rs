//! Checks of a create request, in the provider's order, with its codes.

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::Address;
use serde_json::{Map, Value};

use super::refusals::Refusal;
use crate::gateway::wire::Form;

type Checked = Result<(), Refusal>;

/// Twilio's numbers for tests; as senders they are everybody's.
const MAGIC: &str = "+1500555000";

/// What the account knows of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Business<'a> {
    /// Its addresses; empty: any address is.
    pub(super) senders: &'a [String],
    /// Its messaging service; `None`: any well-formed one is.
    pub(super) service: Option<&'a str>,
}

/// Checks everything but the template, which only the world knows.
pub(super) fn check(form: &Form, business: Business<'_>, now: DateTime<Utc>) -> Checked {
    let to = form.get("To");
    let to = to.ok_or(Refusal::bad(21604, "A 'To' phone number is required."))?;
    let (from, service) = (form.get("From"), form.get("MessagingServiceSid"));
    if from.is_none() && service.is_none() {
        return Err(Refusal::bad(21603, "A 'From' phone number is required."));
    }
    check_content(form)?;
    let is_whatsapp = |address: &str| address.starts_with("whatsapp:");
    if from.is_some_and(|from| is_whatsapp(from) != is_whatsapp(to)) {
        let words = "Invalid From and To pair. From and To should be of the same channel";
        return Err(Refusal::bad(21910, words));
    }
    check_recipient(to)?;
    if let Some(from) = from {
        check_sender(from, to, business.senders)?;
    }
    if service.is_some_and(|it| !is_service(it, business.service)) {
        return Err(Refusal::bad(21701, "The Messaging Service does not exist"));
    }
    check_media(form, is_whatsapp(to))?;
    check_callback(form)?;
    check_variables(form)?;
    check_options(form)?;
    send_at(form, now).map(|_| ())
}

/// Whether a messaging service is the account's.
pub(super) fn is_service(sid: &str, own: Option<&str>) -> bool {
    let hex = sid.strip_prefix("MG").unwrap_or_default();
    let is_sid = hex.len() == 32 && hex.bytes().all(|it| it.is_ascii_hexdigit());
    own.map_or(is_sid, |own| own == sid)
}

/// When a message is to be sent; `None`: now.
pub(super) fn send_at(form: &Form, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(kind) = form.get("ScheduleType") else {
        return Ok(None);
    };
    if kind != "fixed" {
        return Err(Refusal::bad(35111, "ScheduleType must be 'fixed'"));
    }
    let at = form.get("SendAt").ok_or(Refusal::bad(
        35111,
        "SendAt is required where ScheduleType is given",
    ))?;
    if form.get("MessagingServiceSid").is_none() {
        let words = "MessagingServiceSid is required to schedule a message";
        return Err(Refusal::bad(35118, words));
    }
    let at = DateTime::parse_from_rfc3339(at).map_err(|_| {
        let words = "SendAt must be a time in ISO 8601, e.g. 2026-11-21T09:05:07Z";
        Refusal::bad(35114, words)
    })?;
    let ahead = at.to_utc() - now;
    if ahead <= TimeDelta::seconds(300) {
        return Err(Refusal::bad(
            35114,
            "SendAt must be more than 300 seconds ahead",
        ));
    }
    if ahead > TimeDelta::days(35) {
        return Err(Refusal::bad(35115, "SendAt must be at most 35 days ahead"));
    }
    Ok(Some(at.to_utc()))
}

/// The template's variables.
pub(super) fn variables(form: &Form) -> Result<Map<String, Value>, Refusal> {
    let wrong = || Refusal::bad(21656, "The Content Variables Parameter is invalid");
    let Some(text) = form.get("ContentVariables") else {
        return Ok(Map::new());
    };
    let map: Map<String, Value> = serde_json::from_str(text).map_err(|_| wrong())?;
    if map.values().all(Value::is_string) {
        Ok(map)
    } else {
        Err(wrong())
    }
}

fn check_content(form: &Form) -> Checked {
    let body = form.get("Body");
    let has_other = form.get("MediaUrl").is_some() || form.get("ContentSid").is_some();
    if body.is_none() && !has_other {
        let words = "A text message body or media urls must be specified.";
        return Err(Refusal::bad(21619, words));
    }
    if body.is_some_and(|it| it.encode_utf16().count() > 1_600) {
        let words = "The concatenated message body exceeds the 1600 character limit";
        return Err(Refusal::bad(21617, words));
    }
    Ok(())
}

/// The magic numbers of test credentials, and the form of all others.
fn check_recipient(to: &str) -> Checked {
    let bare = to.strip_prefix("whatsapp:").unwrap_or(to);
    let magic = match bare.strip_prefix(MAGIC) {
        Some("1") => Some((21211, "Invalid 'To' Phone Number")),
        Some("2") => Some((21612, "The 'To' phone number is not reachable")),
        Some("3") => Some((21408, "Permission to send to this region is not enabled")),
        Some("4") => Some((21610, "Attempt to send to unsubscribed recipient")),
        Some("9") => Some((21614, "'To' number is not a valid mobile number")),
        _ => None,
    };
    if let Some((code, words)) = magic {
        return Err(Refusal::bad(code, words));
    }
    if is_address(to) {
        Ok(())
    } else {
        Err(Refusal::bad(21211, "Invalid 'To' Phone Number"))
    }
}

fn check_sender(from: &str, to: &str, senders: &[String]) -> Checked {
    let is_whatsapp = from.starts_with("whatsapp:");
    let not_ours = || {
        if is_whatsapp {
            let words = "Twilio could not find a Channel with the specified From address";
            Refusal::bad(63007, words)
        } else {
            Refusal::bad(21606, "The 'From' phone number is not one of the account's")
        }
    };
    let bare = from.strip_prefix("whatsapp:").unwrap_or(from);
    match bare.strip_prefix(MAGIC) {
        Some("1") => {
            return Err(Refusal::bad(
                21212,
                "The 'From' number is not a valid phone number",
            ));
        }
        Some("6") => return Ok(()),
        Some("7") => return Err(not_ours()),
        Some("8") => {
            let words = "This 'From' number has exceeded the maximum number of queued messages";
            return Err(Refusal::new(429, 21611, words));
        }
        _ => {}
    }
    if !is_address(from) {
        return Err(Refusal::bad(
            21212,
            "The 'From' number is not a valid phone number",
        ));
    }
    if from == to {
        return Err(Refusal::bad(
            63031,
            "Message cannot have the same To and From",
        ));
    }
    if senders.is_empty() || senders.iter().any(|it| it == from) {
        Ok(())
    } else {
        Err(not_ours())
    }
}

/// A number in international form, or a business-scoped id on WhatsApp.
fn is_address(address: &str) -> bool {
    let bare = address.strip_prefix("whatsapp:");
    let is_scoped = |it: &str| {
        it.split_once('.').is_some_and(|(country, id)| {
            let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
            is_country
                && (1..=128).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric())
        })
    };
    bare.is_some_and(is_scoped) || Address::parse(address).is_ok()
}

fn check_media(form: &Form, is_whatsapp: bool) -> Checked {
    let is_url = |it: &str| it.starts_with("http://") || it.starts_with("https://");
    if form.all("MediaUrl").any(|it| !is_url(it)) {
        return Err(Refusal::bad(21620, "Invalid media URL(s)"));
    }
    let most = if is_whatsapp { 1 } else { 10 };
    if form.all("MediaUrl").count() > most {
        return Err(Refusal::bad(
            21623,
            "Number of media files exceeds allowed limit",
        ));
    }
    Ok(())
}

/// Source: the error page of 21609: a host that is one, without an underscore.
fn check_callback(form: &Form) -> Checked {
    let Some(url) = form.get("StatusCallback") else {
        return Ok(());
    };
    let rest = url.strip_prefix("http://").or(url.strip_prefix("https://"));
    let host = rest.and_then(|it| it.split(['/', '?', '#']).next());
    let is_right = host.is_some_and(|it| !it.is_empty() && !it.contains(['_', ' ']));
    if is_right && url.len() <= 4_000 {
        Ok(())
    } else {
        Err(Refusal::bad(
            21609,
            "The 'StatusCallback' URL is not a valid URL",
        ))
    }
}

fn check_variables(form: &Form) -> Checked {
    let has_variables = form.get("ContentVariables").is_some();
    if has_variables && form.get("ContentSid").is_none() {
        return Err(Refusal::bad(21654, "ContentSid Required"));
    }
    variables(form).map(|_| ())
}

fn check_options(form: &Form) -> Checked {
    let is_any = |key: &str, words: &[&str]| form.get(key).is_none_or(|it| words.contains(&it));
    let validity = form.get("ValidityPeriod").map(str::parse::<u32>);
    if validity.is_some_and(|it| !matches!(it, Ok(1..=36_000))) {
        return Err(Refusal::bad(
            21624,
            "Invalid ValidityPeriod: 1 to 36000 seconds",
        ));
    }
    if !is_any("ContentRetention", &["retain", "discard"]) {
        return Err(Refusal::bad(30029, "Invalid ContentRetention"));
    }
    if !is_any("AddressRetention", &["retain", "obfuscate"]) {
        return Err(Refusal::bad(30030, "Invalid AddressRetention"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: &str = "From=whatsapp:%2B14155238886&To=whatsapp:%2B9779800000000";

    fn code(body: &str) -> Option<i32> {
        let business = Business {
            senders: &[
                "whatsapp:+14155238886".to_owned(),
                "+14155238886".to_owned(),
            ],
            service: None,
        };
        let now = DateTime::from_timestamp(1_795_251_907, 0).unwrap();
        let checked = check(&Form::decode(body.as_bytes()), business, now);
        checked.err().map(|it| it.code)
    }

    #[test]
    fn faults_are_found_in_the_providers_order_with_its_codes() {
        for (body, expected) in [
            (String::new(), Some(21604)),
            ("To=whatsapp:%2B9779800000000".to_owned(), Some(21603)),
            (PAIR.to_owned(), Some(21619)),
            (format!("{PAIR}&Body={}", "x".repeat(1_601)), Some(21617)),
            (
                "From=%2B14155238886&To=whatsapp:%2B9779800000000&Body=x".to_owned(),
                Some(21910),
            ),
            (
                "From=whatsapp:%2B14155238886&To=whatsapp:12&Body=x".to_owned(),
                Some(21211),
            ),
            (
                "From=whatsapp:%2B15550001111&To=whatsapp:%2B9779800000000&Body=x".to_owned(),
                Some(63007),
            ),
            (
                "From=%2B15550001111&To=%2B9779800000000&Body=x".to_owned(),
                Some(21606),
            ),
            (
                "From=whatsapp:%2B14155238886&To=whatsapp:%2B14155238886&Body=x".to_owned(),
                Some(63031),
            ),
            (
                format!("{PAIR}&Body=x&MessagingServiceSid=MG1"),
                Some(21701),
            ),
            (format!("{PAIR}&MediaUrl=ftp://x/y"), Some(21620)),
            (
                format!("{PAIR}&MediaUrl=https://x/y&MediaUrl=https://x/z"),
                Some(21623),
            ),
            (
                format!("{PAIR}&Body=x&StatusCallback=http://a_b/c"),
                Some(21609),
            ),
            (format!("{PAIR}&Body=x&ContentVariables=[]"), Some(21654)),
            (
                format!("{PAIR}&ContentSid=HX1&ContentVariables=[]"),
                Some(21656),
            ),
            (
                format!("{PAIR}&ContentSid=HX1&ContentVariables={{\"1\":2}}"),
                Some(21656),
            ),
            (format!("{PAIR}&Body=x&ValidityPeriod=36001"), Some(21624)),
            (format!("{PAIR}&Body=x"), None),
            (
                "From=whatsapp:%2B14155238886&To=whatsapp:PT.1a2b3c&Body=x".to_owned(),
                None,
            ),
            (
                "From=whatsapp:%2B14155238886&To=whatsapp:Pt.1a2b3c&Body=x".to_owned(),
                Some(21211),
            ),
        ] {
            assert_eq!(code(&body), expected, "{body}");
        }
    }

    #[test]
    fn magic_numbers_work_with_and_without_the_channel() {
        for channel in ["", "whatsapp:"] {
            let to = |tail| {
                format!("From={channel}%2B14155238886&To={channel}%2B1500555000{tail}&Body=x")
            };
            for (tail, expected) in [(1, 21211), (2, 21612), (3, 21408), (4, 21610), (9, 21614)] {
                assert_eq!(code(&to(tail)), Some(expected), "{channel} {tail}");
            }
            assert_eq!(code(&to(6)), None);
            let from = |tail| {
                format!("From={channel}%2B1500555000{tail}&To={channel}%2B9779800000000&Body=x")
            };
            let not_ours = if channel.is_empty() { 21606 } else { 63007 };
            for (tail, expected) in [(1, 21212), (7, not_ours), (8, 21611)] {
                assert_eq!(code(&from(tail)), Some(expected), "{channel} {tail}");
            }
            assert_eq!(code(&from(6)), None);
        }
    }

    #[test]
    fn a_scheduled_message_needs_a_service_and_a_time_within_five_minutes_and_35_days() {
        let service = format!("MessagingServiceSid=MG{}", "0".repeat(32));
        let with = |rest: &str| code(&format!("{PAIR}&Body=x&ScheduleType=fixed&{rest}"));
        assert_eq!(with(""), Some(35111));
        assert_eq!(with("SendAt=2026-11-21T10:00:00Z"), Some(35118));
        assert_eq!(with(&format!("{service}&SendAt=tomorrow")), Some(35114));
        assert_eq!(
            with(&format!("{service}&SendAt=2026-11-21T09:10:07Z")),
            Some(35114)
        );
        assert_eq!(
            with(&format!("{service}&SendAt=2026-11-21T09:10:08Z")),
            None
        );
        assert_eq!(
            with(&format!("{service}&SendAt=2026-12-26T09:05:08Z")),
            Some(35115)
        );
    }
}
