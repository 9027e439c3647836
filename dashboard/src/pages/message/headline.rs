//! Status, direction, from whom to whom, and Retry where that can help.

use leptos::{prelude::*, task::spawn_local};

use super::{Face, subject::Subject};
use crate::{
    api::{
        bulk,
        messages::{self, MessageDetail, TwilioError, reasons},
    },
    components::{
        badge::StatusBadge,
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::{
        say::say,
        status::Status,
        words::{Direction, ErrorKind, bare_address},
    },
    pages::trouble::refuse,
    state::{
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
};

/// The head of the page. The heading itself stays, so that it keeps the focus.
#[component]
pub(super) fn Headline(
    message: Memo<Option<MessageDetail>>,
    face: Memo<Face>,
    subject: Subject,
    is_retrying: RwSignal<bool>,
) -> impl IntoView {
    refuse(is_retrying.into(), move || is_retrying.set(false));
    let title = Memo::new(move |_| {
        message.with(|it| {
            it.as_ref()
                .map(|it| (it.direction, it.contact.title().to_owned()))
        })
    });
    let status = Memo::new(move |_| message.with(|it| it.as_ref().map(|it| it.status)));
    let route = Memo::new(move |_| {
        message.with(|it| {
            it.as_ref().map(|it| {
                (
                    bare_address(&it.from).to_owned(),
                    bare_address(&it.to).to_owned(),
                )
            })
        })
    });
    let retryable = Memo::new(move |_| {
        message.with(|it| {
            it.as_ref()
                .filter(|it| it.is_retryable)
                .map(|it| it.id.inner().to_owned())
        })
    });
    let waiting = Memo::new(move |_| {
        message.with(|it| {
            it.as_ref()
                .filter(|it| matches!(it.status, Status::Scheduled | Status::Queued))
                .map(|it| it.id.inner().to_owned())
        })
    });
    let error = Memo::new(move |_| message.with(|it| it.as_ref().and_then(|it| it.error.clone())));
    view! {
        <header class="headline">
            <h1 tabindex="-1">
                {move || match title.get() {
                    Some((direction, contact)) => {
                        view! { <Title direction=direction contact=contact /> }.into_any()
                    }
                    None if face.get() == Face::Nowhere => say!("No such message").into_any(),
                    None => say!("Message").into_any(),
                }}
            </h1>
            {move || {
                status
                    .get()
                    .map(|now| {
                        view! {
                            <span
                                class="headline__status"
                                data-testid="message-status"
                                data-status=now.name()
                            >
                                <StatusBadge status=now />
                            </span>
                        }
                    })
            }}
            {move || {
                route.get().map(|(from, to)| view! { <WayOfMessage from=from to=to /> })
            }}
            {move || retryable.get().map(|id| view! { <Retry id=id error=error.get() subject=subject is_open=is_retrying /> })}
            {move || waiting.get().map(|id| view! { <TakeBack id=id subject=subject /> })}
        </header>
    }
}

#[component]
fn Title(direction: Direction, contact: String) -> impl IntoView {
    let (icon, way) = match direction {
        Direction::Inbound => (Icon::In, say!("Message from")),
        Direction::Outbound => (Icon::Out, say!("Message to")),
    };
    view! {
        <span class="headline__way">
            <Glyph icon=icon />
            {way}
        </span>
        " "
        <bdi>{contact}</bdi>
    }
}

#[component]
fn WayOfMessage(from: String, to: String) -> impl IntoView {
    view! {
        <p class="headline__route">
            <bdi class="mono" dir="ltr">
                {from}
            </bdi>
            <span class="hidden">{say!(" to ")}</span>
            <span aria-hidden="true">" → "</span>
            <bdi class="mono" dir="ltr">
                {to}
            </bdi>
        </p>
    }
}

#[component]
fn Retry(
    id: String,
    error: Option<TwilioError>,
    subject: Subject,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    // What can't help is not the loudest button.
    let is_hopeless = error
        .as_ref()
        .is_some_and(|it| matches!(it.kind, ErrorKind::Permanent | ErrorKind::NeedsAction));
    let warning = error.map(|it| format!("{}. {}.", it.meaning, it.next_step));
    let session = use_session();
    let toasts = use_toasts();
    let is_busy = RwSignal::new(false);
    let retry = move |_| {
        is_busy.set(true);
        let id = id.clone();
        spawn_local(async move {
            ask(id, session, toasts).await;
            is_busy.set(false);
            is_open.set(false);
            subject.read_soon();
        });
    };
    view! {
        <button
            type="button"
            class="button headline__act"
            class:button--primary=!is_hopeless
            data-testid="retry"
            disabled=session.is_barred()
            title=session.bar()
            on:click=move |_| is_open.set(true)
        >
            <Glyph icon=Icon::Retry />
            {say!("Retry")}
            <kbd>"r"</kbd>
        </button>
        <Dialog is_open=is_open title=say!("Retry this message?")>
            <div class="form">
                <p>
                    {say!(
                        "It goes back into the queue and is sent once more, as it stands. If what made it fail still \
                         holds, it will fail the same way."
                    )}
                </p>
                {warning.map(|it| view! { <p><strong>{say!("It failed because: ")}</strong>{it}</p> })}
                <footer class="form__foot">
                    <button
                        type="button"
                        class="button"
                        autofocus
                        on:click=move |_| is_open.set(false)
                    >
                        {say!("Cancel")}
                    </button>
                    <button
                        type="button"
                        class="button button--primary"
                        data-testid="retry-confirm"
                        disabled=is_busy
                        on:click=retry
                    >
                        <Glyph icon=Icon::Retry />
                        {say!("Send once more")}
                    </button>
                </footer>
            </div>
        </Dialog>
    }
}

/// A message that has not left can be taken back; it can still be sent again afterwards.
#[component]
fn TakeBack(id: String, subject: Subject) -> impl IntoView {
    let session = use_session();
    let is_barred = session.is_barred();
    let toasts = use_toasts();
    let is_busy = RwSignal::new(false);
    let take = move |_| {
        is_busy.set(true);
        let id = id.clone();
        spawn_local(async move {
            match bulk::cancel_one(id).await {
                Ok(Ok(())) => toasts.say(say!("Taken back: it will not be sent"), None),
                Ok(Err(errors)) => {
                    toasts.say(say!("Not taken back: {why}", why = reasons(errors)), None);
                }
                Err(error) => {
                    session.note(&error);
                    toasts.say(say!("Not taken back: {why}", why = error.cause()), None);
                }
            }
            is_busy.try_set(false);
            subject.read_soon();
        });
    };
    view! {
        <button
            type="button"
            class="button headline__act"
            data-testid="take-back"
            disabled=move || is_busy.get() || is_barred()
            title=session.bar()
            on:click=take
        >
            <Glyph icon=Icon::Ban />
            {say!("Take back")}
        </button>
    }
}

async fn ask(id: String, session: Session, toasts: Toasts) {
    match messages::retry(id).await {
        Ok(Ok(())) => toasts.say(say!("Retry requested"), None),
        Ok(Err(errors)) => {
            toasts.say(say!("Not retried: {why}", why = reasons(errors)), None);
        }
        Err(error) => {
            session.note(&error);
            toasts.say(say!("Not retried: {why}", why = error.cause()), None);
        }
    }
}
