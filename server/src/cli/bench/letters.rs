//! What Twilio posts: forms with the fields, sizes and signatures of real ones. Made before the clock starts.

use entity::types::Kind;
use uuid::Uuid;

use super::http1::post;
use super::stage::{ACCOUNT_SID, AUTH_TOKEN, PUBLIC_URL, SENDER};
use crate::gateway::signature::sign;

const INBOUND: &str = "/api/v1/whatsapp/webhook";
const STATUS: &str = "/api/v1/whatsapp/status";
const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
/// The life of a message that is read.
const LIFE: [&str; 3] = ["sent", "delivered", "read"];

/// One message each, of so many people in turn.
pub(super) fn inbound(count: usize, people: usize) -> Vec<Box<[u8]>> {
    (0..count)
        .map(|number| {
            let person = number % people.max(1);
            written(
                number,
                person,
                "Namaste! Is the blue one still there in size 42? 🦊",
            )
        })
        .collect()
}

/// One message of a person: the server's `number`th.
pub(super) fn written(number: usize, person: usize, words: &str) -> Box<[u8]> {
    signed(INBOUND, &message(number, &number_of(person), words))
}

/// A person's number, without the plus.
pub(super) fn number_of(person: usize) -> String {
    format!("97798{person:08}")
}

/// The life of each message: all are sent, then all are delivered, then all are read.
pub(super) fn statuses(messages: &[(Uuid, String)]) -> Vec<Box<[u8]>> {
    let all = LIFE.iter().flat_map(|status| {
        messages.iter().map(|(id, sid)| {
            let id = Kind::Message.encode(*id);
            let path = format!("{STATUS}?message={id}&attempt=1");
            signed(&path, &report(sid, status))
        })
    });
    all.collect()
}

type Pairs = Vec<(String, String)>;

/// The seventeen fields of a text message.
fn message(number: usize, person: &str, words: &str) -> Pairs {
    let sid = format!("SM{:032x}", 0x5ea1_0000_0000_0000_u128 + number as u128);
    let name = "Asha Gurung आशा";
    let context = format!(
        r#"{{"type":"whatsapp","data":{{"context":{{"ProfileName":"{name}","WaId":"{person}"}}}}}}"#
    );
    pairs(&[
        ("SmsMessageSid", &sid),
        ("NumMedia", "0"),
        ("ProfileName", name),
        ("MessageType", "text"),
        ("SmsSid", &sid),
        ("WaId", person),
        ("SmsStatus", "received"),
        ("Body", words),
        ("To", SENDER),
        ("NumSegments", "1"),
        ("ReferralNumMedia", "0"),
        ("MessageSid", &sid),
        ("AccountSid", ACCOUNT_SID),
        ("ChannelMetadata", &context),
        ("From", &format!("whatsapp:+{person}")),
        ("ApiVersion", "2010-04-01"),
        ("ExternalUserId", &format!("whatsapp:NP.{person}")),
    ])
}

fn report(sid: &str, status: &str) -> Pairs {
    let person = "9779800000000";
    let context = format!(
        r#"{{"type":"whatsapp","data":{{"context":{{"WaId":"{person}","conversation":"business_initiated"}}}}}}"#
    );
    pairs(&[
        ("ChannelPrefix", "whatsapp"),
        ("ApiVersion", "2010-04-01"),
        ("MessageStatus", status),
        ("SmsSid", sid),
        ("SmsStatus", status),
        ("ChannelInstallSid", "XE00112233445566778899aabbccddeeff"),
        ("To", &format!("whatsapp:+{person}")),
        ("From", SENDER),
        ("MessageSid", sid),
        ("StructuredMessage", "false"),
        ("AccountSid", ACCOUNT_SID),
        ("ChannelToAddress", &format!("+{person}")),
        ("ChannelStatusMessage", ""),
        ("ChannelMetadata", &context),
    ])
}

fn pairs(fields: &[(&str, &str)]) -> Pairs {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn signed(path: &str, pairs: &Pairs) -> Box<[u8]> {
    let signature = sign(AUTH_TOKEN, &format!("{PUBLIC_URL}{path}"), pairs);
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let headers = [
        ("Content-Type", FORM),
        ("X-Twilio-Signature", &signature),
        ("User-Agent", "TwilioProxy/1.1"),
        ("Accept", "*/*"),
    ];
    post(path, &headers, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_the_size_of_real_ones_and_each_its_own_id() {
        let letters = inbound(3, 2);
        let text = |index: usize| String::from_utf8(letters[index].to_vec()).unwrap();
        let body = |text: &str| text.split_once("\r\n\r\n").unwrap().1.to_owned();
        let (first, third) = (body(&text(0)), body(&text(2)));
        assert!((700..1_000).contains(&first.len()), "{}", first.len());
        assert_ne!(first, third);
        assert!(first.contains("WaId=9779800000000") && third.contains("WaId=9779800000000"));
        let statuses = statuses(&[(Uuid::nil(), "SM1".to_owned())]);
        assert_eq!(statuses.len(), 3);
    }
}
