//! Whatever a stranger posts: no panic, and no more memory than a few times what was sent.

use entity::webhook_event::{WebhookKind, WebhookSource};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::string::string_regex;

use super::{body, caller, cloud_events, proof};
use crate::gateway::wire::Form;
use crate::intake::door::Arrived;

/// An unreadable byte becomes a replacement character of three.
const WORST: usize = 3;

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
