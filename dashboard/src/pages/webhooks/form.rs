//! The form that Twilio posted, field by field; for administrators, who may read what people wrote.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{error::ApiError, webhooks},
    core::{query::pairs, say::say, words::Role},
    state::session::use_session,
};

/// What is known of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Reading,
    Here(String),
    Failed(ApiError),
}

/// The panel.
#[component]
pub(super) fn PostedForm(id: String) -> impl IntoView {
    let session = use_session();
    let form = RwSignal::new(Form::Reading);
    let may_read = Memo::new(move |_| session.role().map(|it| it.covers(Role::Admin)));
    Effect::new(move |_| {
        if may_read.get() != Some(true) {
            return;
        }
        let id = id.clone();
        spawn_local(async move {
            let next = match webhooks::body(id).await {
                Ok(body) => Form::Here(body.unwrap_or_default()),
                Err(error) => {
                    session.note(&error);
                    Form::Failed(error)
                }
            };
            form.try_set(next);
        });
    });
    view! {
        <section class="panel" aria-labelledby="webhook-form">
            <h2 id="webhook-form" class="panel__title">
                {say!("Form as posted")}
            </h2>
            {move || match (may_read.get(), form.get()) {
                (Some(false), _) => {
                    view! {
                        <p class="panel__text faint" data-testid="webhook-form-forbidden">
                            {say!(
                                "It holds what people wrote, so it is for administrators. The message itself is under Messages."
                            )}
                        </p>
                    }
                        .into_any()
                }
                (_, Form::Reading) => {
                    view! { <p class="panel__text faint">{say!("Reading…")}</p> }.into_any()
                }
                (_, Form::Here(body)) => view! { <Fields body=body /> }.into_any(),
                (_, Form::Failed(error)) => {
                    let words = error.words();
                    view! { <p class="panel__text">{words}</p> }.into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Fields(body: String) -> impl IntoView {
    // A body of JSON has no fields to split.
    let is_form = !body.trim_start().starts_with('{');
    let fields = is_form.then(|| {
        let field = |(name, value): (String, String)| {
            view! {
                <dt class="mono">{name}</dt>
                <dd dir="auto">{value}</dd>
            }
        };
        view! {
            <dl class="facts facts--form" data-testid="webhook-fields">
                {pairs(&body).into_iter().map(field).collect_view()}
            </dl>
        }
    });
    view! {
        {fields}
        <details class="raw">
            <summary>{say!("Raw body")}</summary>
            <pre class="posted" tabindex="0" role="region" aria-label=say!("Raw body")>
                {body}
            </pre>
        </details>
    }
}
