//! One message's life: where it stands, why, everything that happened, and what the customer sees.

mod attempts;
mod content;
mod faces;
mod facts;
mod glance;
mod headline;
mod http;
mod raw;
mod related;
mod subject;
mod tabs;
mod template;
mod timeline;
mod unconfirmed;
mod why;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};

use crate::{
    api::messages::MessageDetail,
    components::icon::{Glyph, Icon},
    core::{query, say::say},
    pages::messages::{copy_graphql, copy_link},
    route::Route,
    state::{
        keys::{focus, use_keys},
        page::use_title,
        place::use_place,
        toasts::use_toasts,
    },
};
use faces::{Cold, Failed, Nowhere};
pub(crate) use glance::Glance;
use headline::Headline;
use subject::{Known, Subject};
use tabs::{Tab, Tabs, use_tab};

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
    let is_retrying = RwSignal::new(false);
    use_message_keys(asked, message, is_retrying);
    use_title(move || match message.get() {
        Some(it) => say!(
            "{status} message, {contact}",
            status = it.status.label(),
            contact = it.contact.title()
        ),
        None => say!("Message").to_owned(),
    });
    view! {
        <a class="back" href=move || Route::Messages(place.last()).href()>
            <Glyph icon=Icon::ArrowLeft />
            {say!("Messages")}
        </a>
        {move || failure.get().map(|error| view! { <Failed error=error subject=subject /> })}
        <article
            class="message"
            data-testid=move || (face.get() == Face::Here).then_some("message-detail")
        >
            <Headline message=message face=face subject=subject is_retrying=is_retrying />
            {move || match face.get() {
                Face::Cold => view! { <Cold /> }.into_any(),
                Face::Here => view! { <Life message=message /> }.into_any(),
                Face::Nowhere => view! { <Nowhere asked=asked /> }.into_any(),
            }}
        </article>
    }
}

/// The keys of this page; `[` and `]` walk the list one came from.
fn use_message_keys(
    asked: Memo<String>,
    message: Memo<Option<MessageDetail>>,
    is_retrying: RwSignal<bool>,
) {
    let navigate = use_navigate();
    let place = use_place();
    let toasts = use_toasts();
    use_keys(move |key| {
        let Some(here) = message.get_untracked() else {
            return false;
        };
        let id = here.id.inner();
        match key {
            // Only of the message whose page this is: the next one may still be on its way.
            "r" if here.is_retryable && asked.with_untracked(|it| it == id) => {
                is_retrying.set(true);
            }
            "w" => focus("[data-testid=why], [data-testid=unconfirmed]"),
            "y" => copy_link(id, toasts),
            "Y" => copy_graphql(id, here.is_retryable, toasts),
            "[" | "]" => {
                let by = if key == "[" { -1 } else { 1 };
                // While the next one is being read, the one before is still shown: the address is the truth.
                match asked.with_untracked(|it| place.beside(it, by)) {
                    Some(next) => {
                        navigate(&Route::Message(next).href(), NavigateOptions::default());
                    }
                    None => toasts.say(say!("No more in the list you came from"), None),
                }
            }
            "Escape" => {
                let back = untrack(|| place.last());
                navigate(&Route::Messages(back).href(), NavigateOptions::default());
            }
            _ => return false,
        }
        true
    });
}

/// A SID is resolved, then replaced by the id.
fn go_to_canonical_address(subject: Subject) {
    let (navigate, search) = (use_navigate(), use_location().search);
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
            let rest = search.with_untracked(|it| query::join(&query::pairs(it)));
            navigate(&format!("{}{rest}", Route::Message(id).href()), options);
        }
    });
}

/// The panels; each is drawn again only when its own part changes.
#[component]
fn Life(message: Memo<Option<MessageDetail>>) -> impl IntoView {
    let tab = use_tab();
    let meant = timeline::use_meant(message);
    let id = Memo::new(move |_| message.with(|it| it.as_ref().map(|it| it.id.inner().to_owned())));
    // What these tabs show does not change with each event.
    let once = move || {
        id.track();
        message.get_untracked()
    };
    view! {
        <div class="message__main">
            <why::Why message=message />
            <unconfirmed::Unconfirmed message=message />
            <Tabs tab=tab />
            <div id="tab-panel" class="message__tab" role="tabpanel" aria-label=say!("The chosen part")>
                {move || match tab.get() {
                    Tab::Timeline => {
                        view! {
                            {move || message.get().map(|it| view! { <timeline::Timeline message=it meant=meant /> })}
                            <attempts::Attempts message=message />
                        }
                            .into_any()
                    }
                    Tab::Http => {
                        (move || message.get().map(|it| view! { <http::Http message=it /> })).into_any()
                    }
                    Tab::Raw => (move || id.get().map(|id| view! { <raw::Raw id=id /> })).into_any(),
                    Tab::Related => {
                        (move || once().map(|it| view! { <related::Related message=it /> })).into_any()
                    }
                    Tab::Audit => {
                        (move || id.get().map(|id| view! { <related::Audit id=id /> })).into_any()
                    }
                }}
            </div>
        </div>
        <aside class="message__side" aria-label=say!("What the customer sees, and facts")>
            {move || message.get().map(|it| view! { <facts::Bubble message=it /> })}
            <facts::Facts message=message />
        </aside>
    }
}
