//! Calls this server from outside, as Twilio does: is the webhook there, does it take our signature, what does it report?

use std::error::Error as _;
use std::time::{Duration, Instant};

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use super::signature;
use super::twilio::Twilio;
use super::wire::SIGNATURE_HEADER;
use crate::config::{Secret, TwilioAccount};

/// Longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1_024;

/// Makes the calls.
#[derive(Clone, Debug)]
pub struct Caller(reqwest::Client);

/// No answer came, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreached(String);

/// What answered at the webhook's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// A Waybill that takes our signature.
    Ours {
        /// From request to answer.
        took: Duration,
    },
    /// A Waybill that does not.
    Refused {
        /// The URL over which it expects a signature, without the query.
        expected: String,
    },
    /// Somebody who sends the caller elsewhere; Twilio would lose what it posts.
    Moved {
        /// Where to.
        to: String,
    },
    /// An answer that is no Waybill's.
    Stranger {
        /// HTTP status.
        status: u16,
    },
}

/// What a server reports of itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Webhook events lost since its start.
    pub events_lost: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Probed {
    signature: String,
    expected_url: Option<String>,
}

impl Unreached {
    /// The error's root, without the URL.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self("no answer in time".to_owned());
        }
        let mut root = error.source();
        while let Some(deeper) = root.and_then(std::error::Error::source) {
            root = Some(deeper);
        }
        Self(root.map_or_else(|| "no answer".to_owned(), ToString::to_string))
    }
}

impl Default for Caller {
    fn default() -> Self {
        Self(super::http_client())
    }
}

impl Caller {
    /// Twilio, as `account` sees it at `base_url`.
    pub fn twilio(&self, base_url: &str, account: &TwilioAccount) -> Twilio {
        Twilio::new(self.0.clone(), base_url, account)
    }

    /// Calls the webhook of the server at `public_url` with a signature of `token`; `nonce` makes the call one of its own.
    ///
    /// # Errors
    /// That there was no answer.
    pub async fn webhook(
        &self,
        public_url: &str,
        token: &Secret,
        nonce: &str,
    ) -> Result<Webhook, Unreached> {
        let started = Instant::now();
        let url = format!("{public_url}/api/v1/whatsapp/webhook?probe={nonce}");
        let signature = signature::sign(token.expose(), &url, &[]);
        let request = self.0.get(&url).header(SIGNATURE_HEADER, signature);
        let answer = request.send().await.map_err(|it| Unreached::of(&it))?;
        let status = answer.status();
        if status.is_redirection() {
            let to = answer.headers().get(LOCATION);
            let to = to.and_then(|it| it.to_str().ok()).unwrap_or("elsewhere");
            return Ok(Webhook::Moved {
                to: without_query(to),
            });
        }
        let body = read(answer, LONGEST).await?;
        let took = started.elapsed();
        Ok(match serde_json::from_slice::<Probed>(&body) {
            Ok(it) if it.signature == "valid" => Webhook::Ours { took },
            Ok(it) if it.signature == "invalid" => Webhook::Refused {
                expected: without_query(&it.expected_url.unwrap_or_default()),
            },
            _ => Webhook::Stranger {
                status: status.as_u16(),
            },
        })
    }

    /// What the server at `url` reports of itself; `None`: an answer that is no Waybill's.
    ///
    /// # Errors
    /// That there was no answer.
    pub async fn readiness(&self, url: &str) -> Result<Option<Readiness>, Unreached> {
        let request = self.0.get(format!("{url}/readyz"));
        let answer = request.send().await.map_err(|it| Unreached::of(&it))?;
        let is_one = matches!(
            answer.status(),
            StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE
        );
        let body = read(answer, LONGEST).await?;
        Ok(serde_json::from_slice(&body).ok().filter(|_| is_one))
    }
}

/// An answer's body; what is longer than `limit` bytes is cut off.
pub(super) async fn read(mut answer: Response, limit: usize) -> Result<Vec<u8>, Unreached> {
    let mut body = Vec::new();
    while body.len() < limit {
        let chunk = answer.chunk().await.map_err(|it| Unreached::of(&it))?;
        let Some(chunk) = chunk else { break };
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn without_query(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}
