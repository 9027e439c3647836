//! Operations that are named by their hash: sent once and remembered for a while (automatic), or listed by whoever runs the
//! server, who may allow programs nothing else. Source: Apollo's protocol of automatic persisted queries, version 1.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Request, ServerError, Value};
use sha2::{Digest as _, Sha256};

use super::limits::named;

/// Operations that are remembered; they are at most 128 KiB each.
const REMEMBERED: usize = 1_000;
/// Bytes of them all together.
const REMEMBERED_BYTES: usize = 8 * 1_024 * 1_024;

/// What was sent once, and what is listed.
#[derive(Debug, Default)]
pub struct Persisted {
    /// By hash or name; `None`: everything is allowed.
    listed: Option<Arc<HashMap<String, String>>>,
    sent: Mutex<Sent>,
}

#[derive(Debug, Default)]
struct Sent {
    queries: HashMap<String, String>,
    oldest_first: VecDeque<String>,
    bytes: usize,
}

impl Persisted {
    /// With what is listed, by hash or name; without a list everything is allowed.
    pub fn new(listed: Option<Arc<HashMap<String, String>>>) -> Self {
        Self {
            listed,
            sent: Mutex::default(),
        }
    }

    /// The text that a request would run: its own, or the one that it names. Whether it may is not asked here.
    pub(super) fn text_of<'a>(&'a self, request: &'a Request) -> Option<Cow<'a, str>> {
        let name = name_of(request, hash_of(request).ok()?);
        if let Some(query) = self.listed_as(name.as_ref()) {
            return Some(Cow::Borrowed(query));
        }
        if !request.query.is_empty() {
            return Some(Cow::Borrowed(&request.query));
        }
        self.sent_as(&name?).map(Cow::Owned)
    }

    /// Puts the query into a request that only names it. With a list, a program may ask for what is on it and nothing else.
    pub(super) fn resolve(
        &self,
        request: &mut Request,
        is_program: bool,
    ) -> Result<(), ServerError> {
        let hash = hash_of(request)?;
        if let Some(hash) = &hash
            && !request.query.is_empty()
            && *hash != digest(&request.query)
        {
            let message =
                "extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.".to_owned();
            return Err(named("PERSISTED_QUERY_HASH_MISMATCH", message));
        }
        let name = name_of(request, hash);
        if let Some(query) = self.listed_as(name.as_ref()) {
            request.query.clone_from(query);
            return Ok(());
        }
        let is_listed =
            |listed: &Arc<HashMap<String, String>>| listed.values().any(|it| *it == request.query);
        if is_program && !self.listed.as_ref().is_none_or(is_listed) {
            let message =
                "Only the operations listed in PERSISTED_OPERATIONS may be run with a token."
                    .to_owned();
            return Err(named("OPERATION_NOT_ALLOWED", message));
        }
        if let Some(name) = name.filter(|_| request.query.is_empty()) {
            request.query = self.sent_as(&name).ok_or_else(|| {
                named(
                    "PERSISTED_QUERY_NOT_FOUND",
                    "PersistedQueryNotFound".to_owned(),
                )
            })?;
        }
        Ok(())
    }

    fn listed_as(&self, name: Option<&String>) -> Option<&String> {
        self.listed.as_ref()?.get(name?)
    }

    fn sent_as(&self, name: &str) -> Option<String> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.queries.get(name).cloned()
    }

    /// Remembers a query that was sent with its hash, once it has proved to be one.
    pub(super) fn keep(&self, request: &Request) {
        let Ok(Some(hash)) = hash_of(request) else {
            return;
        };
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.queries.contains_key(&hash) || digest(&request.query) != hash {
            return;
        }
        sent.bytes += request.query.len();
        sent.queries.insert(hash.clone(), request.query.clone());
        sent.oldest_first.push_back(hash);
        while sent.bytes > REMEMBERED_BYTES || sent.queries.len() > REMEMBERED {
            let Some(oldest) = sent.oldest_first.pop_front() else {
                return;
            };
            let gone = sent.queries.remove(&oldest);
            sent.bytes -= gone.map_or(0, |it| it.len());
        }
    }
}

/// The hash that a request brought, as `extensions.persistedQuery: { version: 1, sha256Hash }`.
fn hash_of(request: &Request) -> Result<Option<String>, ServerError> {
    let Some(Value::Object(given)) = request.extensions.get("persistedQuery") else {
        return Ok(None);
    };
    let is_known =
        matches!(given.get("version"), Some(Value::Number(it)) if it.as_u64() == Some(1));
    match text(given.get("sha256Hash")) {
        Some(hash) if is_known => Ok(Some(hash.to_ascii_lowercase())),
        _ => {
            let message =
                "extensions.persistedQuery is not { version: 1, sha256Hash: \"…\" }.".to_owned();
            Err(named("PERSISTED_QUERY_NOT_SUPPORTED", message))
        }
    }
}

/// What a request names its operation by: the hash that it brought, else a `documentId`.
fn name_of(request: &Request, hash: Option<String>) -> Option<String> {
    hash.or_else(|| text(request.extensions.get("documentId")).map(str::to_owned))
}

fn text(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::String(it) => Some(it),
        _ => None,
    }
}

fn digest(query: &str) -> String {
    hex::encode(Sha256::digest(query))
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::super::limits::code;
    use super::*;

    fn named_by(hash: &str, query: &str) -> Request {
        let mut request = Request::new(query);
        let given = value!({ "version": 1, "sha256Hash": (hash) });
        request
            .extensions
            .0
            .insert("persistedQuery".to_owned(), given);
        request
    }

    #[test]
    fn a_query_sent_once_with_its_hash_is_found_by_it_until_others_crowd_it_out() {
        let persisted = Persisted::default();
        let hash = digest("{ a }");
        let unknown = persisted
            .resolve(&mut named_by(&hash, ""), true)
            .unwrap_err();
        assert_eq!(code(&unknown), Some("PERSISTED_QUERY_NOT_FOUND"));
        let forged = persisted
            .resolve(&mut named_by(&hash, "{ b }"), true)
            .unwrap_err();
        assert_eq!(code(&forged), Some("PERSISTED_QUERY_HASH_MISMATCH"));
        persisted.keep(&named_by(&hash, "{ a }"));
        let mut found = named_by(&hash, "");
        persisted.resolve(&mut found, true).unwrap();
        assert_eq!(found.query, "{ a }");
        for n in 0..REMEMBERED {
            let query = format!("{{ a{n} }}");
            persisted.keep(&named_by(&digest(&query), &query));
        }
        assert!(persisted.resolve(&mut named_by(&hash, ""), true).is_err());
        assert_eq!(persisted.sent.lock().unwrap().queries.len(), REMEMBERED);
    }

    #[test]
    fn with_a_list_programs_run_what_is_on_it_and_people_what_they_like() {
        let list = HashMap::from([("newest".to_owned(), "{ a }".to_owned())]);
        let persisted = Persisted::new(Some(Arc::new(list)));
        let mut by_name = Request::new("");
        by_name
            .extensions
            .0
            .insert("documentId".to_owned(), value!("newest"));
        persisted.resolve(&mut by_name, true).unwrap();
        assert_eq!(by_name.query, "{ a }");
        persisted.resolve(&mut Request::new("{ a }"), true).unwrap();
        let refused = persisted
            .resolve(&mut Request::new("{ b }"), true)
            .unwrap_err();
        assert_eq!(code(&refused), Some("OPERATION_NOT_ALLOWED"));
        persisted
            .resolve(&mut Request::new("{ b }"), false)
            .unwrap();
    }
}
