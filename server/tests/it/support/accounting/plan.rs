//! What the accounting Twilio does to whom: drawn from a seed and the message itself, so that a run can be repeated.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

/// What becomes of one create request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Taken, 201.
    Take,
    /// 429 with `Retry-After` of so many seconds; not taken.
    Busy(u32),
    /// An HTTP error of 500 or more; not taken.
    Broken(u16),
    /// Taken, and then such an error.
    TakeAndBreak(u16),
    /// The connection is reset; not taken.
    Reset,
    /// Taken, and the connection reset before the answer.
    TakeAndReset,
    /// Taken, and the connection closed in the middle of the answer.
    TakeAndCut,
    /// Never answered; not taken.
    Silent,
    /// Taken, and never answered.
    TakeAndSilent,
}

impl Treatment {
    pub(crate) fn takes(self) -> bool {
        match self {
            Self::Take
            | Self::TakeAndBreak(_)
            | Self::TakeAndReset
            | Self::TakeAndCut
            | Self::TakeAndSilent => true,
            Self::Busy(_) | Self::Broken(_) | Self::Reset | Self::Silent => false,
        }
    }
}

/// Treatments with their shares, in thousandths; what is left over is taken and answered.
pub(crate) type Mixture = &'static [(u64, Treatment)];

/// Every create is taken and answered.
pub(crate) const CALM: Mixture = &[];
/// 10 % 429, 15 % 5xx (a third of them taken), 5 % resets, 3 % taken and dropped, 1 % never answered.
pub(crate) const CHAOS: Mixture = &[
    (50, Treatment::Busy(0)),
    (50, Treatment::Busy(1)),
    (60, Treatment::Broken(500)),
    (40, Treatment::Broken(503)),
    (30, Treatment::TakeAndBreak(500)),
    (20, Treatment::TakeAndBreak(502)),
    (50, Treatment::Reset),
    (15, Treatment::TakeAndReset),
    (15, Treatment::TakeAndCut),
    (5, Treatment::Silent),
    (5, Treatment::TakeAndSilent),
];

/// Shares of messages, in thousandths, whose status callbacks go astray.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Astray {
    /// The first one comes before the create's answer.
    pub(crate) early: u64,
    /// Each comes twice.
    pub(crate) twice: u64,
    /// They come in the reverse or a mixed order.
    pub(crate) mixed: u64,
    /// One of them never comes.
    pub(crate) lost: u64,
}

/// Some callbacks early, repeated and out of order, none lost.
pub(crate) const RESTLESS: Astray = Astray {
    early: 150,
    twice: 200,
    mixed: 200,
    lost: 0,
};
/// Most callbacks astray.
pub(crate) const WILD: Astray = Astray {
    early: 350,
    twice: 500,
    mixed: 600,
    lost: 100,
};

/// The whole plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) creates: Mixture,
    /// Share of questions (list, fetch) that are answered 503, in thousandths.
    pub(crate) deaf: u64,
    pub(crate) callbacks: Astray,
    /// From a request to its answer, at most.
    pub(crate) latency: Duration,
}

impl Plan {
    /// A calm Twilio with restless callbacks.
    pub(crate) fn calm(seed: u64) -> Self {
        Self {
            seed,
            creates: CALM,
            deaf: 0,
            callbacks: RESTLESS,
            latency: Duration::from_millis(60),
        }
    }

    pub(super) fn treatment(&self, message: &str, nth: usize) -> Treatment {
        let mut left = self.dice(&["create", message], nth) % 1_000;
        for (share, treatment) in self.creates {
            if left < *share {
                return *treatment;
            }
            left -= share;
        }
        Treatment::Take
    }

    pub(super) fn latency(&self, message: &str, nth: usize) -> Duration {
        let share = u32::try_from(self.dice(&["latency", message], nth) % 1_000);
        self.latency * share.unwrap_or_default() / 1_000
    }

    pub(super) fn is_deaf(&self, nth: usize) -> bool {
        self.dice(&["ask"], nth) % 1_000 < self.deaf
    }

    /// The statuses to report of a message, in the order in which they come, and whether the first comes before the answer.
    pub(super) fn reports(&self, message: &str) -> (Vec<&'static str>, bool) {
        let falls = |what, share| self.dice(&[what, message], 0) % 1_000 < share;
        let astray = self.callbacks;
        let mut reports = vec!["sent", "delivered", "read"];
        if falls("lost", astray.lost) {
            reports.remove(self.pick("which", message, reports.len()));
        }
        if falls("twice", astray.twice) {
            reports = reports.iter().flat_map(|it| [*it, *it]).collect();
        }
        if falls("mixed", astray.mixed) {
            let turn = self.pick("turn", message, reports.len());
            reports.rotate_left(turn);
            reports.reverse();
        }
        (reports, falls("early", astray.early))
    }

    /// The pause before a message's `nth` callback.
    pub(super) fn pause(&self, message: &str, nth: usize) -> Duration {
        Duration::from_millis(self.dice(&["pause", message], nth) % 80)
    }

    fn pick(&self, what: &str, message: &str, count: usize) -> usize {
        let at = self.dice(&[what, message], 1) % count.max(1) as u64;
        usize::try_from(at).unwrap_or_default()
    }

    fn dice(&self, words: &[&str], nth: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, words, nth).hash(&mut hasher);
        hasher.finish()
    }
}
