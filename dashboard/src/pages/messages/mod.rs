//! The log: every message, newest first, filtered by the URL, alive.

mod arrivals;
mod bar;
mod bulk;
mod cells;
mod compose;
mod faces;
mod filters;
mod focus;
mod grid;
mod keys;
mod menus;
mod model;
mod paging;
mod peek;
mod plan;
mod scrubber;
mod search;
mod selection;
mod taste;
mod tools;
mod view;
mod views;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    components::{
        icon::{Glyph, Icon},
        number::grouped,
    },
    core::{filter::Filter, say::say},
    pages::{parts::late, trouble::refuse},
    state::{page::use_title, place::use_place, session::use_session},
};
use bar::SelectionBar;
use bulk::{BulkDialog, Work};
use compose::ComposeDialog;
use faces::{Faces, ProgressBar};
use filters::FilterBar;
use keys::{Desk, use_log_keys};
pub(crate) use keys::{copy_graphql, copy_link};
use model::LogModel;
use peek::{Peek, Peeking, without_peek};
use selection::Selected;
use taste::Taste;
use view::View;

late! {
    bulk(model: LogModel, selected: Selected, work: RwSignal<Option<Work>>): BulkDialog,
    compose(is_open: RwSignal<bool>, sent: Callback<String>): ComposeDialog,
}

/// How a change of the filter enters the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A chip, a tab, Enter: back undoes it.
    Push,
    /// Still typing.
    Replace,
}

/// Leads to another view of the log.
type Go = Callback<(Filter, Step)>;

/// The page at `/messages`.
#[component]
pub(crate) fn MessagesPage() -> impl IntoView {
    let location = use_location();
    let filter = Memo::new(move |_| location.search.with(|it| without_peek(Filter::parse(it))));
    let model = LogModel::new(filter);
    let taste = Taste::new();
    let view = View::new(model, taste);
    let selected = Selected::new(view);
    let desk = Desk {
        view,
        selected,
        peeking: Peeking::new(),
        work: RwSignal::new(None),
    };
    let is_composing = RwSignal::new(false);
    let go = use_go();

    Effect::new(move |_| {
        selected.clear();
        model.open(filter.get());
    });
    Effect::new(move |_| {
        let is_peeking = desk.peeking.id.with(Option::is_some);
        let has_selection = selected.set.with(|it| !it.is_empty());
        model
            .arrivals
            .is_at_work
            .set_value(is_peeking || has_selection);
    });
    let place = use_place();
    Effect::new(move |_| place.keep(filter.get()));
    use_title(move || {
        let is_narrow = filter.with(Filter::is_narrow);
        let count = model.count.get().filter(|_| is_narrow);
        match count {
            Some(it) if it.is_exact => {
                say!("Messages, filtered ({n})", n = grouped(it.value))
            }
            Some(_) => say!("Messages, filtered").to_owned(),
            None => say!("Messages").to_owned(),
        }
    });
    use_log_keys(desk);
    let is_working = Signal::derive(move || desk.work.with(Option::is_some));
    refuse(is_working, move || desk.work.set(None));
    let sent = Callback::new(move |id| model.arrivals.sent(model, id));

    view! {
        <div class="log-page" class:is-peeking=move || desk.peeking.id.with(Option::is_some)>
            <div class="log-page__main">
                <Head model=model is_composing=is_composing />
                <FilterBar model=model taste=taste filter=filter go=go />
                <ProgressBar model=model />
                <Faces
                    view=view
                    taste=taste
                    selected=selected
                    filter=filter
                    go=go
                    is_composing=is_composing
                />
                <SelectionBar
                    model=model
                    selected=selected
                    work=desk.work
                    why=Callback::new(move |()| {
                        desk.why();
                    })
                />
                <p class="hidden" role="status">
                    {move || model.arrivals.announcement()}
                </p>
            </div>
            <Peek peeking=desk.peeking view=view />
        </div>
        {late::bulk(is_working, model, selected, desk.work)}
        {late::compose(is_composing.into(), is_composing, sent)}
    }
}

fn use_go() -> Go {
    let location = use_location();
    let navigate = use_navigate();
    Callback::new(move |(next, step): (Filter, Step)| {
        let path = location.pathname.get_untracked();
        let options = NavigateOptions {
            replace: step == Step::Replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("{path}{}", next.to_query()), options);
    })
}

#[component]
fn Head(model: LogModel, is_composing: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Messages")}</h1>
            <p class="head__count" role="status">
                {move || model.count_label()}
            </p>
            <button
                type="button"
                class="icon-button"
                title=say!("Read the list again")
                on:click=move |_| model.reload()
            >
                <Glyph icon=Icon::Retry />
                <span class="hidden">{say!("Read the list again")}</span>
            </button>
            <button
                type="button"
                class="button button--primary head__act"
                data-testid="send-message"
                disabled=session.is_barred()
                title=session.bar()
                on:click=move |_| is_composing.set(true)
            >
                <Glyph icon=Icon::Send />
                {say!("Send message")}
            </button>
        </div>
    }
}
