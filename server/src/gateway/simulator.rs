//! The client of the simulator's own controls: virtual phones. Not a part of Twilio's API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Virtual phones at `base_url`.
#[derive(Clone, Debug)]
pub struct Phones {
    http: reqwest::Client,
    base_url: String,
}

/// One message on a virtual phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhoneMessage {
    /// `SM…`
    pub sid: String,
    /// Whether the person wrote it.
    pub from_phone: bool,
    /// Text.
    pub body: String,
    /// The provider's word for its status.
    pub status: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// One virtual phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Phone {
    /// Its address, with channel.
    pub address: String,
    /// The person's name.
    pub name: String,
    /// What is on it, oldest first.
    pub messages: Vec<PhoneMessage>,
}

/// What a person writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Writing {
    /// The phone, with channel.
    pub from: String,
    /// The business's address, with channel.
    pub to: String,
    /// The person's name.
    pub name: String,
    /// Text.
    pub body: String,
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
    /// That the simulator could not be reached.
    pub async fn all(&self) -> Result<Vec<Phone>, reqwest::Error> {
        let url = format!("{}/simulator/phones", self.base_url);
        self.http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }

    /// Writes to the business as a person.
    ///
    /// # Errors
    /// That the simulator could not be reached.
    pub async fn write(&self, writing: &Writing) -> Result<PhoneMessage, reqwest::Error> {
        let url = format!("{}/simulator/messages", self.base_url);
        self.http
            .post(url)
            .json(writing)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }
}
