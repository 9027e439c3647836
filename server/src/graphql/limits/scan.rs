//! One cheap pass over a query's characters before the parser sees it: length, tokens, nesting, aliases. Knows GraphQL's
//! lexical grammar and nothing else. Source: the GraphQL specification, "Lexical Tokens".

use async_graphql::ServerError;

use super::{ALIASES, NESTING, QUERY_BYTES, TOKENS, exceeded, too_deep};

/// Refuses a query that no parser should be given.
pub(in crate::graphql) fn scan(query: &str) -> Result<(), ServerError> {
    if query.len() > QUERY_BYTES {
        return Err(exceeded(
            "QUERY_TOO_LONG",
            (QUERY_BYTES, query.len()),
            &format!(
                "The query is {} bytes long; at most {QUERY_BYTES} are taken: put values into variables.",
                query.len()
            ),
        ));
    }
    let count = Count::of(query);
    if count.nesting > NESTING {
        return Err(too_deep(count.nesting));
    }
    if count.aliases > ALIASES {
        return Err(exceeded(
            "TOO_MANY_ALIASES",
            (ALIASES, count.aliases),
            &format!(
                "The query has {} aliases; at most {ALIASES} are allowed.",
                count.aliases
            ),
        ));
    }
    if count.tokens > TOKENS {
        return Err(exceeded(
            "TOO_MANY_TOKENS",
            (TOKENS, count.tokens),
            &format!(
                "The query has {} tokens; at most {TOKENS} are taken: put values into variables.",
                count.tokens
            ),
        ));
    }
    Ok(())
}

/// What was counted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    tokens: usize,
    /// Colons outside of arguments and definitions of variables.
    aliases: usize,
    /// Deepest nesting of brackets.
    nesting: usize,
}

impl Count {
    fn of(query: &str) -> Self {
        let mut count = Self::default();
        let (mut open, mut in_arguments) = (0_usize, 0_usize);
        let mut rest = query.as_bytes();
        while let [first, after @ ..] = rest {
            let length = match first {
                b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xEF | 0xBB | 0xBF => {
                    rest = after;
                    continue;
                }
                b'#' => {
                    rest = &rest[line(rest)..];
                    continue;
                }
                b'"' => string(rest),
                it if is_name(*it) => rest.iter().take_while(|it| is_name(**it)).count(),
                b'.' => rest.iter().take_while(|it| **it == b'.').count().min(3),
                _ => 1,
            };
            count.tokens += 1;
            match first {
                b'{' | b'[' | b'(' => {
                    open += 1;
                    in_arguments += usize::from(*first == b'(');
                    count.nesting = count.nesting.max(open);
                }
                b'}' | b']' | b')' => {
                    open = open.saturating_sub(1);
                    in_arguments = in_arguments.saturating_sub(usize::from(*first == b')'));
                }
                b':' if in_arguments == 0 => count.aliases += 1,
                _ => {}
            }
            rest = &rest[length..];
        }
        count
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Bytes up to the end of the line.
fn line(rest: &[u8]) -> usize {
    let end = rest.iter().position(|it| matches!(it, b'\n' | b'\r'));
    end.unwrap_or(rest.len())
}

/// Bytes of a string or block string; one that never ends goes to the end.
fn string(rest: &[u8]) -> usize {
    if rest.starts_with(b"\"\"\"") {
        let mut at = 3;
        while at < rest.len() {
            if rest[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if rest[at..].starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return rest.len();
    }
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            // A string ends with its line at the latest; the parser says so.
            b'\n' | b'\r' => return at,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_aliases_and_nesting_are_counted_as_the_parser_would() {
        for (query, tokens, aliases, nesting) in [
            ("", 0, 0, 0),
            ("{ a }", 3, 0, 1),
            ("{ a: b, c : d }", 8, 2, 1),
            (
                "query Q($id: ID! = \"x:y\") { a(b: {c: [1, -2.5]}) }",
                29,
                0,
                4,
            ),
            ("{ a # : { { {\n b }", 4, 0, 1),
            (r#"{ a(b: "\"} : {") }"#, 8, 0, 2),
            (r#"{ a(b: """ " { \""" : """) c: d }"#, 11, 1, 2),
            ("{ ...F } fragment F on T { a }", 11, 0, 1),
            ("\u{feff}{ नमस्ते }", 20, 0, 1),
            (r#"{ "never ends"#, 2, 0, 1),
            (r#"{ "a\"#, 2, 0, 1),
        ] {
            let expected = Count {
                tokens,
                aliases,
                nesting,
            };
            assert_eq!(Count::of(query), expected, "{query}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_the_scan_and_none_has_more_tokens_than_bytes(text in "[\\PC{}()\"\\\\#.:\n]{0,200}") {
            let count = Count::of(&text);
            proptest::prop_assert!(count.tokens <= text.len());
            proptest::prop_assert!(count.aliases + count.nesting <= count.tokens);
        }
    }
}
