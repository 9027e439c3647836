//! Pages of the list of messages, and the rate at which the database alone reads one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use entity::types::Kind;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::cli::bench::http1::{Message, post};
use crate::cli::bench::load::{self, Load, Outcome, Until};
use crate::cli::bench::stage::{Stage, told};
use crate::store::bench::fill;

/// Messages of a page.
const PAGE: u64 = 50;
/// Places in the middle of the list.
const PLACES: u64 = 50;
const QUERY: &str = "query($after: String, $filter: MessageFilter) { messages(first: 50, after: $after, filter: $filter) { \
    edges { cursor node { id direction status lane body from to errorCode createdAt contact { id name address language } } } \
    pageInfo { hasNextPage endCursor } } }";

/// A kind of page.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kinds {
    /// The first one.
    Newest,
    /// Pages from a quarter to three quarters down the list.
    Middle,
    /// What reached nobody, by code; one status of one direction.
    Filtered,
    /// Words in English and Nepali, rare and frequent ones, numbers of orders.
    Search,
}

/// Requests for pages of a kind, from a log of so many messages.
pub(super) async fn requests(
    stage: &Stage,
    kind: Kinds,
    messages: usize,
) -> Result<load::Requests, String> {
    let variables: Vec<Value> = match kind {
        Kinds::Newest => vec![json!({})],
        Kinds::Middle => {
            let mut all = Vec::new();
            for place in 0..PLACES {
                let older = messages as u64 / 4 + messages as u64 / 2 * place / PLACES;
                let id = told(fill::message_above(&stage.db, older).await)?;
                all.push(json!({ "after": Kind::Message.encode(id) }));
            }
            all
        }
        Kinds::Filtered => vec![
            json!({ "filter": { "status": ["FAILED"], "errorCode": [63016] } }),
            json!({ "filter": { "status": ["UNDELIVERED"] } }),
            json!({ "filter": { "status": ["RECEIVED"], "direction": "INBOUND" } }),
            json!({ "filter": { "search": "status:failed code:21610" } }),
        ],
        Kinds::Search => {
            let number = |part: usize| format!("WB{}", messages * part / 10 + 40);
            let words = [
                "saffron",
                "केसर",
                "leaves our shop",
                "चाहियो",
                "honey please",
            ];
            let words = words.iter().map(|it| (*it).to_owned());
            let all = words.chain((1..10).map(number));
            all.map(|it| json!({ "filter": { "search": it } }))
                .collect()
        }
    };
    let authorization = format!("Bearer {}", stage.token);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json"),
    ];
    let asked = variables.iter().map(|it| {
        let body = json!({ "query": QUERY, "variables": it });
        post("/graphql", &headers, &body.to_string())
    });
    Ok(asked.collect())
}

/// Asks for them again and again on so many connections.
pub(super) async fn ask(
    stage: &Stage,
    requests: &load::Requests,
    connections: usize,
    time: Duration,
) -> Result<Outcome, String> {
    let load = Load {
        address: stage.server.address,
        requests: Arc::clone(requests),
        connections,
        until: Until::TimeAgain(time),
        granted: one_page,
    };
    load::run(load).await?.complete()
}

/// One for a page with a message on it.
fn one_page(answer: Message<'_>) -> usize {
    let has_message = answer.body.windows(8).any(|it| it == b"\"cursor\"");
    if has_message {
        load::one_if_taken(answer)
    } else {
        0
    }
}

/// Pages a second that the database alone reads, by so many readers.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(super) async fn floor(stage: &Stage, readers: usize, time: Duration) -> Result<f64, String> {
    let began = Instant::now();
    let mut working = JoinSet::new();
    for _ in 0..readers {
        let db = stage.db.clone();
        working.spawn(async move {
            let mut pages = 0_usize;
            while began.elapsed() < time {
                if told(fill::join(&db, PAGE).await)? as u64 != PAGE {
                    return Err("a page of the join is not full".to_owned());
                }
                pages += 1;
            }
            Ok::<_, String>(pages)
        });
    }
    let mut pages = 0;
    while let Some(part) = working.join_next().await {
        pages += part.map_err(|error| error.to_string())??;
    }
    Ok(pages as f64 / began.elapsed().as_secs_f64())
}
