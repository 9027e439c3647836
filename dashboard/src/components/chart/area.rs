//! A chart over time. Mouse and arrow keys move a crosshair; dragging, or Shift with the arrows and Enter, picks a stretch.

use leptos::{ev, html, prelude::*};

use crate::{
    components::when::{Style, written},
    core::{
        chart::{ChartData, HEIGHT, WIDTH, point_at, x_of},
        say::say,
    },
};

/// Where the reader points, and from where they drag.
#[derive(Clone, Copy)]
struct Cross {
    data: Signal<ChartData>,
    at: RwSignal<Option<usize>>,
    from: RwSignal<Option<usize>>,
    is_dragging: StoredValue<bool>,
    /// Gets the moments a picked stretch begins and ends at, in milliseconds.
    on_pick: Option<Callback<(f64, f64)>>,
}

impl Cross {
    fn count(self) -> usize {
        self.data.with_untracked(ChartData::len)
    }

    /// Moves by keys; true when the key was used.
    fn key(self, event: &ev::KeyboardEvent) -> bool {
        let Some(last) = self.count().checked_sub(1) else {
            return false;
        };
        let at = self.at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowLeft" => at.map_or(last, |it| it.saturating_sub(1)),
            "ArrowRight" => at.map_or(0, |it| (it + 1).min(last)),
            "Home" => 0,
            "End" => last,
            "Enter" => return self.pick(),
            "Escape" if at.is_some() => {
                self.at.set(None);
                self.from.set(None);
                return true;
            }
            _ => return false,
        };
        if self.on_pick.is_none() || !event.shift_key() {
            self.from.set(None);
        } else if self.from.get_untracked().is_none() {
            self.from.set(at.or(Some(next)));
        }
        self.at.set(Some(next));
        true
    }

    fn place(self, event: &ev::PointerEvent, element: NodeRef<html::Div>) -> Option<usize> {
        let bounds = element.get_untracked()?.get_bounding_client_rect();
        let part = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        point_at(part, self.count())
    }

    /// Hands over the picked stretch; false when there is none.
    fn pick(self) -> bool {
        let (Some(from), Some(at), Some(on_pick)) = (
            self.from.get_untracked(),
            self.at.get_untracked(),
            self.on_pick,
        ) else {
            return false;
        };
        self.from.set(None);
        let (first, last) = (from.min(at), from.max(at));
        let ends = self.data.with_untracked(|it| {
            let begin = it.times_ms.get(first).copied();
            begin.zip(it.times_ms.get(last).map(|end| end + it.step_ms))
        });
        if let Some(ends) = ends.filter(|_| first != last) {
            on_pick.run(ends);
        }
        true
    }

    /// The point under the crosshair, in words.
    fn words(self) -> Option<String> {
        let at = self.at.get()?;
        self.data.with(|data| {
            let time = written(*data.times_ms.get(at)?, time_style(data));
            let values = data.series.iter().map(|it| {
                let value = it.values.get(at).copied().unwrap_or_default();
                format!("{} {}", it.name, short(value))
            });
            let mut words = vec![time];
            words.extend(values);
            Some(words.join(" · "))
        })
    }
}

/// A chart with its legend, status line and table.
#[component]
pub(crate) fn AreaChart(
    /// What it shows; may change.
    data: Signal<ChartData>,
    /// Its name.
    title: &'static str,
    /// A sentence that says what is seen.
    summary: Signal<String>,
    /// Gets the moments of a picked stretch, in milliseconds.
    #[prop(optional)]
    on_pick: Option<Callback<(f64, f64)>>,
) -> impl IntoView {
    let cross = Cross {
        data,
        at: RwSignal::new(None),
        from: RwSignal::new(None),
        is_dragging: StoredValue::new(false),
        on_pick,
    };
    let help = if on_pick.is_some() {
        say!(
            "Arrow keys read values. Drag, or Shift with the arrow keys and Enter, picks a stretch."
        )
    } else {
        say!("Arrow keys read values.")
    };
    // Names and colors of a chart never change.
    let legend = data.with_untracked(|it| {
        let names = it.series.iter().map(|it| (it.name, it.hue));
        names.collect::<Vec<_>>()
    });
    let one_name = |(name, hue): (&'static str, u8)| {
        view! {
            <li class=format!("chart__name hue-{hue}")>
                <svg viewBox="0 0 16 4" aria-hidden="true">
                    <path d="M0 2L16 2"></path>
                </svg>
                {name}
            </li>
        }
    };
    view! {
        <div class="chart">
            <Plot cross=cross title=title summary=summary />
            <div class="chart__times" aria-hidden="true">
                <span>{move || end_words(&data.get(), 0)}</span>
                <span>{move || end_words(&data.get(), usize::MAX)}</span>
            </div>
            <div class="chart__foot">
                <ul class="chart__names">
                    {legend.into_iter().map(one_name).collect_view()}
                </ul>
                <p class="chart__words" role="status" data-testid="chart-value">
                    {move || cross.words()}
                </p>
                <p class="chart__help faint" class:is-off=move || cross.at.get().is_some()>
                    {help}
                </p>
            </div>
            <Table data=data title=title />
        </div>
    }
}

#[component]
fn Plot(cross: Cross, title: &'static str, summary: Signal<String>) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let data = cross.data;
    let paths = move || {
        let drawn = data.with(ChartData::draw);
        let one = |it: crate::core::chart::Drawn| {
            view! {
                <g class=format!("hue-{}", it.hue)>
                    <path class="chart__area" d=it.area></path>
                    <path class="chart__line" d=it.line></path>
                </g>
            }
        };
        drawn.into_iter().map(one).collect_view()
    };
    let x = move |point: usize| x_of(point, data.with(ChartData::len));
    let picked = move || {
        let (from, at) = cross.from.get().zip(cross.at.get())?;
        Some((x(from.min(at)), x(from.max(at))))
    };
    let down = move |event: ev::PointerEvent| {
        if cross.on_pick.is_some() && event.button() == 0 {
            event.prevent_default();
            cross.is_dragging.set_value(true);
            cross.from.set(cross.place(&event, element));
        }
    };
    let over = move |event: ev::PointerEvent| cross.at.set(cross.place(&event, element));
    let up = move |_: ev::PointerEvent| {
        if cross.is_dragging.get_value() {
            cross.is_dragging.set_value(false);
            cross.pick();
        }
    };
    let out = move |_: ev::PointerEvent| {
        if !cross.is_dragging.get_value() {
            cross.at.set(None);
        }
    };
    let ended = window_event_listener(ev::pointerup, move |_| {
        if cross.is_dragging.get_value() {
            cross.is_dragging.set_value(false);
            cross.from.set(None);
        }
    });
    on_cleanup(move || ended.remove());
    view! {
        <div
            class="chart__plot"
            node_ref=element
            data-testid="chart"
            role="group"
            tabindex="0"
            aria-label=say!("{title}: chart, read with the arrow keys", title)
            on:keydown=move |event| {
                if cross.key(&event) {
                    event.prevent_default();
                }
            }
            on:blur=move |_| cross.at.set(None)
            on:pointerdown=down
            on:pointermove=over
            on:pointerup=up
            on:pointerleave=out
        >
            <span class="chart__top" aria-hidden="true">
                {move || short(data.with(ChartData::top))}
            </span>
            <svg
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                role="img"
                aria-label=summary
            >
                <path class="chart__grid" d=format!("M0 0H{WIDTH}M0 {}H{WIDTH}M0 {HEIGHT}H{WIDTH}", HEIGHT / 2.0)></path>
                {paths}
                {move || {
                    picked()
                        .map(|(from, to)| {
                            view! {
                                <rect
                                    class="chart__picked"
                                    x=from.to_string()
                                    width=(to - from).to_string()
                                    height=HEIGHT.to_string()
                                ></rect>
                            }
                        })
                }}
                {move || {
                    cross
                        .at
                        .get()
                        .map(|at| {
                            view! {
                                <path
                                    class="chart__cross"
                                    d=format!("M{:.1} 0V{HEIGHT}", x(at))
                                ></path>
                            }
                        })
                }}
            </svg>
        </div>
    }
}

/// The same numbers as a table; made only when opened.
#[component]
fn Table(data: Signal<ChartData>, title: &'static str) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let rows = move || {
        data.with(|data| {
            let row = |(point, at_ms): (usize, &f64)| {
                let cell = |it: &crate::core::chart::Series| {
                    let value = it.values.get(point).copied().unwrap_or_default();
                    view! { <td class="number">{short(value)}</td> }
                };
                view! {
                    <tr>
                        <th scope="row">{written(*at_ms, time_style(data))}</th>
                        {data.series.iter().map(cell).collect_view()}
                    </tr>
                }
            };
            data.times_ms
                .iter()
                .enumerate()
                .rev()
                .map(row)
                .collect_view()
        })
    };
    let heads = move || {
        let one = |it: &crate::core::chart::Series| view! { <th scope="col" class="number">{it.name}</th> };
        data.with(|it| it.series.iter().map(one).collect_view())
    };
    view! {
        <details class="chart__table" on:toggle=move |_| is_open.update(|it| *it = !*it)>
            <summary>{say!("View as table")}</summary>
            {move || is_open.get().then(|| view! { <div class="chart__scroll" tabindex="0" role="region" aria-label=say!("{title}, as a table", title)>
                    <table class="plain">
                        <caption class="hidden">{title}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{say!("Time")}</th>
                                {heads}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div> })}
        </details>
    }
}

/// Seconds where points are seconds, days where they are days.
fn time_style(data: &ChartData) -> Style {
    let whole = data.times_ms.last().zip(data.times_ms.first());
    match whole.map(|(last, first)| last - first) {
        Some(length) if length > 20.0 * 3_600_000.0 => Style::DateAndTime,
        Some(length) if length < 10.0 * 60_000.0 => Style::Precise,
        Some(_) | None => Style::Short,
    }
}

fn end_words(data: &ChartData, point: usize) -> Option<String> {
    let point = point.min(data.len().checked_sub(1)?);
    data.times_ms
        .get(point)
        .map(|it| written(*it, time_style(data)))
}

/// Whole numbers whole, small ones with one decimal.
fn short(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
