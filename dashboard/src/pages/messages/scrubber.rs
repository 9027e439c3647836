//! The time scrubber: the range as bars, newest at the top. A click, a drag or a key jumps to a moment.

use leptos::{ev, html, prelude::*};

use super::view::View;
use crate::{
    components::when::{Style, written},
    core::{histogram::Histogram, say::say},
};

/// Rows that are seen at once.
const FEW: usize = 40;

/// The strip beside the table.
#[component]
pub(super) fn Scrubber(view: View) -> impl IntoView {
    let histogram = view.model.histogram;
    let strip = NodeRef::<html::Div>::new();
    let is_held = StoredValue::new(false);
    let path = Memo::new(move |_| histogram.with(Histogram::path));
    // A list of few rows needs no map of itself.
    let is_long = move || {
        view.model
            .log
            .with(|it| it.extent().0 + it.extent().1 + it.extent().2 > FEW)
    };
    let shown = Memo::new(move |_| is_long() && histogram.with(|it| it.range_ms().is_some()));
    // Where the rows in sight lie within the range: top and height, in per cent.
    let sight = Memo::new(move |_| {
        let (start, end) = histogram.with(Histogram::range_ms)?;
        let (newest, oldest) = view.sight.get()?;
        let part = |at: f64| ((end - at) / (end - start).max(1.0) * 100.0).clamp(0.0, 100.0);
        let (top, bottom) = (part(newest), part(oldest));
        Some((top.min(99.0), (bottom - top).max(1.0)))
    });
    let words = move || {
        let newest = view.sight.get().map(|it| it.0)?;
        let count = histogram.with(|it| it.bucket_at(newest).map(|it| it.1.count));
        let when = written(newest, Style::DateAndTime);
        Some(say!(
            "{when}, {n} messages around then",
            when,
            n = count.unwrap_or(0)
        ))
    };
    let jump = move |event: &ev::PointerEvent| {
        let (Some(strip), Some((start, end))) = (
            strip.get_untracked(),
            histogram.with_untracked(Histogram::range_ms),
        ) else {
            return;
        };
        // Nothing within the strip takes the pointer, so this is the height within it.
        let part = f64::from(event.offset_y()) / f64::from(strip.client_height()).max(1.0);
        view.go_to_time(end - (end - start) * part.clamp(0.0, 1.0));
    };
    let pressed = move |event: ev::PointerEvent| {
        is_held.set_value(true);
        if let Some(strip) = strip.get_untracked()
            && strip.set_pointer_capture(event.pointer_id()).is_err()
        {
            leptos::logging::debug_warn!("the pointer was not captured");
        }
        jump(&event);
    };
    let moved = move |event: ev::PointerEvent| {
        if is_held.get_value() {
            jump(&event);
        }
    };
    let keyed = move |event: ev::KeyboardEvent| {
        if step(view, &event.key()) {
            event.prevent_default();
        }
    };
    let ends = move |is_start: bool| {
        histogram
            .with(Histogram::range_ms)
            .map(|(start, end)| written(if is_start { start } else { end }, Style::DateAndTime))
    };
    view! {
        <Show when=move || shown.get()>
            <div class="scrub">
                <span class="scrub__end" aria-hidden="true">{move || ends(false)}</span>
                <div
                    class="scrub__strip"
                    node_ref=strip
                    role="slider"
                    tabindex="0"
                    aria-orientation="vertical"
                    aria-label=say!("Time: jump within the list")
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || sight.get().map_or(0.0, |it| it.0).round()
                    aria-valuetext=words
                    data-testid="time-scrubber"
                    on:pointerdown=pressed
                    on:pointermove=moved
                    on:pointerup=move |_| is_held.set_value(false)
                    on:pointercancel=move |_| is_held.set_value(false)
                    on:keydown=keyed
                >
                    <svg class="scrub__bars" viewBox="0 0 100 1000" preserveAspectRatio="none" aria-hidden="true">
                        <path d=move || path.get()></path>
                    </svg>
                    <span
                        class="scrub__sight"
                        style:--top=move || format!("{}%", sight.get().map_or(0.0, |it| it.0))
                        style:--size=move || format!("{}%", sight.get().map_or(1.0, |it| it.1))
                    ></span>
                </div>
                <span class="scrub__end" aria-hidden="true">{move || ends(true)}</span>
            </div>
        </Show>
    }
}

/// One bar up or down, ten, or to an end; bars without messages are passed over.
fn step(view: View, key: &str) -> bool {
    let range = view.model.histogram.with_untracked(Histogram::range_ms);
    let by: isize = match key {
        "ArrowUp" | "ArrowRight" => 1,
        "ArrowDown" | "ArrowLeft" => -1,
        "PageUp" => 10,
        "PageDown" => -10,
        "Home" | "End" => {
            if let Some((start, end)) = range {
                view.go_to_time(if key == "Home" { end } else { start });
            }
            return true;
        }
        _ => return false,
    };
    let now = view.sight.get_untracked().map(|it| it.0);
    let at_ms = view.model.histogram.with_untracked(|it| {
        let (start, end) = it.range_ms()?;
        let bars = it.buckets();
        let here = now.and_then(|now| it.bucket_at(now)).map_or(0, |it| it.0);
        let last = bars.len().checked_sub(1)?;
        let mut place = here.saturating_add_signed(by).min(last);
        while bars[place].count == 0 && place != 0 && place != last {
            place = if by > 0 { place + 1 } else { place - 1 };
        }
        let next = bars.get(place + 1).map_or(end, |it| it.at_ms);
        Some(if place == 0 { start } else { next - 1.0 })
    });
    if let Some(at_ms) = at_ms {
        view.go_to_time(at_ms);
    }
    true
}
