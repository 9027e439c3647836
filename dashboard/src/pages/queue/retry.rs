//! The careful retry of a group: count, send one, wait for what becomes of it, then the rest as a job.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::dead::selection;
use crate::{
    api::{
        bulk::{self, Job, JobChanges, RetryPlan, Run},
        error::ApiError,
        live::payload,
        messages::{self, MessageFilter, UserError, reasons},
    },
    core::{
        canary::{Verdict, verdict},
        period::Bounds,
        say::say,
        status::Status,
    },
    state::{
        live::{Listening, Live, use_live},
        session::{Session, use_session},
    },
};

/// How often the first message is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Where the retry stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    /// Nothing was asked for.
    Rest,
    /// A request is on its way.
    Busy(&'static str),
    /// Counted: what would be sent, what is left alone.
    Counted(RetryPlan),
    /// The first message is on its way, or has come to its end.
    First(String, Status),
    /// The rest is being worked on, or was.
    Working(Job),
    /// There is nothing to retry, or it could not be done.
    Refused(String),
}

/// One group's retry.
#[derive(Clone, Copy)]
pub(super) struct Canary {
    code: i32,
    bounds: RwSignal<Bounds>,
    /// The id of the newest one that stands failed.
    example: Callback<(), Option<String>>,
    /// The group as it was counted: later messages are not of it.
    frozen: StoredValue<Option<Bounds>>,
    pub(super) stage: RwSignal<Stage>,
    /// What the rest is, counted after the first went.
    pub(super) rest: RwSignal<Option<RetryPlan>>,
    pub(super) typed: RwSignal<String>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    live: Live,
    session: Session,
}

impl Canary {
    /// Nothing asked for yet.
    pub(super) fn new(
        code: i32,
        bounds: RwSignal<Bounds>,
        example: Callback<(), Option<String>>,
    ) -> Self {
        Self {
            code,
            bounds,
            example,
            frozen: StoredValue::new(None),
            stage: RwSignal::new(Stage::Rest),
            rest: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            listening: StoredValue::new_local(None),
            live: use_live(),
            session: use_session(),
        }
    }

    fn selection(self) -> Option<MessageFilter> {
        let bounds = self.frozen.try_get_value().flatten();
        bounds.map(|it| selection(self.code, it))
    }

    fn fail(self, error: &ApiError) {
        self.session.note(error);
        self.refuse(error.words());
    }

    fn refuse(self, words: String) {
        self.stage.try_set(Stage::Refused(words));
    }

    fn refuse_all(self, errors: Vec<UserError>) {
        self.refuse(reasons(errors));
    }

    /// Counts what a retry would do; sends nothing.
    pub(super) fn count(self) {
        self.frozen.set_value(Some(self.bounds.get_untracked()));
        self.rest.set(None);
        self.stage.set(Stage::Busy(say!("Counting…")));
        let Some(filter) = self.selection() else {
            return;
        };
        spawn_local(async move {
            match bulk::retry_many(filter, Run::Dry).await {
                Ok(plan) if !plan.user_errors.is_empty() => self.refuse_all(plan.user_errors),
                Ok(plan) if plan.retryable_count == 0 => {
                    self.refuse(
                        say!("None of them can be sent again: they were, or they are gone.")
                            .to_owned(),
                    );
                }
                Ok(plan) => {
                    self.stage.try_set(Stage::Counted(plan));
                }
                Err(error) => self.fail(&error),
            }
        });
    }

    /// Sends the newest one again and follows it.
    pub(super) fn first(self) {
        self.stage.set(Stage::Busy(say!("Sending one…")));
        let Some(id) = self.example.run(()) else {
            return self
                .refuse(say!("None of them is known any more: open them in Messages.").to_owned());
        };
        spawn_local(async move {
            match messages::retry(id.clone()).await {
                Ok(Ok(())) => self.follow(id),
                Ok(Err(errors)) => self.refuse_all(errors),
                Err(error) => self.fail(&error),
            }
        });
    }

    fn follow(self, id: String) {
        self.stage.try_set(Stage::First(id.clone(), Status::Queued));
        spawn_local(async move {
            loop {
                pause(LOOK_EVERY).await;
                let is_ours = |it: &Stage| matches!(it, Stage::First(ours, _) if *ours == id);
                if self.stage.try_with_untracked(is_ours) != Some(true) {
                    return;
                }
                let Ok(Some(message)) = messages::read(id.clone(), None).await else {
                    continue;
                };
                self.stage.try_set(Stage::First(id.clone(), message.status));
                match verdict(message.status) {
                    Verdict::Wait | Verdict::Unclear => {}
                    Verdict::Bad => return,
                    Verdict::Good => return self.count_rest().await,
                }
            }
        });
    }

    /// The first got through: how many are left?
    async fn count_rest(self) {
        let Some(filter) = self.selection() else {
            return;
        };
        match bulk::retry_many(filter, Run::Dry).await {
            Ok(plan) => {
                self.rest.try_set(Some(plan));
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Begins the job for all that are left.
    pub(super) fn go(self) {
        self.stage.set(Stage::Busy(say!("Beginning…")));
        let Some(filter) = self.selection() else {
            return;
        };
        spawn_local(async move {
            match bulk::retry_many(filter, Run::Real).await {
                Ok(RetryPlan { job: Some(job), .. }) => self.work(job),
                Ok(plan) if plan.user_errors.is_empty() => {
                    self.refuse(say!("There was nothing left to send again.").to_owned());
                }
                Ok(plan) => self.refuse_all(plan.user_errors),
                Err(error) => self.fail(&error),
            }
        });
    }

    fn work(self, job: Job) {
        let operation = bulk::follow(job.id.inner());
        self.stage.try_set(Stage::Working(job));
        let hear = move |frame: Option<&str>| {
            if let Some(it) = frame.and_then(payload::<JobChanges>) {
                self.stage.try_set(Stage::Working(it.bulk_job));
            }
        };
        let listening = self.live.follow(&operation, hear);
        self.listening.try_update_value(|it| *it = Some(listening));
    }

    pub(super) fn stop(self, id: String) {
        spawn_local(async move {
            match bulk::cancel_job(id).await {
                Ok(Ok(job)) => {
                    self.stage.try_set(Stage::Working(job));
                }
                Ok(Err(errors)) => self.refuse_all(errors),
                Err(error) => self.fail(&error),
            }
        });
    }
}

/// Waits.
async fn pause(length: Duration) {
    let (tell, hear) = futures_channel();
    set_timeout(tell, length);
    hear.await;
}

/// A closure that ends a wait.
fn futures_channel() -> (impl FnOnce() + 'static, impl Future<Output = ()>) {
    let resolve = std::rc::Rc::new(std::cell::RefCell::new(None::<js_sys::Function>));
    let kept = std::rc::Rc::clone(&resolve);
    let promise = js_sys::Promise::new(&mut move |done, _| {
        *kept.borrow_mut() = Some(done);
    });
    let tell = move || {
        if let Some(done) = resolve.borrow_mut().take() {
            done.call0(&wasm_bindgen::JsValue::UNDEFINED)
                .unwrap_or_default();
        }
    };
    let hear = async move {
        wasm_bindgen_futures::JsFuture::from(promise)
            .await
            .unwrap_or_default();
    };
    (tell, hear)
}
