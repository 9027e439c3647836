//! Who changed what, from where: the audit log, only ever added to. For administrators.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    api::{
        audit::{self, AuditEntry, AuditPage as Page},
        client::Latest,
        messages::PageInfo,
    },
    components::{
        facet_bar::FacetBar,
        icon::{Glyph, Icon},
        list::{Cell, Column, List, Older, Row, Width},
        notice::Empty,
    },
    core::{
        diff::changes,
        facets::Facets,
        query::join,
        say::{key, say},
        trail::{FACETS, action},
    },
    pages::reading::{Load, Loaded, Reading},
    route::Route,
    state::{
        clock::use_clock,
        page::use_title,
        session::{Session, use_session},
    },
};

const COLUMNS: &[Column] = &[
    Column {
        title: key!("Time"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Who"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("Did"),
        kind: Width::Narrow,
    },
    Column {
        title: key!("About"),
        kind: Width::Wide,
    },
    Column {
        title: key!("What changed"),
        kind: Width::Wide,
    },
    Column {
        title: key!("From"),
        kind: Width::Narrow,
    },
];

/// The entries of one view.
#[derive(Clone, Copy)]
struct Trail {
    filter: Memo<Facets>,
    entries: RwSignal<Vec<AuditEntry>>,
    page: RwSignal<PageInfo>,
    reading: Reading,
    older: RwSignal<Load>,
    latest: StoredValue<Latest, LocalStorage>,
    session: Session,
}

impl Trail {
    fn new(filter: Memo<Facets>) -> Self {
        let trail = Self {
            filter,
            entries: RwSignal::new(Vec::new()),
            page: RwSignal::new(PageInfo {
                has_next_page: false,
                end_cursor: None,
            }),
            reading: Reading::new(),
            older: RwSignal::new(Load::Done),
            latest: StoredValue::new_local(Latest::default()),
            session: use_session(),
        };
        trail.reading.mend_by(Callback::new(move |()| trail.read()));
        on_cleanup(move || trail.latest.update_value(Latest::stop));
        trail
    }

    /// Reads the first page; what is on screen stays until the answer is here.
    fn read(self) {
        let filter = self.filter.get_untracked();
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        self.reading.begin();
        self.older.set(Load::Done);
        spawn_local(async move {
            let answer = audit::list(&filter, None, abort).await;
            self.reading.end(answer, |page: Page| {
                self.entries.set(page.nodes);
                self.page.set(page.page_info);
            });
        });
    }

    /// Reads the page below.
    fn read_older(self) {
        if self.older.get_untracked() == Load::Reading {
            return;
        }
        let filter = self.filter.get_untracked();
        let after = self.page.with_untracked(|it| it.end_cursor.clone());
        self.older.set(Load::Reading);
        spawn_local(async move {
            let answer = audit::list(&filter, after, None).await;
            if self.filter.try_get_untracked().as_ref() != Some(&filter) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.entries.update(|it| it.extend(page.nodes));
                    self.page.set(page.page_info);
                    self.older.set(Load::Done);
                }
                Err(error) => {
                    self.session.note(&error);
                    self.older.set(Load::Failed(error));
                }
            }
        });
    }
}

/// The page at `/audit`.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let search = use_location().search;
    let filter = Memo::new(move |_| search.with(|it| Facets::parse(FACETS, it)));
    let trail = Trail::new(filter);
    Effect::new(move |_| {
        filter.track();
        trail.read();
    });
    use_title(move || {
        if filter.with(Facets::is_narrow) {
            say!("Audit log, filtered")
        } else {
            say!("Audit log")
        }
        .to_owned()
    });
    let navigate = use_navigate();
    let go = Callback::new(move |next: Facets| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(
            &format!("{}{}", Route::Audit.href(), next.to_query()),
            options,
        );
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">{say!("Audit log")}</h1>
            <button
                type="button"
                class="icon-button"
                title=say!("Read the list again")
                on:click=move |_| trail.read()
            >
                <Glyph icon=Icon::Retry />
                <span class="hidden">{say!("Read the list again")}</span>
            </button>
        </div>
        <FacetBar label=say!("Filter the audit log") table=FACETS filter=filter go=go />
        <Loaded reading=trail.reading on_retry=Callback::new(move |()| trail.read())>
            <Entries trail=trail go=go />
        </Loaded>
    }
}

#[component]
fn Entries(trail: Trail, go: Callback<Facets>) -> impl IntoView {
    let clock = use_clock();
    let rows = Memo::new(move |_| {
        trail
            .entries
            .with(|it| it.iter().map(row).collect::<Vec<_>>())
    });
    let label = Signal::derive(move || match trail.older.get() {
        Load::Reading => say!("Loading…").to_owned(),
        Load::Done => say!("Load older").to_owned(),
        Load::Failed(error) => say!("{cause} Try again", cause = error.cause()),
    });
    view! {
        <section class="panel" aria-label=say!("Entries")>
            <Show
                when=move || rows.with(|it| !it.is_empty())
                fallback=move || view! { <Nothing trail=trail go=go /> }
            >
                <List
                    caption=say!("The audit log, newest first")
                    columns=COLUMNS
                    rows=rows
                    now_ms=Signal::derive(move || clock.now_ms())
                    hook="audit-row"
                    on_act=Callback::new(|_| ())
                />
            </Show>
            <Older
                is_there=Signal::derive(move || trail.page.with(|it| it.has_next_page))
                label=label
                on_more=Callback::new(move |()| trail.read_older())
            />
        </section>
    }
}

fn row(entry: &AuditEntry) -> Row {
    let query =
        |key: &str, value: &str| Route::Audit.href() + &join(&[(key.to_owned(), value.to_owned())]);
    let about = entry.target.as_ref().map_or(Cell::Nothing, |target| {
        let href = match target.split('_').next() {
            Some("msg") => Route::Message(target.clone()).href(),
            Some("whe") => Route::Webhook(target.clone()).href(),
            Some("usr") => Route::User(target.clone()).href(),
            _ => query("target", target),
        };
        Cell::IdLink(href, target.clone())
    });
    let json = |it: &Option<crate::core::words::Json>| it.as_ref().map(|it| it.0.clone());
    let changed = changes(json(&entry.before).as_ref(), json(&entry.after).as_ref());
    Row {
        id: entry.id.inner().to_owned(),
        state: "",
        is_over: false,
        cells: vec![
            Cell::Time(entry.at.0.clone()),
            Cell::Link(query("actor", &entry.actor), entry.actor_name.clone()),
            Cell::Text(action(&entry.action)),
            about,
            Cell::Changes(changed),
            entry.client.clone().map_or(Cell::Nothing, Cell::Mono),
        ],
    }
}

#[component]
fn Nothing(trail: Trail, go: Callback<Facets>) -> impl IntoView {
    let filter = trail.filter;
    let words = move || {
        let chips = filter.with(Facets::chips);
        let words: Vec<String> = chips.into_iter().map(|it| it.words).collect();
        say!(
            "Nothing has all of: {filters}.",
            filters = words.join(" · ")
        )
    };
    view! {
        <Show
            when=move || filter.with(Facets::is_narrow)
            fallback=|| {
                view! {
                    <Empty icon=Icon::Scroll title=say!("Nothing was changed yet").to_owned()>
                        <p>{say!("Whatever people and programs change here is written down, for good.")}</p>
                    </Empty>
                }
            }
        >
            <Empty icon=Icon::Search title=say!("No entry matches").to_owned()>
                <p>{words}</p>
                <p class="empty__acts">
                    <button
                        type="button"
                        class="button button--primary"
                        on:click=move |_| go.run(filter.with_untracked(Facets::cleared))
                    >
                        {say!("Clear all filters")}
                    </button>
                </p>
            </Empty>
        </Show>
    }
}
