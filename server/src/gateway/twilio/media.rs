//! Fetches what a customer's message carries. Credentials go to the provider's own host only; its storage is reached by
//! the redirect it answers with.

use std::time::Duration;

use reqwest::{Response, StatusCode, Url, header};

use super::{API_URL, AskError, Twilio, is_twilio};

/// Most bytes of one medium. Source: Twilio's "Guidance on WhatsApp media".
pub const LIMIT: usize = 16 * 1_024 * 1_024;
const REDIRECTS: usize = 3;
/// A large file over a slow line; our own callers wait for 30.
const DEADLINE: Duration = Duration::from_secs(25);
/// Where the provider keeps media.
const STORAGE: [&str; 3] = [".twilio.com", ".twiliocdn.com", ".amazonaws.com"];

/// A medium.
#[derive(Debug)]
pub struct Medium {
    /// Its MIME type as told, without parameters.
    pub content_type: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Its URL is not the provider's, or leads away from it.
    #[error("its URL is not Twilio's")]
    Foreign,
    /// The provider does not have it, or not any more.
    #[error("Twilio does not have it any more")]
    Gone,
    /// Larger than [`LIMIT`].
    #[error("it is larger than 16 MiB")]
    TooLarge,
    /// The provider did not answer as it should.
    #[error("{0}")]
    Ask(#[from] AskError),
}

impl Twilio {
    /// The medium at `url`, as a message of the provider names it.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub async fn medium(&self, url: &str) -> Result<Medium, MediaError> {
        let parse = |url: &str| Url::parse(url).map_err(|_| MediaError::Foreign);
        let (base, mut url) = (parse(&self.base_url)?, parse(url)?);
        // A regional account's media may be named at the main host too.
        let main = parse(API_URL)?;
        let is_main = is_twilio(&self.base_url) && url.origin() == main.origin();
        let own = if is_main { main } else { base };
        if url.origin() != own.origin() {
            return Err(MediaError::Foreign);
        }
        for _ in 0..=REDIRECTS {
            let request = self.http.get(url.clone()).timeout(DEADLINE);
            let request = if url.origin() == own.origin() {
                self.signed_in(request)
            } else {
                request
            };
            let answer = request.send().await.map_err(AskError::Unreachable)?;
            if !answer.status().is_redirection() {
                return read(answer).await;
            }
            url = next(&answer, &url, &own).ok_or(MediaError::Foreign)?;
        }
        Err(MediaError::Foreign)
    }
}

/// Where a redirect leads, if it is the provider itself or its storage.
fn next(answer: &Response, from: &Url, own: &Url) -> Option<Url> {
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let next = from.join(location).ok()?;
    let host = next.host_str()?;
    let is_storage = next.scheme() == "https" && STORAGE.iter().any(|it| host.ends_with(it));
    (next.origin() == own.origin() || is_storage).then_some(next)
}

async fn read(mut answer: Response) -> Result<Medium, MediaError> {
    match answer.status() {
        StatusCode::OK => (),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err(MediaError::Gone),
        _ => return Err(AskError::of(answer).await.into()),
    }
    let content_type = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split(';').next())
        .map(|it| it.trim().to_ascii_lowercase());
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(AskError::Unreachable)? {
        if bytes.len() + part.len() > LIMIT {
            return Err(MediaError::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Medium {
        content_type,
        bytes,
    })
}
