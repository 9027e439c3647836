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
    fn the_published_name_is_the_stored_name() {
        for status in S::iter() {
            assert_eq!(status.as_str(), status.to_value());
        }
    }
}
