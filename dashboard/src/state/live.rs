//! The live connection as pages see it: a word for the indicator, a subscription that ends with the page.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;

use super::session::use_session;
use crate::{
    api::{
        live::{Heard, Hooks, Socket},
        messages::MessageFilter,
    },
    core::{reconnect::Phase, say::say},
};

/// An absence shorter than this is not worth a banner.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the indicator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiveStatus {
    Connecting,
    Live,
    Paused,
    Offline,
}

impl LiveStatus {
    /// The word in `data-state`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Offline => "offline",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Connecting => say!("Connecting"),
            Self::Live => say!("Live"),
            Self::Paused => say!("Paused"),
            Self::Offline => say!("Offline"),
        }
    }
}

/// The live connection of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    phase: RwSignal<Phase>,
    is_paused: RwSignal<bool>,
    /// Since when nothing arrives (browser's clock, milliseconds), once that is long enough to say.
    away_since_ms: RwSignal<Option<f64>>,
    /// Events heard in this tab; only its growth counts.
    heard: StoredValue<u32>,
    socket: StoredValue<Socket, LocalStorage>,
}

impl Live {
    /// What the indicator says.
    pub(crate) fn status(self) -> LiveStatus {
        match self.phase.get() {
            Phase::Live if self.is_paused.get() => LiveStatus::Paused,
            Phase::Live => LiveStatus::Live,
            Phase::Waiting | Phase::Stopped(_) => LiveStatus::Offline,
            Phase::Idle | Phase::Opening | Phase::Greeting => {
                if self.away_since_ms.get().is_some() {
                    LiveStatus::Offline
                } else {
                    LiveStatus::Connecting
                }
            }
        }
    }

    /// Since when the connection is away, if long enough to say.
    pub(crate) fn away_since_ms(self) -> Option<f64> {
        self.away_since_ms.get()
    }

    /// The close code, where the server refused this connection for good.
    pub(crate) fn refused(self) -> Option<u16> {
        match self.phase.get() {
            Phase::Stopped(code) => Some(code),
            Phase::Idle | Phase::Opening | Phase::Greeting | Phase::Live | Phase::Waiting => None,
        }
    }

    /// Events heard in this tab so far.
    pub(crate) fn heard(self) -> u32 {
        self.heard.get_value()
    }

    /// Whether the reader switched Live off.
    pub(crate) fn is_paused(self) -> bool {
        self.is_paused.get()
    }

    /// Live on or off.
    pub(crate) fn toggle(self) {
        let is_paused = !self.is_paused.get_untracked();
        self.is_paused.set(is_paused);
        self.socket.with_value(|it| it.set_paused(is_paused));
    }

    /// No more waiting: try again now.
    pub(crate) fn wake(self) {
        self.socket.with_value(Socket::wake);
    }

    /// Connects, once a session is known to stand.
    pub(crate) fn start(self) {
        self.socket.with_value(Socket::start);
    }

    /// Runs `act` each time the connection has come back (or first come up).
    pub(crate) fn when_back(self, act: impl Fn() + 'static) {
        Effect::new(move |before: Option<bool>| {
            let is_live = self.phase.get() == Phase::Live;
            if is_live && before == Some(false) {
                act();
            }
            is_live
        });
    }

    /// Listens until the returned handle is dropped.
    pub(crate) fn subscribe(
        self,
        filter: MessageFilter,
        after: Option<String>,
        tell: impl Fn(Heard) + 'static,
    ) -> Listening {
        let socket = self.socket.get_value();
        let heard = self.heard;
        let tell = move |it: Heard| {
            heard.update_value(|count| *count = count.wrapping_add(1));
            tell(it);
        };
        let id = socket.subscribe(filter, after, Rc::new(tell));
        Listening { socket, id }
    }

    /// Follows any other operation (JSON) until the returned handle is dropped; `tell` hears each frame.
    pub(crate) fn follow(
        self,
        operation: &str,
        tell: impl Fn(Option<&str>) + 'static,
    ) -> Listening {
        let socket = self.socket.get_value();
        let id = socket.follow(operation, Rc::new(tell));
        Listening { socket, id }
    }
}

/// A running subscription; dropping it ends it.
pub(crate) struct Listening {
    socket: Socket,
    id: u32,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.socket.unsubscribe(self.id);
    }
}

/// Makes the connection known below; it starts with [`Live::start`].
pub(crate) fn provide_live() {
    let session = use_session();
    let phase = RwSignal::new(Phase::Idle);
    let away_since_ms = RwSignal::new(None);
    let own: StoredValue<Option<Socket>, LocalStorage> = StoredValue::new_local(None);
    let owner = Owner::current();
    let ask_session = move || {
        let then = move |is_good| {
            if is_good {
                own.with_value(|it| it.iter().for_each(Socket::session_is_good));
            }
        };
        match &owner {
            Some(owner) => owner.with(|| session.ask(then)),
            None => session.ask(then),
        }
    };
    let socket = Socket::new(Hooks {
        on_phase: Box::new(move |it| follow(it, phase, away_since_ms)),
        ask_session: Box::new(ask_session),
    });
    own.set_value(Some(socket.clone()));
    let live = Live {
        phase,
        is_paused: RwSignal::new(false),
        away_since_ms,
        heard: StoredValue::new(0),
        socket: StoredValue::new_local(socket),
    };
    wake_with_the_browser(live);
    Effect::new(move |_| session.set_offline(away_since_ms.with(Option::is_some)));
    Effect::new(move |_| {
        if session.renewals() > 0 {
            live.wake();
        }
    });
    provide_context(live);
}

fn follow(now: Phase, phase: RwSignal<Phase>, away_since_ms: RwSignal<Option<f64>>) {
    let was_there = phase.get_untracked() == Phase::Live;
    phase.set(now);
    if now == Phase::Live {
        away_since_ms.set(None);
    } else if was_there || matches!(now, Phase::Waiting) {
        let left_at_ms = js_sys::Date::now();
        let say = move || {
            let is_away = phase.get_untracked() != Phase::Live;
            if is_away && away_since_ms.get_untracked().is_none() {
                away_since_ms.set(Some(left_at_ms));
            }
        };
        set_timeout(say, PATIENCE);
    }
}

fn wake_with_the_browser(live: Live) {
    window_event_listener_untyped("online", move |_| live.wake());
    window_event_listener_untyped("visibilitychange", move |_| {
        if !document().hidden() {
            live.wake();
        }
    });
}

/// The live connection of this tab.
pub(crate) fn use_live() -> Live {
    expect_context()
}
