//! `waybill config`

use std::collections::HashMap;

use serde_json::json;

use super::common::{Done, print, settings};
use crate::config::{SETTINGS, Setting};
use crate::gateway::wire::without_credentials;

/// How the settings are shown.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    settings()?;
    let file: HashMap<String, String> = dotenvy::from_path_iter(".env")
        .map(|it| it.flatten().collect())
        .unwrap_or_default();
    for setting in SETTINGS {
        let (value, source) = effective(setting, &file);
        if arguments.json {
            let row = json!({ "name": setting.name, "value": value, "source": source, "meaning": setting.meaning });
            print(&row.to_string());
        } else {
            print(&format!(
                "{:<30} {value:<36} {source:<12} {}",
                setting.name, setting.meaning
            ));
        }
    }
    Ok(())
}

fn effective(setting: &Setting, file: &HashMap<String, String>) -> (String, &'static str) {
    let from_environment = std::env::var(setting.name)
        .ok()
        .filter(|it| !it.trim().is_empty());
    let (value, source) = match (from_environment, file.get(setting.name)) {
        (Some(value), _) => (value, "environment"),
        (None, Some(value)) => (value.clone(), ".env"),
        (None, None) => return (setting.default.to_owned(), "default"),
    };
    (
        if setting.is_secret {
            "••••".to_owned()
        } else {
            without_credentials(&value)
        },
        source,
    )
}
