//! Reading who may come in, and what they did.

use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;

use crate::auth::Pass;
use crate::error::Error;
use crate::graphql::guard::{app, fault, id_of, published, viewer};
use crate::graphql::page::Asked;
use crate::graphql::types::access::{Session, Token, User};
use crate::graphql::types::audit::{AuditEntryConnection, AuditFilter};
use crate::store::{self, people};

/// Who may come in: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Access;

/// Who may come in.
#[Object(name = "AccessQuery")]
impl Access {
    /// Every user, by name. For administrators only.
    #[graphql(complexity = "5 + crate::graphql::page::cost(None, child_complexity)")]
    async fn users(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<User>> {
        viewer(ctx, Role::Admin)?;
        let users = store::users::all(app(ctx).db.read()).await.map_err(fault)?;
        Ok(users.into_iter().map(User).collect())
    }

    /// Every token, newest first, also those taken back. For administrators only.
    #[graphql(complexity = "5 + crate::graphql::page::cost(None, child_complexity)")]
    async fn tokens(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Token>> {
        viewer(ctx, Role::Admin)?;
        let tokens = people::tokens(app(ctx).db.read()).await.map_err(fault)?;
        Ok(tokens.into_iter().map(Token).collect())
    }

    /// Sessions that have not ended, newest first: one's own, or for administrators another user's.
    #[graphql(complexity = "5 + crate::graphql::page::cost(None, child_complexity)")]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Another user, usr_…; one's own sessions without it")] user_id: Option<ID>,
    ) -> async_graphql::Result<Vec<Session>> {
        let asks = viewer(ctx, Role::Viewer)?;
        let (own, mut user) = match asks.pass {
            Pass::Session { id, user } => (Some(id), Some(user)),
            Pass::Token(_) => (None, None),
        };
        if let Some(id) = &user_id {
            let id = id_of(Kind::User, id)?;
            if user != Some(id) {
                viewer(ctx, Role::Admin)?;
            }
            user = Some(id);
        }
        // A token has no sessions.
        let Some(user) = user else {
            return Ok(Vec::new());
        };
        let app = app(ctx);
        let rows = people::sessions(app.db.read(), Some(user), app.now()).await;
        let rows = rows.map_err(Error::from).map_err(published)?;
        Ok(rows.into_iter().map(|row| Session { row, own }).collect())
    }

    /// What people and programs changed, newest first, in pages of at most 100. For administrators only.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
        #[graphql(desc = "Which entries; all without it")] filter: Option<AuditFilter>,
    ) -> async_graphql::Result<AuditEntryConnection> {
        viewer(ctx, Role::Admin)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let window = asked.window(Kind::AuditEntry)?;
        let filter = filter.unwrap_or_default().into();
        let (db, side) = (app(ctx).db.read(), window.side());
        let rows = store::audit::page(db, &filter, side, window.limit())
            .await
            .map_err(fault)?;
        Ok(AuditEntryConnection(window.page(rows, |it| it.id)))
    }
}
