//! The client of Twilio's Messages resource. Says what an answer means for sending again; knows nothing of the queue.

pub mod account;
mod answer;
mod ask;
mod content;
mod manage;
pub mod media;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use entity::delivery_attempt::Outcome;
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wire::{MediaJson, MediaPage, MessageJson, MessagePage};
use crate::config::{Secret, TwilioAccount};
use crate::domain::catalogue;
use answer::{no_answer, read_answer};
pub use ask::AskError;

/// Where Twilio's API is; the host of its Messages resource.
pub const API_URL: &str = "https://api.twilio.com";
const CONTENT_URL: &str = "https://content.twilio.com";
const MESSAGING_URL: &str = "https://messaging.twilio.com";

/// Twilio, as one account sees it.
#[derive(Clone, Debug)]
pub struct Twilio {
    http: reqwest::Client,
    messages_url: String,
    base_url: String,
    content_url: String,
    messaging_url: String,
    account_sid: String,
    auth_token: Secret,
    messaging_service_sid: Option<String>,
}

/// A message to be created.
#[derive(Clone, Debug)]
pub struct Create<'a> {
    /// Sender, with channel.
    pub from: &'a str,
    /// Recipient, with channel.
    pub to: &'a str,
    /// Text or caption.
    pub body: Option<&'a str>,
    /// Absolute URLs.
    pub media_urls: Vec<&'a str>,
    /// Template.
    pub content_sid: Option<&'a str>,
    /// The template's variables, a JSON object.
    pub content_variables: Option<&'a Value>,
    /// Where its status is to be reported.
    pub status_callback: String,
    /// How long the provider may try, in seconds; `None`: as long as it likes.
    pub validity_seconds: Option<u32>,
}

/// Whose messages to list.
#[derive(Clone, Copy, Debug)]
pub struct Talk<'a> {
    /// From this address; anybody without it.
    pub from: Option<&'a str>,
    /// To this address; anybody without it.
    pub to: Option<&'a str>,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Taken, under this id.
    Accepted {
        /// `SM…` or `MM…`
        sid: String,
    },
    /// Certainly not taken; later may work.
    Busy {
        /// What the provider asked for.
        retry_after: Option<Duration>,
    },
    /// Certainly not taken, and never will be as it stands.
    Refused,
    /// Perhaps taken: sending again might deliver twice.
    Unclear,
    /// The request was not made: its turn would have come too late for the lease.
    NotMade {
        /// How long its turn is away.
        turn_in: Duration,
    },
}

/// One request and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What it means.
    pub verdict: Verdict,
    /// From request to answer.
    pub took: Duration,
    /// HTTP status, where an answer came.
    pub http_status: Option<u16>,
    /// The provider's error code.
    pub error_code: Option<i32>,
    /// What went wrong, without personal data.
    pub error_message: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
}

impl Report {
    /// The stored form of the verdict.
    pub fn outcome(&self) -> Outcome {
        match self.verdict {
            Verdict::Accepted { .. } => Outcome::Accepted,
            Verdict::Busy { .. } | Verdict::NotMade { .. } => Outcome::Busy,
            Verdict::Refused => Outcome::Refused,
            Verdict::Unclear => Outcome::Unclear,
        }
    }

    /// A request that was not made.
    pub fn not_made(turn_in: Duration) -> Self {
        Self {
            verdict: Verdict::NotMade { turn_in },
            took: Duration::ZERO,
            http_status: None,
            error_code: None,
            error_message: Some("its turn under SEND_RATE_PER_SENDER came too late".to_owned()),
            request_id: None,
        }
    }

    /// Whether the provider wants this sender, or all of them, to be slower.
    pub fn is_too_fast(&self) -> bool {
        self.http_status == Some(429) || self.error_code.is_some_and(catalogue::is_about_speed)
    }

    /// Whether the provider itself seems down, rather than this message wrong.
    pub fn is_outage(&self) -> bool {
        match self.http_status {
            Some(status) => status >= 500,
            // Without an answer it is an outage, unless the request could not even be made.
            None => !matches!(self.verdict, Verdict::Refused | Verdict::NotMade { .. }),
        }
    }
}

impl Twilio {
    /// A client for `account` at `base_url` (no slash at the end).
    pub fn new(http: reqwest::Client, base_url: &str, account: &TwilioAccount) -> Self {
        Self {
            http,
            messages_url: format!(
                "{base_url}/2010-04-01/Accounts/{}/Messages",
                account.account_sid
            ),
            content_url: host(base_url, CONTENT_URL),
            messaging_url: host(base_url, MESSAGING_URL),
            base_url: base_url.to_owned(),
            account_sid: account.account_sid.clone(),
            auth_token: account.auth_token.clone(),
            messaging_service_sid: account.messaging_service_sid.clone(),
        }
    }

    /// Asks for a message to be sent. Never fails: an answer that did not come is a verdict too.
    pub async fn create(&self, message: &Create<'_>) -> Report {
        let started = Instant::now();
        let request = self
            .http
            .post(format!("{}.json", self.messages_url))
            .form(&self.form(message));
        let mut report = match self.signed_in(request).send().await {
            Ok(answer) => read_answer(answer).await,
            Err(error) => no_answer(&error),
        };
        report.took = started.elapsed();
        report
    }

    fn form<'a>(&'a self, message: &'a Create<'_>) -> Vec<(&'static str, String)> {
        let mut form = vec![
            ("To", message.to.to_owned()),
            ("From", message.from.to_owned()),
            ("StatusCallback", message.status_callback.clone()),
        ];
        let service = self.messaging_service_sid.as_deref();
        form.extend(service.map(|it| ("MessagingServiceSid", it.to_owned())));
        let validity = message.validity_seconds;
        form.extend(validity.map(|it| ("ValidityPeriod", it.to_string())));
        form.extend(message.body.map(|it| ("Body", it.to_owned())));
        form.extend(
            message
                .media_urls
                .iter()
                .map(|it| ("MediaUrl", (*it).to_owned())),
        );
        form.extend(message.content_sid.map(|it| ("ContentSid", it.to_owned())));
        form.extend(
            message
                .content_variables
                .map(|it| ("ContentVariables", it.to_string())),
        );
        form
    }

    /// The provider's record of a message.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn fetch(&self, sid: &str) -> Result<MessageJson, AskError> {
        self.ask(&format!("{}/{sid}.json", self.messages_url), &[])
            .await
    }

    /// URL and MIME type of what a message carries; the URLs are to be opened with our credentials.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn media_of(&self, sid: &str) -> Result<Vec<(String, String)>, AskError> {
        let page: MediaPage = self
            .ask(&format!("{}/{sid}/Media.json", self.messages_url), &[])
            .await?;
        let medium = |it: MediaJson| {
            let uri = it.uri?;
            let path = uri.strip_suffix(".json").unwrap_or(&uri);
            let url = format!("{}{path}", self.base_url);
            Some((url, it.content_type.unwrap_or_default()))
        };
        Ok(page.media_list.into_iter().filter_map(medium).collect())
    }

    /// Messages of a talk that were created at `since` or later, newest first.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn list(
        &self,
        talk: Talk<'_>,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageJson>, AskError> {
        let mut query = vec![("PageSize", "1000")];
        query.extend(talk.from.map(|it| ("From", it)));
        query.extend(talk.to.map(|it| ("To", it)));
        let mut page: MessagePage = self
            .ask(&format!("{}.json", self.messages_url), &query)
            .await?;
        let mut found = Vec::new();
        loop {
            // Newest first, so a page whose end is too old is the last one.
            let ends_recently = page.messages.last().is_some_and(|it| is_recent(it, since));
            found.extend(page.messages.into_iter().filter(|it| is_recent(it, since)));
            let Some(next) = page.next_page_uri.filter(|_| ends_recently) else {
                return Ok(found);
            };
            let url = within(&self.base_url, &next).ok_or(AskError::Foreign)?;
            page = self.ask(&url, &[]).await?;
        }
    }

    fn signed_in(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.account_sid, Some(self.auth_token.expose()))
    }
}

/// Twilio has a host for each part of its API; whatever stands in for it has one for all.
fn host(base_url: &str, own: &str) -> String {
    if is_twilio(base_url) { own } else { base_url }.to_owned()
}

/// Whether it is Twilio itself, in any region.
fn is_twilio(base_url: &str) -> bool {
    let url = reqwest::Url::parse(base_url).ok();
    let host = url.as_ref().and_then(reqwest::Url::host_str);
    host.is_some_and(|it| it.ends_with(".twilio.com"))
}

/// A path or URL out of an answer, if it stays with `base_url`: our credentials go nowhere else.
fn within(base_url: &str, next: &str) -> Option<String> {
    let base = reqwest::Url::parse(base_url).ok()?;
    let url = base.join(next).ok()?;
    (url.origin() == base.origin()).then(|| url.to_string())
}

fn is_recent(message: &MessageJson, since: DateTime<Utc>) -> bool {
    message.created_at().is_none_or(|at| at >= since)
}
