//! The log: every message, newest first, filtered by the URL, alive.

mod compose;
mod faces;
mod filters;
mod model;
mod rows;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    components::icon::{Glyph, Icon},
    core::filter::Filter,
    state::{
        keys::{focus, use_keys},
        page::use_title,
        place::use_place,
        session::use_session,
    },
};
use compose::ComposeDialog;
use faces::{Faces, ProgressBar};
use filters::FilterBar;
use model::LogModel;

/// How a change of the filter enters the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A chip, a tab, Enter: back undoes it.
    Push,
    /// Still typing.
    Replace,
}

/// The page at `/messages`.
#[component]
pub(crate) fn MessagesPage() -> impl IntoView {
    let location = use_location();
    let session = use_session();
    let filter = Memo::new(move |_| location.search.with(|it| Filter::parse(it)));
    let model = LogModel::new(filter);
    let is_composing = RwSignal::new(false);

    let navigate = use_navigate();
    let go = Callback::new(move |(next, step): (Filter, Step)| {
        let path = location.pathname.get_untracked();
        let replace = step == Step::Replace;
        let options = NavigateOptions {
            replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("{path}{}", next.to_query()), options);
    });

    Effect::new(move |_| model.open(filter.get()));
    let place = use_place();
    Effect::new(move |_| place.keep(filter.get()));
    use_title(move || {
        let is_narrow = filter.with(Filter::is_narrow);
        if is_narrow {
            "Messages, filtered"
        } else {
            "Messages"
        }
        .to_owned()
    });
    use_keys(move |key| act(key, model));

    view! {
        <div class="head">
            <h1 tabindex="-1">"Messages"</h1>
            <p class="head__count" role="status">
                {move || model.count_label()}
            </p>
            <button
                type="button"
                class="icon-button"
                title="Read the list again"
                on:click=move |_| model.reload()
            >
                <Glyph icon=Icon::Retry />
                <span class="hidden">"Read the list again"</span>
            </button>
            <button
                type="button"
                class="button button--primary head__act"
                data-testid="send-message"
                disabled=move || !session.may_act()
                title=move || (!session.may_act()).then_some("Your role only reads")
                on:click=move |_| is_composing.set(true)
            >
                <Glyph icon=Icon::Send />
                "Send message"
            </button>
        </div>
        <FilterBar filter=filter go=go />
        <ProgressBar model=model />
        <Faces model=model filter=filter go=go is_composing=is_composing />
        <p class="hidden" role="status">
            {move || model.announcement()}
        </p>
        <ComposeDialog is_open=is_composing sent=Callback::new(move |id| model.sent(id)) />
    }
}

/// The keys of this page.
fn act(key: &str, model: LogModel) -> bool {
    match key {
        "/" => focus("[data-testid=filter-search]"),
        "." => model.show_waiting(),
        "j" | "ArrowDown" => return rows::move_focus(rows::Way::Down),
        "k" | "ArrowUp" => return rows::move_focus(rows::Way::Up),
        _ => return false,
    }
    true
}
