//! A template in place of free text: choose it, fill it in, see what the customer would read, send it.

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use crate::{
    api::{
        error::ApiError,
        fix::{self, Letter, Template},
        messages::UserError,
    },
    components::{
        body::Body,
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::say::say,
    route::Route,
    state::{
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
};

/// What is being written.
#[derive(Clone, Copy)]
struct Draft {
    from: StoredValue<String>,
    to: StoredValue<String>,
    templates: RwSignal<Option<Vec<Template>>>,
    chosen: RwSignal<Option<Template>>,
    values: RwSignal<Vec<String>>,
    preview: RwSignal<Option<String>>,
    errors: RwSignal<Vec<String>>,
    is_busy: RwSignal<bool>,
    key: StoredValue<String>,
    session: Session,
    toasts: Toasts,
}

/// The dialog; the templates are asked for when it opens.
#[component]
pub(super) fn TemplateDialog(is_open: RwSignal<bool>, from: String, to: String) -> impl IntoView {
    let draft = Draft {
        from: StoredValue::new(from),
        to: StoredValue::new(to),
        templates: RwSignal::new(None),
        chosen: RwSignal::new(None),
        values: RwSignal::new(Vec::new()),
        preview: RwSignal::new(None),
        errors: RwSignal::new(Vec::new()),
        is_busy: RwSignal::new(false),
        key: StoredValue::new(String::new()),
        session: use_session(),
        toasts: use_toasts(),
    };
    Effect::new(move |_| {
        if is_open.get() {
            draft.read();
        }
    });
    let navigate = use_navigate();
    let sent = Callback::new(move |id: String| {
        is_open.set(false);
        navigate(
            &Route::Message(id).href(),
            leptos_router::NavigateOptions::default(),
        );
    });
    let submitted = move |event: ev::SubmitEvent| {
        event.prevent_default();
        draft.send(sent);
    };
    let is_none = move || {
        draft
            .templates
            .with(|it| it.as_ref().is_some_and(Vec::is_empty))
    };
    view! {
        <Dialog is_open=is_open title=say!("Send a template instead")>
            <form class="form" data-testid="template-dialog" on:submit=submitted>
                <Show when=is_none>
                    <p>{say!("No template is approved yet: make one in Twilio's console and have it approved.")}</p>
                </Show>
                <Choice draft=draft />
                <Variables draft=draft />
                {move || {
                    draft
                        .preview
                        .get()
                        .map(|text| {
                            view! {
                                <div class="wall wall--preview">
                                    <div class="bubble bubble--theirs" data-testid="template-preview">
                                        <Body text=text />
                                    </div>
                                </div>
                            }
                        })
                }}
                <div role="alert">
                    {move || {
                        let line = |it| view! { <p class="field__error">{it}</p> };
                        draft.errors.get().into_iter().map(line).collect_view()
                    }}
                </div>
                <footer class="form__foot">
                    <button type="button" class="button" on:click=move |_| is_open.set(false)>
                        {say!("Cancel")}
                    </button>
                    <button
                        type="submit"
                        class="button button--primary"
                        data-testid="template-send"
                        disabled=move || draft.is_busy.get() || draft.chosen.with(Option::is_none)
                    >
                        <Glyph icon=Icon::Send />
                        {say!("Send template")}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

#[component]
fn Choice(draft: Draft) -> impl IntoView {
    let option = |it: Template| {
        view! { <option value=it.sid.clone()>{format!("{} · {}", it.name, it.language)}</option> }
    };
    let changed = move |event: ev::Event| {
        let sid = event_target_value(&event);
        let template = draft
            .templates
            .with_untracked(|it| it.iter().flatten().find(|it| it.sid == sid).cloned());
        draft.choose(template);
    };
    view! {
        <div class="field">
            <label for="template-choice">{say!("Template")}</label>
            <select id="template-choice" class="input" autofocus on:change=changed>
                {move || draft.templates.get().unwrap_or_default().into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

#[component]
fn Variables(draft: Draft) -> impl IntoView {
    let field = move |template: &Template, (place, name): (usize, &String)| {
        let id = format!("template-variable-{place}");
        view! {
            <div class="field">
                <label for=id.clone()>{say!("Variable {name}", name)}</label>
                <input
                    id=id
                    class="input"
                    autocomplete="off"
                    placeholder=template.sample(name)
                    prop:value=move || draft.values.with(|it| it.get(place).cloned().unwrap_or_default())
                    on:input=move |event| {
                        let value = event_target_value(&event);
                        draft.values.update(|it| if let Some(it) = it.get_mut(place) { *it = value });
                    }
                    on:change=move |_| draft.look()
                />
            </div>
        }
    };
    move || {
        draft.chosen.get().map(|it| {
            let names = it.variables.clone();
            names
                .iter()
                .enumerate()
                .map(|one| field(&it, one))
                .collect_view()
        })
    }
}

impl Draft {
    fn read(self) {
        self.key.set_value(js_sys::Math::random().to_string());
        spawn_local(async move {
            let answer = fix::templates().await;
            // The dialog may be closed by now.
            if self.templates.is_disposed() {
                return;
            }
            match answer {
                Ok(all) => {
                    let first = all.first().cloned();
                    self.templates.set(Some(all));
                    self.choose(first);
                }
                Err(error) => self.fail(&error),
            }
        });
    }

    fn choose(self, template: Option<Template>) {
        let count = template.as_ref().map_or(0, |it| it.variables.len());
        self.values.set(vec![String::new(); count]);
        self.chosen.set(template);
        self.errors.set(Vec::new());
        self.look();
    }

    fn letter(self) -> Option<Letter> {
        let template = self.chosen.get_untracked()?;
        let values = self.values.get_untracked();
        Some(Letter {
            from: self.from.get_value(),
            to: self.to.get_value(),
            template: template.sid,
            variables: template.variables.into_iter().zip(values).collect(),
        })
    }

    /// What it would read like; empty variables stand as their examples.
    fn look(self) {
        let Some(mut letter) = self.letter() else {
            return;
        };
        if let Some(template) = self.chosen.get_untracked() {
            for (name, value) in &mut letter.variables {
                if value.is_empty() {
                    *value = template.sample(name);
                }
            }
        }
        spawn_local(async move {
            if let Ok(preview) = fix::preview(letter).await {
                self.preview.try_set(preview.text);
                let notes = preview.user_errors.into_iter().map(|it| it.message);
                self.errors.try_set(notes.chain(preview.notes).collect());
            }
        });
    }

    fn send(self, sent: Callback<String>) {
        let Some(letter) = self.letter() else { return };
        if letter.variables.iter().any(|it| it.1.trim().is_empty()) {
            self.errors.set(vec![
                say!("Fill in every variable: the customer reads them.").to_owned(),
            ]);
            return;
        }
        self.is_busy.set(true);
        let key = format!("dashboard-template-{}", self.key.get_value());
        spawn_local(async move {
            match fix::send(letter, key).await {
                Ok(Ok(id)) => {
                    self.toasts.say(say!("Template queued"), None);
                    sent.try_run(id);
                }
                Ok(Err(errors)) => self.refuse(errors),
                Err(error) => self.fail(&error),
            }
            self.is_busy.try_set(false);
        });
    }

    fn refuse(self, errors: Vec<UserError>) {
        self.key.set_value(js_sys::Math::random().to_string());
        self.errors
            .set(errors.into_iter().map(|it| it.message).collect());
    }

    fn fail(self, error: &ApiError) {
        self.session.note(error);
        self.errors.set(vec![error.words()]);
    }
}
