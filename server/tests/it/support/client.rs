//! What a test does through the server's doors.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use waybill::gateway::signature;

use super::TestApp;

impl TestApp {
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    /// Runs a query that must not fail; its data.
    pub(crate) async fn query(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.query_raw(query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].take()
    }

    /// Runs a query; the whole answer.
    pub(crate) async fn query_raw(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let answer = self
            .post("/graphql")
            .bearer_auth(&self.token)
            .json(&body)
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }

    /// `sendMessage`; its payload.
    pub(crate) async fn send(&self, input: Value) -> Value {
        let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id status twilioSid } userErrors { code field } } }";
        self.query(query, json!({ "input": input })).await["sendMessage"].take()
    }

    /// One message with everything that hangs on it.
    pub(crate) async fn message(&self, id: &str) -> Value {
        let query = "query($id: ID!) { message(id: $id) { id status twilioSid errorCode attemptCount isRetryable body
            attempts { number outcome httpStatus errorCode } timeline { kind status changed } } }";
        self.query(query, json!({ "id": id })).await["message"].take()
    }

    /// Every message there is, newest first.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        let query = "{ messages(first: 100) { nodes { id direction status body from to } } }";
        let mut data = self.query(query, json!({})).await;
        serde_json::from_value(data["messages"]["nodes"].take()).unwrap()
    }

    /// Writes as a customer with a simulated phone.
    pub(crate) async fn write_as(&self, number: &str, body: &str) {
        let query = "mutation($input: SimulatorSendInput!) { simulatorSend(input: $input) { message { status } userErrors { code } } }";
        let input = json!({ "from": number, "name": "Asha", "body": body });
        let data = self.query(query, json!({ "input": input })).await;
        assert_eq!(data["simulatorSend"]["message"]["status"], "read", "{data}");
    }

    /// Posts a form to a webhook route, signed as Twilio would.
    pub(crate) async fn signed(&self, path: &str, pairs: &[(&str, &str)]) -> StatusCode {
        let owned: Vec<(String, String)> = pairs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect();
        let app = &self.running.app;
        let url = format!("{}{path}", app.public_url);
        let signature = signature::sign(app.account.auth_token.expose(), &url, &owned);
        let request = self
            .post(path)
            .header("X-Twilio-Signature", signature)
            .form(pairs);
        request.send().await.unwrap().status()
    }

    /// Rows in the tables that a webhook or send could have touched.
    pub(crate) async fn rows(&self) -> (u64, usize) {
        let events = waybill::store::webhook_events::count(self.running.app.db.read())
            .await
            .unwrap();
        (events, self.messages().await.len())
    }
}
