//! Administrators keep users.

use async_graphql::{Context, ID, InputObject, Object};
use entity::types::Kind;
use entity::user::{Model, Role};

use crate::error::Result;
use crate::flows::access::Desk;
use crate::flows::users::{self, Patch};
use crate::graphql::guard::{actor, app, refusable, target};
use crate::graphql::types::access::{User, UserLinkPayload, UserPayload};
use crate::graphql::types::viewer::RoleEnum;

/// Users: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Users;

/// A user to be made.
#[derive(Debug, InputObject)]
struct CreateUserInput {
    /// Their name, by which they sign in; unique, at most 100 characters.
    name: String,
    /// What they may do.
    role: RoleEnum,
}

/// What of a user is to be changed; what is left out stays.
#[derive(Debug, InputObject)]
struct UpdateUserInput {
    /// Their name; unique, at most 100 characters.
    name: Option<String>,
    /// What they may do.
    role: Option<RoleEnum>,
    /// Whether they are kept out. Who is, is signed out at once.
    is_disabled: Option<bool>,
}

/// Users.
#[Object(name = "UserMutation")]
impl Users {
    /// Makes a user, with a link by which they sign in and choose a password. For administrators only.
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user")] input: CreateUserInput,
    ) -> async_graphql::Result<UserLinkPayload> {
        let by = actor(ctx, Role::Admin)?;
        let desk = Desk::of(app(ctx), &by);
        with_link(users::create(&desk, &input.name, input.role.into()).await)
    }

    /// Changes a user. There is always an administrator who may sign in. For administrators only.
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "usr_…")] id: ID,
        #[graphql(desc = "What is to be changed")] input: UpdateUserInput,
    ) -> async_graphql::Result<UserPayload> {
        let by = actor(ctx, Role::Admin)?;
        let app = app(ctx);
        let patch = Patch {
            name: input.name,
            role: input.role.map(Into::into),
            is_disabled: input.is_disabled,
        };
        let changed = match target(Kind::User, &id) {
            Ok(id) => users::update(&Desk::of(app, &by), id, patch).await,
            Err(error) => Err(error),
        };
        crate::auth::taken_back(app);
        let (user, user_errors) = refusable(changed)?;
        Ok(UserPayload {
            user: user.map(User),
            user_errors,
        })
    }

    /// Makes a link that signs a user in; their password and sessions stay. For administrators only.
    async fn create_sign_in_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "usr_…")] id: ID,
    ) -> async_graphql::Result<UserLinkPayload> {
        let by = actor(ctx, Role::Admin)?;
        with_link(match target(Kind::User, &id) {
            Ok(id) => users::new_link(&Desk::of(app(ctx), &by), id).await,
            Err(error) => Err(error),
        })
    }

    /// Takes a user's password away, signs them out everywhere, and makes a link by which they come in again. For administrators
    /// only.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "usr_…")] id: ID,
    ) -> async_graphql::Result<UserLinkPayload> {
        let by = actor(ctx, Role::Admin)?;
        let app = app(ctx);
        let reset = match target(Kind::User, &id) {
            Ok(id) => users::reset_password(&Desk::of(app, &by), id).await,
            Err(error) => Err(error),
        };
        crate::auth::taken_back(app);
        with_link(reset)
    }
}

fn with_link(made: Result<(Model, String)>) -> async_graphql::Result<UserLinkPayload> {
    let (made, user_errors) = refusable(made)?;
    let (user, link) = made.unzip();
    Ok(UserLinkPayload {
        user: user.map(User),
        sign_in_path: link.map(|it| format!("/sign-in/{it}")),
        user_errors,
    })
}
