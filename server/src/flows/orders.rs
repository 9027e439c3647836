//! An order goes its way, or is called off: each step once, and the customer is told of each once, in the same transaction.

mod tell;
mod templates;

use entity::order::{Model, OrderStatus};
use entity::types::Kind;
use entity::{message, order_step};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::{Refusal, RefusalCode as Code, Result};
use crate::store;
use crate::store::orders::NewStep;

use tell::Told;
pub use templates::{remove_template, set_template};

/// Longest reason, in characters: the customer reads it.
const REASON_LIMIT: usize = 300;

/// A step that was taken, now or before.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The order as it is now.
    pub order: Model,
    /// The message that tells the customer; `None`: none does, or it is past its retention.
    pub message: Option<message::Model>,
    /// Why none does.
    pub hint: Option<Refusal>,
}

/// Takes an order one step further. An order that is at `to` already stays there, and nobody is told again.
///
/// # Errors
/// `NOT_FOUND`; `ILLEGAL_STEP`; `CONFLICT` when somebody else changes it at this moment; or a fault.
pub async fn advance(app: &App, by: &Actor, id: Uuid, to: Option<OrderStatus>) -> Result<Taken> {
    let tx = store::begin(&app.db).await?;
    let was = found(&tx, id).await?;
    if to == Some(was.status) {
        return taken_before(&tx, was).await;
    }
    let next = next_step(&was, to)?;
    let step = Step {
        next,
        reason: None,
        action: "advanceOrder",
    };
    take(app, by, tx, (was, step)).await
}

/// Calls an order off that has not left, and puts its pieces back into stock. One that is called off stays so.
///
/// # Errors
/// `NOT_FOUND`; `ILLEGAL_STEP`; `TOO_LONG`; `CONFLICT` when somebody else changes it at this moment; or a fault.
pub async fn cancel(app: &App, by: &Actor, id: Uuid, reason: Option<&str>) -> Result<Taken> {
    let reason = reason_of(reason.unwrap_or_default())?;
    let tx = store::begin(&app.db).await?;
    let was = found(&tx, id).await?;
    if was.status == OrderStatus::Canceled {
        return taken_before(&tx, was).await;
    }
    if !was.status.can_become(OrderStatus::Canceled) {
        let words = format!(
            "the order is {}: only what has not left can be called off",
            was.status.as_str()
        );
        return Err(Refusal::field(Code::IllegalStep, "id", words).into());
    }
    let step = Step {
        next: OrderStatus::Canceled,
        reason,
        action: "cancelOrder",
    };
    take(app, by, tx, (was, step)).await
}

/// A step that is to be taken.
struct Step {
    next: OrderStatus,
    reason: Option<String>,
    action: &'static str,
}

async fn take(app: &App, by: &Actor, tx: store::Tx, (was, step): (Model, Step)) -> Result<Taken> {
    let now = app.now();
    let next = step.next;
    let moved = store::orders::advance(&tx, &was, next, step.reason, now).await?;
    let order = moved.ok_or_else(conflict)?;
    if next == OrderStatus::Canceled {
        put_back(app, &tx, &order).await?;
    }
    let Told {
        message,
        events,
        hint,
    } = tell::tell(app, &tx, &order).await?;
    let row = NewStep {
        order_id: order.id,
        status: next,
        actor_name: Some(by.name.clone()),
        message_id: message.as_ref().map(|it| it.id),
        not_told_because: hint.as_ref().map(|it| it.code.as_str().to_owned()),
    };
    store::orders::note_step(&tx, now, row).await?;
    let change = Change::new(step.action).of(public(order.id));
    let change = change
        .from(json!({ "status": was.status.as_str() }))
        .to(json!({ "status": next.as_str() }));
    audit::note(&tx, (app.new_id(), now), by, change).await?;
    store::message_events::append(&tx, now, events).await?;
    tx.commit().await?;
    if message.is_some() {
        app.cluster.log_grew();
        app.cluster.wake();
    }
    Ok(Taken {
        order,
        message,
        hint,
    })
}

/// Puts the pieces of an order back into stock. What is no product any more has none.
async fn put_back(app: &App, tx: &impl ConnectionTrait, order: &Model) -> Result<()> {
    let mut items = store::orders::items_of(tx, [order.id]).await?;
    // Products are held in the order of their ids, so that two transactions never wait for each other.
    items.sort_by_key(|it| it.product_id);
    for item in items {
        let (id, pieces) = (item.product_id, i64::from(item.quantity));
        store::products::move_stock(tx, id, pieces, app.now()).await?;
    }
    Ok(())
}

/// A step that was taken before, as it was then.
async fn taken_before(tx: &impl ConnectionTrait, order: Model) -> Result<Taken> {
    let step = store::orders::step(tx, order.id, order.status).await?;
    let message = match step.as_ref().and_then(|it| it.message_id) {
        Some(id) => store::messages::by_id(tx, id).await?,
        None => None,
    };
    Ok(Taken {
        hint: step.as_ref().and_then(hint_of),
        order,
        message,
    })
}

/// Why nobody was told of a step, as far as it is known later.
fn hint_of(step: &order_step::Model) -> Option<Refusal> {
    let code = Code::parse(step.not_told_because.as_deref()?)?;
    let words = "the customer was not told of this step when it was taken";
    Some(Refusal::whole(code, words))
}

/// The order, held. Its talk is held before it, as by whoever writes there: two transactions never wait for each other.
async fn found(tx: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    let unknown = || Refusal::field(Code::NotFound, "id", "no order has this id");
    let seen = store::orders::by_id(tx, id).await?.ok_or_else(unknown)?;
    store::conversations::hold(tx, seen.conversation_id).await?;
    let found = store::orders::hold(tx, id).await?;
    Ok(found.ok_or_else(unknown)?)
}

fn next_step(order: &Model, to: Option<OrderStatus>) -> Result<OrderStatus> {
    let refused = |field, words: String| Refusal::field(Code::IllegalStep, field, words);
    let status = order.status.as_str();
    let Some(next) = order.status.next() else {
        let words = format!("the order is {status}: there is no step after it");
        return Err(refused("id", words).into());
    };
    match to {
        None => Ok(next),
        Some(to) if to == next => Ok(next),
        Some(OrderStatus::Canceled) => {
            let words = "cancelOrder calls an order off".to_owned();
            Err(refused("to", words).into())
        }
        Some(to) => {
            let (to, next) = (to.as_str(), next.as_str());
            let words = format!("the order is {status}: its next step is {next}, not {to}");
            Err(refused("to", words).into())
        }
    }
}

/// A reason as it is stored: one line; `None`: none was given.
fn reason_of(text: &str) -> Result<Option<String>> {
    let words = text.split(|it: char| it.is_whitespace() || it.is_control());
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    let text = words.join(" ");
    let length = text.chars().count();
    if length > REASON_LIMIT {
        let words = format!("{length} characters: at most {REASON_LIMIT}, the customer reads them");
        return Err(Refusal::field(Code::TooLong, "reason", words).into());
    }
    Ok(Some(text).filter(|it| !it.is_empty()))
}

fn conflict() -> Refusal {
    let words = "it changed at this very moment: look again";
    Refusal::field(Code::Conflict, "id", words)
}

fn public(id: Uuid) -> String {
    Kind::Order.encode(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_short_line() {
        let of = |text: &str| reason_of(text).unwrap();
        assert_eq!(of(" sold\n out\t\0 "), Some("sold out".to_owned()));
        assert_eq!((of(""), of(" \n")), (None, None));
        assert!(reason_of(&"x".repeat(301)).is_err());
    }
}
