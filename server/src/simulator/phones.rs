//! Virtual phones: what is on them, and what their owners write to the business.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::world::{Inner, Kept, new_sid};
use super::{Shared, Simulator, callbacks};
use crate::gateway::simulator::{Phone, PhoneMessage, Writing};
use crate::gateway::wire::{MessageJson, rfc2822};

/// Every phone that wrote or was written to.
pub(super) async fn all(State(simulator): State<Shared>) -> Json<Vec<Phone>> {
    let world = simulator.world.lock();
    let mut addresses: Vec<&str> = world.phones.keys().map(String::as_str).collect();
    addresses.extend(
        world
            .messages
            .iter()
            .filter(|it| !is_inbound(it))
            .filter_map(|it| it.json.to.as_deref()),
    );
    addresses.sort_unstable();
    addresses.dedup();
    Json(
        addresses
            .into_iter()
            .map(|address| phone(&world, address))
            .collect(),
    )
}

/// A person writes to the business: the message goes to the webhook as Twilio's would.
pub(super) async fn write(
    State(simulator): State<Shared>,
    Json(writing): Json<Writing>,
) -> Response {
    let now = simulator.clock.now();
    let sid = new_sid("SM");
    let kept = Kept {
        json: json_of(&simulator, &writing, &sid),
        at: now,
    };
    {
        let mut world = simulator.world.lock();
        world
            .phones
            .insert(writing.from.clone(), writing.name.clone());
        world.keep(kept);
    }
    let form = form(&simulator, &writing, &sid);
    let was_taken = callbacks::post(&simulator, &simulator.settings.webhook_url, &form).await;
    // Two ticks for the person: the business has it.
    let status = if was_taken { "read" } else { "failed" };
    simulator
        .world
        .lock()
        .set_status(&sid, status, simulator.clock.now());
    let message = PhoneMessage {
        sid,
        from_phone: true,
        body: writing.body,
        status: status.to_owned(),
        at: now,
    };
    (StatusCode::CREATED, Json(message)).into_response()
}

fn phone(world: &Inner, address: &str) -> Phone {
    let on_it = world.messages.iter().filter(|it| {
        let other = if is_inbound(it) {
            &it.json.from
        } else {
            &it.json.to
        };
        other.as_deref() == Some(address)
    });
    Phone {
        address: address.to_owned(),
        name: world.phones.get(address).cloned().unwrap_or_default(),
        messages: on_it.map(on_phone).collect(),
    }
}

fn on_phone(kept: &Kept) -> PhoneMessage {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    PhoneMessage {
        sid: text(&kept.json.sid),
        from_phone: is_inbound(kept),
        body: text(&kept.json.body),
        status: text(&kept.json.status),
        at: kept.at,
    }
}

fn is_inbound(kept: &Kept) -> bool {
    kept.json.direction.as_deref() == Some("inbound")
}

fn json_of(simulator: &Simulator, writing: &Writing, sid: &str) -> MessageJson {
    let now = rfc2822(simulator.clock.now());
    MessageJson {
        sid: Some(sid.to_owned()),
        account_sid: Some(simulator.settings.account.account_sid.clone()),
        api_version: Some("2010-04-01".to_owned()),
        from: Some(writing.from.clone()),
        to: Some(writing.to.clone()),
        body: Some(writing.body.clone()),
        status: Some("received".to_owned()),
        direction: Some("inbound".to_owned()),
        num_segments: Some("1".to_owned()),
        num_media: Some("0".to_owned()),
        date_created: Some(now.clone()),
        date_updated: Some(now.clone()),
        date_sent: Some(now),
        ..MessageJson::default()
    }
}

/// The 17 fields of a typical text message.
fn form(simulator: &Simulator, writing: &Writing, sid: &str) -> Vec<(String, String)> {
    let wa_id = writing
        .from
        .trim_start_matches("whatsapp:")
        .trim_start_matches('+')
        .to_owned();
    let context = json!({ "ProfileName": writing.name, "WaId": wa_id });
    let metadata = json!({ "type": "whatsapp", "data": { "context": context } });
    let pairs = [
        ("SmsMessageSid", sid.to_owned()),
        ("NumMedia", "0".to_owned()),
        ("ProfileName", writing.name.clone()),
        ("MessageType", "text".to_owned()),
        ("SmsSid", sid.to_owned()),
        ("WaId", wa_id.clone()),
        ("SmsStatus", "received".to_owned()),
        ("Body", writing.body.clone()),
        ("To", writing.to.clone()),
        ("NumSegments", "1".to_owned()),
        ("ReferralNumMedia", "0".to_owned()),
        ("MessageSid", sid.to_owned()),
        ("AccountSid", simulator.settings.account.account_sid.clone()),
        ("ChannelMetadata", metadata.to_string()),
        ("From", writing.from.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("ExternalUserId", format!("whatsapp:XX.{wa_id}")),
    ];
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
