//! Views: ready-made filters as links, and beside them those that people keep under a name.

use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{grid::NEEDS_ATTENTION, menus::is_opening};
use crate::{
    api::views::{self, SaveViewInput, SavedView},
    components::{
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::{filter::Filter, range::When, say::say, status::Status, words::Direction},
    pages::reading::Deed,
    route::Route,
    state::{session::use_session, toasts::use_toasts},
};

/// All of them, in one line.
#[component]
pub(super) fn Views(filter: Memo<Filter>) -> impl IntoView {
    let kept = RwSignal::new(Vec::<SavedView>::new());
    let read = Callback::new(move |()| {
        spawn_local(async move {
            // Without them the log is as good as before.
            if let Ok(all) = views::saved_views().await {
                kept.try_set(all);
            }
        });
    });
    read.run(());
    let link = move |label: String, view: Filter, dir: Option<&'static str>| {
        let href = Route::Messages(view.clone()).href();
        let is_here = move || filter.with(|it| *it == view).then_some("true");
        view! {
            <a class="views__link" href=href aria-current=is_here dir=dir>
                {label}
            </a>
        }
    };
    let ready_made = ready_made()
        .into_iter()
        .map(|(label, view)| link(label.to_owned(), view, None))
        .collect_view();
    let saved = move |it: SavedView| link(it.name, Filter::parse(&it.query), Some("auto"));
    view! {
        <div class="views-line">
            <nav class="views" aria-label=say!("Views") data-testid="views">
                {ready_made}
                {move || kept.get().into_iter().map(saved).collect_view()}
            </nav>
            <KeepMenu filter=filter kept=kept read=read />
        </div>
    }
}

fn ready_made() -> [(&'static str, Filter); 6] {
    let with = |status: &[Status]| Filter {
        status: status.to_vec(),
        ..Filter::default()
    };
    let in_progress = [
        Status::Scheduled,
        Status::Queued,
        Status::Sending,
        Status::Accepted,
    ];
    let stuck = Filter {
        to: Some(When::Ago(5)),
        ..with(&[Status::Queued, Status::Sending, Status::Unconfirmed])
    };
    let today = Filter {
        from: Some(When::Ago(1440)),
        ..with(&[Status::Failed, Status::Undelivered])
    };
    let inbound = Filter {
        direction: Some(Direction::Inbound),
        ..Filter::default()
    };
    [
        (say!("All"), Filter::default()),
        (say!("Needs attention"), with(&NEEDS_ATTENTION)),
        (say!("In progress"), with(&in_progress)),
        (say!("Stuck > 5 min"), stuck),
        (say!("Failed, 24 h"), today),
        (say!("Inbound"), inbound),
    ]
}

/// Keeps what is shown now under a name, and deletes what was kept.
#[component]
fn KeepMenu(
    filter: Memo<Filter>,
    kept: RwSignal<Vec<SavedView>>,
    read: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let deed = Deed::new();
    let opened = move |event: ev::Event| {
        if is_opening(&event) {
            deed.forget();
            read.run(());
        }
    };
    let menu = NodeRef::<html::Div>::new();
    let name = RwSignal::new(String::new());
    let is_shared = RwSignal::new(false);
    let may_save = move || filter.with(Filter::is_narrow);
    // One's own view of the name that is typed would be replaced: at first it stays as shared as it is.
    let replaced = Memo::new(move |_| {
        let is_it = |it: &&SavedView| it.is_own && name.with(|name| it.name == name.trim());
        kept.with(|all| all.iter().find(is_it).map(|it| it.is_shared))
    });
    Effect::new(move |_| is_shared.set(replaced.get().unwrap_or_default()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let input = SaveViewInput {
            name: name.get_untracked(),
            query: filter.with_untracked(Filter::to_query),
            is_shared: is_shared.get_untracked(),
        };
        deed.run(views::save_view(input), move |()| {
            let saved = name.get_untracked();
            toasts.say(say!("The view “{saved}” is saved.", saved), None);
            name.set(String::new());
            if let Some(menu) = menu.get_untracked() {
                menu.hide_popover().unwrap_or_default();
            }
            read.run(());
        });
    };
    let delete = Callback::new(move |view: SavedView| {
        deed.run(views::delete_view(view.id), move |()| {
            toasts.say(
                say!("The view “{name}” is deleted.", name = view.name),
                None,
            );
            read.run(());
        });
    });
    let own = move || kept.with(|all| all.iter().filter(|it| it.is_own).cloned().collect());
    let problem = move || {
        let elsewhere = |it: &(String, String)| (it.0 != "name").then(|| it.1.clone());
        let refused = deed.refused.with(|it| it.as_ref().and_then(elsewhere));
        refused.or_else(|| deed.failure.get())
    };
    view! {
        <div class="drop">
            <button
                type="button"
                class="button button--quiet menu-views__button"
                popovertarget="views-menu"
                data-testid="save-view"
                aria-label=say!("Save view")
            >
                <Glyph icon=Icon::Bookmark />
                <span>{say!("Save view")}</span>
            </button>
            <div
                id="views-menu"
                class="menu menu--views"
                popover="auto"
                role="group"
                aria-label=say!("Save what is shown as a view")
                node_ref=menu
                on:toggle=opened
            >
                <form class="form" novalidate data-testid="view-form" on:submit=submit>
                    <Field
                        id="view-name"
                        label=say!("Name")
                        entry=Entry::Line
                        value=name
                        hint=Signal::derive(move || hint(may_save(), replaced.get().is_some()).to_owned())
                        error=deed.refusal_of("name")
                        is_first=true
                    />
                    <Show when=move || session.may_act()>
                        <label class="menu__option">
                            <input
                                type="checkbox"
                                class="tickbox"
                                prop:checked=is_shared
                                on:change=move |event| is_shared.set(event_target_checked(&event))
                            />
                            {say!("Everybody sees it")}
                        </label>
                    </Show>
                    <p class="field__error" role="alert">
                        {problem}
                    </p>
                    <button
                        type="submit"
                        class="button button--primary"
                        disabled=move || !may_save() || deed.is_busy.get()
                    >
                        {say!("Save")}
                    </button>
                </form>
                <Kept views=Signal::derive(own) delete=delete />
            </div>
        </div>
    }
}

fn hint(may_save: bool, is_replacing: bool) -> &'static str {
    match (may_save, is_replacing) {
        (false, _) => say!("Filter the log first: that is what a view keeps."),
        (true, true) => say!("Takes the place of your view of this name."),
        (true, false) => say!("It keeps the filters and the range of time, as they are now."),
    }
}

/// One's own views, to delete them.
#[component]
fn Kept(views: Signal<Vec<SavedView>>, delete: Callback<SavedView>) -> impl IntoView {
    let line = move |it: SavedView| {
        let label = say!("Delete the view “{name}”", name = it.name);
        view! {
            <li class="menu__line">
                <span dir="auto">{it.name.clone()}</span>
                {it.is_shared.then(|| view! { <span class="faint">{say!("everybody")}</span> })}
                <button
                    type="button"
                    class="icon-button"
                    aria-label=label
                    on:click=move |_| delete.run(it.clone())
                >
                    <Glyph icon=Icon::X />
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || views.with(|it| !it.is_empty())>
            <ul class="menu__lines" aria-label=say!("Saved views")>
                {move || views.get().into_iter().map(line).collect_view()}
            </ul>
        </Show>
    }
}
