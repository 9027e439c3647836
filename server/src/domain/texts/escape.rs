//! Other people's words among ours: on one line, without marks that the channel reads as formatting, never cut inside a letter.

use unicode_segmentation::UnicodeSegmentation as _;

/// Longest name of a product or person in a text, in characters.
const LONGEST: usize = 60;

/// Somebody's own words on one line of at most 60 characters, without marks that WhatsApp would read as formatting.
/// Source: WhatsApp's "How to format your messages": `*`, `_`, `~`, `` ` ``; and `>` or a list's mark at the start of a line.
pub fn plain(words: &str) -> String {
    let kept = words
        .chars()
        .filter(|c| !matches!(c, '*' | '_' | '~' | '`'))
        .map(|c| if c.is_control() { ' ' } else { c });
    let spaced = kept.collect::<String>();
    let spaced = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    short(spaced.trim_start_matches(['>', '-', ' ']), LONGEST)
}

/// At most `most` characters, the last of them `…` where something is left out.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(1);
    let mut kept = String::new();
    for letter in text.graphemes(true) {
        match room.checked_sub(letter.chars().count()) {
            Some(left) => room = left,
            None => break,
        }
        kept.push_str(letter);
    }
    kept.trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_words_cannot_forge_formatting_or_lines() {
        assert_eq!(plain("*Asha*\n\n_Free phones_ `x`"), "Asha Free phones x");
        assert_eq!(plain("> quoted\u{7}"), "quoted");
        assert_eq!(plain(" * "), "");
        assert!(plain(&"न".repeat(500)).chars().count() <= 60);
    }

    #[test]
    fn no_letter_is_cut_in_its_middle() {
        assert_eq!(short("नमस्ते", 6), "नमस्ते");
        assert_eq!(
            short("नमस्ते", 5),
            "नम…",
            "the sign and its letter go together"
        );
        assert_eq!(short("👩\u{200d}🍳 cook", 3), "…");
        assert_eq!(short("Ilam tea, 100 g", 10), "Ilam tea,…");
    }
}
