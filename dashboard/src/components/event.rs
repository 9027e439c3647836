//! One thing that happened, in a list of such: what, when, how long after the one before.

use leptos::prelude::*;

use super::{
    badge::{StatusBadge, icon_of},
    icon::Glyph,
    when::{Moment, Style},
};
use crate::core::{
    say::say,
    status::Status,
    time::{parse_ms, span},
    words::EventKind,
};

/// What is drawn of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Happening {
    pub(crate) kind: EventKind,
    pub(crate) status: Status,
    /// Whether the message's status moved.
    pub(crate) changed: bool,
    pub(crate) detail: Option<String>,
    pub(crate) error_code: Option<i32>,
    /// RFC 3339.
    pub(crate) at: String,
    /// When the one before happened.
    pub(crate) before: Option<String>,
}

/// Its own place in the address bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbered {
    /// From 1, in the order in which the log has them.
    pub(crate) number: usize,
    /// The one that the address asks for.
    pub(crate) meant: Memo<Option<usize>>,
}

impl Numbered {
    /// The id of the element of one number.
    pub(crate) fn element(number: usize) -> String {
        format!("event-{number}")
    }
}

/// One item of an ordered list.
#[component]
pub(crate) fn EventItem(
    /// What is drawn.
    it: Happening,
    /// Its hook for tests.
    testid: &'static str,
    /// A link of its own, where it has one.
    #[prop(optional_no_strip)]
    numbered: Option<Numbered>,
    /// What stands below it.
    children: Children,
) -> impl IntoView {
    let since = it
        .before
        .and_then(|before| Some(parse_ms(&it.at)? - parse_ms(&before)?))
        .map(|it| format!("+{}", span(it)));
    let tone = it.status.tone().as_str();
    let is_meant = move || numbered.is_some_and(|it| it.meant.get() == Some(it.number));
    let link = numbered.map(|Numbered { number, .. }| {
        view! {
            <a
                class="event__number faint"
                href=format!("?event={number}")
                data-noscroll="true"
                aria-label=say!("Link to event {number}", number)
            >
                {format!("#{number}")}
            </a>
        }
    });
    view! {
        <li
            class=format!("event event--{tone}")
            class:is-idle=!it.changed
            class:is-meant=is_meant
            aria-current=move || is_meant().then_some("true")
            id=numbered.map(|it| Numbered::element(it.number))
            data-testid=testid
            data-kind=it.kind.name()
            data-status=it.status.name()
        >
            <span class="event__mark">
                <Glyph icon=icon_of(it.status) />
            </span>
            <div class="event__what">
                <p class="event__name">
                    {it.kind.label()}
                    <StatusBadge status=it.status />
                    {it.error_code.map(|it| view! { <code class="code">{it}</code> })}
                    {link}
                </p>
                {it
                    .detail
                    .filter(|it| !it.is_empty())
                    .map(|it| view! { <p class="event__detail" dir="auto">{it}</p> })}
                {children()}
            </div>
            <span class="event__when">
                <Moment at=it.at style=Style::Precise />
                <span class="event__since faint">{since}</span>
            </span>
        </li>
    }
}
