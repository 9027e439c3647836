//! Views that people keep.

use async_graphql::{Context, Object};
use entity::user::Role;

use crate::flows::saved_views;
use crate::graphql::guard::{app, published, viewer};
use crate::graphql::types::saved_view::SavedView;

/// Views: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct SavedViews;

/// Views that people keep.
#[Object(name = "SavedViewQuery")]
impl SavedViews {
    /// One's own views and those that others share, by name. Who may not see whole numbers does not see others' that name or search for one.
    #[graphql(complexity = "5 + crate::graphql::page::cost_of_all(300, child_complexity)")]
    async fn saved_views(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<SavedView>> {
        let asks = viewer(ctx, Role::Viewer)?;
        let rows = saved_views::seen_by(app(ctx), asks).await;
        let with_owner = |row: entity::saved_view::Model| SavedView {
            is_own: row.owner == asks.id,
            row,
        };
        Ok(rows
            .map_err(published)?
            .into_iter()
            .map(with_owner)
            .collect())
    }
}
