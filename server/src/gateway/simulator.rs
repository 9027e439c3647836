//! The client of the simulator's own controls: virtual phones and the world they live in. Not a part of Twilio's API.

mod types;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use types::{Choice, Phone, PhoneMedia, PhoneMessage, Place, Referral, Sample, Writing};

/// Virtual phones at `base_url`.
#[derive(Clone, Debug)]
pub struct Phones {
    http: reqwest::Client,
    base_url: String,
}

/// Why the simulator did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// It could not be reached, or its answer could not be read.
    #[error("could not be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// There is no such thing.
    #[error("{0}")]
    Missing(String),
    /// It refused; its words name the fault.
    #[error("{0}")]
    Refused(String),
}

impl Phones {
    /// Phones of the simulator at `base_url`.
    pub fn new(http: reqwest::Client, base_url: &str) -> Self {
        Self {
            http,
            base_url: base_url.to_owned(),
        }
    }

    /// Every phone that wrote or was written to.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn all(&self) -> Result<Vec<Phone>, ControlError> {
        answer(self.http.get(format!("{}/simulator/phones", self.base_url))).await
    }

    /// Writes to the business as a person.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn write(&self, writing: &Writing) -> Result<PhoneMessage, ControlError> {
        let url = format!("{}/simulator/messages", self.base_url);
        answer(self.http.post(url).json(writing)).await
    }

    /// One phone, by its address with channel.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn phone(&self, address: &str) -> Result<Phone, ControlError> {
        answer(self.http.get(self.phone_url(address))).await
    }

    /// Changes a phone's name or settings; it is made if there was none.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn change_phone(&self, address: &str, change: &Value) -> Result<Phone, ControlError> {
        answer(self.http.patch(self.phone_url(address)).json(change)).await
    }

    /// The world's controls.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn world(&self) -> Result<Value, ControlError> {
        answer(self.http.get(format!("{}/simulator/world", self.base_url))).await
    }

    /// Changes the world's controls; what they are now.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn change_world(&self, change: &Value) -> Result<Value, ControlError> {
        let url = format!("{}/simulator/world", self.base_url);
        answer(self.http.patch(url).json(change)).await
    }

    fn phone_url(&self, address: &str) -> String {
        let address: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
        format!("{}/simulator/phones/{address}", self.base_url)
    }
}

async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, ControlError> {
    let answer = request.send().await?;
    if answer.status().is_success() {
        return Ok(answer.json().await?);
    }
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    let words = body["error"]
        .as_str()
        .map_or_else(|| format!("answered with HTTP {status}"), str::to_owned);
    Err(match status {
        reqwest::StatusCode::NOT_FOUND => ControlError::Missing(words),
        _ => ControlError::Refused(words),
    })
}
