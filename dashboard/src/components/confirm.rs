//! A question before an act that cannot be taken back: names the act, and begins with the focus on Cancel.

use leptos::{html, prelude::*};

use super::{
    dialog::follow_modal,
    icon::{Glyph, Icon},
};
use crate::core::say::say;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// "Revoke the token “ci”?"
    pub(crate) title: String,
    /// What will happen, a sentence each.
    pub(crate) lines: Vec<String>,
    /// The act, as its button says it: "Revoke token".
    pub(crate) act: String,
}

/// The dialog; open while there is a question.
#[component]
pub(crate) fn Confirm(
    /// What is asked; nothing closes it.
    question: RwSignal<Option<Question>>,
    /// Whether the act is on its way.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Why it was refused.
    #[prop(into)]
    failure: Signal<Option<String>>,
    /// The act.
    on_yes: Callback<()>,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let is_open = RwSignal::new(false);
    Effect::new(move |_| is_open.set(question.with(Option::is_some)));
    follow_modal(element, is_open);
    let body = move |it: Question| {
        let lines = it
            .lines
            .into_iter()
            .map(|line| view! { <p>{line}</p> })
            .collect_view();
        view! {
            <h2 id="confirm-title">{it.title}</h2>
            <div id="confirm-lines" class="confirm__lines">
                {lines}
            </div>
            <p class="field__error" role="alert">
                {failure}
            </p>
            <div class="form__foot">
                <button
                    type="button"
                    class="button"
                    autofocus=true
                    on:click=move |_| question.set(None)
                >
                    {say!("Cancel")}
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    data-testid="confirm-yes"
                    aria-disabled=move || is_busy.get().to_string()
                    on:click=move |_| {
                        if !is_busy.get_untracked() {
                            on_yes.run(());
                        }
                    }
                >
                    <Glyph icon=Icon::TriangleAlert />
                    {it.act}
                </button>
            </div>
        }
    };
    view! {
        <dialog
            class="dialog confirm"
            node_ref=element
            role="alertdialog"
            aria-labelledby="confirm-title"
            aria-describedby="confirm-lines"
            data-testid="confirm"
            on:close=move |_| question.set(None)
        >
            {move || question.get().map(body)}
        </dialog>
    }
}
