//! One cause: how often, since when, what to do, and the careful way to try again.

use leptos::prelude::*;

use super::{View, canary::CanaryPanel, dead::key};
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
        say::say,
        status::{Status, Tone},
        words::Direction,
    },
    route::Route,
};

/// The groups as they were read.
type Groups = RwSignal<Option<Vec<FailureGroup>>>;

/// Something of one group.
fn of<T>(groups: Groups, code: Option<i32>, read: impl FnOnce(&FailureGroup) -> T) -> Option<T> {
    groups.with(|it| it.iter().flatten().find(|it| it.code == code).map(read))
}

/// A group; the URL says whether it is open.
#[component]
pub(super) fn Group(
    code: Option<i32>,
    groups: Groups,
    view: Memo<View>,
    bounds: RwSignal<Bounds>,
) -> impl IntoView {
    let word = key(code);
    let is_open = {
        let word = word.clone();
        Memo::new(move |_| view.with(|it| it.group.as_deref() == Some(word.as_str())))
    };
    let name = code.map_or_else(|| say!("No code").to_owned(), |it| it.to_string());
    let code_word = word.clone();
    let meaning = move || {
        of(groups, code, |it| match &it.error {
            Some(error) => error.meaning.clone(),
            None => say!("Not in the catalogue of codes").to_owned(),
        })
    };
    let trend = Signal::derive(move || {
        let values = |it: &FailureGroup| {
            it.trend
                .iter()
                .map(|it| f64::from(*it))
                .collect::<Vec<f64>>()
        };
        of(groups, code, values).unwrap_or_default()
    });
    let summary = Signal::derive(move || {
        let count = of(groups, code, |it| it.count).unwrap_or_default();
        say!("{count} over the period, the newest at the end", count)
    });
    let href = move || {
        if is_open.get() {
            Route::Queue(QueueTab::Dead).href()
        } else {
            Route::QueueGroup(word.clone()).href()
        }
    };
    let time = move |part: fn(&FailureGroup) -> String| {
        move || of(groups, code, part).map(|at| view! { <Moment at=at style=Style::DateAndTime /> })
    };
    let is_mended = move || of(groups, code, |it| it.example.is_none()) == Some(true);
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
                <span class="group__count" data-testid="group-count">{move || of(groups, code, |it| it.count)}</span>
            </a>
            <p class="group__facts faint">
                <span>{say!("first ")} {time(|it| it.first_at.0.clone())}</span>
                <span>{say!("last ")} {time(|it| it.last_at.0.clone())}</span>
                {move || {
                    is_mended()
                        .then(|| {
                            view! {
                                <Badge
                                    tone=Tone::Success
                                    icon=Icon::CheckCheck
                                    label=say!("Nothing left to send again").to_owned()
                                />
                            }
                        })
                }}
                <Spark values=trend summary=summary />
            </p>
            {move || {
                is_open
                    .get()
                    .then(|| view! { <Inside code=code groups=groups bounds=bounds /> })
            }}
        </li>
    }
}

#[component]
fn Inside(code: Option<i32>, groups: Groups, bounds: RwSignal<Bounds>) -> impl IntoView {
    let cause = move || {
        of(groups, code, |it| {
            it.error.as_ref().map(|it| {
                let owner = say!(
                    "Up to: {owner}. {kind}.",
                    owner = it.owner.label(),
                    kind = it.kind.label()
                );
                view! {
                    <p>
                        <strong>{it.next_step.clone()}</strong>
                    </p>
                    <p class="faint">{owner}</p>
                }
            })
        })
    };
    let newest = Callback::new(move |()| {
        let id = |it: &FailureGroup| it.example.as_ref().map(|it| it.id.inner().to_owned());
        untrack(|| of(groups, code, id)).flatten()
    });
    let example = move || {
        groups.track();
        let link = |id| {
            view! { <a href=Route::Message(id).href()>{say!("The newest of them")}</a> }
        };
        newest.run(()).map(link)
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
                <a href=log>{say!("All of them in Messages")}</a>
            </p>
            {match code {
                Some(code) => {
                    view! {
                        <CanaryPanel code=code bounds=bounds example=newest />
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p class="faint">
                            {say!(
                                "Without a code they are no group that can be retried at once: open them in Messages."
                            )}
                        </p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
