//! The provider's words: fields of its forms and JSON. Shared with the simulator; nothing here makes a request.

pub mod letter;
pub mod report;

use chrono::{DateTime, Utc};
use entity::types::MessageStatus;
use serde::{Deserialize, Serialize};

/// Empty `TwiML`: "no reply". Must begin at byte 0.
pub const EMPTY_TWIML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;
/// Carries the webhook's signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";
/// Names a shared key that signed the webhook in the auth token's stead, and its algorithm.
pub const SIGNATURE_SETTINGS_HEADER: &str = "x-twilio-webhooks-signature-settings";
/// Meant for telling a repeated webhook request from a new one.
pub const IDEMPOTENCY_HEADER: &str = "i-twilio-idempotency-token";
/// The provider's id of an API request.
pub const REQUEST_ID_HEADER: &str = "twilio-request-id";

/// A message in the provider's JSON. Every field may be missing; numbers come as text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageJson {
    /// `SM…` or `MM…`
    pub sid: Option<String>,
    /// `AC…`
    pub account_sid: Option<String>,
    /// `2010-04-01`
    pub api_version: Option<String>,
    /// `MG…`
    pub messaging_service_sid: Option<String>,
    /// Sender, with channel; null while a service has not chosen.
    pub from: Option<String>,
    /// Recipient, with channel.
    pub to: Option<String>,
    /// Text.
    pub body: Option<String>,
    /// See [`outbound_status`].
    pub status: Option<String>,
    /// `inbound`, `outbound-api` …
    pub direction: Option<String>,
    /// A number as text.
    pub num_segments: Option<String>,
    /// A number as text.
    pub num_media: Option<String>,
    /// Null until billed.
    pub price: Option<String>,
    /// `USD`
    pub price_unit: Option<String>,
    /// Set when it failed.
    pub error_code: Option<i32>,
    /// Words that may change.
    pub error_message: Option<String>,
    /// RFC 2822, GMT.
    pub date_created: Option<String>,
    /// RFC 2822, GMT.
    pub date_updated: Option<String>,
    /// RFC 2822, GMT; null until sent.
    pub date_sent: Option<String>,
    /// Path, ends in `.json`.
    pub uri: Option<String>,
    /// Paths of what hangs below.
    pub subresource_uris: Option<serde_json::Value>,
}

impl MessageJson {
    /// When the provider made it, where it says so in its form.
    pub fn created_at(&self) -> Option<DateTime<Utc>> {
        self.date_created.as_deref().and_then(parse_rfc2822)
    }
}

/// The media of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaPage {
    /// In their order.
    pub media_list: Vec<MediaJson>,
}

/// One of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaJson {
    /// Path, ends in `.json`; without that end it is the path of the bytes.
    pub uri: Option<String>,
    /// Its MIME type.
    pub content_type: Option<String>,
}

/// One page of the message list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MessagePage {
    /// Newest first.
    pub messages: Vec<MessageJson>,
    /// Its number, from 0.
    pub page: u32,
    /// Items a page.
    pub page_size: u32,
    /// Index of the first item.
    pub start: u32,
    /// Index of the last item.
    pub end: u32,
    /// Path of this page.
    pub uri: String,
    /// Path of the first page.
    pub first_page_uri: String,
    /// Path of the next page, to be followed as it is.
    pub next_page_uri: Option<String>,
    /// Path of the page before.
    pub previous_page_uri: Option<String>,
}

/// An error in the provider's JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorJson {
    /// The code; missing on errors of the edge.
    pub code: Option<i32>,
    /// Words; may hold phone numbers, so never logged.
    pub message: String,
    /// A page about the code.
    pub more_info: String,
    /// The HTTP status again.
    pub status: u16,
}

/// Our status for the provider's word about an outbound message; `None`: an unknown word. Before `sent` all words mean that the provider has it.
pub fn outbound_status(word: &str) -> Option<MessageStatus> {
    match word {
        "accepted" | "queued" | "sending" | "scheduled" => Some(MessageStatus::Accepted),
        "sent" => Some(MessageStatus::Sent),
        "delivered" => Some(MessageStatus::Delivered),
        "read" => Some(MessageStatus::Read),
        "undelivered" => Some(MessageStatus::Undelivered),
        "failed" | "canceled" => Some(MessageStatus::Failed),
        _ => None,
    }
}

/// The provider's form of a time: `Sat, 21 Nov 2026 09:05:07 +0000`.
pub fn rfc2822(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Reads the provider's form of a time.
pub fn parse_rfc2822(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|it| it.to_utc())
}

/// A URL fit for people and logs.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |it| it.1);
    format!("{scheme}://{host}{tail}")
}

/// A decoded form: keys in their order, repeated keys kept.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Decodes `application/x-www-form-urlencoded`. Never fails: what is no pair is a key without a value.
    pub fn decode(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a key, empty ones left out.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, value)| name == key && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a key.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// The pairs.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_providers_form() {
        let time = DateTime::from_timestamp(1_795_251_907, 0).unwrap();
        assert_eq!(rfc2822(time), "Sat, 21 Nov 2026 09:05:07 +0000");
        assert_eq!(parse_rfc2822(&rfc2822(time)), Some(time));
    }

    #[test]
    fn a_form_keeps_repeated_and_blank_keys() {
        let form = Form::decode(b"A=1&A=2&B=&C=%F0%9F%A6%8A+x&D");
        assert_eq!(form.all("A").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(
            (form.get("B"), form.get("C"), form.pairs().len()),
            (None, Some("🦊 x"), 5)
        );
    }

    #[test]
    fn an_unknown_word_says_nothing() {
        assert_eq!(outbound_status("partially_delivered"), None);
        assert_eq!(outbound_status("read"), Some(MessageStatus::Read));
    }

    #[test]
    fn people_and_logs_see_no_credentials_of_a_url() {
        for (url, shown) in [
            (
                "https://me:pw@h.example/in?a=b@c",
                "https://h.example/in?a=b@c",
            ),
            ("https://me:p@w@h.example:8443", "https://h.example:8443"),
            ("http://h.example/@x", "http://h.example/@x"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
