//! A person we talk to.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::contact::{self, OptOutCause};
use entity::types::Kind;

use super::conversation::Conversation;
use super::message::MessageConnection;
use super::order::Order;
use super::user_error::UserError;
use crate::domain::{contact_card, window};
use crate::flows::contacts::Erased;
use crate::graphql::guard::{bad_argument, may_search, shown_address, shown_text};
use crate::graphql::loaders::{ConversationsOf, IdentitiesOf, Loader, OrdersOf};
use crate::graphql::page::{Asked, Page, PageInfo, at_most};
use crate::store::contact_book::Filter;
use crate::store::messages::owned::Owner;

/// Longest search text, in bytes.
const SEARCH_LIMIT: usize = 200;

/// How we know that somebody wants no messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "OptOutCause", remote = "OptOutCause")]
enum OptOutCauseEnum {
    /// They wrote a word like STOP.
    Word,
    /// Twilio said so: they opted out there, or blocked this sender.
    Provider,
    /// An operator noted it (optOutContact).
    Operator,
}

/// A person we talk to.
pub(in crate::graphql) struct Contact(pub(in crate::graphql) Arc<contact::Model>);

impl From<contact::Model> for Contact {
    fn from(row: contact::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A person we talk to.
// One field after the other: a task for each costs more than what most of them do.
#[Object(serial)]
impl Contact {
    /// con_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Contact.encode(self.0.id).into()
    }

    /// What they call themselves on the channel; null where unknown.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The address last used, channel included, e.g. whatsapp:+9779800000000. Masked for the role VIEWER: whatsapp:+977•••••00.
    async fn address(&self, ctx: &Context<'_>) -> String {
        shown_address(ctx, &self.0.address)
    }

    /// BCP 47 tag of the language they are written to in.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Until when free text may be sent from the sender they last wrote to: 24 hours after that. Null when they never wrote.
    async fn window_expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_inbound_at.map(window::closes_at)
    }

    /// Since when they want no messages; null: they may be written to.
    async fn opted_out_at(&self) -> Option<DateTime<Utc>> {
        self.0.opted_out_at
    }

    /// How we know of it; null: they may be written to.
    async fn opt_out_cause(&self) -> Option<OptOutCauseEnum> {
        self.0.opt_out_cause.map(Into::into)
    }

    /// Every address of theirs, oldest first, channel included. Masked for the role VIEWER.
    async fn identities(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(IdentitiesOf(self.0.id)).await?;
        let found = found.unwrap_or_default().into_iter();
        Ok(found.map(|it| shown_address(ctx, &it.address)).collect())
    }

    /// Their conversations, one for each of this server's senders, newest activity first.
    #[graphql(complexity = "1 + crate::graphql::page::cost_of_all(10, child_complexity)")]
    async fn conversations(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Conversation>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(ConversationsOf(self.0.id)).await?;
        let found = found.unwrap_or_default().into_iter();
        Ok(found.map(Conversation).collect())
    }

    /// Their newest orders, newest first; orders(filter: { contactId }) has pages of all of them.
    #[graphql(complexity = "5 + crate::graphql::page::cost(Some(first), child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, up to 100", default = 10)] first: i32,
    ) -> async_graphql::Result<Vec<Order>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let first = at_most("first", first)?;
        let key = OrdersOf {
            contact: self.0.id,
            first,
        };
        let found = loader.load_one(key).await?.unwrap_or_default();
        Ok(found.into_iter().map(Order).collect())
    }

    /// Messages from and to them, over all of this server's senders, newest first.
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
        MessageConnection::of(ctx, Owner::Contact, self.0.id, &asked).await
    }

    /// What operators wrote about them; null: nothing.
    async fn note(&self, ctx: &Context<'_>) -> Option<String> {
        shown_text(ctx, self.0.note.as_deref())
    }

    /// Their tags, in their order.
    async fn tags(&self) -> Vec<String> {
        contact_card::read_tags(&self.0.tags)
    }

    /// Since when they are sent nothing and no bot answers them; null: not blocked.
    async fn blocked_at(&self) -> Option<DateTime<Utc>> {
        self.0.blocked_at
    }

    /// When they last wrote to any of this server's senders; null: never.
    async fn last_inbound_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_inbound_at
    }

    /// When we first heard of them.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Which contacts. Everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct ContactFilter {
    /// A part of the name or address, whatever the case; at most 200 bytes.
    search: Option<String>,
    /// Who has this tag.
    tag: Option<String>,
    /// Whether they want no messages.
    opted_out: Option<bool>,
    /// Whether they are blocked.
    blocked: Option<bool>,
}

impl ContactFilter {
    pub(in crate::graphql) fn checked(self, ctx: &Context<'_>) -> async_graphql::Result<Filter> {
        may_search(ctx, self.search.as_deref())?;
        Ok(Filter {
            search: words("filter.search", self.search)?,
            tag: words("filter.tag", self.tag)?,
            opted_out: self.opted_out,
            blocked: self.blocked,
        })
    }
}

/// A text to look for; `None` when there is nothing in it.
pub(super) fn words(name: &str, text: Option<String>) -> async_graphql::Result<Option<String>> {
    let text = text.map(|it| it.trim().replace('\0', ""));
    let text = text.filter(|it| !it.is_empty());
    if text.as_ref().is_some_and(|it| it.len() > SEARCH_LIMIT) {
        return Err(bad_argument(format!(
            "{name}: longer than {SEARCH_LIMIT} bytes"
        )));
    }
    Ok(text)
}

/// A page of contacts, the one first heard of last comes first.
pub(in crate::graphql) struct ContactConnection(pub(in crate::graphql) Page<contact::Model>);

/// A contact in a list.
#[derive(SimpleObject)]
struct ContactEdge {
    /// Its place in the list.
    cursor: String,
    /// The contact.
    node: Contact,
}

/// A page of contacts, the one first heard of last comes first.
#[Object]
impl ContactConnection {
    /// The page's contacts with their cursors.
    async fn edges(&self) -> Vec<ContactEdge> {
        let edge = |it: &contact::Model| ContactEdge {
            cursor: Kind::Contact.encode(it.id),
            node: it.clone().into(),
        };
        self.0.rows.iter().map(edge).collect()
    }

    /// The page's contacts.
    async fn nodes(&self) -> Vec<Contact> {
        self.0.rows.iter().cloned().map(Contact::from).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.0.info
    }
}

/// What is to be changed. What is left out stays as it is.
#[derive(Clone, Debug, InputObject)]
pub(in crate::graphql) struct UpdateContactInput {
    /// con_…
    pub(in crate::graphql) id: ID,
    /// What operators know about them, at most 4,000 characters; empty: nothing.
    pub(in crate::graphql) note: Option<String>,
    /// All of their tags: at most 20 of at most 40 characters each.
    pub(in crate::graphql) tags: Option<Vec<String>>,
    /// BCP 47 tag of the language they are written to in, e.g. en or ne.
    pub(in crate::graphql) language: Option<String>,
}

/// What became of a change of a contact: the contact or errors, never both.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ContactPayload {
    /// The contact as it is now; null when there are errors.
    pub(in crate::graphql) contact: Option<Contact>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// What became of eraseContact.
#[derive(SimpleObject)]
pub(in crate::graphql) struct EraseContactPayload {
    /// What was deleted; all zero when there is no such contact any more. Null when there are errors.
    pub(in crate::graphql) erased: Option<ErasedCounts>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// What was deleted for good.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ErasedCounts {
    /// Contacts: 1, or 0 when there was none of this id.
    contacts: u64,
    /// Messages of both directions.
    messages: u64,
    /// Entries of their timelines.
    events: u64,
    /// Requests to Twilio.
    attempts: u64,
    /// Webhook events that named one of their addresses.
    webhook_events: u64,
    /// Pictures, voices and files on disk.
    files: u64,
    /// Orders of theirs. The pieces of those that had not left are in stock again.
    orders: u64,
}

impl From<Erased> for ErasedCounts {
    fn from(it: Erased) -> Self {
        Self {
            contacts: it.contacts,
            messages: it.messages,
            events: it.events,
            attempts: it.attempts,
            webhook_events: it.webhook_events,
            files: it.files,
            orders: it.orders,
        }
    }
}
