//! Views that people keep.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use entity::saved_view;
use entity::types::Kind;

/// A way of looking at the messages that somebody keeps under a name.
pub(in crate::graphql) struct SavedView {
    pub(in crate::graphql) row: saved_view::Model,
    /// Whether it is the viewer's.
    pub(in crate::graphql) is_own: bool,
}

/// A way of looking at the messages that somebody keeps under a name.
#[Object]
impl SavedView {
    /// view_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::SavedView.encode(self.row.id).into()
    }

    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// The parameters of the dashboard's address, without the question mark: /messages?… shows it.
    async fn query(&self) -> &str {
        &self.row.query
    }

    /// Whether everybody sees it.
    async fn is_shared(&self) -> bool {
        self.row.is_shared
    }

    /// Whether it is the viewer's own.
    async fn is_own(&self) -> bool {
        self.is_own
    }

    /// When it was first saved.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last saved.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}
