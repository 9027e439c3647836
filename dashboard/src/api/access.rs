//! Who may come in: tokens, users, sessions, passwords. Mostly for administrators.

use cynic::{MutationBuilder, QueryBuilder};

use super::{client, error::ApiError, messages::UserError};
use crate::{
    core::words::{Role, Timestamp, TokenScope},
    schema,
};

/// An answer that is the thing or the broken rules.
pub(crate) type Answer<T> = Result<Result<T, Vec<UserError>>, ApiError>;

/// A program's bearer token.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) scope: TokenScope,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct TokensQuery {
    tokens: Vec<Token>,
}

/// Every token, newest first.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn tokens() -> Result<Vec<Token>, ApiError> {
    client::run(TokensQuery::build(()), None)
        .await
        .map(|it| it.tokens)
}

/// A token to be made.
#[derive(cynic::InputObject, Clone, Debug)]
pub(crate) struct CreateTokenInput {
    pub(crate) name: String,
    pub(crate) scope: TokenScope,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct CreateTokenVariables {
    input: CreateTokenInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "CreateTokenVariables")]
struct CreateTokenMutation {
    #[arguments(input: $input)]
    create_token: CreateTokenPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct CreateTokenPayload {
    secret: Option<String>,
    user_errors: Vec<UserError>,
}

/// Makes a token; the answer is its secret, shown this once.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn create_token(input: CreateTokenInput) -> Answer<String> {
    let operation = CreateTokenMutation::build(CreateTokenVariables { input });
    let answer = client::run(operation, None).await?.create_token;
    Ok(answer.secret.ok_or(answer.user_errors))
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct ThingVariables {
    id: cynic::Id,
}

fn thing(id: String) -> ThingVariables {
    ThingVariables {
        id: cynic::Id::new(id),
    }
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ThingVariables")]
struct RevokeTokenMutation {
    #[arguments(id: $id)]
    revoke_token: RevokeTokenPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct RevokeTokenPayload {
    user_errors: Vec<UserError>,
}

/// Takes a token back.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn revoke_token(id: String) -> Answer<()> {
    let answer = client::run(RevokeTokenMutation::build(thing(id)), None).await?;
    Ok(unless(answer.revoke_token.user_errors))
}

pub(super) fn unless(errors: Vec<UserError>) -> Result<(), Vec<UserError>> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// A person who may sign in.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: cynic::Id,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) has_password: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct UsersQuery {
    users: Vec<User>,
}

/// Every user, by name.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn users() -> Result<Vec<User>, ApiError> {
    client::run(UsersQuery::build(()), None)
        .await
        .map(|it| it.users)
}

#[derive(cynic::InputObject, Clone, Debug)]
struct CreateUserInput {
    name: String,
    role: Role,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct CreateUserVariables {
    input: CreateUserInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "CreateUserVariables")]
struct CreateUserMutation {
    #[arguments(input: $input)]
    create_user: UserLinkPayload,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ThingVariables")]
struct SignInLinkMutation {
    #[arguments(id: $id)]
    create_sign_in_link: UserLinkPayload,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ThingVariables")]
struct ResetPasswordMutation {
    #[arguments(id: $id)]
    reset_password: UserLinkPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct UserLinkPayload {
    sign_in_path: Option<String>,
    user_errors: Vec<UserError>,
}

impl UserLinkPayload {
    fn path(self) -> Result<String, Vec<UserError>> {
        self.sign_in_path.ok_or(self.user_errors)
    }
}

/// Makes a user; the answer is the path of their one-time link.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn create_user(name: String, role: Role) -> Answer<String> {
    let input = CreateUserInput { name, role };
    let operation = CreateUserMutation::build(CreateUserVariables { input });
    Ok(client::run(operation, None).await?.create_user.path())
}

/// Makes a one-time link; password and sessions stay.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn create_sign_in_link(id: String) -> Answer<String> {
    let answer = client::run(SignInLinkMutation::build(thing(id)), None).await?;
    Ok(answer.create_sign_in_link.path())
}

/// Takes a password away, ends all sessions, makes a one-time link.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn reset_password(id: String) -> Answer<String> {
    let answer = client::run(ResetPasswordMutation::build(thing(id)), None).await?;
    Ok(answer.reset_password.path())
}

/// What of a user is to be changed.
#[derive(cynic::InputObject, Clone, Debug, Default)]
pub(crate) struct UpdateUserInput {
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<Role>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) is_disabled: Option<bool>,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct UpdateUserVariables {
    id: cynic::Id,
    input: UpdateUserInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "UpdateUserVariables")]
struct UpdateUserMutation {
    #[arguments(id: $id, input: $input)]
    update_user: UserPayload,
}

#[derive(cynic::QueryFragment, Debug)]
struct UserPayload {
    user_errors: Vec<UserError>,
}

/// Changes a user.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn update_user(id: String, input: UpdateUserInput) -> Answer<()> {
    let variables = UpdateUserVariables {
        id: cynic::Id::new(id),
        input,
    };
    let answer = client::run(UpdateUserMutation::build(variables), None).await?;
    Ok(unless(answer.update_user.user_errors))
}

/// A browser that is signed in.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "Session")]
pub(crate) struct SignedIn {
    pub(crate) id: cynic::Id,
    pub(crate) user_agent: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) is_current: bool,
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct WhoseVariables {
    user_id: Option<cynic::Id>,
}

fn whose(user_id: Option<String>) -> WhoseVariables {
    WhoseVariables {
        user_id: user_id.map(cynic::Id::new),
    }
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query", variables = "WhoseVariables")]
struct SessionsQuery {
    #[arguments(userId: $user_id)]
    sessions: Vec<SignedIn>,
}

/// Sessions that have not ended, newest first: one's own without a user.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn sessions(user_id: Option<String>) -> Result<Vec<SignedIn>, ApiError> {
    client::run(SessionsQuery::build(whose(user_id)), None)
        .await
        .map(|it| it.sessions)
}

#[derive(cynic::QueryFragment, Debug)]
struct EndSessionsPayload {
    user_errors: Vec<UserError>,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "ThingVariables")]
struct RevokeSessionMutation {
    #[arguments(id: $id)]
    revoke_session: EndSessionsPayload,
}

/// Ends one session.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn revoke_session(id: String) -> Answer<()> {
    let answer = client::run(RevokeSessionMutation::build(thing(id)), None).await?;
    Ok(unless(answer.revoke_session.user_errors))
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "WhoseVariables")]
struct SignOutEverywhereMutation {
    #[arguments(userId: $user_id)]
    sign_out_everywhere: EndSessionsPayload,
}

/// Ends every session of a user; one's own without one.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn sign_out_everywhere(user_id: Option<String>) -> Answer<()> {
    let operation = SignOutEverywhereMutation::build(whose(user_id));
    let answer = client::run(operation, None).await?;
    Ok(unless(answer.sign_out_everywhere.user_errors))
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct PasswordVariables {
    current_password: Option<String>,
    new_password: String,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "PasswordVariables")]
struct SetPasswordMutation {
    #[arguments(currentPassword: $current_password, newPassword: $new_password)]
    set_password: UserPayload,
}

/// Sets one's own password; one's other sessions end.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn set_password(current: Option<String>, new: String) -> Answer<()> {
    let variables = PasswordVariables {
        current_password: current,
        new_password: new,
    };
    let answer = client::run(SetPasswordMutation::build(variables), None).await?;
    Ok(unless(answer.set_password.user_errors))
}
