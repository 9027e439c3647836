//! The client of the Content API: templates and their approval by WhatsApp.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{self, LONGEST_OF_ONE};
use super::{AskError, Twilio, within};
use crate::domain::template::Template;

/// Pages of a list that are followed: more templates than anybody keeps.
const PAGES: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContentJson {
    sid: String,
    friendly_name: Option<String>,
    language: Option<String>,
    variables: Option<BTreeMap<String, Value>>,
    types: BTreeMap<String, Value>,
    approval_requests: Option<ApprovalJson>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ApprovalJson {
    category: Option<String>,
    status: Option<String>,
    rejection_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    contents: Vec<ContentJson>,
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    next_page_url: Option<String>,
}

impl Twilio {
    /// Every template of the account with its approval.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn templates(&self) -> Result<Vec<Template>, AskError> {
        let mut url = format!("{}/v1/ContentAndApprovals?PageSize=100", self.content_url);
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let page: Page = self.ask(&url, &[]).await?;
            found.extend(page.contents.into_iter().map(template));
            // Absolute here; our credentials go to no other host.
            let next = page.meta.next_page_url;
            match next.and_then(|it| within(&self.content_url, &it)) {
                Some(next) => url = next,
                None => break,
            }
        }
        Ok(found)
    }
}

#[derive(Deserialize)]
struct Made {
    sid: String,
}

impl Twilio {
    /// Registers content of some types, e.g. `{"twilio/list-picker": {…}}`; its `HX…`. Each call makes a new one.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn new_content(
        &self,
        name: &str,
        language: &str,
        types: &Value,
    ) -> Result<String, AskError> {
        let wish = json!({
            "friendly_name": name, "language": language, "variables": {}, "types": types
        });
        let url = format!("{}/v1/Content", self.content_url);
        let request = self.http.post(url).json(&wish);
        let answer = self.answer(request, StatusCode::CREATED).await?;
        let made: Made = ask::read(answer, LONGEST_OF_ONE).await?;
        // Whatever else answers 201 has registered nothing.
        if made.sid.starts_with("HX") {
            Ok(made.sid)
        } else {
            Err(AskError::Unreadable)
        }
    }
}

fn template(json: ContentJson) -> Template {
    let approval = json.approval_requests.unwrap_or_default();
    let body = json.types.values().find_map(|it| it.get("body")?.as_str());
    let sample = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
    Template {
        sid: json.sid,
        name: json.friendly_name.unwrap_or_default(),
        language: json.language.unwrap_or_default(),
        body: body.map(str::to_owned),
        types: json.types.into_keys().collect(),
        samples: json
            .variables
            .unwrap_or_default()
            .into_iter()
            .filter_map(sample)
            .collect(),
        approval: approval.status.unwrap_or_else(|| "unsubmitted".to_owned()),
        category: approval.category,
        rejection_reason: approval.rejection_reason.filter(|it| !it.is_empty()),
    }
}
