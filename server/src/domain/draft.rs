//! A message before it is one: what a client asks for, and every rule it breaks.

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{Address, Lane};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{Refusal, RefusalCode as Code};

/// Longest text, in UTF-16 code units. Source: Twilio's "Message resource", `Body`.
pub const BODY_LIMIT: usize = 1_600;
/// Media a WhatsApp message may carry. Source: Twilio's "Guidance on WhatsApp media".
const MEDIA_LIMIT: usize = 1;
const URL_LIMIT: usize = 2_000;
const KEY_LIMIT: usize = 255;
const VARIABLES_LIMIT: usize = 8_192;
/// Times further ahead are typing errors.
const FURTHEST: TimeDelta = TimeDelta::days(366);

/// What a client asks for, unchecked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Recipient as typed.
    pub to: String,
    /// Text or caption.
    pub body: Option<String>,
    /// Absolute URLs.
    pub media_urls: Vec<String>,
    /// Template, `HX…`.
    pub content_sid: Option<String>,
    /// The template's variables: an object of texts.
    pub content_variables: Option<Value>,
    /// Sender as typed; `None`: the default one.
    pub from: Option<String>,
    /// How urgent.
    pub lane: Lane,
    /// Not before.
    pub send_at: Option<DateTime<Utc>>,
    /// Not after.
    pub not_after: Option<DateTime<Utc>>,
    /// The client's key.
    pub idempotency_key: Option<String>,
}

/// A message that breaks no rule known before the database is asked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Recipient.
    pub to: Address,
    /// Sender.
    pub from: Address,
    /// Text or caption.
    pub body: Option<String>,
    /// Absolute URLs.
    pub media_urls: Vec<String>,
    /// Template.
    pub content_sid: Option<String>,
    /// The template's variables.
    pub content_variables: Option<Value>,
    /// How urgent.
    pub lane: Lane,
    /// Not before.
    pub send_at: Option<DateTime<Utc>>,
    /// Not after.
    pub not_after: Option<DateTime<Utc>>,
    /// The client's key.
    pub idempotency_key: Option<String>,
}

impl Draft {
    /// Checks everything at once.
    ///
    /// # Errors
    /// Every broken rule, with its field.
    pub fn check(
        request: Request,
        senders: &[Address],
        now: DateTime<Utc>,
    ) -> Result<Self, Vec<Refusal>> {
        let mut broken = Vec::new();
        let body = request.body.filter(|it| !it.trim().is_empty());
        check_content(
            &request.media_urls,
            request.content_sid.as_deref(),
            body.as_deref(),
            &mut broken,
        );
        check_variables(
            request.content_sid.as_deref(),
            request.content_variables.as_ref(),
            &mut broken,
        );
        check_times(request.send_at, request.not_after, now, &mut broken);
        check_key(request.idempotency_key.as_deref(), &mut broken);
        let to = Address::parse(&request.to).map_err(|error| {
            broken.push(Refusal::field(Code::InvalidNumber, "to", error.to_string()));
        });
        let from = sender(request.from.as_deref(), senders).map_err(|refusal| broken.push(refusal));
        let (Ok(to), Ok(from), true) = (to, from, broken.is_empty()) else {
            return Err(broken);
        };
        Ok(Self {
            to,
            from,
            body,
            media_urls: request.media_urls,
            content_sid: request.content_sid,
            content_variables: request.content_variables,
            lane: request.lane,
            send_at: request.send_at,
            not_after: request.not_after,
            idempotency_key: request.idempotency_key,
        })
    }

    /// SHA-256 of what the recipient would get, hex: the content behind an idempotency key.
    pub fn content_hash(&self) -> String {
        let content = serde_json::json!([
            self.to.as_str(),
            self.from.as_str(),
            self.body,
            self.media_urls,
            self.content_sid,
            self.content_variables,
        ]);
        hex::encode(Sha256::digest(content.to_string()))
    }
}

fn sender(from: Option<&str>, senders: &[Address]) -> Result<Address, Refusal> {
    let refused = |message: String| Refusal::field(Code::UnknownSender, "from", message);
    let Some(from) = from else {
        return senders
            .first()
            .cloned()
            .ok_or_else(|| refused("no sender is configured".to_owned()));
    };
    let wanted = Address::parse(from).map_err(|error| refused(error.to_string()))?;
    let known = || {
        senders
            .iter()
            .filter_map(Address::e164)
            .collect::<Vec<_>>()
            .join(", ")
    };
    senders
        .iter()
        .find(|it| **it == wanted)
        .cloned()
        .ok_or_else(|| refused(format!("not one of this server's senders: {}", known())))
}

fn check_content(
    media: &[String],
    template: Option<&str>,
    body: Option<&str>,
    broken: &mut Vec<Refusal>,
) {
    if body.is_none() && media.is_empty() && template.is_none() {
        let message = "a text, a media URL or a template (contentSid) is needed";
        broken.push(Refusal::field(Code::Empty, "body", message));
    }
    if body.is_some_and(|it| it.contains('\0')) {
        let message = "holds a NUL character, which no phone can show";
        broken.push(Refusal::field(Code::InvalidContent, "body", message));
    }
    let length = body.unwrap_or_default().encode_utf16().count();
    if length > BODY_LIMIT {
        let message = format!("{length} characters: Twilio takes {BODY_LIMIT} (UTF-16 code units)");
        broken.push(Refusal::field(Code::TooLong, "body", message));
    }
    if media.len() > MEDIA_LIMIT {
        let message = format!(
            "{} media: a WhatsApp message carries {MEDIA_LIMIT}",
            media.len()
        );
        broken.push(Refusal::field(Code::TooMany, "mediaUrls", message));
    }
    for url in media {
        if !is_web_url(url) {
            let message = "not an absolute http or https URL, e.g. https://example.com/a.jpg";
            broken.push(Refusal::field(Code::InvalidUrl, "mediaUrls", message));
        }
    }
    if let Some(template) = template {
        if !is_content_sid(template) {
            let message = "not a template's id: HX and 32 hex digits";
            broken.push(Refusal::field(Code::InvalidContent, "contentSid", message));
        }
        if body.is_some() || !media.is_empty() {
            let message =
                "a template (contentSid) brings its own text: leave body and mediaUrls out";
            broken.push(Refusal::field(Code::InvalidContent, "contentSid", message));
        }
    }
}

fn check_variables(template: Option<&str>, variables: Option<&Value>, broken: &mut Vec<Refusal>) {
    let Some(variables) = variables else { return };
    let mut refuse =
        |code, message: &str| broken.push(Refusal::field(code, "contentVariables", message));
    if template.is_none() {
        refuse(
            Code::InvalidContent,
            "variables need a template (contentSid)",
        );
    }
    let is_texts = variables
        .as_object()
        .is_some_and(|it| it.values().all(Value::is_string));
    if !is_texts {
        refuse(
            Code::InvalidContent,
            "not an object of texts, e.g. {\"1\": \"Asha\"}",
        );
    }
    if variables.to_string().contains("\\u0000") {
        refuse(
            Code::InvalidContent,
            "holds a NUL character, which no phone can show",
        );
    }
    if variables.to_string().len() > VARIABLES_LIMIT {
        refuse(Code::TooLong, "longer than 8,192 bytes");
    }
}

fn check_times(
    send_at: Option<DateTime<Utc>>,
    not_after: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    broken: &mut Vec<Refusal>,
) {
    for (field, time) in [("sendAt", send_at), ("notAfter", not_after)] {
        if time.is_some_and(|it| it <= now) {
            let message = format!("this moment has passed; it is {}", now.to_rfc3339());
            broken.push(Refusal::field(Code::InThePast, field, message));
        }
    }
    for (field, time) in [("sendAt", send_at), ("notAfter", not_after)] {
        if time.is_some_and(|it| it > now + FURTHEST) {
            let message = "more than 366 days ahead";
            broken.push(Refusal::field(Code::TooFar, field, message));
        }
    }
    if let (Some(start), Some(end)) = (send_at, not_after)
        && end <= start
    {
        broken.push(Refusal::field(
            Code::InThePast,
            "notAfter",
            "this is before sendAt",
        ));
    }
}

fn check_key(key: Option<&str>, broken: &mut Vec<Refusal>) {
    let Some(key) = key else { return };
    if key.trim().is_empty() {
        broken.push(Refusal::field(
            Code::Required,
            "idempotencyKey",
            "empty: leave it out instead",
        ));
    }
    if key.contains('\0') {
        let message = "holds a NUL character";
        broken.push(Refusal::field(
            Code::InvalidContent,
            "idempotencyKey",
            message,
        ));
    }
    if key.len() > KEY_LIMIT {
        broken.push(Refusal::field(
            Code::TooLong,
            "idempotencyKey",
            "longer than 255 bytes",
        ));
    }
}

fn is_web_url(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let has_host = rest
        .and_then(|it| it.split(['/', '?', '#']).next())
        .is_some_and(|it| !it.is_empty());
    has_host
        && url.len() <= URL_LIMIT
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether a text has the form of a template's id.
pub fn is_content_sid(text: &str) -> bool {
    text.strip_prefix("HX")
        .is_some_and(|it| it.len() == 32 && it.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Request)) -> Vec<(Code, &'static str)> {
        let mut request = Request {
            to: "+9779800000000".into(),
            body: Some("hi".into()),
            ..Request::default()
        };
        change(&mut request);
        let senders = [Address::parse("+14155238886").unwrap()];
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        match Draft::check(request, &senders, now) {
            Ok(_) => Vec::new(),
            Err(broken) => broken
                .into_iter()
                .filter_map(|it| Some((it.code, it.field?)))
                .collect(),
        }
    }

    #[test]
    fn a_plain_text_breaks_no_rule() {
        assert!(check(|_| ()).is_empty());
        assert!(check(|it| it.body = Some("🙂".repeat(800))).is_empty());
    }

    #[test]
    fn each_broken_rule_names_its_field() {
        let past = DateTime::from_timestamp(1_700_000_000, 0);
        assert_eq!(
            check(|it| it.to = "12".into()),
            [(Code::InvalidNumber, "to")]
        );
        assert_eq!(
            check(|it| it.body = Some(" \n".into())),
            [(Code::Empty, "body")]
        );
        assert_eq!(
            check(|it| it.body = Some("🙂".repeat(801))),
            [(Code::TooLong, "body")]
        );
        assert_eq!(
            check(|it| it.media_urls = vec!["a.jpg".into()]),
            [(Code::InvalidUrl, "mediaUrls")]
        );
        assert_eq!(
            check(|it| it.media_urls = vec!["https://a/1".into(), "https://a/2".into()]),
            [(Code::TooMany, "mediaUrls")]
        );
        assert_eq!(
            check(|it| it.from = Some("+15550001111".into())),
            [(Code::UnknownSender, "from")]
        );
        assert_eq!(check(|it| it.send_at = past), [(Code::InThePast, "sendAt")]);
        assert_eq!(
            check(|it| it.not_after = past),
            [(Code::InThePast, "notAfter")]
        );
        assert_eq!(
            check(|it| it.idempotency_key = Some(String::new())),
            [(Code::Required, "idempotencyKey")]
        );
        assert_eq!(
            check(|it| it.content_variables = Some(serde_json::json!({"1": 2}))),
            [
                (Code::InvalidContent, "contentVariables"),
                (Code::InvalidContent, "contentVariables")
            ]
        );
    }

    #[test]
    fn what_one_database_takes_and_the_other_refuses_is_refused_before() {
        assert_eq!(
            check(|it| it.body = Some("a\0b".into())),
            [(Code::InvalidContent, "body")]
        );
        assert_eq!(
            check(|it| it.idempotency_key = Some("a\0b".into())),
            [(Code::InvalidContent, "idempotencyKey")]
        );
        let far = DateTime::<Utc>::MAX_UTC;
        assert_eq!(
            check(|it| it.send_at = Some(far)),
            [(Code::TooFar, "sendAt")]
        );
    }

    #[test]
    fn all_broken_rules_are_told_at_once() {
        let broken = check(|it| {
            it.to = String::new();
            it.body = None;
        });
        assert_eq!(broken, [(Code::Empty, "body"), (Code::InvalidNumber, "to")]);
    }
}
