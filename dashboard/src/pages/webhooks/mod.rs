//! What Twilio posted: the log, what was refused at the door, and processing again what failed.

mod detail;
mod form;
mod model;
mod refusals;
mod replay;
mod rows;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    components::{
        facet_bar::FacetBar,
        icon::{Glyph, Icon},
        list::Older,
        notice::Empty,
    },
    core::{facets::Facets, say::say, webhook::FACETS},
    pages::{
        reading::{Load, Loaded},
        webhooks::{model::HookModel, refusals::Refusals, replay::ReplayAll, rows::HookRows},
    },
    route::Route,
    state::{keys::use_keys, page::use_title, session::use_session},
};
pub(crate) use detail::WebhookPage;

/// The page at `/webhooks`.
#[component]
pub(crate) fn WebhooksPage() -> impl IntoView {
    let location = use_location();
    let filter = Memo::new(move |_| location.search.with(|it| Facets::parse(FACETS, it)));
    let model = HookModel::new(filter);
    Effect::new(move |_| model.open(filter.get()));
    use_title(move || {
        if filter.with(Facets::is_narrow) {
            say!("Webhooks, filtered")
        } else {
            say!("Webhooks")
        }
        .to_owned()
    });
    let navigate = use_navigate();
    let go = Callback::new(move |next: Facets| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(
            &format!("{}{}", Route::Webhooks.href(), next.to_query()),
            options,
        );
    });
    use_keys(move |key| match key {
        "." => {
            model.show_waiting();
            true
        }
        "j" | "ArrowDown" => rows::move_focus(1),
        "k" | "ArrowUp" => rows::move_focus(-1),
        _ => false,
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Webhooks")}</h1>
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
            <ReplayAll filter=filter done=Callback::new(move |()| model.reload()) />
        </div>
        <Refusals />
        <FacetBar label=say!("Filter webhooks") table=FACETS filter=filter go=go />
        <Loaded reading=model.reading on_retry=Callback::new(move |()| model.reload())>
            <Log model=model filter=filter go=go />
        </Loaded>
        <p class="hidden" role="status">
            {move || model.announcement()}
        </p>
    }
}

#[component]
fn Log(model: HookModel, filter: Memo<Facets>, go: Callback<Facets>) -> impl IntoView {
    let is_empty = Memo::new(move |_| model.log.with(|it| it.is_empty() && it.waiting() == 0));
    let label = Signal::derive(move || match model.older.get() {
        Load::Reading => say!("Loading…").to_owned(),
        Load::Done => say!("Load older").to_owned(),
        Load::Failed(error) => say!("{cause} Try again", cause = error.cause()),
    });
    view! {
        <section class="panel" aria-label=say!("Webhook events")>
            <Pill model=model />
            {move || match (is_empty.get(), filter.with(Facets::is_narrow)) {
                (false, _) => view! { <HookRows model=model /> }.into_any(),
                (true, true) => view! { <NoMatch filter=filter go=go /> }.into_any(),
                (true, false) => view! { <FirstUse /> }.into_any(),
            }}
            <Older
                is_there=Signal::derive(move || model.log.with(|it| it.older_cursor().is_some()))
                label=label
                on_more=Callback::new(move |()| model.load_older())
            />
        </section>
    }
}

/// New rows that wait for the reader.
#[component]
fn Pill(model: HookModel) -> impl IntoView {
    view! {
        <Show when=move || { model.waiting() > 0 }>
            <button
                type="button"
                class="pill"
                data-testid="show-new"
                on:click=move |_| {
                    window().scroll_to_with_x_and_y(0.0, 0.0);
                    model.show_waiting();
                }
            >
                <Glyph icon=Icon::ArrowUp />
                {move || say!("{n} new, show", n = model.waiting())}
                <kbd>"."</kbd>
            </button>
        </Show>
    }
}

#[component]
fn FirstUse() -> impl IntoView {
    let session = use_session();
    view! {
        <Empty icon=Icon::Webhook title=say!("Twilio has posted nothing yet").to_owned()>
            <p>
                {say!(
                    "Messages of customers and the statuses of yours will stand here as they come in, each with what \
                     became of it."
                )}
            </p>
            <p class="empty__acts">
                <Show when=move || session.has_simulator()>
                    <a class="button button--primary" href=Route::Simulator.href()>
                        <Glyph icon=Icon::Phone />
                        {say!("Write as a customer in the simulator")}
                    </a>
                </Show>
                <Show when=move || session.obstacle(crate::core::words::Role::Operator).is_none()>
                    <a class="button" href=Route::Doctor.href()>
                        <Glyph icon=Icon::Activity />
                        {say!("Check the way to this server")}
                    </a>
                </Show>
            </p>
        </Empty>
    }
}

#[component]
fn NoMatch(filter: Memo<Facets>, go: Callback<Facets>) -> impl IntoView {
    let why = move || {
        let chips = filter.with(Facets::chips);
        let words: Vec<String> = chips
            .into_iter()
            .filter(|it| !it.is_invalid)
            .map(|it| it.words)
            .collect();
        say!(
            "Nothing has all of: {filters}.",
            filters = words.join(" · ")
        )
    };
    view! {
        <Empty icon=Icon::Search title=say!("No webhook matches").to_owned()>
            <p>{why}</p>
            <p class="empty__acts">
                <button
                    type="button"
                    class="button button--primary"
                    on:click=move |_| go.run(filter.with_untracked(Facets::cleared))
                >
                    {say!("Clear all filters")}
                </button>
            </p>
        </Empty>
    }
}
