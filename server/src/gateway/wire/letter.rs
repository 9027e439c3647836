//! What the provider's form tells of one inbound message, typed. What is unknown is kept raw; nothing makes it fail but a
//! missing id or address. Source: Twilio's "request to your incoming message Webhook URL", and captured requests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::message::ContentKind;
use entity::types::Address;

use super::{Form, parse_rfc2822};
use crate::domain::consent::Wish;
use crate::domain::content::{Choice, Content, Location, Quoted, Referral};

/// In the form of a message out of the provider's list: when it was written.
pub const WRITTEN_AT: &str = "DateSent";
/// Longest text kept, in bytes: four times what the channel allows.
const LONGEST: usize = 16 * 1_024;
/// Media of one message; WhatsApp has one, MMS ten.
const MEDIA: usize = 10;
/// Unknown fields kept, and their bytes in all.
const FIELDS: usize = 50;
const FIELD_BYTES: usize = 8 * 1_024;

/// Fields that this server reads, or that say the same as one it reads. Those that end in a star go on with a number.
const KNOWN: &[&str] = &[
    "AccountSid",
    "Address",
    "ApiVersion",
    "Body",
    "ButtonPayload",
    "ButtonText",
    "ChannelMetadata",
    "DateSent",
    "ExternalUserId",
    "Forwarded",
    "FrequentlyForwarded",
    "From",
    "FromCity",
    "FromCountry",
    "FromState",
    "FromZip",
    "Label",
    "Latitude",
    "ListDescription",
    "ListId",
    "ListTitle",
    "Longitude",
    "MediaContentType*",
    "MediaUrl*",
    "MessageSid",
    "MessageType",
    "MessagingServiceSid",
    "NumMedia",
    "NumSegments",
    "OptOutType",
    "OriginalRepliedMessageSender",
    "OriginalRepliedMessageSid",
    "ProfileName",
    "ReferralBody",
    "ReferralCtwaClid",
    "ReferralHeadline",
    "ReferralNumMedia",
    "ReferralSourceId",
    "ReferralSourceType",
    "ReferralSourceUrl",
    "SmsMessageSid",
    "SmsSid",
    "SmsStatus",
    "To",
    "ToCity",
    "ToCountry",
    "ToState",
    "ToZip",
    "WaId",
];

/// One inbound message.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// `SM…` or `MM…`
    pub sid: String,
    /// Who wrote it, as the provider writes the address.
    pub from: Address,
    /// A second address of the same person: their business-scoped id.
    pub also_known_as: Option<Address>,
    /// Our address.
    pub to: Address,
    /// What they call themselves.
    pub name: Option<String>,
    /// What it is made of.
    pub kind: ContentKind,
    /// What they wrote, or the title of what they tapped; empty without either.
    pub text: String,
    /// URLs of its media at the provider, to be opened with our credentials.
    pub media_urls: Vec<String>,
    /// The rest.
    pub content: Content,
    /// What the provider itself made of it as a word like STOP.
    pub opt_out_type: Option<Wish>,
    /// When they wrote, where the form says so.
    pub written_at: Option<DateTime<Utc>>,
}

impl Letter {
    /// Reads a form.
    ///
    /// # Errors
    /// The name of a field that is missing, or is no address.
    pub fn read(form: &Form) -> Result<Self, &'static str> {
        let from = address(form, "From")?;
        let media: Vec<(String, String)> = media(form).collect();
        let kind = kind(form, &media);
        let body = text(form, "Body").unwrap_or_default();
        let mut content = content(form, &media);
        if kind == ContentKind::Other {
            content.message_type = text(form, "MessageType");
        }
        // The provider puts a document's name where others have a caption.
        let is_told = form.get("MessageType").is_some() || media.iter().any(|it| !it.1.is_empty());
        let is_name = kind == ContentKind::Document && is_told;
        if is_name {
            content.file_name = Some(body.clone()).filter(|it| !it.is_empty());
        }
        Ok(Self {
            sid: text(form, "MessageSid")
                .or_else(|| text(form, "SmsMessageSid"))
                .or_else(|| text(form, "SmsSid"))
                .ok_or("MessageSid")?,
            also_known_as: address(form, "ExternalUserId")
                .ok()
                .filter(|it| *it != from),
            from,
            to: address(form, "To")?,
            name: text(form, "ProfileName").filter(|it| !it.trim().is_empty()),
            kind,
            text: if is_name { String::new() } else { body },
            media_urls: media.into_iter().map(|it| it.0).collect(),
            content,
            opt_out_type: match form.get("OptOutType") {
                Some("STOP") => Some(Wish::Stop),
                Some("START") => Some(Wish::Start),
                _ => None,
            },
            written_at: form.get(WRITTEN_AT).and_then(parse_rfc2822),
        })
    }
}

fn address(form: &Form, field: &'static str) -> Result<Address, &'static str> {
    let text = text(form, field).ok_or(field)?;
    Address::from_provider(&text).map_err(|_| field)
}

/// A field's value as both databases keep it: without NUL, and no longer than any real one.
fn text(form: &Form, field: &str) -> Option<String> {
    form.get(field).map(storable).filter(|it| !it.is_empty())
}

fn storable(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST);
    text[..end].replace('\0', "")
}

/// URL and type of each.
fn media(form: &Form) -> impl Iterator<Item = (String, String)> {
    let count = form.get("NumMedia").and_then(|it| it.parse().ok());
    (0..count.unwrap_or(0_usize).min(MEDIA)).filter_map(|n| {
        let url = text(form, &format!("MediaUrl{n}"))?;
        let kind = text(form, &format!("MediaContentType{n}")).unwrap_or_default();
        Some((url, kind))
    })
}

/// By the provider's word; without one (other channels, messages out of the list) by what is there.
fn kind(form: &Form, media: &[(String, String)]) -> ContentKind {
    use ContentKind as K;
    let is_list = form
        .get("ListId")
        .or_else(|| form.get("ListTitle"))
        .is_some();
    let is_button = form
        .get("ButtonPayload")
        .or_else(|| form.get("ButtonText"))
        .is_some();
    match form.get("MessageType") {
        Some("text") => K::Text,
        Some("image") => K::Image,
        Some("audio" | "voice") => K::Audio,
        Some("video") => K::Video,
        Some("document") => K::Document,
        Some("sticker") => K::Sticker,
        Some("location") => K::Location,
        Some("contacts") => K::Contact,
        Some("button" | "interactive") | None if is_list => K::ListReply,
        Some("button" | "interactive") | None if is_button => K::ButtonReply,
        Some("button") => K::ButtonReply,
        Some(_) => K::Other,
        None if location(form).is_some() => K::Location,
        None => media
            .first()
            .map_or(K::Text, |(_, kind)| kind_of_media(kind)),
    }
}

fn kind_of_media(mime: &str) -> ContentKind {
    match mime.split('/').next() {
        Some("image") => ContentKind::Image,
        Some("audio") => ContentKind::Audio,
        Some("video") => ContentKind::Video,
        _ if mime.contains("vcard") => ContentKind::Contact,
        _ => ContentKind::Document,
    }
}

fn content(form: &Form, media: &[(String, String)]) -> Content {
    let is_true = |field| form.get(field) == Some("true");
    Content {
        message_type: None,
        media_types: media.iter().map(|it| it.1.clone()).collect(),
        file_name: None,
        location: location(form),
        choice: choice(form),
        quoted: text(form, "OriginalRepliedMessageSid").map(|sid| Quoted {
            sid,
            sender: text(form, "OriginalRepliedMessageSender"),
        }),
        referral: referral(form),
        is_forwarded: is_true("Forwarded") || is_true("FrequentlyForwarded"),
        fields: unknown(form),
    }
}

fn location(form: &Form) -> Option<Location> {
    let degrees = |field, most: f64| {
        let degrees: f64 = form.get(field)?.parse().ok()?;
        (degrees.abs() <= most).then_some(degrees)
    };
    Some(Location {
        latitude: degrees("Latitude", 90.0)?,
        longitude: degrees("Longitude", 180.0)?,
        label: text(form, "Label"),
        address: text(form, "Address"),
    })
}

fn choice(form: &Form) -> Option<Choice> {
    let choice = Choice {
        id: text(form, "ButtonPayload").or_else(|| text(form, "ListId")),
        title: text(form, "ButtonText").or_else(|| text(form, "ListTitle")),
        description: text(form, "ListDescription"),
    };
    (choice != Choice::default()).then_some(choice)
}

fn referral(form: &Form) -> Option<Referral> {
    let referral = Referral {
        headline: text(form, "ReferralHeadline"),
        body: text(form, "ReferralBody"),
        source_id: text(form, "ReferralSourceId"),
        source_type: text(form, "ReferralSourceType"),
        source_url: text(form, "ReferralSourceUrl"),
        click_id: text(form, "ReferralCtwaClid"),
    };
    (referral != Referral::default()).then_some(referral)
}

fn unknown(form: &Form) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut bytes = 0;
    for (key, value) in form.pairs() {
        if value.is_empty() || is_known(key) {
            continue;
        }
        let (key, value) = (storable(key), storable(value));
        bytes += key.len() + value.len();
        if bytes > FIELD_BYTES || fields.len() >= FIELDS {
            break;
        }
        fields.insert(key, value);
    }
    fields
}

fn is_known(key: &str) -> bool {
    let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_stem = |it: &&str| it.strip_suffix('*') == Some(stem);
    KNOWN.contains(&key) || (stem.len() < key.len() && KNOWN.iter().any(is_stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: &str =
        "MessageSid=SM1&From=whatsapp%3A%2B9779800000000&To=whatsapp%3A%2B14155238886";

    fn read(rest: &str) -> Letter {
        Letter::read(&Form::decode(format!("{WHO}&{rest}").as_bytes())).unwrap()
    }

    #[test]
    fn each_kind_is_told_by_the_providers_word() {
        use ContentKind as K;
        for (form, kind, text) in [
            ("MessageType=text&Body=hi+", K::Text, "hi "),
            (
                "MessageType=image&NumMedia=1&MediaUrl0=u&MediaContentType0=image%2Fjpeg&Body=look",
                K::Image,
                "look",
            ),
            (
                "MessageType=audio&NumMedia=1&MediaUrl0=u&MediaContentType0=audio%2Fogg",
                K::Audio,
                "",
            ),
            (
                "MessageType=document&NumMedia=1&MediaUrl0=u&Body=bill.pdf",
                K::Document,
                "",
            ),
            (
                "MessageType=location&Latitude=27.7&Longitude=85.3",
                K::Location,
                "",
            ),
            (
                "MessageType=contacts&NumMedia=1&MediaUrl0=u&MediaContentType0=text%2Fvcard",
                K::Contact,
                "",
            ),
            (
                "MessageType=interactive&ButtonText=Yes&ButtonPayload=y1&Body=Yes",
                K::ButtonReply,
                "Yes",
            ),
            (
                "MessageType=button&ButtonText=Yes&Body=Yes",
                K::ButtonReply,
                "Yes",
            ),
            (
                "MessageType=interactive&ListId=p2&ListTitle=Tea&Body=Tea",
                K::ListReply,
                "Tea",
            ),
            (
                "MessageType=interactive&InteractiveData=%7B%7D",
                K::Other,
                "",
            ),
            ("MessageType=order&Body=x", K::Other, "x"),
            (
                "NumMedia=1&MediaUrl0=u&MediaContentType0=video%2Fmp4",
                K::Video,
                "",
            ),
            (
                "NumMedia=1&MediaUrl0=u&MediaContentType0=image%2Fjpeg&Body=look",
                K::Image,
                "look",
            ),
            (
                "NumMedia=1&MediaUrl0=u&Body=no+type",
                K::Document,
                "no type",
            ),
            ("Body=hi", K::Text, "hi"),
        ] {
            let letter = read(form);
            assert_eq!((letter.kind, letter.text.as_str()), (kind, text), "{form}");
        }
    }

    #[test]
    fn what_hangs_on_a_message_is_kept() {
        let letter = read(
            "MessageType=interactive&ListId=p2&ListTitle=Tea&ListDescription=Rs+20&OriginalRepliedMessageSid=SM9\
             &OriginalRepliedMessageSender=whatsapp%3A%2B14155238886&Forwarded=true&ReferralHeadline=Sale\
             &ReferralSourceUrl=https%3A%2F%2Ffb.me%2F1&ExternalUserId=whatsapp%3ANP.1a2b",
        );
        let content = letter.content;
        assert_eq!(content.choice.unwrap().id.as_deref(), Some("p2"));
        assert_eq!(content.quoted.unwrap().sid, "SM9");
        assert_eq!(content.referral.unwrap().headline.as_deref(), Some("Sale"));
        assert!(content.is_forwarded && content.fields.is_empty());
        assert_eq!(letter.also_known_as.unwrap().as_str(), "whatsapp:NP.1a2b");
        assert_eq!(
            read("MessageType=document&Body=bill.pdf")
                .content
                .file_name
                .as_deref(),
            Some("bill.pdf")
        );
    }

    #[test]
    fn unknown_words_and_fields_are_kept_raw_and_within_bounds() {
        let letter =
            read("MessageType=order&Catalog=%7B%22id%22%3A1%7D&MediaUrlX=1&Blank=&MediaUrl0=a");
        assert_eq!(letter.content.message_type.as_deref(), Some("order"));
        let fields: Vec<_> = letter.content.fields.iter().collect();
        assert_eq!(fields.len(), 2, "{fields:?}");
        let many: String = (0..500)
            .map(|n| format!("&F{n}={}", "x".repeat(100)))
            .collect();
        assert!(read(&many).content.fields.len() <= FIELDS);
        assert!(
            read("Latitude=200&Longitude=NaN&MessageType=location")
                .content
                .location
                .is_none()
        );
    }

    #[test]
    fn without_an_id_or_an_address_it_is_no_message() {
        let missing = |form: &str| Letter::read(&Form::decode(form.as_bytes())).err();
        assert_eq!(missing("From=a&To=b"), Some("MessageSid"));
        assert_eq!(missing("MessageSid=SM1&To=b"), Some("From"));
        assert_eq!(missing("MessageSid=SM1&From=a&To=%00"), Some("To"));
    }
}
