//! The message as the server's JSON, character by character.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{error::ApiError, raw},
    components::{copy::CopyButton, notice::Failure},
    core::{json::pretty, say::say},
    state::session::use_session,
};

/// The tab.
#[component]
pub(super) fn Raw(id: String) -> impl IntoView {
    let session = use_session();
    let text: RwSignal<Option<Result<String, ApiError>>> = RwSignal::new(None);
    let id = StoredValue::new(id);
    let read = move || {
        spawn_local(async move {
            let answer = raw::message(&id.get_value()).await;
            if let Err(error) = &answer {
                session.note(error);
            }
            text.try_set(Some(answer.map(|it| pretty(&it))));
        });
    };
    read();
    view! {
        <section class="panel" aria-labelledby="raw-title">
            <h2 id="raw-title" class="panel__title">
                "JSON"
                {move || {
                    text.get()
                        .and_then(Result::ok)
                        .map(|it| view! { <span class="panel__act"><CopyButton value=it what=say!("the JSON") /></span> })
                }}
            </h2>
            {move || match text.get() {
                None => view! { <p class="panel__empty faint">{say!("Reading…")}</p> }.into_any(),
                Some(Ok(text)) => {
                    view! {
                        <pre class="code-block" tabindex="0" role="region" aria-label="JSON" data-testid="raw">
                            {text}
                        </pre>
                    }
                        .into_any()
                }
                Some(Err(error)) => {
                    view! {
                        <Failure
                            cause=error.cause()
                            next_step=error.next_step()
                            request_id=error.request_id().map(ToOwned::to_owned)
                            on_retry=Callback::new(move |()| read())
                        />
                    }
                        .into_any()
                }
            }}
        </section>
    }
}
