//! The ways to go: a rail, or a bar at the bottom of narrow screens with a sheet for the rest. Only what exists and
//! what the role may read.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::places::{Group, Home, PLACES, Place};
use crate::{
    components::{
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::say::{said, say},
    state::{
        queue::use_queue,
        rail::use_rail,
        session::{Session, use_session},
    },
};

/// The rail.
#[component]
pub(crate) fn Nav() -> impl IntoView {
    let session = use_session();
    let rail = use_rail();
    let is_sheet_open = RwSignal::new(false);
    view! {
        <nav class="rail" aria-label=say!("Main")>
            <Groups hook="nav" />
            <button
                type="button"
                class="rail__link rail__more"
                data-testid="nav-more"
                aria-haspopup="dialog"
                on:click=move |_| is_sheet_open.set(true)
            >
                <Glyph icon=Icon::Menu />
                <span class="rail__label">{say!("More")}</span>
            </button>
            <div class="rail__foot">
                <span class="rail__version">
                    {move || session.viewer().map(|it| format!("Waybill {}", it.version))}
                </span>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="rail-turn"
                    aria-pressed=move || rail.is_narrow().to_string()
                    title=move || {
                        if rail.is_narrow() { say!("Show the names") } else { say!("Icons only") }
                    }
                    on:click=move |_| rail.turn()
                >
                    <Glyph icon=Icon::Rail />
                    <span class="hidden">{say!("Icons only")}</span>
                </button>
            </div>
        </nav>
        <Sheet is_open=is_sheet_open />
    }
}

/// Every destination, for narrow screens.
#[component]
fn Sheet(is_open: RwSignal<bool>) -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |_| {
        pathname.track();
        is_open.set(false);
    });
    view! {
        <Dialog is_open=is_open title=say!("All pages")>
            <nav class="sheet" aria-label=say!("All pages")>
                <Groups hook="sheet" />
            </nav>
        </Dialog>
    }
}

/// Headings with their links.
#[component]
fn Groups(
    /// The beginning of the links' hooks for tests.
    hook: &'static str,
) -> impl IntoView {
    let session = use_session();
    let pathname = use_location().pathname;
    let open = Memo::new(move |_| visible(session));
    let group = move |group: Group| {
        let own: Vec<Place> = open.with(|it| {
            let of = |it: &&Place| it.group == group;
            it.iter().filter(of).copied().collect()
        });
        if own.is_empty() {
            return None;
        }
        let link = move |place: Place| {
            let is_here = move || pathname.with(|it| place.is_at(it)).then_some("page");
            let title = said(place.title);
            let hint = say!(
                "{title} (G then {letter})",
                title,
                letter = place.letter.to_uppercase()
            );
            let rel = (place.home == Home::Server).then_some("external");
            view! {
                <a
                    class="rail__link"
                    class:rail__link--main=place.is_main
                    href=place.path
                    rel=rel
                    title=hint
                    aria-current=is_here
                    data-testid=format!("{hook}-{}", place.word())
                >
                    <Glyph icon=place.icon />
                    <span class="rail__label">{title}</span>
                    {(place.path == "/queue").then(|| view! { <QueueCount /> })}
                </a>
            }
        };
        let links = own.into_iter().map(link).collect_view();
        Some(view! {
            <p class="rail__group">{group.label()}</p>
            {links}
        })
    };
    move || Group::ALL.into_iter().map(group).collect_view()
}

/// The destinations that the viewer may read.
pub(super) fn visible(session: Session) -> Vec<Place> {
    let (role, environment) = (session.role(), session.environment());
    PLACES
        .iter()
        .filter(|it| it.is_open(role, environment))
        .copied()
        .collect()
}

/// A count in a small place.
fn short(count: i32) -> String {
    match count {
        0..10_000 => count.to_string(),
        _ => format!("{}k", count / 1_000),
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
            {move || waiting().map(short)} <span class="hidden">{move || waiting().map(|_| say!(" waiting"))}</span>
        </span>
    }
}
