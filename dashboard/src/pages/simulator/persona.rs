//! Who holds the phone: a name and a number, editable, remembered in this browser.

use leptos::{ev, prelude::*};

use super::model::Stage;
use crate::{
    components::{
        dialog::Dialog,
        field::{Entry, Field},
        icon::{Glyph, Icon},
        select::Select,
    },
    core::{
        persona::{Persona, TONGUES, address},
        say::say,
    },
};

/// The head of the phone.
#[component]
pub(super) fn PersonaHead(stage: Stage) -> impl IntoView {
    let is_editing = RwSignal::new(false);
    let persona = Memo::new(move |_| stage.persona());
    view! {
        <header class="phone__head">
            <span class="avatar" aria-hidden="true">
                {move || persona.with(Persona::initial)}
            </span>
            <p class="phone__who">
                <strong dir="auto">{move || persona.with(|it| it.name.clone())}</strong>
                <bdi class="mono" dir="ltr">
                    {move || persona.with(|it| it.address.clone())}
                </bdi>
            </p>
            <button
                type="button"
                class="icon-button"
                title=say!("Change name and number")
                on:click=move |_| is_editing.set(true)
            >
                <Glyph icon=Icon::Pencil />
                <span class="hidden">{say!("Change name and number")}</span>
            </button>
            {move || (stage.phones.with(Vec::len) > 1).then(|| view! { <button
                    type="button"
                    class="icon-button"
                    title=say!("Put this phone away")
                    on:click=move |_| stage.put_away()
                >
                    <Glyph icon=Icon::X />
                    <span class="hidden">{say!("Put this phone away")}</span>
                </button> })}
        </header>
        <Editor stage=stage is_open=is_editing />
    }
}

#[component]
fn Editor(stage: Stage, is_open: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let number = RwSignal::new(String::new());
    let language = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let name_error = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if is_open.get() {
            let persona = untrack(|| stage.persona());
            name.set(persona.name);
            number.set(persona.address);
            language.set(persona.language);
            error.set(None);
            name_error.set(None);
        }
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        error.set(None);
        name_error.set(None);
        let name = name.get_untracked().trim().to_owned();
        match address(&number.get_untracked()) {
            Some(_) if name.is_empty() => {
                name_error.set(Some(say!("Give the person a name.").to_owned()));
            }
            Some(address) if stage.is_taken(&address) => {
                error.set(Some(say!("Another phone has this number.").to_owned()));
            }
            Some(address) => {
                stage.rename(Persona {
                    name,
                    address,
                    language: language.get_untracked(),
                });
                stage.speak();
                is_open.set(false);
            }
            None => error.set(Some(
                say!("Write a number with country code, +9779800000001.").to_owned(),
            )),
        }
    };
    view! {
        <Dialog is_open=is_open title=say!("Who holds this phone?")>
            <form class="form" novalidate on:submit=save>
                <Field
                    id="persona-name"
                    label=say!("Name")
                    entry=Entry::Line
                    value=name
                    error=Signal::derive(move || name_error.get())
                />
                <Field
                    id="persona-number"
                    label=say!("Number")
                    entry=Entry::Phone
                    value=number
                    hint=say!("With country code; it exists only in the simulator.").to_owned()
                    error=Signal::derive(move || error.get())
                />
                <Select
                    id="persona-language"
                    label=say!("Language")
                    value=language
                    options=TONGUES.map(|it| (it.tag, it.name)).to_vec()
                    hint=say!(
                        "The direction of the phone, and what the bot writes in once it knows them; without texts in \
                         a language it writes English."
                    )
                />
                <footer class="form__foot">
                    <button type="button" class="button" on:click=move |_| is_open.set(false)>
                        {say!("Cancel")}
                    </button>
                    <button type="submit" class="button button--primary">
                        {say!("Save")}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}
