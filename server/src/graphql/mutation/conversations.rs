//! Who answers in a conversation.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::types::Kind;
use entity::user::Role;

use crate::flows::conversations::{self, Actor, Deed};
use crate::graphql::guard::{app, refusable, target, viewer};
use crate::graphql::types::conversation::{Conversation, ConversationPayload};

/// Conversations: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Conversations;

/// Conversations.
#[Object(name = "ConversationMutation")]
impl Conversations {
    /// Takes a conversation: from now on a person answers, and the bot is silent. With a token nobody in particular has it.
    async fn claim_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "cvs_…")] id: ID,
        #[graphql(desc = "Also out of another person's hands", default = false)] take_over: bool,
    ) -> async_graphql::Result<ConversationPayload> {
        change(ctx, &id, Deed::Claim(take_over)).await
    }

    /// Gives a conversation back to the other people. The bot stays silent.
    async fn release_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "cvs_…")] id: ID,
    ) -> async_graphql::Result<ConversationPayload> {
        change(ctx, &id, Deed::Release).await
    }

    /// Lets the bot answer again.
    async fn hand_back_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "cvs_…")] id: ID,
        #[graphql(desc = "The bot is silent until then, at most 30 days; at once without it")]
        bot_from: Option<DateTime<Utc>>,
    ) -> async_graphql::Result<ConversationPayload> {
        change(ctx, &id, Deed::HandBack(bot_from)).await
    }

    /// Says that nothing more is to be done. When they write again, the bot answers.
    async fn resolve_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "cvs_…")] id: ID,
    ) -> async_graphql::Result<ConversationPayload> {
        change(ctx, &id, Deed::Resolve).await
    }
}

async fn change(
    ctx: &Context<'_>,
    id: &ID,
    deed: Deed,
) -> async_graphql::Result<ConversationPayload> {
    let viewer = viewer(ctx, Role::Operator)?;
    let actor = Actor {
        by: viewer.into(),
        user: Kind::User.parse(&viewer.id).ok(),
    };
    let changed = match target(Kind::Conversation, id) {
        Ok(id) => conversations::change(app(ctx), id, deed, &actor).await,
        Err(error) => Err(error),
    };
    let (conversation, user_errors) = refusable(changed)?;
    Ok(ConversationPayload {
        conversation: conversation.map(Conversation),
        user_errors,
    })
}
