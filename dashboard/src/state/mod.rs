//! What lives longer than a page: session, theme, live connection, clock, toasts. One `use_…()` each.

pub(crate) mod clock;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod language;
pub(crate) mod live;
pub(crate) mod page;
pub(crate) mod place;
pub(crate) mod queue;
pub(crate) mod rail;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod storage;
pub(crate) mod tabs;
pub(crate) mod theme;
pub(crate) mod toasts;
