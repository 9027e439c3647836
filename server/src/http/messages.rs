//! Messages without GraphQL: one by its id, and all of a search as a file, streamed in batches.

use std::io;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::message::{ContentKind, Direction, Model};
use entity::types::{Kind, Lane};
use entity::user::Role;
use futures_util::stream;
use serde::Serialize;
use serde_json::Value;

use super::{Paced, Problem};
use crate::app::App;
use crate::auth::guests::{self, Guest};
use crate::domain::{csv, mask};
use crate::error::{self, Error, Refusal, RefusalCode};
use crate::flows::listing::{self, Walk};
use crate::store;
use crate::store::messages::Filter;

/// A message as JSON: the same alone and in a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    id: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    direction: Direction,
    status: &'static str,
    lane: Lane,
    from: String,
    to: String,
    contact_id: String,
    conversation_id: String,
    content_kind: ContentKind,
    body: Option<String>,
    media_urls: Value,
    content_sid: Option<String>,
    twilio_sid: Option<String>,
    error_code: Option<i32>,
    attempt_count: i32,
}

/// The columns of the table, in the order of [`Message::cells`].
const COLUMNS: [&str; 17] = [
    "id",
    "createdAt",
    "updatedAt",
    "direction",
    "status",
    "lane",
    "from",
    "to",
    "contactId",
    "conversationId",
    "contentKind",
    "body",
    "mediaUrls",
    "contentSid",
    "twilioSid",
    "errorCode",
    "attemptCount",
];
/// By this mark spreadsheets know UTF-8.
const BOM: &str = "\u{feff}";

/// One message.
pub(super) async fn one(
    State(app): State<App>,
    Paced(viewer): Paced,
    Path(id): Path<String>,
) -> Result<Json<Message>, Problem> {
    viewer.needs(Role::Viewer)?;
    let id = Kind::Message
        .parse(&id)
        .map_err(|_| Error::NotFound("message"))?;
    let found = store::messages::by_id(app.db.read(), id).await;
    let found = found.map_err(Error::from)?;
    let mut message = Message::from(found.ok_or(Error::NotFound("message"))?);
    if viewer.role < Role::Operator {
        for address in [&mut message.from, &mut message.to] {
            if !app.senders().iter().any(|it| it.as_str() == address) {
                *address = mask::address(address);
            }
        }
    }
    Ok(Json(message))
}

type Parameters = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Every message of a search as a table.
pub(super) async fn table(
    State(app): State<App>,
    Paced(viewer): Paced,
    parameters: Parameters,
) -> Result<Response, Problem> {
    // It holds whole numbers.
    viewer.needs(Role::Operator)?;
    let walk = Walk::export(&app, &(&viewer).into(), filter(parameters)?, "csv").await?;
    let mut begin = BOM.to_owned();
    csv::push_row(&mut begin, COLUMNS);
    let name = Walk::file_name(app.now(), "csv");
    let export = Export {
        walk,
        inside: guests::enter(&app, &viewer),
        push: row,
    };
    Ok(file(export, begin, ("text/csv; charset=utf-8", &name)))
}

/// Every message of a search, one JSON object a line.
pub(super) async fn lines(
    State(app): State<App>,
    Paced(viewer): Paced,
    parameters: Parameters,
) -> Result<Response, Problem> {
    // It holds whole numbers.
    viewer.needs(Role::Operator)?;
    let walk = Walk::export(&app, &(&viewer).into(), filter(parameters)?, "ndjson").await?;
    let name = Walk::file_name(app.now(), "ndjson");
    let export = Export {
        walk,
        inside: guests::enter(&app, &viewer),
        push: line,
    };
    Ok(file(export, String::new(), ("application/x-ndjson", &name)))
}

/// The keys of a search are the parameters; `search` is a whole one.
fn filter(parameters: Parameters) -> Result<Filter, Problem> {
    let refused = |words: String| Refusal::field(RefusalCode::InvalidContent, "query", words);
    let Query(pairs) = parameters.map_err(|it| Error::from(refused(it.body_text())))?;
    let mut base = Filter::default();
    let mut text = String::new();
    for (key, value) in pairs {
        let id = |kind: Kind| {
            let parsed = kind.parse(&value);
            parsed.map_err(|error| Error::from(refused(format!("{key}: {error}"))))
        };
        match key.as_str() {
            "search" => text = format!("{value} {text}"),
            "contactId" => base.contact_id = Some(id(Kind::Contact)?),
            "conversationId" => base.conversation_id = Some(id(Kind::Conversation)?),
            _ => {
                let quoted = value.replace('"', "\"\"");
                text = format!("{text}{key}:\"{quoted}\" ");
            }
        }
    }
    let text = text.replace('\0', "");
    Ok(listing::searched(base, &text).map_err(Error::from)?)
}

/// A file in the making, for who has a right to it all the while.
struct Export {
    walk: Walk,
    inside: Guest,
    push: fn(&mut String, Model),
}

impl Export {
    /// The next messages; `None` after the last ones.
    async fn batch(&mut self) -> error::Result<Option<Vec<Model>>> {
        tokio::select! {
            biased;
            () = self.inside.until_shown_out() => Err(Error::Unauthenticated),
            batch = self.walk.next() => batch,
        }
    }
}

/// An answer that is made while it is read. A fault breaks it off, as the end of the reader's right does, so that nobody takes a
/// part for the whole.
fn file(export: Export, begin: String, (kind, name): (&'static str, &str)) -> Response {
    let state = Some((export, begin));
    let parts = stream::unfold(state, move |state| async move {
        let (mut export, mut text) = state?;
        match export.batch().await {
            Ok(Some(batch)) => {
                for message in batch {
                    (export.push)(&mut text, message);
                }
                Some((Ok(Bytes::from(text)), Some((export, String::new()))))
            }
            Ok(None) if text.is_empty() => None,
            Ok(None) => Some((Ok(Bytes::from(text)), None)),
            Err(error) => Some((Err(broken_off(&error)), None)),
        }
    });
    let mut answer = Body::from_stream(parts).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let way = format!("attachment; filename=\"{name}\"");
    let way = HeaderValue::from_str(&way).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, way);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn broken_off(error: &Error) -> io::Error {
    if matches!(error, Error::Unauthenticated) {
        tracing::info!("an export was ended with the right to it");
    } else {
        let error = error::words(error);
        tracing::error!(error, "an export broke off");
    }
    io::Error::other("the export broke off")
}

fn row(out: &mut String, message: Model) {
    let message = Message::from(message);
    let cells = message.cells();
    csv::push_row(out, cells.iter().map(String::as_str));
}

fn line(out: &mut String, message: Model) {
    let json = serde_json::to_string(&Message::from(message));
    out.push_str(&json.expect("a message is JSON"));
    out.push('\n');
}

impl Message {
    fn cells(self) -> [String; 17] {
        let time = |it: DateTime<Utc>| it.to_rfc3339_opts(SecondsFormat::Millis, true);
        let named = |it: Value| it.as_str().unwrap_or_default().to_owned();
        let urls = self.media_urls.as_array().into_iter().flatten();
        let urls: Vec<&str> = urls.filter_map(Value::as_str).collect();
        [
            self.id,
            time(self.created_at),
            time(self.updated_at),
            named(serde_json::json!(self.direction)),
            self.status.to_owned(),
            self.lane.as_str().to_uppercase(),
            self.from,
            self.to,
            self.contact_id,
            self.conversation_id,
            named(serde_json::json!(self.content_kind)),
            self.body.unwrap_or_default(),
            urls.join(" "),
            self.content_sid.unwrap_or_default(),
            self.twilio_sid.unwrap_or_default(),
            self.error_code.map(|it| it.to_string()).unwrap_or_default(),
            self.attempt_count.to_string(),
        ]
    }
}

impl From<Model> for Message {
    fn from(it: Model) -> Self {
        Self {
            id: Kind::Message.encode(it.id),
            created_at: it.created_at,
            updated_at: it.updated_at,
            direction: it.direction,
            status: it.status.as_str(),
            lane: it.lane,
            from: it.from_address,
            to: it.to_address,
            contact_id: Kind::Contact.encode(it.contact_id),
            conversation_id: Kind::Conversation.encode(it.conversation_id),
            content_kind: it.content_kind,
            body: it.body,
            media_urls: it.media_urls,
            content_sid: it.content_sid,
            twilio_sid: it.twilio_sid,
            error_code: it.error_code,
            attempt_count: it.attempt_count,
        }
    }
}
