//! One request to the provider, with no transaction open.

use std::time::Duration;

use chrono::TimeDelta;
use entity::message;
use entity::types::Kind;

use super::door::Settled;
use crate::app::App;
use crate::domain::catalogue;
use crate::gateway::twilio::{Create, Report, Verdict};
use crate::metrics::AttemptLabels;

/// Longer than any request takes, its deadlines added up.
const LONGEST_REQUEST: TimeDelta = TimeDelta::seconds(15);
/// In seconds. Source: Twilio's error 21624 and its "Message resource", which differ; this much both take.
const LONGEST_VALIDITY: u32 = 14_400;
/// How long a sender pauses that was told to be slower, without a word on how long.
const PAUSE: Duration = Duration::from_secs(1);

/// Makes the request of an attempt that is stored already, once its turn has come in `wait`.
pub async fn deliver(app: &App, message: &message::Model, wait: Duration) -> Settled {
    let settled = |report| Settled {
        message: message.clone(),
        report,
    };
    // A turn beyond the lease is not waited for: the place is somebody else's meanwhile.
    if has_no_time(app, message, wait) {
        app.breaker.unused();
        return settled(Report::not_made(wait));
    }
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    // A machine may have slept, too: then the message may be somebody else's by now.
    if has_no_time(app, message, Duration::ZERO) {
        app.breaker.unused();
        return settled(Report::not_made(Duration::ZERO));
    }
    let media = message
        .media_urls
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str());
    let report = app
        .twilio
        .create(&Create {
            from: &message.from_address,
            to: &message.to_address,
            // A list's or button's text is part of its content; the log keeps it too.
            body: (message.body.as_deref()).filter(|_| message.content_sid.is_none()),
            media_urls: media.collect(),
            content_sid: message.content_sid.as_deref(),
            content_variables: message.content_variables.as_ref(),
            status_callback: callback_url(app, message),
            validity_seconds: validity(app, message),
        })
        .await;
    learn(app, &message.from_address, &report).await;
    settled(report)
}

/// Whether a request that leaves after `wait` may outlast the message's lease.
fn has_no_time(app: &App, message: &message::Model, wait: Duration) -> bool {
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    let end = app.now().checked_add_signed(wait + LONGEST_REQUEST);
    message
        .lease_until
        .is_none_or(|until| end.is_none_or(|end| end > until))
}

/// What an answer says about the provider and the sender rather than about the message.
async fn learn(app: &App, sender: &str, report: &Report) {
    if report.is_outage() {
        app.breaker.failed(app.now());
    } else {
        app.breaker.answered();
    }
    if report.is_too_fast() {
        let asked = match report.verdict {
            Verdict::Busy { retry_after } => retry_after,
            _ => None,
        };
        app.cluster.slow(sender, asked.unwrap_or(PAUSE)).await;
    }
    count(app, report);
}

/// How long the provider may try a message that has a "not after": to that moment, or as long as all its parts take.
fn validity(app: &App, message: &message::Model) -> Option<u32> {
    let left = (message.not_after? - app.now()).num_seconds();
    let seconds = u32::try_from(left.max(1)).unwrap_or(u32::MAX);
    Some(seconds.min(LONGEST_VALIDITY))
}

/// Carries the message's id and the attempt's number, so that a callback finds its message even when the answer was lost.
fn callback_url(app: &App, message: &message::Model) -> String {
    let id = Kind::Message.encode(message.id);
    format!(
        "{}/api/v1/whatsapp/status?message={id}&attempt={}",
        app.public_url, message.attempt_count
    )
}

fn count(app: &App, report: &Report) {
    let outcome = match report.verdict {
        Verdict::Accepted { .. } => "accepted",
        Verdict::Busy { .. } => "busy",
        Verdict::Refused => "refused",
        Verdict::Unclear => "unclear",
        Verdict::NotMade { .. } => "not_made",
    };
    // Codes outside of the catalogue share a label, so that their number is bounded.
    let code = report.error_code.map_or(0, |code| {
        catalogue::find(code).map_or(-1, |it| i64::from(it.code))
    });
    app.metrics
        .attempts
        .get_or_create(&AttemptLabels { outcome, code })
        .inc();
    app.metrics.send_seconds.observe(report.took.as_secs_f64());
}
