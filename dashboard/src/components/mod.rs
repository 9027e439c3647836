//! Look and keyboard only: nothing here fetches.

pub(crate) mod badge;
pub(crate) mod body;
pub(crate) mod chart;
pub(crate) mod choice;
pub(crate) mod confirm;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod event;
pub(crate) mod facet_bar;
pub(crate) mod field;
pub(crate) mod icon;
pub(crate) mod keyed;
pub(crate) mod list;
pub(crate) mod meter;
pub(crate) mod notice;
pub(crate) mod number;
pub(crate) mod select;
pub(crate) mod when;
