//! Moments as people read them, through the browser's `Intl`: the zone, the language and the digits are theirs.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::core::{
    say::{self, say},
    time::{Age, parse_ms},
};

/// One way to write a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `Nov 21, 5:12 AM`
    DateAndTime,
    /// `07:26:12.104`
    Precise,
    /// `07:26`
    Short,
    /// `12:03:11`
    Clock,
    /// Everything, with the zone.
    Full,
    /// Everything, in UTC.
    Utc,
}

const STYLES: [Style; 6] = [
    Style::DateAndTime,
    Style::Precise,
    Style::Short,
    Style::Clock,
    Style::Full,
    Style::Utc,
];

impl Style {
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::DateAndTime => &[
                ("month", "short"),
                ("day", "numeric"),
                ("hour", "numeric"),
                ("minute", "2-digit"),
            ],
            Self::Precise => &[
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
                ("hourCycle", "h23"),
            ],
            Self::Clock => &[
                ("hour", "numeric"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
            ],
            Self::Short => &[("hour", "numeric"), ("minute", "2-digit")],
            Self::Full => &[("dateStyle", "medium"), ("timeStyle", "long")],
            Self::Utc => &[
                ("dateStyle", "medium"),
                ("timeStyle", "long"),
                ("timeZone", "UTC"),
            ],
        }
    }

    fn formatter(self) -> Function {
        let options = Object::new();
        let set = |key: &str, value: JsValue| {
            if Reflect::set(&options, &JsValue::from_str(key), &value).is_err() {
                leptos::logging::debug_warn!("a format option was not set");
            }
        };
        for (key, value) in self.options() {
            set(key, JsValue::from_str(value));
        }
        if self == Self::Precise {
            set("fractionalSecondDigits", JsValue::from_f64(3.0));
        }
        Intl::DateTimeFormat::new(&locales(), &options).format()
    }
}

/// For `Intl`: the language of what is said, else the browser's.
pub(crate) fn locales() -> Array {
    say::language().map_or_else(Array::new, |it| Array::of1(&it.into()))
}

thread_local! {
    /// Formatters are dear to make and cheap to use.
    static FORMATTERS: RefCell<[Option<Function>; 6]> = const { RefCell::new([const { None }; 6]) };
}

/// Writes a moment (milliseconds since 1970) in the reader's zone and language.
pub(crate) fn written(at_ms: f64, style: Style) -> String {
    let slot = STYLES
        .iter()
        .position(|it| *it == style)
        .unwrap_or_default();
    FORMATTERS.with_borrow_mut(|all| {
        let formatter = all[slot].get_or_insert_with(|| style.formatter());
        let date = Date::new(&JsValue::from_f64(at_ms));
        let text = formatter.call1(&JsValue::UNDEFINED, &date);
        text.ok().and_then(|it| it.as_string()).unwrap_or_default()
    })
}

/// How old a moment is, `12 s ago`; over a day, the date.
pub(crate) fn aged(at_ms: f64, now_ms: f64) -> String {
    match Age::of(at_ms, now_ms) {
        Age::Now => say!("just now").to_owned(),
        Age::Seconds(count) => say!("{n} s ago", n = count),
        Age::Minutes(count) => say!("{n} min ago", n = count),
        Age::Hours(count) => say!("{n} h ago", n = count),
        Age::Date => written(at_ms, Style::DateAndTime),
    }
}

/// A moment: how old it is, and everything exact on hover.
#[component]
pub(crate) fn Ago(
    /// RFC 3339.
    at: String,
    /// The clock, in milliseconds.
    #[prop(into)]
    now_ms: Signal<f64>,
) -> impl IntoView {
    let at_ms = parse_ms(&at);
    let text = Memo::new(move |_| at_ms.map(|it| aged(it, now_ms.get())));
    view! {
        <time datetime=at title=at_ms.map(exact)>
            {text}
        </time>
    }
}

/// A moment in a fixed style, and everything exact on hover.
#[component]
pub(crate) fn Moment(
    /// RFC 3339.
    at: String,
    /// How it is written.
    style: Style,
) -> impl IntoView {
    let at_ms = parse_ms(&at);
    let text = at_ms.map_or_else(|| at.clone(), |it| written(it, style));
    view! {
        <time datetime=at title=at_ms.map(exact)>
            {text}
        </time>
    }
}

/// Everything exact about a moment, in the reader's zone and in UTC.
pub(crate) fn exact(at_ms: f64) -> String {
    format!(
        "{}\n{}",
        written(at_ms, Style::Full),
        written(at_ms, Style::Utc)
    )
}
