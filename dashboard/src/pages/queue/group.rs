//! One cause: how often, since when, what to do, and the careful way to try again.

use leptos::prelude::*;

use super::{View, canary::CanaryPanel};
use crate::{
    api::stats::FailureGroup,
    components::{
        badge::Badge,
        chart::Spark,
        icon::{Glyph, Icon},
        when::{Moment, Style},
    },
    core::{
        filter::Filter,
        period::{Bounds, moment},
        pressure::QueueTab,
        status::{Status, Tone},
        words::Direction,
    },
    route::Route,
    state::session::use_session,
};

/// A group; the URL says whether it is open.
#[component]
pub(super) fn Group(
    code: Option<i32>,
    group: Memo<FailureGroup>,
    view: Memo<View>,
    bounds: RwSignal<Bounds>,
) -> impl IntoView {
    let word = code.map_or_else(|| "none".to_owned(), |it| it.to_string());
    let is_open = {
        let word = word.clone();
        Memo::new(move |_| view.with(|it| it.group.as_deref() == Some(word.as_str())))
    };
    let name = code.map_or_else(|| "No code".to_owned(), |it| it.to_string());
    let code_word = word.clone();
    let meaning = move || {
        group.with(|it| {
            let known = it.error.as_ref().map(|it| it.meaning.clone());
            known.unwrap_or_else(|| "Not in the catalogue of codes".to_owned())
        })
    };
    let trend = Memo::new(move |_| {
        group.with(|it| it.trend.iter().map(|it| f64::from(*it)).collect::<Vec<_>>())
    });
    let summary =
        move || group.with(|it| format!("{} over the period, the newest at the end", it.count));
    let href = move || {
        if is_open.get() {
            Route::Queue(QueueTab::Dead).href()
        } else {
            Route::QueueGroup(word.clone()).href()
        }
    };
    let time = move |part: fn(&FailureGroup) -> String| move || view! { <Moment at=group.with(part) style=Style::DateAndTime /> };
    view! {
        <li class="group" data-testid="failure-group" data-code=code_word>
            <a
                class="group__head"
                href=href
                aria-expanded=move || is_open.get().to_string()
                role="button"
            >
                <span class="group__turn" class:is-open=is_open>
                    <Glyph icon=Icon::ChevronDown />
                </span>
                <code class="code">{name}</code>
                <span class="group__meaning" dir="auto">{meaning}</span>
                <span class="group__count" data-testid="group-count">{move || group.with(|it| it.count)}</span>
            </a>
            <p class="group__facts faint">
                <span>"first " {time(|it| it.first_at.0.clone())}</span>
                <span>"last " {time(|it| it.last_at.0.clone())}</span>
                <Show when=move || group.with(|it| it.example.is_none())>
                    <Badge
                        tone=Tone::Success
                        icon=Icon::CheckCheck
                        label="Nothing left to send again".to_owned()
                    />
                </Show>
                <Spark values=trend summary=Signal::derive(summary) />
            </p>
            <Show when=move || is_open.get()>
                <Inside code=code group=group bounds=bounds />
            </Show>
        </li>
    }
}

#[component]
fn Inside(code: Option<i32>, group: Memo<FailureGroup>, bounds: RwSignal<Bounds>) -> impl IntoView {
    let session = use_session();
    let cause = move || {
        group.with(|it| {
            it.error.as_ref().map(|it| {
                let owner = format!("Up to: {}. {}.", it.owner.label(), it.kind.label());
                view! {
                    <p><strong>{it.next_step.clone()}</strong></p>
                    <p class="faint">{owner}</p>
                }
            })
        })
    };
    let example = move || {
        group.with(|it| match &it.example {
            Some(it) => {
                let href = Route::Message(it.id.inner().to_owned()).href();
                view! { <a href=href>"The newest of them"</a> }.into_any()
            }
            None => {
                view! { <span class="faint">"None of them stands so any more."</span> }.into_any()
            }
        })
    };
    let log = move || {
        let filter = Filter {
            status: vec![Status::Failed, Status::Undelivered],
            direction: Some(Direction::Outbound),
            code: code.into_iter().collect(),
            other: vec![("from".to_owned(), moment(bounds.get().from_ms))],
            ..Filter::default()
        };
        Route::Messages(filter).href()
    };
    view! {
        <div class="group__inside" data-testid="group-inside">
            {cause}
            <p class="group__links">
                {example}
                <a href=log>"All of them in Messages"</a>
            </p>
            {match code {
                Some(code) => {
                    view! {
                        <CanaryPanel code=code bounds=bounds may_act=Signal::derive(move || session.may_act()) />
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p class="faint">
                            "Without a code they are no group that can be retried at once: open them in Messages."
                        </p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
