//! The cells of a row, by column. They follow the row of their element, whichever it is at the moment.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    api::messages::MessageRow,
    components::{
        badge::{StatusBadge, icon_of_content},
        icon::{Glyph, Icon},
        when::{aged, exact},
    },
    core::{
        columns::Column,
        content::ContentKind,
        say::say,
        status::Status,
        time::parse_ms,
        whatsapp::one_line,
        words::{Direction, bare_address},
    },
    route::Route,
    state::clock::use_clock,
};

type Row = RwSignal<Option<MessageRow>>;

/// One cell.
pub(super) fn cell(
    column: Column,
    index: usize,
    row: Row,
    is_outside: Memo<bool>,
) -> impl IntoView + use<> {
    let content = match column {
        Column::Time => moment(row, |it| it.created_at.0.clone()).into_any(),
        Column::Updated => moment(row, |it| it.updated_at.0.clone()).into_any(),
        Column::Way => view! { <Way row=row /> }.into_any(),
        Column::Contact => view! { <Contact row=row /> }.into_any(),
        Column::Preview => view! { <Preview row=row /> }.into_any(),
        Column::Status => view! { <StatusOf row=row is_outside=is_outside /> }.into_any(),
        Column::Code => {
            let code = text(row, |it| {
                it.error_code.map(|it| it.to_string()).unwrap_or_default()
            });
            view! { <code class="code">{code}</code> }.into_any()
        }
        Column::Tries => {
            let is_many = move || row.with(|it| it.as_ref().is_some_and(|it| it.attempt_count > 1));
            let tries = text(row, |it| match it.attempt_count {
                0 => String::new(),
                count => count.to_string(),
            });
            view! { <span class="faint" class:is-many=is_many>{tries}</span> }.into_any()
        }
        Column::Lane => plain(row, |it| it.lane.label().to_owned()).into_any(),
        Column::Sid => mono(row, |it| it.twilio_sid.clone().unwrap_or_default()).into_any(),
        Column::Id => mono(row, |it| it.id.inner().to_owned()).into_any(),
    };
    view! {
        <td
            role="gridcell"
            aria-colindex=index
            class=format!("log__cell log__{}", column.slug())
            class:number=column.is_number()
        >
            {content}
        </td>
    }
}

fn text(row: Row, read: fn(&MessageRow) -> String) -> Memo<String> {
    Memo::new(move |_| row.with(|it| it.as_ref().map(read).unwrap_or_default()))
}

fn plain(row: Row, read: fn(&MessageRow) -> String) -> impl IntoView {
    let text = text(row, read);
    view! { <span class="faint">{text}</span> }
}

fn mono(row: Row, read: fn(&MessageRow) -> String) -> impl IntoView {
    let text = text(row, read);
    view! {
        <bdi class="mono faint" dir="ltr">
            {text}
        </bdi>
    }
}

/// How old it is; everything exact once somebody points at it.
fn moment(row: Row, read: fn(&MessageRow) -> String) -> impl IntoView {
    let clock = use_clock();
    let at = text(row, read);
    let shown = Memo::new(move |_| {
        let at_ms = at.with(|it| parse_ms(it));
        at_ms.map(|it| aged(it, clock.now_ms())).unwrap_or_default()
    });
    view! {
        <time class="faint" datetime=move || at.get() on:pointerenter=tell_exactly>
            {shown}
        </time>
    }
}

fn tell_exactly(event: ev::PointerEvent) {
    let element = event
        .target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let Some(element) = element else { return };
    let at_ms = element
        .get_attribute("datetime")
        .and_then(|it| parse_ms(&it));
    if let Some(at_ms) = at_ms
        && element.set_attribute("title", &exact(at_ms)).is_err()
    {
        leptos::logging::debug_warn!("a time has no title");
    }
}

#[component]
fn Way(row: Row) -> impl IntoView {
    let way = Memo::new(move |_| row.with(|it| it.as_ref().map(|it| it.direction)));
    let icon = Signal::derive(move || match way.get() {
        Some(Direction::Inbound) => Icon::In,
        Some(Direction::Outbound) | None => Icon::Out,
    });
    let slug = move || way.get().map_or("out", Direction::slug);
    view! {
        <span class=move || format!("way way--{}", slug())>
            <Glyph icon=icon />
            {move || way.get().map(Direction::label)}
        </span>
    }
}

#[component]
fn Contact(row: Row) -> impl IntoView {
    let name = text(row, |it| it.contact.name.clone().unwrap_or_default());
    let address = text(row, |it| bare_address(&it.contact.address).to_owned());
    view! {
        <span class="contact">
            <span class="contact__name" dir="auto">
                {name}
            </span>
            <bdi class="contact__address" dir="ltr">
                {address}
            </bdi>
        </span>
    }
}

#[component]
fn Preview(row: Row) -> impl IntoView {
    let href = text(row, |it| Route::Message(it.id.inner().to_owned()).href());
    let words = text(row, |it| {
        it.body.as_deref().map(one_line).unwrap_or_default()
    });
    let kind = Memo::new(move |_| {
        let kind = row.with(|it| it.as_ref().map(|it| it.content_kind));
        kind.filter(|it| it.label().is_some())
    });
    let is_bare = move || kind.get().is_none() && words.with(String::is_empty);
    let badge = move |kind: ContentKind| {
        view! {
            <span class="preview__kind">
                <Glyph icon=icon_of_content(kind) />
                {kind.label()}
            </span>
        }
    };
    view! {
        <a class="log__link" tabindex="-1" href=move || href.get()>
            {move || kind.get().map(badge)}
            <span class="preview__text" dir="auto">
                {words}
            </span>
            {move || is_bare().then(|| view! { <span class="faint">{say!("No text")}</span> })}
        </a>
    }
}

/// The badge is drawn anew for another row: only a change of the same message is tinted.
#[component]
fn StatusOf(row: Row, is_outside: Memo<bool>) -> impl IntoView {
    let id = text(row, |it| it.id.inner().to_owned());
    let status = Memo::new(move |before: Option<&Status>| {
        let now = row.with(|it| it.as_ref().map(|it| it.status));
        now.or(before.copied()).unwrap_or(Status::Queued)
    });
    view! {
        {move || {
            id.track();
            view! { <StatusBadge status=status /> }
        }}
        <span class="log__note">
            {move || is_outside.get().then_some(say!("no longer matches"))}
        </span>
    }
}
