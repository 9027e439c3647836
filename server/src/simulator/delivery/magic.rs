//! Words in a message's text that decide what becomes of it, like Twilio's magic numbers, which only refuse at once. They
//! belong to this simulator: Twilio knows none.

use crate::simulator::world::controls::{Callbacks, Order};

/// Every word begins so.
const SIGN: &str = "#sim:";
/// How much later than usual a late `read` comes.
const LATE_MS: u64 = 10_000;

/// What the words of a text want.
#[derive(Clone, Debug)]
pub(super) struct Magic {
    /// It fails with this code.
    pub(super) code: Option<i32>,
    /// The channel takes it, and does not deliver it.
    pub(super) is_undelivered: bool,
    /// How its statuses are told.
    pub(super) callbacks: Callbacks,
}

impl Magic {
    /// Reads a text, whose statuses are told as `usual` without a word about it. Unknown words want nothing.
    pub(super) fn read(body: &str, usual: Callbacks) -> Self {
        let mut magic = Self {
            code: None,
            is_undelivered: false,
            callbacks: usual,
        };
        for rest in body.split(SIGN).skip(1) {
            let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '-');
            magic.want(&rest[..end.unwrap_or(rest.len())]);
        }
        magic
    }

    fn want(&mut self, word: &str) {
        let callbacks = &mut self.callbacks;
        match word {
            "undelivered" => self.is_undelivered = true,
            "late-read" => callbacks.delays_ms[2] += LATE_MS,
            "twice" => callbacks.copies = callbacks.copies.max(2),
            "reversed" => callbacks.order = Order::Reversed,
            "no-sent" | "no-delivered" | "no-read" => {
                callbacks.skip.push(word.replacen("no-", "", 1));
            }
            _ => {
                let code = word.parse().ok();
                self.code = code
                    .filter(|it| (10_000..100_000).contains(it))
                    .or(self.code);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::simulator::world::controls::Controls;

    fn read(body: &str) -> Magic {
        let usual = Controls::usual(Duration::ZERO, [Duration::ZERO; 3]);
        Magic::read(body, usual.callbacks)
    }

    #[test]
    fn a_text_may_want_several_things_and_strange_words_nothing() {
        let magic = read("Hi #sim:63018. #sim:undelivered #sim:twice!");
        assert_eq!((magic.code, magic.is_undelivered), (Some(63018), true));
        assert_eq!(
            (magic.callbacks.copies, magic.callbacks.order),
            (2, Order::Usual)
        );
        let magic = read("#sim:no-delivered#sim:reversed,#sim:late-read");
        assert_eq!(magic.callbacks.skip, ["delivered"]);
        assert_eq!(magic.callbacks.order, Order::Reversed);
        assert_eq!(magic.callbacks.delays_ms, [0, 0, LATE_MS]);
        assert!(magic.code.is_none() && !magic.is_undelivered);
        let nothing = format!("{:?}", read(""));
        for body in ["63018", "#sim:", "#sim:7", "#sim:no-failed", "#sim:Twice ß"] {
            assert_eq!(format!("{:?}", read(body)), nothing, "{body:?}");
        }
    }
}
