//! Taking many messages back.

use async_graphql::{Context, Object, SimpleObject};
use entity::user::Role;

use crate::flows::cancel;
use crate::graphql::guard::{actor, app, refusable};
use crate::graphql::types::message::MessageFilter;
use crate::graphql::types::user_error::UserError;

/// Taking messages back: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Cancel;

/// What became of cancelMessages.
#[derive(SimpleObject)]
struct CancelMessagesPayload {
    /// Messages of the filter that had not left; null when there are errors.
    matching_count: Option<i64>,
    /// Of them: those that were taken back; 0 on a dry run. Ask again while it is less and not 0.
    canceled_count: Option<i64>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// Taking messages back.
#[Object(name = "CancelMutation")]
impl Cancel {
    /// Takes every message of a filter back that is SCHEDULED or QUEUED now, at most 10,000 a request. A dry run counts only.
    async fn cancel_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages; an empty filter means all")] filter: MessageFilter,
        #[graphql(desc = "Only count", default = false)] dry_run: bool,
    ) -> async_graphql::Result<CancelMessagesPayload> {
        let by = actor(ctx, Role::Operator)?;
        let done = match filter.check() {
            Ok(filter) => cancel::cancel_all(app(ctx), &by, &filter, dry_run).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (done, user_errors) = refusable(done)?;
        Ok(CancelMessagesPayload {
            matching_count: done.map(|it| it.matching),
            canceled_count: done.map(|it| it.canceled),
            user_errors,
        })
    }
}
