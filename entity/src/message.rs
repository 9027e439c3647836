//! A message of either direction. An outbound row *is* its place in the queue: lane, due time and lease.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::types::{Lane, MessageStatus};

/// Who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(8))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// From the contact.
    Inbound,
    /// From us.
    Outbound,
}

/// What a message is made of.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContentKind {
    /// Text only.
    #[default]
    Text,
    /// A picture, with or without a caption.
    Image,
    /// A voice message or sound.
    Audio,
    /// A video, with or without a caption.
    Video,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// A contact card.
    Contact,
    /// A tap on a button.
    ButtonReply,
    /// A choice from a list.
    ListReply,
    /// Media of ours, whose type only its server knows.
    Media,
    /// A template of the provider.
    Template,
    /// Something newer than this server: kept raw.
    Other,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// `UUIDv7`, so ids are in order of creation; public as `msg_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The conversation it stands in.
    pub conversation_id: Uuid,
    /// The contact it is from or to.
    pub contact_id: Uuid,
    /// Who wrote it.
    pub direction: Direction,
    /// Where it is in its life.
    pub status: MessageStatus,
    /// How urgent it is. Inbound: `IMMEDIATE`.
    pub lane: Lane,
    /// Sender address, channel included.
    pub from_address: String,
    /// Recipient address, channel included.
    pub to_address: String,
    /// Text or caption; `None` for a template or bare media.
    pub body: Option<String>,
    /// What it is made of.
    pub content_kind: ContentKind,
    /// What there is besides text and media, as JSON; its shape is that of the server's `domain::content`.
    pub content: Option<Json>,
    /// JSON array of URLs.
    pub media_urls: Json,
    /// The provider's template, `HX…`.
    pub content_sid: Option<String>,
    /// JSON object of the template's variables.
    pub content_variables: Option<Json>,
    /// The provider's id of the message, `SM…` or `MM…`; unique.
    pub twilio_sid: Option<String>,
    /// The provider's error code of the last failure.
    pub error_code: Option<i32>,
    /// Requests made to the provider so far.
    pub attempt_count: i32,
    /// Requests allowed before a passing failure becomes final; grows when a person retries.
    pub max_attempts: i32,
    /// When the queue may take it; `None` once it left the queue.
    pub due_at: Option<DateTime<Utc>>,
    /// Until when the holder of the lease may settle it.
    pub lease_until: Option<DateTime<Utc>>,
    /// The node that holds the lease.
    pub leased_by: Option<String>,
    /// Not to be sent after this moment.
    pub not_after: Option<DateTime<Utc>>,
    /// The client's key: the same key and content is the same message; unique.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the content behind the key, hex.
    pub content_hash: Option<String>,
    /// Grows with every change of the row: the newer of two copies wins.
    pub version: i32,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
