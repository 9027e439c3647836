//! What the server knows about a few words: people and messages. Asked after a pause; only the newest answer counts.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::{
    lines::{Act, Line},
    messages_of,
};
use crate::{
    api::{
        client::Latest,
        search::{self, Found},
    },
    components::icon::Icon,
    core::{
        ask::{Among, Ask},
        say::key,
        whatsapp::one_line,
        words::bare_address,
    },
    route::Route,
};

const PAUSE: Duration = Duration::from_millis(120);

/// The server's share of the list.
#[derive(Clone, Copy)]
pub(super) struct Server {
    lines: RwSignal<Vec<Line>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    latest: StoredValue<Latest, LocalStorage>,
}

impl Server {
    /// Knows nothing yet.
    pub(super) fn new() -> Self {
        Self {
            lines: RwSignal::new(Vec::new()),
            timer: StoredValue::new(None),
            latest: StoredValue::new_local(Latest::default()),
        }
    }

    /// What was found, in the server's order.
    pub(super) fn lines(self) -> Vec<Line> {
        self.lines.get()
    }

    /// Forgets the answer to the last question, and asks after a pause.
    pub(super) fn ask(self, ask: &Ask) {
        self.latest.update_value(Latest::stop);
        self.timer.update_value(|it| {
            it.take().inspect(TimeoutHandle::clear);
        });
        if !self.lines.with_untracked(Vec::is_empty) {
            self.lines.set(Vec::new());
        }
        if !ask.wants_server() {
            return;
        }
        let (words, among) = (ask.words.clone(), ask.among);
        let later = move || {
            let abort = self.latest.try_update_value(Latest::renew).flatten();
            spawn_local(async move {
                // A search that fails finds nothing: the pages and actions above are there all the same.
                if let Ok(found) = search::search(&words, abort).await {
                    self.lines.try_set(lines(found, among));
                }
            });
        };
        self.timer
            .set_value(set_timeout_with_handle(later, PAUSE).ok());
    }
}

fn lines(found: Found, among: Among) -> Vec<Line> {
    let people = found.people.into_iter().map(|it| {
        let number = bare_address(&it.address).to_owned();
        let title = match it.name {
            Some(name) => format!("{name} · {number}"),
            None => number,
        };
        line(
            Icon::User,
            title,
            key!("Person"),
            messages_of(it.id.inner()),
        )
    });
    let messages = found.messages.into_iter().map(|it| {
        let text = it.body.as_deref().map(one_line).unwrap_or_default();
        let title = format!("{}: {}", it.contact.title(), short(&text));
        line(
            Icon::Message,
            title,
            key!("Message"),
            Route::Message(it.id.into_inner()).href(),
        )
    });
    match among {
        Among::People => people.collect(),
        Among::Everything | Among::Actions | Among::Sids | Among::Shortcuts => {
            people.chain(messages).collect()
        }
    }
}

fn line(icon: Icon, title: String, kind: &'static str, href: String) -> Line {
    Line {
        icon,
        title,
        kind,
        keys: String::new(),
        act: Act::Go(href),
    }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
