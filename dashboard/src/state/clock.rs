//! The time now, as the server sees it, in steps of five seconds: enough for "12 s ago", calm for the eyes.

use std::time::Duration;

use leptos::prelude::*;

const STEP: Duration = Duration::from_secs(5);

/// A ticking clock with the server's offset.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    now_ms: RwSignal<f64>,
    offset_ms: RwSignal<f64>,
}

impl Clock {
    /// Milliseconds since 1970; changes every few seconds.
    pub(crate) fn now_ms(self) -> f64 {
        self.now_ms.get()
    }

    /// The server's time at this very moment, without waiting for the next step.
    pub(crate) fn server_now_ms(self) -> f64 {
        js_sys::Date::now() + self.offset_ms.get_untracked()
    }

    /// Learns how far this browser's clock is off.
    pub(crate) fn set_server_now(self, server_ms: f64) {
        self.offset_ms.set(server_ms - js_sys::Date::now());
        self.tick();
    }

    fn tick(self) {
        self.now_ms
            .set(js_sys::Date::now() + self.offset_ms.get_untracked());
    }
}

/// Starts the clock.
pub(crate) fn provide_clock() {
    let clock = Clock {
        now_ms: RwSignal::new(js_sys::Date::now()),
        offset_ms: RwSignal::new(0.0),
    };
    set_interval(move || clock.tick(), STEP);
    provide_context(clock);
}

/// The clock of this tab.
pub(crate) fn use_clock() -> Clock {
    expect_context()
}
