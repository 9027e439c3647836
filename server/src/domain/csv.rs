//! Rows of a table as text that spreadsheets open and save. What one of them would run as a formula is made harmless on the way
//! out. Source: RFC 4180; OWASP, "CSV Injection".

/// Appends one row, its end included.
pub fn push_row<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (number, cell) in cells.into_iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        push_cell(out, cell);
    }
    out.push_str("\r\n");
}

fn push_cell(out: &mut String, cell: &str) {
    // Also behind blanks: some programs cut those off first.
    let is_formula = cell
        .trim_start_matches([' ', '\u{a0}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let needs_quotes = is_formula || cell.contains([',', '"', '\r', '\n', ';', '\t']);
    if !needs_quotes {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
}

/// A row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its cells; a cell may have lines of its own.
    pub cells: Vec<String>,
}

/// Reads rows, whatever their ends of line; empty lines are left out, and so is a byte order mark. The separator is the one that
/// comes first on the first line: a comma, a semicolon or a tab.
///
/// # Errors
/// The line on which a quote is opened that is never closed.
pub fn read_rows(text: &str) -> Result<Vec<Row>, usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let separator = first.chars().find(|it| matches!(it, ',' | ';' | '\t'));
    let mut reader = Reader {
        separator: separator.unwrap_or(','),
        line: 1,
        rows: Vec::new(),
        row: Row {
            line: 1,
            cells: Vec::new(),
        },
        cell: String::new(),
    };
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if reader.cell.is_empty() => reader.take_quoted(&mut letters)?,
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\n' => reader.end_row(),
            it if it == reader.separator => reader.end_cell(),
            it => reader.cell.push(it),
        }
    }
    reader.end_row();
    Ok(reader.rows)
}

struct Reader {
    separator: char,
    line: usize,
    rows: Vec<Row>,
    row: Row,
    cell: String,
}

impl Reader {
    /// Everything up to the closing quote; two quotes within are one.
    fn take_quoted(
        &mut self,
        letters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    ) -> Result<(), usize> {
        let begin = self.line;
        while let Some(letter) = letters.next() {
            match letter {
                '"' if letters.next_if_eq(&'"').is_some() => self.cell.push('"'),
                '"' => return Ok(()),
                '\r' if letters.peek() == Some(&'\n') => {}
                '\r' | '\n' => {
                    self.line += 1;
                    self.cell.push('\n');
                }
                it => self.cell.push(it),
            }
        }
        Err(begin)
    }

    fn end_cell(&mut self) {
        self.row.cells.push(std::mem::take(&mut self.cell));
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.line += 1;
        let next = Row {
            line: self.line,
            cells: Vec::new(),
        };
        let row = std::mem::replace(&mut self.row, next);
        if row.cells != [""] {
            self.rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        let rows = read_rows(text).unwrap().into_iter();
        rows.map(|it| (it.line, it.cells)).collect()
    }

    #[test]
    fn rows_are_read_with_the_lines_on_which_they_begin() {
        let row = |line, cells: &[&str]| (line, cells.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(
            cells("\u{feff}a,b\r\n\r\n\"x\r\n\"\"y\"\"\",चिया\r\n1,\n\n,"),
            [
                row(1, &["a", "b"]),
                row(3, &["x\n\"y\"", "चिया"]),
                row(5, &["1", ""]),
                row(7, &["", ""])
            ]
        );
        assert_eq!(
            cells("a;b\r1;2,5"),
            [row(1, &["a", "b"]), row(2, &["1", "2,5"])]
        );
        assert_eq!(cells("a\tb"), [row(1, &["a", "b"])]);
        assert_eq!(cells("a,\"\",c"), [row(1, &["a", "", "c"])]);
        assert_eq!(cells("5\" pipe"), [row(1, &["5\" pipe"])]);
        assert_eq!(cells(""), []);
        assert_eq!(read_rows("a\n\n\"b\nc"), Err(3));
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(table in prop::collection::vec(prop::collection::vec("[a-zच ,;\"\n]{0,6}", 2..4), 1..5)) {
            let mut text = String::from("h,h\r\n");
            for row in &table {
                push_row(&mut text, row.iter().map(String::as_str));
            }
            let read: Vec<_> = read_rows(&text).unwrap().into_iter().skip(1).map(|it| it.cells).collect();
            let harmless = |it: &String| if it.trim_start_matches(' ').starts_with('\n') { format!("'{it}") } else { it.clone() };
            let written: Vec<Vec<String>> = table.iter().map(|it| it.iter().map(harmless).collect()).collect();
            prop_assert_eq!(read, written);
        }
    }

    #[test]
    fn a_formula_becomes_a_text_and_quotes_are_doubled() {
        for (cell, expected) in [
            ("नमस्ते", "नमस्ते"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"\nthere", "\"say \"\"hi\"\"\nthere\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+977", "\"'+977\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("  =1", "\"'  =1\""),
            ("＝1", "\"'＝1\""),
            ("1-1", "1-1"),
        ] {
            let mut out = String::new();
            push_row(&mut out, [cell, "x"]);
            assert_eq!(out, format!("{expected},x\r\n"), "{cell:?}");
        }
    }
}
