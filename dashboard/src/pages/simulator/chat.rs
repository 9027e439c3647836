//! The chat on the phone: bubbles with ticks, a composer, something to say.

use leptos::{ev, html, prelude::*};

use super::model::{Screen, Stage};
use crate::{
    api::simulator::PhoneMessage,
    components::{
        badge::icon_of,
        body::Body,
        icon::{Glyph, Icon},
        when::{Moment, Style},
    },
    core::{
        offers::{Offer, offers},
        status::Status,
    },
};

/// Bubbles and composer.
#[component]
pub(super) fn Chat(stage: Stage) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let messages = Memo::new(move |_| {
        stage.screen.with(|it| match it {
            Screen::On(messages) => messages.clone(),
            Screen::Reading | Screen::Off => Vec::new(),
        })
    });
    let count = Memo::new(move |_| messages.with(Vec::len));
    Effect::new(move |_| {
        // Read, not only tracked: a memo nobody reads is never computed and never tells.
        if count.get() == 0 {
            return;
        }
        request_animation_frame(move || {
            if let Some(list) = list.get_untracked() {
                list.set_scroll_top(list.scroll_height());
            }
        });
    });
    let is_new = move || {
        stage
            .screen
            .with(|it| matches!(it, Screen::On(messages) if messages.is_empty()))
    };
    view! {
        <div
            class="chat"
            node_ref=list
            role="log"
            aria-label="Chat"
            tabindex="0"
            aria-busy=move || stage.screen.with(|it| *it == Screen::Reading).to_string()
        >
            <Show when=is_new>
                <p class="chat__hint">
                    "Write as a customer would. Waybill answers through the same webhook, bot and queue as with "
                    "Twilio. The phone forgets when the server restarts; Messages does not."
                </p>
            </Show>
            <ul class="chat__list">
                <For
                    each=move || messages.get()
                    key=|it| it.sid.clone()
                    children=move |it| view! { <PhoneBubble message=it messages=messages /> }
                />
            </ul>
        </div>
        <Composer stage=stage />
    }
}

/// One bubble; only its status changes.
#[component]
fn PhoneBubble(message: PhoneMessage, messages: Memo<Vec<PhoneMessage>>) -> impl IntoView {
    let (side, from, sender) = if message.from_phone {
        ("mine", "phone", "You")
    } else {
        ("theirs", "business", "Business")
    };
    let (sid, first) = (message.sid, message.status);
    let status = Memo::new(move |_| {
        messages.with(|it| {
            let now = it.iter().find(|it| it.sid == sid);
            now.map_or_else(|| first.clone(), |it| it.status.clone())
        })
    });
    let tick = message.from_phone.then(|| view! { <Tick status=status /> });
    view! {
        <li
            class=format!("bubble bubble--{side}")
            data-testid="phone-message"
            data-from=from
            data-status=status
        >
            <span class="hidden">{format!("{sender}: ")}</span>
            <Body text=message.body />
            <span class="bubble__foot">
                <Moment at=message.at.0 style=Style::Short />
                {tick}
            </span>
        </li>
    }
}

/// How far the customer's own message came.
#[component]
fn Tick(status: Memo<String>) -> impl IntoView {
    let known = Memo::new(move |_| status.with(|it| Status::parse(it)));
    let icon = Signal::derive(move || match known.get() {
        Some(Status::Received) => Icon::CheckCheck,
        Some(other) => icon_of(other),
        None => Icon::Check,
    });
    let label = move || {
        known
            .get()
            .map_or_else(|| status.get(), |it| it.label().to_owned())
    };
    view! {
        <span class="bubble__tick" title=label>
            <Glyph icon=icon />
            <span class="hidden">{label}</span>
        </span>
    }
}

/// What the business's last message offers to tap; a greeting where it offers nothing.
fn offered(stage: Stage) -> Vec<Offer> {
    let mut found = stage.screen.with(|it| match it {
        Screen::On(messages) => {
            let last = messages.iter().rev().find(|it| !it.from_phone);
            last.map(|it| offers(&it.body)).unwrap_or_default()
        }
        Screen::Reading | Screen::Off => Vec::new(),
    });
    let greeting = stage.persona().tongue().greeting.to_owned();
    if found.iter().all(|it| it.answer != greeting) {
        found.insert(
            0,
            Offer {
                label: greeting.clone(),
                answer: greeting,
            },
        );
    }
    found
}

#[component]
fn Composer(stage: Stage) -> impl IntoView {
    let body = RwSignal::new(String::new());
    let send = move || {
        let text = body.get_untracked();
        let sent = text.clone();
        // The answer may come when the next message is being typed already.
        let clear = move || {
            if body.with_untracked(|it| *it == sent) {
                body.set(String::new());
            }
        };
        stage.send(text, clear);
    };
    let keys = move |event: ev::KeyboardEvent| {
        let is_writing = event.shift_key() || event.is_composing();
        if event.key() == "Enter" && !is_writing {
            event.prevent_default();
            send();
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let suggestion = move |offer: Offer| {
        let answer = offer.answer;
        view! {
            <button
                type="button"
                class="chip"
                data-testid="offer"
                dir="auto"
                disabled=move || stage.is_sending.get()
                on:click=move |_| stage.send(answer.clone(), || ())
            >
                {offer.label}
            </button>
        }
    };
    view! {
        <div class="suggestions" role="group" aria-label="Tap to answer">
            {move || offered(stage).into_iter().map(suggestion).collect_view()}
        </div>
        <p class="field__error phone__refusal" role="alert">
            {move || stage.refusal.get()}
        </p>
        <form class="composer" on:submit=submit>
            <label class="hidden" for="simulator-body">
                "Message to the business"
            </label>
            <textarea
                id="simulator-body"
                class="input composer__input"
                data-testid="simulator-body"
                rows="1"
                dir="auto"
                placeholder="Message"
                prop:value=body
                on:input=move |event| body.set(event_target_value(&event))
                on:keydown=keys
            ></textarea>
            <button
                type="submit"
                class="button button--primary composer__send"
                data-testid="simulator-send"
                disabled=move || stage.is_sending.get()
            >
                <Glyph icon=Icon::Send />
                <span class="hidden">"Send"</span>
            </button>
        </form>
    }
}
