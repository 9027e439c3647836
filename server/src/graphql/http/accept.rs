//! What a client takes for an answer. Source: RFC 9110, section 12.5.1; the GraphQL-over-HTTP specification, "Media Types".

use axum::http::{HeaderMap, StatusCode, header};

/// The form of a single answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells whether the operation ran.
    GraphQlResponse,
    /// `application/json`: 200 for whatever was well-formed.
    Json,
}

impl Media {
    /// As the header names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The status of an answer to an operation that was refused before it ran.
    pub(super) fn status_of_refusal(self) -> StatusCode {
        match self {
            Self::GraphQlResponse => StatusCode::BAD_REQUEST,
            Self::Json => StatusCode::OK,
        }
    }
}

/// The form of a stream of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// `text/event-stream`, in graphql-sse's mode of distinct connections.
    Events,
    /// `multipart/mixed`, in Apollo's protocol of subscriptions.
    Multipart,
}

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// For one answer.
    pub(super) single: Option<Media>,
    /// For a stream of them.
    pub(super) stream: Option<Stream>,
}

impl Accepted {
    /// What `Accept` names; `None` when that is nothing that there is.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::ACCEPT).iter();
        let lines: Vec<&str> = lines.filter_map(|it| it.to_str().ok()).collect();
        let ranges: Vec<Range> = lines
            .iter()
            .flat_map(|line| line.split(','))
            .filter_map(Range::parse)
            .collect();
        if ranges.is_empty() {
            let single = Some(Media::Json);
            return Some(Self {
                single,
                stream: None,
            });
        }
        let accepted = Self {
            single: single(&ranges),
            stream: stream(&ranges),
        };
        (accepted.single.is_some() || accepted.stream.is_some()).then_some(accepted)
    }
}

struct Range {
    /// In lower case, without parameters.
    name: String,
    is_subscription_spec: bool,
    /// In thousandths.
    quality: u16,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(|it| it.trim().to_ascii_lowercase());
        let name = parts.next().filter(|it| it.contains('/'))?;
        let mut range = Self {
            name,
            is_subscription_spec: false,
            quality: 1_000,
        };
        for part in parts {
            match part
                .split_once('=')
                .map(|(key, value)| (key.trim(), value.trim().trim_matches('"')))
            {
                Some(("q", value)) => range.quality = thousandths(value)?,
                Some(("subscriptionspec", _)) => range.is_subscription_spec = true,
                _ => {}
            }
        }
        Some(range)
    }
}

fn thousandths(value: &str) -> Option<u16> {
    let quality: f32 = value.parse().ok()?;
    if !(0.0..=1.0).contains(&quality) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1,000"
    )]
    let quality = (quality * 1_000.0).round() as u16;
    Some(quality)
}

/// The most wanted of both; where both are wanted alike the one that is named, then the newer one. Who takes anything gets
/// plain JSON.
fn single(ranges: &[Range]) -> Option<Media> {
    let wish = |name: &str| {
        let best = |wanted: &str| ranges.iter().find(|it| it.name == wanted);
        let (range, is_named) = match best(name) {
            Some(range) => (range, true),
            None => (best("application/*").or_else(|| best("*/*"))?, false),
        };
        (range.quality > 0).then_some((range.quality, is_named))
    };
    let (new, plain) = (
        wish("application/graphql-response+json"),
        wish("application/json"),
    );
    match (new, plain) {
        (None, None) => None,
        (Some(new), plain) if new.1 && plain.is_none_or(|plain| new.0 >= plain.0) => {
            Some(Media::GraphQlResponse)
        }
        (Some(_), None) => Some(Media::GraphQlResponse),
        (_, Some(_)) => Some(Media::Json),
    }
}

fn stream(ranges: &[Range]) -> Option<Stream> {
    let named = ranges.iter().filter(|it| it.quality > 0).filter_map(|it| {
        let kind = match it.name.as_str() {
            "text/event-stream" => Stream::Events,
            "multipart/mixed" if it.is_subscription_spec => Stream::Multipart,
            _ => return None,
        };
        Some((it.quality, kind))
    });
    // The first of those that are wanted most.
    named
        .rev()
        .max_by_key(|(quality, _)| *quality)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_form_is_answered() {
        use Media::{GraphQlResponse as New, Json};
        use Stream::{Events, Multipart};
        for (accept, single, stream) in [
            ("*/*", Some(Json), None),
            ("application/*", Some(Json), None),
            ("application/json", Some(Json), None),
            ("application/json; charset=utf-8", Some(Json), None),
            ("Application/GraphQL-Response+JSON", Some(New), None),
            (
                "application/graphql-response+json, application/json",
                Some(New),
                None,
            ),
            (
                "application/json, application/graphql-response+json",
                Some(New),
                None,
            ),
            (
                "application/graphql-response+json;q=0.5, application/json",
                Some(Json),
                None,
            ),
            (
                "application/graphql-response+json, */*;q=0.1",
                Some(New),
                None,
            ),
            ("application/json;q=0, */*", Some(New), None),
            ("text/html, */*;q=0.8", Some(Json), None),
            ("text/event-stream", None, Some(Events)),
            (
                "text/event-stream, application/json",
                Some(Json),
                Some(Events),
            ),
            (
                "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\", application/json",
                Some(Json),
                Some(Multipart),
            ),
            (
                "multipart/mixed;subscriptionSpec=1.0;q=0.5,text/event-stream",
                None,
                Some(Events),
            ),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(
                Accepted::of(&headers),
                Some(Accepted { single, stream }),
                "{accept}"
            );
        }
        for accept in [
            "text/html",
            "application/json;q=0",
            "multipart/mixed;deferSpec=20220824",
            "image/*",
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(Accepted::of(&headers), None, "{accept}");
        }
        assert_eq!(
            Accepted::of(&HeaderMap::new()).and_then(|it| it.single),
            Some(Json)
        );
    }
}
