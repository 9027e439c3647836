//! The bar at the top: the palette, live or not, the theme, the user.

use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    core::say::say,
    route::Route,
    state::{
        live::{LiveStatus, use_live},
        session::use_session,
        theme::{Theme, use_theme},
    },
};

use super::actions::{Action, Actions};

/// Search, live indicator, theme toggle, user menu.
#[component]
pub(crate) fn Bar(actions: Actions, is_palette_open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    view! {
        <div class="bar">
            <Show when=move || session.viewer().is_some()>
                <button
                    type="button"
                    class="seek"
                    data-testid="open-palette"
                    aria-haspopup="dialog"
                    title=say!("Search, or run a command (Ctrl K)")
                    on:click=move |_| is_palette_open.set(true)
                >
                    <Glyph icon=Icon::Search />
                    <span class="seek__label">{say!("Search or run a command")}</span>
                    <kbd aria-hidden="true">"Ctrl K"</kbd>
                </button>
            </Show>
            <Show when=move || !session.is_needed()>
                <LiveIndicator />
            </Show>
            <ThemeToggle />
            <Show when=move || session.viewer().is_some()>
                <UserMenu actions=actions />
            </Show>
        </div>
    }
}

#[component]
fn LiveIndicator() -> impl IntoView {
    let live = use_live();
    let hint = move || match live.status() {
        LiveStatus::Live => say!("New messages appear by themselves. Click or press L to pause."),
        LiveStatus::Paused => say!("Nothing changes while you read. Click or press L to go live."),
        LiveStatus::Connecting => say!("Connecting to the server."),
        LiveStatus::Offline => say!("The server cannot be reached; trying again."),
    };
    view! {
        <button
            type="button"
            class="live"
            data-testid="live-indicator"
            data-state=move || live.status().as_str()
            aria-pressed=move || if live.is_paused() { "false" } else { "true" }
            title=hint
            on:click=move |_| live.toggle()
        >
            <span class="live__dot" aria-hidden="true"></span>
            <span class="live__label">{move || live.status().label()}</span>
        </button>
    }
}

#[component]
fn ThemeToggle() -> impl IntoView {
    let theme = use_theme();
    let icon = Signal::derive(move || match theme.get() {
        Theme::System => Icon::Monitor,
        Theme::Light => Icon::Sun,
        Theme::Dark => Icon::Moon,
    });
    let name = move || say!("Theme: {theme}", theme = theme.get().label());
    view! {
        <button
            type="button"
            class="icon-button"
            data-testid="theme-toggle"
            title=move || format!("{} (T)", name())
            on:click=move |_| theme.turn()
        >
            <Glyph icon=icon />
            <span class="hidden">{name}</span>
        </button>
    }
}

#[component]
fn UserMenu(actions: Actions) -> impl IntoView {
    let session = use_session();
    let name = move || session.viewer().map(|it| it.name).unwrap_or_default();
    let role = move || session.viewer().map(|it| it.role.label());
    view! {
        <button type="button" class="button button--quiet user" popovertarget="user-menu">
            <Glyph icon=Icon::User />
            <span class="user__name">{name}</span>
        </button>
        <div id="user-menu" class="menu menu--user" popover="auto">
            <p class="menu__title">{name}</p>
            <p class="faint">{role}</p>
            <a class="button menu__act" href=Route::Account.href() data-testid="nav-account">
                <Glyph icon=Icon::User />
                {say!("Account")}
            </a>
            <button
                type="button"
                class="button menu__act"
                popovertarget="user-menu"
                on:click=move |_| actions.run(Action::Shortcuts)
            >
                <Glyph icon=Icon::Keyboard />
                {say!("Shortcuts")}
            </button>
            <button
                type="button"
                class="button menu__act"
                data-testid="sign-out"
                on:click=move |_| actions.run(Action::SignOut)
            >
                <Glyph icon=Icon::LogOut />
                {say!("Sign out")}
            </button>
        </div>
    }
}
