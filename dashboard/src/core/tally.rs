//! What became of the messages of a period, counted by where they stand now: the log's totals, so that both agree.

use super::{say::say, status::Status};

/// How many stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    counts: Vec<(Status, i32)>,
    /// False when there are more messages than were counted.
    pub(crate) is_exact: bool,
}

/// One of the numbers on top of the overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tile {
    Sent,
    Delivered,
    Read,
    Failed,
}

impl Tile {
    /// Every tile, in the order shown.
    pub(crate) const ALL: [Self; 4] = [Self::Sent, Self::Delivered, Self::Read, Self::Failed];

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Sent => say!("Sent"),
            Self::Delivered => say!("Delivered"),
            Self::Read => say!("Read"),
            Self::Failed => say!("Failed"),
        }
    }

    /// The word in `data-tile`.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    /// The messages it counts, by where they stand now.
    pub(crate) fn statuses(self) -> &'static [Status] {
        match self {
            Self::Sent => &[
                Status::Accepted,
                Status::Sent,
                Status::Delivered,
                Status::Read,
                Status::Undelivered,
            ],
            Self::Delivered => &[Status::Delivered, Status::Read],
            Self::Read => &[Status::Read],
            Self::Failed => &[Status::Failed, Status::Undelivered],
        }
    }

    /// Whether more of it is good news.
    pub(crate) fn is_good(self) -> bool {
        self != Self::Failed
    }

    /// What its share is a share of; nothing for a plain number.
    fn whole(self) -> Option<&'static [Status]> {
        match self {
            Self::Sent => None,
            Self::Delivered | Self::Failed => Some(&[
                Status::Accepted,
                Status::Sent,
                Status::Delivered,
                Status::Read,
                Status::Undelivered,
                Status::Failed,
            ]),
            Self::Read => Some(&[Status::Delivered, Status::Read]),
        }
    }
}

impl Tally {
    /// From counts by status.
    pub(crate) fn of(counts: Vec<(Status, i32)>, is_exact: bool) -> Self {
        Self { counts, is_exact }
    }

    /// How many stand in any of these.
    pub(crate) fn count(&self, statuses: &[Status]) -> i32 {
        let all = self.counts.iter();
        all.filter(|(it, _)| statuses.contains(it))
            .map(|(_, count)| count)
            .sum()
    }

    /// Every message.
    pub(crate) fn total(&self) -> i32 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// A tile's share, from 0 to 1; nothing for a plain number, or of nothing.
    pub(crate) fn share(&self, tile: Tile) -> Option<f64> {
        let whole = self.count(tile.whole()?);
        (whole > 0).then(|| f64::from(self.count(tile.statuses())) / f64::from(whole))
    }

    /// How a tile changed since the period before: for shares in points of a hundred, else in per cent.
    pub(crate) fn change(&self, before: &Self, tile: Tile) -> Option<f64> {
        if tile.whole().is_some() {
            return Some((self.share(tile)? - before.share(tile)?) * 100.0);
        }
        let (now, then) = (self.count(tile.statuses()), before.count(tile.statuses()));
        (then > 0).then(|| (f64::from(now) / f64::from(then) - 1.0) * 100.0)
    }

    /// The way of messages, step by step: the name, how many came so far, the statuses to look for.
    pub(crate) fn funnel(&self) -> [(&'static str, i32, Vec<Status>); 4] {
        let step = |name, statuses: &[Status]| (name, self.count(statuses), statuses.to_vec());
        [
            (say!("Created"), self.total(), Vec::new()),
            step(say!("Taken by Twilio"), Tile::Sent.statuses()),
            step(say!("Delivered"), Tile::Delivered.statuses()),
            step(say!("Read"), Tile::Read.statuses()),
        ]
    }
}

/// A share as people write it: `97.8 %`, `0 %`, `100 %`; never rounded up to all or down to none.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value <= 0.0 || value >= 100.0 {
        return format!("{value:.0} %");
    }
    format!("{:.1} %", value.clamp(0.1, 99.9))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: &[(Status, i32)]) -> Tally {
        Tally::of(counts.to_vec(), true)
    }

    #[test]
    fn tiles_count_what_the_log_would_list() {
        let now = tally(&[
            (Status::Read, 60),
            (Status::Delivered, 20),
            (Status::Sent, 10),
            (Status::Failed, 8),
            (Status::Undelivered, 2),
            (Status::Queued, 7),
        ]);
        let counts = Tile::ALL.map(|it| now.count(it.statuses()));
        assert_eq!(counts, [92, 80, 60, 10]);
        assert_eq!(now.total(), 107);
        assert_eq!(now.share(Tile::Sent), None);
        assert_eq!(now.share(Tile::Delivered), Some(0.8));
        assert_eq!(now.share(Tile::Read), Some(0.75));
        assert_eq!(now.share(Tile::Failed), Some(0.1));
        assert_eq!(now.funnel().map(|it| it.1), [107, 92, 80, 60]);
    }

    #[test]
    fn changes_need_something_to_compare_with() {
        let before = tally(&[(Status::Read, 40), (Status::Failed, 10)]);
        let now = tally(&[(Status::Read, 50), (Status::Failed, 0)]);
        assert_eq!(now.change(&before, Tile::Sent), Some(25.0));
        assert_eq!(now.change(&before, Tile::Failed), Some(-20.0));
        assert_eq!(now.change(&tally(&[]), Tile::Sent), None);
        assert_eq!(now.change(&tally(&[]), Tile::Read), None);
    }

    #[test]
    fn shares_are_honest_at_the_ends() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.0001, "0.1 %"),
            (0.978, "97.8 %"),
            (0.9999, "99.9 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
