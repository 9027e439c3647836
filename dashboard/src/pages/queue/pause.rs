//! Holding a lane: which, why, until when.

use leptos::{ev, prelude::*};

use crate::{
    components::{
        dialog::Dialog,
        field::{Entry, Field},
        icon::{Glyph, Icon},
        select::Select,
        when::{Style, written},
    },
    core::{
        period::moment,
        say::{key, said, say},
        words::Lane,
    },
    state::{clock::use_clock, queue::use_queue},
};

/// How long a lane is held: the word of the choice, its name, minutes.
const CHOICES: [(&str, &str, Option<u32>); 6] = [
    ("", key!("Until somebody resumes it"), None),
    ("15", key!("For 15 minutes"), Some(15)),
    ("60", key!("For 1 hour"), Some(60)),
    ("240", key!("For 4 hours"), Some(240)),
    ("1440", key!("For 24 hours"), Some(1440)),
    ("at", key!("Until a time…"), None),
];

/// What is being asked about a hold.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    is_open: RwSignal<bool>,
    /// The word of the lane; empty for all.
    lane: RwSignal<String>,
    reason: RwSignal<String>,
    choice: RwSignal<String>,
    at: RwSignal<String>,
    refusal: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Hold {
    /// A closed dialog.
    pub(super) fn new() -> Self {
        Self {
            is_open: RwSignal::new(false),
            lane: RwSignal::new(String::new()),
            reason: RwSignal::new(String::new()),
            choice: RwSignal::new(String::new()),
            at: RwSignal::new(String::new()),
            refusal: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        }
    }

    /// Opens it for a lane, or for all.
    pub(super) fn ask(self, lane: Option<Lane>) {
        self.lane
            .set(lane.map(Lane::slug).unwrap_or_default().to_owned());
        self.refusal.set(None);
        self.is_open.set(true);
    }

    /// When the hold ends.
    fn end(self, now_ms: f64) -> End {
        let choice = self.choice.get();
        if choice == "at" {
            // A moment without a zone is read in the reader's.
            let at_ms = js_sys::Date::parse(&self.at.get());
            return if at_ms > now_ms {
                End::At(at_ms)
            } else {
                End::Past
            };
        }
        let chosen = CHOICES.into_iter().find(|(it, ..)| *it == choice);
        match chosen.and_then(|(_, _, minutes)| minutes) {
            Some(minutes) => End::At(now_ms + f64::from(minutes) * 60_000.0),
            None => End::Open,
        }
    }
}

/// When a hold ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// When somebody resumes it.
    Open,
    /// By itself at this moment, in milliseconds.
    At(f64),
    /// At a moment that has passed, or is none.
    Past,
}

const TO_COME: &str = key!("Choose a time that is still to come.");

/// The dialog.
#[component]
pub(super) fn PauseDialog(hold: Hold) -> impl IntoView {
    let queue = use_queue();
    let clock = use_clock();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if hold.is_busy.get_untracked() {
            return;
        }
        let now_ms = clock.server_now_ms();
        let until = match untrack(|| hold.end(now_ms)) {
            End::Open => None,
            End::At(at_ms) => Some(moment(at_ms)),
            End::Past => {
                hold.refusal.set(Some(said(TO_COME).to_owned()));
                return;
            }
        };
        let word = hold.lane.get_untracked();
        let lane = Lane::parse(&word);
        let reason = hold.reason.get_untracked().trim().to_owned();
        hold.is_busy.set(true);
        queue.pause(lane, reason, until, move |outcome| {
            hold.is_busy.set(false);
            match outcome {
                Ok(()) => {
                    hold.is_open.set(false);
                    hold.reason.set(String::new());
                }
                Err(why) => hold.refusal.set(Some(why)),
            }
        });
    };
    let hint = Signal::derive(move || match hold.end(clock.now_ms()) {
        End::At(at) => say!(
            "Goes on by itself: {time}.",
            time = written(at, Style::DateAndTime)
        ),
        End::Open => say!("Stays paused until somebody resumes it.").to_owned(),
        End::Past => said(TO_COME).to_owned(),
    });
    view! {
        <Dialog is_open=hold.is_open title=say!("Pause sending")>
            <form class="form" novalidate data-testid="pause-form" on:submit=submit>
                <p>
                    {say!(
                        "Nothing more is handed to Twilio from the lane. Messages are still accepted, and wait."
                    )}
                </p>
                <Select id="pause-lane" label=say!("Lane") value=hold.lane options=lane_options() />
                <Field
                    id="pause-reason"
                    label=say!("Reason")
                    entry=Entry::Line
                    value=hold.reason
                    hint=say!("Everybody sees it on every page.").to_owned()
                    is_first=true
                />
                <Select
                    id="pause-until"
                    label=say!("How long")
                    value=hold.choice
                    options=CHOICES.map(|(word, name, _)| (word, name)).to_vec()
                />
                {move || hold.choice.with(|it| it == "at").then(|| view! { <div class="field">
                        <label for="pause-at">{say!("Until")}</label>
                        <input
                            id="pause-at"
                            class="input"
                            type="datetime-local"
                            prop:value=hold.at
                            on:input=move |event| hold.at.set(event_target_value(&event))
                        />
                    </div> })}
                <p class="field__hint">{hint}</p>
                <p class="field__error" role="alert">
                    {move || hold.refusal.get()}
                </p>
                <footer class="form__foot">
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| hold.is_open.set(false)
                    >
                        {say!("Cancel")}
                    </button>
                    <button type="submit" class="button button--primary" data-testid="pause-submit">
                        <Glyph icon=Icon::Pause />
                        {say!("Pause")}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

fn lane_options() -> Vec<(&'static str, &'static str)> {
    let lanes = Lane::ALL.into_iter().map(|it| (it.slug(), it.label()));
    std::iter::once(("", say!("All lanes")))
        .chain(lanes)
        .collect()
}
