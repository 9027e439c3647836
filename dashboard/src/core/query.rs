//! Query strings: reading and writing `a=b&c=d` with percent-encoding, nothing more.

/// Splits a query string (with or without `?`) into decoded pairs, in order.
pub(crate) fn pairs(search: &str) -> Vec<(String, String)> {
    search
        .trim_start_matches('?')
        .split('&')
        .filter(|it| !it.is_empty())
        .map(|it| {
            let (key, value) = it.split_once('=').unwrap_or((it, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// Joins pairs into `?a=b&c=d`; nothing becomes the empty string.
pub(crate) fn join(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (key, value) in pairs {
        out.push(if out.is_empty() { '?' } else { '&' });
        encode_into(&mut out, key);
        out.push('=');
        encode_into(&mut out, value);
    }
    out
}

/// Encodes one path or query part.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_into(&mut out, text);
    out
}

/// Commas and colons stay readable: both are legal in a query, and filters are full of them.
fn encode_into(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' | b':' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(hex);
        match (byte, escaped) {
            (_, Some(value)) => {
                out.push(value);
                at += 3;
                continue;
            }
            (b'+', None) => out.push(b' '),
            (_, None) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for value in [
            "",
            "hi",
            "+9779800000001",
            "a&b=c",
            "नमस्ते 🙏",
            "100 % sure?",
            "a,b:c",
        ] {
            let written = join(&[("q".to_owned(), value.to_owned())]);
            assert_eq!(
                pairs(&written),
                [("q".to_owned(), value.to_owned())],
                "{value}"
            );
        }
    }

    #[test]
    fn broken_escapes_are_text() {
        assert_eq!(
            pairs("?q=100%&r=%zz&s=a+b&t"),
            [
                ("q".to_owned(), "100%".to_owned()),
                ("r".to_owned(), "%zz".to_owned()),
                ("s".to_owned(), "a b".to_owned()),
                ("t".to_owned(), String::new()),
            ]
        );
    }
}
