//! One message: fetch it, take it back, blank its text, delete it.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;

use super::refusals;
use super::{Answer, answer, authenticate};
use crate::gateway::wire::{Form, rfc2822};
use crate::simulator::{Shared, delivery};

type Named = Path<(String, String)>;

/// One message.
pub(super) async fn fetch(
    State(simulator): State<Shared>,
    Path((account, message)): Named,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let sid = message.strip_suffix(".json").ok_or(refusals::NO_SUCH)?;
    let world = simulator.world.lock();
    let kept = world.messages.find(sid).ok_or(refusals::NO_SUCH)?;
    Ok(answer(StatusCode::OK, &kept.json))
}

/// Takes a scheduled message back, or blanks a text.
pub(super) async fn update(
    State(simulator): State<Shared>,
    Path((account, message)): Named,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let sid = message.strip_suffix(".json").ok_or(refusals::NO_SUCH)?;
    let form = Form::decode(&body);
    let is_told = |key: &str| form.pairs().iter().any(|it| it.0 == key);
    let now = simulator.now();
    let mut world = simulator.world.lock();
    let kept = world.messages.find_mut(sid).ok_or(refusals::NO_SUCH)?;
    match (form.get("Status"), is_told("Body"), form.get("Body")) {
        (Some("canceled"), false, _) => {
            if kept.status() != "scheduled" {
                return Err(refusals::TOO_LATE_TO_CANCEL);
            }
            kept.advance("canceled", now);
            delivery::tell_canceled(&simulator, sid.to_owned());
        }
        (None, true, None) => {
            kept.json.body = Some(String::new());
            kept.json.date_updated = Some(rfc2822(now));
        }
        _ => return Err(refusals::BAD_UPDATE),
    }
    Ok(answer(StatusCode::OK, &kept.json))
}

/// Deletes a message whose way is over, and what it carries.
pub(super) async fn delete(
    State(simulator): State<Shared>,
    Path((account, message)): Named,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let sid = message.strip_suffix(".json").ok_or(refusals::NO_SUCH)?;
    let mut world = simulator.world.lock();
    let kept = world.messages.find(sid).ok_or(refusals::NO_SUCH)?;
    if !kept.is_final() {
        return Err(refusals::NOT_FINAL);
    }
    world.messages.remove(sid);
    let media: Vec<String> = world
        .media
        .of(sid)
        .iter()
        .map(|it| it.sid.clone())
        .collect();
    for medium in media {
        world.media.remove(sid, &medium);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
