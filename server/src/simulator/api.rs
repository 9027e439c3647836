//! The Messages resource: create, fetch, list.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::refusals::{self, Refusal};
use super::world::{Kept, new_sid};
use super::{Shared, Simulator, callbacks};
use crate::gateway::wire::{Form, MessageJson, MessagePage, REQUEST_ID_HEADER, rfc2822};

type Answer = Result<Response, Refusal>;

/// Takes a message and reports its statuses afterwards.
pub(super) async fn create(
    State(simulator): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let form = Form::decode(&body);
    refusals::check(&form)?;
    let now = simulator.clock.now();
    let json = created(&simulator, &account, &form);
    simulator.world.lock().keep(Kept {
        json: json.clone(),
        at: now,
    });
    if let Some(url) = form.get("StatusCallback") {
        callbacks::report(&simulator, &json, url.to_owned());
    }
    tokio::time::sleep(simulator.settings.create_delay).await;
    Ok(answer(StatusCode::CREATED, &json))
}

/// One message.
pub(super) async fn fetch(
    State(simulator): State<Shared>,
    Path((account, message)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let sid = message.strip_suffix(".json").ok_or(refusals::NO_SUCH)?;
    let world = simulator.world.lock();
    let kept = world.find(sid).ok_or(refusals::NO_SUCH)?;
    Ok(answer(StatusCode::OK, &kept.json))
}

/// Messages of a sender or recipient, newest first, in pages.
pub(super) async fn list(
    State(simulator): State<Shared>,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let query = Form::decode(query.unwrap_or_default().as_bytes());
    let number = |key: &str, without: usize| {
        query
            .get(key)
            .map_or(Ok(without), str::parse)
            .map_err(|_| refusals::PAGE_TOO_LARGE)
    };
    let (size, page) = (number("PageSize", 50)?, number("Page", 0)?);
    if size == 0 || size > 1_000 {
        return Err(refusals::PAGE_TOO_LARGE);
    }
    let is_wanted = |it: &MessageJson| {
        query
            .get("To")
            .is_none_or(|to| it.to.as_deref() == Some(to))
            && query
                .get("From")
                .is_none_or(|from| it.from.as_deref() == Some(from))
    };
    let world = simulator.world.lock();
    let mut found = world
        .messages
        .iter()
        .rev()
        .map(|it| &it.json)
        .filter(|it| is_wanted(it))
        .skip(page * size);
    let messages: Vec<MessageJson> = found.by_ref().take(size).cloned().collect();
    let has_more = found.next().is_some();
    Ok(answer(
        StatusCode::OK,
        &page_of(&account, &query, messages, page, size, has_more),
    ))
}

/// Anything else.
pub(super) async fn unknown() -> Refusal {
    refusals::NO_SUCH
}

fn page_of(
    account: &str,
    query: &Form,
    messages: Vec<MessageJson>,
    page: usize,
    size: usize,
    has_more: bool,
) -> MessagePage {
    let uri = |page: usize| {
        let mut query_text = form_urlencoded::Serializer::new(String::new());
        for key in ["To", "From"] {
            if let Some(value) = query.get(key) {
                query_text.append_pair(key, value);
            }
        }
        query_text
            .append_pair("PageSize", &size.to_string())
            .append_pair("Page", &page.to_string());
        if page > 0 {
            query_text.append_pair("PageToken", &format!("PASM{page}"));
        }
        format!(
            "/2010-04-01/Accounts/{account}/Messages.json?{}",
            query_text.finish()
        )
    };
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    MessagePage {
        start: small(page * size),
        end: small((page * size + messages.len()).saturating_sub(1)),
        page: small(page),
        page_size: small(size),
        uri: uri(page),
        first_page_uri: uri(0),
        next_page_uri: has_more.then(|| uri(page + 1)),
        previous_page_uri: page.checked_sub(1).map(uri),
        messages,
    }
}

fn authenticate(simulator: &Simulator, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let own = &simulator.settings.account;
    let pair = format!("{}:{}", own.account_sid, own.auth_token.expose());
    let expected = format!("Basic {}", STANDARD.encode(pair));
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok());
    if given != Some(expected.as_str()) {
        return Err(refusals::BAD_CREDENTIALS);
    }
    if account == own.account_sid {
        Ok(())
    } else {
        Err(refusals::NO_SUCH)
    }
}

fn created(simulator: &Simulator, account: &str, form: &Form) -> MessageJson {
    let has_media = form.get("MediaUrl").is_some();
    let sid = new_sid(if has_media { "MM" } else { "SM" });
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}");
    let now = rfc2822(simulator.clock.now());
    let text = |key| form.get(key).map(str::to_owned);
    let service = text("MessagingServiceSid");
    MessageJson {
        status: Some(
            if service.is_some() {
                "accepted"
            } else {
                "queued"
            }
            .to_owned(),
        ),
        sid: Some(sid),
        account_sid: Some(account.to_owned()),
        api_version: Some("2010-04-01".to_owned()),
        messaging_service_sid: service,
        from: text("From"),
        to: text("To"),
        body: Some(text("Body").unwrap_or_default()),
        direction: Some("outbound-api".to_owned()),
        num_segments: Some("1".to_owned()),
        num_media: Some(form.all("MediaUrl").count().to_string()),
        date_created: Some(now.clone()),
        date_updated: Some(now),
        uri: Some(format!("{uri}.json")),
        subresource_uris: Some(json!({ "media": format!("{uri}/Media.json") })),
        ..MessageJson::default()
    }
}

fn answer(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let request_id = [(HeaderName::from_static(REQUEST_ID_HEADER), new_sid("RQ"))];
    (status, request_id, Json(body)).into_response()
}
