//! Requests that are meant to hurt: each is refused by name, for little work, while others are served.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::{Backend, Process, Settings, Socket, TestApp, free_port, new_token};

/// Of the server's threads, for one request. A debug build takes several times as long.
const WORK: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 100 });
/// What else the server does at a moment is in some tries, not in all.
const TRIES: usize = 3;
/// On a machine that does many other things too.
const SOON: Duration = Duration::from_secs(10);

fn nested(depth: usize) -> String {
    "{ messages ".repeat(depth) + &"}".repeat(depth)
}

fn doubling(fragments: usize, first: &str) -> String {
    let fragment = |n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1);
    let all: String = (0..fragments).map(fragment).collect();
    format!("{first} {all} fragment F{fragments} on Query {{ viewer {{ name }} }}")
}

fn chain(fragments: usize) -> String {
    let fragment = |n| format!("fragment F{n} on Query {{ ...F{} }} ", n + 1);
    let all: String = (0..fragments).map(fragment).collect();
    format!("{{ ...F0 }} {all} fragment F{fragments} on Query {{ viewer {{ name }} }}")
}

/// Hostile bodies with the code that refuses them.
fn attacks() -> Vec<(&'static str, Value, &'static str)> {
    let aliases: String = (0..10_000)
        .map(|n| format!("a{n}: viewer {{ name }} "))
        .collect();
    let roots = "viewer { name } ".repeat(2_000);
    let query = |query: String| json!({ "query": query });
    vec![
        ("depth 1,000", query(nested(1_000)), "QUERY_TOO_DEEP"),
        (
            "unclosed brackets",
            query("{ a ".repeat(20_000)),
            "QUERY_TOO_DEEP",
        ),
        (
            "lists in lists",
            query(format!("{{ a(b: {}) }}", "[".repeat(5_000))),
            "QUERY_TOO_DEEP",
        ),
        (
            "10,000 aliases",
            query(format!("{{ {} }}", &aliases[..120_000])),
            "TOO_MANY_ALIASES",
        ),
        (
            "10,000 aliases, in full",
            query(format!("{{ {aliases} }}")),
            "QUERY_TOO_LONG",
        ),
        (
            "2,000 root fields",
            query(format!("{{ {roots} }}")),
            "TOO_MANY_ROOT_FIELDS",
        ),
        (
            "many tokens",
            query("{ viewer { name } } ".repeat(5_000)),
            "TOO_MANY_TOKENS",
        ),
        (
            "circular fragments",
            query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into()),
            "FRAGMENT_CYCLE",
        ),
        (
            "doubling fragments",
            query(doubling(60, "{ ...F0 }")),
            "TOO_MANY_ROOT_FIELDS",
        ),
        (
            "doubling fragments that end nowhere",
            query(doubling(40, "{ ...F0 }").replace("viewer { name }", "...Missing")),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "doubling fragments, unused",
            query(doubling(60, "{ viewer { name } }")),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "a chain of fragments",
            query(chain(1_200)),
            "QUERY_TOO_DEEP",
        ),
    ]
}

/// The same, of the schema, the variables and the body.
fn more_attacks() -> Vec<(&'static str, Value, &'static str)> {
    let bomb =
        "types { fields { type { fields { type { fields { type { fields { name } } } } } } } }";
    let schemas: String = (0..60)
        .map(|n| {
            format!("s{n}: __schema {{ types {{ fields {{ type {{ fields {{ name }} }} }} }} }} ")
        })
        .collect();
    let values: Vec<u32> = (0..200_000).collect();
    let huge: Map<String, Value> = (0..49_000).map(|n| (format!("k{n}"), n.into())).collect();
    let query = |query: String| json!({ "query": query });
    vec![
        (
            "an introspection bomb",
            query(format!("{{ __schema {{ {bomb} }} }}")),
            "INTROSPECTION_TOO_LARGE",
        ),
        (
            "introspection 60 times",
            query(format!("{{ {schemas} }}")),
            "INTROSPECTION_TOO_LARGE",
        ),
        (
            "huge variables",
            json!({ "query": "query($a: [Int!]) { viewer { name } }", "variables": { "a": values.get(..100_000) } }),
            "VARIABLES_TOO_LARGE",
        ),
        (
            "a huge variable, named again and again",
            json!({
                "query": format!("query($v: Int) {{ messages({}) {{ nodes {{ id }} }} }}", "first: $v ".repeat(2_000)),
                "variables": { "v": huge },
            }),
            "VARIABLES_TOO_LARGE",
        ),
        (
            "a code 40,000 times",
            json!({
                "query": "query($c: [Int!]!) { twilioErrors(codes: $c) { code meaning nextStep } }",
                "variables": { "c": vec![63_016; 40_000] },
            }),
            "PAGE_TOO_LARGE",
        ),
        (
            "a huge body",
            json!({ "query": "{ viewer { name } }", "variables": { "a": values } }),
            "BODY_TOO_LARGE",
        ),
        (
            "100 batches",
            json!(vec![json!({ "query": "{ viewer { name } }" }); 100]),
            "BATCH_TOO_LARGE",
        ),
        (
            "unknown fields",
            query(format!("{{ {} }}", "nosuchfield ".repeat(60))),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "a query like a list",
            json!({ "query": ["{ viewer { name } }"] }),
            "BAD_REQUEST",
        ),
    ]
}

/// Lists within lists that lead back to where they began.
fn rings() -> Vec<(&'static str, Value, &'static str)> {
    let ring = |open: &str, times: usize| open.repeat(times) + "id" + &" }".repeat(2 * times);
    let all = |rest: String| json!({ "query": format!("{{ {rest} }}") });
    let timelines = ring("timeline { message { ", 3);
    let talks = ring("conversations { contact { ", 3);
    vec![
        (
            "timelines in timelines of many messages",
            all(format!("messages(first: 100) {{ nodes {{ {timelines} }} }}")),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "timelines in timelines of one message",
            all(format!(
                "message(id: \"SM1\") {{ {} }}",
                ring("timeline { message { ", 5)
            )),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "conversations of contacts of conversations",
            all(format!("contacts(first: 100) {{ nodes {{ {talks} }} }}")),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "pages in pages",
            all("conversations(first: 100) { nodes { messages(first: 100) { nodes { timeline { kind } } } } }".into()),
            "QUERY_TOO_COMPLEX",
        ),
    ]
}

/// A server in a process of its own, so that its work can be told from that of other tests.
struct Victim {
    process: Process,
    url: String,
    token: String,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Victim {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let port = free_port();
        let settings: Settings = [
            ("PORT", port.to_string()),
            ("DATA_DIR", at("data")),
            ("LOG_DIR", at("logs")),
            ("API_RATE_PER_VIEWER", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        Self {
            process: Process::start(&["serve"], &settings, &["Dashboard"]).0,
            url: format!("http://127.0.0.1:{port}"),
            token: new_token(&settings),
            http: waybill::gateway::http_client(),
            _folder: folder,
        }
    }

    async fn ask(&self, body: &Value) -> Value {
        let request = self.http.post(format!("{}/graphql", self.url));
        let request = request.bearer_auth(&self.token).json(body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The first error of what came, and the server's least work for it in some tries.
    async fn refuses(&self, body: &Value) -> (Value, Duration) {
        let (mut least, mut answer) = (Duration::MAX, Value::Null);
        for _ in 0..TRIES {
            let before = self.process.time_at_work();
            answer = self.ask(body).await;
            least = least.min(self.since(before));
        }
        (answer, least)
    }

    /// The same over a socket.
    async fn refuses_on(&self, socket: &mut Socket, payload: &Value) -> (Value, Duration) {
        let (mut least, mut answer) = (Duration::MAX, Value::Null);
        for _ in 0..TRIES {
            let before = self.process.time_at_work();
            socket.wish("hostile", payload).await;
            answer = socket.listen().await.unwrap();
            least = least.min(self.since(before));
        }
        (answer, least)
    }

    fn since(&self, before: Option<Duration>) -> Duration {
        let now = self.process.time_at_work();
        now.zip(before)
            .map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_meant_to_hurt_is_refused_by_name_for_little_work_over_http_and_the_socket() {
    let victim = tokio::task::block_in_place(Victim::start);
    let mut socket = Socket::greeted(&victim.url, &victim.token).await;
    let all = attacks().into_iter().chain(more_attacks()).chain(rings());
    for (what, body, code) in all {
        let (answer, work) = victim.refuses(&body).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], code, "{what}: {answer}");
        assert!(answer.get("data").is_none(), "{what}: {answer}");
        assert_eq!(
            extensions["requestId"].as_str().map(str::len),
            Some(36),
            "{what}"
        );
        assert!(answer["errors"].as_array().unwrap().len() <= 50, "{what}");
        assert!(work < WORK, "{what} took {work:?} of work");
        println!("{what}: {code} for {work:?} of work");
        // What a socket does not take at all is not for it to refuse by name.
        if !body["query"].is_string() || body.to_string().len() > 100_000 {
            continue;
        }
        let (answer, work) = victim.refuses_on(&mut socket, &body).await;
        assert_eq!(answer["type"], "error", "{what}: {answer}");
        let extensions = &answer["payload"][0]["extensions"];
        assert_eq!(extensions["code"], code, "{what}, socket: {answer}");
        assert_eq!(
            extensions["requestId"].as_str().map(str::len),
            Some(36),
            "{what}"
        );
        assert!(work < WORK, "{what} took {work:?} of work over the socket");
        println!("{what}: {code} for {work:?} of work over the socket");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_are_served_while_somebody_means_to_hurt() {
    let app = TestApp::new(Backend::Sqlite).await;
    for (what, body, _) in attacks().into_iter().chain(more_attacks()).chain(rings()) {
        let began = Instant::now();
        let request = app.post("/graphql").bearer_auth(&app.token).json(&body);
        let (answer, other) =
            tokio::join!(request.send(), app.query("{ viewer { name } }", json!({})));
        let took = began.elapsed();
        answer.unwrap();
        assert_eq!(other["viewer"]["name"], "test", "{what}");
        assert!(took < SOON, "beside {what} it took {took:?}");
    }
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_tools_and_people_ask_is_within_every_limit_and_tells_its_cost() {
    let app = TestApp::new(Backend::Sqlite).await;
    let type_ref = "kind name ofType { ".repeat(9) + "kind name" + &" }".repeat(9);
    let tools = format!(
        "{{ __schema {{ queryType {{ name }} types {{ kind name fields(includeDeprecated: true) {{ name args {{ name type {{ {type_ref} }} }} \
         type {{ {type_ref} }} }} inputFields {{ name type {{ {type_ref} }} }} interfaces {{ {type_ref} }} enumValues {{ name }} \
         possibleTypes {{ {type_ref} }} }} directives {{ name args {{ name type {{ {type_ref} }} }} }} }} }}"
    );
    let answer = app.query_raw(&tools, json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(answer["extensions"]["cost"]["limit"], 5_000);
    let fifty: String = (0..50)
        .map(|n| format!("a{n}: viewer {{ name }} "))
        .collect();
    let answer = app.query_raw(&format!("{{ {fifty} }}"), json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(answer["extensions"]["cost"]["requested"], 100);
    let batch = json!(vec![json!({ "query": "{ viewer { name } }" }); 10]);
    let request = app.post("/graphql").bearer_auth(&app.token).json(&batch);
    let answers: Vec<Value> = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answers.len(), 10);
    assert!(
        answers
            .iter()
            .all(|it| it["data"]["viewer"]["name"] == "test"),
        "{answers:?}"
    );
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_fast_is_told_when_to_come_back_and_others_are_not_held_up() {
    let app = TestApp::with(Backend::Sqlite, &[("API_RATE_PER_VIEWER", "2")]).await;
    let body = json!({ "query": "{ viewer { name } }" });
    let mut refused = None;
    for _ in 0..60 {
        let answer = app
            .post("/graphql")
            .bearer_auth(&app.token)
            .json(&body)
            .send()
            .await
            .unwrap();
        if answer.status() != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("20 points are soon used up");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    let answer: Value = refused.json().await.unwrap();
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "RATE_LIMITED",
        "{answer}"
    );
    assert_eq!(answer["errors"][0]["extensions"]["limit"], 2);
    app.running.stop().await;
}
