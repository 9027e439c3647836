//! JSON laid out for reading, token by token: a number beyond 2⁵³ stays what it is.

/// Indents JSON text. What is not JSON comes back as it was.
pub(crate) fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut is_text = false;
    let mut is_escaped = false;
    let mut letters = text.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(it) = letters.next() {
        if is_text {
            out.push(it);
            is_text = is_escaped || it != '"';
            is_escaped = !is_escaped && it == '\\';
            continue;
        }
        match it {
            '"' => {
                is_text = true;
                out.push(it);
            }
            '{' | '[' => {
                out.push(it);
                while letters.peek().is_some_and(|it| it.is_whitespace()) {
                    letters.next();
                }
                if let Some(end) = letters.next_if(|it| matches!(it, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(it);
            }
            ',' => {
                out.push(it);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            it if it.is_whitespace() => {}
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_changes_and_values_do_not() {
        for (text, laid) in [
            ("{\"a\":1}", "{\n  \"a\": 1\n}"),
            (
                "{\"n\":9007199254740993123}",
                "{\n  \"n\": 9007199254740993123\n}",
            ),
            ("{\"a\":[],\"b\":{ }}", "{\n  \"a\": [],\n  \"b\": {}\n}"),
            (
                "[1,\"a, b: \\\"{c}\\\\\"]",
                "[\n  1,\n  \"a, b: \\\"{c}\\\\\"\n]",
            ),
            ("null", "null"),
        ] {
            assert_eq!(pretty(text), laid);
        }
    }
}
