//! The world around the phones: numbers that fail on purpose, phones the server knows, where the rest is set.

use leptos::{prelude::*, task::spawn_local};

use super::model::{Screen, Stage};
use crate::{
    api::simulator::{self, KnownPhone},
    components::icon::{Glyph, Icon},
    core::{
        persona::{FAILING, Persona},
        words::bare_address,
    },
};

/// The panel below the phone and its backstage.
#[component]
pub(super) fn World(stage: Stage) -> impl IntoView {
    let known = RwSignal::new(Vec::<KnownPhone>::new());
    // The server's phones change when one of ours writes or gets something.
    let count = Memo::new(move |_| {
        stage.screen.with(|it| match it {
            Screen::On(messages) => messages.len(),
            Screen::Reading | Screen::Off => 0,
        })
    });
    Effect::new(move |_| {
        count.track();
        spawn_local(async move {
            if let Ok(phones) = simulator::phones().await {
                known.try_set(phones);
            }
        });
    });
    let failing = move |(number, code, words): (&'static str, &'static str, &'static str)| {
        let take = move |_| {
            stage.take(Persona {
                name: words.to_owned(),
                address: number.to_owned(),
                language: "en".to_owned(),
            });
        };
        view! {
            <button type="button" class="chip" data-testid="failing-phone" data-code=code on:click=take>
                <code>{code}</code>
                {words}
            </button>
        }
    };
    let others = move || {
        let others = known.get().into_iter();
        let others = others.filter(|it| {
            let number = bare_address(&it.address);
            !stage.has(number) && crate::core::persona::address(number).is_some()
        });
        others.collect::<Vec<_>>()
    };
    let other = move |it: KnownPhone| {
        let person = Persona {
            address: bare_address(&it.address).to_owned(),
            name: it.name,
            language: "en".to_owned(),
        };
        let words = format!("{} {}", person.name, person.address);
        view! {
            <button type="button" class="chip" on:click=move |_| stage.take(person.clone())>
                <Glyph icon=Icon::Phone />
                <span dir="auto">{words}</span>
            </button>
        }
    };
    view! {
        <section class="panel world" aria-labelledby="world-title">
            <h2 id="world-title" class="panel__title">
                "World"
            </h2>
            <div class="world__parts">
                <div>
                    <h3 class="world__name">"Phones that fail"</h3>
                    <p class="faint">
                        "Take one and write from it: the answer to it fails with this code, as at Twilio."
                    </p>
                    <div class="chips">{FAILING.map(failing).collect_view()}</div>
                </div>
                <Show when=move || !others().is_empty()>
                    <div>
                        <h3 class="world__name">"Phones this server knows"</h3>
                        <div class="chips">
                            {move || others().into_iter().map(other).collect_view()}
                        </div>
                    </div>
                </Show>
                <div>
                    <h3 class="world__name">"Everything else"</h3>
                    <p class="faint">
                        "Outcomes, delays, repeated or forged webhooks, phones without a network and clock travel are \
                         steps of a scenario: "
                        <code>"waybill simulator --scenario FILE"</code>
                        ", with "
                        <code>"--scenario-help"</code>
                        " for its words."
                    </p>
                </div>
            </div>
        </section>
    }
}
