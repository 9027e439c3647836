//! What is typed into the command palette: its prefix, the exact things it names, how well a line matches.

use super::persona::address;

/// Fewest digits of a number that is worth a jump.
const FEWEST_DIGITS: usize = 7;

/// What the palette looks among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    Everything,
    /// `>`
    Actions,
    /// `+` or `@`
    People,
    /// `SM` or `MM`
    Sids,
    /// `?`
    Shortcuts,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) among: Among,
    /// Without the prefix, trimmed.
    pub(crate) words: String,
}

/// An exact thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Jump {
    /// By our id or Twilio's.
    Message(String),
    Webhook(String),
    /// Messages of this number, E.164.
    Phone(String),
    /// Something without a page of its own: what was done to it.
    Trail(String),
}

impl Ask {
    /// Reads the input.
    pub(crate) fn read(text: &str) -> Self {
        let text = text.trim_start();
        let (among, rest) = match text.chars().next() {
            Some('>') => (Among::Actions, &text[1..]),
            Some('?') => (Among::Shortcuts, &text[1..]),
            Some('@') => (Among::People, &text[1..]),
            Some('+') => (Among::People, text),
            _ if is_sid_begun(text) => (Among::Sids, text),
            _ => (Among::Everything, text),
        };
        Self {
            among,
            words: rest.trim().to_owned(),
        }
    }

    /// The one thing it names, if it does.
    pub(crate) fn jump(&self) -> Option<Jump> {
        let text = self.words.as_str();
        let id = || text.to_owned();
        match text.split_once('_') {
            Some(("msg", rest)) if is_suffix(rest) => return Some(Jump::Message(id())),
            Some(("whe", rest)) if is_suffix(rest) => return Some(Jump::Webhook(id())),
            Some(("con" | "cvs" | "tok" | "usr" | "ses" | "job", rest)) if is_suffix(rest) => {
                return Some(Jump::Trail(id()));
            }
            _ => {}
        }
        if is_sid(text) {
            return Some(Jump::Message(id()));
        }
        let is_number = text.starts_with('+')
            && text.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS;
        is_number.then(|| address(text)).flatten().map(Jump::Phone)
    }

    /// Whether the server is worth asking: for at least two letters of a person or a text.
    pub(crate) fn wants_server(&self) -> bool {
        let is_kind = match self.among {
            Among::Everything | Among::People => true,
            Among::Actions | Among::Sids | Among::Shortcuts => false,
        };
        is_kind && self.words.chars().count() >= 2
    }

    /// How well a line matches, the less the better; `None`: not at all.
    pub(crate) fn rank(&self, title: &str, also: &str) -> Option<u8> {
        let title = title.to_lowercase();
        let also = also.to_lowercase();
        let mut worst = 0;
        for word in self.words.to_lowercase().split_whitespace() {
            let rank = if title.starts_with(word) {
                0
            } else if title.split([' ', '-']).any(|it| it.starts_with(word)) {
                1
            } else if title.contains(word) {
                2
            } else if also.split(' ').any(|it| it.starts_with(word)) {
                3
            } else {
                return None;
            };
            worst = worst.max(rank);
        }
        Some(worst)
    }
}

/// Two letters and then only hex digits, at least one.
fn is_sid_begun(text: &str) -> bool {
    ["SM", "MM"].iter().any(|it| {
        text.strip_prefix(it)
            .is_some_and(|rest| rest.chars().all(|it| it.is_ascii_hexdigit()))
    })
}

fn is_sid(text: &str) -> bool {
    text.len() == 34 && is_sid_begun(text)
}

/// The random part of a TypeID: 26 letters and digits.
fn is_suffix(text: &str) -> bool {
    text.len() == 26 && text.chars().all(|it| it.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_say_where_to_look() {
        for (text, among, words) in [
            ("", Among::Everything, ""),
            ("theme", Among::Everything, "theme"),
            ("> theme ", Among::Actions, "theme"),
            ("+977 980", Among::People, "+977 980"),
            ("@asha", Among::People, "asha"),
            ("SM12ab", Among::Sids, "SM12ab"),
            ("SMS text", Among::Everything, "SMS text"),
            ("?", Among::Shortcuts, ""),
        ] {
            let ask = Ask::read(text);
            assert_eq!((ask.among, ask.words.as_str()), (among, words), "{text}");
        }
    }

    #[test]
    fn exact_things_are_known_at_once() {
        let sid = "SM0123456789abcdef0123456789abcdef";
        for (text, jump) in [
            (sid, Some(Jump::Message(sid.to_owned()))),
            ("SM0123", None),
            (
                "msg_01j0000000000000000000000a",
                Some(Jump::Message("msg_01j0000000000000000000000a".to_owned())),
            ),
            ("msg_", None),
            (
                "whe_01j0000000000000000000000a",
                Some(Jump::Webhook("whe_01j0000000000000000000000a".to_owned())),
            ),
            (
                "usr_01j0000000000000000000000a",
                Some(Jump::Trail("usr_01j0000000000000000000000a".to_owned())),
            ),
            (
                "+977 98 0000 0001",
                Some(Jump::Phone("+9779800000001".to_owned())),
            ),
            ("+977", None),
            ("order", None),
        ] {
            assert_eq!(Ask::read(text).jump(), jump, "{text}");
        }
    }

    #[test]
    fn the_beginning_of_a_title_ranks_first() {
        let rank = |text: &str, title: &str, also: &str| Ask::read(text).rank(title, also);
        assert_eq!(rank("mes", "Messages", ""), Some(0));
        assert_eq!(rank("log", "Audit log", ""), Some(1));
        assert_eq!(rank("ook", "Webhooks", ""), Some(2));
        assert_eq!(rank("health", "Doctor", "health checks"), Some(3));
        assert_eq!(rank("audit log", "Audit log", ""), Some(1));
        assert_eq!(rank("xyz", "Doctor", "health"), None);
        assert_eq!(rank("", "Doctor", ""), Some(0));
    }

    #[test]
    fn the_server_is_asked_about_people_and_texts_only() {
        for (text, wants) in [("a", false), ("as", true), ("@as", true), (">as", false)] {
            assert_eq!(Ask::read(text).wants_server(), wants, "{text}");
        }
    }
}
