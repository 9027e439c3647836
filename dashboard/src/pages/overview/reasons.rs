//! Why messages reached nobody, and how far the others came.

use leptos::prelude::*;

use super::{log, model::Overview};
use crate::{
    components::chart::{Bar, Bars},
    core::{say::say, tally::percent},
    pages::trouble::Trouble,
};

/// More reasons than this are on the queue's page.
const MOST: usize = 6;

/// The most frequent causes.
#[component]
pub(super) fn Reasons(model: Overview) -> impl IntoView {
    let bars = Signal::derive(move || {
        let bounds = model.bounds.get();
        model.groups.data.with(|it| {
            let groups = it.as_deref().unwrap_or_default();
            let most = groups.iter().map(|it| it.count).max().unwrap_or(1);
            let one = |it: &crate::api::stats::FailureGroup| Bar {
                label: it
                    .code
                    .map_or_else(|| say!("No code").to_owned(), |it| it.to_string()),
                value: it.count.to_string(),
                part: f64::from(it.count) / f64::from(most),
                note: it
                    .error
                    .as_ref()
                    .map(|it| it.meaning.clone())
                    .unwrap_or_default(),
                href: log(bounds, crate::core::tally::Tile::Failed.statuses(), it.code),
                hue: 4,
            };
            groups.iter().take(MOST).map(one).collect::<Vec<_>>()
        })
    });
    view! {
        <section class="panel" aria-labelledby="reasons-title">
            <h2 id="reasons-title" class="panel__title">
                {say!("Top reasons")}
            </h2>
            <Trouble
                failure=model.groups.failure
                on_retry=Callback::new(move |()| model.read_all())
            />
            {move || {
                (bars.with(Vec::is_empty) && !model.groups.is_cold())
                    .then(|| view! { <p class="panel__empty faint">{say!("Nothing failed in this period.")}</p> })
            }}
            <Bars bars=bars testid="reason" />
        </section>
    }
}

/// The way of messages, step by step.
#[component]
pub(super) fn Funnel(model: Overview) -> impl IntoView {
    let bars = Signal::derive(move || {
        model.tallies.data.with(|it| {
            let bounds = it
                .as_ref()
                .map_or_else(|| model.bounds.get(), |it| it.bounds);
            let steps = it.as_ref().map(|it| it.now.funnel()).into_iter().flatten();
            let steps: Vec<_> = steps.collect();
            let whole = f64::from(steps.first().map_or(0, |it| it.1).max(1));
            let one =
                |(name, count, status): (&'static str, i32, Vec<crate::core::status::Status>)| {
                    Bar {
                        label: name.to_owned(),
                        value: format!("{count} · {}", percent(f64::from(count) / whole)),
                        part: f64::from(count) / whole,
                        note: String::new(),
                        href: log(bounds, &status, None),
                        hue: 1,
                    }
                };
            steps.into_iter().map(one).collect::<Vec<_>>()
        })
    });
    view! {
        <section class="panel" aria-labelledby="funnel-title">
            <h2 id="funnel-title" class="panel__title">
                {say!("How far they came")}
            </h2>
            <Bars bars=bars testid="funnel-step" />
        </section>
    }
}
