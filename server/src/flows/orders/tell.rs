//! The customer is told of a step of their order: by a message that is queued with the step, or not, for a reason that is kept.

use std::collections::BTreeSet;

use entity::message::{self, ContentKind};
use entity::order::Model;
use entity::types::Lane;
use entity::{contact, conversation};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::domain::money::{Currency, Money};
use crate::domain::order_news::{self, Way};
use crate::domain::texts::{self, Language, OrderNews};
use crate::error::{Error, Fault, Refusal, RefusalCode as Code, Result};
use crate::flows::outbound::{self, Parties};
use crate::store::{self, message_events::NewEvent};

/// What became of it; the events are for the caller to append.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The message, queued.
    pub(super) message: Option<message::Model>,
    /// Its first events.
    pub(super) events: Vec<NewEvent>,
    /// Why there is none.
    pub(super) hint: Option<Refusal>,
}

/// Queues the message that tells of where an order is now, where the customer may get one.
///
/// # Errors
/// A fault.
pub(super) async fn tell(app: &App, tx: &impl ConnectionTrait, order: &Model) -> Result<Told> {
    let contact = store::contact_book::by_id(tx, order.contact_id).await?;
    let talk = store::conversations::by_id(tx, order.conversation_id).await?;
    let (Some(contact), Some(talk)) = (contact, talk) else {
        let words = "there is nobody to tell any more";
        return Ok(silence(Refusal::whole(Code::NotFound, words)));
    };
    if !app.senders().iter().any(|it| it.as_str() == talk.sender) {
        let words = format!(
            "{} is none of this server's senders any more, so the customer was not told",
            talk.sender
        );
        return Ok(silence(Refusal::whole(Code::UnknownSender, words)));
    }
    let (address, sender) = (contact.address.as_str(), talk.sender.as_str());
    let standings = store::standing::of(tx, &BTreeSet::from([address])).await?;
    let chosen = store::order_templates::of(tx, order.status).await?;
    let step = (order.status, contact.language.as_str());
    let content = match order_news::way(standings.of(address, sender), &chosen, step, app.now()) {
        Way::FreeText => free_text(order, &contact)?,
        Way::Template(sid) => template(sid, order, &contact)?,
        Way::Silence(why) => return Ok(silence(Refusal { field: None, ..why })),
    };
    queue(app, tx, (&contact, &talk), content).await
}

/// What a message is made of.
struct Content {
    body: Option<String>,
    template: Option<(String, serde_json::Value)>,
}

fn free_text(order: &Model, contact: &contact::Model) -> Result<Content> {
    let news = OrderNews {
        number: order.number,
        status: order.status,
        total: total(order)?,
        cancel_reason: order.cancel_reason.as_deref(),
    };
    let language = Language::from_tag(&contact.language);
    Ok(Content {
        body: Some(texts::order_notification(language, &news)),
        template: None,
    })
}

fn template(sid: String, order: &Model, contact: &contact::Model) -> Result<Content> {
    let (language, total) = (Language::from_tag(&contact.language), total(order)?);
    let name = contact.name.as_deref();
    let filled =
        order_news::variables(order.number, &texts::money(language, total), name, language);
    Ok(Content {
        body: None,
        template: Some((sid, filled)),
    })
}

async fn queue(
    app: &App,
    tx: &impl ConnectionTrait,
    (contact, talk): (&contact::Model, &conversation::Model),
    content: Content,
) -> Result<Told> {
    // The talk moves to the top of the list, as with every message.
    let now = app.now();
    let talk =
        store::contacts::conversation(tx, app.new_id(), contact.id, &talk.sender, now).await?;
    let parties = Parties {
        conversation_id: talk.id,
        contact_id: contact.id,
        from: talk.sender,
        to: contact.address.clone(),
    };
    let kind = match content.template {
        Some(_) => ContentKind::Template,
        None => ContentKind::Text,
    };
    let (sid, variables) = content.template.unzip();
    let row = message::Model {
        lane: Lane::Normal,
        body: content.body,
        content_kind: kind,
        content_sid: sid,
        content_variables: variables,
        ..outbound::blank(app, parties)
    };
    let (message, events) = outbound::store_new(app, tx, row).await?;
    Ok(Told {
        message,
        events,
        hint: None,
    })
}

fn total(order: &Model) -> Result<Money> {
    let unknown = || Error::Fault(Fault::Other(format!("no currency {:?}", order.currency)));
    let currency = Currency::parse(&order.currency).ok_or_else(unknown)?;
    Ok(Money::new(order.total_minor, currency))
}

fn silence(why: Refusal) -> Told {
    Told {
        hint: Some(why),
        ..Told::default()
    }
}
