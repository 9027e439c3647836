//! The bulk jobs of this tab: those that run, and those that ended while somebody watched.

use leptos::{prelude::*, task::spawn_local};

use super::{
    live::{Listening, Live, use_live},
    session::{Session, use_session},
};
use crate::api::{
    bulk::{self, Job, JobChanges, JobState},
    live::payload,
};

/// The jobs one sees.
#[derive(Clone, Copy)]
pub(crate) struct Jobs {
    list: RwSignal<Vec<Job>>,
    listening: StoredValue<Vec<(String, Listening)>, LocalStorage>,
    live: Live,
    session: Session,
}

impl Jobs {
    /// Newest first.
    pub(crate) fn list(self) -> Vec<Job> {
        self.list.get()
    }

    /// One of them.
    pub(crate) fn get(self, id: &str) -> Option<Job> {
        self.list
            .with(|it| it.iter().find(|it| it.id.inner() == id).cloned())
    }

    /// Takes a job up, or what is newer of it, and follows it to its end.
    pub(crate) fn follow(self, job: Job) {
        let id = job.id.inner().to_owned();
        let is_running = job.state == JobState::Running;
        self.list
            .update(|it| match it.iter_mut().find(|it| it.id == job.id) {
                Some(known) => *known = job,
                None => it.insert(0, job),
            });
        let is_followed = self
            .listening
            .with_value(|it| it.iter().any(|(it, _)| *it == id));
        if is_running && !is_followed {
            let heard = id.clone();
            let hear = move |frame: Option<&str>| {
                if let Some(frame) = frame {
                    if let Some(it) = payload::<JobChanges>(frame) {
                        self.follow(it.bulk_job);
                    }
                } else {
                    // Its end, or the stream's: the truth is read once more.
                    self.listening
                        .update_value(|it| it.retain(|(it, _)| *it != heard));
                    self.read(heard.clone());
                }
            };
            let listening = self.live.follow(&bulk::follow(&id), hear);
            self.listening.update_value(|it| it.push((id, listening)));
        }
    }

    fn read(self, id: String) {
        spawn_local(async move {
            match bulk::job(id).await {
                Ok(Some(job)) if job.state != JobState::Running => self.follow(job),
                Ok(_) => {}
                Err(error) => self.session.note(&error),
            }
        });
    }

    /// Takes an ended job out of sight.
    pub(crate) fn dismiss(self, id: &str) {
        self.list.update(|it| it.retain(|it| it.id.inner() != id));
    }

    /// Takes up what runs already.
    pub(crate) fn begin(self) {
        spawn_local(async move {
            if let Ok(jobs) = bulk::jobs().await {
                let runs = |it: &Job| it.state == JobState::Running;
                for job in jobs.into_iter().filter(runs) {
                    self.follow(job);
                }
            }
        });
    }
}

/// Makes the jobs known below.
pub(crate) fn provide_jobs() {
    provide_context(Jobs {
        list: RwSignal::new(Vec::new()),
        listening: StoredValue::new_local(Vec::new()),
        live: use_live(),
        session: use_session(),
    });
}

/// The jobs of this tab.
pub(crate) fn use_jobs() -> Jobs {
    expect_context()
}
