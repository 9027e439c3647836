//! Whether somebody may be written to now, by what is known of them. Pure: who asks has looked it up.

use chrono::{DateTime, Utc};

use super::draft::Draft;
use super::window;
use crate::error::{Refusal, RefusalCode as Code};

/// What is known of a recipient and one of our senders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Since when they want no messages.
    pub opted_out_at: Option<DateTime<Utc>>,
    /// Since when we send them nothing.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When they last wrote to this sender.
    pub last_inbound_at: Option<DateTime<Utc>>,
}

/// What of a message matters here.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Whether it is made of a template.
    pub is_template: bool,
    /// Not before.
    pub send_at: Option<DateTime<Utc>>,
}

impl Kind {
    /// Of a message.
    pub fn of(draft: &Draft) -> Self {
        Self {
            is_template: draft.content_sid.is_some(),
            send_at: draft.send_at,
        }
    }

    /// When it will be sent.
    pub fn sent_at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.send_at.unwrap_or(now).max(now)
    }
}

/// Why the recipient may not get this message. Empty: they may.
pub fn refusals(kind: Kind, standing: Standing, now: DateTime<Utc>) -> Vec<Refusal> {
    let mut broken = Vec::new();
    if let Some(since) = standing.opted_out_at {
        let since = since.format("%d %b %Y");
        let message = format!(
            "they opted out or blocked us on {since} and get no messages: only they can change that, by writing START"
        );
        broken.push(Refusal::field(Code::OptedOut, "to", message));
    }
    if let Some(since) = standing.blocked_at {
        let since = since.format("%d %b %Y");
        let message = format!(
            "this contact is blocked since {since} and is sent nothing: unblockContact ends that"
        );
        broken.push(Refusal::field(Code::ContactBlocked, "to", message));
    }
    if !kind.is_template {
        broken.extend(closed_window(standing, kind.sent_at(now), now));
    }
    broken
}

/// Free text, outside of the window.
fn closed_window(standing: Standing, at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Refusal> {
    if window::is_open(standing.last_inbound_at, at) {
        return None;
    }
    let way_out = "send an approved template (contentSid), or wait until they write";
    let message = match standing.last_inbound_at.map(window::closes_at) {
        None => format!(
            "they have not written to this sender yet, so WhatsApp takes no free text: {way_out}"
        ),
        Some(end) if end > now => {
            let end = end.format("%d %b %H:%M UTC");
            format!(
                "by sendAt the 24-hour window is closed ({end}) unless they write again: schedule a template (contentSid)"
            )
        }
        Some(end) => {
            let end = end.format("%d %b %H:%M UTC");
            format!("the 24-hour window closed at {end}, so WhatsApp takes no free text: {way_out}")
        }
    };
    Some(Refusal::field(Code::WindowClosed, "to", message))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use entity::types::Address;

    use super::*;
    use crate::domain::draft::Request;

    #[test]
    fn free_text_needs_an_open_window_and_nothing_reaches_who_opted_out() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |hours| Some(now - TimeDelta::hours(hours));
        let senders = [Address::parse("+14155238886").unwrap()];
        let template = "HX00112233445566778899aabbccddeeff";
        let codes = |is_template: bool, in_hours: Option<i64>, standing: Standing| {
            let request = Request {
                to: "+9779800000000".into(),
                body: (!is_template).then(|| "hi".into()),
                content_sid: is_template.then(|| template.into()),
                send_at: in_hours.map(|it| now + TimeDelta::hours(it)),
                ..Request::default()
            };
            let draft = Draft::check(request, &senders, now).unwrap();
            refusals(Kind::of(&draft), standing, now)
                .iter()
                .map(|it| it.code)
                .collect::<Vec<_>>()
        };
        let wrote = |hours| Standing {
            last_inbound_at: ago(hours),
            ..Standing::default()
        };
        assert_eq!(
            codes(false, None, Standing::default()),
            [Code::WindowClosed]
        );
        assert_eq!(codes(true, None, Standing::default()), []);
        assert_eq!(codes(false, None, wrote(23)), []);
        assert_eq!(codes(false, None, wrote(25)), [Code::WindowClosed]);
        assert_eq!(codes(false, Some(2), wrote(23)), [Code::WindowClosed]);
        assert_eq!(codes(true, Some(2), wrote(23)), []);
        let gone = Standing {
            opted_out_at: ago(1),
            last_inbound_at: ago(1),
            ..Standing::default()
        };
        assert_eq!(codes(false, None, gone), [Code::OptedOut]);
        assert_eq!(codes(true, None, gone), [Code::OptedOut]);
        let blocked = Standing {
            blocked_at: ago(1),
            ..wrote(1)
        };
        assert_eq!(codes(false, None, blocked), [Code::ContactBlocked]);
        assert_eq!(codes(true, None, blocked), [Code::ContactBlocked]);
    }
}
