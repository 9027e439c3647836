//! The world's controls over HTTP: read, change, reset. A wrong change is refused with words that name the fault.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Shared;
use super::world::controls::Controls;

/// Why a control was refused, in words for a person.
#[derive(Debug)]
pub(super) struct Wrong {
    status: StatusCode,
    words: String,
}

/// A JSON body; what is wrong with it is said as JSON.
#[derive(Debug)]
pub(super) struct Told<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Told<T> {
    type Rejection = Wrong;

    async fn from_request(request: Request, state: &S) -> Result<Self, Wrong> {
        let Json(told) = Json::from_request(request, state).await?;
        Ok(Self(told))
    }
}

impl Wrong {
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            words: words.into(),
        }
    }

    pub(super) fn forbidden(words: &str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            words: words.to_owned(),
        }
    }

    pub(super) fn missing(words: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            words: words.into(),
        }
    }
}

impl From<JsonRejection> for Wrong {
    fn from(rejection: JsonRejection) -> Self {
        let status = match &rejection {
            JsonRejection::JsonDataError(_) => StatusCode::BAD_REQUEST,
            other => other.status(),
        };
        Self {
            status,
            words: rejection.body_text(),
        }
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.words }))).into_response()
    }
}

/// Every control as it is.
pub(super) async fn world(State(simulator): State<Shared>) -> Json<Controls> {
    Json(simulator.world.lock().controls.clone())
}

/// Changes some controls; what they are now.
pub(super) async fn change_world(
    State(simulator): State<Shared>,
    Told(change): Told<Value>,
) -> Result<Json<Controls>, Wrong> {
    let usual = simulator.world.usual();
    let mut world = simulator.world.lock();
    let changed = world.controls.changed(change, usual);
    world.controls = changed.map_err(Wrong::new)?;
    let offset = world.controls.clock_offset_seconds;
    simulator.clock_offset.store(offset, Ordering::Relaxed);
    Ok(Json(world.controls.clone()))
}

/// Forgets messages, phones and made templates; every control is as usual.
pub(super) async fn reset(State(simulator): State<Shared>) -> StatusCode {
    simulator.world.reset();
    simulator.clock_offset.store(0, Ordering::Relaxed);
    simulator.notice_phones();
    StatusCode::NO_CONTENT
}
