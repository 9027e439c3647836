//! A customer is served by the bot: what their wish needs is looked up, a step is taken, and what it comes to is done, all in the
//! transaction in which their message is stored.

mod alert;
mod demo;
mod look;
pub mod offer;

use chrono::{DateTime, Utc};
use entity::conversation;
use entity::message::{self, ContentKind};
use entity::order::{self, OrderStatus};
use entity::types::Lane;
use entity::{contact, order_item};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use super::{conversations, outbound};
use crate::app::App;
use crate::domain::bot::{self, Choices, Deed, Desk, Place, Reply, Said, Step};
use crate::domain::content::{Content, kind_of_ours};
use crate::domain::texts::{self, Language};
use crate::error::{Error, Fault, Result};
use crate::store;
use crate::store::message_events::NewEvent;

/// A customer and what they wrote.
#[derive(Clone, Copy, Debug)]
pub struct Customer<'a> {
    /// Who.
    pub contact: &'a contact::Model,
    /// Where.
    pub talk: &'a conversation::Model,
    /// Their message, stored already.
    pub message: &'a message::Model,
}

/// What the bot answers, and which other messages it causes.
#[derive(Debug, Default)]
pub struct Served {
    /// The answers, in order, each with the id that its message gets.
    pub replies: Vec<(Uuid, Reply)>,
    /// Messages to the shop's own people, stored and queued.
    pub told: Vec<NewEvent>,
    /// What failed, where the answer is an apology.
    pub fault: Option<String>,
}

/// Opens the shop, before the first customer comes.
///
/// # Errors
/// A fault of the database.
pub async fn open(app: &App) -> Result<()> {
    if app.config.is_sandbox() {
        // The simulator forgets what was registered when it ends.
        store::offers::forget_all(app.db.write()).await?;
    }
    demo::stock(app).await
}

/// Serves a customer. A bot that fails on these words apologises, once: the fault is told to the operator.
///
/// # Errors
/// A fault of the database, after which nothing may be committed.
pub async fn serve(app: &App, tx: &impl ConnectionTrait, customer: Customer<'_>) -> Result<Served> {
    let place = Place::parse(&customer.talk.bot_state);
    let content = Content::read(customer.message.content.as_ref());
    let choice = content.choice.unwrap_or_default();
    let said = Said {
        text: customer.message.body.as_deref().unwrap_or_default(),
        tapped: choice.id.as_deref(),
        is_words: is_words(customer.message.content_kind),
    };
    let wish = match guarded(|| bot::read(&place, said)) {
        Ok(wish) => wish,
        Err(fault) => return Ok(apology(app, customer, fault)),
    };
    let desk = look::up(app, tx, customer, &wish).await?;
    let step = match guarded(|| bot::step(place.clone(), wish, &desk)) {
        Ok(step) => step,
        Err(fault) => return Ok(apology(app, customer, fault)),
    };
    if step.place != place {
        store::contacts::keep_bot_state(tx, customer.talk.id, &step.place.stored()).await?;
    }
    let Step { replies, deeds, .. } = step;
    let replies: Vec<_> = replies.into_iter().map(|it| (app.new_id(), it)).collect();
    let mut served = Served {
        replies,
        ..Served::default()
    };
    for deed in deeds {
        let told = act(app, tx, customer, &desk, (deed, &served.replies)).await?;
        served.told.extend(told);
    }
    Ok(served)
}

fn is_words(kind: ContentKind) -> bool {
    use ContentKind as K;
    matches!(kind, K::Text | K::ButtonReply | K::ListReply)
}

/// Runs a rule so that its panic is a fault like any other.
fn guarded<T>(rule: impl FnOnce() -> T) -> std::result::Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(rule)).map_err(|cause| {
        let words = cause.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| cause.downcast_ref::<&str>().copied());
        format!("the bot panicked: {}", words.unwrap_or("no message"))
    })
}

/// What is said when serving failed; the talk stays where it stands.
pub fn apology(app: &App, customer: Customer<'_>, fault: String) -> Served {
    tracing::error!(message.id = %customer.message.id, error = fault, "the bot failed; the customer gets an apology");
    app.metrics.bot_failures.inc();
    let language = Language::from_tag(&customer.contact.language);
    let reply = Reply {
        text: texts::apology(language),
        ..Reply::default()
    };
    Served {
        replies: vec![(app.new_id(), reply)],
        told: Vec::new(),
        fault: Some(fault),
    }
}

/// The messages of one answer: in words, or with something to tap where the provider knows it already.
///
/// # Errors
/// A fault of the database.
pub async fn rows(
    app: &App,
    tx: &impl ConnectionTrait,
    (id, reply): (Uuid, Reply),
    (parties, language): (&outbound::Parties, Language),
) -> Result<Vec<message::Model>> {
    let blank = || message::Model {
        lane: Lane::Immediate,
        ..outbound::blank(app, parties.clone())
    };
    let offer = offer::find(app, tx, &reply.choices, language).await?;
    let tapped = |id, offer: offer::Offer| message::Model {
        id,
        body: Some(offer.prompt),
        content_kind: ContentKind::Template,
        content_sid: Some(offer.content_sid),
        ..blank()
    };
    let pictures: Vec<String> = reply.picture.into_iter().collect();
    let words = message::Model {
        id,
        content_kind: kind_of_ours(false, !pictures.is_empty()),
        media_urls: json!(pictures),
        body: Some(reply.text),
        ..blank()
    };
    Ok(match (offer, &reply.choices) {
        (Some(offer), Choices::List { .. }) => vec![tapped(id, offer)],
        (Some(offer), _) => vec![words, tapped(app.new_id(), offer)],
        (None, _) => vec![words],
    })
}

/// Does one deed.
async fn act(
    app: &App,
    tx: &impl ConnectionTrait,
    customer: Customer<'_>,
    desk: &Desk,
    (deed, replies): (Deed, &[(Uuid, Reply)]),
) -> Result<Vec<NewEvent>> {
    let (now, whose) = (app.now(), customer.contact.id);
    match deed {
        Deed::Put(product, pieces) => {
            let pieces = i32::try_from(pieces).unwrap_or(i32::MAX);
            // Lines keep their order also where two come in at one moment.
            store::baskets::put(tx, (whose, product), pieces, now).await?;
        }
        Deed::Empty => store::baskets::empty(tx, whose).await?,
        Deed::CallPerson => {
            let silence = app.config.bot_silence;
            conversations::call_person(tx, customer.talk, (now, now + silence)).await?;
        }
        Deed::Speak(language) => {
            store::contacts::speak(tx, whose, language.tag()).await?;
        }
        Deed::Place { number, total } => {
            let order = order::Model {
                id: app.new_id(),
                number,
                contact_id: whose,
                conversation_id: customer.talk.id,
                status: OrderStatus::Pending,
                currency: total.currency.code().to_owned(),
                total_minor: total.minor,
                item_count: i32::try_from(desk.basket.len()).unwrap_or(i32::MAX),
                cancel_reason: None,
                placed_by: Some(customer.message.id),
                version: 1,
                created_at: now,
                updated_at: now,
            };
            let told_by = replies.last().map(|it| it.0).unwrap_or_default();
            sell(tx, desk, now).await?;
            let items = items(app, desk, order.id);
            store::checkout::place(tx, order, items, told_by).await?;
            store::baskets::empty(tx, whose).await?;
            app.metrics.orders.inc();
            return alert::tell(app, tx, customer, (number, total)).await;
        }
    }
    Ok(Vec::new())
}

/// Takes what is ordered off the shelf. The products are held, so there are as many as the desk says.
async fn sell(tx: &impl ConnectionTrait, desk: &Desk, now: DateTime<Utc>) -> Result<()> {
    for line in &desk.basket {
        let pieces = i64::from(line.quantity);
        let sold = store::products::move_stock(tx, line.item.id, -pieces, now).await?;
        if sold.is_none() {
            let words = "a product that was held has fewer pieces than before";
            return Err(Error::Fault(Fault::Other(words.to_owned())));
        }
    }
    Ok(())
}

/// The basket as an order's lines, with names and prices as they are now.
fn items(app: &App, desk: &Desk, order_id: Uuid) -> Vec<order_item::Model> {
    let line = |(index, line): (usize, &bot::Line)| order_item::Model {
        id: app.new_id(),
        order_id,
        position: i32::try_from(index + 1).unwrap_or(i32::MAX),
        product_id: line.item.id,
        sku: line.item.sku.clone(),
        name: line.item.name.clone(),
        quantity: i32::try_from(line.quantity).unwrap_or(i32::MAX),
        unit_price_minor: line.item.price.minor,
    };
    desk.basket.iter().enumerate().map(line).collect()
}
