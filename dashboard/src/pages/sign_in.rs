//! Shown in place of every page while nobody is signed in: name and password, or the way to a one-time link.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::client,
    components::{
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::say::say,
    state::{
        keys::focus,
        live::use_live,
        page::use_title,
        session::{reload, use_session},
        tabs::{self, News},
    },
};

/// What is typed, and what became of it.
#[derive(Clone, Copy)]
pub(crate) struct Knock {
    name: RwSignal<String>,
    password: RwSignal<String>,
    is_busy: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
    /// What is done once it is open.
    opened: Callback<()>,
}

impl Knock {
    /// Nothing typed yet.
    pub(crate) fn new(opened: Callback<()>) -> Self {
        Self {
            opened,
            name: RwSignal::new(String::new()),
            password: RwSignal::new(String::new()),
            is_busy: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }

    /// Types the name in.
    pub(crate) fn call(self, name: String) {
        self.name.set(name);
    }

    fn send(self) {
        if self.is_busy.get_untracked() {
            return;
        }
        let (name, password) = (self.name.get_untracked(), self.password.get_untracked());
        if name.trim().is_empty() || password.is_empty() {
            self.refuse(say!("Type in your name and your password.").to_owned());
            return;
        }
        self.failure.set(None);
        self.is_busy.set(true);
        spawn_local(async move {
            match client::sign_in(&name, &password).await {
                Ok(Ok(())) => {
                    self.opened.try_run(());
                }
                Ok(Err(words)) => {
                    self.password.set(String::new());
                    self.refuse(words);
                }
                Err(error) => {
                    self.refuse(error.words());
                }
            }
            self.is_busy.set(false);
        });
    }

    fn refuse(self, words: String) {
        self.failure.set(Some(words));
        let is_named = self.name.with_untracked(|it| !it.trim().is_empty());
        focus(if is_named {
            "#sign-in-password"
        } else {
            "#sign-in-name"
        });
    }
}

/// Asks for name and password, and explains the one-time link.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    use_title(|| say!("Sign in").to_owned());
    // The page that was asked for, as somebody else; the other tabs as well.
    let knock = Knock::new(Callback::new(|()| {
        tabs::tell(News::SignedIn);
        reload();
    }));
    let session = use_session();
    let live = use_live();
    let again = move |_| {
        session.ask(move |is_good| {
            if is_good {
                live.start();
                live.wake();
            }
        });
    };
    view! {
        <div class="sign-in" data-testid="sign-in-needed">
            <h1 tabindex="-1">{say!("Sign in to Waybill")}</h1>
            <KnockForm knock=knock />
            <details class="sign-in__more">
                <summary>{say!("No password yet, or forgotten?")}</summary>
                <ol class="steps">
                    <li>
                        {say!(
                            "An administrator can make a link that signs this browser in, once. Then choose a new \
                             password."
                        )}
                    </li>
                    <li>
                        {say!("You run the server? It prints such a link when it starts, and ")}
                        <code>"waybill user link"</code> {say!(" prints a new one.")}
                    </li>
                </ol>
                <p>
                    <button type="button" class="button" on:click=again>
                        <Glyph icon=Icon::Retry />
                        {say!("I have signed in, try again")}
                    </button>
                </p>
            </details>
        </div>
    }
}

/// Name, password, and why not.
#[component]
pub(crate) fn KnockForm(
    /// What is typed.
    knock: Knock,
) -> impl IntoView {
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        knock.send();
    };
    view! {
        <form class="form sign-in__form" data-testid="sign-in" novalidate on:submit=submit>
            <Field id="sign-in-name" label=say!("Name") entry=Entry::User value=knock.name />
            <Field
                id="sign-in-password"
                label=say!("Password")
                entry=Entry::Password
                value=knock.password
            />
            <p class="field__error" role="alert" data-testid="sign-in-failure">
                {move || knock.failure.get()}
            </p>
            <button
                type="submit"
                class="button button--primary"
                aria-disabled=move || knock.is_busy.get().to_string()
            >
                <Glyph icon=Icon::Key />
                {move || if knock.is_busy.get() { say!("Signing in…") } else { say!("Sign in") }}
            </button>
        </form>
    }
}
