//! The command palette: one input over pages, actions, exact ids, people and messages. What this browser knows shows at
//! once; what the server knows is appended below and never moves what is shown.

mod door;
mod lines;
mod server;

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use web_sys::HtmlElement;

use super::{Actions, leave};
use crate::{
    components::{dialog::follow_modal, icon::Glyph},
    core::{
        ask::{Among, Ask},
        say::{said, say},
    },
    route::Route,
    state::session::use_session,
};
pub(super) use door::{Recent, open_by_key, recent_pages};
use lines::{Act, Line};
use server::Server;

/// Everything of the open palette.
#[derive(Clone, Copy)]
struct Palette {
    text: RwSignal<String>,
    lines: Memo<Vec<Line>>,
    chosen: RwSignal<usize>,
    is_open: RwSignal<bool>,
    act: Callback<Act>,
}

impl Palette {
    fn run(self, index: usize) {
        let act = self
            .lines
            .with_untracked(|it| it.get(index).map(|it| it.act.clone()));
        if let Some(act) = act {
            self.is_open.set(false);
            self.act.run(act);
        }
    }

    fn press(self, event: &ev::KeyboardEvent) {
        let count = self.lines.with_untracked(Vec::len);
        let now = self.chosen.get_untracked();
        let next = match (event.key().as_str(), count) {
            ("Enter", _) => {
                event.prevent_default();
                return self.run(now);
            }
            (_, 0) => return,
            ("ArrowDown", count) => (now + 1) % count,
            ("ArrowUp", count) => (now + count - 1) % count,
            ("Home", _) if event.ctrl_key() => 0,
            ("End", count) if event.ctrl_key() => count - 1,
            _ => return,
        };
        event.prevent_default();
        self.chosen.set(next);
        request_animation_frame(move || {
            let id = format!("palette-{next}");
            if let Some(line) = document().get_element_by_id(&id) {
                line.scroll_into_view_with_bool(next == 0);
            }
        });
    }
}

/// The palette; opened by the bar or by Ctrl K.
#[component]
pub(crate) fn CommandPalette(
    /// Whether it is open.
    is_open: RwSignal<bool>,
    /// What the shell can do.
    actions: Actions,
    /// The last pages of this tab.
    recent: Recent,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0);
    // Of the page below, before anything lies over it.
    let buttons: StoredValue<Vec<HtmlElement>, LocalStorage> =
        StoredValue::new_local(lines::buttons());
    let ask = Memo::new(move |_| text.with(|it| Ask::read(it)));
    let server = Server::new();
    let session = use_session();
    let local = Memo::new(move |_| {
        if !is_open.get() {
            return Vec::new();
        }
        let pages = buttons.with_value(|it| lines::of_page(it));
        ask.with(|ask| lines::local(ask, session, pages, &recent.get()))
    });
    let lines = Memo::new(move |_| {
        let mut lines = local.get();
        lines.extend(server.lines());
        lines
    });
    Effect::new(move |_| {
        chosen.set(0);
        ask.with(|ask| server.ask(ask));
    });
    Effect::new(move |_| {
        if is_open.get() {
            text.set(String::new());
        }
    });
    let navigate = use_navigate();
    let act = Callback::new(move |act: Act| match act {
        Act::Go(href) => navigate(&href, NavigateOptions::default()),
        Act::Leave(href) => leave(&href),
        Act::Do(action) => actions.run(action),
        Act::Press(index) => {
            let button = buttons.with_value(|it| it.get(index).cloned());
            // After the dialog has given the focus back.
            request_animation_frame(move || {
                if let Some(it) = button {
                    it.click();
                }
            });
        }
    });
    let palette = Palette {
        text,
        lines,
        chosen,
        is_open,
        act,
    };
    Effect::new(move |_| {
        if is_open.get() {
            buttons.set_value(lines::buttons());
        }
    });
    view! { <Face palette=palette ask=ask /> }
}

#[component]
fn Face(palette: Palette, ask: Memo<Ask>) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let is_open = palette.is_open;
    follow_modal(element, is_open);
    let count = move || palette.lines.with(Vec::len);
    let active = move || (count() > 0).then(|| format!("palette-{}", palette.chosen.get()));
    let one = move |(index, line): (usize, Line)| {
        view! { <One index=index line=line palette=palette /> }
    };
    let outside = move |event: ev::MouseEvent| {
        let is_backdrop = event.target() == event.current_target();
        if is_backdrop {
            is_open.set(false);
        }
    };
    view! {
        <dialog
            class="palette"
            node_ref=element
            aria-label=say!("Search, or run a command")
            on:close=move |_| is_open.set(false)
            on:mousedown=outside
        >
            <Show when=move || is_open.get()>
                <div class="palette__box" data-testid="palette">
                    <input
                        class="palette__input"
                        data-testid="palette-input"
                        type="text"
                        autofocus=true
                        autocomplete="off"
                        spellcheck="false"
                        role="combobox"
                        aria-label=say!("Search, or run a command")
                        aria-autocomplete="list"
                        aria-expanded=move || (count() > 0).to_string()
                        aria-controls="palette-list"
                        aria-activedescendant=active
                        placeholder=say!("Page, action, name, text, +number, message id or SM…")
                        prop:value=palette.text
                        on:input=move |event| palette.text.set(event_target_value(&event))
                        on:keydown=move |event| palette.press(&event)
                    />
                    <div
                        id="palette-list"
                        class="palette__list"
                        role="listbox"
                        aria-label=say!("Results")
                        hidden=move || count() == 0
                    >
                        {move || {
                            palette.lines.get().into_iter().enumerate().map(one).collect_view()
                        }}
                    </div>
                    <p class="palette__note" role="status">
                        {move || ask.with(|ask| note(ask, count()))}
                    </p>
                </div>
            </Show>
        </dialog>
    }
}

#[component]
fn One(index: usize, line: Line, palette: Palette) -> impl IntoView {
    let is_chosen = move || palette.chosen.get() == index;
    view! {
        <div
            id=format!("palette-{index}")
            class="palette__line"
            role="option"
            data-testid="palette-line"
            data-kind=line.kind
            aria-selected=move || is_chosen().to_string()
            on:mousemove=move |_| {
                if palette.chosen.get_untracked() != index {
                    palette.chosen.set(index);
                }
            }
            on:click=move |_| palette.run(index)
        >
            <Glyph icon=line.icon />
            <span class="palette__title" dir="auto">
                {line.title}
            </span>
            <span class="palette__kind">{said(line.kind)}</span>
            {(!line.keys.is_empty()).then(|| view! { <kbd>{line.keys}</kbd> })}
        </div>
    }
}

/// What is said below the list.
fn note(ask: &Ask, count: usize) -> String {
    match (ask.among, count) {
        (Among::Sids, 0) => {
            let length = ask.words.chars().count();
            say!(
                "A Twilio SID has 34 characters; this one has {length} so far.",
                length
            )
        }
        (_, 0) => say!("Nothing found. > looks among actions, @ among people, ? among shortcuts.")
            .to_owned(),
        (_, count) => say!(count, "{n} result" | "{n} results", n = count),
    }
}

/// Where messages of a number are.
fn messages_of(address: &str) -> String {
    let query = crate::core::query::join(&[("address".to_owned(), address.to_owned())]);
    Route::Messages(crate::core::filter::Filter::parse(&query)).href()
}
