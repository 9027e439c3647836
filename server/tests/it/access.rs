//! Who may come in, what closes when a right ends, and what is written down of it. Here: what these stories share.

mod audit;
mod passwords;
mod tokens;
mod users;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::api_token::Scope;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use waybill::clock::{Clock, Ids};
use waybill::flows::access::{self, TokenWish};

use crate::support::{Socket, TestApp};

const PASSWORD: &str = "सही घोडा ब्याट्री स्टेपल";

/// A token of another scope than the test's own.
pub(crate) async fn token(app: &TestApp, scope: Scope) -> (String, String) {
    let wish = TokenWish {
        name: format!("{scope:?}"),
        scope,
        life: Some(TimeDelta::hours(1)),
    };
    let db = &app.running.app.db;
    let made = access::new_token(db, &Clock::system(), &Ids::default(), wish).await;
    let (row, token) = made.unwrap();
    (entity::types::Kind::ApiToken.encode(row.id), token)
}

/// Runs a query with a credential: `Bearer …` or a cookie.
pub(crate) async fn ask(app: &TestApp, credential: &str, query: &str, variables: Value) -> Value {
    let request = app.post("/graphql");
    let request = match credential.strip_prefix("waybill_session=") {
        Some(_) => request.header("cookie", credential),
        None => request.bearer_auth(credential),
    };
    let body = json!({ "query": query, "variables": variables });
    request
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

async fn admin(app: &TestApp) -> String {
    token(app, Scope::Manage).await.1
}

async fn knock(app: &TestApp, name: &str, password: &str) -> Response {
    let body = json!({ "name": name, "password": password });
    app.post("/sign-in").json(&body).send().await.unwrap()
}

fn cookie(answer: &Response) -> String {
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Makes a user who has chosen a password; their id and the cookie of their session.
pub(crate) async fn user(app: &TestApp, name: &str, role: &str) -> (String, String) {
    let admin = admin(app).await;
    let query = "mutation($input: CreateUserInput!) { createUser(input: $input) { user { id hasPassword } signInPath userErrors { code } } }";
    let input = json!({ "input": { "name": name, "role": role } });
    let made = ask(app, &admin, query, input).await["data"]["createUser"].take();
    assert_eq!(made["user"]["hasPassword"], false, "{made}");
    let answer = app
        .get(made["signInPath"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = cookie(&answer);
    let set = set_password(app, &cookie, Value::Null, PASSWORD).await;
    assert_eq!(set["user"]["hasPassword"], true, "{set}");
    (made["user"]["id"].as_str().unwrap().to_owned(), cookie)
}

async fn set_password(app: &TestApp, cookie: &str, current: Value, new: &str) -> Value {
    let query = "mutation($current: String, $new: String!) { setPassword(currentPassword: $current, newPassword: $new) { user { hasPassword } userErrors { code field } } }";
    let variables = json!({ "current": current, "new": new });
    ask(app, cookie, query, variables).await["data"]["setPassword"].take()
}

async fn log(app: &TestApp, filter: Value) -> Vec<Value> {
    let query = "query($filter: AuditFilter) { auditLog(first: 100, filter: $filter) { nodes { actor actorName action target before after client } } }";
    let admin = admin(app).await;
    let answer = ask(app, &admin, query, json!({ "filter": filter })).await;
    answer["data"]["auditLog"]["nodes"]
        .as_array()
        .unwrap()
        .clone()
}

/// An open subscription of a token's.
async fn follow(app: &TestApp, token: &str) -> Socket {
    let mut socket = Socket::dial(&app.url, token, Some("e0")).await.unwrap();
    app.send(json!({ "to": "+9779800000001", "body": "x" }))
        .await;
    assert_eq!(socket.listen().await.unwrap()["type"], "next");
    socket
}

/// That a socket closes within a second.
async fn closes(mut socket: Socket) {
    let began = Instant::now();
    let closed = async { while socket.listen().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), closed)
        .await
        .unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(1), "closed after {took:?}");
}
