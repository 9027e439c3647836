//! What helps a message that failed: the approved templates, what one would read like, sending it.

use cynic::{MutationBuilder, QueryBuilder};

use super::{
    client,
    error::ApiError,
    messages::{SendMessageInput, UserError, send_input},
};
use crate::{
    core::words::{Json, Lane},
    schema,
};

/// WhatsApp's word on a template.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "TemplateApproval")]
enum Approval {
    Approved,
    Disabled,
    Paused,
    Pending,
    Rejected,
    Unknown,
    Unsubmitted,
}

/// A text that may be sent at any time.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq)]
pub(crate) struct Template {
    pub(crate) sid: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) variables: Vec<String>,
    pub(crate) samples: Json,
    approval: Approval,
}

impl Template {
    /// A variable's example.
    pub(crate) fn sample(&self, variable: &str) -> String {
        let sample = self.samples.0.get(variable).and_then(|it| it.as_str());
        sample.unwrap_or_default().to_owned()
    }
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Query")]
struct TemplatesQuery {
    templates: Vec<Template>,
}

/// The approved templates.
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn templates() -> Result<Vec<Template>, ApiError> {
    let all = client::run(TemplatesQuery::build(()), None)
        .await?
        .templates;
    let is_approved = |it: &Template| it.approval == Approval::Approved;
    Ok(all.into_iter().filter(is_approved).collect())
}

/// A template for somebody.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) template: String,
    pub(crate) variables: Vec<(String, String)>,
}

impl Letter {
    fn input(self, key: Option<String>) -> SendMessageInput {
        let variables = self
            .variables
            .into_iter()
            .map(|(name, value)| (name, serde_json::Value::String(value)));
        SendMessageInput {
            to: self.to,
            body: None,
            content_sid: Some(self.template),
            content_variables: Some(Json(serde_json::Value::Object(variables.collect()))),
            from: Some(self.from),
            idempotency_key: key,
            lane: Lane::Normal,
        }
    }
}

#[derive(cynic::QueryVariables, Clone, Debug)]
struct PreviewVariables {
    input: SendMessageInput,
}

#[derive(cynic::QueryFragment, Debug)]
#[cynic(graphql_type = "Mutation", variables = "PreviewVariables")]
struct PreviewMutation {
    #[arguments(input: $input)]
    preview_message: Preview,
}

/// What the recipient would read, and what speaks against it.
#[derive(cynic::QueryFragment, Clone, Debug, PartialEq, Eq)]
#[cynic(graphql_type = "PreviewMessagePayload")]
pub(crate) struct Preview {
    pub(crate) text: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) user_errors: Vec<UserError>,
}

/// A dry run of [`send`].
///
/// # Errors
/// See [`ApiError`].
pub(crate) async fn preview(letter: Letter) -> Result<Preview, ApiError> {
    let input = letter.input(None);
    client::run(PreviewMutation::build(PreviewVariables { input }), None)
        .await
        .map(|it| it.preview_message)
}

/// Sends it; `Ok(Ok(id))` once it is in the queue.
///
/// # Errors
/// See [`ApiError`]; a refused input is the inner error.
pub(crate) async fn send(
    letter: Letter,
    key: String,
) -> Result<Result<String, Vec<UserError>>, ApiError> {
    send_input(letter.input(Some(key))).await
}
