//! What can be done to a message after it was created, and the sign that somebody is writing.

use reqwest::StatusCode;

use super::ask::{self, LONGEST_OF_ONE};
use super::{AskError, Twilio};
use crate::gateway::wire::MessageJson;

impl Twilio {
    /// Takes back a message that waits for its time at the provider.
    ///
    /// # Errors
    /// See [`AskError`]; code 30409 once it can't be taken back any more.
    pub async fn cancel(&self, sid: &str) -> Result<MessageJson, AskError> {
        self.update(sid, ("Status", "canceled")).await
    }

    /// Empties a message's text at the provider.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn redact(&self, sid: &str) -> Result<MessageJson, AskError> {
        self.update(sid, ("Body", "")).await
    }

    async fn update(&self, sid: &str, field: (&str, &str)) -> Result<MessageJson, AskError> {
        let url = format!("{}/{sid}.json", self.messages_url);
        let request = self.http.post(url).form(&[field]);
        let answer = self.answer(request, StatusCode::OK).await?;
        ask::read(answer, LONGEST_OF_ONE).await
    }

    /// Deletes a message at the provider; one that has not come to its end is refused.
    ///
    /// # Errors
    /// See [`AskError`]; code 20009 for one that is on its way.
    pub async fn delete(&self, sid: &str) -> Result<(), AskError> {
        let url = format!("{}/{sid}.json", self.messages_url);
        let request = self.http.delete(url);
        self.answer(request, StatusCode::NO_CONTENT).await.map(drop)
    }

    /// Marks an inbound message as read and shows its writer that an answer is being written, for at most 25 seconds.
    ///
    /// # Errors
    /// See [`AskError`]. It is a courtesy: nothing depends on it.
    pub async fn show_typing(&self, inbound_sid: &str) -> Result<(), AskError> {
        let url = format!("{}/v2/Indicators/Typing.json", self.messaging_url);
        let form = [("messageId", inbound_sid), ("channel", "whatsapp")];
        let request = self.http.post(url).form(&form);
        self.answer(request, StatusCode::OK).await.map(drop)
    }
}
