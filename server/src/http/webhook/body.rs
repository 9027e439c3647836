//! Reads a body that may be anything: so much of it, in so much time, and only in the two forms that are known.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use entity::webhook_refusal::RefusalReason;
use futures_util::StreamExt as _;

use super::refusal::Refusal;
use crate::gateway::wire::Form;

/// Longest body, in bytes. A real one has a few thousand.
const BODY_LIMIT: usize = 256 * 1_024;
/// Most fields of a form. A real one has a few dozen.
const FIELDS_LIMIT: usize = 1_000;
/// The provider itself waits 15 seconds in all.
const DEADLINE: Duration = Duration::from_secs(10);

/// A body, unchanged.
#[derive(Debug)]
pub(super) enum Content {
    /// `application/x-www-form-urlencoded`, or of no type.
    Form(Bytes),
    /// JSON, events included.
    Json(Bytes),
}

/// Reads the body of a post.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Content, Refusal> {
    let content = kind(headers)?;
    let body = within(DEADLINE, body).await?;
    Ok(content(body))
}

fn kind(headers: &HeaderMap) -> Result<fn(Bytes) -> Content, Refusal> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(Content::Form);
    };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is = |name: &str| kind.eq_ignore_ascii_case(name);
    let tail = kind.len().checked_sub("+json".len());
    let tail = tail.and_then(|it| kind.get(it..)).unwrap_or_default();
    if is("application/x-www-form-urlencoded") {
        Ok(Content::Form)
    } else if is("application/json") || tail.eq_ignore_ascii_case("+json") {
        Ok(Content::Json)
    } else {
        let words = "its Content-Type is neither a form's nor JSON's: Twilio sends these two";
        Err(Refusal::new(RefusalReason::Unreadable, words).with(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    }
}

async fn within(deadline: Duration, body: Body) -> Result<Bytes, Refusal> {
    let late = |_| {
        let words = "its body did not come within 10 seconds";
        Refusal::new(RefusalReason::Unreadable, words).with(StatusCode::REQUEST_TIMEOUT)
    };
    tokio::time::timeout(deadline, collect(body))
        .await
        .map_err(late)?
}

/// All of a body; one that comes in one piece, as most do, is not copied.
async fn collect(body: Body) -> Result<Bytes, Refusal> {
    let broken = |_| Refusal::new(RefusalReason::Unreadable, "its body broke off");
    let mut pieces = body.into_data_stream();
    let mut whole = Vec::new();
    let mut first = Bytes::new();
    while let Some(piece) = pieces.next().await.transpose().map_err(broken)? {
        if first.len() + whole.len() + piece.len() > BODY_LIMIT {
            let words = "its body is longer than 256 KiB";
            return Err(Refusal::new(RefusalReason::TooLarge, words));
        }
        if first.is_empty() && whole.is_empty() {
            first = piece;
        } else {
            whole.extend_from_slice(&std::mem::take(&mut first));
            whole.extend_from_slice(&piece);
        }
    }
    Ok(if whole.is_empty() {
        first
    } else {
        whole.into()
    })
}

/// A form, as a body or query holds it.
pub(super) fn form(raw: &[u8]) -> Result<Form, Refusal> {
    if raw.split(|it| *it == b'&').nth(FIELDS_LIMIT).is_some() {
        let words = "it has more than 1,000 fields";
        return Err(Refusal::new(RefusalReason::TooLarge, words));
    }
    Ok(Form::decode(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str) -> HeaderMap {
        [(header::CONTENT_TYPE, kind.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[tokio::test]
    async fn a_body_is_taken_for_what_its_type_says() {
        for (kind, is_json) in [
            ("application/x-www-form-urlencoded; charset=UTF-8", false),
            ("APPLICATION/JSON", true),
            ("application/cloudevents-batch+json; charset=utf-8", true),
        ] {
            let content = read(&of(kind), Body::from("[]")).await.unwrap();
            assert_eq!(matches!(content, Content::Json(_)), is_json, "{kind}");
        }
        let untyped = read(&HeaderMap::new(), Body::from("A=1")).await.unwrap();
        assert!(matches!(untyped, Content::Form(_)));
        for kind in ["multipart/form-data; boundary=x", "text/xml", "n", "é"] {
            let Ok(kind) = axum::http::HeaderValue::from_bytes(kind.as_bytes()) else {
                continue;
            };
            let headers = [(header::CONTENT_TYPE, kind)].into_iter().collect();
            let refused = read(&headers, Body::empty()).await.unwrap_err();
            assert_eq!(refused.reason(), RefusalReason::Unreadable);
        }
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_too_slow_or_broken_is_told_apart() {
        let most = Body::from(vec![b'x'; BODY_LIMIT]);
        assert_eq!(within(DEADLINE, most).await.unwrap().len(), BODY_LIMIT);
        let long = Body::from(vec![b'x'; BODY_LIMIT + 1]);
        let long = within(DEADLINE, long).await.unwrap_err();
        assert_eq!(long.reason(), RefusalReason::TooLarge);
        let endless = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let slow = within(Duration::from_millis(5), Body::from_stream(endless)).await;
        assert!(slow.unwrap_err().detail().contains("within 10 seconds"));
        let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]);
        let broken = within(DEADLINE, Body::from_stream(broken)).await;
        assert!(broken.unwrap_err().detail().contains("broke off"));
    }

    #[test]
    fn a_thousand_fields_are_read_and_no_more() {
        assert_eq!(form(&b"A&".repeat(999)).unwrap().pairs().len(), 999);
        assert!(form(&b"A=1&".repeat(1_000)).is_err());
    }
}
