//! `waybill simulator --scenario`: each file with a server of its own, in sandbox mode, on an empty database.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::TimeDelta;
use entity::api_token::Scope;
use serde_json::json;

use crate::cli::common::{block_on, print, tell};
use crate::cli::place::{Folder, sibling};
use crate::clock::Clock;
use crate::config::{self, Config, Secret};
use crate::flows::access::{self, TokenWish};
use crate::gateway::http_client;
use crate::simulator::scenario::{Played, Scenario, Server, Stage, play};
use crate::start::{Running, start};
use crate::store;

/// How the steps are told.
#[derive(Clone, Copy)]
struct Teller<'a> {
    path: &'a Path,
    is_json: bool,
}

/// Plays every file; all are read before the first is played.
pub(super) fn play_all(paths: &[PathBuf], database: Option<&str>, is_json: bool) -> ExitCode {
    let mut scenarios = Vec::new();
    for path in paths {
        match read(path) {
            Ok(scenario) => scenarios.push((path, scenario)),
            Err(fault) => {
                tell(&format!("waybill: {fault}"));
                return ExitCode::from(2);
            }
        }
    }
    let mut is_well = true;
    for (path, scenario) in &scenarios {
        let teller = Teller { path, is_json };
        match block_on(play_one(scenario, database, teller)) {
            Ok(was_well) => is_well &= was_well,
            Err(error) => {
                tell(&format!("waybill: {}: {error}", path.display()));
                return ExitCode::FAILURE;
            }
        }
    }
    if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(path: &Path) -> Result<Scenario, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    Scenario::parse(&text).map_err(|fault| format!("{shown}:{fault}"))
}

/// Whether all was as expected.
async fn play_one(
    scenario: &Scenario,
    database: Option<&str>,
    teller: Teller<'_>,
) -> Result<bool, String> {
    let folder = Folder::new()?;
    let Some(server) = database else {
        return play_in(&folder, None, scenario, teller).await;
    };
    if !server.starts_with("postgres://") && !server.starts_with("postgresql://") {
        return Err("--database-url: not a URL that begins with postgres://".to_owned());
    }
    let told = |error: sea_orm::DbErr| format!("--database-url: {error}");
    let db = store::open(server).await.map_err(told)?;
    let name = format!("waybill_scenario_{:032x}", rand::random::<u128>());
    store::bench::create_database(&db, &name)
        .await
        .map_err(told)?;
    let url = sibling(server, &name);
    let played = play_in(&folder, Some(url), scenario, teller).await;
    let dropped = store::bench::drop_database(&db, &name).await;
    db.close().await;
    dropped.map_err(told)?;
    played
}

async fn play_in(
    folder: &Folder,
    database: Option<String>,
    scenario: &Scenario,
    teller: Teller<'_>,
) -> Result<bool, String> {
    let config = config(folder, database, scenario)?;
    let started = start(config, Clock::system()).await;
    let running = started.map_err(|error| error.to_string())?;
    let stage = stage(&running).await;
    let played = match stage {
        Ok(stage) => {
            teller.begin();
            tokio::select! {
                was_well = play(scenario, &stage, |step| teller.tell(step)) => Ok(was_well),
                _ = tokio::signal::ctrl_c() => Err("stopped".to_owned()),
            }
        }
        Err(error) => Err(error),
    };
    running.stop().await;
    let was_well = played?;
    teller.end(was_well);
    Ok(was_well)
}

/// The scenario's settings; those of the place are its own.
fn config(
    folder: &Folder,
    database: Option<String>,
    scenario: &Scenario,
) -> Result<Config, String> {
    let below = |name: &str| folder.path().join(name).display().to_string();
    let mut variables: HashMap<String, String> = HashMap::new();
    // What is in doubt is asked for soon, so that no scenario waits for a minute.
    variables.insert("UNCONFIRMED_GRACE_SECONDS".to_owned(), "2".to_owned());
    // What the bot says is the same at every turn, and does not depend on what is registered already.
    variables.insert("BOT_BUTTONS".to_owned(), "off".to_owned());
    variables.extend(scenario.settings().iter().cloned());
    variables.insert("PORT".to_owned(), "0".to_owned());
    variables.insert("HOST".to_owned(), "127.0.0.1".to_owned());
    variables.insert("DATA_DIR".to_owned(), below("data"));
    variables.insert("LOG_DIR".to_owned(), below("logs"));
    variables.remove("DATABASE_URL");
    variables.extend(database.map(|url| ("DATABASE_URL".to_owned(), url)));
    let config = config::from_variables(&variables).map_err(|errors| errors.to_string())?;
    if config.is_sandbox() {
        Ok(config)
    } else {
        Err("a scenario has a simulated Twilio: no TWILIO_… account in its settings".to_owned())
    }
}

async fn stage(running: &Running) -> Result<Stage, String> {
    let app = &running.app;
    let wish = TokenWish {
        name: "scenario".to_owned(),
        scope: Scope::Send,
        life: Some(TimeDelta::days(1)),
    };
    let made = access::new_token(&app.db, &app.clock, &app.ids, wish).await;
    let token = made.map_err(|error| error.to_string())?.1;
    let simulator = running.simulator.ok_or("there is no simulator")?;
    let http = http_client();
    let url = format!("http://{}", running.address);
    Ok(Stage {
        server: Server::new(http.clone(), &url, Secret::new(token)),
        http,
        simulator_url: format!("http://{simulator}"),
        account: app.account.clone(),
    })
}

impl Teller<'_> {
    fn begin(self) {
        if !self.is_json {
            print(&self.path.display().to_string());
        }
    }

    fn tell(self, step: &Played) {
        let seconds = step.took.as_secs_f64();
        let fault = step.fault.as_ref();
        if self.is_json {
            let told = json!({
                "file": self.path.display().to_string(), "line": step.line, "step": step.text,
                "ok": fault.is_none(), "seconds": (seconds * 1_000.0).round() / 1_000.0,
                "expected": fault.map(|it| &it.expected), "seen": fault.map(|it| &it.seen),
            });
            return print(&told.to_string());
        }
        let mark = if fault.is_none() { '✓' } else { '✗' };
        print(&format!("  {mark} {seconds:7.2} s  {}", step.text));
        if let Some(fault) = fault {
            print(&format!("               line {}", step.line));
            print(&format!("               expected  {}", fault.expected));
            print(&format!("               seen      {}", fault.seen));
        }
    }

    fn end(self, was_well: bool) {
        if self.is_json {
            let told = json!({ "file": self.path.display().to_string(), "ok": was_well });
            print(&told.to_string());
        }
    }
}
