//! The operator: a client of the server's GraphQL API.

use serde_json::{Value, json};

use crate::config::Secret;

/// So many messages are asked for at once.
const BATCH: usize = 25;

/// A server that plays a scenario.
#[derive(Clone, Debug)]
pub struct Server {
    http: reqwest::Client,
    url: String,
    token: Secret,
}

/// A message as the server sees it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) status: String,
    pub(super) code: Option<u64>,
    pub(super) attempts: u64,
    /// Statuses in the order in which they were told or caused.
    pub(super) timeline: Vec<String>,
}

impl Server {
    /// A server at `url` (no slash at the end), with a token that may send.
    pub fn new(http: reqwest::Client, url: &str, token: Secret) -> Self {
        Self {
            http,
            url: url.to_owned(),
            token,
        }
    }

    /// Sends; the message's id, or the codes of the refusal.
    pub(super) async fn send(&self, input: Value) -> Result<Result<String, Vec<String>>, String> {
        let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }";
        let mut data = self.ask(query, json!({ "input": input })).await?;
        Ok(payload(&data["sendMessage"].take()))
    }

    /// Sends a message again; the codes of the refusal.
    pub(super) async fn retry(&self, id: &str) -> Result<Result<String, Vec<String>>, String> {
        let query =
            "mutation($id: ID!) { retryMessage(id: $id) { message { id } userErrors { code } } }";
        let mut data = self.ask(query, json!({ "id": id })).await?;
        Ok(payload(&data["retryMessage"].take()))
    }

    /// What became of messages, in the order of their ids.
    pub(super) async fn messages(&self, ids: &[String]) -> Result<Vec<Seen>, String> {
        let mut seen = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let fields: String = batch
                .iter()
                .enumerate()
                .map(|(number, id)| {
                    format!("m{number}: message(id: {id:?}) {{ status errorCode attemptCount timeline {{ status }} }} ")
                })
                .collect();
            let data = self.ask(&format!("{{ {fields} }}"), json!({})).await?;
            seen.extend((0..batch.len()).map(|number| view(&data[format!("m{number}")])));
        }
        Ok(seen)
    }

    /// How many messages the log holds; of one phone, where an address and direction are given.
    pub(super) async fn count(&self, with: Option<(&str, bool)>) -> Result<u64, String> {
        let filter = with.map(|(address, is_from)| {
            let direction = if is_from { "INBOUND" } else { "OUTBOUND" };
            json!({ "address": address, "direction": direction })
        });
        let query = "query($filter: MessageFilter) { messages(first: 1, filter: $filter) { totalCount { value } } }";
        let data = self.ask(query, json!({ "filter": filter })).await?;
        let count = data["messages"]["totalCount"]["value"].as_u64();
        count.ok_or_else(|| "the server told no count".to_owned())
    }

    /// Asks the API.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        let request = self
            .http
            .post(format!("{}/graphql", self.url))
            .bearer_auth(self.token.expose())
            .json(&json!({ "query": query, "variables": variables }));
        let answer = request
            .send()
            .await
            .map_err(|error| format!("the server: {error}"))?;
        let mut answer: Value = answer
            .json()
            .await
            .map_err(|error| format!("the server's answer: {error}"))?;
        match answer["errors"][0]["message"].as_str() {
            Some(words) => Err(format!("the server: {words}")),
            None => Ok(answer["data"].take()),
        }
    }
}

fn payload(payload: &Value) -> Result<String, Vec<String>> {
    let id = payload["message"]["id"].as_str();
    id.map(str::to_owned).ok_or_else(|| {
        let errors = payload["userErrors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let code = |it: &Value| it["code"].as_str().unwrap_or_default().to_owned();
        errors.iter().map(code).collect()
    })
}

fn view(message: &Value) -> Seen {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let events = message["timeline"].as_array().cloned().unwrap_or_default();
    Seen {
        status: text(&message["status"]),
        code: message["errorCode"].as_u64(),
        attempts: message["attemptCount"].as_u64().unwrap_or_default(),
        timeline: events.iter().map(|it| text(&it["status"])).collect(),
    }
}
