//! Keeping views, and deleting them.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::types::Kind;
use entity::user::Role;

use crate::flows::saved_views::{self, Wish};
use crate::graphql::guard::{app, refusable, target, viewer};
use crate::graphql::types::saved_view::SavedView;
use crate::graphql::types::user_error::UserError;

/// Views: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct SavedViews;

/// A view to be kept.
#[derive(Debug, InputObject)]
struct SaveViewInput {
    /// What it is called, at most 60 characters; one's own view of this name is replaced.
    name: String,
    /// The parameters of the dashboard's address, e.g. status=failed&from=-24h; at most 2,000 characters.
    query: String,
    /// Whether everybody sees it; needs the role OPERATOR.
    #[graphql(default)]
    is_shared: bool,
}

/// What became of saveView: a view or errors, never both.
#[derive(SimpleObject)]
struct SaveViewPayload {
    /// The view; null when there are errors.
    view: Option<SavedView>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What became of deleteView.
#[derive(SimpleObject)]
struct DeleteViewPayload {
    /// The id of the view that is no more; null when there are errors.
    deleted_id: Option<ID>,
    /// Why it can't be deleted.
    user_errors: Vec<UserError>,
}

/// Views that people keep.
#[Object(name = "SavedViewMutation")]
impl SavedViews {
    /// Keeps a view under a name, for oneself or for everybody, in the place of one's own other view of this name.
    async fn save_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The view")] input: SaveViewInput,
    ) -> async_graphql::Result<SaveViewPayload> {
        let asks = viewer(ctx, Role::Viewer)?;
        let wish = Wish {
            name: input.name,
            query: input.query,
            is_shared: input.is_shared,
        };
        let (view, user_errors) = refusable(saved_views::save(app(ctx), asks, wish).await)?;
        let view = view.map(|row| SavedView { row, is_own: true });
        Ok(SaveViewPayload { view, user_errors })
    }

    /// Deletes a view of one's own; administrators also one that another shares.
    async fn delete_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "view_…")] id: ID,
    ) -> async_graphql::Result<DeleteViewPayload> {
        let asks = viewer(ctx, Role::Viewer)?;
        let removed = match target(Kind::SavedView, &id) {
            Ok(id) => saved_views::remove(app(ctx), asks, id).await,
            Err(error) => Err(error),
        };
        let (view, user_errors) = refusable(removed)?;
        Ok(DeleteViewPayload {
            deleted_id: view.map(|it| Kind::SavedView.encode(it.id).into()),
            user_errors,
        })
    }
}
