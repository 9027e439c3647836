//! Twilio's door: verified before it is read, durable before it is answered, processed after.

mod body;
mod caller;
mod cloud_events;
#[cfg(test)]
mod fuzz;
mod proof;
mod refusal;
mod variants;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::webhook_event::{WebhookKind, WebhookSource};
use entity::webhook_refusal::RefusalReason;
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;

use crate::app::App;
use crate::gateway::wire::{
    EMPTY_TWIML, Form, IDEMPOTENCY_HEADER, SIGNATURE_HEADER, without_credentials,
};
use crate::intake::door::{Arrived, Kept};
use crate::metrics::WebhookLabels;
use body::Content;
use caller::Caller;
pub(super) use caller::client_of;
use refusal::Refusal;

/// What a verified request brings.
enum Brought {
    /// A message, or a status of one.
    Event(Arrived),
    /// Statuses out of an event stream, which is repeated until it is taken.
    Stream(Vec<Arrived>),
    /// Nothing that is kept.
    Nothing,
}

/// A signed question or message in the query; the others are people, and Twilio's console.
pub(super) async fn get(State(app): State<App>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let form = Form::decode(query.as_bytes());
    let is_signed = request.headers().contains_key(SIGNATURE_HEADER);
    let has = |key| form.pairs().iter().any(|it| it.0 == key);
    if request.method() != Method::GET || !(is_signed || has("MessageSid")) {
        return "Waybill's webhook is here. Twilio posts to it; set this address in Twilio's console.\n"
            .into_response();
    }
    if has("probe") {
        return probe(&app, &request.into_parts().0);
    }
    take(&app, request, WebhookKind::Inbound).await
}

/// An inbound message; a status that arrives here is taken too.
pub(super) async fn inbound(State(app): State<App>, request: Request) -> Response {
    take(&app, request, WebhookKind::Inbound).await
}

/// A status of one of our messages.
pub(super) async fn status(State(app): State<App>, request: Request) -> Response {
    take(&app, request, WebhookKind::Status).await
}

/// Says whether a signed request came through as it was signed. Keeps nothing.
fn probe(app: &App, parts: &Parts) -> Response {
    let caller = Caller::of(app, parts);
    if let Err(refusal) = caller.is_let_in(app) {
        refusal.note(app, parts, &caller);
        return refusal.into_response();
    }
    let is_valid = proof::is_right(app, parts, &caller, &[]).unwrap_or(false);
    let signature = if is_valid { "valid" } else { "invalid" };
    let expected = proof::expected_url(app, parts);
    Json(json!({ "signature": signature, "expectedUrl": without_credentials(&expected) }))
        .into_response()
}

async fn take(app: &App, request: Request, route: WebhookKind) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let caller = Caller::of(app, &parts);
    let (kind, result, answer) = match check(app, &parts, &caller, body, route).await {
        Ok(Brought::Event(arrived)) => {
            let kind = arrived.kind;
            // Whatever becomes of it, the provider is answered 200: it would not ask again later.
            let kept = app.intake.keep(arrived).await;
            (kind, word(kept), no_reply())
        }
        Ok(Brought::Stream(arrived)) => {
            let kept = join_all(arrived.into_iter().map(|it| app.intake.keep(it))).await;
            let (kept, status) = worst(&kept);
            (WebhookKind::Status, kept, status.into_response())
        }
        Ok(Brought::Nothing) => (route, "ignored", no_reply()),
        Err(refusal) => {
            refusal.note(app, &parts, &caller);
            (route, "refused", refusal.into_response())
        }
    };
    let kind = match kind {
        WebhookKind::Inbound => "inbound",
        WebhookKind::Status => "status",
    };
    let labels = WebhookLabels { kind, result };
    app.metrics.webhooks.get_or_create(&labels).inc();
    let seconds = started.elapsed().as_secs_f64();
    app.metrics.webhook_seconds.observe(seconds);
    answer
}

fn no_reply() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/xml; charset=utf-8")];
    (kind, EMPTY_TWIML).into_response()
}

fn word(kept: Kept) -> &'static str {
    match kept {
        Kept::New => "new",
        Kept::Duplicate => "duplicate",
        Kept::Spooled => "spooled",
        Kept::Lost => "lost",
    }
}

/// What to say of several events at once. The stream of which one was lost is asked for again.
fn worst(kept: &[Kept]) -> (&'static str, StatusCode) {
    let worst = [Kept::Lost, Kept::Spooled, Kept::New]
        .into_iter()
        .find(|it| kept.contains(it))
        .unwrap_or(Kept::Duplicate);
    let status = match worst {
        Kept::Lost => StatusCode::SERVICE_UNAVAILABLE,
        Kept::New | Kept::Duplicate | Kept::Spooled => StatusCode::OK,
    };
    (word(worst), status)
}

/// What a request brings whose sender is proven.
async fn check(
    app: &App,
    parts: &Parts,
    caller: &Caller,
    body: Body,
    route: WebhookKind,
) -> Result<Brought, Refusal> {
    caller.is_let_in(app)?;
    if !parts.headers.contains_key(SIGNATURE_HEADER) {
        return Err(Refusal::new(RefusalReason::Unsigned, refusal::UNSIGNED));
    }
    if parts.method == Method::GET {
        return of_query(app, parts, caller, route);
    }
    match body::read(&parts.headers, body).await? {
        Content::Form(body) => {
            let form = body::form(&body)?;
            proof::check(app, parts, caller, form.pairs())?;
            refuse_other_accounts(app, &form)?;
            let body = String::from_utf8_lossy(&body).into_owned();
            Ok(Brought::Event(event(parts, route, body, &form)))
        }
        Content::Json(body) => {
            proof::check(app, parts, caller, &[])?;
            proof::check_digest(parts.uri.query().unwrap_or_default(), &body)?;
            let arrived = cloud_events::read(&body, &app.account.account_sid)?;
            if arrived.is_empty() {
                return Ok(Brought::Nothing);
            }
            Ok(Brought::Stream(arrived))
        }
    }
}

/// A request without a body: what it brings stands in its URL, which is signed as it is.
fn of_query(
    app: &App,
    parts: &Parts,
    caller: &Caller,
    route: WebhookKind,
) -> Result<Brought, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    let form = body::form(query.as_bytes())?;
    proof::check(app, parts, caller, &[])?;
    refuse_other_accounts(app, &form)?;
    if form.get("MessageSid").is_none() {
        return Ok(Brought::Nothing);
    }
    Ok(Brought::Event(event(parts, route, query.to_owned(), &form)))
}

/// What the form says of its kind counts more than the route.
fn event(parts: &Parts, route: WebhookKind, body: String, form: &Form) -> Arrived {
    let is_status =
        form.get("MessageStatus").is_some() && form.get("SmsStatus") != Some("received");
    let kind = if is_status {
        WebhookKind::Status
    } else {
        route
    };
    let token = parts.headers.get(IDEMPOTENCY_HEADER);
    Arrived {
        idempotency_token: token.and_then(|it| it.to_str().ok()).map(str::to_owned),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        ..Arrived::new(kind, WebhookSource::Webhook, body, form)
    }
}

fn refuse_other_accounts(app: &App, form: &Form) -> Result<(), Refusal> {
    let own = app.account.account_sid.as_str();
    let is_other = |it: &&str| !it.is_empty() && *it != own;
    match form.all("AccountSid").find(is_other) {
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            RefusalReason::OtherAccount,
            refusal::OTHER_ACCOUNT,
        )),
    }
}
