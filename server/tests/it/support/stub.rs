//! A Twilio that answers as told and counts every create: for the failures that the simulator does not make yet.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use waybill::gateway::wire::Form;

pub(crate) const ACCOUNT: &str = "AC00112233445566778899aabbccddeeff";
pub(crate) const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// How a create is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// Taken, 201.
    Take,
    /// Refused with a code, 400.
    Refuse(i32),
    /// 429 with `Retry-After: 0`.
    Busy,
    /// 503, and not taken.
    Broken,
    /// Taken, but the connection breaks before the answer.
    TakeAndDrop,
}

#[derive(Default)]
struct Told {
    answers: VecDeque<Answer>,
    taken: Vec<Value>,
    requests: usize,
    forms: Vec<Form>,
}

/// The stand-in.
#[derive(Clone)]
pub(crate) struct Stub {
    address: SocketAddr,
    told: Arc<Mutex<Told>>,
}

impl Stub {
    /// Answers creates in this order; afterwards it takes everything.
    pub(crate) async fn new(answers: &[Answer]) -> Self {
        let told = Told {
            answers: answers.iter().copied().collect(),
            ..Told::default()
        };
        let told = Arc::new(Mutex::new(told));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let path = "/2010-04-01/Accounts/{account}/Messages.json";
        let router = Router::new()
            .route(path, post(create).get(list))
            .with_state(told.clone());
        tokio::task::spawn(axum::serve(listener, router).into_future());
        Self { address, told }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Messages taken so far.
    pub(crate) fn taken(&self) -> usize {
        self.told.lock().unwrap().taken.len()
    }

    /// Texts of the messages taken, in their order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let told = self.told.lock().unwrap();
        let text = |it: &Value| it["body"].as_str().unwrap_or_default().to_owned();
        told.taken.iter().map(text).collect()
    }

    /// A customer wrote, and Twilio's list shows it; no webhook comes.
    pub(crate) fn customer_wrote(&self, sid: &str, body: &str, at: DateTime<Utc>) {
        let at = waybill::gateway::wire::rfc2822(at);
        self.told.lock().unwrap().taken.push(json!({
            "sid": sid, "status": "received", "direction": "inbound", "from": "whatsapp:+9779800000077",
            "to": "whatsapp:+14155238886", "body": body, "date_created": at, "date_sent": at, "num_media": "0",
        }));
    }

    /// The forms of the create requests, in their order.
    pub(crate) fn forms(&self) -> Vec<Form> {
        self.told.lock().unwrap().forms.clone()
    }

    /// Create requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.told.lock().unwrap().requests
    }
}

async fn create(State(told): State<Arc<Mutex<Told>>>, body: Bytes) -> Response {
    let form = Form::decode(&body);
    let mut told = told.lock().unwrap();
    told.requests += 1;
    let answer = told.answers.pop_front().unwrap_or(Answer::Take);
    let sid = format!("SM{:032x}", told.requests);
    let message = json!({
        "sid": sid, "status": "queued", "direction": "outbound-api", "from": form.get("From"), "to": form.get("To"),
        "body": form.get("Body"), "date_created": waybill::gateway::wire::rfc2822(waybill::clock::Clock::system().now()),
    });
    if matches!(answer, Answer::Take | Answer::TakeAndDrop) {
        told.taken.push(message.clone());
    }
    let request_id = format!("RQ{:032x}", told.requests);
    told.forms.push(form);
    let json = [
        (header::CONTENT_TYPE, "application/json"),
        (HeaderName::from_static("twilio-request-id"), &request_id),
    ];
    match answer {
        Answer::Take => (StatusCode::CREATED, json, message.to_string()).into_response(),
        Answer::Refuse(code) => (
            StatusCode::BAD_REQUEST,
            json,
            json!({ "code": code, "message": "no" }).to_string(),
        )
            .into_response(),
        Answer::Busy => {
            let body = json!({ "code": 20429, "message": "Too Many Requests" }).to_string();
            (
                StatusCode::TOO_MANY_REQUESTS,
                [(header::RETRY_AFTER, "0")],
                body,
            )
                .into_response()
        }
        Answer::Broken => {
            (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response()
        }
        Answer::TakeAndDrop => {
            let broken = futures_util::stream::once(async {
                Err::<Bytes, _>(std::io::Error::other("reset"))
            });
            (StatusCode::CREATED, Body::from_stream(broken)).into_response()
        }
    }
}

async fn list(State(told): State<Arc<Mutex<Told>>>, RawQuery(query): RawQuery) -> Response {
    let query = Form::decode(query.unwrap_or_default().as_bytes());
    let told = told.lock().unwrap();
    let is_wanted = |it: &&Value| it["to"].as_str() == query.get("To");
    // One message a page, so that whoever reads on the first page only is found out.
    let page: usize = query.get("Page").map_or(0, |it| it.parse().unwrap());
    let mut rest = told.taken.iter().rev().filter(is_wanted).skip(page);
    let messages: Vec<&Value> = rest.next().into_iter().collect();
    let pairs = [
        ("To", query.get("To").unwrap()),
        ("Page", &(page + 1).to_string()),
    ];
    let next = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let next = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?{next}");
    let next = rest.next().map(|_| next);
    axum::Json(json!({ "messages": messages, "page": page, "page_size": 1, "next_page_uri": next }))
        .into_response()
}
