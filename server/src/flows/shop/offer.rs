//! Lists and buttons: each is registered at the provider once, in the background; until then, and wherever it can't be, the
//! same is said in words with numbers.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::domain::bot::{Choice, Choices};
use crate::domain::texts::Language;
use crate::error::Result;
use crate::store;

/// What is being registered now.
#[derive(Debug, Default)]
pub struct Registering(Mutex<HashSet<String>>);

/// Something to tap, as the provider keeps it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What stands over it.
    pub prompt: String,
    /// The provider's id.
    pub content_sid: String,
}

/// The provider's form of choices; `None`: there is nothing to tap, or taps are off.
///
/// # Errors
/// A fault of the database.
pub async fn find(
    app: &App,
    tx: &impl ConnectionTrait,
    choices: &Choices,
    language: Language,
) -> Result<Option<Offer>> {
    if !app.config.bot_buttons {
        return Ok(None);
    }
    let Some((prompt, types)) = types(choices) else {
        return Ok(None);
    };
    let hash = hash(&types);
    if let Some(content_sid) = store::offers::find(tx, &hash).await? {
        return Ok(Some(Offer {
            prompt: prompt.to_owned(),
            content_sid,
        }));
    }
    if app.offers.begin(&hash) {
        let app2 = app.clone();
        app.tasks.spawn(async move {
            register(&app2, &hash, language, &types).await;
            app2.offers.end(&hash);
        });
    }
    Ok(None)
}

async fn register(app: &App, hash: &str, language: Language, types: &Value) {
    let name = format!("waybill_{}", &hash[..16]);
    match app.twilio.new_content(&name, language.tag(), types).await {
        Ok(sid) => {
            if let Err(error) = store::offers::note(app.db.write(), hash, &sid, app.now()).await {
                tracing::error!(%error, "a list or button was registered at Twilio, but this could not be noted");
            }
        }
        Err(error) => {
            tracing::warn!(%error, "a list or button could not be registered at Twilio; its text is sent instead");
        }
    }
}

/// What stands over choices, and their types. Source: Twilio's "twilio/list-picker" and "twilio/quick-reply".
fn types(choices: &Choices) -> Option<(&str, Value)> {
    match choices {
        Choices::None => None,
        Choices::Buttons { prompt, all } => {
            let action = |it: &Choice| json!({ "title": it.title, "id": it.id });
            let actions: Vec<Value> = all.iter().map(action).collect();
            Some((
                prompt,
                json!({ "twilio/quick-reply": { "body": prompt, "actions": actions } }),
            ))
        }
        Choices::List {
            prompt,
            button,
            rows,
        } => {
            let item = |it: &Choice| {
                let mut item = json!({ "item": it.title, "id": it.id });
                if !it.description.is_empty() {
                    item["description"] = it.description.clone().into();
                }
                item
            };
            let items: Vec<Value> = rows.iter().map(item).collect();
            let list = json!({ "body": prompt, "button": button, "items": items });
            Some((prompt, json!({ "twilio/list-picker": list })))
        }
    }
}

fn hash(types: &Value) -> String {
    hex::encode(Sha256::digest(types.to_string()))
}

impl Registering {
    /// False: somebody is at it.
    fn begin(&self, hash: &str) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(hash.to_owned())
    }

    fn end(&self, hash: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(hash);
    }
}
