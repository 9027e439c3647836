//! The table of the log: a real `<table>` laid out by grid, its rows a pool of elements placed by transform.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use super::{
    cells::cell,
    selection::{Selected, Selection},
    taste::Taste,
    view::{Slot, View},
};
use crate::{
    core::{
        columns::{Column, tracks},
        log::Log,
        say::say,
        status::Status,
    },
    route::Route,
    state::place::use_place,
};

/// The log as a grid.
#[component]
pub(super) fn MessagesGrid(view: View, taste: Taste, selected: Selected) -> impl IntoView {
    let total = move || {
        view.model.log.with(|it: &Log<_>| {
            let (above, loaded, below) = it.extent();
            let is_counted = view.model.count.get().is_some_and(|it| it.is_exact);
            if it.is_whole() || is_counted {
                (above + loaded + below + 1).to_string()
            } else {
                "-1".to_owned()
            }
        })
    };
    let navigate = use_navigate();
    let place = use_place();
    let clicked = move |event: ev::MouseEvent| {
        let Some((row, id)) = row_of(&event) else {
            return;
        };
        view.active.set(Some(id.clone()));
        if is_on(&event, ".log__pick") {
            event.prevent_default();
            if event.shift_key() {
                selected.extend(&id);
            } else {
                selected.toggle(&id);
            }
            return;
        }
        keep_rows(view, place);
        if is_plain_click(&event) && row.is_connected() {
            navigate(
                &Route::Message(id).href(),
                leptos_router::NavigateOptions::default(),
            );
        }
    };
    let focused = move |event: ev::FocusEvent| {
        if let Some((_, id)) = row_of(&event) {
            view.active.set(Some(id));
        }
    };
    let one = move |slot: Slot| view! { <Line it=slot view=view taste=taste selected=selected /> };
    view! {
        <div
            class="log-scroll"
            class:is-cards=taste.is_narrow
            node_ref=view.scroller
            tabindex="0"
            role="region"
            aria-label=say!("Messages, newest first")
            data-testid="log-scroll"
            on:scroll=move |_| view.scrolled()
        >
            <table
                class="log"
                role="grid"
                aria-label=say!("Messages")
                aria-multiselectable="true"
                aria-rowcount=total
                aria-colcount=move || taste.columns.with(Vec::len) + 1
                data-testid="messages-table"
                style:--columns=move || taste.columns.with(|it| tracks(it))
                style:--row=move || format!("{}px", taste.row_px.get())
            >
                <Columns taste=taste selected=Some(selected) />
                <tbody
                    class="log__rows"
                    role="rowgroup"
                    node_ref=view.body
                    on:click=clicked
                    on:focusin=focused
                >
                    <For each=move || view.slots.get() key=|it| it.key children=one />
                </tbody>
            </table>
        </div>
    }
}

/// The head of the table, also over the skeleton.
#[component]
fn Columns(taste: Taste, selected: Option<Selected>) -> impl IntoView {
    let heading = |(place, it): (usize, Column)| {
        view! {
            <th
                role="columnheader"
                scope="col"
                aria-colindex=place + 2
                class=format!("log__cell log__{}", it.slug())
                class:number=it.is_number()
                aria-sort=(it == Column::Time).then_some("descending")
            >
                {it.label()}
            </th>
        }
    };
    view! {
        <thead role="rowgroup" class="log__head">
            <tr role="row" class="log__line" aria-rowindex="1">
                <th role="columnheader" scope="col" aria-colindex="1" class="log__cell log__pick">
                    <span class="hidden">{say!("Selected")}</span>
                    {selected.map(|it| view! { <PickAll selected=it /> })}
                </th>
                {move || {
                    taste.columns.get().into_iter().enumerate().map(heading).collect_view()
                }}
            </tr>
        </thead>
    }
}

/// Lets go of the selection; what "all" is, the bar below says with its number.
#[component]
fn PickAll(selected: Selected) -> impl IntoView {
    let is_any = move || selected.set.with(|it| !it.is_empty());
    view! {
        <Show when=is_any>
            <input
                type="checkbox"
                class="tickbox"
                aria-label=say!("Clear the selection")
                prop:checked=true
                on:click=move |_| {
                    selected.clear();
                }
            />
        </Show>
    }
}

#[component]
fn Line(it: Slot, view: View, taste: Taste, selected: Selected) -> impl IntoView {
    let row = RwSignal::from(it.row.clone());
    let place = RwSignal::from(it.place.clone());
    let top_px = RwSignal::from(it.top_px.clone());
    let element = it.element;
    let id = Memo::new(move |_| row.with(|it| it.as_ref().map(|it| it.id.inner().to_owned())));
    let status = Memo::new(move |_| row.with(|it| it.as_ref().map(|it| it.status)));
    let is_outside = Memo::new(move |_| {
        let filter = view.model.filter;
        row.with(|it| {
            it.as_ref()
                .is_some_and(|row| filter.with(|it| !it.matches(row)))
        })
    });
    let is_active = Memo::new(move |_| {
        id.with(|id| match (id, view.active.get()) {
            (Some(id), Some(active)) => *id == active,
            (Some(_), None) => place.get() == 0,
            (None, _) => false,
        })
    });
    let is_selected = Memo::new(move |_| {
        id.with(|id| {
            let has = |set: &Selection| id.as_ref().is_some_and(|id| set.has(id));
            selected.set.with(has)
        })
    });
    let label = move || {
        row.with(|it| {
            it.as_ref()
                .map(|it| say!("Select the message with {who}", who = it.contact.title()))
        })
    };
    let direction = move || row.with(|it| it.as_ref().map(|it| it.direction.name()));
    let cells = move || {
        let one = |(index, column)| cell(column, index + 2, row, is_outside);
        taste
            .columns
            .get()
            .into_iter()
            .enumerate()
            .map(one)
            .collect_view()
    };
    view! {
        <tr
            role="row"
            class="log__line log__row"
            class:is-outside=is_outside
            node_ref=element
            hidden=move || id.with(Option::is_none)
            tabindex=move || if is_active.get() { "0" } else { "-1" }
            aria-rowindex=move || place.get() + 2
            aria-selected=move || if is_selected.get() { "true" } else { "false" }
            data-testid=move || id.with(|it| it.as_ref().map(|_| "message-row"))
            data-id=move || id.get()
            data-status=move || status.get().map(Status::name)
            data-direction=direction
            style:transform=move || format!("translateY({}px)", top_px.get())
        >
            <td role="gridcell" aria-colindex="1" class="log__cell log__pick">
                <input
                    type="checkbox"
                    class="tickbox"
                    tabindex="-1"
                    aria-label=label
                    prop:checked=is_selected
                />
            </td>
            {cells}
        </tr>
    }
}

/// The row and its id an event happened in.
fn row_of(event: &web_sys::Event) -> Option<(web_sys::Element, String)> {
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let row = element
        .closest("[data-testid=message-row]")
        .ok()
        .flatten()?;
    let id = row.get_attribute("data-id")?;
    Some((row, id))
}

fn is_on(event: &web_sys::Event, selector: &str) -> bool {
    event
        .target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|it| it.closest(selector).ok().flatten().is_some())
}

/// A click on the row itself: not on its link, not with a key held, not at the end of a selection of text.
fn is_plain_click(event: &ev::MouseEvent) -> bool {
    let has_selection = window()
        .get_selection()
        .ok()
        .flatten()
        .is_some_and(|it| !it.is_collapsed());
    let has_key = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    !is_on(event, "a, button, input") && !has_selection && !has_key && !event.default_prevented()
}

/// Remembers the loaded rows: `[` and `]` walk them on the page of a message.
pub(super) fn keep_rows(view: View, place: crate::state::place::Place) {
    let ids = view
        .model
        .log
        .with_untracked(|it| it.ids().cloned().collect());
    place.keep_rows(ids);
}

/// Eight rows to come, at their final height.
#[component]
pub(super) fn Skeleton(taste: Taste) -> impl IntoView {
    let bone = |it: Column| {
        view! {
            <td class=format!("log__cell log__{}", it.slug())>
                <span class="bone"></span>
            </td>
        }
    };
    let row = move |_: i32| {
        let cells = taste.columns.get_untracked().into_iter().map(bone);
        view! {
            <tr class="log__line log__row">
                <td class="log__cell log__pick"></td>
                {cells.collect_view()}
            </tr>
        }
    };
    view! {
        <div class="log-scroll" class:is-cards=taste.is_narrow aria-hidden="true">
            <table
                class="log log--cold"
                style:--columns=move || taste.columns.with(|it| tracks(it))
                style:--row=move || format!("{}px", taste.row_px.get())
            >
                <Columns taste=taste selected=None />
                <tbody>{(0..8).map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Whether a status needs a person.
pub(super) const NEEDS_ATTENTION: [Status; 3] =
    [Status::Failed, Status::Undelivered, Status::Unconfirmed];
