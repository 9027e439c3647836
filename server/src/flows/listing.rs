//! Which messages a person asks for: a filter of fields, and a search in words on top. And all of them, batch by batch.

use chrono::{DateTime, Utc};
use entity::message::Model;
use serde_json::json;

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::domain::search;
use crate::error::{Refusal, RefusalCode, Result as Flow};
use crate::store;
use crate::store::messages::{Filter, Side};

/// Messages read at one time.
const BATCH: u64 = 500;

/// The filter with what is asked for in words on top.
///
/// # Errors
/// What of the search is not understood and where it stands; what is asked for twice.
pub fn searched(mut filter: Filter, text: &str) -> Result<Filter, Refusal> {
    let refused = |words| Refusal::field(RefusalCode::InvalidContent, "filter", words);
    let search = search::parse(text)
        .map_err(|it| refused(format!("search: at character {}: {}", it.at, it.words)).at(it.at))?;
    for (is_twice, field, key) in [
        (
            !filter.statuses.is_empty() && !search.statuses.is_empty(),
            "status",
            "status",
        ),
        (
            filter.direction.is_some() && search.direction.is_some(),
            "direction",
            "direction",
        ),
        (
            filter.lane.is_some() && search.lane.is_some(),
            "lane",
            "lane",
        ),
        (
            !filter.error_codes.is_empty() && !search.codes.is_empty(),
            "errorCode",
            "code",
        ),
    ] {
        if is_twice {
            let words = format!("search: {key}: is given, and filter.{field} too: leave one out");
            return Err(refused(words));
        }
    }
    filter.statuses.extend(search.statuses);
    filter.direction = filter.direction.or(search.direction);
    filter.lane = filter.lane.or(search.lane);
    filter.error_codes.extend(search.codes);
    filter.content_kinds = search.kinds;
    filter.from = search.from;
    filter.to = search.to;
    filter.created_from = filter.created_from.max(search.after);
    // None is before everything, so the earlier of two is looked for by hand.
    filter.created_to = match (filter.created_to, search.before) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    filter.words = search.words;
    Ok(filter)
}

/// Every message of a filter, newest first, read as somebody takes them: memory holds one batch, whatever the number. What
/// comes after the first batch is not of it.
#[derive(Debug)]
pub struct Walk {
    app: App,
    filter: Filter,
    side: Option<Side>,
}

impl Walk {
    /// A walk that begins at the newest message.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn begin(app: &App, filter: Filter) -> Flow<Self> {
        let filter = store::search::narrow(app.db.read(), filter).await?;
        Ok(Self {
            app: app.clone(),
            filter,
            side: Some(Side::Older(None)),
        })
    }

    /// The same for a file that leaves with whole numbers and texts: who took it is in the audit log before its first row.
    ///
    /// # Errors
    /// A fault of the database; then nothing leaves.
    pub async fn export(app: &App, by: &Actor, filter: Filter, format: &str) -> Flow<Self> {
        let change = Change::new("exportMessages").to(json!({ "format": format }));
        audit::record(app, by, change).await?;
        Self::begin(app, filter).await
    }

    /// The next batch; `None` after the last one.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn next(&mut self) -> Flow<Option<Vec<Model>>> {
        let Some(side) = self.side else {
            return Ok(None);
        };
        let db = self.app.db.read();
        let rows = store::messages::page(db, &self.filter, side, BATCH).await?;
        let is_last = (rows.len() as u64) < BATCH;
        let last = rows.last().map(|it| it.id);
        self.side = last.filter(|_| !is_last).map(|id| Side::Older(Some(id)));
        Ok(last.is_some().then_some(rows))
    }

    /// A file's name that tells when it was made.
    pub fn file_name(now: DateTime<Utc>, ending: &str) -> String {
        format!("messages-{}.{ending}", now.format("%Y%m%dT%H%M%SZ"))
    }
}
