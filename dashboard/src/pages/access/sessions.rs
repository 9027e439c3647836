//! The browsers in which somebody is signed in: oneself, or for administrators anybody.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::access::{self, SignedIn},
    components::{
        confirm::{Confirm, Question},
        icon::{Glyph, Icon},
        list::{Cell, Column, List, Row, RowAct, Sort, Width},
    },
    core::{
        agent::short,
        say::{key, say},
    },
    pages::reading::{Deed, Loaded, Reading},
    state::{
        clock::use_clock,
        session::reload,
        tabs::{self, News},
        toasts::use_toasts,
    },
};

const COLUMNS: &[Column] = &[
    Column {
        title: key!("Browser"),
        kind: Width::Wide,
    },
    Column {
        title: key!("Address"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Signed in"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Last used"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Ends unused"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Actions"),
        kind: Width::Acts,
    },
];

/// The panel.
#[component]
pub(super) fn Sessions(
    /// Whose; one's own without it.
    #[prop(optional_no_strip)]
    user_id: Option<String>,
) -> impl IntoView {
    let clock = use_clock();
    let toasts = use_toasts();
    let sessions: RwSignal<Vec<SignedIn>> = RwSignal::new(Vec::new());
    let reading = Reading::new();
    let whose = StoredValue::new(user_id);
    let is_own = whose.with_value(Option::is_none);
    let read = Callback::new(move |()| {
        reading.begin();
        spawn_local(async move {
            let answer = access::sessions(whose.get_value()).await;
            reading.end(answer, |it| sessions.set(it));
        });
    });
    read.run(());
    reading.mend_by(read);
    let one = Deed::new();
    let on_act = Callback::new(move |(id, _): (String, &'static str)| {
        one.run(access::revoke_session(id), move |()| {
            toasts.say(say!("The session has ended."), None);
            read.run(());
        });
    });
    Effect::new(move |_| {
        if let Some(failure) = one.problem() {
            toasts.fail(failure);
        }
    });
    let (question, ask) = ending_all(whose, read);
    let rows = Memo::new(move |_| sessions.with(|it| it.iter().map(row).collect::<Vec<_>>()));
    view! {
        <section class="panel" aria-labelledby="sessions-title">
            <h2 id="sessions-title" class="panel__title">
                {say!("Sessions")}
                <span class="panel__count">{move || sessions.with(Vec::len)}</span>
                <button
                    type="button"
                    class="button button--quiet panel__act"
                    data-testid="end-all-sessions"
                    disabled=move || sessions.with(Vec::is_empty)
                    on:click=move |_| ask.run(())
                >
                    <Glyph icon=Icon::LogOut />
                    {if is_own { say!("Sign out everywhere…") } else { say!("End all…") }}
                </button>
            </h2>
            <Loaded reading=reading on_retry=read>
                <Show
                    when=move || rows.with(|it| !it.is_empty())
                    fallback=|| {
                        view! { <p class="panel__text faint">{say!("Signed in nowhere.")}</p> }
                    }
                >
                    <List
                        caption=say!("Sessions, newest first")
                        columns=COLUMNS
                        rows=rows
                        now_ms=Signal::derive(move || clock.now_ms())
                        hook="session-row"
                        on_act=on_act
                    />
                </Show>
            </Loaded>
        </section>
        {question}
    }
}

/// The question before all sessions end, and the way to ask it.
fn ending_all(whose: StoredValue<Option<String>>, read: Callback<()>) -> (AnyView, Callback<()>) {
    let toasts = use_toasts();
    let deed = Deed::new();
    let question: RwSignal<Option<Question>> = RwSignal::new(None);
    let is_own = whose.with_value(Option::is_none);
    let (title, act) = if is_own {
        (say!("Sign out everywhere?"), say!("Sign out everywhere"))
    } else {
        (say!("End all their sessions?"), say!("End all sessions"))
    };
    let ask = Callback::new(move |()| {
        deed.forget();
        let line = if is_own {
            say!("Every browser has to sign in again, this one too.")
        } else {
            say!("Every browser of theirs has to sign in again. Their password stays.")
        };
        question.set(Some(Question {
            title: title.to_owned(),
            lines: vec![line.to_owned()],
            act: act.to_owned(),
        }));
    });
    let yes = Callback::new(move |()| {
        deed.run(access::sign_out_everywhere(whose.get_value()), move |()| {
            question.set(None);
            if is_own {
                tabs::tell(News::SignedOut);
                reload();
            } else {
                toasts.say(say!("All their sessions have ended."), None);
                read.run(());
            }
        });
    });
    let view = view! {
        <Confirm question=question is_busy=deed.is_busy failure=Signal::derive(move || deed.problem()) on_yes=yes />
    }
    .into_any();
    (view, ask)
}

fn row(session: &SignedIn) -> Row {
    let agent = session.user_agent.as_deref().map(short);
    let agent = agent.unwrap_or_else(|| say!("A browser without a name").to_owned());
    let (last, act) = if session.is_current {
        let here = Cell::Badges(vec![(Sort::Good, say!("This one").to_owned())]);
        (here, Cell::Text(String::new()))
    } else {
        let last = session.last_used_at.as_ref();
        let last = last.map_or(Cell::Faint(say!("never").to_owned()), |it| {
            Cell::Time(it.0.clone())
        });
        let act = RowAct {
            label: say!("End"),
            word: "end",
            obstacle: None,
        };
        (last, Cell::Acts(vec![act]))
    };
    let client = session.client.clone();
    Row {
        id: session.id.inner().to_owned(),
        state: if session.is_current {
            "current"
        } else {
            "other"
        },
        is_over: false,
        cells: vec![
            Cell::Text(agent),
            client.map_or(Cell::Nothing, Cell::Mono),
            Cell::Time(session.created_at.0.clone()),
            last,
            Cell::Time(session.expires_at.0.clone()),
            act,
        ],
    }
}
