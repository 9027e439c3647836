//! The dashboard and GraphiQL out of the binary: compressed when they were built, unpacked only for clients that can't.

use std::io::Read as _;
use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::csp;

#[derive(RustEmbed)]
#[folder = "embedded"]
#[allow_missing = true]
struct Embedded;

const NOT_BUILT: &str =
    "This server was built without the dashboard. Build it with: cargo xtask build\n";
const YEAR: &str = "public, max-age=31536000, immutable";

/// Names and compressed sizes of everything embedded, in bytes, with the size unpacked.
pub fn sizes() -> Vec<(String, usize, usize)> {
    let mut sizes: Vec<_> = Embedded::iter()
        .filter_map(|name| {
            let packed = Embedded::get(&name)?.data.len();
            let path = name.strip_suffix(".br")?.to_owned();
            let raw = unpack(&path)?.len();
            Some((path, raw, packed))
        })
        .collect();
    sizes.sort();
    sizes
}

/// A file of the dashboard; any other path is a page of it.
pub(super) fn dashboard(request: &Request) -> Response {
    static CSP: LazyLock<String> = LazyLock::new(|| csp::dashboard(&page("index.html")));
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (StatusCode::NOT_FOUND, "no such route\n").into_response();
    }
    let path = request.uri().path().trim_start_matches('/').to_owned();
    if path.starts_with("api/") || path.starts_with("graphql/") {
        return (StatusCode::NOT_FOUND, "no such route\n").into_response();
    }
    if !path.is_empty() && path != "index.html" && Embedded::get(&format!("{path}.br")).is_some() {
        return file(&path, request.headers(), YEAR, &CSP);
    }
    if path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
    {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    }
    file("index.html", request.headers(), "no-cache", &CSP)
}

/// The API's own page; it asks for a session itself.
pub(super) async fn graphiql(request: Request) -> Response {
    static CSP: LazyLock<String> = LazyLock::new(|| csp::graphiql(&page("graphiql/index.html")));
    file("graphiql/index.html", request.headers(), "no-cache", &CSP)
}

fn page(path: &str) -> String {
    unpack(path)
        .and_then(|it| String::from_utf8(it).ok())
        .unwrap_or_default()
}

fn file(path: &str, headers: &HeaderMap, cache: &'static str, csp: &str) -> Response {
    let Some(packed) = Embedded::get(&format!("{path}.br")) else {
        return (StatusCode::NOT_FOUND, NOT_BUILT).into_response();
    };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    };
    let common = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::CONTENT_SECURITY_POLICY, csp.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    let takes_brotli = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|it| it.split(';').next().is_some_and(|name| name.trim() == "br"));
    if takes_brotli {
        return (common, [(header::CONTENT_ENCODING, "br")], packed.data).into_response();
    }
    match unpack(path) {
        Some(raw) => (common, raw).into_response(),
        None => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "the file can't be unpacked\n",
        )
            .into_response(),
    }
}

fn unpack(path: &str) -> Option<Vec<u8>> {
    let packed = Embedded::get(&format!("{path}.br"))?;
    let mut raw = Vec::new();
    brotli_decompressor::Decompressor::new(packed.data.as_ref(), 4_096)
        .read_to_end(&mut raw)
        .ok()?;
    Some(raw)
}
