//! Oneself: who one is here, one's password, and where one is signed in.

use leptos::{ev, prelude::*};

use super::sessions::Sessions;
use crate::{
    api::access,
    components::{
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::{say::say, words::Role},
    pages::reading::Deed,
    state::{page::use_title, session::use_session, toasts::use_toasts},
};

/// The page at `/account`.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    use_title(|| say!("Account").to_owned());
    let session = use_session();
    let name = move || session.viewer().map(|it| it.name);
    let role = move || session.role().map(Role::label);
    let may = move || session.role().map(Role::meaning);
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Account")}</h1>
        </div>
        <div class="two" data-testid="account">
            <div class="two__main">
                <Sessions />
            </div>
            <div class="two__main">
                <section class="panel" aria-labelledby="me-title">
                    <h2 id="me-title" class="panel__title">
                        {say!("You")}
                    </h2>
                    <dl class="facts">
                        <dt>{say!("Name")}</dt>
                        <dd dir="auto">{name}</dd>
                        <dt>{say!("Role")}</dt>
                        <dd>
                            {role} <p class="faint">{may}</p>
                        </dd>
                    </dl>
                </section>
                <Password />
            </div>
        </div>
    }
}

#[component]
fn Password() -> impl IntoView {
    let toasts = use_toasts();
    let session = use_session();
    let deed = Deed::new();
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let mistyped = RwSignal::new(None::<String>);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = new.get_untracked();
        if typed != again.get_untracked() {
            mistyped.set(Some(
                say!("It is not the same as the new password above.").to_owned(),
            ));
            return;
        }
        mistyped.set(None);
        let old = current.get_untracked();
        let old = (!old.is_empty()).then_some(old);
        deed.run(access::set_password(old, typed), move |()| {
            for field in [current, new, again] {
                field.set(String::new());
            }
            toasts.say(
                say!("Your password is set. Your other sessions have ended."),
                None,
            );
        });
    };
    let name = move || session.viewer().map(|it| it.name);
    view! {
        <section class="panel" aria-labelledby="password-title">
            <h2 id="password-title" class="panel__title">
                {say!("Password")}
            </h2>
            <form class="form panel__form" novalidate data-testid="password-form" on:submit=submit>
                // For password managers: whose it is.
                <input
                    class="hidden"
                    type="text"
                    autocomplete="username"
                    tabindex="-1"
                    aria-hidden="true"
                    readonly
                    prop:value=name
                />
                <Field
                    id="password-current"
                    label=say!("Present password")
                    entry=Entry::Password
                    value=current
                    hint=say!("Leave it empty if you have none yet.")
                    error=deed.refusal_of("currentPassword")
                />
                <Field
                    id="password-new"
                    label=say!("New password")
                    entry=Entry::NewPassword
                    value=new
                    hint=say!("At least 12 characters; a sentence is easy to keep.")
                    error=deed.refusal_of("newPassword")
                />
                <Field
                    id="password-again"
                    label=say!("New password again")
                    entry=Entry::NewPassword
                    value=again
                    error=mistyped
                />
                <p class="field__error" role="alert" data-testid="password-failure">
                    {deed.failure}
                </p>
                <div class="form__foot">
                    <button
                        type="submit"
                        class="button button--primary"
                        aria-disabled=move || deed.is_busy.get().to_string()
                    >
                        <Glyph icon=Icon::Key />
                        {say!("Set password")}
                    </button>
                </div>
            </form>
        </section>
    }
}
