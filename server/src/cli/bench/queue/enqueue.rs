//! Messages through GraphQL: many in one request, or one by one at a steady pace.

use serde_json::{Value, json};

use crate::cli::bench::http1::{Message, post};
use crate::cli::bench::load::{self, Load, Outcome, Until};
use crate::cli::bench::stage::{SENDER, Stage, told};
use crate::clock::Clock;
use crate::store;

/// Connections that enqueue at one time.
const CONNECTIONS: usize = 4;
/// The same for single messages.
const SINGLE_CONNECTIONS: usize = 32;
/// Messages in one `sendMessages`.
const TOGETHER: usize = 500;

/// Enqueues so many messages to so many people, as fast as the server takes them.
pub(in crate::cli::bench) async fn all(
    stage: &Stage,
    messages: usize,
    people: usize,
) -> Result<Outcome, String> {
    have_written(stage, people).await?;
    let inputs: Vec<Value> = (0..messages).map(|number| input(number, people)).collect();
    let bodies: Vec<Value> = inputs.chunks(TOGETHER).map(together).collect();
    send(stage, &bodies, CONNECTIONS, Until::All).await
}

/// Enqueues messages one by one, so many a second.
pub(super) async fn steadily(stage: &Stage, messages: usize, rate: f64) -> Result<Outcome, String> {
    have_written(stage, messages).await?;
    let bodies: Vec<Value> = (0..messages)
        .map(|number| single(&input(number, messages)))
        .collect();
    send(stage, &bodies, SINGLE_CONNECTIONS, Until::Paced(rate)).await
}

async fn send(
    stage: &Stage,
    bodies: &[Value],
    connections: usize,
    until: Until,
) -> Result<Outcome, String> {
    let authorization = format!("Bearer {}", stage.token);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json"),
    ];
    let requests = bodies
        .iter()
        .map(|body| post("/graphql", &headers, &body.to_string()));
    let load = Load {
        address: stage.server.address,
        requests: requests.collect(),
        connections,
        until,
        granted: messages_taken,
    };
    load::run(load).await?.complete()
}

/// Only who wrote lately may be sent free text.
async fn have_written(stage: &Stage, people: usize) -> Result<(), String> {
    let people: Vec<String> = (0..people.max(1))
        .map(|person| format!("whatsapp:{}", number_of(person)))
        .collect();
    let addresses = people.iter().map(String::as_str).collect();
    let now = Clock::system().now();
    told(store::bench::have_written(&stage.db, &addresses, SENDER, now).await)
}

fn number_of(person: usize) -> String {
    format!("+97798{person:08}")
}

fn input(number: usize, people: usize) -> Value {
    json!({
        "to": number_of(number % people.max(1)),
        "body": format!("Your order {number} is packed and leaves today. Thank you!"),
    })
}

fn together(inputs: &[Value]) -> Value {
    let query = "mutation($input: SendMessagesInput!) { sendMessages(input: $input) { acceptedCount results { index message { id } userErrors { code field message } } userErrors { code field message } } }";
    json!({ "query": query, "variables": { "input": { "messages": inputs } } })
}

fn single(input: &Value) -> Value {
    let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code field message } } }";
    json!({ "query": query, "variables": { "input": input } })
}

/// How many messages an answer says were taken; one broken rule makes a refusal of it. `sendMessages` tells a number,
/// and `sendMessage` an empty list of errors.
fn messages_taken(answer: Message<'_>) -> usize {
    if load::one_if_taken(answer) == 0 {
        return 0;
    }
    let text = String::from_utf8_lossy(answer.body);
    let lists = text.matches("\"userErrors\":").count();
    let empty = text.matches("\"userErrors\":[]").count();
    if lists != empty {
        return 0;
    }
    let Some((_, rest)) = text.split_once("\"acceptedCount\":") else {
        return empty;
    };
    let number = rest.split([',', '}']).next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_one_refusal_is_a_refusal() {
        let granted = |body: &str| {
            messages_taken(Message {
                head: "HTTP/1.1 200 OK\r\n\r\n",
                body: body.as_bytes(),
            })
        };
        assert_eq!(granted(r#"{"userErrors":[]},{"userErrors":[]}"#), 2);
        assert_eq!(
            granted(r#"{"userErrors":[]},{"userErrors":[{"code":1}]}"#),
            0
        );
        assert_eq!(granted(r#"{"data":null,"errors":[]}"#), 0);
        assert_eq!(
            granted(r#"{"acceptedCount":2,"results":[{"userErrors":[]},{"userErrors":[]}]}"#),
            2
        );
    }
}
