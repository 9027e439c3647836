//! The audit log, as administrators read it.

use async_graphql::{ID, InputObject, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::audit_entry::Model;
use entity::types::Kind;
use serde_json::Value;

use crate::graphql::page::{Page, PageInfo};
use crate::store::audit::Filter;

/// Which entries of the audit log. Everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct AuditFilter {
    /// By this user or token: usr_…, tok_…, cli or system.
    actor: Option<String>,
    /// Of this action, e.g. retryMessage.
    action: Option<String>,
    /// About this thing, by its id.
    target: Option<ID>,
}

impl From<AuditFilter> for Filter {
    fn from(it: AuditFilter) -> Self {
        Self {
            actor: it.actor,
            action: it.action,
            target: it.target.map(|it| it.0),
        }
    }
}

/// Something that a person or program changed.
pub(in crate::graphql) struct AuditEntry(pub(in crate::graphql) Model);

/// Something that a person or program changed.
#[Object]
impl AuditEntry {
    /// aud_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::AuditEntry.encode(self.0.id).into()
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who: usr_…, tok_…, cli (a command on the server) or system (Waybill itself).
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Their name then.
    async fn actor_name(&self) -> &str {
        &self.0.actor_name
    }

    /// What they did, by the API's name, e.g. retryMessage; also signIn and signOut.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The id of what was changed; null where it was not one thing.
    async fn target(&self) -> Option<&str> {
        self.0.target.as_deref()
    }

    /// What of it was before; null where that is not told.
    async fn before(&self) -> Option<Json<&Value>> {
        self.0.before.as_ref().map(Json)
    }

    /// What of it is since then; null where that is not told.
    async fn after(&self) -> Option<Json<&Value>> {
        self.0.after.as_ref().map(Json)
    }

    /// The address they asked from; null where it is not known, or was this machine's command line.
    async fn client(&self) -> Option<&str> {
        self.0.client.as_deref()
    }
}

/// A page of the audit log, newest first.
pub(in crate::graphql) struct AuditEntryConnection(pub(in crate::graphql) Page<Model>);

/// An entry of the audit log in a list.
#[derive(SimpleObject)]
struct AuditEntryEdge {
    /// Its place in the list.
    cursor: String,
    /// The entry.
    node: AuditEntry,
}

/// A page of the audit log, newest first.
#[Object]
impl AuditEntryConnection {
    /// The page's entries with their cursors.
    async fn edges(&self) -> Vec<AuditEntryEdge> {
        let edge = |it: &Model| AuditEntryEdge {
            cursor: Kind::AuditEntry.encode(it.id),
            node: AuditEntry(it.clone()),
        };
        self.0.rows.iter().map(edge).collect()
    }

    /// The page's entries.
    async fn nodes(&self) -> Vec<AuditEntry> {
        self.0.rows.iter().cloned().map(AuditEntry).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.0.info
    }
}
