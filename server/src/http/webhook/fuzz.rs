//! Whatever a stranger posts: no panic, and no more memory than a few times what was sent.

use entity::webhook_event::{WebhookKind, WebhookSource};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::string::string_regex;

use super::{body, caller, cloud_events, proof};
use crate::gateway::wire::Form;
use crate::gateway::wire::letter::Letter;
use crate::gateway::wire::report::Report;
use crate::intake::door::Arrived;

/// An unreadable byte becomes a replacement character of three.
const WORST: usize = 3;

/// What the readers look at.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "Address", "Body", "ButtonPayload", "ButtonText", "DateSent", "ErrorCode", "ExternalUserId", "Forwarded", "From", "Label",
    "Latitude", "ListDescription", "ListId", "ListTitle", "Longitude", "MediaContentType0", "MediaContentType9", "MediaUrl0",
    "MediaUrl9", "MediaUrl10", "MessageSid", "MessageStatus", "MessageType", "NumMedia", "OptOutType",
    "OriginalRepliedMessageSender", "OriginalRepliedMessageSid", "ProfileName", "ReferralBody", "ReferralSourceUrl", "SmsSid",
    "SmsStatus", "To", "Unheard", "WaId", "attempt", "message",
];

/// Without these it is no message.
const WHO: [(&str, &str); 4] = [
    ("MessageSid", "SM1"),
    ("From", "whatsapp:+9779800000000"),
    ("To", "whatsapp:+14155238886"),
    ("MessageStatus", "failed"),
];

/// What stands in a field: something like what belongs there, or anything.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        string_regex("(whatsapp:)?\\+?[0-9]{0,18}|SM[0-9a-f]{0,34}|whatsapp:[A-Z]{2}\\.[0-9a-z]{0,140}").expect("an address"),
        string_regex("-?[0-9]{0,25}(\\.[0-9]{0,9})?|NaN|inf|1e[0-9]{1,4}").expect("a number"),
        string_regex("text|image|document|interactive|button|location|order|delivered|undelivered|failed|read|STOP|START|true").expect("a word"),
        string_regex("[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} \\+[0-9]{4}").expect("a date"),
        string_regex("[\\PC\\x00]{0,24}").expect("anything"),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..96),
        // Garbage of the form's own signs.
        vec(
            proptest::sample::select(&b"%%%&&==+;0aFfSM\0\xff\xf0\x9f"[..]),
            0..96
        ),
        string_regex(
            "(MessageSid|MessageStatus|From|MediaUrl[0-9])=(%[0-9A-Fa-f]{0,2}|[a-z+&=]){0,24}"
        )
        .expect("a form")
        .prop_map(String::into_bytes),
        // Forms of the provider's own fields, each with anything in it; half of them are messages at least.
        (
            any::<bool>(),
            vec((proptest::sample::select(FIELDS), value()), 0..12)
        )
            .prop_map(|(is_whole, pairs)| {
                let mut form = form_urlencoded::Serializer::new(String::new());
                if is_whole {
                    form.extend_pairs(WHO);
                }
                form.extend_pairs(pairs);
                form.finish().into_bytes()
            }),
        // Many fields.
        (1_usize..1_200).prop_map(|it| b"&".repeat(it)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_body_breaks_the_door(raw in bytes(), route: bool) {
        let form = body::form(&raw);
        prop_assert_eq!(form.is_err(), raw.split(|it| *it == b'&').count() > 1_000);
        let decoded = Form::decode(&raw);
        let size: usize = decoded.pairs().iter().map(|it| it.0.len() + it.1.len()).sum();
        prop_assert!(size <= WORST * raw.len(), "{} of {}", size, raw.len());
        prop_assert!(decoded.pairs().len() <= raw.len());
        let text = String::from_utf8_lossy(&raw).into_owned();
        let kind = if route { WebhookKind::Inbound } else { WebhookKind::Status };
        let arrived = Arrived::new(kind, WebhookSource::Webhook, text, &decoded);
        prop_assert!(!arrived.dedupe_key.is_empty() && !arrived.dedupe_key.contains('\0'));
        prop_assert!(arrived.body.len() <= WORST * raw.len());
        // What is read of it is no more than came.
        if let Ok(letter) = Letter::read(&decoded) {
            prop_assert!(!letter.sid.is_empty() && !letter.sid.contains('\0'));
            prop_assert!(letter.text.len() <= size && !letter.text.contains('\0'));
            prop_assert!(letter.media_urls.len() <= 10);
            let kept = letter.content.stored().map_or(0, |it| it.to_string().len());
            // Signs that JSON writes longer, and the names of what is kept.
            prop_assert!(kept <= 6 * size + 1_024, "{} of {}", kept, size);
        }
        if let Ok(Some(report)) = Report::read(&decoded, &decoded) {
            prop_assert!(report.sid.len() <= size);
        }
        let query = String::from_utf8_lossy(&raw);
        prop_assert!(proof::check_digest(&query, &raw).is_err());
        if let Ok(events) = cloud_events::read(&raw, "AC") {
            prop_assert!(events.is_empty());
        }
    }

    #[test]
    fn no_header_breaks_the_caller(value in string_regex("\\PC{0,40}|[0-9a-f.:,\\[\\] ]{0,40}").expect("a form")) {
        if let Ok(value) = value.parse::<axum::http::HeaderValue>() {
            let names = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "host"];
            let headers = names.iter().map(|name| (name.parse().expect("a name"), value.clone())).collect();
            caller::fuzzed(&headers);
        }
    }
}
