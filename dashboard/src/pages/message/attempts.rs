//! Every request to Twilio for this message; each opens to what is known about it.

use leptos::prelude::*;

use crate::{
    api::messages::{DeliveryAttempt, MessageDetail},
    components::{
        badge::OutcomeBadge,
        copy::Copyable,
        when::{Moment, Style},
    },
    core::{say::say, time::span},
};

/// The list of attempts; absent for messages that never leave.
#[component]
pub(super) fn Attempts(message: Memo<Option<MessageDetail>>) -> impl IntoView {
    let attempts = Memo::new(move |_| {
        message.with(|it| {
            it.as_ref()
                .map(|it| it.attempts.clone())
                .unwrap_or_default()
        })
    });
    let count = move || attempts.with(Vec::len);
    view! {
        <Show when=move || { count() > 0 }>
            <section class="panel" aria-labelledby="attempts-title">
                <h2 id="attempts-title" class="panel__title">
                    {say!("Attempts")}
                    <span class="panel__count">{count}</span>
                </h2>
                <For
                    each=move || attempts.get()
                    key=|it| (it.number, it.outcome.name(), it.duration_ms)
                    children=|it| view! { <Attempt attempt=it /> }
                />
            </section>
        </Show>
    }
}

#[component]
fn Attempt(attempt: DeliveryAttempt) -> impl IntoView {
    let took = attempt.duration_ms.map(|it| span(f64::from(it)));
    let answer = attempt.http_status.map(|it| format!("HTTP {it}"));
    let (number, outcome) = (attempt.number, attempt.outcome);
    view! {
        <details class="attempt" data-testid="attempt" data-outcome=outcome.name()>
            <summary class="attempt__head">
                <span class="attempt__number">{say!("Attempt {number}", number)}</span>
                <OutcomeBadge outcome=outcome />
                <span class="attempt__facts faint">
                    <span>{answer}</span>
                    <span>{took}</span>
                </span>
            </summary>
            <Facts attempt=attempt />
        </details>
    }
}

/// What is known of the answer.
#[component]
pub(super) fn Facts(attempt: DeliveryAttempt) -> impl IntoView {
    let took = attempt.duration_ms.map(|it| span(f64::from(it)));
    let answer = attempt.http_status.map(|it| format!("HTTP {it}"));
    let error = match (attempt.error_code, attempt.error_message) {
        (Some(code), Some(message)) => Some(format!("{code} · {message}")),
        (Some(code), None) => Some(code.to_string()),
        (None, message) => message,
    };
    let id = |label: &'static str, what: &'static str, value: Option<String>| {
        value.map(|it| {
            view! {
                <dt>{label}</dt>
                <dd>
                    <Copyable value=it what=what />
                </dd>
            }
        })
    };
    view! {
        <dl class="facts">
            <dt>{say!("Started")}</dt>
            <dd>
                <Moment at=attempt.started_at.0 style=Style::Full />
            </dd>
            <dt>{say!("Answer")}</dt>
            <dd>{answer.unwrap_or_else(|| say!("None").to_owned())}</dd>
            <dt>{say!("Took")}</dt>
            <dd>{took.unwrap_or_else(|| say!("Not known").to_owned())}</dd>
            {error.map(|it| view! { <dt>{say!("Error")}</dt><dd dir="auto">{it}</dd> })}
            {id(say!("Made message"), say!("Twilio SID"), attempt.twilio_sid)}
            {id(say!("Twilio request"), say!("Twilio request id"), attempt.twilio_request_id)}
            <dt>{say!("Sent by node")}</dt>
            <dd>
                <bdi class="mono" dir="ltr">
                    {attempt.node}
                </bdi>
            </dd>
        </dl>
    }
}
