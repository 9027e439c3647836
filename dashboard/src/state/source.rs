//! Something read from the server for a part of a page: the last answer stays until the next is here; each fails alone.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortSignal;

use super::session::{Session, use_session};
use crate::api::{client::Latest, error::ApiError};

/// A request on its way.
pub(crate) type Asking<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// An answer, and how reading it stands.
pub(crate) struct Source<T: Send + Sync + 'static> {
    pub(crate) data: RwSignal<Option<T>>,
    pub(crate) failure: RwSignal<Option<ApiError>>,
    pub(crate) is_busy: RwSignal<bool>,
    latest: StoredValue<Latest, LocalStorage>,
    session: Session,
}

impl<T: Send + Sync + 'static> Clone for Source<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Source<T> {}

impl<T: Send + Sync + 'static> Source<T> {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        let source = Self {
            data: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            latest: StoredValue::new_local(Latest::default()),
            session: use_session(),
        };
        on_cleanup(move || {
            source.latest.try_update_value(Latest::stop);
        });
        source
    }

    /// Whether nothing was ever answered and nothing failed.
    pub(crate) fn is_cold(self) -> bool {
        self.data.with(Option::is_none) && self.failure.with(Option::is_none)
    }

    /// Asks again; an older question is given up. `then` hears of a good answer.
    pub(crate) fn read(
        self,
        ask: impl FnOnce(Option<AbortSignal>) -> Asking<T>,
        then: impl FnOnce() + 'static,
    ) {
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        self.is_busy.set(true);
        let asking = ask(abort);
        spawn_local(async move {
            let answer = asking.await;
            if self.data.is_disposed() || matches!(answer, Err(ApiError::Aborted)) {
                return;
            }
            self.is_busy.set(false);
            match answer {
                Ok(data) => {
                    self.failure.set(None);
                    self.data.set(Some(data));
                    then();
                }
                Err(error) => {
                    self.session.note(&error);
                    self.failure.set(Some(error));
                }
            }
        });
    }
}
