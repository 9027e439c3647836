//! The Content API: templates, and their approval by the channel.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusals::{self, Refusal};
use super::{Answer, answer, authenticate_anywhere, own_url};
use crate::gateway::wire::Form;
use crate::simulator::world::content::{Approval, Template};
use crate::simulator::{Shared, Simulator};

/// A template as it is asked for.
#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    friendly_name: String,
    language: String,
    #[serde(default)]
    variables: Map<String, Value>,
    types: Map<String, Value>,
}

/// A request for approval.
#[derive(Deserialize)]
struct Request {
    name: String,
    category: String,
}

/// Every template, in pages.
pub(super) async fn list(
    State(simulator): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let query = Form::decode(query.unwrap_or_default().as_bytes());
    let url = format!("{}/v1/Content", own_url(&headers));
    page(&simulator, &query, &url, false)
}

/// Every template with its approval, in pages.
pub(super) async fn list_with_approvals(
    State(simulator): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let query = Form::decode(query.unwrap_or_default().as_bytes());
    let url = format!("{}/v1/ContentAndApprovals", own_url(&headers));
    page(&simulator, &query, &url, true)
}

/// One template.
pub(super) async fn fetch(
    State(simulator): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let world = simulator.world.lock();
    let template = world.templates.find(&sid).ok_or(refusals::NO_SUCH)?;
    Ok(answer(
        StatusCode::OK,
        &item(&simulator, template, &own_url(&headers)),
    ))
}

/// Stores a template.
pub(super) async fn create(
    State(simulator): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let wish: Wish = read(&body)?;
    if wish.language.is_empty() || wish.types.is_empty() {
        return Err(Refusal::bad(
            20422,
            "language and at least one of types are required",
        ));
    }
    if !wish.variables.values().all(Value::is_string) {
        return Err(Refusal::bad(
            92007,
            "The content variables are invalid: text is expected",
        ));
    }
    let parts = (wish.variables, wish.types);
    let template = Template::new(&wish.friendly_name, &wish.language, parts, simulator.now());
    let body = item(&simulator, &template, &own_url(&headers));
    let mut world = simulator.world.lock();
    if world.templates.is_full() {
        return Err(Refusal::bad(20422, "The simulator holds no more templates"));
    }
    world.templates.keep(template);
    Ok(answer(StatusCode::CREATED, &body))
}

/// Deletes a template.
pub(super) async fn delete(
    State(simulator): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    if simulator.world.lock().templates.remove(&sid) {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(refusals::NO_SUCH)
    }
}

/// What became of the request for approval.
pub(super) async fn approval(
    State(simulator): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let world = simulator.world.lock();
    let template = world.templates.find(&sid).ok_or(refusals::NO_SUCH)?;
    let mut whatsapp = approval_of(&simulator, template);
    whatsapp["type"] = "whatsapp".into();
    let url = format!("{}/v1/Content/{sid}/ApprovalRequests", own_url(&headers));
    let account = &simulator.settings.account.account_sid;
    let body = json!({ "sid": sid, "account_sid": account, "whatsapp": whatsapp, "url": url });
    Ok(answer(StatusCode::OK, &body))
}

/// Hands a template in for approval.
pub(super) async fn hand_in(
    State(simulator): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let Request { name, category } = read(&body)?;
    let is_letter = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    if name.is_empty() || !name.bytes().all(is_letter) {
        return Err(Refusal::bad(
            20422,
            "name must be of lower-case letters, digits and _",
        ));
    }
    if !["UTILITY", "MARKETING", "AUTHENTICATION"].contains(&category.as_str()) {
        let words = "category must be UTILITY, MARKETING or AUTHENTICATION";
        return Err(Refusal::bad(20422, words));
    }
    let now = simulator.now();
    let mut world = simulator.world.lock();
    let template = world.templates.find_mut(&sid).ok_or(refusals::NO_SUCH)?;
    template.approval = Some(Approval::handed_in(&name, &category, now));
    Ok(answer(
        StatusCode::CREATED,
        &approval_of(&simulator, template),
    ))
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal {
        words: format!("The JSON of the request is not as expected: {error}").into(),
        ..Refusal::bad(20422, "")
    })
}

fn page(simulator: &Simulator, query: &Form, url: &str, has_approvals: bool) -> Answer {
    let number = |key: &str, without: usize| {
        let given = query.get(key).map_or(Ok(without), str::parse::<usize>);
        given.map_err(|_| refusals::NO_SUCH_PAGE)
    };
    let (size, page) = (number("PageSize", 50)?, number("Page", 0)?);
    if !(1..=1_000).contains(&size) {
        return Err(refusals::PAGE_TOO_LARGE);
    }
    let world = simulator.world.lock();
    let mut found = world.templates.iter().skip(page.saturating_mul(size));
    let base = url.rsplit_once("/v1/").map_or(url, |(base, _)| base);
    let one = |template| {
        let mut item = item(simulator, template, base);
        if has_approvals {
            item["approval_requests"] = approval_of(simulator, template);
        }
        item
    };
    let contents: Vec<Value> = found.by_ref().take(size).map(one).collect();
    let page_url = |page: usize| format!("{url}?PageSize={size}&Page={page}");
    let next = found.next().map(|_| page_url(page + 1));
    let body = json!({
        "contents": contents,
        "meta": {
            "page": page, "page_size": size, "key": "contents", "url": page_url(page),
            "first_page_url": page_url(0), "next_page_url": next,
            "previous_page_url": page.checked_sub(1).map(page_url),
        },
    });
    Ok(answer(StatusCode::OK, &body))
}

fn item(simulator: &Simulator, template: &Template, base: &str) -> Value {
    let url = format!("{base}/v1/Content/{}", template.sid);
    let at = template.made_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({
        "sid": template.sid, "account_sid": simulator.settings.account.account_sid,
        "friendly_name": template.name, "language": template.language,
        "variables": template.variables, "types": template.types, "url": url,
        "date_created": at, "date_updated": at,
        "links": {
            "approval_create": format!("{url}/ApprovalRequests/whatsapp"),
            "approval_fetch": format!("{url}/ApprovalRequests"),
        },
    })
}

fn approval_of(simulator: &Simulator, template: &Template) -> Value {
    let approval = template.approval.as_ref();
    json!({
        "name": approval.map_or("", |it| it.name.as_str()),
        "category": approval.map_or("", |it| it.category.as_str()),
        "content_type": template.shown_type(),
        "status": approval.map_or("unsubmitted", |it| it.status(simulator.now())),
        "rejection_reason": approval.map_or("", |it| it.rejection_reason),
        "allow_category_change": true,
    })
}
