//! The tokens by which programs come in: made once, shown once, taken back at once.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::token_form::{Draft, TokenDialog};
use crate::{
    api::access::{self, Token},
    components::{
        confirm::{Confirm, Question},
        icon::{Glyph, Icon},
        list::{Cell, Column, List, Row, RowAct, Sort, Width},
        notice::Empty,
    },
    core::{
        expiry::{Standing, Times},
        query::pairs,
        say::{key, say},
        time::parse_ms,
        words::{Role, TokenScope},
    },
    pages::reading::{Deed, Loaded, Reading},
    route::Route,
    state::{
        clock::use_clock,
        page::use_title,
        session::{Session, use_session},
        toasts::use_toasts,
    },
};

const COLUMNS: &[Column] = &[
    Column {
        title: key!("Name"),
        kind: Width::Wide,
    },
    Column {
        title: key!("Begins with"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("May"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("State"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Last used"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Ends"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Made"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Actions"),
        kind: Width::Acts,
    },
];

/// The page at `/tokens`.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    use_title(|| say!("Tokens").to_owned());
    let tokens: RwSignal<Vec<Token>> = RwSignal::new(Vec::new());
    let reading = Reading::new();
    let read = Callback::new(move |()| {
        reading.begin();
        spawn_local(async move {
            let answer = access::tokens().await;
            reading.end(answer, |it| tokens.set(it));
        });
    });
    read.run(());
    reading.mend_by(read);
    let session = use_session();
    let draft: RwSignal<Option<Draft>> = RwSignal::new(None);
    let obstacle = move || session.obstacle(Role::Admin);
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Tokens")}</h1>
            <button
                type="button"
                class="button button--primary head__act"
                data-testid="create-token"
                disabled=move || obstacle().is_some()
                title=obstacle
                on:click=move |_| draft.set(Some(Draft::default()))
            >
                <Glyph icon=Icon::Plus />
                {say!("Create token")}
            </button>
        </div>
        <Loaded reading=reading on_retry=read>
            <Tokens tokens=tokens draft=draft read=read />
        </Loaded>
        <TokenDialog draft=draft made=read />
    }
}

#[component]
fn Tokens(
    tokens: RwSignal<Vec<Token>>,
    draft: RwSignal<Option<Draft>>,
    read: Callback<()>,
) -> impl IntoView {
    let clock = use_clock();
    let session = use_session();
    let search = use_location().search;
    let shows_all = Memo::new(move |_| {
        search.with(|it| pairs(it).contains(&("show".to_owned(), "all".to_owned())))
    });
    let rows = Memo::new(move |_| {
        let now_ms = clock.now_ms();
        let standing = |it: &&Token| shows_all.get() || !standing(it, now_ms).is_over();
        tokens.with(|it| {
            it.iter()
                .filter(standing)
                .map(|it| row(it, now_ms, session))
                .collect::<Vec<_>>()
        })
    });
    let count = move |all: bool| {
        let now_ms = clock.now_ms();
        tokens.with(|it| {
            it.iter()
                .filter(|it| all || !standing(it, now_ms).is_over())
                .count()
        })
    };
    let link = move |label: &'static str, all: bool| {
        let own = Route::Tokens.href();
        let href = if all { own + "?show=all" } else { own };
        view! {
            <a
                class="views__link"
                href=href
                aria-current=move || (shows_all.get() == all).then_some("true")
            >
                {label}
                " "
                {move || count(all)}
            </a>
        }
    };
    let (question, ask) = revoking(tokens, read);
    let on_act = Callback::new(move |(id, word): (String, &'static str)| {
        let token = tokens.with_untracked(|it| it.iter().find(|it| it.id.inner() == id).cloned());
        match (token, word) {
            (Some(token), "revoke") => ask.run(token),
            (Some(token), _) => draft.set(Some(Draft::like(&token))),
            (None, _) => {}
        }
    });
    view! {
        <nav class="views views--page" aria-label=say!("Views")>
            {link(say!("In use"), false)}
            {link(say!("All"), true)}
        </nav>
        <section class="panel" aria-label=say!("Tokens")>
            <Show
                when=move || rows.with(|it| !it.is_empty())
                fallback=move || view! { <NoToken is_first=tokens.with(Vec::is_empty) /> }
            >
                <List
                    caption=say!("Tokens, newest first")
                    columns=COLUMNS
                    rows=rows
                    now_ms=Signal::derive(move || clock.now_ms())
                    hook="token-row"
                    on_act=on_act
                />
            </Show>
        </section>
        {question}
    }
}

/// The question before a token is taken back, and the way to ask it.
fn revoking(tokens: RwSignal<Vec<Token>>, read: Callback<()>) -> (AnyView, Callback<Token>) {
    let toasts = use_toasts();
    let deed = Deed::new();
    let question: RwSignal<Option<Question>> = RwSignal::new(None);
    let asked: RwSignal<Option<String>> = RwSignal::new(None);
    let ask = Callback::new(move |token: Token| {
        deed.forget();
        asked.set(Some(token.id.into_inner()));
        question.set(Some(Question {
            title: say!("Revoke the token “{name}”?", name = token.name),
            lines: vec![
                say!(
                    "Programs that use it are refused at once, and what it opened closes within a second."
                )
                .to_owned(),
                say!("It can't be taken back: make another one instead.").to_owned(),
            ],
            act: say!("Revoke token").to_owned(),
        }));
    });
    let yes = Callback::new(move |()| {
        let Some(id) = asked.get_untracked() else {
            return;
        };
        let name = tokens.with_untracked(|it| {
            let own = it.iter().find(|it| it.id.inner() == id);
            own.map(|it| it.name.clone()).unwrap_or_default()
        });
        deed.run(access::revoke_token(id), move |()| {
            question.set(None);
            toasts.say(say!("The token “{name}” is revoked.", name), None);
            read.run(());
        });
    });
    let view = view! {
        <Confirm question=question is_busy=deed.is_busy failure=Signal::derive(move || deed.problem()) on_yes=yes />
    }
    .into_any();
    (view, ask)
}

fn standing(token: &Token, now_ms: f64) -> Standing {
    let ms =
        |it: &Option<crate::core::words::Timestamp>| it.as_ref().and_then(|it| parse_ms(&it.0));
    let times = Times {
        created: parse_ms(&token.created_at.0).unwrap_or(now_ms),
        expires: ms(&token.expires_at),
        used: ms(&token.last_used_at),
        revoked: ms(&token.revoked_at),
    };
    Standing::of(times, now_ms)
}

fn row(token: &Token, now_ms: f64, session: Session) -> Row {
    let standing = standing(token, now_ms);
    let sort = match standing {
        Standing::Active => Sort::Good,
        Standing::EndsIn(_) | Standing::Unused(_) => Sort::Warn,
        Standing::Ended | Standing::Revoked => Sort::Plain,
    };
    let scope = match token.scope {
        TokenScope::Read => Sort::Plain,
        TokenScope::Send => Sort::Busy,
        TokenScope::Manage => Sort::Plan,
    };
    let obstacle = session.obstacle(Role::Admin);
    let act = |label, word| RowAct {
        label,
        word,
        obstacle,
    };
    let mut acts = vec![act(say!("Replace…"), "replace")];
    if standing != Standing::Revoked {
        acts.push(act(say!("Revoke…"), "revoke"));
    }
    let time = |it: &Option<crate::core::words::Timestamp>, never: &str| match it {
        Some(it) => Cell::Time(it.0.clone()),
        None => Cell::Faint(never.to_owned()),
    };
    Row {
        id: token.id.inner().to_owned(),
        state: standing.name(),
        is_over: standing.is_over(),
        cells: vec![
            Cell::Text(token.name.clone()),
            Cell::Mono(format!("{}…", token.prefix)),
            Cell::Badges(vec![(scope, token.scope.label().to_owned())]),
            Cell::Badges(vec![(sort, standing.label())]),
            time(&token.last_used_at, say!("never")),
            time(&token.expires_at, say!("never")),
            Cell::Time(token.created_at.0.clone()),
            Cell::Acts(acts),
        ],
    }
}

#[component]
fn NoToken(is_first: bool) -> impl IntoView {
    let title = if is_first {
        say!("No token yet")
    } else {
        say!("No token is in use")
    };
    view! {
        <Empty icon=Icon::Key title=title.to_owned()>
            <p>
                {say!(
                    "A token lets a program send and read by the API. People sign in by name and password instead."
                )}
            </p>
            <p class="empty__acts">
                <a class="button" href=Route::GraphiQl.href() rel="external">
                    <Glyph icon=Icon::Braces />
                    {say!("Look at the API")}
                </a>
            </p>
        </Empty>
    }
}
