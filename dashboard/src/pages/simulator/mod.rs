//! The whole product with no Twilio account: a customer's phone beside what the server does with it.

mod backstage;
mod chat;
mod model;
mod persona;
mod record;
mod world;

use leptos::{ev, prelude::*};

use crate::{
    components::{
        icon::{Glyph, Icon},
        notice::{Empty, Failure},
    },
    core::{
        filter::Filter,
        persona::{MOST_PHONES, Persona},
        say::say,
        words::Role,
    },
    pages::reading::Forbidden,
    route::Route,
    state::{page::use_title, session::use_session},
};
use backstage::Backstage;
use chat::Chat;
use model::{Screen, Stage};
use persona::PersonaHead;
use record::Record;
use world::World;

/// The page at `/simulator`.
#[component]
pub(crate) fn SimulatorPage() -> impl IntoView {
    use_title(|| say!("Simulator").to_owned());
    let stage = Stage::new();
    let session = use_session();
    let may_read = Memo::new(move |_| session.role().map(|it| it.covers(Role::Operator)));
    Effect::new(move |_| {
        stage.address.track();
        if may_read.get() == Some(true) {
            stage.open();
        }
    });
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.alt_key()
            && let Some(digit) = event
                .code()
                .strip_prefix("Digit")
                .and_then(|it| it.parse().ok())
            && stage.hold(digit)
        {
            event.prevent_default();
        }
    });
    on_cleanup(move || keys.remove());
    let is_off = Memo::new(move |_| stage.screen.with(|it| *it == Screen::Off));
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Simulator")}</h1>
            <p class="note note--plan">
                <strong>{say!("SIMULATED")}</strong>
                {say!(": nothing leaves this server")}
            </p>
            <Record stage=stage />
        </div>
        <Show when=move || may_read.get() == Some(false)>
            <Forbidden cause=say!("The simulator needs the role OPERATOR.").to_owned() />
        </Show>
        <Show
            when=move || !is_off.get() && may_read.get() != Some(false)
            fallback=move || is_off.get().then(|| view! { <Off /> })
        >
            <div class="stage">
                <section class="phone-place" aria-label=say!("Phone")>
                    <Phones stage=stage />
                    <div
                        class="phone"
                        lang=move || stage.persona().tongue().tag
                        dir=move || stage.persona().tongue().direction
                        data-testid="phone"
                    >
                        <PersonaHead stage=stage />
                        <Chat stage=stage />
                    </div>
                </section>
                <div class="behind">
                    <Backstage stage=stage />
                    <World stage=stage />
                </div>
            </div>
        </Show>
        {move || {
            stage
                .failure
                .get()
                .map(|error| {
                    view! {
                        <Failure
                            cause=error.cause()
                            next_step=error.next_step()
                            request_id=error.request_id().map(ToOwned::to_owned)
                            on_retry=Callback::new(move |()| stage.open())
                        />
                    }
                })
        }}
    }
}

/// Which phone is in the hand; up to four.
#[component]
fn Phones(stage: Stage) -> impl IntoView {
    let one = move |(index, persona): (usize, Persona)| {
        let is_held = move || stage.held.get() == index;
        view! {
            <button
                type="button"
                class="phones__one"
                aria-pressed=move || is_held().to_string()
                title=format!("{} (Alt+{})", persona.address, index + 1)
                on:click=move |_| stage.held.set(index)
            >
                <Glyph icon=Icon::Phone />
                {persona.name}
            </button>
        }
    };
    view! {
        <div class="phones" role="group" aria-label=say!("Phones")>
            {move || stage.phones.get().into_iter().enumerate().map(one).collect_view()}
            <Show when=move || stage.phones.with(|it| it.len() < MOST_PHONES)>
                <button type="button" class="phones__one" on:click=move |_| stage.add_phone()>
                    <Glyph icon=Icon::Plus />
                    {say!("Add phone")}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <Empty icon=Icon::Phone title=say!("The simulator is off").to_owned()>
            <p>
                {say!(
                    "This server is connected to Twilio. The simulator runs when Waybill is started without Twilio \
                     credentials."
                )}
            </p>
            <p>
                <a class="button button--primary" href=Route::Messages(Filter::default()).href()>
                    {say!("Go to Messages")}
                </a>
            </p>
        </Empty>
    }
}
