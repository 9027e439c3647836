//! One message as the server's plain JSON, character by character.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::error::ApiError;

/// Reads the JSON of one message as text, so that no number is rounded.
///
/// # Errors
/// `Unreachable`, `Unauthenticated`, or `Fault` with the HTTP status.
pub(crate) async fn message(id: &str) -> Result<String, ApiError> {
    let window = web_sys::window().ok_or(ApiError::Unreachable)?;
    let path = format!("/api/v1/messages/{}", crate::core::query::encode(id));
    let lost = |_| ApiError::Unreachable;
    let answer = JsFuture::from(window.fetch_with_str(&path))
        .await
        .map_err(lost)?;
    let answer: Response = answer.dyn_into().map_err(|_| ApiError::Unreachable)?;
    if answer.status() == 401 {
        return Err(ApiError::Unauthenticated);
    }
    if !answer.ok() {
        return Err(ApiError::Fault {
            message: format!("HTTP {}", answer.status()),
            request_id: answer.headers().get("x-request-id").ok().flatten(),
        });
    }
    let text = JsFuture::from(answer.text().map_err(lost)?)
        .await
        .map_err(lost)?;
    Ok(text.as_string().unwrap_or_default())
}
