//! What needs a person: cause, since when, how it goes, and the one way to begin.

use leptos::prelude::*;

use super::model::Overview;
use crate::{
    components::{
        chart::Spark,
        icon::{Glyph, Icon},
        keyed::Keyed,
        when::Ago,
    },
    core::{
        filter::Filter,
        needs::{Need, Way},
        pressure::QueueTab,
        say::say,
        status::Tone,
        time::parse_ms,
    },
    route::Route,
    state::clock::use_clock,
};

/// The list, or the good news.
#[component]
pub(super) fn NeedsYou(model: Overview) -> impl IntoView {
    let needs = RwSignal::new(Vec::<Need>::new());
    Effect::new(move |_| needs.set(model.needs()));
    let count = move || needs.with(Vec::len);
    let keys = Signal::derive(move || needs.with(|it| it.iter().map(key).collect()));
    let row = Callback::new(move |wanted: String| {
        let found = needs.with_untracked(|it| it.iter().find(|it| key(it) == wanted).cloned());
        found.map(|it| view! { <Item need=it /> }).into_any()
    });
    let is_known = move || !model.groups.is_cold();
    let announcement = move || match count() {
        _ if !is_known() => String::new(),
        0 => say!("All clear").to_owned(),
        count => say!(
            count,
            "{n} thing needs you" | "{n} things need you",
            n = count
        ),
    };
    view! {
        <section class="panel needs" aria-labelledby="needs-title" aria-busy=move || (!is_known()).to_string()>
            <h2 id="needs-title" class="panel__title">
                {say!("Needs you")}
                <span class="panel__count">{move || (count() > 0).then(count)}</span>
            </h2>
            <p class="hidden" role="status">{announcement}</p>
            {move || (is_known() && count() == 0).then(|| view! { <Clear model=model /> })}
            {move || (!is_known()).then(|| view! { <p class="panel__empty faint" aria-hidden="true">
                    <span class="bone"></span>
                </p> })}
            <ul>
                <Keyed keys=keys row=row />
            </ul>
        </section>
    }
}

/// What makes it another need.
fn key(it: &Need) -> String {
    let trend: Vec<_> = it.trend.iter().map(i32::to_string).collect();
    format!("{} {} {} {}", it.key, it.title, it.detail, trend.join(" "))
}

/// Nothing is wrong; when it last was.
#[component]
fn Clear(model: Overview) -> impl IntoView {
    let clock = use_clock();
    let now_ms = Signal::derive(move || clock.now_ms());
    let last = move || {
        model.groups.data.with(|it| {
            let times = it.iter().flatten().map(|it| it.last_at.0.clone());
            times.max_by(|a, b| {
                let ms = |it: &str| parse_ms(it).unwrap_or_default();
                ms(a).total_cmp(&ms(b))
            })
        })
    };
    view! {
        <p class="needs__clear" data-testid="all-clear">
            <Glyph icon=Icon::CheckCheck />
            <strong>{say!("All clear")}</strong>
            <span class="faint">
                {move || match last() {
                    Some(at) => view! { {say!("last problem ")} <Ago at=at now_ms=now_ms /> }.into_any(),
                    None => say!("nothing failed in this period").into_any(),
                }}
            </span>
        </p>
    }
}

#[component]
fn Item(need: Need) -> impl IntoView {
    let clock = use_clock();
    let now_ms = Signal::derive(move || clock.now_ms());
    let icon = match need.tone {
        Tone::Danger => Icon::CircleX,
        Tone::Plan => Icon::Pause,
        _ => Icon::TriangleAlert,
    };
    let href = match &need.way {
        Way::Group(code) => {
            Route::QueueGroup(code.map_or_else(|| "none".to_owned(), |it| it.to_string())).href()
        }
        Way::Chat(contact) => Route::Messages(Filter {
            address: Some(contact.clone()),
            ..Filter::default()
        })
        .href(),
        Way::Unconfirmed => Route::Queue(QueueTab::Unconfirmed).href(),
        Way::Queue => Route::Queue(QueueTab::Live).href(),
        Way::Webhooks => "/webhooks".to_owned(),
        Way::Doctor(check) => format!("/doctor?check={}", crate::core::query::encode(check)),
    };
    let trend = need.trend;
    let has_trend = !trend.is_empty();
    let values: Vec<f64> = trend.into_iter().map(f64::from).collect();
    view! {
        <li class=format!("need need--{}", need.tone.as_str()) data-testid="need" data-key=need.key>
            <Glyph icon=icon />
            <div class="need__what">
                <p class="need__title" dir="auto">{need.title}</p>
                <p class="need__detail" dir="auto">
                    {need.detail}
                    {need
                        .since
                        .map(|at| {
                            view! {
                                <span class="faint">
                                    {say!(" since ")} <Ago at=at now_ms=now_ms />
                                </span>
                            }
                        })}
                </p>
            </div>
            {has_trend
                .then(|| {
                    view! { <Spark values=values summary=say!("How it went over the period").to_owned() /> }
                })}
            <a class="button" href=href>
                {need.way.label()}
            </a>
        </li>
    }
}
