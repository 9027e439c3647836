//! A new user, and the name and role of one there is.

use leptos::{ev, prelude::*};

use super::link::OneTimeLink;
use crate::{
    api::access::{self, UpdateUserInput, User},
    components::{
        choice::Choice,
        dialog::Dialog,
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::{say::say, words::Role},
    pages::reading::Deed,
    state::toasts::use_toasts,
};

fn roles() -> Vec<crate::components::choice::Option3> {
    Role::ALL
        .map(|it| (it.name(), it.label(), it.meaning()))
        .to_vec()
}

/// The dialog for a new one.
#[component]
pub(super) fn UserDialog(is_open: RwSignal<bool>, made: Callback<OneTimeLink>) -> impl IntoView {
    view! {
        <Dialog is_open=is_open title=say!("Invite user")>
            <Show when=move || is_open.get()>
                <NewUser is_open=is_open made=made />
            </Show>
        </Dialog>
    }
}

#[component]
fn NewUser(is_open: RwSignal<bool>, made: Callback<OneTimeLink>) -> impl IntoView {
    let deed = Deed::new();
    let name = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Operator.name().to_owned());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        let role = Role::parse(&role.get_untracked()).unwrap_or(Role::Viewer);
        deed.run(access::create_user(name.clone(), role), move |path| {
            is_open.set(false);
            made.run(OneTimeLink { name, path });
        });
    };
    view! {
        <form class="form" novalidate data-testid="user-form" on:submit=submit>
            <Field
                id="user-name"
                label=say!("Name")
                entry=Entry::Line
                value=name
                hint=say!("They sign in by it.")
                error=deed.refusal_of("name")
                is_first=true
            />
            <Choice id="user-role" label=say!("Role") options=roles() value=role />
            <p class="field__error" role="alert">
                {deed.failure}
            </p>
            <div class="form__foot">
                <button
                    type="submit"
                    class="button button--primary"
                    aria-disabled=move || deed.is_busy.get().to_string()
                >
                    <Glyph icon=Icon::Link />
                    {say!("Invite, and make a sign-in link")}
                </button>
            </div>
        </form>
    }
}

/// Name and role of one there is.
#[component]
pub(super) fn Profile(user: User, changed: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let deed = Deed::new();
    let id = user.id.into_inner();
    let name = RwSignal::new(user.name.clone());
    let role = RwSignal::new(user.role.name().to_owned());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let new_name = name.get_untracked().trim().to_owned();
        let new_role = Role::parse(&role.get_untracked()).filter(|it| *it != user.role);
        let input = UpdateUserInput {
            name: (new_name != user.name).then_some(new_name),
            role: new_role,
            is_disabled: None,
        };
        deed.run(access::update_user(id.clone(), input), move |()| {
            toasts.say(say!("Saved."), None);
            changed.run(());
        });
    };
    view! {
        <section class="panel" aria-labelledby="profile-title">
            <h2 id="profile-title" class="panel__title">
                {say!("Name and role")}
            </h2>
            <form class="form panel__form" novalidate data-testid="profile" on:submit=submit>
                <Field
                    id="user-name"
                    label=say!("Name")
                    entry=Entry::Line
                    value=name
                    error=deed.refusal_of("name")
                />
                <Choice id="user-role" label=say!("Role") options=roles() value=role />
                <p class="field__error" role="alert" data-testid="profile-failure">
                    {deed.failure}
                    " "
                    {deed.refusal_of("role")}
                    {deed.refusal_of("id")}
                </p>
                <div class="form__foot">
                    <button
                        type="submit"
                        class="button button--primary"
                        aria-disabled=move || deed.is_busy.get().to_string()
                    >
                        <Glyph icon=Icon::Check />
                        {say!("Save")}
                    </button>
                </div>
            </form>
        </section>
    }
}
