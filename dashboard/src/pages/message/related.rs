//! What stands around a message: the talk it is part of, and what people did to it.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        error::ApiError,
        log::{self, Side},
        message_audit::{self, Deed},
        messages::{MessageDetail, MessageFilter, MessageRow},
    },
    components::{
        badge::StatusBadge,
        icon::{Glyph, Icon},
        when::{Moment, Style},
    },
    core::{filter::Filter, say::say, whatsapp::one_line, words::Direction},
    route::Route,
    state::session::use_session,
};

/// Rows of the talk that are shown.
const SHOWN: usize = 30;

/// Something read once, and drawn.
fn loaded<T: Clone + Send + Sync + 'static, V: IntoView + 'static>(
    answer: RwSignal<Option<Result<T, ApiError>>>,
    draw: impl Fn(T) -> V + Send + 'static,
) -> impl IntoView {
    move || match answer.get() {
        None => view! { <p class="panel__empty faint">{say!("Reading…")}</p> }.into_any(),
        Some(Ok(it)) => draw(it).into_any(),
        Some(Err(error)) => {
            let words = error.words();
            view! { <p class="panel__empty" role="alert">{words}</p> }.into_any()
        }
    }
}

/// The newest messages with the same customer.
#[component]
pub(super) fn Related(message: MessageDetail) -> impl IntoView {
    let session = use_session();
    let answer = RwSignal::new(None);
    let contact = message.contact.id.clone();
    let filter = MessageFilter::of_contact(&contact);
    spawn_local(async move {
        let rows = log::page(filter, Side::Newest, None)
            .await
            .map(|it| it.rows);
        if let Err(error) = &rows {
            session.note(error);
        }
        answer.try_set(Some(rows));
    });
    let here = message.id.inner().to_owned();
    let all = Filter {
        address: Some(contact.into_inner()),
        ..Filter::default()
    };
    let line = move |it: MessageRow| {
        let is_here = it.id.inner() == here;
        let icon = match it.direction {
            Direction::Inbound => Icon::In,
            Direction::Outbound => Icon::Out,
        };
        view! {
            <li class="related__one" class:is-here=is_here data-testid="related-message">
                <Glyph icon=icon />
                <a href=Route::Message(it.id.inner().to_owned()).href() aria-current=is_here.then_some("true")>
                    <span dir="auto">{it.body.as_deref().map_or_else(|| say!("No text").to_owned(), one_line)}</span>
                </a>
                <StatusBadge status=it.status />
                <Moment at=it.created_at.0 style=Style::DateAndTime />
            </li>
        }
    };
    let draw = move |rows: Vec<MessageRow>| {
        let rows = rows
            .into_iter()
            .take(SHOWN)
            .map(line.clone())
            .collect_view();
        view! { <ol class="related">{rows}</ol> }
    };
    view! {
        <section class="panel" aria-labelledby="related-title">
            <h2 id="related-title" class="panel__title">
                {say!("With {contact}", contact = message.contact.title())}
                <a class="panel__act" href=Route::Messages(all).href()>
                    {say!("All of them")}
                </a>
            </h2>
            {loaded(answer, draw)}
        </section>
    }
}

/// Who did what to it.
#[component]
pub(super) fn Audit(id: String) -> impl IntoView {
    let session = use_session();
    let answer = RwSignal::new(None);
    spawn_local(async move {
        let deeds = message_audit::of(id).await;
        if let Err(error) = &deeds {
            session.note(error);
        }
        answer.try_set(Some(deeds));
    });
    let line = |it: Deed| {
        view! {
            <li class="related__one" data-testid="audit-entry">
                <Glyph icon=Icon::User />
                <span>
                    <strong>{it.actor_name}</strong>
                    " "
                    <code>{it.action}</code>
                    {it.client.map(|client| say!(" from {client}", client))}
                </span>
                <Moment at=it.at.0 style=Style::DateAndTime />
            </li>
        }
    };
    let draw = move |deeds: Vec<Deed>| {
        let is_empty = deeds.is_empty();
        view! {
            {is_empty
                .then(|| view! { <p class="panel__empty faint">{say!("Nobody has done anything to it by hand.")}</p> })}
            <ol class="related">{deeds.into_iter().map(line).collect_view()}</ol>
        }
    };
    view! {
        <section class="panel" aria-labelledby="audit-title">
            <h2 id="audit-title" class="panel__title">
                {say!("What people did")}
            </h2>
            {loaded(answer, draw)}
        </section>
    }
}
