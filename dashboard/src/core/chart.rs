//! Charts as geometry: values become paths in a box. Refuses to know colors, dates or a screen.

use std::fmt::Write;

/// Width of the box a chart is drawn in; the page stretches it.
pub(crate) const WIDTH: f64 = 600.0;
/// Height of the box.
pub(crate) const HEIGHT: f64 = 160.0;

/// One row of numbers under one name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// Which of the chart's colors, from one.
    pub(crate) hue: u8,
    pub(crate) values: Vec<f64>,
}

/// Whether the values lie on each other or each begin at zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Parts of a whole.
    #[default]
    Stacked,
    /// Compared with each other.
    Lines,
}

/// What a chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChartData {
    pub(crate) shape: Shape,
    pub(crate) series: Vec<Series>,
    /// When each point begins, in milliseconds.
    pub(crate) times_ms: Vec<f64>,
    /// How long each point is, in milliseconds.
    pub(crate) step_ms: f64,
}

/// One drawn series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) hue: u8,
    /// The upper edge.
    pub(crate) line: String,
    /// The filled body; empty for lines.
    pub(crate) area: String,
}

impl ChartData {
    /// How many points it has.
    pub(crate) fn len(&self) -> usize {
        self.times_ms.len()
    }

    /// The top of the scale: a round number above everything.
    pub(crate) fn top(&self) -> f64 {
        let most = match self.shape {
            Shape::Lines => {
                let all = self.series.iter().flat_map(|it| it.values.iter().copied());
                all.fold(0.0, f64::max)
            }
            Shape::Stacked => (0..self.len())
                .map(|it| self.sum_at(it))
                .fold(0.0, f64::max),
        };
        round_up(most)
    }

    fn sum_at(&self, point: usize) -> f64 {
        self.series
            .iter()
            .filter_map(|it| it.values.get(point))
            .sum()
    }

    /// Every series as paths, bottom first.
    pub(crate) fn draw(&self) -> Vec<Drawn> {
        let top = self.top();
        let mut floor = vec![0.0; self.len()];
        let one = |series: &Series| {
            let base = floor.clone();
            let upper: Vec<f64> = match self.shape {
                Shape::Lines => series.values.clone(),
                Shape::Stacked => base
                    .iter()
                    .zip(&series.values)
                    .map(|(a, b)| a + b)
                    .collect(),
            };
            let is_flat = series.values.iter().all(|it| *it <= 0.0);
            let (line, area) = match self.shape {
                // Its edge would hide the one below.
                Shape::Stacked if is_flat => (String::new(), String::new()),
                Shape::Lines => (line(&upper, top), String::new()),
                Shape::Stacked => {
                    floor.clone_from(&upper);
                    (line(&upper, top), area(&base, &upper, top))
                }
            };
            Drawn {
                hue: series.hue,
                line,
                area,
            }
        };
        self.series.iter().map(one).collect()
    }
}

/// A round number at or above: 1, 2, 5, 10, 20, 50 …
pub(crate) fn round_up(most: f64) -> f64 {
    if most <= 1.0 {
        return 1.0;
    }
    let unit = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    steps
        .into_iter()
        .map(|it| it * unit)
        .find(|it| *it >= most)
        .unwrap_or(most)
}

/// Where a point stands from the left.
pub(crate) fn x_of(point: usize, count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred points")]
    if count > 1 {
        point as f64 / (count - 1) as f64 * WIDTH
    } else {
        WIDTH / 2.0
    }
}

/// The point nearest to a place from the left, given as a part of the width.
pub(crate) fn point_at(part: f64, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most a few hundred points, clamped"
    )]
    let point = (part.clamp(0.0, 1.0) * last as f64).round() as usize;
    Some(point)
}

fn y_of(value: f64, top: f64) -> f64 {
    HEIGHT - value / top * HEIGHT
}

fn line(values: &[f64], top: f64) -> String {
    let mut path = String::new();
    for (point, value) in values.iter().enumerate() {
        step(&mut path, point, values.len(), y_of(*value, top));
    }
    path
}

fn area(base: &[f64], upper: &[f64], top: f64) -> String {
    let mut path = line(upper, top);
    for (point, value) in base.iter().enumerate().rev() {
        step(&mut path, point, base.len(), y_of(*value, top));
    }
    if !path.is_empty() {
        path.push('Z');
    }
    path
}

fn step(path: &mut String, point: usize, count: usize, y: f64) {
    let letter = if path.is_empty() { 'M' } else { 'L' };
    // Writing to a text cannot fail.
    write!(path, "{letter}{:.1} {y:.1}", x_of(point, count)).unwrap_or_default();
}

/// A line that fills its box, for a spark beside a number.
pub(crate) fn spark(values: &[f64]) -> String {
    let top = values.iter().copied().fold(0.0, f64::max).max(1.0);
    line(values, top)
}

/// Neighbours added up, `size` at a time; the last may be short.
pub(crate) fn grouped(values: &[f64], size: usize) -> Vec<f64> {
    values
        .chunks(size.max(1))
        .map(|it| it.iter().sum())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(shape: Shape) -> ChartData {
        let series = |name, hue, values: [f64; 3]| Series {
            name,
            hue,
            values: values.to_vec(),
        };
        ChartData {
            shape,
            series: vec![
                series("a", 1, [1.0, 2.0, 0.0]),
                series("b", 2, [3.0, 2.0, 0.0]),
            ],
            times_ms: vec![0.0, 60.0, 120.0],
            step_ms: 60.0,
        }
    }

    #[test]
    fn parts_lie_on_each_other_and_lines_do_not() {
        let stacked = chart(Shape::Stacked);
        assert!((stacked.top() - 5.0).abs() < f64::EPSILON);
        let drawn = stacked.draw();
        assert_eq!(drawn[0].line, "M0.0 128.0L300.0 96.0L600.0 160.0");
        assert_eq!(drawn[1].line, "M0.0 32.0L300.0 32.0L600.0 160.0");
        assert!(
            drawn[1]
                .area
                .ends_with("L600.0 160.0L300.0 96.0L0.0 128.0Z")
        );
        let lines = chart(Shape::Lines);
        assert!((lines.top() - 5.0).abs() < f64::EPSILON);
        assert!(lines.draw().iter().all(|it| it.area.is_empty()));
        assert!(ChartData::default().draw().is_empty());
    }

    #[test]
    fn scales_are_round() {
        for (most, top) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (3.0, 5.0),
            (7.0, 10.0),
            (10.0, 10.0),
            (21.0, 25.0),
            (480.0, 500.0),
            (12_480.0, 20_000.0),
        ] {
            assert!((round_up(most) - top).abs() < 1e-6, "{most}");
        }
    }

    #[test]
    fn places_and_points_agree() {
        for (part, count, point) in [
            (0.0, 3, Some(0)),
            (0.3, 3, Some(1)),
            (1.4, 3, Some(2)),
            (-1.0, 3, Some(0)),
            (0.5, 1, Some(0)),
            (0.5, 0, None),
        ] {
            assert_eq!(point_at(part, count), point, "{part} of {count}");
        }
        for point in 0..7 {
            assert_eq!(point_at(x_of(point, 7) / WIDTH, 7), Some(point));
        }
    }

    #[test]
    fn neighbours_add_up() {
        assert_eq!(grouped(&[1.0, 2.0, 3.0, 4.0, 5.0], 2), [3.0, 7.0, 5.0]);
        assert_eq!(grouped(&[1.0], 0), [1.0]);
        assert_eq!(spark(&[0.0, 2.0]), "M0.0 160.0L600.0 0.0");
    }
}
