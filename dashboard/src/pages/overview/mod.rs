//! Is anything wrong, and what first? Then the numbers, each a way into the log.

mod checklist;
mod model;
mod needs;
mod now;
mod outcomes;
mod reasons;
mod tiles;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    components::icon::{Glyph, Icon},
    core::{
        filter::Filter,
        period::{Bounds, Period, moment},
        say::say,
        status::Status,
        words::Direction,
    },
    pages::{range::Range, trouble::Trouble},
    route::Route,
    state::{page::use_title, session::use_session},
};
use checklist::Checklist;
use model::Overview;
use needs::NeedsYou;
use now::RightNow;
use outcomes::Outcomes;
use reasons::{Funnel, Reasons};
use tiles::Tiles;

/// Yesterday's evening matters this morning.
const USUAL: Period = Period::Back(24 * 60);

/// The page at `/`.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    use_title(|| say!("Overview").to_owned());
    let search = use_location().search;
    let period = Memo::new(move |_| search.with(|it| Period::parse(it, USUAL)));
    let model = Overview::new(period);
    let session = use_session();
    let is_new = Memo::new(move |_| {
        let is_empty = model
            .tallies
            .data
            .with(|it| it.as_ref().is_some_and(|it| it.is_new));
        // What to do first is for those who may do it.
        is_empty && session.may_act()
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Overview")}</h1>
            <div class="head__act overview__range">
                <button
                    type="button"
                    class="icon-button"
                    title=say!("Read everything again")
                    on:click=move |_| model.read_all()
                >
                    <Glyph icon=Icon::Retry />
                    <span class="hidden">{say!("Read everything again")}</span>
                </button>
                {move || (!is_new.get()).then(|| view! { <Range period=period base="/?" /> })}
            </div>
        </div>
        <Trouble
            failure=model.tallies.failure
            on_retry=Callback::new(move |()| model.read_all())
        />
        {move || {
            if is_new.get() {
                return view! { <Checklist model=model /> }.into_any();
            }
            view! {
            <NeedsYou model=model />
            <Tiles model=model />
            <div class="overview__parts">
                <Outcomes model=model />
                <RightNow model=model />
                <Reasons model=model />
                <Funnel model=model />
            </div>
        }.into_any()
        }}
    }
}

/// The log of our messages of a stretch of time, frozen: its total stays what it is here.
fn log(bounds: Bounds, status: &[Status], code: Option<i32>) -> String {
    let (from, to) = (moment(bounds.from_ms), moment(bounds.to_ms));
    let other = [("from", from), ("to", to.clone()), ("asOf", to)];
    let filter = Filter {
        status: status.to_vec(),
        direction: Some(Direction::Outbound),
        code: code.into_iter().collect(),
        other: other.map(|(key, value)| (key.to_owned(), value)).to_vec(),
        ..Filter::default()
    };
    Route::Messages(filter).href()
}
