//! A labelled input; its error is tied to it, its hint is read with it.

use leptos::{ev, prelude::*};

/// What is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Line,
    Phone,
    Text,
    /// The name of who signs in: the browser fills it in.
    User,
    /// Hidden; the browser fills it in.
    Password,
    /// Hidden; the browser may make one up.
    NewPassword,
}

impl Entry {
    /// The kind of an `<input>`, and what the browser may fill in.
    fn input(self) -> (&'static str, &'static str) {
        match self {
            Self::Line | Self::Text => ("text", "off"),
            Self::Phone => ("tel", "off"),
            Self::User => ("text", "username"),
            Self::Password => ("password", "current-password"),
            Self::NewPassword => ("password", "new-password"),
        }
    }
}

/// One labelled field.
#[component]
pub(crate) fn Field(
    /// Unique on the page.
    id: &'static str,
    /// What it asks for.
    label: &'static str,
    /// What is typed.
    entry: Entry,
    /// The text; two-way.
    value: RwSignal<String>,
    /// A line below; changes as one types.
    #[prop(into, optional)]
    hint: Signal<String>,
    /// Why the server refused it.
    #[prop(into, optional)]
    error: Signal<Option<String>>,
    /// Whether the dialog around it opens with the focus here.
    #[prop(optional)]
    is_first: bool,
) -> impl IntoView {
    let described_by = format!("{id}-hint {id}-error");
    let invalid = move || error.with(Option::is_some).then_some("true");
    let typed = move |event: ev::Event| value.set(event_target_value(&event));
    let (kind, filled) = entry.input();
    let input = match entry {
        Entry::Text => view! {
            <textarea
                id=id
                autofocus=is_first
                class="input input--text"
                rows="5"
                dir="auto"
                aria-describedby=described_by
                aria-invalid=invalid
                prop:value=value
                on:input=typed
            ></textarea>
        }
        .into_any(),
        Entry::Line | Entry::Phone | Entry::User | Entry::Password | Entry::NewPassword => view! {
            <input
                id=id
                autofocus=is_first
                class="input"
                type=kind
                autocomplete=filled
                aria-describedby=described_by
                aria-invalid=invalid
                prop:value=value
                on:input=typed
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {input}
            <p class="field__hint" id=format!("{id}-hint")>
                {hint}
            </p>
            <p class="field__error" id=format!("{id}-error") role="alert">
                {error}
            </p>
        </div>
    }
}
