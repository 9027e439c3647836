//! Event Streams: statuses of messages as JSON. Each becomes the form that a status callback would have brought, so that the
//! one and the other are one event.
//! Source: Twilio's "Event Streams" and "Outbound Message events".

use entity::webhook_event::{WebhookKind, WebhookSource};
use entity::webhook_refusal::RefusalReason;
use serde::Deserialize;
use serde_json::Value;

use super::refusal::Refusal;
use crate::gateway::wire::Form;
use crate::intake::door::Arrived;

const TYPE: &str = "com.twilio.messaging.message.";
const STATUSES: [&str; 6] = [
    "queued",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "read",
];
/// Most events of one request.
const LIMIT: usize = 1_000;

#[derive(Deserialize)]
struct CloudEvent {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

/// Only what is needed; the rest may change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    message_sid: String,
    account_sid: Option<String>,
    /// A number, or one as text.
    error_code: Option<Value>,
}

/// The statuses of our account's messages in one event or a list of them; what is anything else is left out.
pub(super) fn read(body: &[u8], account: &str) -> Result<Vec<Arrived>, Refusal> {
    let unreadable = |words| Refusal::new(RefusalReason::Unreadable, words);
    let json: Value = serde_json::from_slice(body)
        .map_err(|_| unreadable("its Content-Type is JSON's and its body is not"))?;
    let events = match json {
        Value::Array(events) => events,
        event => vec![event],
    };
    if events.len() > LIMIT {
        let words =
            "it has more than 1,000 events: lower the batch size of the event stream's sink";
        return Err(Refusal::new(RefusalReason::TooLarge, words));
    }
    let known = events
        .into_iter()
        .filter_map(|it| CloudEvent::deserialize(it).ok());
    Ok(known.filter_map(|it| status(&it, account)).collect())
}

fn status(event: &CloudEvent, account: &str) -> Option<Arrived> {
    let data = &event.data;
    let status = event.kind.strip_prefix(TYPE)?;
    let is_ours = data.account_sid.as_deref().is_none_or(|it| it == account);
    if !STATUSES.contains(&status) || data.message_sid.is_empty() || !is_ours {
        return None;
    }
    let code = match &data.error_code {
        Some(Value::Number(code)) => code.to_string(),
        Some(Value::String(code)) => code.clone(),
        _ => String::new(),
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("MessageSid", &data.message_sid)
        .append_pair("MessageStatus", status);
    if !matches!(code.as_str(), "" | "0") {
        form.append_pair("ErrorCode", &code);
    }
    let body = form.finish();
    let form = Form::decode(body.as_bytes());
    let (kind, source) = (WebhookKind::Status, WebhookSource::Webhook);
    let arrived = Arrived::new(kind, source, body, &form);
    Some(Arrived {
        // A callback of the same status tells more, our own id: the one must not make the other a repeat.
        dedupe_key: format!("es:{}", arrived.dedupe_key),
        ..arrived
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "AC00112233445566778899aabbccddeeff";

    fn bodies(json: &str) -> Vec<String> {
        let arrived = read(json.as_bytes(), ACCOUNT).unwrap();
        arrived.into_iter().map(|it| it.body).collect()
    }

    #[test]
    fn one_event_or_a_list_becomes_the_forms_of_callbacks() {
        let one = r#"{"specversion":"1.0","type":"com.twilio.messaging.message.delivered","id":"EZ1","data":
            {"messageSid":"SM1","accountSid":"AC00112233445566778899aabbccddeeff","messageStatus":"DELIVERED","errorCode":0}}"#;
        assert_eq!(bodies(one), ["MessageSid=SM1&MessageStatus=delivered"]);
        let list = r#"[
            {"type":"com.twilio.messaging.message.failed","data":{"messageSid":"SM2","errorCode":63016}},
            {"type":"com.twilio.messaging.message.undelivered","data":{"messageSid":"SM3","errorCode":"30008"}},
            {"type":"com.twilio.messaging.message.sent","data":{"messageSid":"SM4","accountSid":"ACother"}},
            {"type":"com.twilio.messaging.message.exploded","data":{"messageSid":"SM5"}},
            {"type":"com.twilio.error-logs.error.logged","data":{"messageSid":"SM6"}},
            {"type":"com.twilio.messaging.message.read","data":{"messageSid":"SM7 &x=é","errorCode":null}},
            {"type":"com.twilio.messaging.message.read","data":{}}, 7, null, []]"#;
        assert_eq!(
            bodies(list),
            [
                "MessageSid=SM2&MessageStatus=failed&ErrorCode=63016",
                "MessageSid=SM3&MessageStatus=undelivered&ErrorCode=30008",
                "MessageSid=SM7+%26x%3D%C3%A9&MessageStatus=read",
            ]
        );
        assert!(bodies("{}").is_empty() && bodies("[]").is_empty() && bodies("\"x\"").is_empty());
    }

    #[test]
    fn a_stream_never_makes_a_callback_a_repeat_of_it() {
        let json = r#"{"type":"com.twilio.messaging.message.sent","data":{"messageSid":"SM1"}}"#;
        let streamed = read(json.as_bytes(), ACCOUNT).unwrap().remove(0);
        let body = "SmsSid=SM1&MessageStatus=sent&MessageSid=SM1&To=x".to_owned();
        let form = Form::decode(body.as_bytes());
        let called = Arrived::new(WebhookKind::Status, WebhookSource::Webhook, body, &form);
        assert_ne!(streamed.dedupe_key, called.dedupe_key);
    }

    #[test]
    fn what_is_no_json_too_deep_or_too_much_is_refused() {
        let deep = "[".repeat(100_000);
        let many = format!("[{}1]", "1,".repeat(1_000));
        for (body, reason) in [
            ("", RefusalReason::Unreadable),
            ("{", RefusalReason::Unreadable),
            (&deep, RefusalReason::Unreadable),
            (&many, RefusalReason::TooLarge),
        ] {
            let refused = read(body.as_bytes(), ACCOUNT).unwrap_err();
            assert_eq!(refused.reason(), reason);
        }
    }
}
