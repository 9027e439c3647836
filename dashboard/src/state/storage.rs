//! What this browser remembers: theme and drafts, never a secret. A browser that refuses forgets.

use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Reads one value.
pub(crate) fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps one value, or forgets it.
pub(crate) fn write(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let kept = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
    if kept.is_err() {
        web_sys::console::debug_1(&"this browser keeps nothing".into());
    }
}
