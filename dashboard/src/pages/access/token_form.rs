//! A new token: its name, what it may do, until when. Its secret is shown this once.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use crate::{
    api::access::{self, CreateTokenInput, Token},
    components::{
        choice::Choice,
        copy::Copyable,
        dialog::Dialog,
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::{
        say::{key, said, say},
        words::{Timestamp, TokenScope},
    },
    pages::reading::Deed,
    state::clock::use_clock,
};

const DAY_MS: f64 = 86_400_000.0;
/// `(days, words)`; nothing: never.
const LIVES: [(&str, &str); 4] = [
    ("30", key!("In 30 days")),
    ("90", key!("In 90 days")),
    ("365", key!("In a year")),
    ("", key!("Never")),
];

/// What the form begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    name: String,
    scope: TokenScope,
    /// Whether it takes the place of another.
    is_replacement: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: String::new(),
            scope: TokenScope::Send,
            is_replacement: false,
        }
    }
}

impl Draft {
    /// One to take the place of another.
    pub(super) fn like(token: &Token) -> Self {
        Self {
            name: token.name.clone(),
            scope: token.scope,
            is_replacement: true,
        }
    }
}

/// The dialog; open while there is a draft.
#[component]
pub(super) fn TokenDialog(
    /// What it begins with.
    draft: RwSignal<Option<Draft>>,
    /// A token was made.
    made: Callback<()>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let secret: RwSignal<Option<String>> = RwSignal::new(None);
    Effect::new(move |_| is_open.set(draft.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            draft.set(None);
            // Shown this once.
            secret.set(None);
        }
        is_open
    });
    view! {
        <Dialog is_open=is_open title=say!("Create token")>
            {move || match (draft.get(), secret.get()) {
                (None, _) => ().into_any(),
                (Some(_), Some(secret)) => {
                    view! { <Secret secret=secret is_open=is_open /> }.into_any()
                }
                (Some(draft), None) => {
                    view! { <Form draft=draft secret=secret made=made /> }.into_any()
                }
            }}
        </Dialog>
    }
}

#[component]
fn Form(draft: Draft, secret: RwSignal<Option<String>>, made: Callback<()>) -> impl IntoView {
    let clock = use_clock();
    let deed = Deed::new();
    let name = RwSignal::new(draft.name);
    let scope = RwSignal::new(draft.scope.name().to_owned());
    let days = RwSignal::new("90".to_owned());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let now_ms = clock.now_ms();
        let expires_at = days.get_untracked().parse::<f64>().ok().map(|days| {
            let date = js_sys::Date::new(&JsValue::from_f64(now_ms + days * DAY_MS));
            Timestamp(date.to_iso_string().into())
        });
        let input = CreateTokenInput {
            name: name.get_untracked().trim().to_owned(),
            scope: TokenScope::parse(&scope.get_untracked()).unwrap_or(TokenScope::Read),
            expires_at,
        };
        deed.run(access::create_token(input), move |it| {
            secret.set(Some(it));
            made.run(());
        });
    };
    let scopes = TokenScope::ALL
        .map(|it| (it.name(), it.label(), it.meaning()))
        .to_vec();
    let life = move |(value, label): (&'static str, &'static str)| {
        view! {
            <option value=value prop:selected=move || days.with(|it| it == value)>
                {said(label)}
            </option>
        }
    };
    view! {
        <form class="form" novalidate data-testid="token-form" on:submit=submit>
            {draft
                .is_replacement
                .then(|| {
                    view! {
                        <p>
                            {say!(
                                "The old one goes on working: give the new one to its program first, then revoke the old one."
                            )}
                        </p>
                    }
                })}
            <Field
                id="token-name"
                label=say!("Name")
                entry=Entry::Line
                value=name
                hint=say!("What it is for, e.g. “shop website”.")
                error=deed.refusal_of("name")
                is_first=true
            />
            <Choice id="token-scope" label=say!("What it may do") options=scopes value=scope />
            <div class="field">
                <label for="token-life">{say!("It ends")}</label>
                <select
                    id="token-life"
                    class="input select"
                    on:change=move |event| days.set(event_target_value(&event))
                >
                    {LIVES.into_iter().map(life).collect_view()}
                </select>
            </div>
            <p class="field__error" role="alert">
                {deed.failure}
            </p>
            <div class="form__foot">
                <button
                    type="submit"
                    class="button button--primary"
                    aria-disabled=move || deed.is_busy.get().to_string()
                >
                    <Glyph icon=Icon::Key />
                    {move || {
                        if deed.is_busy.get() { say!("Creating…") } else { say!("Create token") }
                    }}
                </button>
            </div>
        </form>
    }
}

#[component]
fn Secret(secret: String, is_open: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="form" data-testid="token-secret">
            <p role="status">
                <strong>{say!("Copy it now: it is shown this once.")}</strong>
                {say!(" Waybill keeps only its hash. Programs send it as the header ")}
                <code>"Authorization: Bearer wb_…"</code>
            </p>
            <p class="secret">
                <Copyable value=secret what=say!("token") />
            </p>
            <div class="form__foot">
                <button
                    type="button"
                    class="button button--primary"
                    autofocus=true
                    data-testid="token-done"
                    on:click=move |_| is_open.set(false)
                >
                    <Glyph icon=Icon::Check />
                    {say!("I have kept it")}
                </button>
            </div>
        </div>
    }
}
