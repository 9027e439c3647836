//! Who is asking, and what server answers.

use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::types::Address;
use entity::user::Role;

use crate::app::App;
use crate::auth::Viewer;

/// Twilio's shared sandbox sender.
const TEST_NUMBER: &str = "whatsapp:+14155238886";

/// What a viewer may do; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Role", remote = "Role")]
pub(in crate::graphql) enum RoleEnum {
    /// Reads.
    Viewer,
    /// Sends and retries.
    Operator,
    /// Manages users, tokens and settings.
    Admin,
}

/// Whom messages reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum Environment {
    /// Real people.
    Live,
    /// People who joined Twilio's sandbox.
    TestNumber,
    /// Nobody: Twilio is simulated.
    Simulated,
}

/// Who is asking, and what server answers.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Viewer")]
pub(in crate::graphql) struct ViewerInfo {
    /// usr_… or tok_…
    id: ID,
    /// The user's or the token's name.
    name: String,
    /// What they may do.
    role: RoleEnum,
    /// Whom messages reach.
    environment: Environment,
    /// This server's senders; the first is the default.
    senders: Vec<String>,
    /// The server's version.
    version: String,
    /// The server's clock, for countdowns.
    server_time: DateTime<Utc>,
}

impl ViewerInfo {
    pub(in crate::graphql) fn new(app: &App, viewer: &Viewer) -> Self {
        let environment = match app.senders().first() {
            _ if app.config.is_sandbox() => Environment::Simulated,
            Some(sender) if sender.as_str() == TEST_NUMBER => Environment::TestNumber,
            _ => Environment::Live,
        };
        Self {
            id: viewer.id.clone().into(),
            name: viewer.name.clone(),
            role: viewer.role.into(),
            environment,
            senders: app
                .senders()
                .iter()
                .map(Address::as_str)
                .map(str::to_owned)
                .collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            server_time: app.now(),
        }
    }
}
