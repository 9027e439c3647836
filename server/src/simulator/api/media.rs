//! What messages carry: lists, and bytes behind a redirect to a signed address that needs no credentials.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use serde_json::{Value, json};

use super::refusals;
use super::{Answer, answer, authenticate, own_url};
use crate::gateway::signature;
use crate::gateway::wire::{Form, rfc2822};
use crate::simulator::world::media::Medium;
use crate::simulator::{Shared, Simulator};

/// A signed address is good for so long.
const LIFE_SECONDS: i64 = 4 * 3_600;

/// Everything that a message carries.
pub(super) async fn list(
    State(simulator): State<Shared>,
    Path((account, message)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let world = simulator.world.lock();
    world.messages.find(&message).ok_or(refusals::NO_SUCH)?;
    let media: Vec<Value> = world
        .media
        .of(&message)
        .into_iter()
        .map(|it| described(&simulator, it))
        .collect();
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{message}/Media.json");
    let page = json!({
        "end": media.len().saturating_sub(1), "first_page_uri": format!("{uri}?PageSize=50&Page=0"),
        "media_list": media, "next_page_uri": null, "page": 0, "page_size": 50,
        "previous_page_uri": null, "start": 0, "uri": format!("{uri}?PageSize=50&Page=0"),
    });
    Ok(answer(StatusCode::OK, &page))
}

/// What one thing is (`ME….json`), or the way to its bytes (`ME…`).
pub(super) async fn fetch(
    State(simulator): State<Shared>,
    Path((account, message, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let world = simulator.world.lock();
    let asked_about = name.strip_suffix(".json");
    let sid = asked_about.unwrap_or(&name);
    let medium = world.media.find(&message, sid).ok_or(refusals::NO_SUCH)?;
    if asked_about.is_some() {
        return Ok(answer(StatusCode::OK, &described(&simulator, medium)));
    }
    let expires = simulator.now().timestamp() + LIFE_SECONDS;
    let path = format!("/media/{message}/{sid}?Expires={expires}");
    let signed: String =
        form_urlencoded::byte_serialize(sign(&simulator, &path).as_bytes()).collect();
    let url = format!("{}{path}&Signature={signed}", own_url(&headers));
    Ok(Redirect::temporary(&url).into_response())
}

/// The bytes, for whoever has the signed address.
pub(super) async fn bytes(
    State(simulator): State<Shared>,
    Path((message, sid)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::decode(query.unwrap_or_default().as_bytes());
    let expires = query.get("Expires").unwrap_or_default();
    let path = format!("/media/{message}/{sid}?Expires={expires}");
    let is_signed = query.get("Signature") == Some(sign(&simulator, &path).as_str());
    let is_late = expires
        .parse()
        .map_or(true, |at: i64| at < simulator.now().timestamp());
    if !is_signed || is_late {
        return Ok((StatusCode::FORBIDDEN, "AccessDenied").into_response());
    }
    let world = simulator.world.lock();
    let medium = world.media.find(&message, &sid).ok_or(refusals::NO_SUCH)?;
    let mut answer = medium.bytes.to_vec().into_response();
    let text = |it: &str| HeaderValue::from_str(it).ok();
    let headers = [
        (header::CONTENT_TYPE, text(&medium.content_type)),
        (header::CONTENT_DISPOSITION, disposition(medium)),
        (
            HeaderName::from_static("x-content-type-options"),
            text("nosniff"),
        ),
    ];
    for (name, value) in headers {
        if let Some(value) = value {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

/// Deletes one thing.
pub(super) async fn delete(
    State(simulator): State<Shared>,
    Path((account, message, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let sid = name.strip_suffix(".json").ok_or(refusals::NO_SUCH)?;
    if simulator.world.lock().media.remove(&message, sid) {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(refusals::NO_SUCH)
    }
}

fn described(simulator: &Simulator, medium: &Medium) -> Value {
    let account = &simulator.settings.account.account_sid;
    let Medium {
        sid,
        parent,
        content_type,
        ..
    } = medium;
    json!({
        "sid": sid, "account_sid": account, "parent_sid": parent, "content_type": content_type,
        "date_created": rfc2822(medium.at), "date_updated": rfc2822(medium.at),
        "uri": format!("/2010-04-01/Accounts/{account}/Messages/{parent}/Media/{sid}.json"),
    })
}

fn sign(simulator: &Simulator, path: &str) -> String {
    signature::sign(simulator.settings.account.auth_token.expose(), path, &[])
}

fn disposition(medium: &Medium) -> Option<HeaderValue> {
    let name = medium.filename.as_deref()?;
    let safe: String = name
        .chars()
        .filter(|it| it.is_ascii_graphic() && !matches!(it, '"' | '\\' | '/') || *it == ' ')
        .collect();
    HeaderValue::from_str(&format!("inline; filename=\"{safe}\"")).ok()
}
