//! Pictures of the demo shop: open to everyone, because customers and Twilio fetch them.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "demo/pictures"]
struct Pictures;

/// One picture, a PNG.
pub(super) async fn show(Path(name): Path<String>) -> Response {
    let Some(picture) = Pictures::get(&name) else {
        return (StatusCode::NOT_FOUND, "no such picture\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, picture.data).into_response()
}
