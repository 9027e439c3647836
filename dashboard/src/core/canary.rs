//! A careful retry: one message first, its outcome, then the rest. Refuses to know requests.

use super::status::Status;

/// What the first message showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Still on its way.
    Wait,
    /// It got through: the rest may go.
    Good,
    /// It failed again: something has to change first.
    Bad,
    /// Nobody knows yet whether it was sent.
    Unclear,
}

/// What the first message's status says about the rest.
pub(crate) fn verdict(status: Status) -> Verdict {
    match status {
        Status::Sent | Status::Delivered | Status::Read => Verdict::Good,
        Status::Failed | Status::Undelivered | Status::Canceled => Verdict::Bad,
        Status::Unconfirmed => Verdict::Unclear,
        Status::Scheduled
        | Status::Queued
        | Status::Sending
        | Status::Accepted
        | Status::Received => Verdict::Wait,
    }
}

/// A retry of more than this asks for its number to be typed.
pub(crate) const MANY: i32 = 1000;

/// Whether what was typed allows a retry of `count`.
pub(crate) fn is_confirmed(count: i32, typed: &str) -> bool {
    count <= MANY || typed.trim().replace([',', ' '], "") == count.to_string()
}

/// New keys in the order of the old ones, so that nothing moves under a reader; what is new goes last.
pub(crate) fn in_old_order<K: PartialEq + Clone>(old: &[K], new: &[K]) -> Vec<K> {
    let kept = old.iter().filter(|it| new.contains(it));
    let fresh = new.iter().filter(|it| !old.contains(it));
    kept.chain(fresh).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_phone_says_good() {
        for (status, expected) in [
            (Status::Queued, Verdict::Wait),
            (Status::Accepted, Verdict::Wait),
            (Status::Sent, Verdict::Good),
            (Status::Read, Verdict::Good),
            (Status::Failed, Verdict::Bad),
            (Status::Undelivered, Verdict::Bad),
            (Status::Unconfirmed, Verdict::Unclear),
        ] {
            assert_eq!(verdict(status), expected, "{status:?}");
        }
    }

    #[test]
    fn many_ask_for_their_number() {
        assert!(is_confirmed(1000, ""));
        assert!(!is_confirmed(1001, ""));
        assert!(is_confirmed(4812, " 4,812 "));
        assert!(!is_confirmed(4812, "4813"));
    }

    #[test]
    fn a_reader_sees_nothing_move() {
        assert_eq!(in_old_order(&[1, 2, 3], &[3, 4, 1]), [1, 3, 4]);
        assert_eq!(in_old_order(&[], &[2, 1]), [2, 1]);
    }
}
