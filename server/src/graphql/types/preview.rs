//! A dry run of sending, and the templates there are.

use async_graphql::{Enum, Json, Object};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::template::Template as Record;
use crate::flows::outbound::Preview;
use crate::graphql::types::user_error::UserError;

/// What a message would be.
pub(in crate::graphql) struct MessagePreview(pub(in crate::graphql) Preview);

/// What a message would be.
#[Object(name = "PreviewMessagePayload")]
impl MessagePreview {
    /// Every rule it would break; empty: it would be sent.
    async fn user_errors(&self) -> Vec<UserError> {
        self.0.broken.iter().cloned().map(UserError::from).collect()
    }

    /// What the recipient would read, a template's variables filled in; null where there is no text, or the template is not
    /// known.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// UTF-16 code units of the text, as Twilio counts.
    async fn length(&self) -> usize {
        let text = self.0.text.as_deref().unwrap_or_default();
        text.encode_utf16().count()
    }

    /// Most UTF-16 code units there may be.
    async fn length_limit(&self) -> usize {
        self.0.limit
    }

    /// Messages that Twilio counts for it: one on WhatsApp, whatever its length; none when there is nothing to send.
    async fn segments(&self) -> usize {
        usize::from(self.0.broken.is_empty())
    }

    /// Until when free text may be sent to this recipient; null when they never wrote to this sender.
    async fn window_closes_at(&self) -> Option<DateTime<Utc>> {
        self.0.window_closes_at
    }

    /// What could not be checked, e.g. because Twilio does not answer.
    async fn notes(&self) -> &[String] {
        &self.0.notes
    }
}

/// WhatsApp's word on a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum TemplateApproval {
    /// It may be sent outside of the 24-hour window.
    Approved,
    /// WhatsApp has not decided yet.
    Pending,
    /// It was not submitted: for the 24-hour window only.
    Unsubmitted,
    /// WhatsApp refused it.
    Rejected,
    /// WhatsApp stopped it for a while, for its quality.
    Paused,
    /// WhatsApp stopped it for good.
    Disabled,
    /// A word of Twilio's that this server does not know.
    Unknown,
}

/// A template of Twilio's Content API.
pub(in crate::graphql) struct Template(pub(in crate::graphql) Record);

/// A template of Twilio's Content API.
#[Object]
impl Template {
    /// Its id, for contentSid: HX…
    async fn sid(&self) -> &str {
        &self.0.sid
    }

    /// Its name at Twilio.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// BCP 47 tag of its language.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Twilio's words for what it is made of, e.g. twilio/text.
    async fn content_types(&self) -> &[String] {
        &self.0.types
    }

    /// Its text, with {{1}} where variables go; null for kinds without text.
    async fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// Names of its variables, in the order of their appearance.
    async fn variables(&self) -> Vec<&str> {
        self.0.variables()
    }

    /// Sample values by variable.
    async fn samples(&self) -> Json<Value> {
        let pairs = self.0.samples.iter();
        Json(
            pairs
                .map(|(name, value)| (name.clone(), value.clone().into()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        )
    }

    /// WhatsApp's word on it.
    async fn approval(&self) -> TemplateApproval {
        use TemplateApproval as T;
        match self.0.approval.as_str() {
            "approved" => T::Approved,
            "pending" | "received" => T::Pending,
            "unsubmitted" => T::Unsubmitted,
            "rejected" => T::Rejected,
            "paused" => T::Paused,
            "disabled" => T::Disabled,
            _ => T::Unknown,
        }
    }

    /// UTILITY, MARKETING or AUTHENTICATION; null before it was submitted.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Why WhatsApp refused it; null otherwise.
    async fn rejection_reason(&self) -> Option<&str> {
        self.0.rejection_reason.as_deref()
    }
}
