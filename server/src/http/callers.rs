//! Reads who is asking out of a request, and refuses a browser that another site sent.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};

use super::Problem;
use super::webhook::client_of;
use crate::app::App;
use crate::auth::{self, Credential, Viewer};
use crate::error::Error;
use crate::graphql::Rates;

/// A request's viewer; without one the request is refused.
#[derive(Clone, Debug)]
pub struct Caller(pub Viewer);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let credential = credential(&parts.headers).ok_or(Error::Unauthenticated)?;
        let changes = parts.method != Method::GET && parts.method != Method::HEAD;
        if changes
            && matches!(credential, Credential::Session(_))
            && !is_same_origin(&parts.headers)
        {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "Another site's request",
                "a signed-in browser may change things from Waybill's own pages only",
            ));
        }
        let viewer = auth::viewer(app, &credential).await?;
        let client = client_of(app, parts);
        Ok(Self(Viewer { client, ..viewer }))
    }
}

/// A request's viewer, who has a point left for it: the doors beside GraphQL share its rate.
#[derive(Clone, Debug)]
pub struct Paced(pub Viewer);

impl FromRequestParts<App> for Paced {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Caller(viewer) = Caller::from_request_parts(parts, app).await?;
        if let Some(rates) = parts.extensions.get::<Arc<Rates>>() {
            let late = |(seconds, words)| Problem::too_many("Too many requests", words, seconds);
            rates.take_one(&viewer.id).map_err(late)?;
        }
        Ok(Self(viewer))
    }
}

/// The address a request comes from, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub Option<IpAddr>);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(client_of(app, parts)))
    }
}

/// The credential a socket's first request brought: a token, or the cookie of a page of this very server.
pub fn caller_of_socket(headers: &HeaderMap) -> Option<Credential> {
    match credential(headers)? {
        Credential::Session(_) if !is_same_origin(headers) => None,
        credential => Some(credential),
    }
}

/// The session cookie's value.
pub(super) fn session_cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == auth::COOKIE)
        .map(|(_, value)| value.to_owned())
}

fn credential(headers: &HeaderMap) -> Option<Credential> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| {
            it.strip_prefix("Bearer ")
                .or_else(|| it.strip_prefix("bearer "))
        })
        .map(|it| Credential::Bearer(it.trim().to_owned()));
    bearer.or_else(|| session_cookie(headers).map(Credential::Session))
}

/// Whether a page of this server made the request. Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; a request
/// with neither is no cross-site request of a browser.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|it: &axum::http::HeaderValue| it.to_str().ok())
    };
    if let Some(site) = text(axum::http::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match text(ORIGIN) {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(HOST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn another_sites_page_is_told_from_our_own() {
        for (pairs, is_ours) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://a"),
                    ("host", "a"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("origin", "https://wa.example.com"),
                    ("host", "wa.example.com"),
                ],
                true,
            ),
            (
                &[
                    ("origin", "https://evil.example"),
                    ("host", "wa.example.com"),
                ],
                false,
            ),
            (&[("origin", "null"), ("host", "wa.example.com")], false),
            (&[("host", "wa.example.com")], true),
        ] {
            assert_eq!(is_same_origin(&headers(pairs)), is_ours, "{pairs:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let found = session_cookie(&headers(&[("cookie", "a=1; waybill_session=abc; b=2")]));
        assert_eq!(found.as_deref(), Some("abc"));
        assert_eq!(
            session_cookie(&headers(&[("cookie", "xwaybill_session=abc")])),
            None
        );
    }
}
