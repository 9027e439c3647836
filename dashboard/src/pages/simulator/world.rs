//! The world around the phones: numbers that fail on purpose, and where the rest of it is set.

use leptos::prelude::*;

use super::model::Stage;
use crate::core::persona::{FAILING, Persona};

/// The panel below the phone and its backstage.
#[component]
pub(super) fn World(stage: Stage) -> impl IntoView {
    let failing = move |(number, code, words): (&'static str, &'static str, &'static str)| {
        let take = move |_| {
            stage.take(Persona {
                name: words.to_owned(),
                address: number.to_owned(),
                language: "en".to_owned(),
            });
        };
        view! {
            <button
                type="button"
                class="chip"
                data-testid="failing-phone"
                data-code=code
                on:click=take
            >
                <code>{code}</code>
                {words}
            </button>
        }
    };
    view! {
        <details class="panel world" data-testid="world">
            <summary class="panel__title">"World: phones that fail, scenarios"</summary>
            <div class="world__parts">
                <div>
                    <h2 class="world__name">"Phones that fail"</h2>
                    <p class="faint">
                        "Take one and write from it: the answer to it fails with this code, as at Twilio."
                    </p>
                    <div class="chips">{FAILING.map(failing).collect_view()}</div>
                </div>
                <div>
                    <h2 class="world__name">"Everything else"</h2>
                    <p class="faint">
                        "Outcomes, delays, repeated or forged webhooks, phones without a network and clock travel are \
                         steps of a scenario: " <code>"waybill simulator --scenario FILE"</code> ", with "
                        <code>"--scenario-help"</code> " for its words."
                    </p>
                </div>
            </div>
        </details>
    }
}
