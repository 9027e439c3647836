//! The process dies in the middle of its work, and nothing is lost or sent twice.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use waybill::gateway::wire::MessagePage;

use crate::support::{Process, Settings, free_port, have_written_to, new_token};

const MESSAGES: usize = 200;
const SLOW: usize = 8;
const QUICK: usize = 100;
const PATIENCE: Duration = Duration::from_mins(1);

/// One folder with a simulated Twilio that outlives the server.
struct World {
    folder: tempfile::TempDir,
    settings: Settings,
    twilio: Vec<String>,
    http: reqwest::Client,
    token: String,
    _simulator: Process,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let public_url = format!("http://127.0.0.1:{port}");
        let webhook = format!("{public_url}/api/v1/whatsapp/webhook");
        let arguments = [
            "simulator",
            "--port",
            "0",
            "--create-delay-ms",
            "400",
            "--webhook-url",
            &webhook,
        ];
        let names = [
            "TWILIO_API_BASE_URL=",
            "TWILIO_ACCOUNT_SID=",
            "TWILIO_AUTH_TOKEN=",
        ];
        let (simulator, twilio) = Process::start(&arguments, &Settings::new(), &names);
        let at = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("PORT", port.to_string()),
            ("PUBLIC_URL", public_url),
            ("DATA_DIR", at("data")),
            ("LOG_DIR", at("logs")),
            ("TWILIO_API_BASE_URL", twilio[0].clone()),
            ("TWILIO_ACCOUNT_SID", twilio[1].clone()),
            ("TWILIO_AUTH_TOKEN", twilio[2].clone()),
            ("WHATSAPP_PHONE_NUMBER", "+14155238886".to_owned()),
            ("SEND_RATE_PER_SENDER", "1000".to_owned()),
            ("UNCONFIRMED_GRACE_SECONDS", "2".to_owned()),
        ];
        let settings: Settings = settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let token = new_token(&settings);
        let http = waybill::gateway::http_client();
        Self {
            folder,
            settings,
            twilio,
            http,
            token,
            _simulator: simulator,
        }
    }

    /// Starts the server. With the simulator's delay of 0.4 s, `concurrency` requests at a time make 2.5 times as many a
    /// second: few enough that it can be stopped in the middle, many enough that the test ends soon.
    fn serve(&self, concurrency: usize) -> Process {
        let mut settings = self.settings.clone();
        settings.insert("SEND_CONCURRENCY".to_owned(), concurrency.to_string());
        Process::start(&["serve"], &settings, &["Dashboard"]).0
    }

    /// Everybody may be sent free text: Waybill and the simulator know them as people who wrote.
    async fn know_everyone(&self) {
        have_written_to(&self.settings).await;
        let url = format!("{}/simulator/world", self.twilio[0]);
        let rules = json!({ "rules": { "window": false } });
        self.http.patch(url).json(&rules).send().await.unwrap();
    }

    async fn query(&self, query: &str) -> Value {
        let url = format!("{}/graphql", self.settings["PUBLIC_URL"]);
        let request = self
            .http
            .post(url)
            .bearer_auth(&self.token)
            .json(&json!({ "query": query }));
        request.send().await.unwrap().json().await.unwrap()
    }

    /// How many messages are in none of the final statuses.
    async fn unfinished(&self) -> u64 {
        let open = "{ messages(filter: { status: [SCHEDULED, QUEUED, SENDING, UNCONFIRMED, ACCEPTED, SENT] }) { totalCount { value } } }";
        self.query(open).await["data"]["messages"]["totalCount"]["value"]
            .as_u64()
            .unwrap()
    }

    /// Bodies of everything that was created at the simulator.
    async fn created(&self) -> Vec<String> {
        let url = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json?PageSize=1000",
            self.twilio[0], self.twilio[1]
        );
        let answer = self
            .http
            .get(url)
            .basic_auth(&self.twilio[1], Some(&self.twilio[2]))
            .send()
            .await
            .unwrap();
        let page: MessagePage = answer.json().await.unwrap();
        page.messages.into_iter().filter_map(|it| it.body).collect()
    }
}

impl World {
    /// Asks for messages to be sent, 50 a request.
    async fn send(&self, count: usize) {
        for start in (0..count).step_by(50) {
            let aliases: String = (start..start + 50)
                .map(|n| format!("m{n}: sendMessage(input: {{ to: \"+97798{n:08}\", body: \"message {n}\" }}) {{ userErrors {{ code }} }} "))
                .collect();
            let answer = self.query(&format!("mutation {{ {aliases} }}")).await;
            assert!(answer.get("errors").is_none(), "{answer}");
        }
    }

    /// Waits until every message has a final status, and looks whether each was created once.
    async fn until_all_are_sent_once(&self, count: usize) {
        let began = Instant::now();
        while self.unfinished().await > 0 {
            let open = self.unfinished().await;
            assert!(
                began.elapsed() < PATIENCE,
                "{open} messages have no final status"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut created = self.created().await;
        assert_eq!(created.len(), count, "created at the simulator");
        created.sort();
        created.dedup();
        assert_eq!(created.len(), count, "none twice");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("logs/app.log")).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sends_survive_kill_9_and_none_is_sent_twice() {
    let world = World::new();
    world.know_everyone().await;
    let server = world.serve(SLOW);
    world.send(MESSAGES).await;
    let before = world.created().await.len();
    drop(server);
    assert!(before < MESSAGES, "killed too late: all were sent");

    let _server = world.serve(QUICK);
    let began = Instant::now();
    world.until_all_are_sent_once(MESSAGES).await;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "killed after {before} of {MESSAGES} creates; all final {seconds:.1} s after the restart"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graceful_stop_settles_what_was_sent_and_logs_nobodys_words() {
    let world = World::new();
    world.know_everyone().await;
    let mut server = world.serve(SLOW);
    world.send(MESSAGES).await;
    assert!(
        server.terminate().success(),
        "it ends by itself, with success"
    );
    let unclear = "took an attempt that was given up";
    let log = world.log();
    assert!(
        log.contains("listening") && log.contains("stopped"),
        "{log}"
    );
    assert!(
        !log.contains("message 1") && !log.contains("+97798"),
        "bodies and numbers stay out"
    );

    let _server = world.serve(QUICK);
    world.until_all_are_sent_once(MESSAGES).await;
    let log = world.log();
    assert!(
        !log.contains(unclear) && !log.contains("asking Twilio"),
        "nothing was left open: {log}"
    );
}
