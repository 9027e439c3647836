//! The people who may sign in.

use leptos::{prelude::*, task::spawn_local};

use super::{
    link::{LinkDialog, OneTimeLink},
    user_form::UserDialog,
};
use crate::{
    api::access::{self, User},
    components::{
        icon::{Glyph, Icon},
        list::{Cell, Column, List, Row, Sort, Width},
    },
    core::{
        say::{key, say},
        words::Role,
    },
    pages::reading::{Loaded, Reading},
    route::Route,
    state::{
        clock::use_clock,
        page::use_title,
        session::{Session, use_session},
    },
};

const COLUMNS: &[Column] = &[
    Column {
        title: key!("Name"),
        kind: Width::Wide,
    },
    Column {
        title: key!("Role"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Comes in by"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("State"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Added"),
        kind: Width::Narrow,
    },
];

/// The page at `/users`.
#[component]
pub(crate) fn UsersPage() -> impl IntoView {
    use_title(|| say!("Users").to_owned());
    let users: RwSignal<Vec<User>> = RwSignal::new(Vec::new());
    let reading = Reading::new();
    let read = Callback::new(move |()| {
        reading.begin();
        spawn_local(async move {
            let answer = access::users().await;
            reading.end(answer, |it| users.set(it));
        });
    });
    read.run(());
    reading.mend_by(read);
    let session = use_session();
    let clock = use_clock();
    let is_open = RwSignal::new(false);
    let link: RwSignal<Option<OneTimeLink>> = RwSignal::new(None);
    let obstacle = move || session.obstacle(Role::Admin);
    let rows = Memo::new(move |_| {
        users.with(|it| it.iter().map(|it| row(it, session)).collect::<Vec<_>>())
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Users")}</h1>
            <button
                type="button"
                class="button button--primary head__act"
                data-testid="create-user"
                disabled=move || obstacle().is_some()
                title=obstacle
                on:click=move |_| is_open.set(true)
            >
                <Glyph icon=Icon::Plus />
                {say!("Invite user")}
            </button>
        </div>
        <Loaded reading=reading on_retry=read>
            <section class="panel" aria-label=say!("Users")>
                <List
                    caption=say!("Users, by name")
                    columns=COLUMNS
                    rows=rows
                    now_ms=Signal::derive(move || clock.now_ms())
                    hook="user-row"
                    on_act=Callback::new(|_| ())
                />
            </section>
        </Loaded>
        <UserDialog
            is_open=is_open
            made=Callback::new(move |it| {
                read.run(());
                link.set(Some(it));
            })
        />
        <LinkDialog link=link />
    }
}

fn row(user: &User, session: Session) -> Row {
    let id = user.id.inner().to_owned();
    let is_me = session.viewer().is_some_and(|it| it.id == user.id);
    let (state, mut badges) = match user.disabled_at {
        Some(_) => ("disabled", vec![(Sort::Bad, say!("Kept out").to_owned())]),
        None => ("active", vec![(Sort::Good, say!("May come in").to_owned())]),
    };
    if is_me {
        badges.push((Sort::Busy, say!("You").to_owned()));
    }
    let role = match user.role {
        Role::Viewer => Sort::Plain,
        Role::Operator => Sort::Busy,
        Role::Admin => Sort::Plan,
    };
    let way = if user.has_password {
        say!("Password")
    } else {
        say!("One-time links")
    };
    Row {
        state,
        is_over: user.disabled_at.is_some(),
        cells: vec![
            Cell::Title(Route::User(id.clone()).href(), user.name.clone()),
            Cell::Badges(vec![(role, user.role.label().to_owned())]),
            Cell::Text(way.to_owned()),
            Cell::Badges(badges),
            Cell::Time(user.created_at.0.clone()),
        ],
        id,
    }
}
