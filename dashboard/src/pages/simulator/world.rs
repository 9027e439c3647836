//! The world around the phones: what becomes of messages, how Twilio answers, the phone's network and clock, and numbers that
//! fail on purpose.

use leptos::prelude::*;

use super::model::Stage;
use crate::{
    api::simulator::{PhoneChange, Settings},
    components::select::Select,
    core::{
        persona::{FAILING, Persona},
        say::{key, said, say},
        world::{
            ANSWERS, COUNTS, DELAYS, ORDERS, OUTCOMES, World as State, answer, answers_after,
            as_usual, outcome,
        },
    },
};

/// A step of the phone's clock: name, seconds.
const STEPS: [(&str, i32); 3] = [
    (key!("+1 h"), 3_600),
    (key!("+23 h 59 min"), 86_340),
    (key!("+24 h"), 86_400),
];

/// The panel below the phone and its backstage.
#[component]
pub(super) fn World(stage: Stage) -> impl IntoView {
    let summary = Memo::new(move |_| stage.world.with(State::summary));
    view! {
        <details class="panel world" data-testid="world">
            <summary class="panel__title">
                {say!("World")}
                <span class="world__now" class:is-unusual=move || summary.with(Option::is_some)>
                    {move || summary.get().unwrap_or_else(|| say!("all is as usual").to_owned())}
                </span>
            </summary>
            <div class="world__parts">
                <Twilio stage=stage />
                <Phone stage=stage />
                <Failing stage=stage />
            </div>
        </details>
    }
}

/// A choice whose word is sent as soon as it is taken. Each reading of the world brings back what is: also after a change
/// that was refused, or that was used up meanwhile.
fn chosen(
    stage: Stage,
    shown: fn(&State) -> String,
    change: impl Fn(&str) -> serde_json::Value + 'static,
) -> RwSignal<String> {
    let word = RwSignal::new(stage.world.with_untracked(shown));
    Effect::new(move |_| word.set(stage.world.with(shown)));
    Effect::new(move |before: Option<String>| {
        let now = word.get();
        let is_taken = before.is_some_and(|it| it != now);
        if is_taken && now != stage.world.with_untracked(shown) {
            stage.change_world(change(&now));
        }
        now
    });
    word
}

fn words<const N: usize>(
    all: [(&'static str, &'static str); N],
) -> Vec<(&'static str, &'static str)> {
    all.to_vec()
}

#[component]
fn Twilio(stage: Stage) -> impl IntoView {
    let count = RwSignal::new("1".to_owned());
    let outcome = chosen(
        stage,
        |it| it.outcome.to_owned(),
        move |word| outcome(word, &count.get_untracked()),
    );
    let answer = chosen(
        stage,
        |it| it.answer.to_owned(),
        move |word| answer(word, &count.get_untracked()),
    );
    let order = chosen(
        stage,
        |it| it.order.clone(),
        |word| serde_json::json!({ "callbacks": { "order": word } }),
    );
    let delay = chosen(stage, State::delay, answers_after);
    let usual = move |_| stage.change_world(as_usual());
    let copies = |group: &'static str| move |is_on: bool| serde_json::json!({ group: { "copies": if is_on { 2 } else { 1 } } });
    let forged = |group: &'static str| move |is_on: bool| serde_json::json!({ group: { "badSignature": is_on } });
    view! {
        <div data-testid="world-twilio">
            <h2 class="world__name">"Twilio"</h2>
            <Select
                id="world-count"
                label=say!("A change is for")
                value=count
                options=words(COUNTS)
                hint=say!("Messages that go out, or requests that send them.")
            />
            <Select
                id="world-outcome"
                label=say!("Messages end as")
                value=outcome
                options=OUTCOMES.iter().map(|it| (it.0, it.1)).collect()
            />
            <Select
                id="world-answer"
                label=say!("Requests are answered")
                value=answer
                options=words(ANSWERS)
            />
            <Select
                id="world-delay"
                label=say!("Until an answer")
                value=delay
                options=words(DELAYS)
            />
            <Select
                id="world-order"
                label=say!("Statuses are told")
                value=order
                options=words(ORDERS)
            />
            <Tick
                stage=stage
                id="world-webhooks-twice"
                label=say!("Every message comes twice")
                is_on=|it| it.are_webhooks_doubled
                change=copies("webhooks")
            />
            <Tick
                stage=stage
                id="world-webhooks-forged"
                label=say!("Messages with a wrong signature")
                is_on=|it| it.are_webhooks_forged
                change=forged("webhooks")
            />
            <Tick
                stage=stage
                id="world-callbacks-twice"
                label=say!("Every status comes twice")
                is_on=|it| it.are_callbacks_doubled
                change=copies("callbacks")
            />
            <Tick
                stage=stage
                id="world-callbacks-forged"
                label=say!("Statuses with a wrong signature")
                is_on=|it| it.are_callbacks_forged
                change=forged("callbacks")
            />
            <button type="button" class="button" data-testid="world-usual" on:click=usual>
                {say!("All as usual")}
            </button>
        </div>
    }
}

#[component]
fn Tick(
    stage: Stage,
    id: &'static str,
    label: &'static str,
    is_on: fn(&State) -> bool,
    change: impl Fn(bool) -> serde_json::Value + 'static,
) -> impl IntoView {
    view! {
        <TickBox
            id=id
            label=label
            is_on=Signal::derive(move || stage.world.with(is_on))
            change=move |is_on| stage.change_world(change(is_on))
        />
    }
}

/// A box to tick.
#[component]
fn TickBox(
    id: &'static str,
    label: &'static str,
    is_on: Signal<bool>,
    change: impl Fn(bool) + 'static,
) -> impl IntoView {
    view! {
        <label class="world__tick">
            <input
                type="checkbox"
                id=id
                prop:checked=is_on
                on:change=move |event| change(event_target_checked(&event))
            />
            {label}
        </label>
    }
}

/// The phone in the hand.
#[component]
fn Phone(stage: Stage) -> impl IntoView {
    let setting = move |id: &'static str,
                        label: &'static str,
                        is_on: fn(Settings) -> bool,
                        change: fn(bool) -> PhoneChange| {
        view! {
            <TickBox
                id=id
                label=label
                is_on=Signal::derive(move || stage.settings.get().is_some_and(is_on))
                change=move |is_on| stage.change_phone(change(is_on))
            />
        }
    };
    let step = move |(label, seconds): (&'static str, i32)| {
        let travel = move |_| {
            stage.change_phone(PhoneChange {
                travel_seconds: Some(seconds),
                ..PhoneChange::default()
            });
        };
        view! {
            <button type="button" class="button" data-testid="travel" on:click=travel>
                {said(label)}
            </button>
        }
    };
    view! {
        <div data-testid="world-phone">
            <h2 class="world__name">{say!("This phone")}</h2>
            {setting(
                "phone-offline",
                say!("No network: nothing reaches it, nothing leaves it"),
                |it| !it.is_online,
                |is_on| PhoneChange { is_online: Some(!is_on), ..PhoneChange::default() },
            )}
            {setting(
                "phone-receipts",
                say!("Does not tell what was read"),
                |it| !it.sends_read_receipts,
                |is_on| PhoneChange { sends_read_receipts: Some(!is_on), ..PhoneChange::default() },
            )}
            {setting(
                "phone-blocking",
                say!("Blocked the business"),
                |it| it.is_blocking,
                |is_on| PhoneChange { is_blocking: Some(is_on), ..PhoneChange::default() },
            )}
            <h3 class="world__name">{say!("Its clock moves on")}</h3>
            <p class="faint">
                {say!(
                    "What its owner wrote is so much longer ago: after 24 hours only templates may be sent to them."
                )}
            </p>
            <div class="world__steps">{STEPS.map(step).collect_view()}</div>
        </div>
    }
}

#[component]
fn Failing(stage: Stage) -> impl IntoView {
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
                {said(words)}
            </button>
        }
    };
    view! {
        <div>
            <h2 class="world__name">{say!("Phones that fail")}</h2>
            <p class="faint">
                {say!(
                    "Take one and write from it: the answer to it fails with this code, as at Twilio."
                )}
            </p>
            <div class="chips">{FAILING.map(failing).collect_view()}</div>
            <p class="faint">
                {say!("More is in scenarios: ")} <code>"waybill simulator --scenario-help"</code>
            </p>
        </div>
    }
}
