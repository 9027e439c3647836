//! What Twilio says of the account, its WhatsApp senders and its messaging service.
//! Source: Twilio's pages "Account", "Senders API" and "Services resource".

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use serde::Deserialize;

use super::{AskError, Twilio};
use crate::gateway::reach::{self, Unreached};
use crate::gateway::wire::{ErrorJson, parse_rfc2822};

/// Longest answer that is read, in bytes.
const LONGEST: usize = 64 * 1_024;
/// Pages of senders that are read; each holds up to 100.
const PAGES: usize = 20;

/// The account. Its token, which Twilio tells as well, is not read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AccountJson {
    /// Its name, up to 64 characters; an email address unless somebody changed it.
    pub friendly_name: Option<String>,
    /// `active`, `suspended` or `closed`.
    pub status: Option<String>,
    /// `Trial` or `Full`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// What came of asking for the account.
#[derive(Debug)]
pub struct Seen {
    /// The account, or why it was not shown.
    pub account: Result<AccountJson, Denied>,
    /// Twilio's clock when it answered, to the second.
    pub date: Option<DateTime<Utc>>,
    /// From request to answer.
    pub took: Duration,
}

/// An answer without an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// HTTP status.
    pub status: u16,
    /// Twilio's error code; an answer without one may be somebody else's.
    pub code: Option<i32>,
}

/// A WhatsApp sender.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SenderJson {
    /// `whatsapp:+…`
    pub sender_id: Option<String>,
    /// `ONLINE`, `OFFLINE`, `CREATING` …
    pub status: Option<String>,
    /// What it calls.
    pub webhook: Option<SenderWebhook>,
    /// How good Meta takes it for.
    pub properties: Option<SenderProperties>,
    /// Why it is offline.
    pub offline_reasons: Option<Vec<OfflineReason>>,
}

/// What a sender calls.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SenderWebhook {
    /// Inbound messages.
    pub callback_url: Option<String>,
    /// `POST` or `GET`.
    pub callback_method: Option<String>,
    /// Statuses of messages that name no URL of their own.
    pub status_callback_url: Option<String>,
}

/// How good Meta takes a sender for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SenderProperties {
    /// E.g. `HIGH`.
    pub quality_rating: Option<String>,
    /// E.g. `10K Customers/24hr`.
    pub messaging_limit: Option<String>,
}

/// Why a sender is offline.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfflineReason {
    /// Words.
    pub message: Option<String>,
}

/// A messaging service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ServiceJson {
    /// Its name.
    pub friendly_name: Option<String>,
    /// Where inbound messages go, unless each sender's own URL counts.
    pub inbound_request_url: Option<String>,
    /// `POST` or `GET`.
    pub inbound_method: Option<String>,
    /// Statuses of messages that name no URL of their own.
    pub status_callback: Option<String>,
    /// Whether each sender's own URL counts instead.
    pub use_inbound_webhook_on_number: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SenderPage {
    senders: Vec<SenderJson>,
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    next_page_url: Option<String>,
}

impl Twilio {
    /// Asks for the account: opens with the right credentials only.
    ///
    /// # Errors
    /// That there was no answer.
    pub async fn account(&self) -> Result<Seen, Unreached> {
        let started = Instant::now();
        let url = format!(
            "{}/2010-04-01/Accounts/{}.json",
            self.base_url, self.account_sid
        );
        let request = self.signed_in(self.http.get(url));
        let answer = request.send().await.map_err(|it| Unreached::of(&it))?;
        let status = answer.status();
        let date = answer.headers().get(DATE);
        let date = date.and_then(|it| it.to_str().ok()).and_then(parse_rfc2822);
        let body = reach::read(answer, LONGEST).await?;
        let denied = |code| Denied {
            status: status.as_u16(),
            code,
        };
        let account = if status.is_success() {
            serde_json::from_slice(&body).map_err(|_| denied(None))
        } else {
            let error = serde_json::from_slice::<ErrorJson>(&body).unwrap_or_default();
            Err(denied(error.code))
        };
        Ok(Seen {
            account,
            date,
            took: started.elapsed(),
        })
    }

    /// The account's WhatsApp senders.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn senders(&self) -> Result<Vec<SenderJson>, AskError> {
        let url = format!("{}/v2/Channels/Senders", self.messaging_url);
        let query = [("Channel", "whatsapp"), ("PageSize", "100")];
        let mut page: SenderPage = self.ask(&url, &query).await?;
        let mut senders = Vec::new();
        for _ in 0..PAGES {
            senders.append(&mut page.senders);
            // The credentials go to no other host.
            let is_ours = |it: &String| it.starts_with(&format!("{}/", self.messaging_url));
            let Some(next) = page.meta.next_page_url.filter(is_ours) else {
                break;
            };
            page = self.ask(&next, &[]).await?;
        }
        Ok(senders)
    }

    /// The messaging service that sends for us; `None` where none is set.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn service(&self) -> Result<Option<ServiceJson>, AskError> {
        let Some(sid) = &self.messaging_service_sid else {
            return Ok(None);
        };
        let url = format!("{}/v1/Services/{sid}", self.messaging_url);
        self.ask(&url, &[]).await.map(Some)
    }
}
