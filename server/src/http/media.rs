//! Customers' pictures, voices and files, for who is signed in. Never anything that a browser would run.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use entity::types::Kind;
use entity::user::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower_http::services::ServeFile;

use super::{Paced, Problem};
use crate::app::App;
use crate::auth::Viewer;
use crate::domain::mask;
use crate::error::{Error, Fault};
use crate::{media, store};

/// What is shown may load and run nothing.
const POLICY: &str = "default-src 'none'; sandbox";

/// Medium `n` of a message, from 0. Answers ranges, so that a video can be sought.
pub(super) async fn show(
    State(app): State<App>,
    Paced(viewer): Paced,
    Path((message, number)): Path<(String, usize)>,
    request: Request,
) -> Result<Response, Problem> {
    viewer.needs(Role::Viewer)?;
    let id = Kind::Message
        .parse(&message)
        .map_err(|_| Error::NotFound("message"))?;
    let found = store::messages::by_id(app.db.read(), id).await;
    let found = found
        .map_err(Error::from)?
        .ok_or(Error::NotFound("message"))?;
    let kept = media::open(&app, &found, number)
        .await
        .map_err(Error::from)?;
    let kind = kept.content_type.parse().map_err(|_| fault())?;
    let served = ServeFile::new_with_mime(&kept.path, &kind).try_call(request);
    let mut answer = served.await.map_err(|_| fault())?.into_response();
    let is_good = answer.status().is_success();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, disposition(&kept, &viewer));
    if is_good {
        let day = HeaderValue::from_static("private, max-age=86400");
        headers.insert(header::CACHE_CONTROL, day);
    }
    headers.insert(
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static(POLICY),
    );
    Ok(answer)
}

fn fault() -> Error {
    Error::Fault(Fault::Other("a kept medium could not be read".to_owned()))
}

/// Source: RFC 6266, RFC 8187.
fn disposition(kept: &media::Kept, viewer: &Viewer) -> HeaderValue {
    let way = if kept.is_shown {
        "inline"
    } else {
        "attachment"
    };
    let name = kept.file_name.as_deref().unwrap_or_default();
    // Customers name files after numbers, which who may only read does not see whole.
    let name = if viewer.role < Role::Operator {
        &mask::text(name)
    } else {
        name
    };
    let name = &name[..name.floor_char_boundary(200)];
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
    let text = if encoded.is_empty() {
        way.to_owned()
    } else {
        format!("{way}; filename*=UTF-8''{encoded}")
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}
