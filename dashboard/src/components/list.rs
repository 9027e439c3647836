//! A plain table, drawn from data: every list that is not the log. Below 60 rem each row becomes a card.

use leptos::prelude::*;

use super::{
    badge::Badge,
    icon::{Glyph, Icon},
    when::Ago,
};
use crate::core::{
    diff::Change,
    say::{said, say},
    status::Tone,
};

/// The head of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) kind: Width,
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// A time, a number, a badge.
    Narrow,
    /// Whatever is left.
    Wide,
    /// Numbers, to the right.
    Number,
    /// Buttons; its title is for screen readers.
    Acts,
}

impl Width {
    fn class(self) -> &'static str {
        match self {
            Self::Narrow => "list__narrow",
            Self::Wide => "list__wide",
            Self::Number => "list__narrow number",
            Self::Acts => "list__acts",
        }
    }
}

/// A button of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowAct {
    pub(crate) label: &'static str,
    /// What it is called in `data-act` and to the page.
    pub(crate) word: &'static str,
    /// Why it may not be pressed.
    pub(crate) obstacle: Option<&'static str>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cell {
    Nothing,
    Text(String),
    Faint(String),
    /// An id or a piece of code: left to right, one width.
    Mono(String),
    /// The row's own page: the whole row leads there.
    Title(String, String),
    /// Another page: `(address, words)`.
    Link(String, String),
    /// The same, by its id.
    IdLink(String, String),
    /// RFC 3339.
    Time(String),
    /// The row's own page, by its time: `(address, RFC 3339)`.
    TimeLink(String, String),
    Badges(Vec<(Sort, String)>),
    Changes(Vec<Change>),
    Acts(Vec<RowAct>),
}

/// The look of a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    Plain,
    Good,
    Busy,
    Warn,
    Bad,
    Plan,
}

impl Sort {
    /// Its colors and picture.
    pub(crate) fn look(self) -> (Tone, Icon) {
        match self {
            Self::Plain => (Tone::Neutral, Icon::Minus),
            Self::Good => (Tone::Success, Icon::Check),
            Self::Busy => (Tone::Info, Icon::Clock),
            Self::Warn => (Tone::Warn, Icon::TriangleAlert),
            Self::Bad => (Tone::Danger, Icon::CircleX),
            Self::Plan => (Tone::Plan, Icon::Key),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// The word in `data-state`.
    pub(crate) state: &'static str,
    /// Whether it is of the past.
    pub(crate) is_over: bool,
    pub(crate) cells: Vec<Cell>,
}

/// The table.
#[component]
pub(crate) fn List(
    /// What it lists, for screen readers.
    caption: &'static str,
    /// Its columns.
    columns: &'static [Column],
    /// Its rows; a row that changed is drawn again.
    #[prop(into)]
    rows: Signal<Vec<Row>>,
    /// The clock, in milliseconds.
    #[prop(into)]
    now_ms: Signal<f64>,
    /// The rows' hook for tests.
    hook: &'static str,
    /// A button was pressed: `(row, word)`.
    on_act: Callback<(String, &'static str)>,
) -> impl IntoView {
    let heads = columns
        .iter()
        .map(|it| {
            let title = said(it.title);
            let title = if it.kind == Width::Acts {
                view! { <span class="hidden">{title}</span> }.into_any()
            } else {
                title.into_any()
            };
            view! {
                <th scope="col" role="columnheader" class=it.kind.class()>
                    {title}
                </th>
            }
        })
        .collect_view();
    let one = move |row: Row| {
        let id = row.id.clone();
        let cells = row
            .cells
            .into_iter()
            .zip(columns)
            .map(|(it, column)| {
                let act = {
                    let id = id.clone();
                    Callback::new(move |word| on_act.run((id.clone(), word)))
                };
                view! {
                    <td role="cell" class=column.kind.class() data-label=said(column.title)>
                        {cell(it, now_ms, act)}
                    </td>
                }
            })
            .collect_view();
        view! {
            <tr
                role="row"
                class="list__row"
                class:is-over=row.is_over
                data-testid=hook
                data-id=row.id
                data-state=row.state
            >
                {cells}
            </tr>
        }
    };
    view! {
        <table class="list" role="table">
            <caption class="hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{heads}</tr>
            </thead>
            <tbody role="rowgroup" class="list__rows">
                <For each=move || rows.get() key=Clone::clone children=one />
            </tbody>
        </table>
    }
}

fn cell(cell: Cell, now_ms: Signal<f64>, act: Callback<&'static str>) -> AnyView {
    match cell {
        Cell::Nothing => view! { <span class="faint">"—"</span> }.into_any(),
        Cell::Text(text) => view! { <span dir="auto">{text}</span> }.into_any(),
        Cell::Faint(text) => view! { <span class="faint">{text}</span> }.into_any(),
        Cell::Mono(text) => view! {
            <bdi class="mono list__id" dir="ltr">
                {text}
            </bdi>
        }
        .into_any(),
        Cell::Title(href, text) => view! {
            <a class="list__title" href=href dir="auto">
                {text}
            </a>
        }
        .into_any(),
        Cell::Link(href, text) => view! {
            <a class="list__link" href=href dir="auto">
                {text}
            </a>
        }
        .into_any(),
        Cell::IdLink(href, id) => view! {
            <a class="list__link" href=href>
                <bdi class="mono list__id" dir="ltr">
                    {id}
                </bdi>
            </a>
        }
        .into_any(),
        Cell::Time(at) => view! { <Ago at=at now_ms=now_ms /> }.into_any(),
        Cell::TimeLink(href, at) => view! {
            <a class="list__title" href=href>
                <Ago at=at now_ms=now_ms />
            </a>
        }
        .into_any(),
        Cell::Badges(all) => view! { <span class="badges">{badges(all)}</span> }.into_any(),
        Cell::Changes(all) => changes(all),
        Cell::Acts(all) => buttons(all, act),
    }
}

fn badges(all: Vec<(Sort, String)>) -> impl IntoView {
    all.into_iter()
        .map(|(sort, label)| {
            let (tone, icon) = sort.look();
            view! { <Badge tone=tone icon=icon label=label /> }
        })
        .collect_view()
}

/// Field by field, what was and what is.
fn changes(all: Vec<Change>) -> AnyView {
    if all.is_empty() {
        return view! { <span class="faint">"—"</span> }.into_any();
    }
    let side = |text: Option<String>| text.unwrap_or_else(|| say!("nothing").to_owned());
    let line = move |it: Change| {
        let before = it.before.map(|it| {
            view! {
                <del dir="auto">{it}</del>
                <span aria-label=say!("became")>" → "</span>
            }
        });
        view! {
            <li>
                <span class="diff__field" translate="no">
                    {it.field}": "
                </span>
                {before}
                <ins dir="auto">{side(it.after)}</ins>
            </li>
        }
    };
    view! { <ul class="diff">{all.into_iter().map(line).collect_view()}</ul> }.into_any()
}

fn buttons(all: Vec<RowAct>, act: Callback<&'static str>) -> AnyView {
    let one = move |it: RowAct| {
        view! {
            <button
                type="button"
                class="button list__button"
                data-act=it.word
                disabled=it.obstacle.is_some()
                title=it.obstacle
                on:click=move |_| act.run(it.word)
            >
                {it.label}
            </button>
        }
    };
    all.into_iter().map(one).collect_view().into_any()
}

/// "Load older", below a list that goes on.
#[component]
pub(crate) fn Older(
    /// Whether it goes on.
    #[prop(into)]
    is_there: Signal<bool>,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// Reads on.
    on_more: Callback<()>,
) -> impl IntoView {
    view! {
        <Show when=move || is_there.get()>
            <div class="list__foot">
                <button
                    type="button"
                    class="button"
                    data-testid="load-older"
                    on:click=move |_| on_more.run(())
                >
                    <Glyph icon=Icon::ArrowDown />
                    {label}
                </button>
            </div>
        </Show>
    }
}
