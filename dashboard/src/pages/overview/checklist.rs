//! A new server: what to do first, and what is done already.

use leptos::prelude::*;

use super::model::Overview;
use crate::{
    api::attention::Health,
    components::icon::{Glyph, Icon},
    core::{say::say, words::Environment},
    route::Route,
    state::session::use_session,
};

/// Four steps, each with one way to begin.
#[component]
pub(super) fn Checklist(model: Overview) -> impl IntoView {
    let session = use_session();
    let is_simulated = move || session.environment() == Some(Environment::Simulated);
    let failing = Memo::new(move |_| {
        model.checks.data.with(|it| {
            let bad = |it: &&crate::api::attention::HealthCheck| it.status == Health::Fail;
            it.as_ref().map(|it| it.iter().filter(bad).count())
        })
    });
    let doctor_words = move || match failing.get() {
        None => say!("The same checks as waybill doctor: database, disk, clock, webhook, Twilio.")
            .to_owned(),
        Some(0) => say!("Everything that is needed works.").to_owned(),
        Some(count) => say!(
            count,
            "{n} of the checks fails: it says how to mend it."
                | "{n} of the checks fail: each says how to mend it.",
            n = count
        ),
    };
    let twilio_words = move || {
        if is_simulated() {
            say!(
                "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WHATSAPP_FROM where the server runs, then start it \
                 again. Until then nothing leaves this machine."
            )
        } else {
            say!("Connected: messages leave through Twilio.")
        }
    };
    view! {
        <section class="panel" aria-labelledby="checklist-title" data-testid="checklist">
            <h2 id="checklist-title" class="panel__title">
                {say!("Welcome: four steps to the first message")}
            </h2>
            <ol>
                <Step
                    name=say!("Let Doctor look")
                    is_done=Signal::derive(move || failing.get() == Some(0))
                    words=Signal::derive(doctor_words)
                    act=say!("Open Doctor")
                    href="/doctor".to_owned()
                    is_first=false
                />
                <Show when=move || session.has_simulator()>
                    <Step
                        name=say!("Simulate a message")
                        is_done=false
                        words=say!("Write “hi” as a customer: the same webhook, bot and queue as with Twilio.").to_owned()
                        act=say!("Open the simulator")
                        href=Route::Simulator.href()
                        is_first=true
                    />
                </Show>
                <Step
                    name=say!("Connect Twilio")
                    is_done=Signal::derive(move || !is_simulated())
                    words=Signal::derive(move || twilio_words().to_owned())
                    act=say!("See what Doctor says")
                    href="/doctor?check=twilio".to_owned()
                    is_first=false
                />
                <Step
                    name=say!("Create a token")
                    is_done=false
                    words=say!("For your programs: they send and read through the API, with a scope of their own.").to_owned()
                    act=say!("Open Tokens")
                    href="/tokens".to_owned()
                    is_first=false
                />
            </ol>
        </section>
    }
}

#[component]
fn Step(
    name: &'static str,
    #[prop(into)] is_done: Signal<bool>,
    #[prop(into)] words: Signal<String>,
    act: &'static str,
    href: String,
    is_first: bool,
) -> impl IntoView {
    view! {
        <li
            class="checklist__step"
            data-testid="checklist-step"
            data-state=move || if is_done.get() { "done" } else { "open" }
        >
            <span class="checklist__mark" class:is-done=is_done>
                <Glyph icon=Icon::Check />
                <span class="hidden">{move || if is_done.get() { say!("Done") } else { say!("To do") }}</span>
            </span>
            <div class="need__what">
                <p class="need__title">{name}</p>
                <p class="need__detail">{words}</p>
            </div>
            <a class="button" class:button--primary=is_first href=href>
                {act}
            </a>
        </li>
    }
}
