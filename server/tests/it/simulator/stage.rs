//! A simulator of one's own, and a server that keeps everything it is told.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use waybill::gateway::signature;
use waybill::gateway::wire::Form;
use waybill::simulator::{Memory, Settings, spawn};

pub(super) const SENDER: &str = "whatsapp:+14155238886";
pub(super) const ASHA: &str = "whatsapp:+9779800000001";
pub(super) const SERVICE: &str = "MG00112233445566778899aabbccddeeff";
const PATIENCE: Duration = Duration::from_secs(20);

/// One request to the webhook.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// The fields, of the body or the query.
    pub(super) form: Form,
    pub(super) is_signed_well: bool,
}

impl Call {
    pub(super) fn get(&self, key: &str) -> &str {
        let pair = self.form.pairs().iter().find(|it| it.0 == key);
        pair.map_or("(absent)", |it| it.1.as_str())
    }
}

#[derive(Default)]
struct Heard {
    calls: Mutex<Vec<Call>>,
    came: Notify,
    token: Mutex<String>,
    host: Mutex<String>,
}

/// A simulator, the business behind it, and a client of both.
pub(super) struct Stage {
    pub(super) url: String,
    pub(super) account: String,
    pub(super) token: String,
    http: reqwest::Client,
    heard: Arc<Heard>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::with(|settings| settings).await
    }

    /// One that is remembered in a file.
    pub(super) async fn remembered(path: &Path) -> Self {
        let memory = Memory {
            path: path.to_owned(),
            public_url: "http://waybill.test".into(),
        };
        Self::with(|settings| Settings {
            memory: Some(memory),
            ..settings
        })
        .await
    }

    pub(super) async fn with(change: impl FnOnce(Settings) -> Settings) -> Self {
        let heard = Arc::new(Heard::default());
        let address = business(heard.clone()).await;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = change(Settings {
            senders: vec![SENDER.into(), "+14155238886".into()],
            schedule: [10, 20, 30].map(Duration::from_millis),
            ..Settings::for_webhook(format!("http://{address}/in"))
        });
        let simulated = spawn(listener, settings, &tasks, &stop).unwrap();
        let token = simulated.account.auth_token.expose().to_owned();
        heard.token.lock().unwrap().clone_from(&token);
        *heard.host.lock().unwrap() = format!("http://{address}");
        Self {
            url: format!("http://{}", simulated.address),
            account: simulated.account.account_sid,
            token,
            http: waybill::gateway::http_client(),
            heard,
            stop,
            tasks,
        }
    }

    /// Stops it as the server does.
    pub(super) async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        let request = self.http.get(format!("{}{path}", self.url));
        request.basic_auth(&self.account, Some(&self.token))
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.url));
        request.basic_auth(&self.account, Some(&self.token))
    }

    pub(super) fn delete(&self, path: &str) -> RequestBuilder {
        let request = self.http.delete(format!("{}{path}", self.url));
        request.basic_auth(&self.account, Some(&self.token))
    }

    /// A request without credentials.
    pub(super) fn stranger(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    /// A path below the account.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/2010-04-01/Accounts/{}{rest}", self.account)
    }

    pub(super) fn status_url(&self) -> String {
        format!("{}/status", self.heard.host.lock().unwrap())
    }

    /// Creates a message; the whole answer.
    pub(super) async fn create(&self, fields: &[(&str, &str)]) -> Response {
        let request = self.post(&self.path("/Messages.json")).form(fields);
        request.send().await.unwrap()
    }

    /// A text to a phone, with a place for its statuses; the message.
    pub(super) async fn text(&self, to: &str, body: &str) -> Value {
        let url = self.status_url();
        let fields = [
            ("To", to),
            ("From", SENDER),
            ("Body", body),
            ("StatusCallback", &url),
        ];
        let answer = self.create(&fields).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.unwrap()
    }

    /// The code of a create that is refused.
    pub(super) async fn code(&self, fields: &[(&str, &str)]) -> i64 {
        let answer = self.create(fields).await;
        let body: Value = answer.json().await.unwrap();
        body["code"].as_i64().unwrap_or_else(|| panic!("{body}"))
    }

    pub(super) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    /// Changes the world; it must be right.
    pub(super) async fn change(&self, change: Value) -> Value {
        let (status, body) = self.patch("/simulator/world", change).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub(super) async fn change_phone(&self, address: &str, change: Value) -> Value {
        let path = format!("/simulator/phones/{address}");
        let (status, body) = self.patch(&path, change).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub(super) async fn patch(&self, path: &str, change: Value) -> (StatusCode, Value) {
        let request = self.http.patch(format!("{}{path}", self.url));
        let answer = request.json(&change).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// A person writes; the answer of the simulator.
    pub(super) async fn write(&self, writing: Value) -> (StatusCode, Value) {
        let request = self.http.post(format!("{}/simulator/messages", self.url));
        let answer = request.json(&writing).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Asha writes; what the webhook was told.
    pub(super) async fn asha(&self, mut writing: Value) -> Call {
        writing["from"] = ASHA.into();
        writing["name"] = "Asha".into();
        let (status, body) = self.write(writing).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        assert_eq!(body["status"], "read", "{body}");
        self.calls("/in").last().unwrap().clone()
    }

    /// Lets Asha write, so that the window is open.
    pub(super) async fn open_window(&self) {
        self.asha(json!({ "body": "hi" })).await;
    }

    /// What was told to a path so far.
    pub(super) fn calls(&self, path: &str) -> Vec<Call> {
        let calls = self.heard.calls.lock().unwrap();
        calls.iter().filter(|it| it.path == path).cloned().collect()
    }

    /// Waits until so many statuses of a message were told; their words in the order in which they came.
    pub(super) async fn statuses(&self, sid: &str, count: usize) -> Vec<String> {
        let told = || {
            let calls = self.calls("/status").into_iter();
            let of_it = calls.filter(|it| it.get("MessageSid") == sid);
            of_it
                .map(|it| it.get("MessageStatus").to_owned())
                .collect::<Vec<_>>()
        };
        let wait = async {
            loop {
                let came = self.heard.came.notified();
                tokio::pin!(came);
                came.as_mut().enable();
                if told().len() >= count {
                    return;
                }
                came.await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        assert!(waited.is_ok(), "only {:?} came", told());
        told()
    }

    pub(super) async fn phone(&self, address: &str) -> Value {
        self.json(&format!("/simulator/phones/{address}")).await
    }
}

/// A server that answers 200 and remembers.
async fn business(heard: Arc<Heard>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(hear).with_state(heard);
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

async fn hear(
    State(heard): State<Arc<Heard>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let url = format!("{}{uri}", heard.host.lock().unwrap());
    let form = Form::decode(&body);
    let signature = headers["x-twilio-signature"].to_str().unwrap();
    let token = heard.token.lock().unwrap().clone();
    let is_signed_well = signature::sign(&token, &url, form.pairs()) == signature;
    let query = Form::decode(uri.query().unwrap_or_default().as_bytes());
    let form = if method == Method::GET { query } else { form };
    heard.calls.lock().unwrap().push(Call {
        method,
        path: uri.path().to_owned(),
        form,
        is_signed_well,
    });
    heard.came.notify_waiters();
    StatusCode::OK
}
