//! Sending one message by hand. The dialog never claims more than the server said.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::messages::{self, UserError},
    components::{
        dialog::Dialog,
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::{say::say, words::Environment},
    route::Route,
    state::{
        keys::focus,
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
};

/// Twilio's limit for one body, in characters.
const LONGEST_BODY: usize = 1600;

/// What is being written, and what the server said about it.
#[derive(Clone, Copy)]
struct Draft {
    to: RwSignal<String>,
    body: RwSignal<String>,
    /// The same draft is never sent twice, however often the button is pressed.
    key: RwSignal<String>,
    is_sending: RwSignal<bool>,
    errors: RwSignal<Vec<UserError>>,
    failure: RwSignal<Option<String>>,
    session: Session,
    toasts: Toasts,
}

impl Draft {
    fn new() -> Self {
        Self {
            to: RwSignal::new(String::new()),
            body: RwSignal::new(String::new()),
            key: RwSignal::new(fresh_key()),
            is_sending: RwSignal::new(false),
            errors: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            session: use_session(),
            toasts: use_toasts(),
        }
    }

    fn send(self, is_open: RwSignal<bool>, sent: Callback<String>) {
        if self.is_sending.get_untracked() {
            return;
        }
        self.errors.set(Vec::new());
        self.failure.set(None);
        let (to, body) = (self.to.get_untracked(), self.body.get_untracked());
        let broken = broken_rules(&body);
        if !broken.is_empty() {
            self.refuse(broken);
            return;
        }
        self.is_sending.set(true);
        let key = self.key.get_untracked();
        spawn_local(async move {
            match messages::send(to.clone(), body, key).await {
                Ok(Ok(id)) => {
                    let href = Route::Message(id.clone()).href();
                    self.toasts.say(say!("Queued for {to}", to), Some(href));
                    self.body.set(String::new());
                    self.key.set(fresh_key());
                    is_open.set(false);
                    sent.try_run(id);
                }
                Ok(Err(errors)) => {
                    self.key.set(fresh_key());
                    self.refuse(errors);
                }
                Err(error) => {
                    self.session.note(&error);
                    self.failure.set(Some(error.words()));
                }
            }
            self.is_sending.set(false);
        });
    }

    /// Shows what is wrong and leads there.
    fn refuse(self, errors: Vec<UserError>) {
        let is_about_number = errors.first().is_some_and(|it| names(it, "to"));
        self.errors.set(errors);
        focus(if is_about_number {
            "#compose-to"
        } else {
            "#compose-body"
        });
    }

    /// What the server said about one field.
    fn error_of(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors.with(|it| {
                it.iter()
                    .find(|error| names(error, field))
                    .map(|it| it.message.clone())
            })
        })
    }

    /// What it said about none of ours.
    fn other_errors(self) -> Option<String> {
        let others = self.errors.with(|it| {
            let is_other = |error: &&UserError| !names(error, "to") && !names(error, "body");
            it.iter()
                .filter(is_other)
                .map(|it| it.message.clone())
                .collect::<Vec<_>>()
        });
        let others = others
            .into_iter()
            .chain(self.failure.get())
            .collect::<Vec<_>>()
            .join(" ");
        (!others.is_empty()).then_some(others)
    }
}

/// What can be said of a text before the server is asked, in this dialog's words.
fn broken_rules(body: &str) -> Vec<UserError> {
    let over = length(body).saturating_sub(LONGEST_BODY);
    let message = if body.trim().is_empty() {
        say!("Write something first.").to_owned()
    } else if over > 0 {
        say!(
            "Too long by {over}: Twilio takes {most} characters.",
            over,
            most = LONGEST_BODY
        )
    } else {
        return Vec::new();
    };
    let field = Some(vec!["body".to_owned()]);
    vec![UserError { field, message }]
}

/// As the server counts: UTF-16 code units, so that most emoji are two.
fn length(body: &str) -> usize {
    body.encode_utf16().count()
}

fn names(error: &UserError, field: &str) -> bool {
    error
        .field
        .as_ref()
        .and_then(|it| it.last())
        .is_some_and(|it| it == field)
}

/// Unique enough for one person's drafts.
fn fresh_key() -> String {
    format!(
        "dashboard-{}-{:.0}",
        js_sys::Date::now(),
        js_sys::Math::random() * 1e15
    )
}

/// The dialog behind "Send message".
#[component]
pub(super) fn ComposeDialog(
    /// Whether it is open.
    is_open: RwSignal<bool>,
    /// Told the id of each message it sent.
    sent: Callback<String>,
) -> impl IntoView {
    let draft = Draft::new();
    let count = Signal::derive(move || {
        let used = draft.body.with(|it| length(it));
        say!(
            "{used} of {most} characters. *bold* _italic_ ~struck~ work as in WhatsApp.",
            used,
            most = LONGEST_BODY
        )
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        draft.send(is_open, sent);
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            draft.send(is_open, sent);
        }
    };
    view! {
        <Dialog is_open=is_open title=say!("Send a message")>
            <form class="form" data-testid="compose" novalidate on:submit=submit on:keydown=keys>
                <Field
                    id="compose-to"
                    label=say!("To")
                    entry=Entry::Phone
                    is_first=true
                    value=draft.to
                    hint=say!("A WhatsApp number with country code, +9779800000001").to_owned()
                    error=draft.error_of("to")
                />
                <Field
                    id="compose-body"
                    label=say!("Message")
                    entry=Entry::Text
                    value=draft.body
                    hint=count
                    error=draft.error_of("body")
                />
                <p class="field__error" role="alert">
                    {move || draft.other_errors()}
                </p>
                <footer class="form__foot">
                    <Warning session=draft.session />
                    <button type="button" class="button" on:click=move |_| is_open.set(false)>
                        {say!("Cancel")}
                    </button>
                    <button
                        type="submit"
                        class="button button--primary"
                        aria-disabled=move || draft.is_sending.get().to_string()
                    >
                        <Glyph icon=Icon::Send />
                        {move || {
                            if draft.is_sending.get() {
                                say!("Sending…")
                            } else {
                                say!("Send message")
                            }
                        }}
                        <kbd>"Ctrl ⏎"</kbd>
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

/// Whom it reaches.
#[component]
fn Warning(session: Session) -> impl IntoView {
    let words = move || match session.environment() {
        Some(Environment::Live) => say!("LIVE: this reaches a real person."),
        Some(Environment::TestNumber) => say!("TEST NUMBER: only joined phones get it."),
        Some(Environment::Simulated) => say!("SIMULATED: nothing leaves this server."),
        None => "",
    };
    view! { <p class="form__note faint">{words}</p> }
}
