//! What the audit log says of accepted messages: one entry a request, with their number and nothing of their content.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::types::Kind;
use entity::{audit_entry, message};
use serde_json::json;
use uuid::Uuid;

use super::door::Wish;
use crate::app::App;
use crate::flows::audit::{Change, entry};

/// The entries of one transaction's new messages. A request that is split over several has one in each.
pub(super) fn entries(
    app: &App,
    now: DateTime<Utc>,
    wishes: &[&Wish],
    stored: &[message::Model],
) -> Vec<audit_entry::Model> {
    let stored: HashSet<Uuid> = stored.iter().map(|it| it.id).collect();
    let new: Vec<&&Wish> = wishes.iter().filter(|it| stored.contains(&it.id)).collect();
    // The messages of a request stand side by side.
    let requests = new.chunk_by(|a, b| a.asked.id == b.asked.id);
    let entries = requests.filter_map(|wishes| {
        let asked = &wishes.first()?.asked;
        let change = Change::new(asked.action).to(json!({ "count": wishes.len() }));
        let change = match wishes {
            [one] => change.of(Kind::Message.encode(one.id)),
            _ => change,
        };
        Some(entry((app.new_id(), now), &asked.by, change))
    });
    entries.collect()
}
