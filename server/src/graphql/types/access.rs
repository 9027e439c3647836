//! Users, their sessions, and tokens.

use async_graphql::{Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::api_token::{self, Scope};
use entity::types::Kind;
use entity::{session, user};
use uuid::Uuid;

use super::user_error::UserError;
use super::viewer::RoleEnum;

/// What a token may do; each scope includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "TokenScope", remote = "Scope")]
pub(in crate::graphql) enum ScopeEnum {
    /// Reads, like the role VIEWER.
    Read,
    /// Sends and retries, like the role OPERATOR.
    Send,
    /// Manages everything, like the role ADMIN.
    Manage,
}

/// A program's bearer token. Only its hash is kept.
pub(in crate::graphql) struct Token(pub(in crate::graphql) api_token::Model);

/// A program's bearer token. Only its hash is kept.
#[Object]
impl Token {
    /// tok_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::ApiToken.encode(self.0.id).into()
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its first characters, to recognise it by.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it may do.
    async fn scope(&self) -> ScopeEnum {
        self.0.scope.into()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it ends by itself; null: never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it was taken back; null: it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// When it was last used, to the minute; null: never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}

/// A person who may sign in.
pub(in crate::graphql) struct User(pub(in crate::graphql) user::Model);

/// A person who may sign in.
#[Object]
impl User {
    /// usr_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::User.encode(self.0.id).into()
    }

    /// Their name, by which they sign in; unique.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they may do.
    async fn role(&self) -> RoleEnum {
        self.0.role.into()
    }

    /// Whether they have a password; without one they come in by one-time links.
    async fn has_password(&self) -> bool {
        self.0.password_hash.is_some()
    }

    /// Since when they are kept out; null: they may come in.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.0.disabled_at
    }

    /// When they were added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// A browser that is signed in.
pub(in crate::graphql) struct Session {
    pub(in crate::graphql) row: session::Model,
    /// The session of whoever asks, where that is one.
    pub(in crate::graphql) own: Option<Uuid>,
}

/// A browser that is signed in.
#[Object]
impl Session {
    /// ses_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Session.encode(self.row.id).into()
    }

    /// Whose it is, usr_…
    async fn user_id(&self) -> ID {
        Kind::User.encode(self.row.user_id).into()
    }

    /// Whether it is the one that asks.
    async fn is_current(&self) -> bool {
        self.own == Some(self.row.id)
    }

    /// The browser, as it names itself; null where it did not.
    async fn user_agent(&self) -> Option<&str> {
        self.row.user_agent.as_deref()
    }

    /// The address it signed in from; null where it is not known.
    async fn client(&self) -> Option<&str> {
        self.row.client.as_deref()
    }

    /// When it signed in.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last used, to the minute; null: never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_used_at
    }

    /// When it ends, unless it is used before.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
}

/// What became of createToken: a token or errors, never both.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct CreateTokenPayload {
    /// The token; null when there are errors.
    pub(in crate::graphql) token: Option<Token>,
    /// The whole of it, wb_…: it is shown this once. Null when there are errors, and when its idempotencyKey made it before.
    pub(in crate::graphql) secret: Option<String>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// What became of revokeToken: a token or errors, never both.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct RevokeTokenPayload {
    /// The token, taken back; null when there are errors.
    pub(in crate::graphql) token: Option<Token>,
    /// Why it can't be taken back.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// What became of a user: a user or errors, never both.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct UserPayload {
    /// The user now; null when there are errors.
    pub(in crate::graphql) user: Option<User>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// A user with a link that signs them in: both or errors.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct UserLinkPayload {
    /// The user; null when there are errors.
    pub(in crate::graphql) user: Option<User>,
    /// Path on this server that signs them in, once, within an hour; shown this once. Null when there are errors.
    pub(in crate::graphql) sign_in_path: Option<String>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// What became of sessions that were to end.
#[derive(SimpleObject, Default)]
pub(in crate::graphql) struct EndSessionsPayload {
    /// How many ended; 0 when there are errors.
    pub(in crate::graphql) ended_count: i32,
    /// Why none did.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}
