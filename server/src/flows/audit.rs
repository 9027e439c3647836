//! The audit log: who changed what, from where. Written in the transaction of the change, so that neither is without the other.
//! Holds no texts of messages, no secrets and no whole numbers.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::audit_entry;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Viewer;
use crate::error::Result;
use crate::store;

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `usr_…`, `tok_…`, `cli` or `system`.
    pub id: String,
    /// Their name now.
    pub name: String,
    /// The address they ask from, where there is one.
    pub client: Option<IpAddr>,
}

impl Actor {
    /// Waybill itself.
    pub fn system() -> Self {
        Self::inside("system", "Waybill")
    }

    /// Whoever may run commands on the server.
    pub fn cli() -> Self {
        Self::inside("cli", "command line")
    }

    fn inside(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            client: None,
        }
    }
}

impl From<&Viewer> for Actor {
    fn from(viewer: &Viewer) -> Self {
        Self {
            id: viewer.id.clone(),
            name: viewer.name.clone(),
            client: viewer.client,
        }
    }
}

/// What was changed.
#[derive(Clone, Debug)]
pub struct Change {
    action: &'static str,
    target: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
}

impl Change {
    /// A change by the API's name of it, e.g. `retryMessage`.
    pub fn new(action: &'static str) -> Self {
        Self {
            action,
            target: None,
            before: None,
            after: None,
        }
    }

    /// The public id of what was changed.
    #[must_use]
    pub fn of(mut self, target: String) -> Self {
        self.target = Some(target);
        self
    }

    /// What of it was before.
    #[must_use]
    pub fn from(mut self, before: Value) -> Self {
        self.before = Some(before);
        self
    }

    /// What of it is now.
    #[must_use]
    pub fn to(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }
}

/// An entry of the log, with its id and time.
pub fn entry(mark: (Uuid, DateTime<Utc>), by: &Actor, change: Change) -> audit_entry::Model {
    audit_entry::Model {
        id: mark.0,
        at: mark.1,
        actor: by.id.clone(),
        actor_name: by.name.clone(),
        action: change.action.to_owned(),
        target: change.target,
        before: change.before,
        after: change.after,
        client: by.client.map(|it| it.to_string()),
    }
}

/// Writes down one change, with the entry's id and time.
///
/// # Errors
/// A fault of the database.
pub async fn note(
    tx: &impl ConnectionTrait,
    mark: (Uuid, DateTime<Utc>),
    by: &Actor,
    change: Change,
) -> Result<()> {
    Ok(store::audit::insert_all(tx, vec![entry(mark, by, change)]).await?)
}

/// Writes down one change that has no row of its own.
///
/// # Errors
/// A fault of the database.
pub async fn record(app: &App, by: &Actor, change: Change) -> Result<()> {
    note(app.db.write(), (app.new_id(), app.now()), by, change).await
}
