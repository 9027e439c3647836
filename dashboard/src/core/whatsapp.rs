//! WhatsApp's own markup: `*bold*`, `_italic_`, `~struck~`, `` ```mono``` ``, read into spans. Never HTML.

/// How a run of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent marks of one run"
)]
pub(crate) struct Look {
    pub(crate) is_bold: bool,
    pub(crate) is_italic: bool,
    pub(crate) is_struck: bool,
    pub(crate) is_mono: bool,
}

/// A run of text of one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) look: Look,
}

/// Splits a body into spans. A mark without its partner is text, as on the phone.
pub(crate) fn spans(body: &str) -> Vec<Span> {
    let mut out = Vec::new();
    read(body, Look::default(), &mut out);
    out
}

fn read(text: &str, look: Look, out: &mut Vec<Span>) {
    let mut start = 0;
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let before = text[..at].chars().next_back();
        if let Some((mark, inner)) = opening(&text[at..], before) {
            put(&text[start..at], look, out);
            let end = at + mark.len() * 2 + inner.len();
            let styled = with(look, mark);
            if styled.is_mono {
                put(inner, styled, out);
            } else {
                read(inner, styled, out);
            }
            start = end;
            at = end;
        } else {
            at += next.len_utf8();
        }
    }
    put(&text[start..], look, out);
}

/// A mark opens at a word's edge, hugs its text, closes at a word's edge, on one line (mono may span lines).
fn opening(rest: &str, before: Option<char>) -> Option<(&'static str, &str)> {
    let mark = ["```", "*", "_", "~"]
        .into_iter()
        .find(|it| rest.starts_with(it))?;
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let inside = &rest[mark.len()..];
    let is_mono = mark.len() == 3;
    let closes = |(end, _): &(usize, &str)| {
        let inner = &inside[..*end];
        let after = inside[end + mark.len()..].chars().next();
        let hugs = !inner.starts_with(char::is_whitespace) && !inner.ends_with(char::is_whitespace);
        let has_text = !inner.trim().is_empty();
        has_text
            && (is_mono || (hugs && !inner.contains('\n')))
            && !after.is_some_and(char::is_alphanumeric)
    };
    let (end, _) = inside.match_indices(mark).find(closes)?;
    Some((mark, &inside[..end]))
}

fn with(look: Look, mark: &str) -> Look {
    match mark {
        "*" => Look {
            is_bold: true,
            ..look
        },
        "_" => Look {
            is_italic: true,
            ..look
        },
        "~" => Look {
            is_struck: true,
            ..look
        },
        _ => Look {
            is_mono: true,
            ..look
        },
    }
}

fn put(text: &str, look: Look, out: &mut Vec<Span>) {
    if !text.is_empty() {
        out.push(Span {
            text: text.to_owned(),
            look,
        });
    }
}

/// A body on one line and without marks, for a table's cell.
pub(crate) fn one_line(body: &str) -> String {
    let plain: String = spans(body).into_iter().map(|it| it.text).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws spans back with one letter a mark: `b(…)`.
    fn drawn(body: &str) -> String {
        let draw = |span: Span| {
            let marks: String = [
                (span.look.is_bold, 'b'),
                (span.look.is_italic, 'i'),
                (span.look.is_struck, 's'),
                (span.look.is_mono, 'm'),
            ]
            .into_iter()
            .filter_map(|(is_on, mark)| is_on.then_some(mark))
            .collect();
            if marks.is_empty() {
                span.text
            } else {
                format!("{marks}({})", span.text)
            }
        };
        spans(body).into_iter().map(draw).collect()
    }

    #[test]
    fn marks_read_as_on_the_phone() {
        for (body, expected) in [
            ("plain", "plain"),
            ("*bold* word", "b(bold) word"),
            ("a _it_ and ~no~", "a i(it) and s(no)"),
            ("*_both_*", "bi(both)"),
            ("```a *b*```", "m(a *b*)"),
            ("```two\nlines```", "m(two\nlines)"),
            ("2*3*4", "2*3*4"),
            ("* not bold*", "* not bold*"),
            ("*open", "*open"),
            ("snake_case_name", "snake_case_name"),
            ("*two\nlines*", "*two\nlines*"),
            ("*नमस्ते* 🙏", "b(नमस्ते) 🙏"),
            ("**", "**"),
            ("<b>*x*</b>", "<b>b(x)</b>"),
            ("(*1*) Menu", "(b(1)) Menu"),
        ] {
            assert_eq!(drawn(body), expected, "{body}");
        }
    }

    #[test]
    fn a_preview_is_one_line() {
        assert_eq!(one_line(" a\n\n*b*\tc "), "a b c");
    }
}
