//! Noting things about contacts, blocking, merging and erasing them.

use async_graphql::{Context, ID, Object};
use entity::contact;
use entity::types::Kind;
use entity::user::Role;
use uuid::Uuid;

use crate::error::{Refusal, RefusalCode, Result};
use crate::flows::audit::Actor;
use crate::flows::consent;
use crate::flows::contacts::{self, Change};
use crate::graphql::guard::{actor, app, refusable, target};
use crate::graphql::types::contact::{
    Contact, ContactPayload, EraseContactPayload, UpdateContactInput,
};

/// Contacts: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Contacts;

/// Contacts.
#[Object(name = "ContactMutation")]
impl Contacts {
    /// Changes the note, the tags or the language of a contact. What is left out stays as it is.
    async fn update_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed")] input: UpdateContactInput,
    ) -> async_graphql::Result<ContactPayload> {
        let by = actor(ctx, Role::Operator)?;
        let change = Change {
            note: input.note,
            tags: input.tags,
            language: input.language,
        };
        payload(match target(Kind::Contact, &input.id) {
            Ok(id) => contacts::update(app(ctx), &by, id, change).await,
            Err(error) => Err(error),
        })
    }

    /// Blocks a contact: nothing is sent to them any more, and no bot answers them. What they write is kept.
    async fn block_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…")] id: ID,
    ) -> async_graphql::Result<ContactPayload> {
        let by = actor(ctx, Role::Operator)?;
        payload(match target(Kind::Contact, &id) {
            Ok(id) => contacts::block(app(ctx), &by, id, true).await,
            Err(error) => Err(error),
        })
    }

    /// Ends the block of a contact. What was not sent meanwhile can be retried.
    async fn unblock_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…")] id: ID,
    ) -> async_graphql::Result<ContactPayload> {
        let by = actor(ctx, Role::Operator)?;
        payload(match target(Kind::Contact, &id) {
            Ok(id) => contacts::block(app(ctx), &by, id, false).await,
            Err(error) => Err(error),
        })
    }

    /// Notes that a contact wants no messages, as they told a person: nothing but answers to what they write now is sent to them.
    /// Who wants none already stays as they are.
    async fn opt_out_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…")] id: ID,
    ) -> async_graphql::Result<ContactPayload> {
        let by = actor(ctx, Role::Operator)?;
        payload(match target(Kind::Contact, &id) {
            Ok(id) => consent::opt_out(app(ctx), &by, id).await,
            Err(error) => Err(error),
        })
    }

    /// Notes that a contact wants messages again, where an operator had noted the contrary. Refused when they said so
    /// themselves: only they can change that, by writing START.
    async fn opt_in_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…")] id: ID,
    ) -> async_graphql::Result<ContactPayload> {
        let by = actor(ctx, Role::Operator)?;
        payload(match target(Kind::Contact, &id) {
            Ok(id) => consent::opt_in(app(ctx), &by, id).await,
            Err(error) => Err(error),
        })
    }

    /// Makes one contact of two who are one person: everything of `from` becomes part of `into`, and `from` is gone. It can't
    /// be undone.
    async fn merge_contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…, the one that will be gone")] from: ID,
        #[graphql(desc = "con_…, the one that stays")] into: ID,
    ) -> async_graphql::Result<ContactPayload> {
        let by = actor(ctx, Role::Operator)?;
        payload(merge(ctx, &by, &from, &into).await)
    }

    /// Deletes a contact for good, with every message, every address and everything that Twilio posted about them. It can't be
    /// undone. Done again it deletes nothing and says so. For administrators only.
    async fn erase_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "con_…")] id: ID,
    ) -> async_graphql::Result<EraseContactPayload> {
        let by = actor(ctx, Role::Admin)?;
        let erased = match target(Kind::Contact, &id) {
            Ok(id) => contacts::erase(app(ctx), &by, id).await,
            Err(error) => Err(error),
        };
        let (erased, user_errors) = refusable(erased)?;
        Ok(EraseContactPayload {
            erased: erased.map(Into::into),
            user_errors,
        })
    }
}

async fn merge(ctx: &Context<'_>, by: &Actor, from: &ID, into: &ID) -> Result<contact::Model> {
    let named = |field, id: &ID| -> Result<Uuid> {
        let unknown = |error| Refusal::field(RefusalCode::NotFound, field, format!("{error}"));
        Ok(Kind::Contact.parse(id).map_err(unknown)?)
    };
    let (from, into) = (named("from", from)?, named("into", into)?);
    contacts::merge(app(ctx), by, from, into).await
}

fn payload(result: Result<contact::Model>) -> async_graphql::Result<ContactPayload> {
    let (contact, user_errors) = refusable(result)?;
    Ok(ContactPayload {
        contact: contact.map(Contact::from),
        user_errors,
    })
}
