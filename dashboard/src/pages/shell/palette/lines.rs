//! What the palette lists without asking the server: the exact thing that was named, pages, actions, the way back.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::messages_of;
use crate::{
    components::icon::Icon,
    core::{
        ask::{Among, Ask, Jump},
        keymap::of_page as shortcuts_of,
        say::{key, said, say},
    },
    pages::shell::{
        Action,
        nav::visible,
        places::{Home, Place},
    },
    route::Route,
    state::session::Session,
};

/// Lines of this browser that are shown at most.
const MOST: usize = 14;
/// The buttons of a page that say what it does.
const PAGE_BUTTONS: &str = "main .head button, main [data-command]";

/// What choosing a line does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Go(String),
    /// To a page of the server.
    Leave(String),
    Do(Action),
    /// The button of the page with this number.
    Press(usize),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) icon: Icon,
    pub(super) title: String,
    /// In English, also for `data-kind`.
    pub(super) kind: &'static str,
    /// Its shortcut; may be empty.
    pub(super) keys: String,
    pub(super) act: Act,
}

/// The buttons of the page below; those that may not be pressed are left out.
pub(super) fn buttons() -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(PAGE_BUTTONS) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into::<HtmlElement>().ok())
        .filter(|it| !it.has_attribute("disabled") && it.offset_parent().is_some())
        .collect()
}

/// Those buttons as lines: they open the same dialogs.
pub(super) fn of_page(buttons: &[HtmlElement]) -> Vec<Line> {
    let line = |(index, button): (usize, &HtmlElement)| {
        let title = button.text_content().unwrap_or_default().trim().to_owned();
        (!title.is_empty()).then(|| Line {
            icon: Icon::Check,
            title,
            kind: key!("This page"),
            keys: String::new(),
            act: Act::Press(index),
        })
    };
    buttons.iter().enumerate().filter_map(line).collect()
}

/// Everything this browser knows about what is asked, the best match first.
pub(super) fn local(
    ask: &Ask,
    session: Session,
    of_page: Vec<Line>,
    recent: &[(String, String)],
) -> Vec<Line> {
    if ask.among == Among::Shortcuts {
        return shortcuts(ask);
    }
    let mut lines: Vec<Line> = ask.jump().map(jump).into_iter().collect();
    let mut ranked: Vec<(u8, Line)> = Vec::new();
    let mut offer = |line: Line, also: &str| {
        if let Some(rank) = ask.rank(&line.title, also) {
            ranked.push((rank, line));
        }
    };
    if matches!(ask.among, Among::Everything) {
        for (href, title) in recent {
            let line = Line {
                icon: Icon::Clock,
                title: title.clone(),
                kind: key!("Recent"),
                keys: String::new(),
                act: Act::Go(href.clone()),
            };
            offer(line, "");
        }
        for place in visible(session) {
            offer(page(place), place.also);
        }
        offer(account(), "password sessions me own");
    }
    if matches!(ask.among, Among::Everything | Among::Actions) {
        for line in of_page {
            offer(line, "");
        }
        for action in Action::ALL {
            offer(command(action), action.also());
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    lines.extend(ranked.into_iter().map(|(_, line)| line).take(MOST));
    lines
}

fn page(place: Place) -> Line {
    let href = place.path.to_owned();
    Line {
        icon: place.icon,
        title: said(place.title).to_owned(),
        kind: key!("Page"),
        keys: format!("g {}", place.letter),
        act: match place.home {
            Home::Here | Home::Sandbox => Act::Go(href),
            Home::Server => Act::Leave(href),
        },
    }
}

fn account() -> Line {
    Line {
        icon: Icon::User,
        title: say!("Account").to_owned(),
        kind: key!("Page"),
        keys: String::new(),
        act: Act::Go(Route::Account.href()),
    }
}

fn command(action: Action) -> Line {
    Line {
        icon: action.icon(),
        title: action.title().to_owned(),
        kind: key!("Action"),
        keys: action.keys().to_owned(),
        act: Act::Do(action),
    }
}

fn shortcuts(ask: &Ask) -> Vec<Line> {
    let path = window().location().pathname().unwrap_or_default();
    shortcuts_of(&path)
        .into_iter()
        .filter(|it| ask.rank(said(it.does), "").is_some())
        .map(|it| Line {
            icon: Icon::Keyboard,
            title: said(it.does).to_owned(),
            kind: key!("Shortcut"),
            keys: it.keys.first().copied().unwrap_or_default().to_owned(),
            act: Act::Do(Action::Shortcuts),
        })
        .collect()
}

fn jump(jump: Jump) -> Line {
    let (icon, title, kind, href) = match jump {
        Jump::Message(id) => (
            Icon::Message,
            say!("Open message {id}", id),
            key!("Message"),
            Route::Message(id).href(),
        ),
        Jump::Webhook(id) => (
            Icon::Webhook,
            say!("Open webhook {id}", id),
            key!("Webhook"),
            Route::Webhook(id).href(),
        ),
        Jump::Phone(number) => (
            Icon::Phone,
            say!("Messages of {number}", number),
            key!("Number"),
            messages_of(&number),
        ),
        Jump::Trail(id) => {
            let href = Route::Audit.href()
                + &crate::core::query::join(&[("target".to_owned(), id.clone())]);
            (
                Icon::Scroll,
                say!("What was done to {id}", id),
                key!("Audit log"),
                href,
            )
        }
    };
    Line {
        icon,
        title,
        kind,
        keys: String::new(),
        act: Act::Go(href),
    }
}
