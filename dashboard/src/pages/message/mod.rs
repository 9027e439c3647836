//! One message's life: where it stands, why, everything that happened, and what the customer sees.

mod attempts;
mod content;
mod faces;
mod facts;
mod headline;
mod subject;
mod timeline;
mod why;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use crate::{
    api::messages::MessageDetail,
    components::icon::{Glyph, Icon},
    route::Route,
    state::{page::use_title, place::use_place},
};
use faces::{Cold, Failed, Nowhere};
use headline::Headline;
use subject::{Known, Subject};

/// Which face shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Cold,
    Here,
    Nowhere,
}

/// The page at `/messages/{id or SID}`.
#[component]
pub(crate) fn MessagePage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| params.with(|it| it.get("id").unwrap_or_default()));
    let subject = Subject::new(asked);
    Effect::new(move |_| {
        asked.track();
        subject.open();
    });
    go_to_canonical_address(subject);
    let message = Memo::new(move |before: Option<&Option<MessageDetail>>| {
        subject.known.with(|it| match it {
            Known::Here(message) => Some((**message).clone()),
            Known::Reading | Known::Failed(_) => before.cloned().flatten(),
            Known::Nowhere => None,
        })
    });
    let place = use_place();
    let face = Memo::new(move |_| {
        let is_nowhere = subject.known.with(|it| *it == Known::Nowhere);
        match message.with(Option::is_some) {
            true => Face::Here,
            false if is_nowhere => Face::Nowhere,
            false => Face::Cold,
        }
    });
    let failure = Memo::new(move |_| {
        subject.known.with(|it| match it {
            Known::Failed(error) => Some(error.clone()),
            Known::Reading | Known::Here(_) | Known::Nowhere => None,
        })
    });
    use_title(move || match message.get() {
        Some(it) => format!("{} message, {}", it.status.label(), it.contact.title()),
        None => "Message".to_owned(),
    });
    view! {
        <a class="back" href=move || Route::Messages(place.last()).href()>
            <Glyph icon=Icon::ArrowLeft />
            "Messages"
        </a>
        {move || failure.get().map(|error| view! { <Failed error=error subject=subject /> })}
        <article
            class="message"
            data-testid=move || (face.get() == Face::Here).then_some("message-detail")
        >
            <Headline message=message face=face subject=subject />
            {move || match face.get() {
                Face::Cold => view! { <Cold /> }.into_any(),
                Face::Here => view! { <Life message=message /> }.into_any(),
                Face::Nowhere => view! { <Nowhere asked=asked /> }.into_any(),
            }}
        </article>
    }
}

/// A SID is resolved, then replaced by the id.
fn go_to_canonical_address(subject: Subject) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let canonical = subject.known.with(|it| match it {
            Known::Here(message) => Some(message.id.inner().to_owned()),
            Known::Reading | Known::Nowhere | Known::Failed(_) => None,
        });
        if let Some(id) = canonical
            && subject.asked.with_untracked(|it| *it != id)
        {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..Default::default()
            };
            navigate(&Route::Message(id).href(), options);
        }
    });
}

/// The panels; each is drawn again only when its own part changes.
#[component]
fn Life(message: Memo<Option<MessageDetail>>) -> impl IntoView {
    let error = Memo::new(move |_| {
        message.with(|it| it.as_ref().map(|it| (it.error.clone(), it.error_code)))
    });
    view! {
        <div class="message__main">
            {move || error.get().map(|(error, code)| view! { <why::Why error=error code=code /> })}
            {move || message.get().map(|it| view! { <timeline::Timeline message=it /> })}
            <attempts::Attempts message=message />
        </div>
        <aside class="message__side" aria-label="What the customer sees, and facts">
            {move || message.get().map(|it| view! { <facts::Bubble message=it /> })}
            <facts::Facts message=message />
        </aside>
    }
}
