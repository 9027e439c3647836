//! What one tab tells the others of this browser: that somebody signed out, or in.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::session::{reload, use_session};

const CHANNEL: &str = "waybill";

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    SignedOut,
    SignedIn,
}

impl News {
    fn word(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::SignedIn => "signed-in",
        }
    }
}

/// Tells the other tabs. A browser without channels tells nobody: the server refuses them soon enough.
pub(crate) fn tell(news: News) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
        return;
    };
    if channel
        .post_message(&JsValue::from_str(news.word()))
        .is_err()
    {
        leptos::logging::debug_warn!("the other tabs were not told");
    }
    channel.close();
}

/// Listens to the other tabs for as long as this one lives.
pub(crate) fn listen() {
    let session = use_session();
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
        return;
    };
    let hear = move |event: MessageEvent| {
        let word = event.data().as_string().unwrap_or_default();
        if word == News::SignedOut.word() {
            // Nothing of the old session stays in memory.
            reload();
        } else if word == News::SignedIn.word() {
            session.look_again();
        }
    };
    let hear = Closure::<dyn Fn(MessageEvent)>::new(hear).into_js_value();
    channel.set_onmessage(Some(hear.unchecked_ref()));
    // A channel that nobody holds may be collected.
    std::mem::forget(channel);
}
