//! Every request to Twilio with its answer, as far as it is kept. Credentials never are.

use leptos::prelude::*;

use super::attempts::Facts;
use crate::{
    api::messages::{DeliveryAttempt, MessageDetail},
    components::badge::OutcomeBadge,
    core::{json::pretty, say::say, words::Direction},
};

/// The tab.
#[component]
pub(super) fn Http(message: MessageDetail) -> impl IntoView {
    let form = form_of(&message);
    let is_inbound = message.direction == Direction::Inbound;
    let none = message.attempts.is_empty().then(|| {
        let words = if is_inbound {
            say!(
                "It came from the customer: nothing was asked of Twilio. Its webhook is on the page Webhooks."
            )
        } else {
            say!("No request has left yet.")
        };
        view! { <p class="panel__empty faint">{words}</p> }
    });
    let one = move |it: DeliveryAttempt| {
        let (number, outcome) = (it.number, it.outcome);
        view! {
            <article class="exchange" data-testid="exchange">
                <h2 class="exchange__title">
                    {say!("Attempt {number}", number)}
                    <OutcomeBadge outcome=outcome />
                </h2>
                <pre class="code-block" tabindex="0" role="region" aria-label=say!("Request")>
                    {form.clone()}
                </pre>
                <Facts attempt=it />
            </article>
        }
    };
    view! {
        <section class="panel" aria-label=say!("Requests and responses")>
            {none}
            {message.attempts.into_iter().map(one).collect_view()}
        </section>
    }
}

fn form_of(message: &MessageDetail) -> String {
    let mut lines = vec!["POST …/Messages.json".to_owned()];
    let mut put = |name: &str, value: Option<String>| {
        lines.extend(value.map(|it| format!("{name}: {it}")));
    };
    put("Authorization", Some(say!("••• (never kept)").to_owned()));
    put("From", Some(message.from.clone()));
    put("To", Some(message.to.clone()));
    put(
        "Body",
        message
            .body
            .clone()
            .filter(|_| message.content_sid.is_none()),
    );
    put("ContentSid", message.content_sid.clone());
    let variables = message
        .content_variables
        .as_ref()
        .filter(|_| message.content_sid.is_some());
    put(
        "ContentVariables",
        variables.map(|it| pretty(&it.0.to_string())),
    );
    for it in &message.media {
        put("MediaUrl", Some(it.url.clone()));
    }
    lines.join("\n")
}
