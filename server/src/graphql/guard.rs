//! Who may resolve a field, and how our errors look in an answer.

use async_graphql::{Context, ErrorExtensions as _, ID};
use entity::types::{Address, Kind};
use entity::user::Role;
use uuid::Uuid;

use super::types::user_error::UserError;
use crate::app::App;
use crate::auth::Viewer;
use crate::domain::mask;
use crate::error::{Error, Refusal, RefusalCode};
use crate::flows::audit::Actor;

/// The viewer, who must be allowed what `role` is allowed.
pub(super) fn viewer<'a>(ctx: &Context<'a>, role: Role) -> async_graphql::Result<&'a Viewer> {
    let viewer = ctx
        .data_opt::<Viewer>()
        .ok_or_else(|| published(Error::Unauthenticated))?;
    viewer.needs(role).map_err(published)?;
    Ok(viewer)
}

/// Who changes something, who must be allowed what `role` is allowed.
pub(super) fn actor(ctx: &Context<'_>, role: Role) -> async_graphql::Result<Actor> {
    viewer(ctx, role).map(Actor::from)
}

/// Whether whole phone numbers are shown: to who may write to people. Others see them masked, everywhere.
pub(super) fn sees_numbers(ctx: &Context<'_>) -> bool {
    let viewer = ctx.data_opt::<Viewer>();
    viewer.is_some_and(|it| it.role >= Role::Operator)
}

/// An address as the viewer may see it. Our own senders are nobody's secret.
pub(super) fn shown_address(ctx: &Context<'_>, address: &str) -> String {
    let is_ours = |it: &Address| it.as_str() == address;
    if sees_numbers(ctx) || app(ctx).senders().iter().any(is_ours) {
        return address.to_owned();
    }
    mask::address(address)
}

/// A text that may name a phone number, as the viewer may see it.
pub(super) fn shown_text(ctx: &Context<'_>, text: Option<&str>) -> Option<String> {
    let shown = |text: &str| {
        if sees_numbers(ctx) {
            text.to_owned()
        } else {
            mask::text(text)
        }
    };
    text.map(shown)
}

/// Refuses a search by digits to who may not see whole numbers: its hits would tell them one digit at a time.
pub(super) fn may_search(ctx: &Context<'_>, search: Option<&str>) -> async_graphql::Result<()> {
    if sees_numbers(ctx) || !search.is_some_and(mask::tells_of_numbers) {
        return Ok(());
    }
    Err(published(Error::Forbidden(
        "the role OPERATOR to search for numbers; search for words, or filter by contactId",
    )))
}

/// Refuses an address to who sees addresses masked: after some guesses it is told from its masked form.
pub(super) fn may_name(ctx: &Context<'_>, address: Option<&str>) -> async_graphql::Result<()> {
    if sees_numbers(ctx) || address.is_none() {
        return Ok(());
    }
    Err(published(Error::Forbidden(
        "the role OPERATOR to filter by address; filter by contactId",
    )))
}

/// What every resolver is handed.
pub(super) fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked::<App>()
}

/// Our error as GraphQL's: a code for programs, words for people, faults kept private.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the end of the error's way, as in map_err"
)]
pub(super) fn published(error: Error) -> async_graphql::Error {
    let code = match &error {
        Error::Refused(_) => "BAD_USER_INPUT",
        Error::NotFound(_) => "NOT_FOUND",
        Error::Unauthenticated => "UNAUTHENTICATED",
        Error::Forbidden(_) => "FORBIDDEN",
        Error::Unavailable(_) => "UNAVAILABLE",
        Error::Fault(fault) => {
            tracing::error!(error = %fault, "a GraphQL field failed");
            "INTERNAL"
        }
    };
    async_graphql::Error::new(error.to_string()).extend_with(|_, it| it.set("code", code))
}

/// A fault of the database as GraphQL's error.
pub(super) fn fault(error: sea_orm::DbErr) -> async_graphql::Error {
    published(error.into())
}

/// What a flow made, or the rules that were broken: for a payload that has one or the other.
pub(super) fn refusable<T>(
    result: crate::error::Result<T>,
) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match result {
        Ok(made) => Ok((Some(made), Vec::new())),
        Err(Error::Refused(broken)) => {
            Ok((None, broken.into_iter().map(UserError::from).collect()))
        }
        Err(error) => Err(published(error)),
    }
}

/// A broken argument.
pub(super) fn bad_argument(message: impl std::fmt::Display) -> async_graphql::Error {
    async_graphql::Error::new(message.to_string())
        .extend_with(|_, it| it.set("code", "BAD_USER_INPUT"))
}

/// An id of the kind expected, as an argument of a query.
pub(super) fn id_of(kind: Kind, id: &ID) -> async_graphql::Result<Uuid> {
    kind.parse(id)
        .map_err(|error| bad_argument(format!("id: {error}")))
}

/// The same as an argument of a mutation.
pub(super) fn target(kind: Kind, id: &ID) -> crate::error::Result<Uuid> {
    let unknown = |words| Refusal::field(RefusalCode::NotFound, "id", words);
    kind.parse(id)
        .map_err(|error| unknown(error.to_string()).into())
}
