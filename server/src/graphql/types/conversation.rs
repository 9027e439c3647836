//! A contact and one of this server's senders, and who answers there.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::conversation::{self, ConversationState};
use entity::conversation_event::{self, ConversationEventKind};
use entity::types::Kind;

use super::contact::{Contact, words};
use super::message::{Message, MessageConnection};
use super::user_error::UserError;
use crate::domain::window;
use crate::graphql::guard::{bad_argument, id_of, may_search};
use crate::graphql::loaders::{
    ContactKey, ConversationHead, ConversationKey, LastMessageOf, Loader, UserKey,
};
use crate::graphql::page::{Asked, Page, PageInfo, few_of};
use crate::store::conversations::{Filter, Place};
use crate::store::messages::owned::Owner;

/// Who answers in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ConversationState", remote = "ConversationState")]
pub(in crate::graphql) enum StateEnum {
    /// The bot.
    Bot,
    /// A person; the bot is silent.
    Person,
    /// Nobody has to, until they write again: then the bot does.
    Resolved,
}

/// What happened to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ConversationEventKind", remote = "ConversationEventKind")]
enum EventKindEnum {
    /// A person took it: the bot is silent.
    Claimed,
    /// That person gave it back to the others; the bot stays silent.
    Released,
    /// The bot answers again.
    HandedBack,
    /// Nothing more is to be done until they write again.
    Resolved,
    /// They wrote again.
    Reopened,
    /// The customer asked for a person: the bot is silent.
    PersonAsked,
}

/// A contact and one of this server's senders.
pub(in crate::graphql) struct Conversation(pub(in crate::graphql) conversation::Model);

/// A user, by name.
#[derive(SimpleObject)]
struct Assignee {
    /// usr_…
    id: ID,
    /// Their name.
    name: String,
}

/// A contact and one of this server's senders.
#[Object]
impl Conversation {
    /// cvs_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Conversation.encode(self.0.id).into()
    }

    /// Who we talk to.
    async fn contact(&self, ctx: &Context<'_>) -> async_graphql::Result<Contact> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(ContactKey(self.0.contact_id)).await?;
        found
            .map(Contact::from)
            .ok_or_else(|| "the contact was erased a moment ago".into())
    }

    /// This server's address in the talk, channel included.
    async fn sender(&self) -> &str {
        &self.0.sender
    }

    /// Who answers.
    async fn state(&self) -> StateEnum {
        self.0.state.into()
    }

    /// The user who has it; null: nobody does, or a token claimed it.
    async fn assignee(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Assignee>> {
        let Some(id) = self.0.assignee_id else {
            return Ok(None);
        };
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(UserKey(id)).await?;
        Ok(found.map(|it| Assignee {
            id: Kind::User.encode(it.id).into(),
            name: it.name,
        }))
    }

    /// Until when the bot is silent although nobody has the conversation; null: it is not.
    async fn bot_silent_until(&self) -> Option<DateTime<Utc>> {
        self.0.bot_silent_until
    }

    /// The newest message of either side; null when all are past their retention.
    async fn last_message(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Message>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        Ok(loader
            .load_one(LastMessageOf(self.0.id))
            .await?
            .map(Message::from))
    }

    /// When the newest message of either side was stored: the order of the list.
    async fn last_message_at(&self) -> DateTime<Utc> {
        self.0.last_message_at
    }

    /// Until when free text may be sent: 24 hours after they last wrote to this sender. Null when they never wrote.
    async fn window_closes_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_inbound_at.map(window::closes_at)
    }

    /// Its messages, newest first. Within a list of conversations, lastMessage costs less.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
    ) -> async_graphql::Result<MessageConnection> {
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        MessageConnection::of(ctx, Owner::Conversation, self.0.id, &asked).await
    }

    /// Subscribe with conversationEvents(after: eventCursor) to miss nothing that people do with it after this was read.
    async fn event_cursor(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let head = loader.load_one(ConversationHead).await?.unwrap_or_default();
        Ok(ConversationEvent::cursor_of(head))
    }

    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Which conversations. Everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct ConversationFilter {
    /// Any of these; at most 100.
    state: Option<Vec<StateEnum>>,
    /// Whom this user has, usr_…
    assignee_id: Option<ID>,
    /// true: those that nobody has; false: those that somebody has. Not together with assigneeId.
    unassigned: Option<bool>,
    /// A part of the contact's name or address, whatever the case; at most 200 bytes.
    search: Option<String>,
}

impl ConversationFilter {
    pub(in crate::graphql) fn checked(self, ctx: &Context<'_>) -> async_graphql::Result<Filter> {
        may_search(ctx, self.search.as_deref())?;
        if self.assignee_id.is_some() && self.unassigned.is_some() {
            return Err(bad_argument(
                "filter: give assigneeId or unassigned, not both",
            ));
        }
        let user = self.assignee_id.map(|it| id_of(Kind::User, &it));
        let states = few_of("state", self.state)?.into_iter();
        Ok(Filter {
            states: states.map(Into::into).collect(),
            assignee: user.transpose()?,
            is_assigned: self.unassigned.map(|it| !it),
            search: words("filter.search", self.search)?,
        })
    }
}

/// A conversation's place in its list.
pub(in crate::graphql) fn cursor(it: &conversation::Model) -> String {
    let id = Kind::Conversation.encode(it.id);
    format!("{}.{id}", it.last_message_at.timestamp_micros())
}

/// Reads it back.
pub(in crate::graphql) fn parse_cursor(text: &str) -> Result<Place, String> {
    let read = || {
        let (at, id) = text.split_once('.')?;
        let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
        let id = Kind::Conversation.parse(id).ok()?;
        Some(Place { at, id })
    };
    read().ok_or_else(|| "it is no place in a list of conversations".to_owned())
}

/// A page of conversations, newest activity first.
pub(in crate::graphql) struct ConversationConnection(
    pub(in crate::graphql) Page<conversation::Model>,
);

/// A conversation in a list.
#[derive(SimpleObject)]
struct ConversationEdge {
    /// Its place in the list: it changes with each new message.
    cursor: String,
    /// The conversation.
    node: Conversation,
}

/// A page of conversations, newest activity first.
#[Object]
impl ConversationConnection {
    /// The page's conversations with their cursors.
    async fn edges(&self) -> Vec<ConversationEdge> {
        let edge = |it: &conversation::Model| ConversationEdge {
            cursor: cursor(it),
            node: Conversation(it.clone()),
        };
        self.0.rows.iter().map(edge).collect()
    }

    /// The page's conversations.
    async fn nodes(&self) -> Vec<Conversation> {
        self.0.rows.iter().cloned().map(Conversation).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.0.info
    }
}

/// What became of a change of a conversation: the conversation or errors, never both.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ConversationPayload {
    /// The conversation as it is now; null when there are errors.
    pub(in crate::graphql) conversation: Option<Conversation>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// Something that people did with a conversation, or that opened it again. Messages have events of their own.
pub(in crate::graphql) struct ConversationEvent(pub(in crate::graphql) conversation_event::Model);

impl ConversationEvent {
    /// The published form of a place in the log.
    pub(in crate::graphql) fn cursor_of(seq: i64) -> String {
        format!("c{seq}")
    }

    /// Reads it back.
    pub(in crate::graphql) fn parse_cursor(cursor: &str) -> async_graphql::Result<i64> {
        let seq = cursor.strip_prefix('c').and_then(|it| it.parse().ok());
        seq.filter(|it| *it >= 0)
            .ok_or_else(|| bad_argument("after: not a cursor of conversationEvents"))
    }
}

/// Something that people did with a conversation, or that opened it again. Messages have events of their own.
#[Object]
impl ConversationEvent {
    /// Its place in the log: conversationEvents(after:) goes on from here.
    async fn cursor(&self) -> String {
        Self::cursor_of(self.0.seq)
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// What happened.
    async fn kind(&self) -> EventKindEnum {
        self.0.kind.into()
    }

    /// Who did it, by their name then; null: the customer, or the server by itself.
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// The conversation as it is now; null when it was erased.
    async fn conversation(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Conversation>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader
            .load_one(ConversationKey(self.0.conversation_id))
            .await?;
        Ok(found.map(Conversation))
    }
}
