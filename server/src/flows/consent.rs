//! An operator notes what a person told them outside of the channel: that they want no messages, or want them again. What a
//! person said to us here is theirs alone to change.

use chrono::{DateTime, Utc};
use entity::contact::{Model, OptOutCause};
use entity::types::Kind;
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::error::{Refusal, RefusalCode, Result};
use crate::store::{self, Tx};

/// Notes that a contact wants no messages. Who wants none already stays so, for the cause there was.
///
/// # Errors
/// `NOT_FOUND`; or a fault.
pub async fn opt_out(app: &App, by: &Actor, id: Uuid) -> Result<Model> {
    let tx = store::begin(&app.db).await?;
    let was = held(&tx, id).await?;
    if was.opted_out_at.is_some() {
        return Ok(was);
    }
    let wish = Some((app.now(), OptOutCause::Operator));
    note(app, by, tx, (was, "optOutContact", wish)).await
}

/// Notes that a contact wants messages again. Who may be written to stays so.
///
/// # Errors
/// `NOT_FOUND`; `OPTED_OUT` when it is not an operator who noted that they want none; or a fault.
pub async fn opt_in(app: &App, by: &Actor, id: Uuid) -> Result<Model> {
    let tx = store::begin(&app.db).await?;
    let was = held(&tx, id).await?;
    match was.opt_out_cause {
        None if was.opted_out_at.is_none() => Ok(was),
        Some(OptOutCause::Operator) => note(app, by, tx, (was, "optInContact", None)).await,
        None | Some(OptOutCause::Word | OptOutCause::Provider) => {
            let words = "they said themselves that they want no messages: only they can change that, by writing START";
            Err(Refusal::field(RefusalCode::OptedOut, "id", words).into())
        }
    }
}

async fn held(tx: &Tx, id: Uuid) -> Result<Model> {
    let held = store::contact_book::hold(tx, [id]).await?.remove(&id);
    let unknown = || Refusal::field(RefusalCode::NotFound, "id", "no contact has this id");
    Ok(held.ok_or_else(unknown)?)
}

type Wish = Option<(DateTime<Utc>, OptOutCause)>;

async fn note(
    app: &App,
    by: &Actor,
    tx: Tx,
    (was, action, wish): (Model, &'static str, Wish),
) -> Result<Model> {
    let change = Change::new(action)
        .of(Kind::Contact.encode(was.id))
        .from(told(&was));
    let contact = Model {
        opted_out_at: wish.map(|it| it.0),
        opt_out_cause: wish.map(|it| it.1),
        ..was
    };
    let contact = store::contact_book::put(&tx, contact).await?;
    let change = change.to(told(&contact));
    audit::note(&tx, (app.new_id(), app.now()), by, change).await?;
    tx.commit().await?;
    Ok(contact)
}

fn told(it: &Model) -> Value {
    json!({ "optedOutAt": it.opted_out_at })
}
