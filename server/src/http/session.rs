//! Signing in by a one-time link or by name and password, and out.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::callers::{Client, is_same_origin, session_cookie};
use super::{Problem, assets, csp};
use crate::app::App;
use crate::auth::COOKIE;
use crate::flows::access::{self, Browser};
use crate::flows::knock::{self, Knocked};

const USED: &str = include_str!("used_link.html");
const FORM: &str = "application/x-www-form-urlencoded";

/// Uses the link up and leads to the dashboard.
pub(super) async fn sign_in(
    State(app): State<App>,
    Path(link): Path<String>,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(session) = access::sign_in(&app, &link, browser(client, &headers)).await? else {
        static CSP: LazyLock<String> = LazyLock::new(|| csp::plain(USED));
        let policy = [(header::CONTENT_SECURITY_POLICY, CSP.as_str())];
        return Ok((StatusCode::GONE, policy, Html(USED)).into_response());
    };
    Ok((fresh(&app, &session), Redirect::to("/")).into_response())
}

/// What a person types in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    name: String,
    password: String,
}

/// Signs in by name and password: 204 with the cookie for JSON, a way to the dashboard for a form.
pub(super) async fn knock(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    own_pages_only(&headers)?;
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with(FORM);
    let Typed { name, password } = typed(kind, &body)?;
    match knock::knock(&app, &name, password, browser(client, &headers)).await? {
        Knocked::In(session) if is_form => {
            Ok((fresh(&app, &session), Redirect::to("/")).into_response())
        }
        Knocked::In(session) => Ok((StatusCode::NO_CONTENT, fresh(&app, &session)).into_response()),
        Knocked::Wrong => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "Not signed in",
            "the name or the password is wrong",
        )),
        Knocked::Wait(wait) => {
            let seconds = knock::seconds(wait);
            Err(Problem::too_many(
                "Too many tries",
                knock::words(wait),
                seconds,
            ))
        }
    }
}

fn typed(kind: &str, body: &[u8]) -> Result<Typed, Problem> {
    let bad = |status, words: &str| Problem::new(status, "No name and password", words);
    if kind.starts_with("application/json") {
        // The reader's own words may quote a part of the password.
        return serde_json::from_slice(body).map_err(|_| {
            let words = "send {\"name\": …, \"password\": …}, both texts";
            bad(StatusCode::BAD_REQUEST, words)
        });
    }
    if !kind.starts_with(FORM) {
        let words = "send JSON or a form with name and password";
        return Err(bad(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
    }
    let field = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(body);
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    match (field("name"), field("password")) {
        (Some(name), Some(password)) => Ok(Typed { name, password }),
        _ => Err(bad(
            StatusCode::BAD_REQUEST,
            "the form needs the fields name and password",
        )),
    }
}

/// Ends the session, if there is one.
pub(super) async fn sign_out(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    own_pages_only(&headers)?;
    if let Some(session) = session_cookie(&headers) {
        access::sign_out(&app, &session, client.0).await?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie(&app, "", 0))],
    )
        .into_response())
}

/// A page of the dashboard; a session that has been used for a day gets a new secret with it.
pub(super) async fn page(State(app): State<App>, request: Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT);
    let is_page = accepts.is_some_and(|it| it.to_str().is_ok_and(|it| it.contains("text/html")));
    let session = session_cookie(request.headers()).filter(|_| is_page);
    let mut answer = assets::dashboard(&request);
    let Some(session) = session else {
        return answer;
    };
    match access::rotate(&app, &session).await {
        Ok(Some(session)) => {
            let cookie = cookie(&app, &session, access::SESSION_LIFE.num_seconds());
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                answer.headers_mut().insert(header::SET_COOKIE, cookie);
            }
        }
        Ok(None) => {}
        // The old one works on.
        Err(error) => tracing::debug!(%error, "a session could not get a new secret"),
    }
    answer
}

fn own_pages_only(headers: &HeaderMap) -> Result<(), Problem> {
    if is_same_origin(headers) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "Another site's request",
        "sign in and out from Waybill's own pages",
    ))
}

fn browser(client: Client, headers: &HeaderMap) -> Browser {
    let agent = headers.get(header::USER_AGENT);
    Browser {
        user_agent: agent.and_then(|it| it.to_str().ok()).map(str::to_owned),
        client: client.0,
    }
}

fn fresh(app: &App, session: &str) -> [(header::HeaderName, String); 1] {
    let cookie = cookie(app, session, access::SESSION_LIFE.num_seconds());
    [(header::SET_COOKIE, cookie)]
}

fn cookie(app: &App, value: &str, seconds: i64) -> String {
    let secure = if app.public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}
