//! Work on a set: first what it would do, then it. A great number has to be typed.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    model::LogModel,
    plan::{Plan, plan_of},
    selection::{Selected, Selection},
};
use crate::{
    api::{
        bulk::{self, Run},
        messages::{self, reasons},
    },
    components::{
        dialog::Dialog,
        field::{Entry, Field},
        meter::{Meter, progress},
        number::grouped,
    },
    core::say::say,
    route::Route,
    state::{
        jobs::{Jobs, use_jobs},
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
};

/// More than so many are typed, not clicked.
const TYPED_ABOVE: i32 = 1000;

/// What is done to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Retry,
    Cancel,
}

impl Act {
    /// The words on the button.
    fn offer(self, count: i32) -> String {
        let n = grouped(count);
        match self {
            Self::Retry => say!(count, "Retry {n} message" | "Retry {n} messages", n),
            Self::Cancel => say!(count, "Take back {n} message" | "Take back {n} messages", n),
        }
    }

    /// What is going to happen to so many.
    fn promise(self, count: i32) -> String {
        let n = grouped(count);
        match self {
            Self::Retry if count == 0 => say!("None of them can be sent again.").to_owned(),
            Self::Cancel if count == 0 => {
                say!("None of them can be taken back: all have left already.").to_owned()
            }
            Self::Retry => say!(
                count,
                "Will send {n} message again." | "Will send {n} messages again.",
                n
            ),
            Self::Cancel => say!(
                count,
                "Will take back {n} message that has not left."
                    | "Will take back {n} messages that have not left.",
                n
            ),
        }
    }

    /// What happened to so many.
    fn report(self, count: i32) -> String {
        let n = grouped(count);
        match self {
            Self::Retry => say!(
                count,
                "Retry requested for {n} message" | "Retry requested for {n} messages",
                n
            ),
            Self::Cancel => say!(count, "Took back {n} message" | "Took back {n} messages", n),
        }
    }
}

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) act: Act,
    pub(super) set: Selection,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    /// The dry run is asked for.
    Weighing,
    Ready(Plan),
    /// So many of so many.
    Working(i32, i32),
    Failed(String),
}

/// The dialog; open while there is work.
#[component]
pub(super) fn BulkDialog(
    model: LogModel,
    selected: Selected,
    work: RwSignal<Option<Work>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    Effect::new(move |_| is_open.set(work.with(Option::is_some)));
    // Esc and the cross end it too.
    Effect::new(move |_| {
        if !is_open.get() && work.with_untracked(Option::is_some) {
            work.set(None);
        }
    });
    let ended = Callback::new(move |()| {
        selected.clear();
        work.set(None);
    });
    view! {
        <Dialog is_open=is_open title=say!("Work on many messages")>
            {move || {
                work.get()
                    .map(|it| {
                        view! { <BulkForm work=it model=model is_open=is_open ended=ended /> }
                    })
            }}
        </Dialog>
    }
}

/// What is in it, anew for each work: nothing of another is left, and what is not done when it closes stays undone.
#[component]
fn BulkForm(
    work: Work,
    model: LogModel,
    is_open: RwSignal<bool>,
    ended: Callback<()>,
) -> impl IntoView {
    let act = work.act;
    let doing = Doing {
        work: StoredValue::new(work),
        stage: RwSignal::new(Stage::Weighing),
        ended,
        jobs: use_jobs(),
        session: use_session(),
        toasts: use_toasts(),
    };
    doing.weigh(model);
    let typed = RwSignal::new(String::new());
    let stage = doing.stage;
    let will = Memo::new(move |_| {
        stage.with(|it| match it {
            Stage::Ready(plan) => plan.will,
            Stage::Weighing | Stage::Working(..) | Stage::Failed(_) => 0,
        })
    });
    let must_type = move || will.get() > TYPED_ABOVE;
    let is_free = move || {
        let digits: String = typed.get().chars().filter(char::is_ascii_digit).collect();
        will.get() > 0 && (!must_type() || digits == will.get().to_string())
    };
    let is_working = move || stage.with(|it| matches!(it, Stage::Working(..)));
    let submitted = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(is_free) {
            doing.begin();
        }
    };
    view! {
        <form class="form" data-testid="bulk-dialog" on:submit=submitted>
            {move || view! { <StageView stage=stage.get() act=act /> }}
            <Show when=must_type>
                <Field
                    id="bulk-number"
                    label=say!("Type the number to go on")
                    entry=Entry::Line
                    value=typed
                    hint=Signal::derive(move || {
                        say!("These are many. Type {number}.", number = will.get())
                    })
                />
            </Show>
            <footer class="form__foot">
                <button
                    type="button"
                    class="button"
                    autofocus
                    on:click=move |_| is_open.set(false)
                >
                    {move || if is_working() { say!("Stop") } else { say!("Not now") }}
                </button>
                <button
                    type="submit"
                    class="button button--primary"
                    data-testid="bulk-confirm"
                    disabled=move || !is_free()
                >
                    {move || act.offer(will.get())}
                </button>
            </footer>
        </form>
    }
}

#[component]
fn StageView(stage: Stage, act: Act) -> impl IntoView {
    match stage {
        Stage::Weighing => {
            view! { <p role="status">{say!("Looking at what it would do…")}</p> }.into_any()
        }
        Stage::Failed(why) => view! { <p class="field__error" role="alert">{why}</p> }.into_any(),
        Stage::Working(done, all) => view! {
            <p role="status">{progress(done, all)}</p>
            <Meter done=done all=all />
        }
        .into_any(),
        Stage::Ready(plan) => {
            let line = |(count, what): (i32, String)| {
                let n = grouped(count);
                let words = say!(
                    count,
                    "{n} message: {what}" | "{n} messages: {what}",
                    n,
                    what
                );
                view! { <li>{words}</li> }
            };
            view! {
                <p class="plan__will" data-testid="bulk-will" data-count=plan.will>
                    {act.promise(plan.will)}
                </p>
                <ul class="plan" data-testid="bulk-rest">
                    {plan.rest.into_iter().map(line).collect_view()}
                </ul>
            }
            .into_any()
        }
    }
}

/// One visit of the dialog.
#[derive(Clone, Copy)]
struct Doing {
    work: StoredValue<Work>,
    /// Gone when the dialog is closed: nobody wants it any more.
    stage: RwSignal<Stage>,
    ended: Callback<()>,
    jobs: Jobs,
    session: Session,
    toasts: Toasts,
}

impl Doing {
    /// The dry run.
    fn weigh(self, model: LogModel) {
        let Work { act, set } = self.work.get_value();
        match set {
            Selection::Rows(ids) => {
                let plan = model
                    .log
                    .with_untracked(|log| plan_of(act, ids.iter().filter_map(|it| log.get(it))));
                self.stage.set(Stage::Ready(plan));
            }
            Selection::All { filter, .. } => spawn_local(async move {
                let plan = match act {
                    Act::Retry => bulk::retry_many(*filter, Run::Dry)
                        .await
                        .map(Plan::of_retry),
                    Act::Cancel => bulk::cancel_many(*filter, Run::Dry)
                        .await
                        .map(Plan::of_cancel),
                };
                match plan {
                    Ok(Ok(plan)) => self.goes_on(Stage::Ready(plan)),
                    Ok(Err(why)) => self.goes_on(Stage::Failed(why)),
                    Err(error) => {
                        self.session.note(&error);
                        self.goes_on(Stage::Failed(error.words()))
                    }
                };
            }),
        }
    }

    /// Shows how far it is; whether somebody still looks.
    fn goes_on(self, stage: Stage) -> bool {
        self.stage.try_set(stage).is_none()
    }

    /// Says why it ended early, where somebody sees it.
    fn fail(self, why: String) {
        if let Some(Stage::Failed(why)) = self.stage.try_set(Stage::Failed(why)) {
            self.toasts.fail(why);
        }
    }

    fn begin(self) {
        let Work { act, set } = self.work.get_value();
        let Stage::Ready(plan) = self.stage.get_untracked() else {
            return;
        };
        // From here on a second click begins nothing.
        self.stage.set(Stage::Working(0, plan.will));
        match (set, act) {
            (Selection::Rows(_), act) => self.each(act, plan),
            (Selection::All { filter, .. }, Act::Retry) => spawn_local(async move {
                match bulk::retry_many(*filter, Run::Real).await {
                    Ok(plan) => match plan.job {
                        Some(job) => {
                            let href = Route::Job(job.id.inner().to_owned()).href();
                            let words = say!(
                                job.total_count,
                                "Sending {n} message again" | "Sending {n} messages again",
                                n = grouped(job.total_count)
                            );
                            self.jobs.follow(job);
                            self.end(words, Some(href));
                        }
                        None => self.fail(reasons(plan.user_errors)),
                    },
                    Err(error) => {
                        self.session.note(&error);
                        self.fail(error.words());
                    }
                }
            }),
            (Selection::All { filter, .. }, Act::Cancel) => spawn_local(async move {
                let goes_on = |done| self.goes_on(Stage::Working(done, plan.will));
                match bulk::cancel_all(&filter, goes_on).await {
                    Ok(done) => self.end(Act::Cancel.report(done), None),
                    Err(halt) => {
                        halt.error.iter().for_each(|it| self.session.note(it));
                        self.fail(halt.words());
                    }
                }
            }),
        }
    }

    /// One by one, until the dialog is closed.
    fn each(self, act: Act, plan: Plan) {
        let all = plan.will;
        spawn_local(async move {
            let (mut done, mut refused) = (0, Vec::new());
            for (behind, id) in (1..).zip(plan.ids) {
                let answer = match act {
                    Act::Retry => messages::retry(id).await,
                    Act::Cancel => bulk::cancel_one(id).await,
                };
                match answer {
                    Ok(Ok(())) => done += 1,
                    Ok(Err(errors)) => refused.extend(errors),
                    Err(error) => {
                        self.session.note(&error);
                        let why = error.words();
                        return self.fail(if done == 0 {
                            why
                        } else {
                            format!("{}. {why}", act.report(done))
                        });
                    }
                }
                if !self.goes_on(Stage::Working(behind, all)) {
                    break;
                }
            }
            let mut words = act.report(done);
            if !refused.is_empty() {
                words = say!(
                    "{words}. {n} refused: {why}",
                    words,
                    n = refused.len(),
                    why = reasons(refused)
                );
            }
            self.end(words, None);
        });
    }

    fn end(self, words: String, href: Option<String>) {
        self.toasts.say(words, href);
        // Somebody may have closed it meanwhile.
        if !self.stage.is_disposed() {
            self.ended.run(());
        }
    }
}
