//! Message status and its only legal moves. Refuses to know who asks for a move, or when.

use MessageStatus as S;
use sea_orm::Iterable;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a message is in its life. Inbound messages are only ever `RECEIVED`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageStatus {
    /// Waits for its time.
    Scheduled,
    /// Waits for a worker.
    Queued,
    /// A worker holds its lease; the request may have left.
    Sending,
    /// The request left and no clear answer came: never sent again before the provider has spoken.
    Unconfirmed,
    /// Taken by the provider (its 201).
    Accepted,
    /// Taken by the channel.
    Sent,
    /// On the recipient's device.
    Delivered,
    /// Read by the recipient.
    Read,
    /// The channel reported that it could not be delivered.
    Undelivered,
    /// Refused: by a rule, by the provider or by the channel.
    Failed,
    /// Taken back before it left.
    Canceled,
    /// Inbound.
    Received,
}

impl MessageStatus {
    /// Whether `next` is a legal move. Callbacks come late, twice and out of order, so `SENDING → READ` is legal.
    /// Source: provider documentation, "Track message status".
    #[must_use]
    pub fn can_become(self, next: Self) -> bool {
        let seen = matches!(
            next,
            S::Sent | S::Delivered | S::Read | S::Undelivered | S::Failed
        );
        match self {
            S::Scheduled => matches!(next, S::Queued | S::Canceled | S::Failed),
            S::Queued => matches!(next, S::Sending | S::Failed | S::Canceled),
            S::Sending => seen || matches!(next, S::Queued | S::Accepted | S::Unconfirmed),
            S::Unconfirmed => seen || matches!(next, S::Queued | S::Accepted),
            S::Accepted => seen,
            S::Sent => seen && next != S::Sent,
            S::Delivered => next == S::Read,
            S::Read | S::Undelivered | S::Failed | S::Canceled | S::Received => false,
        }
    }

    /// Every status from which `self` may be reached, for the guard of an `UPDATE`.
    pub fn predecessors(self) -> Vec<Self> {
        Self::iter().filter(|from| from.can_become(self)).collect()
    }

    /// Whether a person may send the message again: it ended without reaching anyone.
    pub const fn is_retryable(self) -> bool {
        matches!(self, S::Failed | S::Undelivered | S::Canceled)
    }

    /// Whether the provider's word that it failed for a passing reason may put the message back into the queue: it is out, and
    /// nothing says that it arrived. It is no move of its own, as only that word allows it.
    pub const fn may_come_back(self) -> bool {
        matches!(self, S::Sending | S::Unconfirmed | S::Accepted | S::Sent)
    }

    /// The stored and published name.
    pub fn as_str(self) -> &'static str {
        match self {
            S::Scheduled => "SCHEDULED",
            S::Queued => "QUEUED",
            S::Sending => "SENDING",
            S::Unconfirmed => "UNCONFIRMED",
            S::Accepted => "ACCEPTED",
            S::Sent => "SENT",
            S::Delivered => "DELIVERED",
            S::Read => "READ",
            S::Undelivered => "UNDELIVERED",
            S::Failed => "FAILED",
            S::Canceled => "CANCELED",
            S::Received => "RECEIVED",
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ActiveEnum;

    use super::*;

    #[test]
    fn a_late_callback_never_moves_a_message_backwards() {
        let order = [S::Accepted, S::Sent, S::Delivered, S::Read];
        for (i, from) in order.into_iter().enumerate() {
            for (j, to) in order.into_iter().enumerate() {
                assert_eq!(from.can_become(to), j > i, "{from:?} → {to:?}");
            }
        }
    }

    #[test]
    fn ends_stay_ends_and_only_a_sent_message_can_be_read() {
        for end in [S::Read, S::Undelivered, S::Failed, S::Canceled, S::Received] {
            assert!(S::iter().all(|next| !end.can_become(next)), "{end:?}");
        }
        assert!(!S::Queued.can_become(S::Read) && S::Sending.can_become(S::Read));
        assert!(
            !S::Delivered.can_become(S::Failed),
            "a delivered message is never undone"
        );
    }

    #[test]
    fn only_what_is_out_and_has_not_arrived_comes_back() {
        for status in S::iter().filter(|it| it.may_come_back()) {
            assert!(status.can_become(S::Failed) && status.can_become(S::Delivered));
        }
        for status in [S::Queued, S::Delivered, S::Read, S::Failed, S::Canceled] {
            assert!(!status.may_come_back(), "{status:?}");
        }
    }

    #[test]
    fn the_published_name_is_the_stored_name() {
        for status in S::iter() {
            assert_eq!(status.as_str(), status.to_value());
        }
    }

    /// The ways of a message that the provider took, as it reports them.
    const WAYS: [&[MessageStatus]; 6] = [
        &[S::Sent],
        &[S::Sent, S::Delivered],
        &[S::Sent, S::Delivered, S::Read],
        &[S::Sent, S::Undelivered],
        &[S::Undelivered],
        &[S::Failed],
    ];

    fn follow(start: MessageStatus, reports: &[MessageStatus]) -> Vec<MessageStatus> {
        let mut way = vec![start];
        for report in reports {
            let now = way[way.len() - 1];
            if now.can_become(*report) {
                way.push(*report);
            }
        }
        way
    }

    fn rank(status: MessageStatus) -> usize {
        let order = [
            S::Sending,
            S::Unconfirmed,
            S::Accepted,
            S::Sent,
            S::Delivered,
            S::Read,
        ];
        let ended = order.len();
        order.iter().position(|it| *it == status).unwrap_or(ended)
    }

    proptest::proptest! {
        #[test]
        fn callbacks_in_any_order_repeated_or_lost_end_the_same_and_never_go_back(
            way in proptest::sample::select(&WAYS[..]),
            start in proptest::sample::select(&[S::Sending, S::Unconfirmed, S::Accepted][..]),
            picks in proptest::collection::vec(proptest::arbitrary::any::<proptest::sample::Index>(), 1..12),
            turn in proptest::arbitrary::any::<proptest::sample::Index>(),
        ) {
            // Some of the way's reports, some of them often, in any order.
            let told: Vec<_> = picks.iter().map(|it| *it.get(way)).collect();
            let mut turned = told.clone();
            turned.rotate_left(turn.index(told.len()));
            let (one, other) = (follow(start, &told), follow(start, &turned));
            proptest::prop_assert_eq!(one.last(), other.last());
            proptest::prop_assert!(one.windows(2).all(|pair| rank(pair[0]) < rank(pair[1])), "{:?}", one);
            // The furthest report is the end, whatever came before or after it.
            let furthest = told.iter().copied().max_by_key(|it| rank(*it));
            proptest::prop_assert_eq!(one.last().copied(), furthest);
        }
    }
}
