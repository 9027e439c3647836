//! Why a signature is wrong: tries the URLs that the provider may have meant, and says what to change here.

use axum::http::header;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use entity::webhook_refusal::RefusalReason;

use super::caller::{Caller, Told};
use super::proof::path_and_query;
use super::refusal::Refusal;
use crate::gateway::wire::without_credentials;

const UNKNOWN: &str = "its signature fits no URL that is likely: is TWILIO_AUTH_TOKEN the account's \
    primary token, as Twilio's console shows it now? Otherwise the request was changed on its way, or is a forgery";

/// A URL that may have been signed, and what to do if it was.
struct Variant {
    url: String,
    advice: String,
}

/// The refusal of a request whose signature is wrong for our URL. `is_signed` tells whether it is right for another one; it is
/// asked of a few.
pub(super) fn explain(
    public_url: &str,
    parts: &Parts,
    caller: &Caller,
    is_signed: &dyn Fn(&str) -> bool,
) -> Refusal {
    variants(public_url, parts, caller)
        .into_iter()
        .find(|it| is_signed(&it.url))
        .map_or_else(unknown, |it| {
            Refusal::new(RefusalReason::WrongUrl, it.advice)
        })
}

/// The refusal of a request of which nothing more is known.
pub(super) fn unknown() -> Refusal {
    Refusal::new(RefusalReason::WrongSignature, UNKNOWN)
}

fn variants(public_url: &str, parts: &Parts, caller: &Caller) -> Vec<Variant> {
    let tail = path_and_query(parts);
    let path = parts.uri.path();
    let mut found = other_origins(public_url, parts, caller);
    found.extend(with_credentials(public_url, parts));
    let other_slash = match path.strip_suffix('/') {
        Some(bare) => bare.to_owned(),
        None => format!("{path}/"),
    };
    let query = tail.strip_prefix(path).unwrap_or_default();
    let shown = without_credentials(public_url);
    found.push(Variant {
        url: format!("{public_url}{other_slash}{query}"),
        advice: format!(
            "the signature matches {shown}{other_slash}: in Twilio's console write {shown}{path}, or let the proxy \
             before this server pass the path on as it is"
        ),
    });
    if !query.is_empty() {
        found.push(Variant {
            url: format!("{public_url}{path}"),
            advice: format!(
                "the signature matches {shown}{path} without the query that came: let the proxy before this server \
                 pass the query on as it is"
            ),
        });
    }
    found
}

/// The same path elsewhere: the other scheme, and the hosts that the request itself names.
fn other_origins(public_url: &str, parts: &Parts, caller: &Caller) -> Vec<Variant> {
    let tail = path_and_query(parts);
    let told = Told::by(&parts.headers);
    let mut origins: Vec<(String, bool)> = Vec::new();
    let other_scheme = match public_url.split_once("://") {
        Some(("https", rest)) => Some(format!("http://{rest}")),
        Some((_, rest)) => Some(format!("https://{rest}")),
        None => None,
    };
    origins.extend(other_scheme.map(|it| (it, false)));
    let is_forwarded = told.host.as_deref() != told.own_host || told.scheme.is_some();
    let schemes = match told.scheme {
        Some("http") => ["http", "https"],
        _ => ["https", "http"],
    };
    for scheme in schemes {
        origins.extend(
            told.host
                .iter()
                .map(|host| (format!("{scheme}://{host}"), is_forwarded)),
        );
        origins.extend(
            told.own_host
                .iter()
                .map(|host| (format!("{scheme}://{host}"), false)),
        );
    }
    origins.dedup();
    let variant = |(origin, is_forwarded): (String, bool)| Variant {
        url: format!("{origin}{tail}"),
        advice: advice(&origin, is_forwarded, caller),
    };
    origins.into_iter().map(variant).collect()
}

fn advice(origin: &str, is_forwarded: bool, caller: &Caller) -> String {
    let shown = without_credentials(origin);
    let proxy = caller.peer().filter(|_| is_forwarded && !caller.is_proxy());
    let or_proxy = proxy.map_or_else(String::new, |peer| {
        format!(" (or, as {peer} is your proxy and says so: set TRUSTED_PROXIES={peer})")
    });
    format!("the signature matches {shown}: set PUBLIC_URL={shown}{or_proxy}")
}

/// The public URL with the user and password that came with the request: they are part of the URL in Twilio's console.
fn with_credentials(public_url: &str, parts: &Parts) -> Option<Variant> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let encoded = header.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let bare = without_credentials(public_url);
    let (scheme, rest) = bare.split_once("://")?;
    Some(Variant {
        url: format!("{scheme}://{pair}@{rest}{}", path_and_query(parts)),
        advice: format!(
            "the signature matches {bare} with the user and password that came with the request: write them into \
             PUBLIC_URL, as in Twilio's console: {scheme}://USER:PASSWORD@{rest}"
        ),
    })
}
