//! The typing indicator: the person sees that their message was read, and that an answer is on its way.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::refusals::{self, Refusal};
use super::{Answer, answer, authenticate_anywhere};
use crate::gateway::wire::Form;
use crate::simulator::Shared;

/// Shows it on the phone that wrote the message.
pub(super) async fn show(
    State(simulator): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let form = Form::decode(&body);
    if form.get("channel") != Some("whatsapp") {
        return Err(Refusal::bad(20422, "channel must be 'whatsapp'"));
    }
    let sid = form
        .get("messageId")
        .ok_or(Refusal::bad(20422, "messageId is required"))?;
    let now = simulator.now();
    let mut world = simulator.world.lock();
    let kept = world.messages.find_mut(sid).filter(|it| it.is_inbound());
    let kept = kept.ok_or(refusals::NO_SUCH)?;
    "read".clone_into(&mut kept.shown.status);
    let phone = kept.phone().to_owned();
    world.people.with(&phone).show_typing(now);
    Ok(answer(StatusCode::OK, &json!({ "success": true })))
}
