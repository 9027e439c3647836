//! What a plain page reads, and its faces: cold, refetch, failed, forbidden, data. In one place.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{access::Answer, error::ApiError, messages::UserError},
    components::{
        icon::Icon,
        notice::{Empty, Failure},
        when::{Style, written},
    },
    core::{say::say, words::sentence},
    state::{
        live::use_live,
        session::{Session, use_session},
    },
};

/// Where reading stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    Reading,
    Done,
    Failed(ApiError),
}

/// The state of one read, without what was read.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) load: RwSignal<Load>,
    /// When it was last read, browser's clock; `None` before the first answer.
    pub(crate) read_at_ms: RwSignal<Option<f64>>,
    session: Session,
}

impl Reading {
    /// Nothing is read yet.
    pub(crate) fn new() -> Self {
        Self {
            load: RwSignal::new(Load::Reading),
            read_at_ms: RwSignal::new(None),
            session: use_session(),
        }
    }

    /// A request left.
    pub(crate) fn begin(self) {
        self.load.try_set(Load::Reading);
    }

    /// Its answer is here; `take` keeps it.
    pub(crate) fn end<T>(self, answer: Result<T, ApiError>, take: impl FnOnce(T)) {
        if self.load.is_disposed() {
            return;
        }
        match answer {
            Ok(value) => {
                take(value);
                self.read_at_ms.set(Some(js_sys::Date::now()));
                self.load.set(Load::Done);
            }
            Err(ApiError::Aborted) => {}
            Err(error) => {
                self.session.note(&error);
                self.load.set(Load::Failed(error));
            }
        }
    }

    /// Reads again when the connection comes back, if that was what failed.
    pub(crate) fn mend_by(self, read: Callback<()>) {
        use_live().when_back(move || {
            let has_failed = |it: &Load| matches!(it, Load::Failed(ApiError::Unreachable));
            if self.load.with_untracked(has_failed) {
                read.run(());
            }
        });
    }
}

/// A page's content with its other faces.
#[component]
pub(crate) fn Loaded(
    /// The state.
    reading: Reading,
    /// Reads again.
    on_retry: Callback<()>,
    /// The content, drawn once there is something.
    children: ChildrenFn,
) -> impl IntoView {
    let failure = Memo::new(move |_| match reading.load.get() {
        Load::Failed(error) => Some(error),
        Load::Reading | Load::Done => None,
    });
    let has_data = Memo::new(move |_| reading.read_at_ms.with(Option::is_some));
    let is_reading = move || reading.load.get() == Load::Reading;
    let children = StoredValue::new(children);
    view! {
        <div class="progress" class:is-on=move || is_reading() && has_data.get()></div>
        {move || failure.get().map(|error| failed(error, reading, on_retry))}
        <div
            class="loaded"
            class:is-old=move || failure.with(Option::is_some)
            aria-busy=move || is_reading().to_string()
        >
            {move || match (has_data.get(), failure.with(Option::is_some)) {
                (true, _) => children.with_value(|it| it()),
                (false, true) => ().into_any(),
                (false, false) => view! { <Bones /> }.into_any(),
            }}
        </div>
    }
}

/// A page that is not for this role.
#[component]
pub(super) fn Forbidden(cause: String) -> impl IntoView {
    view! {
        <div data-testid="forbidden">
            <Empty icon=Icon::Ban title=say!("Your role may not read this page").to_owned()>
                <p>{cause}</p>
                <p>{say!("An administrator can give you another role, on the page Users.")}</p>
            </Empty>
        </div>
    }
}

fn failed(error: ApiError, reading: Reading, on_retry: Callback<()>) -> AnyView {
    if let ApiError::Forbidden(cause) = &error {
        let cause = say!(
            "The server says: {cause}.",
            cause = cause.trim_end_matches('.')
        );
        return view! { <Forbidden cause=cause /> }.into_any();
    }
    let old = reading
        .read_at_ms
        .get_untracked()
        .map(|it| written(it, Style::Clock));
    let cause = match old {
        Some(time) => say!(
            "{cause} Below is what it said at {time}.",
            cause = error.cause(),
            time
        ),
        None => error.cause(),
    };
    view! {
        <Failure
            cause=cause
            next_step=error.next_step()
            request_id=error.request_id().map(ToOwned::to_owned)
            on_retry=on_retry
        />
    }
    .into_any()
}

/// The skeleton of a plain page.
#[component]
pub(crate) fn Bones() -> impl IntoView {
    let bones = (0..6).map(|_| view! { <span class="bone"></span> });
    view! {
        <div class="panel panel--bone" aria-hidden="true">
            {bones.collect_view()}
        </div>
    }
}

/// One act on the server: whether it is on its way, and why it failed.
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    pub(crate) is_busy: RwSignal<bool>,
    pub(crate) failure: RwSignal<Option<String>>,
    /// The input field that was refused, and why.
    pub(crate) refused: RwSignal<Option<(String, String)>>,
    session: Session,
}

impl Deed {
    /// Nothing is being done.
    pub(crate) fn new() -> Self {
        Self {
            is_busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            refused: RwSignal::new(None),
            session: use_session(),
        }
    }

    /// Nothing went wrong so far.
    pub(crate) fn forget(self) {
        self.failure.set(None);
        self.refused.set(None);
    }

    /// Whatever went wrong, where no field shows it.
    pub(crate) fn problem(self) -> Option<String> {
        let refused = self.refused.with(|it| it.as_ref().map(|it| it.1.clone()));
        self.failure.get().or(refused)
    }

    /// Why a field was refused, if it was.
    pub(crate) fn refusal_of(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.refused.with(|it| {
                let own = it.as_ref().filter(|(name, _)| name == field);
                own.map(|(_, message)| message.clone())
            })
        })
    }

    /// Does it once, however often the button is pressed; then `then`, if it was done.
    pub(crate) fn run<T: 'static>(
        self,
        work: impl Future<Output = Answer<T>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.run_boxed(Box::pin(work), Box::new(then));
    }

    /// Apart from [`Self::run`]: it is in the program once a kind of answer, not once a button.
    fn run_boxed<T: 'static>(
        self,
        work: Pin<Box<dyn Future<Output = Answer<T>>>>,
        then: Box<dyn FnOnce(T)>,
    ) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.forget();
        spawn_local(async move {
            let answer = work.await;
            if self.is_busy.is_disposed() {
                return;
            }
            self.is_busy.set(false);
            match answer {
                Ok(Ok(value)) => then(value),
                Ok(Err(errors)) => self.refuse(&errors),
                Err(error) => self.fail(&error),
            }
        });
    }

    fn fail(self, error: &ApiError) {
        self.session.note(error);
        self.failure.set(Some(error.words()));
    }

    fn refuse(self, errors: &[UserError]) {
        let field = |it: &UserError| it.field.as_ref().and_then(|it| it.last().cloned());
        let first = errors
            .iter()
            .find_map(|it| Some((field(it)?, sentence(&it.message))));
        let rest: Vec<String> = errors
            .iter()
            .filter(|it| first.is_none() || field(it).is_none())
            .map(|it| sentence(&it.message))
            .collect();
        self.refused.set(first);
        self.failure.set((!rest.is_empty()).then(|| rest.join(" ")));
    }
}
