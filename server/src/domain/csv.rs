//! Rows of a table as text that spreadsheets open. What one of them would run as a formula is made harmless. Source: RFC 4180;
//! OWASP, "CSV Injection".

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

#[cfg(test)]
mod tests {
    use super::*;

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
