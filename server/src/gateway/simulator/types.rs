//! What is on virtual phones, and what their owners write: the JSON of the simulator's own controls.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One message on a virtual phone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneMessage {
    /// `SM…`
    pub sid: String,
    /// Whether the person wrote it.
    #[serde(alias = "from_phone")]
    pub from_phone: bool,
    /// Text.
    pub body: String,
    /// The provider's word for its status.
    pub status: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i32>,
    /// The provider's word for what it is: `text`, `image`, `interactive` …
    #[serde(default, rename = "type")]
    pub kind: String,
    /// What is shown above the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<PhoneMedia>,
    /// Buttons to tap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Choice>,
    /// A list to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Choice>,
    /// A place on the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
    /// The message it answers, `SM…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The template it was made of, `HX…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// A picture, a sound, a film, a file or a card.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneMedia {
    /// Where it is; needs the account's credentials where it is the provider's.
    pub url: String,
    /// E.g. `image/jpeg`.
    pub content_type: String,
}

/// A button, or a line of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    /// What the business is told.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What the person sees.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Smaller, below the title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A place on the map.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
    /// Its name, where one was picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its address, where one was picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One virtual phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each setting is on or off")]
pub struct Phone {
    /// Its address, with channel.
    pub address: String,
    /// The person's name.
    pub name: String,
    /// What is on it, oldest first.
    pub messages: Vec<PhoneMessage>,
    /// Whether messages reach it.
    #[serde(default)]
    pub online: bool,
    /// Whether the business is told that a message was read.
    #[serde(default)]
    pub read_receipts: bool,
    /// Whether the person blocked the business.
    #[serde(default)]
    pub blocked: bool,
    /// Whether the person joined the sandbox in the last 72 hours.
    #[serde(default)]
    pub joined: bool,
    /// Whether the phone shows that the business is typing.
    #[serde(default)]
    pub typing: bool,
    /// When the person last wrote, by the phone's clock.
    #[serde(default)]
    pub last_wrote_at: Option<DateTime<Utc>>,
}

/// What a person writes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Writing {
    /// The phone, with channel.
    pub from: String,
    /// The business's address, with channel; its first one where it is empty.
    pub to: String,
    /// The person's name; the one known where it is empty.
    pub name: String,
    /// Text.
    pub body: String,
    /// The provider's word for what it is; told by the other fields where it is absent.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Sample>,
    /// A place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
    /// A tap on a button, by its id or title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Choice>,
    /// A choice from a list, by its id or title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Choice>,
    /// The message that it answers: `SM…`, or `last` for the newest one of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The advertisement that brought the person here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Whether it was forwarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<bool>,
    /// Form fields that nobody has heard of yet.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// Something to carry; a small built-in one of its type without bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Sample {
    /// E.g. `image/jpeg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Its bytes in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// A document's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// A click-to-WhatsApp advertisement. Absent fields are not told.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Referral {
    /// Its text.
    pub body: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// The provider's id of it.
    pub source_id: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Where it stands.
    pub source_url: Option<String>,
    /// Id of the click.
    pub ctwa_clid: Option<String>,
}
