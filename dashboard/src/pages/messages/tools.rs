//! What one takes from the log: its columns and density, and the whole of it as a file.

use leptos::prelude::*;

use super::{menus::is_opening, model::LogModel, taste::Taste};
use crate::{
    components::icon::{Glyph, Icon},
    core::{
        columns::{Column, Density},
        export::export_query,
        say::say,
    },
    state::session::use_session,
};

/// Columns and the height of rows; this browser remembers them.
#[component]
pub(super) fn ColumnsMenu(taste: Taste) -> impl IntoView {
    let column = move |it: Column| {
        view! {
            <label class="menu__option">
                <input
                    type="checkbox"
                    class="tickbox"
                    disabled=it.is_fixed()
                    prop:checked=move || taste.columns.with(|all| all.contains(&it))
                    on:change=move |_| taste.toggle(it)
                />
                {it.label()}
            </label>
        }
    };
    let density = move |it: Density| {
        view! {
            <label class="menu__option">
                <input
                    type="radio"
                    class="tickbox"
                    name="density"
                    value=it.slug()
                    prop:checked=move || taste.density.get() == it
                    on:change=move |_| taste.set_density(it)
                />
                {it.label()}
            </label>
        }
    };
    view! {
        <div class="drop">
            <button
                type="button"
                class="button menu-columns__button"
                popovertarget="columns-menu"
                data-testid="columns"
            >
                {say!("Columns")}
                <Glyph icon=Icon::ChevronDown />
            </button>
            <div
                id="columns-menu"
                class="menu menu--columns"
                popover="auto"
                role="group"
                aria-label=say!("Columns and density")
            >
                <fieldset class="menu__set">
                    <legend>{say!("Columns")}</legend>
                    {Column::ALL.map(column).collect_view()}
                </fieldset>
                <fieldset class="menu__set">
                    <legend>{say!("Rows")}</legend>
                    {Density::ALL.map(density).collect_view()}
                </fieldset>
            </div>
        </div>
    }
}

/// The very filter as a file, streamed by the server.
#[component]
pub(super) fn ExportMenu(model: LogModel) -> impl IntoView {
    let session = use_session();
    let bar = session.bar();
    // The browser tells of an opened menu a moment after it can be clicked: by then the links must be right already. Opening it
    // only brings "the last 24 hours" up to date.
    let opening = Trigger::new();
    let query = move || {
        opening.track();
        model.filter.with(|it| export_query(it, model.now_ms()))
    };
    let opened = move |event: web_sys::Event| {
        if is_opening(&event) {
            opening.notify();
        }
    };
    let link = move |ending: &'static str, label: &'static str| {
        view! {
            <a
                class="menu__option"
                rel="external"
                download=""
                data-testid=format!("export-{ending}")
                href=move || format!("/api/v1/messages.{ending}{}", query())
            >
                {label}
            </a>
        }
    };
    view! {
        <div class="drop">
            <button
                type="button"
                class="button menu-export__button"
                popovertarget="export-menu"
                data-testid="export"
                disabled=session.is_barred()
                title=move || {
                    if session.may_act() {
                        bar()
                    } else {
                        Some(say!("An export holds whole numbers: operators only"))
                    }
                }
            >
                <Glyph icon=Icon::ArrowDown />
                {say!("Export")}
                <Glyph icon=Icon::ChevronDown />
            </button>
            <div
                id="export-menu"
                class="menu menu--export"
                popover="auto"
                role="group"
                aria-label=say!("Export what matches")
                on:toggle=opened
            >
                <p class="menu__note">
                    {say!("Everything that matches now, not only what is loaded.")}
                </p>
                {link("csv", say!("Table for a spreadsheet (CSV)"))}
                {link("ndjson", say!("One JSON object a line (NDJSON)"))}
            </div>
        </div>
    }
}
