//! The choice of a period; a choice is a new URL.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    components::when::{Style, written},
    core::{
        period::Period,
        say::{said, say},
    },
};

/// A list of periods, with the stretch of the URL where it is none of them.
#[component]
pub(crate) fn Range(
    /// The period of the URL.
    period: Memo<Period>,
    /// The URL up to where `from=…` goes.
    base: &'static str,
) -> impl IntoView {
    let navigate = use_navigate();
    let choose = move |event| {
        let word = event_target_value(&event);
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("{base}from={word}"), options);
    };
    let one = move |(choice, label): (Period, &'static str)| {
        view! {
            <option value=choice.word() selected=move || period.get() == choice>
                {said(label)}
            </option>
        }
    };
    let is_listed = |it: Period| Period::CHOICES.iter().any(|(choice, _)| *choice == it);
    let other = move || {
        let period = period.get();
        (!is_listed(period)).then(|| {
            view! {
                <option value="" selected=true disabled=true>
                    {words(period)}
                </option>
            }
        })
    };
    view! {
        <label class="hidden" for="range">
            {say!("Period")}
        </label>
        <select id="range" class="input select" data-testid="range" on:change=choose>
            {other}
            {Period::CHOICES.map(one).collect_view()}
        </select>
    }
}

/// A period in words.
pub(crate) fn words(period: Period) -> String {
    match period {
        Period::Back(minutes) => say!("Last {n} min", n = minutes),
        Period::Between(from, to) => format!(
            "{} – {}",
            written(from, Style::DateAndTime),
            written(to, Style::DateAndTime)
        ),
    }
}
