//! What was measured, as a table for people or as JSON: medians of the rounds, beside aims.

use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::common::print;
use crate::cli::place::Folder;
use crate::clock::Clock;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// So many.
    Count,
    /// A number that counts nothing.
    Plain,
    /// So many a second.
    PerSecond,
    /// Milliseconds.
    Ms,
    /// Seconds.
    Seconds,
    /// Megabytes, of a million.
    Mb,
    /// Percent.
    Percent,
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Self::Count | Self::Plain => "1",
            Self::PerSecond => "1/s",
            Self::Ms => "ms",
            Self::Seconds => "s",
            Self::Mb => "MB",
            Self::Percent => "%",
        }
    }
}

/// What is wanted of a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aim {
    /// Nothing.
    None,
    /// This much.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// What was measured.
    pub(super) what: &'static str,
    /// What the number counts.
    pub(super) unit: Unit,
    /// What is wanted.
    pub(super) aim: Aim,
}

/// Says what a line is.
pub(super) const fn row(what: &'static str, unit: Unit, aim: Aim) -> Row {
    Row { what, unit, aim }
}

/// One thing that was measured: its name, and for each round a number for each row.
#[derive(Debug)]
pub(super) struct Subject {
    /// Head of its column.
    pub(super) name: String,
    /// Rounds of numbers, in the order of the rows.
    pub(super) rounds: Vec<Vec<f64>>,
}

impl Subject {
    fn median(&self, row: usize) -> f64 {
        let numbers = self.rounds.iter().filter_map(|it| it.get(row).copied());
        median(numbers.collect())
    }
}

/// Words, number, unit.
pub(super) type Reference = (&'static str, f64, Unit);

/// All of it.
#[derive(Debug)]
pub(super) struct Report {
    /// What was done.
    pub(super) title: String,
    /// Lines.
    pub(super) rows: Vec<Row>,
    /// Columns.
    pub(super) subjects: Vec<Subject>,
    /// What ran beside it.
    pub(super) references: Vec<Reference>,
}

/// The middle one of some numbers; 0 of none.
pub(super) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The machine, apart from what is measured on it.
#[derive(Debug)]
pub(super) struct Machine {
    load: f64,
    writes: Vec<f64>,
}

impl Machine {
    /// Looks how busy it is before anything is measured.
    pub(super) fn beforehand() -> Result<Self, String> {
        let text = std::fs::read_to_string("/proc/loadavg").map_err(|error| error.to_string())?;
        let minute = text.split(' ').next().and_then(|it| it.parse().ok());
        Ok(Self {
            load: minute.ok_or_else(|| format!("not a load average: {text}"))?,
            writes: Vec::new(),
        })
    }

    /// Measures a small durable write: no database is faster than that.
    pub(super) fn write_durably(&mut self) -> Result<(), String> {
        use std::io::Write as _;
        let told = |error: std::io::Error| error.to_string();
        let folder = Folder::new()?;
        let mut file = std::fs::File::create(folder.path().join("sync")).map_err(told)?;
        for _ in 0..50 {
            let began = Instant::now();
            file.write_all(&[7; 4_096]).map_err(told)?;
            file.sync_data().map_err(told)?;
            self.writes.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok(())
    }

    /// What was seen.
    pub(super) fn references(self) -> [Reference; 2] {
        let write = median(self.writes);
        [
            (
                "a write of 4 KiB and fsync, in the temporary folder",
                write,
                Unit::Ms,
            ),
            (
                "the machine's load average beforehand",
                self.load,
                Unit::Plain,
            ),
        ]
    }
}

/// The machine, the build and the day.
pub(super) fn circumstances() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let build = if cfg!(debug_assertions) {
        "DEBUG build: figures mean nothing"
    } else {
        "release build"
    };
    let day = Clock::system().now().format("%-d %B %Y");
    format!("{cores} cores, {day}, {build}")
}

impl Report {
    /// Prints it.
    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            print(&self.json().to_string());
            return;
        }
        let rounds = self.subjects.first().map_or(0, |it| it.rounds.len());
        let rounds = match rounds {
            1 => "one round".to_owned(),
            more => format!("medians of {more} interleaved rounds"),
        };
        print(&format!("{}; {}, {rounds}", self.title, circumstances()));
        print("");
        for line in self.table() {
            print(&line);
        }
        print("");
        for (what, number, unit) in &self.references {
            print(&format!("beside it: {what}: {}", shown(*number, *unit)));
        }
        let missed = self.missed();
        if missed.is_empty() {
            print("every aim was met");
        }
        for line in &missed {
            print(line);
        }
    }

    fn table(&self) -> Vec<String> {
        let mut head = vec!["what".to_owned()];
        head.extend(self.subjects.iter().map(|it| it.name.clone()));
        head.push("aim".to_owned());
        let mut lines = vec![head];
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = vec![row.what.to_owned()];
            let cells = self.subjects.iter().map(|it| it.median(index));
            line.extend(cells.map(|it| shown(it, row.unit)));
            line.push(match row.aim {
                Aim::None => String::new(),
                Aim::AtLeast(least) => format!("≥ {}", shown(least, row.unit)),
                Aim::AtMost(most) => format!("≤ {}", shown(most, row.unit)),
            });
            lines.push(line);
        }
        let width = |column: usize| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
        let drawn = lines.iter().map(|line| {
            let cells = line.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            format!("| {} |", cells.join(" | "))
        });
        let mut drawn: Vec<String> = drawn.collect();
        let rule: Vec<&str> = widths.iter().map(|_| "---").collect();
        drawn.insert(1, format!("| {} |", rule.join(" | ")));
        drawn
    }

    fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            for subject in &self.subjects {
                let is = subject.median(index);
                let (is_missed, sign, aim) = match row.aim {
                    Aim::None => continue,
                    Aim::AtLeast(least) => (is < least, '≥', least),
                    Aim::AtMost(most) => (is > most, '≤', most),
                };
                if is_missed {
                    let (is, aim) = (shown(is, row.unit), shown(aim, row.unit));
                    let name = &subject.name;
                    missed.push(format!(
                        "AIM MISSED on {name}: {}: {is}, aim {sign} {aim}",
                        row.what
                    ));
                }
            }
        }
        missed
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let values = self.subjects.iter().map(|it| (it.name.clone(), it.median(index)));
                let values: serde_json::Map<String, Value> =
                    values.map(|(name, value)| (name, json!(value))).collect();
                let (least, most) = match row.aim {
                    Aim::None => (None, None),
                    Aim::AtLeast(least) => (Some(least), None),
                    Aim::AtMost(most) => (None, Some(most)),
                };
                json!({ "what": row.what, "unit": row.unit.word(), "medians": values, "atLeast": least, "atMost": most })
            })
            .collect();
        let references: Vec<Value> = self
            .references
            .iter()
            .map(|(what, value, unit)| json!({ "what": what, "value": value, "unit": unit.word() }))
            .collect();
        let rounds: serde_json::Map<String, Value> = self
            .subjects
            .iter()
            .map(|it| (it.name.clone(), json!(it.rounds)))
            .collect();
        json!({ "title": self.title, "circumstances": circumstances(), "rows": rows, "references": references,
            "rounds": rounds, "missed": self.missed() })
    }
}

fn shown(number: f64, unit: Unit) -> String {
    match unit {
        Unit::Count => grouped(number),
        Unit::Plain => format!("{number:.2}"),
        Unit::PerSecond => format!("{}/s", grouped(number)),
        Unit::Ms if number < 10.0 => format!("{number:.2} ms"),
        Unit::Ms => format!("{number:.0} ms"),
        Unit::Seconds => format!("{number:.2} s"),
        Unit::Mb => format!("{number:.0} MB"),
        Unit::Percent => format!("{number:.0} %"),
    }
}

/// Whole, with a comma between thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_aim_is_told_and_medians_are_shown() {
        let subject = |name: &str, rounds: [f64; 3]| Subject {
            name: name.to_owned(),
            rounds: rounds.iter().map(|it| vec![*it]).collect(),
        };
        let report = Report {
            title: "queue".to_owned(),
            rows: vec![row("enqueued", Unit::PerSecond, Aim::AtLeast(10_000.0))],
            subjects: vec![
                subject("SQLite", [9_000.0, 12_345.6, 13_000.0]),
                subject("PostgreSQL", [9_999.0, 99.0, 1_234_567.0]),
            ],
            references: Vec::new(),
        };
        assert_eq!(
            report.table(),
            [
                "| what     | SQLite   | PostgreSQL | aim        |",
                "| --- | --- | --- | --- |",
                "| enqueued | 12,346/s | 9,999/s    | ≥ 10,000/s |"
            ]
        );
        assert_eq!(
            report.missed(),
            ["AIM MISSED on PostgreSQL: enqueued: 9,999/s, aim ≥ 10,000/s"]
        );
        assert_eq!(grouped(1_234_567.0), "1,234,567");
    }
}
