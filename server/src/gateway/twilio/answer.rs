//! What an answer to a create request means, or none.

use std::time::Duration;

use reqwest::{Response, StatusCode};

use super::ask::{LONGEST_OF_ONE, body, request_id};
use super::{Report, Verdict};
use crate::domain::catalogue::{self, Kind};
use crate::gateway::wire::{ErrorJson, MessageJson};

/// What an answer means.
pub(super) async fn read_answer(answer: Response) -> Report {
    let status = answer.status();
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .and_then(|it| it.to_str().ok())
            .map(str::to_owned)
    };
    let request_id = request_id(&answer);
    let retry_after = header("retry-after")
        .and_then(|it| it.parse().ok())
        .map(Duration::from_secs);
    let body = body(answer, LONGEST_OF_ONE).await;
    let mut report = Report {
        verdict: Verdict::Unclear,
        took: Duration::ZERO,
        http_status: Some(status.as_u16()),
        error_code: None,
        error_message: None,
        request_id,
    };
    if status.is_success() {
        let sid = body
            .ok()
            .and_then(|it| serde_json::from_slice::<MessageJson>(&it).ok())
            .and_then(|it| it.sid);
        match sid {
            Some(sid) => report.verdict = Verdict::Accepted { sid },
            None => report.error_message = Some("Twilio's answer could not be read".to_owned()),
        }
        return report;
    }
    let error = body
        .ok()
        .and_then(|it| serde_json::from_slice::<ErrorJson>(&it).ok())
        .unwrap_or_default();
    report.error_code = error.code;
    let known = error.code.and_then(catalogue::find);
    report.error_message = Some(known.map_or_else(
        || format!("Twilio answered with HTTP {}", status.as_u16()),
        |entry| entry.meaning.to_owned(),
    ));
    report.verdict = if status.is_server_error() {
        Verdict::Unclear
    } else if status == StatusCode::TOO_MANY_REQUESTS
        || known.is_some_and(|it| it.kind == Kind::Transient)
    {
        Verdict::Busy { retry_after }
    } else {
        Verdict::Refused
    };
    report
}

/// What a missing answer means: without a connection nothing was taken, afterwards it may have been.
pub(super) fn no_answer(error: &reqwest::Error) -> Report {
    let (verdict, words) = if error.is_connect() {
        (
            Verdict::Busy { retry_after: None },
            "no connection to Twilio",
        )
    } else if error.is_builder() {
        (Verdict::Refused, "the request could not be made")
    } else if error.is_timeout() {
        (Verdict::Unclear, "Twilio did not answer in time")
    } else {
        (Verdict::Unclear, "the connection to Twilio broke")
    };
    Report {
        verdict,
        took: Duration::ZERO,
        http_status: None,
        error_code: None,
        error_message: Some(words.to_owned()),
        request_id: None,
    }
}
