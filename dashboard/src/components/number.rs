//! Numbers as people read them, through the browser's `Intl`.

use crate::core::say;

/// `12,480`, as the reader writes numbers.
pub(crate) fn grouped(count: i32) -> String {
    js_sys::Number::from(count)
        .to_locale_string(say::language().unwrap_or("default"))
        .as_string()
        .unwrap_or_default()
}
