//! The chat on the phone as a scenario that is played again without a screen.

use leptos::prelude::*;

use super::model::{Screen, Stage};
use crate::{
    api::simulator::PhoneMessage,
    components::{
        copy::CopyButton,
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
    core::{
        say::say,
        scenario::{Line, written},
    },
};

const COMMAND: &str = "waybill simulator --scenario chat.scenario";

/// The button and its dialog.
#[component]
pub(super) fn Record(stage: Stage) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let text = Memo::new(move |_| {
        let persona = stage.persona();
        let lines = stage.screen.with(|it| match it {
            Screen::On(messages) => lines(messages),
            Screen::Reading | Screen::Off => Vec::new(),
        });
        written(&persona.name, &persona.address, &lines)
    });
    let is_empty = move || {
        stage
            .screen
            .with(|it| !matches!(it, Screen::On(all) if !all.is_empty()))
    };
    view! {
        <button
            type="button"
            class="button"
            data-testid="save-scenario"
            disabled=is_empty
            on:click=move |_| is_open.set(true)
        >
            <Glyph icon=Icon::Scroll />
            {say!("Save as scenario")}
        </button>
        <Dialog is_open=is_open title=say!("This chat as a scenario")>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        let text = text.get_untracked();
                        view! {
                            <div class="form">
                                <p>
                                    {say!(
                                        "Keep it as a file, say chat.scenario, and play it as often as you like, with a \
                                         server of its own:"
                                    )}
                                </p>
                                <p class="record__line">
                                    <code>{COMMAND}</code>
                                    <CopyButton value=COMMAND.to_owned() what=say!("command") />
                                </p>
                                <div class="record__text">
                                    <pre tabindex="0" role="region" aria-label=say!("Scenario") data-testid="scenario">{text.clone()}</pre>
                                    <CopyButton value=text what=say!("scenario") />
                                </div>
                            </div>
                        }
                    })
            }}
        </Dialog>
    }
}

fn lines(messages: &[PhoneMessage]) -> Vec<Line> {
    let offers = |title: &str| {
        let mut lists = messages.iter().flat_map(|it| &it.items);
        lists.any(|it| it.title == title)
    };
    let line = |it: &PhoneMessage| match (it.from_phone, it.kind.as_str()) {
        (false, _) => Line::Got(it.body.clone()),
        (true, "text") => Line::Wrote(it.body.clone()),
        (true, "interactive" | "button") => Line::Tapped {
            title: it.body.clone(),
            is_from_list: offers(&it.body),
        },
        (true, kind) => Line::Sent {
            kind: kind.to_owned(),
            text: it.place.clone().unwrap_or_else(|| it.body.clone()),
        },
    };
    let arrived =
        |it: &&PhoneMessage| it.from_phone || ["delivered", "read"].contains(&it.status.as_str());
    messages.iter().filter(arrived).map(line).collect()
}
