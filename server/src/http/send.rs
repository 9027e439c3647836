//! Sending without GraphQL: one JSON object in, the message's id and status out.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use entity::types::{Kind, Lane};
use entity::user::Role;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Paced, Problem};
use crate::app::App;
use crate::domain::draft::Request;
use crate::flows::outbound;

/// What a client posts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Body {
    to: String,
    message: Option<String>,
    lane: Option<Lane>,
    idempotency_key: Option<String>,
    media_url: Option<String>,
    content_sid: Option<String>,
    content_variables: Option<Value>,
    send_at: Option<DateTime<Utc>>,
    not_after: Option<DateTime<Utc>>,
    from: Option<String>,
}

/// What it is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    id: String,
    status: &'static str,
    twilio_sid: Option<String>,
    error_code: Option<i32>,
}

/// 202 once the message is stored; 200 in the immediate lane, once Twilio has answered.
pub(super) async fn send(
    State(app): State<App>,
    Paced(viewer): Paced,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    viewer.needs(Role::Operator)?;
    let Json(body) = body.map_err(|rejection| {
        let title = "The body is not the JSON object expected";
        Problem::new(rejection.status(), title, rejection.body_text())
    })?;
    let lane = body.lane.unwrap_or_default();
    let message = outbound::send(&app, &(&viewer).into(), request(body, lane)).await?;
    let status = if lane == Lane::Immediate {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let answer = Answer {
        id: Kind::Message.encode(message.id),
        status: message.status.as_str(),
        twilio_sid: message.twilio_sid,
        error_code: message.error_code,
    };
    Ok((status, Json(answer)))
}

fn request(body: Body, lane: Lane) -> Request {
    Request {
        to: body.to,
        body: body.message,
        media_urls: body.media_url.into_iter().collect(),
        content_sid: body.content_sid,
        content_variables: body.content_variables,
        from: body.from,
        lane,
        send_at: body.send_at,
        not_after: body.not_after,
        idempotency_key: body.idempotency_key,
    }
}
