//! What a message holds besides its text, as the API tells it.

use crate::schema;

/// A picture, voice or file.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Medium {
    pub(crate) url: String,
    pub(crate) content_type: Option<String>,
    pub(crate) file_name: Option<String>,
}

/// A place.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Location {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) label: Option<String>,
    pub(crate) address: Option<String>,
}

/// A tap on a button, or a choice from a list.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) choice_id: Option<String>,
    pub(crate) description: Option<String>,
}

/// The message that is answered.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct QuotedMessage {
    pub(crate) sid: String,
}

/// The advertisement by which somebody came.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Referral {
    pub(crate) headline: Option<String>,
    pub(crate) source_url: Option<String>,
}
