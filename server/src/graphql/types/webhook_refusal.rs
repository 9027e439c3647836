//! Why Twilio's requests are not let in.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use entity::webhook_refusal::{self, RefusalReason};

/// Why a webhook request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "WebhookRefusalReason", remote = "RefusalReason")]
pub(in crate::graphql) enum ReasonEnum {
    /// Its address is outside of the allow-list (a setting).
    NotAllowed,
    /// It has no signature.
    Unsigned,
    /// Its signature is right for another URL than the expected one: a setting here, or a proxy, is to be changed.
    WrongUrl,
    /// It is about another account than this server's.
    OtherAccount,
    /// Its signature is right for no likely URL: a wrong auth token, a changed request, or a forgery.
    WrongSignature,
    /// Its body is not the one that was signed.
    ChangedBody,
    /// It is longer than a webhook request may be.
    TooLarge,
    /// It is neither a form nor JSON, or did not come in whole.
    Unreadable,
}

/// Webhook requests that were refused for one cause, counted.
#[derive(SimpleObject)]
pub(in crate::graphql) struct WebhookRefusal {
    /// Why.
    reason: ReasonEnum,
    /// Path that was called.
    route: String,
    /// The caller's address, as far as trusted proxies tell it; null where it is unknown, or where too many called at one
    /// time to be told apart.
    client: Option<String>,
    /// A sentence that says what to do.
    detail: String,
    /// How often. Written down once a second.
    count: i32,
    /// When first.
    first_at: DateTime<Utc>,
    /// When last.
    last_at: DateTime<Utc>,
}

impl From<webhook_refusal::Model> for WebhookRefusal {
    fn from(it: webhook_refusal::Model) -> Self {
        Self {
            reason: it.reason.into(),
            route: it.route,
            client: Some(it.client).filter(|it| !it.is_empty()),
            detail: it.detail,
            count: i32::try_from(it.count).unwrap_or(i32::MAX),
            first_at: it.first_at,
            last_at: it.last_at,
        }
    }
}
