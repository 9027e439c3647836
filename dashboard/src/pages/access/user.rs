//! One user: name and role, sessions, ways in, and keeping them out.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;

use super::{
    link::{LinkDialog, OneTimeLink},
    sessions::Sessions,
    user_form::Profile,
};
use crate::{
    api::access::{self, UpdateUserInput, User},
    components::{
        badge::Badge,
        confirm::{Confirm, Question},
        icon::{Glyph, Icon},
        list::Sort,
        notice::Empty,
    },
    core::{query::join, say::say},
    pages::reading::{Deed, Loaded, Reading},
    route::Route,
    state::{page::use_title, toasts::use_toasts},
};

/// The page at `/users/{id}`.
#[component]
pub(crate) fn UserPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id").unwrap_or_default()));
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
    let user = Memo::new(move |_| {
        users.with(|it| {
            it.iter()
                .find(|it| id.with(|id| it.id.inner() == id))
                .cloned()
        })
    });
    use_title(move || match user.get() {
        Some(it) => say!("{name}, user", name = it.name),
        None => say!("User").to_owned(),
    });
    view! {
        <a class="back" href=Route::Users.href()>
            <Glyph icon=Icon::ArrowLeft />
            {say!("Users")}
        </a>
        <div class="head">
            <h1 tabindex="-1" dir="auto">
                {move || user.get().map_or_else(|| say!("User").to_owned(), |it| it.name)}
            </h1>
            {move || user.get().map(|it| view! { <State user=it /> })}
            <a
                class="button head__act"
                href=move || {
                    Route::Audit.href() + &join(&[("target".to_owned(), id.get())])
                }
            >
                <Glyph icon=Icon::Scroll />
                {say!("What was done to them")}
            </a>
        </div>
        <Loaded reading=reading on_retry=read>
            {move || match user.get() {
                Some(it) => {
                    view! {
                        <div class="two" data-testid="user-detail">
                            <div class="two__main">
                                <Profile user=it.clone() changed=read />
                                <Sessions user_id=Some(it.id.inner().to_owned()) />
                            </div>
                            <Ways user=it changed=read />
                        </div>
                    }
                        .into_any()
                }
                None => view! { <Nowhere /> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn State(user: User) -> impl IntoView {
    let (sort, label) = match user.disabled_at {
        Some(_) => (Sort::Bad, say!("Kept out")),
        None => (Sort::Good, say!("May come in")),
    };
    let (tone, icon) = sort.look();
    view! { <Badge tone=tone icon=icon label=label.to_owned() /> }
}

/// What is asked about, and done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Link,
    Reset,
    Disable,
    Enable,
}

impl Way {
    fn question(self, name: &str) -> Option<Question> {
        let (title, lines, act) = match self {
            Self::Link | Self::Enable => return None,
            Self::Reset => (
                say!("Take {name}'s password away?", name),
                say!(
                    "They are signed out everywhere and come in by a one-time link, which you get next."
                ),
                say!("Reset password"),
            ),
            Self::Disable => (
                say!("Keep {name} out?", name),
                say!(
                    "They are signed out at once and can't sign in until you let them in again. What they did stays."
                ),
                say!("Keep out"),
            ),
        };
        Some(Question {
            title,
            lines: vec![lines.to_owned()],
            act: act.to_owned(),
        })
    }
}

#[component]
fn Ways(user: User, changed: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let deed = Deed::new();
    let question: RwSignal<Option<Question>> = RwSignal::new(None);
    let asked: RwSignal<Option<Way>> = RwSignal::new(None);
    let link: RwSignal<Option<OneTimeLink>> = RwSignal::new(None);
    let is_disabled = user.disabled_at.is_some();
    let way_in = if user.has_password {
        say!("They sign in by name and password.")
    } else {
        say!("They have no password: they come in by one-time links, and may choose one then.")
    };
    let (id, name) = (
        StoredValue::new(user.id.into_inner()),
        StoredValue::new(user.name),
    );
    let work = move |way: Way| {
        let id = id.get_value();
        let show = move |path| {
            question.set(None);
            link.set(Some(OneTimeLink {
                name: name.get_value(),
                path,
            }));
        };
        let done = move |words: &'static str| {
            question.set(None);
            toasts.say(words, None);
            changed.run(());
        };
        let put = |is_disabled| UpdateUserInput {
            is_disabled: Some(is_disabled),
            ..UpdateUserInput::default()
        };
        match way {
            Way::Link => deed.run(access::create_sign_in_link(id), show),
            Way::Reset => deed.run(access::reset_password(id), show),
            Way::Disable => deed.run(access::update_user(id, put(true)), move |()| {
                done(say!("They are kept out."));
            }),
            Way::Enable => deed.run(access::update_user(id, put(false)), move |()| {
                done(say!("They may come in again."));
            }),
        }
    };
    let choose = move |way: Way| {
        deed.forget();
        match way.question(&name.get_value()) {
            Some(it) => {
                asked.set(Some(way));
                question.set(Some(it));
            }
            None => work(way),
        }
    };
    let button = move |way: Way, icon: Icon, label: &'static str, hook: &'static str| {
        view! {
            <button
                type="button"
                class="button"
                data-testid=hook
                aria-disabled=move || deed.is_busy.get().to_string()
                on:click=move |_| choose(way)
            >
                <Glyph icon=icon />
                {label}
            </button>
        }
    };
    let failure = move || question.with(Option::is_none).then(|| deed.problem());
    view! {
        <section class="panel" aria-labelledby="ways-title">
            <h2 id="ways-title" class="panel__title">
                {say!("Ways in")}
            </h2>
            <div class="form panel__form">
                <p>{way_in}</p>
                {button(Way::Link, Icon::Link, say!("Make a sign-in link"), "make-link")}
                {button(Way::Reset, Icon::Key, say!("Reset password…"), "reset-password")}
                {if is_disabled {
                    button(Way::Enable, Icon::Check, say!("Let in again"), "enable-user").into_any()
                } else {
                    button(Way::Disable, Icon::Ban, say!("Keep out…"), "disable-user").into_any()
                }}
                <p class="field__error" role="alert" data-testid="ways-failure">
                    {failure}
                </p>
            </div>
        </section>
        <Confirm
            question=question
            is_busy=deed.is_busy
            failure=Signal::derive(move || deed.problem())
            on_yes=Callback::new(move |()| {
                if let Some(way) = asked.get_untracked() {
                    work(way);
                }
            })
        />
        <LinkDialog link=link />
    }
}

#[component]
fn Nowhere() -> impl IntoView {
    view! {
        <Empty icon=Icon::Search title=say!("There is no such user").to_owned()>
            <p>
                <a class="button button--primary" href=Route::Users.href()>
                    {say!("Go to Users")}
                </a>
            </p>
        </Empty>
    }
}
