//! The ways to go. Only what exists; what the environment has not, is absent.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    components::icon::{Glyph, Icon},
    core::{filter::Filter, pressure::QueueTab, words::Environment},
    route::Route,
    state::{queue::use_queue, session::use_session},
};

/// The rail; a bar at the bottom of narrow screens.
#[component]
pub(crate) fn Nav() -> impl IntoView {
    let session = use_session();
    let pathname = use_location().pathname;
    let is_overview = move || pathname.with(|it| it == "/");
    let is_messages = move || pathname.with(|it| it.starts_with("/messages"));
    let is_queue = move || pathname.with(|it| it.starts_with("/queue"));
    let is_simulator = move || pathname.with(|it| it.starts_with("/simulator"));
    let has_simulator = move || session.environment() == Some(Environment::Simulated);
    let current = |is_here: bool| is_here.then_some("page");
    view! {
        <nav class="rail" aria-label="Main">
            <p class="rail__group">"Operate"</p>
            <a
                class="rail__link"
                href=Route::Overview.href()
                aria-current=move || current(is_overview())
                data-testid="nav-overview"
            >
                <Glyph icon=Icon::Gauge />
                "Overview"
            </a>
            <a
                class="rail__link"
                href=Route::Messages(Filter::default()).href()
                aria-current=move || current(is_messages())
                data-testid="nav-messages"
            >
                <Glyph icon=Icon::Message />
                "Messages"
            </a>
            <a
                class="rail__link"
                href=Route::Queue(QueueTab::Live).href()
                aria-current=move || current(is_queue())
                data-testid="nav-queue"
            >
                <Glyph icon=Icon::Layers />
                "Queue"
                <QueueCount />
            </a>
            <p class="rail__group">"Build"</p>
            <Show when=has_simulator>
                <a
                    class="rail__link"
                    href=Route::Simulator.href()
                    aria-current=move || current(is_simulator())
                    data-testid="nav-simulator"
                >
                    <Glyph icon=Icon::Phone />
                    "Simulator"
                </a>
            </Show>
            <a
                class="rail__link"
                href=Route::GraphiQl.href()
                rel="external"
                data-testid="nav-graphiql"
            >
                <Glyph icon=Icon::Braces />
                "API"
            </a>
            <p class="rail__foot">
                {move || session.viewer().map(|it| format!("Waybill {}", it.version))}
            </p>
        </nav>
    }
}

/// How many messages wait, live; nothing where none does.
#[component]
fn QueueCount() -> impl IntoView {
    let queue = use_queue();
    let waiting = move || {
        queue
            .with(crate::api::queue::QueueMetrics::waiting)
            .filter(|it| *it > 0)
    };
    view! {
        <span class="rail__count">
            {waiting} <span class="hidden">{move || waiting().map(|_| " waiting")}</span>
        </span>
    }
}
