//! Views: ready-made filters as links, and beside them those that people keep under a name.

use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{grid::NEEDS_ATTENTION, peek::without_peek};
use crate::{
    api::views::{self, SaveViewInput, SavedView},
    components::{
        field::{Entry, Field},
        icon::{Glyph, Icon},
    },
    core::{
        filter::Filter,
        range::When,
        say::say,
        status::Status,
        words::{Direction, Role},
    },
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
    let link = move |label: String, view: Filter| {
        let href = Route::Messages(view.clone()).href();
        let is_here = move || filter.with(|it| *it == view).then_some("true");
        view! {
            <a class="views__link" href=href aria-current=is_here dir="auto">
                {label}
            </a>
        }
    };
    let ready_made = ready_made()
        .into_iter()
        .map(|(label, view)| link(label.to_owned(), view))
        .collect_view();
    let saved = move |it: SavedView| link(it.name, Filter::parse(&it.query));
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
    let menu = NodeRef::<html::Div>::new();
    let name = RwSignal::new(String::new());
    let is_shared = RwSignal::new(false);
    let shown = Memo::new(move |_| without_peek(filter.get()));
    let may_save = move || shown.with(Filter::is_narrow);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let input = SaveViewInput {
            name: name.get_untracked(),
            query: shown.with_untracked(Filter::to_query),
            is_shared: is_shared.get_untracked(),
        };
        deed.run(views::save_view(input), move |()| {
            let saved = name.get_untracked();
            toasts.say(say!("The view “{saved}” is saved.", saved), None);
            name.set(String::new());
            is_shared.set(false);
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
    let may_delete = move |it: &SavedView| it.is_own || session.role() == Some(Role::Admin);
    let deletable =
        move || kept.with(|all| all.iter().filter(|it| may_delete(it)).cloned().collect());
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
            >
                <form class="form" novalidate data-testid="view-form" on:submit=submit>
                    <Field
                        id="view-name"
                        label=say!("Name")
                        entry=Entry::Line
                        value=name
                        hint=Signal::derive(move || hint(may_save()).to_owned())
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
                        {move || deed.failure.get()}
                    </p>
                    <button
                        type="submit"
                        class="button button--primary"
                        disabled=move || !may_save() || deed.is_busy.get()
                    >
                        {say!("Save")}
                    </button>
                </form>
                <Kept views=Signal::derive(deletable) delete=delete />
            </div>
        </div>
    }
}

fn hint(may_save: bool) -> &'static str {
    if may_save {
        say!("It keeps the filters and the range of time, as they are now.")
    } else {
        say!("Filter the log first: that is what a view keeps.")
    }
}

/// What may be deleted.
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
