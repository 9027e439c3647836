//! The chat on the phone: bubbles with ticks, a composer, something to say.

use leptos::{ev, html, prelude::*};

use super::model::{Screen, Stage};
use crate::{
    api::simulator::{PhoneMessage, SimulatorAttachment, Tappable, Writing},
    components::{
        badge::icon_of,
        body::Body,
        icon::{Glyph, Icon},
        when::{Moment, Style},
    },
    core::{
        offers::{Offer, offers},
        say::{key, said, say},
        status::Status,
    },
};

/// Where this server keeps the shop's pictures.
const PICTURES: &str = "/shop/pictures/";

/// What a customer can send that is no text: word, name.
const THINGS: [(&str, &str, Option<SimulatorAttachment>); 7] = [
    ("image", key!("Picture"), Some(SimulatorAttachment::Image)),
    (
        "audio",
        key!("Voice message"),
        Some(SimulatorAttachment::Audio),
    ),
    ("video", key!("Video"), Some(SimulatorAttachment::Video)),
    (
        "document",
        key!("File"),
        Some(SimulatorAttachment::Document),
    ),
    (
        "sticker",
        key!("Sticker"),
        Some(SimulatorAttachment::Sticker),
    ),
    (
        "contact",
        key!("Contact card"),
        Some(SimulatorAttachment::Contact),
    ),
    ("place", key!("Place"), None),
];

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
            if let Some(list) = list.try_get_untracked().flatten() {
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
            aria-label=say!("Chat")
            tabindex="0"
            aria-busy=move || stage.screen.with(|it| *it == Screen::Reading).to_string()
        >
            <Show when=is_new>
                <p class="chat__hint">
                    {say!(
                        "Write as a customer would. Waybill answers through the same webhook, bot and queue as with \
                         Twilio. The phone forgets when the server restarts; Messages does not."
                    )}
                </p>
            </Show>
            <ul class="chat__list">
                <For
                    each=move || messages.get()
                    key=|it| it.sid.clone()
                    children=move |it| view! { <PhoneBubble stage=stage message=it messages=messages /> }
                />
            </ul>
            <Show when=move || stage.settings.get().is_some_and(|it| it.is_typing)>
                <p class="chat__typing faint">{say!("The business is typing…")}</p>
            </Show>
        </div>
        <Composer stage=stage />
    }
}

/// One bubble; only its status changes.
#[component]
fn PhoneBubble(
    stage: Stage,
    message: PhoneMessage,
    messages: Memo<Vec<PhoneMessage>>,
) -> impl IntoView {
    let (side, from, sender) = if message.from_phone {
        ("mine", "phone", say!("You: "))
    } else {
        ("theirs", "business", say!("Business: "))
    };
    let carried = carried(&message);
    let known = message.sid.clone();
    let (sid, first) = (message.sid, message.status);
    let status = Memo::new(move |_| {
        messages.with(|it| {
            let now = it.iter().find(|it| it.sid == sid);
            now.map_or_else(|| first.clone(), |it| it.status.clone())
        })
    });
    let tick = message.from_phone.then(|| view! { <Tick status=status /> });
    let tap = move |title: String, is_from_list: bool| {
        let writing = if is_from_list {
            Writing::Item(title)
        } else {
            Writing::Button(title)
        };
        stage.send(writing, || ());
    };
    let choices = [(message.buttons, false), (message.items, true)];
    let choice = move |(it, is_from_list): (Tappable, bool)| {
        let title = it.title.clone();
        view! {
            <button
                type="button"
                class="bubble__choice"
                data-testid="choice"
                dir="auto"
                disabled=move || stage.is_sending.get()
                on:click=move |_| tap(title.clone(), is_from_list)
            >
                <span>{it.title}</span>
                <span class="faint">{it.description}</span>
            </button>
        }
    };
    let choices: Vec<_> = choices
        .into_iter()
        .flat_map(|(all, is_from_list)| all.into_iter().map(move |it| (it, is_from_list)))
        .map(choice)
        .collect();
    let failed = move || {
        let code = messages.with(|it| it.iter().find(|it| it.sid == known)?.error_code);
        code.map(|code| {
            view! {
                <p class="bubble__failed">
                    <Glyph icon=Icon::CircleX />
                    {say!("Did not arrive: {code}", code)}
                </p>
            }
        })
    };
    view! {
        <li
            class=format!("bubble bubble--{side}")
            data-testid="phone-message"
            data-from=from
            data-status=status
        >
            <span class="hidden">{sender}</span>
            {carried}
            <Body text=message.body />
            {(!choices.is_empty()).then(|| view! { <span class="bubble__choices">{choices}</span> })}
            {failed}
            <span class="bubble__foot">
                <Moment at=message.at.0 style=Style::Short />
                {tick}
            </span>
        </li>
    }
}

/// What stands above the text: a picture, a file, a place.
fn carried(message: &PhoneMessage) -> Option<AnyView> {
    if let Some(place) = message.place.clone() {
        return Some(with_icon(Icon::MapPin, place));
    }
    let kind = message.media_type.clone()?;
    let picture = message.media_url.as_deref().and_then(own_picture);
    if let Some(path) = picture.filter(|_| kind.starts_with("image/")) {
        let alt = say!("Picture from the business");
        let view = view! { <img class="bubble__picture" src=path alt=alt /> };
        return Some(view.into_any());
    }
    let (icon, words) = match kind.split('/').next().unwrap_or_default() {
        "image" => (Icon::Image, say!("Picture")),
        "audio" => (Icon::Mic, say!("Voice message")),
        "video" => (Icon::Play, say!("Video")),
        _ => (Icon::File, say!("File")),
    };
    Some(with_icon(icon, format!("{words} · {kind}")))
}

fn with_icon(icon: Icon, words: String) -> AnyView {
    let view = view! {
        <span class="bubble__kind">
            <Glyph icon=icon />
            <span dir="auto">{words}</span>
        </span>
    };
    view.into_any()
}

/// The path of a picture of the shop that this server keeps: the browser asks no other host.
fn own_picture(url: &str) -> Option<String> {
    let at = url.find(PICTURES)?;
    Some(url[at..].to_owned())
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
    let picked = RwSignal::new(String::new());
    let send = move || {
        let text = body.get_untracked();
        let sent = text.clone();
        // The answer may come when the next message is being typed already.
        let clear = move || {
            if body.with_untracked(|it| *it == sent) {
                body.set(String::new());
            }
        };
        stage.send(Writing::Text(text), clear);
    };
    // With what is written, as the text below it.
    let attach = move |event: ev::Event| {
        let word = event_target_value(&event);
        let thing = THINGS.into_iter().find(|it| it.0 == word);
        if let Some((_, _, thing)) = thing {
            let text = body.get_untracked();
            let below = text.clone();
            let writing = thing.map_or(Writing::Place, |it| Writing::Attach(it, text));
            let is_place = thing.is_none();
            // A place has no text, and the next one may be being typed already.
            stage.send(writing, move || {
                if !is_place && body.with_untracked(|it| *it == below) {
                    body.set(String::new());
                }
            });
        }
        picked.set(String::new());
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
                on:click=move |_| stage.send(Writing::Text(answer.clone()), || ())
            >
                {offer.label}
            </button>
        }
    };
    view! {
        <div class="suggestions" role="group" aria-label=say!("Tap to answer")>
            {move || offered(stage).into_iter().map(suggestion).collect_view()}
        </div>
        <p class="field__error phone__refusal" role="alert">
            {move || stage.refusal.get()}
        </p>
        <form class="composer" on:submit=submit>
            <select
                class="input composer__attach"
                data-testid="simulator-attach"
                aria-label=say!("Send something else than text")
                prop:value=move || picked.get()
                on:change=attach
            >
                <option value="">"+"</option>
                {THINGS.map(|it| view! { <option value=it.0>{said(it.1)}</option> }).collect_view()}
            </select>
            <label class="hidden" for="simulator-body">
                {say!("Message to the business")}
            </label>
            <textarea
                id="simulator-body"
                class="input composer__input"
                data-testid="simulator-body"
                rows="1"
                dir="auto"
                placeholder=say!("Message")
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
                <span class="hidden">{say!("Send")}</span>
            </button>
        </form>
    }
}
