//! Before a message is sent: a dry run, and the sign that somebody is writing.

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::types::Kind;
use entity::user::Role;

use super::SendMessageInput;
use crate::error::Error;
use crate::flows::{outbound, typing};
use crate::graphql::guard::{actor, app, published, target, viewer};
use crate::graphql::types::preview::MessagePreview;
use crate::graphql::types::user_error::UserError;

/// Writing: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Writing;

/// What became of showTyping.
#[derive(SimpleObject)]
struct ShowTypingPayload {
    /// Whether Twilio shows it.
    is_shown: bool,
    /// Why it can't be shown.
    user_errors: Vec<UserError>,
}

/// What can be done before a message is sent.
#[Object(name = "WritingMutation")]
impl Writing {
    /// A dry run of sendMessage: every rule the message would break, at once, and what the recipient would see. Nothing is
    /// stored or sent.
    async fn preview_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message")] input: SendMessageInput,
    ) -> async_graphql::Result<MessagePreview> {
        viewer(ctx, Role::Operator)?;
        let preview = outbound::preview(app(ctx), input.request()).await;
        Ok(MessagePreview(preview.map_err(published)?))
    }

    /// Marks a customer's message as read and shows them for at most 25 seconds that somebody is writing.
    async fn show_typing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "msg_… of a customer's message")] message_id: ID,
    ) -> async_graphql::Result<ShowTypingPayload> {
        let by = actor(ctx, Role::Operator)?;
        let shown = match target(Kind::Message, &message_id) {
            Ok(id) => typing::show(app(ctx), &by, id).await,
            Err(error) => Err(error),
        };
        match shown {
            Ok(is_shown) => Ok(ShowTypingPayload {
                is_shown,
                user_errors: Vec::new(),
            }),
            Err(Error::Refused(broken)) => Ok(ShowTypingPayload {
                is_shown: false,
                user_errors: broken.into_iter().map(UserError::from).collect(),
            }),
            Err(error) => Err(published(error)),
        }
    }
}
