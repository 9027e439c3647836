//! A chat as a scenario: the text file that `waybill simulator --scenario` plays again without a screen.

/// One thing that happened on a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The customer wrote.
    Wrote(String),
    /// The customer tapped a button or chose from a list; its title.
    Tapped { title: String, is_from_list: bool },
    /// The customer sent something that is no text, by Twilio's word for it, with what stood below.
    Sent { kind: String, text: String },
    /// Something came to the phone.
    Got(String),
}

/// The longest piece of a text that is looked for.
const LONGEST: usize = 60;

/// The file for what happened on the phone of somebody.
pub(crate) fn written(name: &str, address: &str, lines: &[Line]) -> String {
    let phone = handle(name);
    let mut steps = Vec::new();
    let has_taps = lines.iter().any(|it| matches!(it, Line::Tapped { .. }));
    if has_taps {
        // Without it the bot says everything in words, and there is nothing to tap.
        steps.push("waybill runs with BOT_BUTTONS=on".to_owned());
    }
    steps.push(format!("phone {phone} {address} {}", quoted(name)));
    for line in lines {
        let step = match line {
            Line::Wrote(it) => format!("writes {}", quoted(it)),
            Line::Tapped {
                title,
                is_from_list: true,
            } => format!("chooses {}", quoted(title)),
            Line::Tapped { title, .. } => format!("taps {}", quoted(title)),
            Line::Sent { kind, text } if kind == "location" => {
                let label = if text.is_empty() { "here" } else { text };
                format!("sends location 27.7172,85.3240 {}", quoted(label))
            }
            Line::Sent { kind, text } if text.is_empty() => format!("sends {}", word(kind)),
            Line::Sent { kind, text } => format!("sends {} {}", word(kind), quoted(text)),
            // Whatever comes is waited for, also what says nothing.
            Line::Got(it) => format!("gets {}", quoted(&piece(it).unwrap_or_default())),
        };
        steps.push(format!("{phone} {step}"));
    }
    steps.push(String::new());
    steps.join("\n")
}

/// A name that a step can begin with.
fn handle(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or_default();
    let letters: String = first.chars().filter(char::is_ascii_alphanumeric).collect();
    if letters.starts_with(|it: char| it.is_ascii_alphabetic()) {
        letters.to_lowercase()
    } else {
        "customer".to_owned()
    }
}

/// What stays the same when the chat is played again: the first line without numbers, which may be an order's.
fn piece(text: &str) -> Option<String> {
    let pieces = text.lines().flat_map(|line| {
        let parts = line.split(|it: char| it.is_numeric() || "#*_~`".contains(it));
        parts.map(|it| it.trim().trim_start_matches(|it: char| !it.is_alphabetic()))
    });
    let piece = pieces.filter(|it| it.chars().any(char::is_alphabetic));
    let best = piece.take(3).max_by_key(|it| it.chars().count())?;
    Some(
        best.chars()
            .take(LONGEST)
            .collect::<String>()
            .trim()
            .to_owned(),
    )
}

fn word(kind: &str) -> &str {
    if kind == "contacts" { "contact" } else { kind }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_becomes_steps() {
        let lines = [
            Line::Wrote("say \"hi\"\nplease".to_owned()),
            Line::Got("*Welcome, Asha!* 👋\n1. Our products".to_owned()),
            Line::Tapped {
                title: "Our products".to_owned(),
                is_from_list: true,
            },
            Line::Sent {
                kind: "contacts".to_owned(),
                text: String::new(),
            },
            Line::Sent {
                kind: "location".to_owned(),
                text: "Thamel".to_owned(),
            },
            Line::Got("42".to_owned()),
            Line::Got("Order #1001 is placed".to_owned()),
        ];
        assert_eq!(
            written("Asha Rai", "+9779800000001", &lines),
            "waybill runs with BOT_BUTTONS=on\n\
             phone asha +9779800000001 \"Asha Rai\"\n\
             asha writes \"say \\\"hi\\\"\\nplease\"\n\
             asha gets \"Welcome, Asha!\"\n\
             asha chooses \"Our products\"\n\
             asha sends contact\n\
             asha sends location 27.7172,85.3240 \"Thamel\"\n\
             asha gets \"\"\n\
             asha gets \"is placed\"\n"
        );
    }

    #[test]
    fn a_name_in_another_script_still_gets_a_phone() {
        assert!(written("आशा", "+9779800000001", &[]).starts_with("phone customer +977"));
    }
}
