//! What a message holds besides its text: the shape of `message.content`. Everything is optional; what is absent is not
//! stored.

use std::collections::BTreeMap;

use entity::message::ContentKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What there is besides text and media.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Content {
    /// The provider's word for the kind, where it is none we know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<String>,
    /// MIME types of the media, in their order; empty text where none was told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
    /// A document's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// A place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What was tapped or chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// The message this one answers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Quoted>,
    /// The advertisement that led here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Whether it was forwarded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_forwarded: bool,
    /// Fields of the provider's form that this server does not know, as they came.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
    /// Its name.
    pub label: Option<String>,
    /// Its street address.
    pub address: Option<String>,
}

/// A tap on a button, or a choice from a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The id that was given with the button or item.
    pub id: Option<String>,
    /// What the person saw.
    pub title: Option<String>,
    /// The item's second line.
    pub description: Option<String>,
}

/// The message that is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// The provider's id of it.
    pub sid: String,
    /// Who wrote it, channel included.
    pub sender: Option<String>,
}

/// An advertisement by which somebody came ("click to WhatsApp").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Referral {
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Meta's id of it.
    pub source_id: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Where it is.
    pub source_url: Option<String>,
    /// The click's id.
    pub click_id: Option<String>,
}

impl Content {
    /// Reads the stored form; a form of a newer version loses what is not known here.
    pub fn read(stored: Option<&Value>) -> Self {
        stored
            .and_then(|it| Self::deserialize(it).ok())
            .unwrap_or_default()
    }

    /// The form to store; `None` when there is nothing.
    pub fn stored(&self) -> Option<Value> {
        if *self == Self::default() {
            return None;
        }
        serde_json::to_value(self).ok()
    }
}

/// What a message of ours is made of.
pub fn kind_of_ours(has_template: bool, has_media: bool) -> ContentKind {
    match (has_template, has_media) {
        (true, _) => ContentKind::Template,
        (false, true) => ContentKind::Media,
        (false, false) => ContentKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_not_stored_and_what_is_stored_is_read_again() {
        assert_eq!(Content::default().stored(), None);
        let content = Content {
            location: Some(Location {
                latitude: 27.7172,
                longitude: 85.324,
                ..Location::default()
            }),
            is_forwarded: true,
            ..Content::default()
        };
        let stored = content.stored().unwrap();
        assert_eq!(stored.as_object().unwrap().len(), 2);
        assert_eq!(Content::read(Some(&stored)), content);
        assert_eq!(
            Content::read(Some(&serde_json::json!([1]))),
            Content::default()
        );
    }
}
