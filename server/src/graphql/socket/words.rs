//! The messages of `graphql-transport-ws`, both ways.

use async_graphql::Request;
use serde_json::{Map, Value};

use super::close::Close;
use crate::graphql::http::params;

/// What a client says.
#[derive(Debug)]
pub(super) enum Heard {
    /// With its payload, or null.
    Init(Value),
    /// With its payload, or null.
    Ping(Value),
    Pong,
    Subscribe {
        id: String,
        request: Box<Request>,
    },
    Complete(String),
}

impl Heard {
    pub(super) fn parse(text: &str) -> Result<Self, Close> {
        let said: Map<String, Value> = serde_json::from_str(text)
            .map_err(|_| Close::bad("The message is not a JSON object".to_owned()))?;
        let payload = || said.get("payload").cloned().unwrap_or_default();
        let id = || {
            let id = said
                .get("id")
                .and_then(Value::as_str)
                .filter(|it| !it.is_empty());
            id.map(str::to_owned)
                .ok_or_else(|| Close::bad("The message has no id".to_owned()))
        };
        match said.get("type").and_then(Value::as_str) {
            Some("connection_init") => match payload() {
                payload @ (Value::Null | Value::Object(_)) => Ok(Self::Init(payload)),
                _ => Err(Close::bad(
                    "The payload of connection_init is not an object".to_owned(),
                )),
            },
            Some("ping") => Ok(Self::Ping(payload())),
            Some("pong") => Ok(Self::Pong),
            Some("subscribe") => {
                let request = params::one(payload()).map_err(Close::bad)?;
                Ok(Self::Subscribe {
                    id: id()?,
                    request: Box::new(request),
                })
            }
            Some("complete") => id().map(Self::Complete),
            _ => Err(Close::bad("The message is of no known type".to_owned())),
        }
    }
}

/// What the server says.
pub(super) mod say {
    use async_graphql::{Response, ServerError};
    use serde::Serialize;
    use serde_json::{Value, json};

    pub(in super::super) fn ack() -> String {
        json!({ "type": "connection_ack" }).to_string()
    }

    pub(in super::super) fn pong(payload: &Value) -> String {
        match payload {
            Value::Null => json!({ "type": "pong" }),
            payload => json!({ "type": "pong", "payload": payload }),
        }
        .to_string()
    }

    pub(in super::super) fn next(id: &str, answer: &Response) -> String {
        #[derive(Serialize)]
        struct Next<'a> {
            r#type: &'static str,
            id: &'a str,
            payload: &'a Response,
        }
        let next = Next {
            r#type: "next",
            id,
            payload: answer,
        };
        serde_json::to_string(&next).expect("an answer is JSON")
    }

    pub(in super::super) fn error(id: &str, errors: &[ServerError]) -> String {
        json!({ "type": "error", "id": id, "payload": errors }).to_string()
    }

    pub(in super::super) fn complete(id: &str) -> String {
        json!({ "type": "complete", "id": id }).to_string()
    }
}
