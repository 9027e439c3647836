//! Signing in by a one-time link, and out.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::Problem;
use super::callers::{is_same_origin, session_cookie};
use crate::app::App;
use crate::auth::COOKIE;
use crate::flows::access;

const USED: &str = include_str!("used_link.html");

/// Uses the link up and leads to the dashboard.
pub(super) async fn sign_in(
    State(app): State<App>,
    Path(link): Path<String>,
) -> Result<Response, Problem> {
    let Some(session) = access::sign_in(&app.db, &app.clock, &app.ids, &link).await? else {
        return Ok((StatusCode::GONE, Html(USED)).into_response());
    };
    let cookie = cookie(&app, &session, access::SESSION_LIFE.num_seconds());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/messages")).into_response())
}

/// Ends the session, if there is one.
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "Another site's request",
            "sign out from Waybill's own pages",
        ));
    }
    if let Some(session) = session_cookie(&headers) {
        access::sign_out(&app.db, &session).await?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie(&app, "", 0))],
    )
        .into_response())
}

fn cookie(app: &App, value: &str, seconds: i64) -> String {
    let secure = if app.public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}
