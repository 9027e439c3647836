//! One's own password and sessions.

use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;
use uuid::Uuid;

use crate::auth::Pass;
use crate::error::Error;
use crate::flows::access::{self, Desk};
use crate::flows::audit::Actor;
use crate::flows::users::{self, NewPassword};
use crate::graphql::guard::{app, published, refusable, target, viewer};
use crate::graphql::types::access::{EndSessionsPayload, User, UserPayload};

/// One's own access: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Own;

/// One's own access.
#[Object(name = "OwnMutation")]
impl Own {
    /// Sets one's own password. All other sessions of one's own end. A token has no password.
    async fn set_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present one; not needed by who has none")] current_password: Option<
            String,
        >,
        #[graphql(
            desc = "The new one: at least 12 characters, at most 1,024 bytes, and not one's name"
        )]
        new_password: String,
    ) -> async_graphql::Result<UserPayload> {
        let (session, user) = own(ctx)?;
        let by = Actor::from(viewer(ctx, Role::Viewer)?);
        let wish = NewPassword {
            user,
            session,
            current: current_password,
            wanted: new_password,
        };
        let (user, user_errors) = refusable(users::set_password(app(ctx), &by, wish).await)?;
        Ok(UserPayload {
            user: user.map(User),
            user_errors,
        })
    }

    /// Ends a session: one of one's own, or for administrators anybody's. What it opened closes within a second.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ses_…")] id: ID,
    ) -> async_graphql::Result<EndSessionsPayload> {
        let asks = viewer(ctx, Role::Viewer)?;
        let by = Actor::from(asks);
        let whose = if asks.role == Role::Admin {
            None
        } else {
            Some(own(ctx)?.1)
        };
        let app = app(ctx);
        let ended = match target(Kind::Session, &id) {
            Ok(id) => access::revoke_session(&Desk::of(app, &by), id, whose).await,
            Err(error) => Err(error),
        };
        crate::auth::taken_back(app);
        let (ended, user_errors) = refusable(ended)?;
        Ok(EndSessionsPayload {
            ended_count: i32::from(ended.is_some()),
            user_errors,
        })
    }

    /// Ends all of one's own sessions, this one too; administrators may end another user's.
    async fn sign_out_everywhere(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Another user, usr_…; oneself without it")] user_id: Option<ID>,
    ) -> async_graphql::Result<EndSessionsPayload> {
        let by = Actor::from(viewer(ctx, Role::Viewer)?);
        let app = app(ctx);
        let user = match user_id {
            Some(id) => {
                viewer(ctx, Role::Admin)?;
                target(Kind::User, &id)
            }
            None => Ok(own(ctx)?.1),
        };
        let ended = match user {
            Ok(user) => access::sign_out_everywhere(&Desk::of(app, &by), user).await,
            Err(error) => Err(error),
        };
        crate::auth::taken_back(app);
        let (ended, user_errors) = refusable(ended)?;
        Ok(EndSessionsPayload {
            ended_count: i32::try_from(ended.unwrap_or_default()).unwrap_or(i32::MAX),
            user_errors,
        })
    }
}

/// The session and user that ask; a token is neither.
fn own(ctx: &Context<'_>) -> async_graphql::Result<(Uuid, Uuid)> {
    match viewer(ctx, Role::Viewer)?.pass {
        Pass::Session { id, user } => Ok((id, user)),
        Pass::Token(_) => Err(published(Error::Forbidden(
            "a user who is signed in: a token has no password and no sessions",
        ))),
    }
}
