//! The pages as parts of the program that the browser fetches when they are first opened, and the others soon after. What
//! pages of two parts have in common becomes a part of its own by itself. Where the program is not split (in development),
//! everything is there from the start.

use std::{
    future::Future,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local};

use super::{
    access::{AccountPage, TokensPage, UserPage, UsersPage},
    audit::AuditPage,
    doctor::DoctorPage,
    job::JobPage,
    message::MessagePage,
    messages::MessagesPage,
    overview::OverviewPage,
    queue::QueuePage,
    reading::Bones,
    simulator::SimulatorPage,
    webhooks::{WebhookPage, WebhooksPage},
};
use crate::{
    components::{icon::Icon, notice::Empty},
    core::say::say,
    state::toasts::use_toasts,
};

/// A part that did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing;

impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Something that may have to be fetched first.
pub(crate) type Coming<T> = Pin<Box<dyn Future<Output = Result<T, Missing>>>>;

/// A skeleton is drawn after this long: most parts are there before.
const PATIENCE: Duration = Duration::from_millis(150);

/// So long after the start the parts are fetched that nobody asked for yet.
const AHEAD: Duration = Duration::from_secs(10);

/// The pages of each part. A split function is called like an asynchronous one: it fetches its part before.
macro_rules! parts {
    ($($part:ident { $($name:ident: $page:ident,)+ })+) => {
        /// A function a page, for the routes.
        pub(crate) mod page {
            use super::{AnyView, drawn, whole};
            $($(pub(crate) fn $name() -> AnyView {
                drawn(|| Box::pin(whole::$part()), || Box::pin(whole::$name()))
            })+)+
        }

        mod whole {
            use leptos::prelude::*;
            use super::*;
            $(
                #[cfg(feature = "split")]
                #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
                pub(super) fn $part() -> Result<(), Missing> {
                    Ok(())
                }
                #[cfg(not(feature = "split"))]
                pub(super) async fn $part() -> Result<(), Missing> {
                    Ok(())
                }
                $(
                    #[cfg(feature = "split")]
                    #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
                    pub(super) fn $name() -> Result<AnyView, Missing> {
                        Ok(view! { <$page /> }.into_any())
                    }
                    #[cfg(not(feature = "split"))]
                    pub(super) async fn $name() -> Result<AnyView, Missing> {
                        Ok(view! { <$page /> }.into_any())
                    }
                )+
            )+
        }

        /// Fetches every part, one after the other, when the page that was asked for has had its time.
        pub(crate) fn fetch_ahead() {
            let fetch = || spawn_local(async {
                $(if whole::$part().await.is_err() { return; })+
            });
            set_timeout(fetch, AHEAD);
        }
    };
}

/// Dialogs that are fetched when one of them is first opened, with the pages that are made of the same things: most visits do
/// without them. A function for each, which draws it from the moment when it is first wanted.
macro_rules! late {
    ($($name:ident($($argument:ident: $type:ty),+): $dialog:ident,)+) => {
        mod late {
            use super::*;
            $(pub(super) fn $name(is_wanted: Signal<bool>, $($argument: $type),+) -> impl IntoView {
                $crate::pages::parts::when_wanted(is_wanted, move || {
                    Box::pin(part::$name($($argument),+))
                })
            })+

            mod part {
                use super::*;
                use $crate::pages::parts::Missing;
                $(
                    #[cfg(feature = "split")]
                    #[leptos::wasm_split::wasm_split(access_part, wasm_split_path = leptos::wasm_split, fallible)]
                    pub(super) fn $name($($argument: $type),+) -> Result<AnyView, Missing> {
                        Ok(view! { <$dialog $($argument=$argument)+ /> }.into_any())
                    }
                    #[cfg(not(feature = "split"))]
                    pub(super) async fn $name($($argument: $type),+) -> Result<AnyView, Missing> {
                        Ok(view! { <$dialog $($argument=$argument)+ /> }.into_any())
                    }
                )+
            }
        }
    };
}
pub(crate) use late;

// Few parts: what any two of them share is one more file to fetch.
parts! {
    watch_part {
        overview: OverviewPage,
        audit: AuditPage,
        doctor: DoctorPage,
        job: JobPage,
    }
    messages_part {
        messages: MessagesPage,
    }
    work_part {
        message: MessagePage,
        queue: QueuePage,
    }
    simulator_part {
        simulator: SimulatorPage,
    }
    access_part {
        webhooks: WebhooksPage,
        webhook: WebhookPage,
        tokens: TokensPage,
        users: UsersPage,
        user: UserPage,
        account: AccountPage,
    }
}

/// What is fetched and drawn when it is first wanted. Until it has come, keys are nobody's: they are meant for it. Where it does
/// not arrive, the next wish tries again.
pub(crate) fn when_wanted(
    is_wanted: Signal<bool>,
    fetch: impl Fn() -> Coming<AnyView> + 'static,
) -> impl IntoView {
    let toasts = use_toasts();
    let slot = StoredValue::new_local(None);
    let is_here = RwSignal::new(false);
    let is_coming = StoredValue::new(false);
    // What comes lives as long as the page that wants it, not only until it is closed: it is owned by a child of the page's
    // owner. By that owner itself the page would own itself, and never be cleaned up.
    let owner = Owner::new();
    Effect::new(move |_| {
        if !is_wanted.get() || is_here.get_untracked() || is_coming.get_value() {
            return;
        }
        is_coming.set_value(true);
        announce(true);
        let mut coming = owner.with(|| ScopedFuture::new(fetch()));
        spawn_local(async move {
            // Nothing is drawn any more where the page was left meanwhile: what the dialog asks for is gone with it.
            let view = poll_fn(|context| {
                if is_coming.is_disposed() {
                    return Poll::Ready(None);
                }
                Pin::new(&mut coming).poll(context).map(Some)
            })
            .await;
            announce(false);
            is_coming.try_set_value(false);
            let Some(view) = view else { return };
            match view {
                Ok(view) => {
                    slot.set_value(Some(view));
                    is_here.set(true);
                }
                Err(Missing) => toasts.fail(say!(
                    "A part of the dashboard could not be loaded. Reload the page when the server can be reached."
                )),
            }
        });
    });
    move || {
        is_here
            .get()
            .then(|| slot.try_update_value(Option::take).flatten())
    }
}

/// Marks the page while something is about to lie over it.
fn announce(is_coming: bool) {
    let root = document().document_element();
    let marked = root.map(|it| it.toggle_attribute_with_force("data-coming", is_coming));
    if let Some(Err(error)) = marked {
        leptos::logging::debug_warn!("{error:?}");
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Late,
    Here,
    Missing,
}

/// The page, at once where its part is there already.
fn drawn(fetch: fn() -> Coming<()>, page: fn() -> Coming<AnyView>) -> AnyView {
    if let Some(view) = at_once(fetch()).and_then(|()| at_once(page())) {
        return view;
    }
    let stage = RwSignal::new(Stage::Waiting);
    let slot = StoredValue::new_local(None);
    let come = async move {
        let has_come = fetch().await.is_ok();
        // Nobody waits any more where another page was opened meanwhile.
        if stage.is_disposed() {
            return;
        }
        let view = if has_come { page().await.ok() } else { None };
        let is_here = view.is_some();
        if slot.try_set_value(view).is_none() {
            stage.try_set(if is_here { Stage::Here } else { Stage::Missing });
        }
    };
    spawn_local(ScopedFuture::new(come));
    let be_late = move || {
        if stage.try_get_untracked() == Some(Stage::Waiting) {
            stage.set(Stage::Late);
        }
    };
    set_timeout(be_late, PATIENCE);
    let view = move || match stage.get() {
        Stage::Waiting => ().into_any(),
        Stage::Late => view! { <Bones /> }.into_any(),
        Stage::Here => slot
            .try_update_value(Option::take)
            .flatten()
            .unwrap_or_else(|| ().into_any()),
        Stage::Missing => view! { <Absent /> }.into_any(),
    };
    view.into_any()
}

/// What is there without waiting.
fn at_once<T>(mut coming: Coming<T>) -> Option<T> {
    match coming
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(Ok(it)) => Some(it),
        Poll::Ready(Err(Missing)) | Poll::Pending => None,
    }
}

#[component]
fn Absent() -> impl IntoView {
    view! {
        <h1 tabindex="-1">{say!("This page did not arrive")}</h1>
        <Empty
            icon=Icon::TriangleAlert
            title=say!("A part of the dashboard could not be loaded").to_owned()
        >
            <p>
                {say!(
                    "Either the server could not be reached, or it was updated since this window was opened. What you see \
                     after a reload is the same page."
                )}
            </p>
            <p>
                <button type="button" class="button button--primary" data-reload>
                    {say!("Reload")}
                </button>
            </p>
        </Empty>
    }
}
