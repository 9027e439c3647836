//! The shop's own people hear of a new order.

use std::collections::BTreeSet;

use entity::message::{self, ContentKind};
use entity::types::Address;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::Customer;
use crate::app::App;
use crate::domain::money::Money;
use crate::domain::reach::{self, Kind};
use crate::domain::texts::{self, Language};
use crate::error::Result;
use crate::flows::outbound;
use crate::store;
use crate::store::message_events::NewEvent;

/// Queues a message to each of them, in the same transaction as the order: free text to who wrote to us in the last 24 hours,
/// the template of `SHOP_ALERT_TEMPLATE` to the others. The events are for the caller to append.
pub(super) async fn tell(
    app: &App,
    tx: &impl ConnectionTrait,
    customer: Customer<'_>,
    (number, total): (i64, Money),
) -> Result<Vec<NewEvent>> {
    let people: BTreeSet<&str> = app
        .config
        .shop_alert_to
        .iter()
        .map(Address::as_str)
        .collect();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let (now, from) = (app.now(), customer.talk.sender.as_str());
    let standings = store::standing::of(tx, &people).await?;
    let contacts = store::contacts::find_or_create_all(tx, &people, || app.new_id(), now).await?;
    let pairs = contacts.values().map(|id| (*id, from)).collect();
    let talks = store::contacts::conversations(tx, &pairs, || app.new_id(), now).await?;
    let (language, name) = (Language::default(), customer.contact.name.as_deref());
    let name = name.unwrap_or(&customer.contact.address);
    let mut events = Vec::new();
    for (address, contact_id) in &contacts {
        let talk = talks.iter().find(|it| it.contact_id == *contact_id);
        let Some(conversation_id) = talk.map(|it| it.id) else {
            continue;
        };
        let parties = outbound::Parties {
            conversation_id,
            contact_id: *contact_id,
            from: from.to_owned(),
            to: address.clone(),
        };
        let standing = standings.of(address, from);
        let is_free = |is_template| {
            let kind = Kind {
                is_template,
                send_at: None,
            };
            reach::refusals(kind, standing, now).is_empty()
        };
        let blank = outbound::blank(app, parties);
        let row = if is_free(false) {
            message::Model {
                body: Some(texts::alert(language, number, total, name)),
                ..blank
            }
        } else if let Some(template) = app
            .config
            .shop_alert_template
            .as_ref()
            .filter(|_| is_free(true))
        {
            let total = texts::money(language, total);
            message::Model {
                content_kind: ContentKind::Template,
                content_sid: Some(template.clone()),
                content_variables: Some(json!({
                    "1": number.to_string(), "2": total, "3": texts::plain(name)
                })),
                ..blank
            }
        } else {
            tracing::warn!(
                order.number = number,
                "nobody could be told of a new order at one of SHOP_ALERT_TO: they write to the shop once a day, or set SHOP_ALERT_TEMPLATE"
            );
            continue;
        };
        events.extend(outbound::store_new(app, tx, row).await?.1);
    }
    Ok(events)
}
