//! People choose which template tells of which step where free text may not be sent.

use entity::order::OrderStatus;
use entity::order_template::Model;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::draft::is_content_sid;
use crate::domain::{contact_card, order_news};
use crate::error::{Error, Refusal, RefusalCode as Code, Result};
use crate::flows::audit::{self, Actor, Change};
use crate::flows::outbound;
use crate::store;

/// Chooses a template for a step and a language, in the place of the one before.
///
/// # Errors
/// Every broken rule: a language or an id that is none, a template that the provider has not or that needs other variables; or
/// a fault.
pub async fn set_template(
    app: &App,
    by: &Actor,
    (status, language): (OrderStatus, &str),
    content_sid: &str,
) -> Result<Model> {
    let mut broken = Vec::new();
    let language = contact_card::language(language).map_err(|it| broken.push(it));
    if let Err(refusal) = check(app, content_sid).await {
        broken.push(refusal);
    }
    let (Ok(language), true) = (language, broken.is_empty()) else {
        return Err(Error::Refused(broken));
    };
    let template = Model {
        status,
        language,
        content_sid: content_sid.to_owned(),
        updated_at: app.now(),
    };
    let tx = store::begin(&app.db).await?;
    let before = store::order_templates::find(&tx, status, &template.language).await?;
    store::order_templates::put(&tx, template.clone()).await?;
    let change = Change::new("setOrderTemplate").to(shown(&template));
    let change = match &before {
        Some(before) => change.from(shown(before)),
        None => change,
    };
    note(app, &tx, by, change).await?;
    tx.commit().await?;
    Ok(template)
}

/// Takes a choice away; whether there was one.
///
/// # Errors
/// A fault of the database.
pub async fn remove_template(
    app: &App,
    by: &Actor,
    (status, language): (OrderStatus, &str),
) -> Result<bool> {
    let tx = store::begin(&app.db).await?;
    let language = language.trim();
    let Some(before) = store::order_templates::find(&tx, status, language).await? else {
        return Ok(false);
    };
    let is_removed = store::order_templates::remove(&tx, status, language).await?;
    let change = Change::new("removeOrderTemplate").from(shown(&before));
    note(app, &tx, by, change).await?;
    tx.commit().await?;
    Ok(is_removed)
}

/// Whether it is a template that an order can fill. A provider that does not tell its templates now is believed in.
async fn check(app: &App, sid: &str) -> std::result::Result<(), Refusal> {
    let refused = |words: &str| Refusal::field(Code::InvalidContent, "contentSid", words);
    if !is_content_sid(sid) {
        return Err(refused("not a template's id: HX and 32 hex digits"));
    }
    let Ok(known) = outbound::templates(app).await else {
        return Ok(());
    };
    let unknown = "Twilio knows no template of this id: copy it from templates";
    let template = known.iter().find(|it| it.sid == sid);
    let template = template.ok_or_else(|| refused(unknown))?;
    match order_news::refusal_of(template) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

async fn note(app: &App, tx: &impl ConnectionTrait, by: &Actor, change: Change) -> Result<()> {
    audit::note(tx, (app.new_id(), app.now()), by, change).await
}

fn shown(it: &Model) -> Value {
    json!({ "status": it.status.as_str(), "language": it.language, "contentSid": it.content_sid })
}
