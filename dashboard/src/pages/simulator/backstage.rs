//! Behind the phone: every event of its messages, as it happens.

use leptos::{html, prelude::*};

use super::model::Stage;
use crate::{
    api::events::MessageEvent,
    components::{
        event::{EventItem, Happening},
        icon::{Glyph, Icon},
    },
    core::{say::say, whatsapp::one_line, words::Direction},
    route::Route,
};

/// One step and the moment of the step before.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    event: MessageEvent,
    before: Option<String>,
}

/// The live trace.
#[component]
pub(super) fn Backstage(stage: Stage) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let steps = Memo::new(move |_| {
        stage.trace.with(|trace| {
            let before = std::iter::once(None).chain(trace.iter().map(|it| Some(it.at.0.clone())));
            let step = |(event, before): (&MessageEvent, _)| Step {
                event: event.clone(),
                before,
            };
            trace.iter().zip(before).map(step).collect::<Vec<_>>()
        })
    });
    let is_empty = move || steps.with(Vec::is_empty);
    Effect::new(move |_| {
        steps.track();
        request_animation_frame(move || {
            if let Some(list) = list.try_get_untracked().flatten() {
                list.set_scroll_top(list.scroll_height());
            }
        });
    });
    view! {
        <section class="panel backstage" aria-labelledby="backstage-title">
            <h2 id="backstage-title" class="panel__title">
                {say!("Backstage")}
                <button
                    type="button"
                    class="button button--quiet panel__act"
                    disabled=is_empty
                    on:click=move |_| stage.trace.set(Vec::new())
                >
                    {say!("Clear")}
                </button>
            </h2>
            <Show when=is_empty>
                <p class="panel__empty faint">
                    {say!(
                        "Every step of this phone's messages appears here: received, answered, handed over, \
                         delivered, read."
                    )}
                </p>
            </Show>
            <div class="trace" node_ref=list role="log" aria-label=say!("Live trace") tabindex="0">
                <ol>
                    <For
                        each=move || steps.get()
                        key=|it| it.event.cursor.clone()
                        children=|it| view! { <TraceStep step=it /> }
                    />
                </ol>
            </div>
        </section>
    }
}

#[component]
fn TraceStep(step: Step) -> impl IntoView {
    let Step { event, before } = step;
    let way = match event.message.direction {
        Direction::Inbound => Icon::In,
        Direction::Outbound => Icon::Out,
    };
    let words = event
        .message
        .body
        .as_deref()
        .map(one_line)
        .filter(|it| !it.is_empty())
        .unwrap_or_else(|| say!("No text").to_owned());
    let href = Route::Message(event.message.id.into_inner()).href();
    let it = Happening {
        kind: event.kind,
        status: event.status,
        changed: event.changed,
        detail: event.detail,
        error_code: event.error_code,
        at: event.at.0,
        before,
    };
    view! {
        <EventItem it=it testid="trace-step">
            <a class="event__link" href=href>
                <Glyph icon=way />
                <span dir="auto">{words}</span>
            </a>
        </EventItem>
    }
}
