//! The account, its numbers, its WhatsApp senders and its messaging service.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::DateTime;
use serde_json::{Value, json};

use super::refusals::{self, Refusal};
use super::{Answer, answer, authenticate, authenticate_anywhere, checks, own_url};
use crate::gateway::wire::{Form, rfc2822};
use crate::simulator::{Shared, Simulator};

/// When everything was made.
const BEGINNING: i64 = 1_767_225_600;

/// The account.
pub(super) async fn account(
    State(simulator): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let sid = name.strip_suffix(".json").ok_or(refusals::NO_SUCH)?;
    authenticate(&simulator, sid, &headers)?;
    let at = rfc2822(DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default());
    let uri = format!("/2010-04-01/Accounts/{sid}");
    let body = json!({
        "sid": sid, "friendly_name": "Waybill's simulator", "status": "active", "type": "Full",
        "owner_account_sid": sid, "date_created": at, "date_updated": at, "auth_token": null,
        "uri": format!("{uri}.json"),
        "subresource_uris": {
            "messages": format!("{uri}/Messages.json"),
            "incoming_phone_numbers": format!("{uri}/IncomingPhoneNumbers.json"),
        },
    });
    Ok(answer(StatusCode::OK, &body))
}

/// Its numbers; a WhatsApp sender is none.
pub(super) async fn phone_numbers(
    State(simulator): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let uri =
        format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json?PageSize=50&Page=0");
    let body = json!({
        "incoming_phone_numbers": [], "page": 0, "page_size": 50, "start": 0, "end": 0,
        "uri": uri, "first_page_uri": uri, "next_page_uri": null, "previous_page_uri": null,
    });
    Ok(answer(StatusCode::OK, &body))
}

/// Its WhatsApp senders, with the places where their messages go.
pub(super) async fn senders(
    State(simulator): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let query = Form::decode(query.unwrap_or_default().as_bytes());
    if query.get("Channel") != Some("whatsapp") {
        return Err(Refusal::bad(20422, "Channel must be 'whatsapp'"));
    }
    let one = [simulator.default_sender().to_owned()];
    let settings = &simulator.settings;
    let all = if settings.senders.is_empty() {
        &one[..]
    } else {
        &settings.senders
    };
    let own_url = format!("{}/v2/Channels/Senders", own_url(&headers));
    let senders: Vec<Value> = all
        .iter()
        .enumerate()
        .map(|(number, address)| sender(&simulator, number, address, &own_url))
        .collect();
    let page_url = format!("{own_url}?Channel=whatsapp&PageSize=50&Page=0");
    let body = json!({
        "senders": senders,
        "meta": {
            "page": 0, "page_size": 50, "key": "senders", "url": page_url,
            "first_page_url": page_url, "next_page_url": null, "previous_page_url": null,
        },
    });
    Ok(answer(StatusCode::OK, &body))
}

fn sender(simulator: &Simulator, number: usize, address: &str, own_url: &str) -> Value {
    let settings = &simulator.settings;
    // The first one's id is the one that callbacks name.
    let sid = match number {
        0 => simulator.install_sid(),
        _ => format!("XE{number:032x}"),
    };
    json!({
        "sid": sid, "sender_id": address, "status": "ONLINE",
        "configuration": { "waba_id": "100000000000000" },
        "webhook": {
            "callback_url": settings.webhook_url, "callback_method": "POST",
            "fallback_url": null, "fallback_method": null,
            "status_callback_url": settings.status_url, "status_callback_method": "POST",
        },
        "profile": { "name": "Waybill's simulator" },
        "properties": { "quality_rating": "HIGH", "messaging_limit": "1K Customers/24hr" },
        "offline_reasons": null, "compliance": null, "url": format!("{own_url}/{sid}"),
    })
}

/// A messaging service.
pub(super) async fn service(
    State(simulator): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    authenticate_anywhere(&simulator, &headers)?;
    let settings = &simulator.settings;
    if !checks::is_service(&sid, settings.account.messaging_service_sid.as_deref()) {
        return Err(refusals::NO_SUCH);
    }
    let at = DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default();
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let url = format!("{}/v1/Services/{sid}", own_url(&headers));
    let body = json!({
        "sid": sid, "account_sid": settings.account.account_sid, "friendly_name": "Waybill's simulator",
        "date_created": at, "date_updated": at,
        "inbound_request_url": settings.webhook_url, "inbound_method": "POST",
        "fallback_url": null, "fallback_method": "POST", "status_callback": settings.status_url,
        "sticky_sender": true, "mms_converter": true, "smart_encoding": false,
        "validity_period": 14_400, "use_inbound_webhook_on_number": false, "url": url,
    });
    Ok(answer(StatusCode::OK, &body))
}
