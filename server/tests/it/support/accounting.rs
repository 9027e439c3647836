//! A Twilio that keeps account of every create, misbehaves by a plan, and can be stopped at any hop of a request.

pub(crate) mod plan;
mod reports;
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use waybill::gateway::wire::{Form, rfc2822};

use super::{ACCOUNT, TOKEN};
use plan::{Plan, Treatment};
use wire::{Request, Wire};

/// Longest page of the list, however long a page was asked for: whoever reads the first page only is found out.
const PAGE: usize = 5;
const HOP_PATIENCE: Duration = Duration::from_secs(30);

/// A create request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Create {
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) treatment: Treatment,
    /// Its message, where it was taken.
    pub(crate) sid: Option<String>,
}

impl Create {
    fn key(&self) -> String {
        format!("{} {}", self.to, self.body)
    }
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) sid: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) callback: String,
    /// Where it is: what a fetch and the list say.
    pub(crate) status: &'static str,
    /// The furthest status whose callback was answered 200.
    pub(crate) told: &'static str,
    at: DateTime<Utc>,
}

impl Taken {
    fn key(&self) -> String {
        format!("{} {}", self.to, self.body)
    }
}

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) creates: Vec<Create>,
    pub(crate) taken: Vec<Taken>,
    /// Lists and fetches.
    pub(crate) questions: usize,
    /// Callbacks that were answered 200, otherwise, and not at all.
    pub(crate) told: usize,
    pub(crate) refused: usize,
    pub(crate) unheard: usize,
}

/// A place in the life of a create request where it can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// It came, and is not taken.
    Received,
    /// It is taken, and not answered.
    Taken,
    /// Its answer was written.
    Answered,
}

/// How a request that was held goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Goes,
    /// It is not taken, as if it had been lost on the way.
    Vanishes,
}

type Whose = Box<dyn Fn(&Create) -> bool + Send>;

struct Trap {
    hop: Hop,
    whose: Whose,
    reached: oneshot::Sender<Create>,
    fate: oneshot::Receiver<Fate>,
}

/// Waits for one request to come to a hop, and holds it there.
pub(crate) struct Hold {
    hop: Hop,
    reached: oneshot::Receiver<Create>,
    fate: oneshot::Sender<Fate>,
}

impl Hold {
    /// Returns as soon as a request is there.
    pub(crate) async fn reached(&mut self) -> Create {
        let reached = tokio::time::timeout(HOP_PATIENCE, &mut self.reached).await;
        reached
            .unwrap_or_else(|_| panic!("no create came to {:?} in {HOP_PATIENCE:?}", self.hop))
            .unwrap()
    }

    /// Lets it go on.
    pub(crate) fn release(self, fate: Fate) {
        // A request that nobody waits for any more needs no fate.
        let _ = self.fate.send(fate);
    }
}

struct Inner {
    address: SocketAddr,
    plan: Plan,
    books: Mutex<Books>,
    traps: Mutex<Vec<Trap>>,
    /// Messages whose callbacks are not all sent.
    reporting: AtomicUsize,
    http: reqwest::Client,
}

/// The stand-in.
#[derive(Clone)]
pub(crate) struct Accounting(Arc<Inner>);

impl Accounting {
    pub(crate) async fn new(plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let twilio = Self(Arc::new(Inner {
            address: listener.local_addr().unwrap(),
            plan,
            books: Mutex::default(),
            traps: Mutex::default(),
            reporting: AtomicUsize::new(0),
            http: waybill::gateway::http_client(),
        }));
        tokio::spawn(twilio.clone().listen(listener));
        twilio
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// What happened so far.
    pub(crate) fn books(&self) -> Books {
        self.0.books.lock().unwrap().clone()
    }

    /// Whether every callback was sent that is to come.
    pub(crate) fn has_reported(&self) -> bool {
        self.0.reporting.load(Ordering::SeqCst) == 0
    }

    /// Holds the next create of that kind at a hop.
    pub(crate) fn hold(&self, hop: Hop, whose: impl Fn(&Create) -> bool + Send + 'static) -> Hold {
        let (told, reached) = oneshot::channel();
        let (fate, heard) = oneshot::channel();
        self.0.traps.lock().unwrap().push(Trap {
            hop,
            whose: Box::new(whose),
            reached: told,
            fate: heard,
        });
        Hold { hop, reached, fate }
    }

    async fn pass(&self, hop: Hop, create: &Create) -> Fate {
        let trap = {
            let mut traps = self.0.traps.lock().unwrap();
            let at = traps
                .iter()
                .position(|it| it.hop == hop && (it.whose)(create));
            at.map(|at| traps.remove(at))
        };
        let Some(trap) = trap else { return Fate::Goes };
        // A test that failed meanwhile waits for nothing.
        let _ = trap.reached.send(create.clone());
        trap.fate.await.unwrap_or(Fate::Goes)
    }

    async fn listen(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let twilio = self.clone();
            tokio::spawn(async move { twilio.converse(Wire::new(stream)).await });
        }
    }

    async fn converse(&self, mut wire: Wire) {
        while let Some(request) = wire.next().await {
            if request.authorization != authorization() {
                wire.answer(401, "", r#"{"code":20003}"#).await;
            } else if request.method == "POST" {
                match self.create(wire, &Form::decode(&request.body)).await {
                    Some(open) => wire = open,
                    None => return,
                }
            } else {
                let (status, body) = self.ask(&request);
                wire.answer(status, "", &body).await;
            }
        }
    }

    /// One create; the connection, where it is open still.
    async fn create(&self, wire: Wire, form: &Form) -> Option<Wire> {
        let (mut create, nth) = self.receive(form);
        if self.pass(Hop::Received, &create).await == Fate::Vanishes {
            wire.reset();
            return None;
        }
        let mut answer = String::new();
        if create.treatment.takes() {
            let message = self.take(&mut create, form);
            answer = json_of(&message).to_string();
            self.report_all(&message).await;
            self.pass(Hop::Taken, &create).await;
        }
        tokio::time::sleep(self.0.plan.latency(&create.key(), nth)).await;
        let wire = treat(wire, create.treatment, &answer).await?;
        self.pass(Hop::Answered, &create).await;
        Some(wire)
    }

    fn receive(&self, form: &Form) -> (Create, usize) {
        let text = |key| form.get(key).unwrap_or_default().to_owned();
        let (to, body) = (text("To"), text("Body"));
        let mut books = self.0.books.lock().unwrap();
        let is_same = |it: &&Create| it.to == to && it.body == body;
        let nth = books.creates.iter().filter(is_same).count();
        let mut create = Create {
            to,
            body,
            treatment: Treatment::Take,
            sid: None,
        };
        create.treatment = self.0.plan.treatment(&create.key(), nth);
        books.creates.push(create.clone());
        (create, nth)
    }

    fn take(&self, create: &mut Create, form: &Form) -> Taken {
        let text = |key| form.get(key).unwrap_or_default().to_owned();
        let mut books = self.0.books.lock().unwrap();
        let message = Taken {
            sid: format!("SM{:032x}", books.taken.len() + 1),
            from: text("From"),
            to: create.to.clone(),
            body: create.body.clone(),
            callback: text("StatusCallback"),
            status: "queued",
            told: "queued",
            at: waybill::clock::Clock::system().now(),
        };
        books.taken.push(message.clone());
        create.sid = Some(message.sid.clone());
        message
    }

    fn ask(&self, request: &Request) -> (u16, String) {
        let mut books = self.0.books.lock().unwrap();
        books.questions += 1;
        if self.0.plan.is_deaf(books.questions) {
            return (503, "upstream connect error".to_owned());
        }
        let name = request.path.rsplit('/').next().unwrap_or_default();
        if name == "Messages.json" {
            return (200, page(&books.taken, &request.query).to_string());
        }
        let sid = name.strip_suffix(".json").unwrap_or(name);
        match books.taken.iter().find(|it| it.sid == sid) {
            Some(message) => (200, json_of(message).to_string()),
            None => (404, r#"{"code":20404}"#.to_owned()),
        }
    }

    fn with_message<T>(&self, sid: &str, change: impl FnOnce(&mut Taken) -> T) -> T {
        let mut books = self.0.books.lock().unwrap();
        let message = books.taken.iter_mut().find(|it| it.sid == sid);
        change(message.expect("only what was taken is reported"))
    }
}

/// How far a status is on its way.
pub(crate) fn rank(status: &str) -> usize {
    let order = ["sent", "delivered", "read"];
    let at = order.iter().position(|it| it.eq_ignore_ascii_case(status));
    at.map_or(0, |at| at + 1)
}

/// Answers, or not; the connection, where it is open still.
async fn treat(mut wire: Wire, treatment: Treatment, answer: &str) -> Option<Wire> {
    match treatment {
        Treatment::Take => {
            wire.answer(201, "", answer).await;
            Some(wire)
        }
        Treatment::Busy(seconds) => {
            let after = format!("retry-after: {seconds}\r\n");
            wire.answer(429, &after, r#"{"code":20429}"#).await;
            Some(wire)
        }
        Treatment::Broken(status) | Treatment::TakeAndBreak(status) => {
            wire.answer(status, "", "upstream connect error").await;
            Some(wire)
        }
        Treatment::Reset | Treatment::TakeAndReset => {
            wire.reset();
            None
        }
        Treatment::TakeAndCut => {
            wire.cut(201, answer).await;
            None
        }
        Treatment::Silent | Treatment::TakeAndSilent => {
            wire.until_closed().await;
            None
        }
    }
}

fn authorization() -> String {
    format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")))
}

fn json_of(message: &Taken) -> Value {
    json!({
        "sid": message.sid, "account_sid": ACCOUNT, "status": message.status, "direction": "outbound-api",
        "from": message.from, "to": message.to, "body": message.body, "date_created": rfc2822(message.at),
    })
}

/// A page of the list, newest first.
fn page(taken: &[Taken], query: &str) -> Value {
    let query = Form::decode(query.as_bytes());
    let is_wanted = |it: &&Taken| {
        query.get("To").is_none_or(|to| it.to == to)
            && query.get("From").is_none_or(|from| it.from == from)
    };
    let number = |key, without| query.get(key).map_or(without, |it| it.parse().unwrap());
    let (size, at): (usize, usize) = (number("PageSize", 50).min(PAGE), number("Page", 0));
    let mut found = taken.iter().rev().filter(is_wanted).skip(at * size);
    let messages: Vec<Value> = found.by_ref().take(size).map(json_of).collect();
    let mut next = form_urlencoded::Serializer::new(String::new());
    for key in ["To", "From"] {
        if let Some(value) = query.get(key) {
            next.append_pair(key, value);
        }
    }
    next.append_pair("PageSize", &size.to_string());
    let next = next.append_pair("Page", &(at + 1).to_string()).finish();
    let next = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?{next}");
    let next = found.next().map(|_| next);
    json!({ "messages": messages, "page": at, "page_size": size, "next_page_uri": next })
}
