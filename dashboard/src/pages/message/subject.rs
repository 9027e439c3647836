//! What the page knows about one message: read by id or SID, read again when something happens to it.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{
    api::{
        client::Latest,
        error::ApiError,
        live::Heard,
        messages::{self, MessageDetail, MessageFilter},
    },
    state::{
        live::{Listening, Live, use_live},
        session::{Session, use_session},
    },
};

/// Several events in a row are one request.
const CALM: Duration = Duration::from_millis(80);

/// What is known about the message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    Reading,
    Here(Box<MessageDetail>),
    Nowhere,
    Failed(ApiError),
}

/// The message of one page view.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    /// The id or SID of the address bar.
    pub(super) asked: Memo<String>,
    pub(super) known: RwSignal<Known>,
    latest: StoredValue<Latest, LocalStorage>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    timer: StoredValue<Option<TimeoutHandle>>,
    live: Live,
    session: Session,
}

impl Subject {
    /// Nothing is read yet.
    pub(super) fn new(asked: Memo<String>) -> Self {
        let subject = Self {
            asked,
            known: RwSignal::new(Known::Reading),
            latest: StoredValue::new_local(Latest::default()),
            listening: StoredValue::new_local(None),
            timer: StoredValue::new(None),
            live: use_live(),
            session: use_session(),
        };
        subject.live.when_back(move || {
            let has_failed = |it: &Known| matches!(it, Known::Failed(ApiError::Unreachable));
            if subject.known.with_untracked(has_failed) {
                subject.read();
            }
        });
        on_cleanup(move || {
            subject.latest.update_value(Latest::stop);
            subject.timer.update_value(|it| {
                it.take().inspect(TimeoutHandle::clear);
            });
        });
        subject
    }

    /// Reads the message; what is on screen stays until the answer is here.
    pub(super) fn read(self) {
        let Some(id) = self.asked.try_get_untracked() else {
            return;
        };
        if !is_ours(&id) && !is_twilios(&id) {
            self.known.set(Known::Nowhere);
            return;
        }
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            match messages::read(id, abort).await {
                Ok(Some(message)) => {
                    self.listen(&message);
                    self.known.set(Known::Here(Box::new(message)));
                }
                Ok(None) => self.known.set(Known::Nowhere),
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    self.session.note(&error);
                    self.known.set(Known::Failed(error));
                }
            }
        });
    }

    /// Another address: what is heard of the old one no longer matters.
    pub(super) fn open(self) {
        self.listening.set_value(None);
        self.read();
    }

    fn listen(self, message: &MessageDetail) {
        if self.listening.try_with_value(Option::is_some) != Some(false) {
            return;
        }
        let id = message.id.clone();
        let hear = move |heard| match heard {
            Heard::Event(event) if event.message.id == id => self.read_soon(),
            Heard::Event(_) => {}
            Heard::Lost => {
                self.listening.set_value(None);
                self.read_soon();
            }
        };
        let filter = MessageFilter::of_contact(&message.contact.id);
        self.listening
            .set_value(Some(self.live.subscribe(filter, None, hear)));
        // Between reading and listening something may have happened.
        self.read_soon();
    }

    /// Several events in a row are one request.
    pub(super) fn read_soon(self) {
        let timer = set_timeout_with_handle(move || self.read(), CALM).ok();
        self.timer.update_value(|it| {
            if let Some(before) = std::mem::replace(it, timer) {
                before.clear();
            }
        });
    }
}

/// Whether it is written like an id of a message.
pub(super) fn is_ours(id: &str) -> bool {
    id.strip_prefix("msg_").is_some_and(|it| {
        let is_plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
        it.len() == 26 && it.chars().all(is_plain)
    })
}

/// Whether it is written like Twilio's id of a message.
pub(super) fn is_twilios(id: &str) -> bool {
    let digits = id.strip_prefix("SM").or_else(|| id.strip_prefix("MM"));
    digits.is_some_and(|it| it.len() == 32 && it.chars().all(|it| it.is_ascii_hexdigit()))
}
