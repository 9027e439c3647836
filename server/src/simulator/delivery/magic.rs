//! Words in a message's text that decide what becomes of it, like Twilio's magic numbers, which only refuse at once. They
//! belong to this simulator: Twilio knows none.

use crate::simulator::world::controls::{Callbacks, Order};

/// Every word begins so.
const SIGN: &str = "#sim:";
/// How much later than usual a late `read` comes.
const LATE_MS: u64 = 10_000;

/// What the words of a text want.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Magic {
    /// It fails with this code.
    pub(super) code: Option<i32>,
    /// The channel takes it first.
    pub(super) is_undelivered: bool,
    late_read: bool,
    skip: Vec<String>,
    is_told_twice: bool,
    is_reversed: bool,
}

impl Magic {
    /// Reads a text. Unknown words want nothing.
    pub(super) fn read(body: &str) -> Self {
        let mut magic = Self::default();
        for rest in body.split(SIGN).skip(1) {
            let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '-');
            magic.want(&rest[..end.unwrap_or(rest.len())]);
        }
        magic
    }

    fn want(&mut self, word: &str) {
        match word {
            "undelivered" => self.is_undelivered = true,
            "late-read" => self.late_read = true,
            "twice" => self.is_told_twice = true,
            "reversed" => self.is_reversed = true,
            _ => {
                let lost = word.strip_prefix("no-");
                let lost = lost.filter(|it| matches!(*it, "sent" | "delivered" | "read"));
                self.skip.extend(lost.map(str::to_owned));
                let code = word
                    .parse()
                    .ok()
                    .filter(|it| (10_000..100_000).contains(it));
                self.code = code.or(self.code);
            }
        }
    }

    /// How the statuses of such a message are told.
    pub(super) fn callbacks(&self, usual: Callbacks) -> Callbacks {
        let mut callbacks = usual;
        if self.late_read {
            callbacks.delays_ms[2] += LATE_MS;
        }
        if self.is_told_twice {
            callbacks.copies = callbacks.copies.max(2);
        }
        if self.is_reversed {
            callbacks.order = Order::Reversed;
        }
        callbacks.skip.extend(self.skip.iter().cloned());
        callbacks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_want_several_things_and_strange_words_nothing() {
        let magic = Magic::read("Hi #sim:63018. #sim:undelivered #sim:twice!");
        assert_eq!((magic.code, magic.is_undelivered), (Some(63018), true));
        assert!(magic.is_told_twice && !magic.is_reversed);
        let magic = Magic::read("#sim:no-delivered#sim:reversed,#sim:late-read");
        assert_eq!(magic.skip, ["delivered"]);
        assert!(magic.is_reversed && magic.late_read && magic.code.is_none());
        for body in [
            "",
            "63018",
            "#sim:",
            "#sim:7",
            "#sim:no-failed",
            "#sim:Twice ß",
        ] {
            assert_eq!(Magic::read(body), Magic::default(), "{body:?}");
        }
    }
}
