//! Emptying a lane: counted first, then its number is typed, then it is done in rounds. It ends with the dialog.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::{
        bulk::{self, Halt, Run},
        messages::{MessageFilter, reasons},
    },
    components::{
        dialog::Dialog,
        icon::{Glyph, Icon},
        meter::{Meter, progress},
        number::grouped,
    },
    core::{
        filter::Filter,
        say::say,
        status::Status,
        time::iso,
        words::{Lane, Timestamp},
    },
    route::Route,
    state::{
        clock::use_clock,
        keys::focus,
        queue::{Queue, use_queue},
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
};

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The dry run is asked for.
    Counting,
    /// So many would be taken back.
    Counted(i32),
    /// So many of so many are.
    Working(i32, i32),
    Failed(String),
}

impl Stage {
    /// How many it is about, once there are any.
    fn number(&self) -> Option<i32> {
        match *self {
            Self::Counted(all) | Self::Working(_, all) => Some(all).filter(|it| *it > 0),
            Self::Counting | Self::Failed(_) => None,
        }
    }
}

/// Whether what was typed is the number, however its digits are grouped.
fn is_typed(number: i32, typed: &str) -> bool {
    let typed: String = typed.chars().filter(|it| it.is_alphanumeric()).collect();
    typed == number.to_string()
}

/// The dialog; open while there is a lane.
#[component]
pub(super) fn EmptyDialog(
    /// The lane that somebody wants to empty.
    lane: RwSignal<Option<Lane>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    Effect::new(move |_| is_open.set(lane.with(Option::is_some)));
    // Esc and the cross end it too.
    Effect::new(move |_| {
        if !is_open.get() && lane.with_untracked(Option::is_some) {
            lane.set(None);
        }
    });
    let close = Callback::new(move |()| lane.set(None));
    view! {
        <Dialog is_open=is_open title=say!("Empty a lane")>
            {move || lane.get().map(|it| view! { <EmptyForm lane=it close=close /> })}
        </Dialog>
    }
}

/// What is in it, anew each time that it opens: nothing of another lane is left, and work of an earlier time ends.
#[component]
fn EmptyForm(lane: Lane, close: Callback<()>) -> impl IntoView {
    let emptying = Emptying::new(lane, close);
    emptying.count();
    let typed = RwSignal::new(String::new());
    let stage = emptying.stage;
    let number = Memo::new(move |_| stage.with(Stage::number));
    let is_working = Memo::new(move |_| stage.with(|it| matches!(it, Stage::Working(..))));
    let is_free = move || {
        let is_typed = |number| typed.with(|it| is_typed(number, it));
        !is_working.get() && number.get().is_some_and(is_typed)
    };
    let submitted = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(is_free) {
            emptying.begin();
            // What had the focus is about to go.
            focus("[data-testid=empty-dialog] [data-way-out]");
        }
    };
    view! {
        <form class="form" data-testid="empty-dialog" data-lane=lane.slug() on:submit=submitted>
            <div class="empty-lane" aria-live="polite">
                {move || view! { <StageView stage=stage.get() lane=lane /> }}
            </div>
            {move || {
                let number = number.get().filter(|_| !is_working.get());
                number.map(|it| view! { <Number number=it typed=typed /> })
            }}
            <footer class="form__foot">
                <button
                    type="button"
                    class="button"
                    autofocus
                    data-way-out=""
                    on:click=move |_| close.run(())
                >
                    {move || if is_working.get() { say!("Stop") } else { say!("Not now") }}
                </button>
                {move || number.get().map(|it| view! { <Act number=it is_free=Signal::derive(is_free) /> })}
            </footer>
        </form>
    }
}

/// Where the number is typed.
#[component]
fn Number(number: i32, typed: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label for="empty-number">{say!("Type {count} to confirm", count = number)}</label>
            <input
                id="empty-number"
                class="input"
                data-testid="empty-number"
                inputmode="numeric"
                autocomplete="off"
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </div>
    }
}

#[component]
fn Act(number: i32, is_free: Signal<bool>) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button button--danger"
            data-testid="empty-confirm"
            disabled=move || !is_free.get()
        >
            <Glyph icon=Icon::Ban />
            {say!(
                number,
                "Take back {n} message" | "Take back {n} messages",
                n = grouped(number)
            )}
        </button>
    }
}

#[component]
fn StageView(stage: Stage, lane: Lane) -> impl IntoView {
    let lane = lane.label();
    match stage {
        Stage::Counting => view! { <p>{say!("Counting…")}</p> }.into_any(),
        Stage::Failed(why) => view! { <p class="field__error" role="alert">{why}</p> }.into_any(),
        Stage::Counted(0) => view! {
            <p class="plan__will" data-testid="empty-count" data-count="0">
                {say!(
                    "Nothing waits in the lane {lane} any more: there is nothing to take back.",
                    lane
                )}
            </p>
        }
        .into_any(),
        Stage::Counted(all) => view! {
            <p class="plan__will" data-testid="empty-count" data-count=all>
                {say!(
                    all,
                    "Will take back {n} message of the lane {lane}: it is sent only if somebody retries it."
                        | "Will take back {n} messages of the lane {lane}: they are sent only if somebody retries them.",
                    n = grouped(all),
                    lane
                )}
            </p>
            <p>
                {say!(
                    "What is being sent or unconfirmed is left alone, and what comes into the lane from now on."
                )}
            </p>
        }
        .into_any(),
        Stage::Working(done, all) => {
            view! {
                <p>{progress(done, all)}</p>
                <Meter done=done all=all />
            }
            .into_any()
        }
    }
}

/// One visit of the dialog.
#[derive(Clone, Copy)]
struct Emptying {
    lane: Lane,
    /// What waits in it, frozen: what came later is not of it.
    filter: StoredValue<MessageFilter>,
    /// Gone when the dialog is closed: nobody wants it any more.
    stage: RwSignal<Stage>,
    close: Callback<()>,
    queue: Queue,
    session: Session,
    toasts: Toasts,
}

impl Emptying {
    fn new(lane: Lane, close: Callback<()>) -> Self {
        let filter = MessageFilter {
            status: Some(vec![Status::Scheduled, Status::Queued]),
            lane: Some(lane),
            as_of: Some(Timestamp(iso(use_clock().server_now_ms()))),
            ..MessageFilter::default()
        };
        Self {
            lane,
            filter: StoredValue::new(filter),
            stage: RwSignal::new(Stage::Counting),
            close,
            queue: use_queue(),
            session: use_session(),
            toasts: use_toasts(),
        }
    }

    /// The dry run.
    fn count(self) {
        let filter = self.filter.get_value();
        spawn_local(async move {
            let stage = match bulk::cancel_many(filter, Run::Dry).await {
                Ok(plan) if plan.user_errors.is_empty() => {
                    Stage::Counted(plan.matching_count.unwrap_or_default())
                }
                Ok(plan) => Stage::Failed(reasons(plan.user_errors)),
                Err(error) => {
                    self.session.note(&error);
                    Stage::Failed(error.words())
                }
            };
            self.stage.try_set(stage);
        });
    }

    /// What was counted is taken back, until the dialog is closed.
    fn begin(self) {
        let Some(all) = self.stage.with_untracked(Stage::number) else {
            return;
        };
        let filter = self.filter.get_value();
        self.stage.set(Stage::Working(0, all));
        spawn_local(async move {
            let goes_on = |done| self.stage.try_set(Stage::Working(done, all)).is_none();
            match bulk::cancel_all(&filter, goes_on).await {
                Ok(done) => self.end(done),
                Err(halt) => self.fail(halt),
            }
            self.queue.read();
        });
    }

    fn end(self, done: i32) {
        let words = say!(
            done,
            "Took back {n} message" | "Took back {n} messages",
            n = grouped(done)
        );
        let canceled = Filter {
            status: vec![Status::Canceled],
            lane: Some(self.lane),
            ..Filter::default()
        };
        let href = Route::Messages(canceled).href();
        self.toasts.say(words, (done > 0).then_some(href));
        if self.stage.is_disposed() {
            return;
        }
        self.close.run(());
        // The button that led here goes with what waited: the one beside it takes the focus, once the dialog is closed.
        let beside = format!("[data-lane={}] [data-testid=lane-act]", self.lane.slug());
        request_animation_frame(move || focus(&beside));
    }

    fn fail(self, halt: Halt) {
        halt.error.iter().for_each(|it| self.session.note(it));
        let failed = Stage::Failed(halt.words());
        if let Some(Stage::Failed(why)) = self.stage.try_set(failed) {
            self.toasts.fail(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_number_itself_empties_a_lane() {
        for typed in ["12345", " 12345 ", "12,345", "12.345", "12\u{202f}345"] {
            assert!(is_typed(12_345, typed), "{typed}");
        }
        for typed in ["", "1234", "123456", "12345x", "bulk", "012345", "१२३४५"] {
            assert!(!is_typed(12_345, typed), "{typed}");
        }
    }

    #[test]
    fn there_is_a_number_only_where_something_waits() {
        for (stage, number) in [
            (Stage::Counting, None),
            (Stage::Counted(0), None),
            (Stage::Counted(3), Some(3)),
            (Stage::Working(1, 3), Some(3)),
            (Stage::Failed(String::new()), None),
        ] {
            assert_eq!(stage.number(), number);
        }
    }
}
