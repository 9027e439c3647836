//! A line's words: bare ones, texts in quotation marks, and names that are given a text. A # begins a comment.

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    /// `1="Asha"`
    Pair(String, String),
}

impl Token {
    /// As it is written, more or less.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Text(text) => format!("“{text}”"),
            Self::Pair(name, text) => format!("{name}=“{text}”"),
        }
    }
}

/// The words of a line; the error says what is wrong with it.
pub(super) fn split(line: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '#' {
            break;
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = text(quoted)?;
            tokens.push(Token::Text(text));
            rest = after.trim_start();
            continue;
        }
        let end = rest.find(|it: char| it.is_whitespace() || it == '"');
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        if let (Some(name), Some(quoted)) = (word.strip_suffix('='), after.strip_prefix('"')) {
            let (text, after) = text(quoted)?;
            tokens.push(Token::Pair(name.to_owned(), text));
            rest = after.trim_start();
        } else {
            tokens.push(Token::Word(word.to_owned()));
            rest = after.trim_start();
        }
    }
    Ok(tokens)
}

/// A text up to its closing quotation mark, and what follows.
fn text(quoted: &str) -> Result<(String, &str), String> {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((text, &quoted[at + 1..])),
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, it @ ('"' | '\\'))) => text.push(it),
                _ => return Err("after \\ one of \" \\ n is expected".to_owned()),
            },
            other => text.push(other),
        }
    }
    Err("a quotation mark is missing at the end of the text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_people_read_them() {
        let tokens = split(r#"  asha's x 1="a \"b\"\n" "नमस्ते # 1" a=b # rest "open"#).unwrap();
        let word = |it: &str| Token::Word(it.to_owned());
        assert_eq!(
            tokens,
            [
                word("asha's"),
                word("x"),
                Token::Pair("1".to_owned(), "a \"b\"\n".to_owned()),
                Token::Text("नमस्ते # 1".to_owned()),
                word("a=b"),
            ]
        );
        assert!(split("\"open").is_err() && split("\"a\\x\"").is_err());
        assert_eq!(split("# nothing").unwrap(), []);
    }
}
