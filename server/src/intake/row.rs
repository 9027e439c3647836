//! An event's row, and its form on disk.

use chrono::{DateTime, TimeDelta, Utc};
use entity::webhook_event::{Model, WebhookKind, WebhookSource, WebhookState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::door::Arrived;
use crate::app::App;
use crate::gateway::wire::Form;

/// Before this the event is in the hands of the process that stored it; afterwards any process may take it up.
const HANDS_OFF: TimeDelta = TimeDelta::seconds(5);

/// A new event's row.
pub(super) fn of(app: &App, arrived: Arrived) -> Model {
    let now = app.now();
    Model {
        id: app.new_id(),
        kind: arrived.kind,
        source: arrived.source,
        dedupe_key: arrived.dedupe_key,
        idempotency_token: arrived.idempotency_token,
        // PostgreSQL keeps no NUL in a text; a form may hold one only in its encoded form.
        query: arrived.query.replace('\0', "%00"),
        body: arrived.body.replace('\0', "%00"),
        state: WebhookState::Pending,
        failures: 0,
        error: None,
        next_try_at: now + HANDS_OFF,
        received_at: now,
        processed_at: None,
    }
}

/// A row on disk: only what does not follow from the rest.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Spooled {
    id: Uuid,
    is_status: bool,
    is_recovered: bool,
    token: Option<String>,
    query: String,
    body: String,
    received_at: DateTime<Utc>,
}

impl From<&Model> for Spooled {
    fn from(row: &Model) -> Self {
        Self {
            id: row.id,
            is_status: row.kind == WebhookKind::Status,
            is_recovered: row.source == WebhookSource::Recovered,
            token: row.idempotency_token.clone(),
            query: row.query.clone(),
            body: row.body.clone(),
            received_at: row.received_at,
        }
    }
}

impl Spooled {
    /// The row again.
    pub(super) fn into_row(self, app: &App) -> Model {
        let kind = if self.is_status {
            WebhookKind::Status
        } else {
            WebhookKind::Inbound
        };
        let source = if self.is_recovered {
            WebhookSource::Recovered
        } else {
            WebhookSource::Webhook
        };
        let form = Form::decode(self.body.as_bytes());
        let arrived = Arrived {
            idempotency_token: self.token,
            query: self.query,
            ..Arrived::new(kind, source, self.body, &form)
        };
        Model {
            id: self.id,
            received_at: self.received_at,
            ..of(app, arrived)
        }
    }
}
