//! The proof that the provider made a request: its signature, over the URL that the provider called.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use entity::webhook_refusal::RefusalReason;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::caller::{Caller, Told};
use super::refusal::Refusal;
use super::variants;
use crate::app::App;
use crate::config::Secret;
use crate::gateway::signature::{Algorithm, Key, Pair, Signed};
use crate::gateway::wire::{Form, SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER};

/// In the URL of what is no form: the digest of the body.
const DIGEST: &str = "bodySHA256";
/// What was signed for another URL is looked for in forms of so many bytes at most: a search signs them a few dozen times.
const LONGEST_SEARCHED: usize = 16 * 1_024;

/// Refuses a request that no key of ours signed for our URL. `pairs` of the form, none where the body is no form.
pub(super) fn check(
    app: &App,
    parts: &Parts,
    caller: &Caller,
    pairs: &[Pair],
) -> Result<(), Refusal> {
    if is_right(app, parts, caller, pairs)? {
        return Ok(());
    }
    let keys = keys(app, &parts.headers)?;
    let signed = Signed::new(signature(parts), pairs);
    let bytes: usize = pairs.iter().map(|it| it.0.len() + it.1.len()).sum();
    if bytes > LONGEST_SEARCHED || !app.refusals.may_search() {
        return Err(variants::unknown());
    }
    let is_signed = |url: &str| signed.is_for(url, &keys);
    Err(variants::explain(
        &app.public_url,
        parts,
        caller,
        &is_signed,
    ))
}

/// Whether a key of ours signed it for our URL.
pub(super) fn is_right(
    app: &App,
    parts: &Parts,
    caller: &Caller,
    pairs: &[Pair],
) -> Result<bool, Refusal> {
    let keys = keys(app, &parts.headers)?;
    let signed = Signed::new(signature(parts), pairs);
    if signed.is_for(&expected_url(app, parts), &keys) {
        return Ok(true);
    }
    let forwarded = caller.is_proxy().then(|| forwarded_url(parts)).flatten();
    Ok(forwarded.is_some_and(|url| signed.is_for(&url, &keys)))
}

fn signature(parts: &Parts) -> &str {
    let signature = parts.headers.get(SIGNATURE_HEADER);
    signature
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default()
}

/// The URL that the provider is to call for this path.
pub(super) fn expected_url(app: &App, parts: &Parts) -> String {
    format!("{}{}", app.public_url, path_and_query(parts))
}

/// The path with its query, as they came.
pub(super) fn path_and_query(parts: &Parts) -> &str {
    let path = parts.uri.path_and_query();
    path.map_or(parts.uri.path(), PathAndQuery::as_str)
}

/// The URL as our proxy got it.
fn forwarded_url(parts: &Parts) -> Option<String> {
    let told = Told::by(&parts.headers);
    let (scheme, host) = (told.scheme?, told.host?);
    Some(format!("{scheme}://{host}{}", path_and_query(parts)))
}

/// What may have signed this request. A header may name a shared key; one that is not ours opens nothing, and none is used
/// with less than the request says.
fn keys<'a>(app: &'a App, headers: &HeaderMap) -> Result<Vec<Key<'a>>, Refusal> {
    let Some(settings) = headers.get(SIGNATURE_SETTINGS_HEADER) else {
        return Ok(tokens(app));
    };
    let settings = settings.to_str().unwrap_or_default();
    let setting = |name: &str| {
        let mut parts = settings.split(',').filter_map(|it| it.split_once('='));
        parts.find(|it| it.0.trim() == name).map(|it| it.1.trim())
    };
    let unknown = |words| Refusal::new(RefusalReason::WrongSignature, words);
    let secret = match setting("key") {
        None => None,
        Some(id) => {
            let known = app.config.shared_keys.iter().find(|it| it.id == id);
            let words = "it is signed with a shared key that is not in TWILIO_SHARED_KEYS";
            Some(known.ok_or_else(|| unknown(words))?.secret.expose())
        }
    };
    match (setting("algorithm"), secret) {
        (None, _) => Ok(tokens(app)),
        (Some(name), Some(secret)) => {
            let words = "its shared key signs by an algorithm that this server does not know";
            let algorithm = Algorithm::parse(name).ok_or_else(|| unknown(words))?;
            Ok(vec![Key::shared(secret, algorithm)])
        }
        (Some(_), None) => Err(unknown(
            "it names a signature's algorithm and no shared key to use it with",
        )),
    }
}

/// The auth token, and the other one while they are rotated.
fn tokens(app: &App) -> Vec<Key<'_>> {
    let account = &app.account;
    let second = account.auth_token_secondary.as_ref();
    std::iter::once(&account.auth_token)
        .chain(second)
        .map(Secret::expose)
        .map(Key::token)
        .collect()
}

/// Refuses a body that is not the one of which the digest stands in the signed URL.
pub(super) fn check_digest(query: &str, body: &[u8]) -> Result<(), Refusal> {
    let query = Form::decode(query.as_bytes());
    let Some(told) = query.get(DIGEST) else {
        let words = "its JSON body is not signed: the URL has no bodySHA256. If Twilio sent it, a proxy \
            before this server drops the query";
        return Err(Refusal::new(RefusalReason::ChangedBody, words));
    };
    let digest = hex::encode(Sha256::digest(body));
    if bool::from(digest.as_bytes().ct_eq(told.as_bytes())) {
        return Ok(());
    }
    let words =
        "its body is not the signed one (bodySHA256): a proxy before this server changes it";
    Err(Refusal::new(RefusalReason::ChangedBody, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_counts_only_if_it_has_the_digest_of_the_url() {
        let body = r#"{"event":"message.delivered","text":"naïve ✓","n":1}"#;
        let digest = "e004a4cbebd8d1f7b228efcbd3f67ee101d18072a1f92b93b032b8b57ec37f1f";
        let query = format!("src=es&bodySHA256={digest}");
        assert!(check_digest(&query, body.as_bytes()).is_ok());
        for (query, body) in [
            (query.clone(), format!("{body} ")),
            (query.clone(), body.replace('ï', "i")),
            (query.clone(), String::new()),
            (query.replace("e004", "e005"), body.to_owned()),
            (query.to_uppercase(), body.to_owned()),
            (format!("bodySHA256=&{query}&x"), format!("{body}\n")),
            ("src=es".to_owned(), body.to_owned()),
            (String::new(), body.to_owned()),
        ] {
            let refused = check_digest(&query, body.as_bytes()).unwrap_err();
            assert_eq!(refused.reason(), RefusalReason::ChangedBody, "{query}");
        }
    }

    /// One change of a body: a bit turned, a byte put in, taken out or repeated, or the end cut off.
    fn changed(body: &[u8], (at, how, byte): (usize, u8, u8)) -> Vec<u8> {
        let mut changed = body.to_vec();
        let at = at % body.len();
        match how % 5 {
            0 => changed[at] ^= 1 << (byte % 8),
            1 => changed.insert(at, byte),
            2 => drop(changed.remove(at)),
            3 => changed.extend_from_slice(&body[at..]),
            _ => changed.truncate(at),
        }
        changed
    }

    proptest::proptest! {
        #[test]
        fn any_change_of_a_json_body_is_noticed(
            text in "\\{\"event\":\"[a-z.]{1,20}\",\"text\":\"\\PC{0,40}\",\"n\":[0-9]{1,6}\\}",
            change in proptest::arbitrary::any::<(usize, u8, u8)>(),
        ) {
            let body = text.as_bytes();
            let query = format!("bodySHA256={}", hex::encode(Sha256::digest(body)));
            proptest::prop_assert!(check_digest(&query, body).is_ok());
            let changed = changed(body, change);
            proptest::prop_assert!(changed != body && check_digest(&query, &changed).is_err());
        }
    }
}
