//! The table and its rows. A changed status redraws one cell; a row never moves under the reader.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use super::model::LogModel;
use crate::{
    api::messages::MessageRow,
    components::{
        badge::StatusBadge,
        icon::{Glyph, Icon},
        when::Ago,
    },
    core::{
        filter::Filter,
        status::Status,
        whatsapp::one_line,
        words::{Direction, bare_address},
    },
    route::Route,
    state::{clock::use_clock, keys::focus_element},
};

/// Which row gets the focus next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Down,
    Up,
}

/// The log as a table.
#[component]
pub(super) fn MessagesTable(
    /// The rows.
    model: LogModel,
    /// The view they belong to.
    filter: Memo<Filter>,
) -> impl IntoView {
    let ids = Memo::new(move |_| model.log.with(|it| it.ids().to_vec()));
    let one = move |id: String| {
        let first = model.log.with_untracked(|it| it.get(&id).cloned());
        first.map(|first| view! { <MessageLine first=first model=model filter=filter /> })
    };
    view! {
        <table class="log" data-testid="messages-table">
            <caption class="hidden">"Messages, newest first"</caption>
            <Columns />
            <tbody class="log__rows">
                <For each=move || ids.get() key=Clone::clone children=one />
            </tbody>
        </table>
    }
}

/// The head of the table, also over the skeleton.
#[component]
pub(super) fn Columns() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th scope="col" class="log__time">"Time"</th>
                <th scope="col" class="log__way">"Way"</th>
                <th scope="col" class="log__contact">"Contact"</th>
                <th scope="col" class="log__preview">"Message"</th>
                <th scope="col" class="log__status">"Status"</th>
                <th scope="col" class="log__code number">"Error"</th>
                <th scope="col" class="log__tries number">"Tries"</th>
            </tr>
        </thead>
    }
}

#[component]
fn MessageLine(first: MessageRow, model: LogModel, filter: Memo<Filter>) -> impl IntoView {
    let clock = use_clock();
    let id = first.id.inner().to_owned();
    let href = Route::Message(id.clone()).href();
    let direction = first.direction;
    let row = {
        let (id, first) = (id.clone(), first.clone());
        Memo::new(move |_| {
            model
                .log
                .with(|it| it.get(&id).cloned())
                .unwrap_or_else(|| first.clone())
        })
    };
    let status = Memo::new(move |_| row.with(|it| it.status));
    let is_outside = Memo::new(move |_| filter.with(|filter| row.with(|it| !filter.matches(it))));
    let code = move || row.with(|it| it.error_code);
    let tries = move || row.with(|it| (it.attempt_count > 0).then_some(it.attempt_count));
    let open = {
        let navigate = use_navigate();
        let href = href.clone();
        move |event: ev::MouseEvent| {
            if is_plain_click(&event) {
                navigate(&href, leptos_router::NavigateOptions::default());
            }
        }
    };
    view! {
        <tr
            class="log__row"
            class:is-outside=is_outside
            data-testid="message-row"
            data-id=id
            data-status=move || status.get().name()
            data-direction=direction.name()
            on:click=open
        >
            <td class="log__time faint">
                <Ago at=first.created_at.0.clone() now_ms=Signal::derive(move || clock.now_ms()) />
            </td>
            <td class="log__way">
                <Way direction=direction />
            </td>
            <td class="log__contact">
                <ContactCell row=first.clone() />
            </td>
            <td class="log__preview">
                <a class="log__link" href=href>
                    <Preview row=first />
                </a>
            </td>
            <td class="log__status">
                <StatusBadge status=status />
                <span class="log__note">
                    {move || is_outside.get().then_some("no longer matches")}
                </span>
            </td>
            <td class="log__code number">
                {move || code().map(|it| view! { <code class="code">{it}</code> })}
            </td>
            <td class="log__tries number faint" class:is-many=move || tries().is_some_and(|it| it > 1)>
                {tries}
            </td>
        </tr>
    }
}

#[component]
fn Way(direction: Direction) -> impl IntoView {
    let icon = match direction {
        Direction::Inbound => Icon::In,
        Direction::Outbound => Icon::Out,
    };
    view! {
        <span class=format!("way way--{}", direction.slug())>
            <Glyph icon=icon />
            {direction.label()}
        </span>
    }
}

#[component]
fn ContactCell(row: MessageRow) -> impl IntoView {
    let address = bare_address(&row.contact.address).to_owned();
    view! {
        <span class="contact">
            <span class="contact__name" dir="auto">
                {row.contact.name.clone()}
            </span>
            <bdi class="contact__address" dir="ltr">
                {address}
            </bdi>
        </span>
    }
}

#[component]
fn Preview(row: MessageRow) -> impl IntoView {
    let text = row
        .body
        .as_deref()
        .map(one_line)
        .filter(|it| !it.is_empty());
    let kind = row.content_kind.label().map(|label| {
        (
            crate::components::badge::icon_of_content(row.content_kind),
            label,
        )
    });
    let has_any = text.is_some() || kind.is_some();
    view! {
        {kind
            .map(|(icon, label)| {
                view! {
                    <span class="preview__kind">
                        <Glyph icon=icon />
                        {label}
                    </span>
                }
            })}
        <span class="preview__text" dir="auto">
            {text}
        </span>
        {(!has_any).then(|| view! { <span class="faint">"No text"</span> })}
    }
}

/// A click on the row itself: not on its link, not with a key held, not at the end of a selection.
fn is_plain_click(event: &ev::MouseEvent) -> bool {
    let on_link = event
        .target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|it| it.closest("a, button").ok().flatten().is_some());
    let has_selection = window()
        .get_selection()
        .ok()
        .flatten()
        .is_some_and(|it| !it.is_collapsed());
    let has_key = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    !on_link && !has_selection && !has_key && !event.default_prevented()
}

/// Moves the focus to the next or previous row; false when there is none.
pub(super) fn move_focus(way: Way) -> bool {
    let row = document()
        .active_element()
        .and_then(|it| it.closest("[data-testid=message-row]").ok().flatten());
    let next = match (row, way) {
        (Some(row), Way::Down) => row.next_element_sibling(),
        (Some(row), Way::Up) => row.previous_element_sibling(),
        (None, Way::Down) => first_row(),
        (None, Way::Up) => None,
    };
    let link = next.and_then(|it| it.query_selector(".log__link").ok().flatten());
    link.inspect(focus_element).is_some()
}

fn first_row() -> Option<web_sys::Element> {
    document()
        .query_selector("[data-testid=message-row]")
        .ok()
        .flatten()
}

/// Eight rows to come, at their final height.
#[component]
pub(super) fn Skeleton() -> impl IntoView {
    let cells = [
        "time", "way", "contact", "preview", "status", "code", "tries",
    ];
    let row = move |_: i32| {
        let cells = cells
            .map(|it| view! { <td class=format!("log__{it}")><span class="bone"></span></td> });
        view! { <tr class="log__row log__row--bone">{cells.collect_view()}</tr> }
    };
    view! {
        <table class="log log--cold" aria-hidden="true">
            <Columns />
            <tbody>{(0..8).map(row).collect_view()}</tbody>
        </table>
    }
}

/// Whether a status needs a person.
pub(super) const NEEDS_ATTENTION: [Status; 3] =
    [Status::Failed, Status::Undelivered, Status::Unconfirmed];
