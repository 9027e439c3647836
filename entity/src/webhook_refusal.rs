//! Requests that the webhook refused, counted by cause: so that an operator learns why Twilio is not let in.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(24))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum RefusalReason {
    /// Its address is outside of the allow-list.
    NotAllowed,
    /// It has no signature.
    Unsigned,
    /// Its signature is right for another URL than the one we expect.
    WrongUrl,
    /// It names another account than ours.
    OtherAccount,
    /// Its signature is right for no URL we can think of: a wrong token, a changed body, or a forgery.
    WrongSignature,
    /// Its body is not the one that was signed.
    ChangedBody,
    /// Its body is longer than allowed.
    TooLarge,
    /// Its body is no form and no JSON that we know.
    Unreadable,
}

/// One cause; unique by reason, route, client and detail.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_refusal")]
pub struct Model {
    /// `UUIDv7`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Why.
    pub reason: RefusalReason,
    /// Path of the route.
    pub route: String,
    /// The caller's address; empty where unknown.
    pub client: String,
    /// A sentence that says what to do.
    pub detail: String,
    /// How often.
    pub count: i64,
    /// When first.
    pub first_at: DateTime<Utc>,
    /// When last.
    pub last_at: DateTime<Utc>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
