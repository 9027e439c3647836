//! The customer service window: for 24 hours after a person wrote, free text may be sent to them; else templates only.
//! Source: Twilio's "Key concepts" for WhatsApp.

use chrono::{DateTime, TimeDelta, Utc};

/// How long a person's message keeps the window open.
pub const LENGTH: TimeDelta = TimeDelta::hours(24);
/// Free text stops so much earlier: it takes a moment on its way, and clocks differ.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

/// When the window closes that a message at `last_inbound` opened.
pub fn closes_at(last_inbound: DateTime<Utc>) -> DateTime<Utc> {
    last_inbound + LENGTH
}

/// Whoever wrote after this may be sent free text at `at`.
pub fn opened_after(at: DateTime<Utc>) -> DateTime<Utc> {
    at - (LENGTH - MARGIN)
}

/// Whether free text may be sent at `at`.
pub fn is_open(last_inbound: Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
    last_inbound.is_some_and(|it| it > opened_after(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_stops_a_little_before_the_day_is_over() {
        let wrote = DateTime::from_timestamp(1_800_000_000, 0);
        let after = |minutes| wrote.map(|it| it + TimeDelta::minutes(minutes)).unwrap();
        assert!(is_open(wrote, after(0)) && is_open(wrote, after(24 * 60 - 3)));
        assert!(!is_open(wrote, after(24 * 60 - 2)) && !is_open(wrote, after(24 * 60)));
        assert!(!is_open(None, after(0)));
    }
}
