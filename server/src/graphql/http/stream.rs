//! Subscriptions for clients without sockets: server-sent events and multipart. A stream ends with its operation, with the
//! server, or with its viewer's right to be here. Sources: graphql-sse's protocol, "Distinct connections mode"; Apollo's
//! "HTTP callback and multipart protocols for GraphQL subscriptions".

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Data, Request, Response, Value};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};

use super::Guest;
use super::accept;
use crate::app::App;
use crate::auth::guests;
use crate::error::Error;
use crate::graphql::guard::published;
use crate::graphql::limits::of_request;

/// A stream that has nothing to tell says so this often, so that nobody in between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// Runs an operation as a stream.
pub(super) fn open(guest: &Guest, mut request: Request, kind: accept::Stream) -> HttpResponse {
    go_on(guest, &mut request);
    let mut data = Data::default();
    data.insert(guest.viewer.clone());
    data.insert(guest.door());
    let answers = guest
        .schema
        .execute_stream_with_session_data(request, Arc::new(data));
    let told = told(guest, answers);
    let mut answer = match kind {
        accept::Stream::Events => events(told),
        accept::Stream::Multipart => multipart(told),
    };
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies of the nginx kind would collect the stream otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    answer
}

/// A browser that lost its stream says where it was; the operation takes that as its variable `after`.
fn go_on(guest: &Guest, request: &mut Request) {
    let last = guest
        .parts
        .headers
        .get("last-event-id")
        .and_then(|it| it.to_str().ok());
    if let Some(last) = last.filter(|it| !it.is_empty())
        && request.query.contains("$after")
    {
        let value = Value::String(last.to_owned());
        request
            .variables
            .insert(async_graphql::Name::new("after"), value);
    }
}

enum Told {
    Answer(Box<Response>),
    /// The operation has ended.
    Complete,
    KeepAlive,
}

struct Telling {
    app: App,
    request_id: String,
    answers: BoxStream<'static, Response>,
    unwelcome: Pin<Box<dyn Future<Output = ()> + Send>>,
    has_ended: bool,
}

fn told(
    guest: &Guest,
    answers: BoxStream<'static, Response>,
) -> impl Stream<Item = Told> + Send + use<> {
    let app = guest.app.clone();
    let inside = guests::enter(&app, &guest.viewer);
    let unwelcome = Box::pin(async move { inside.until_shown_out().await });
    let telling = Telling {
        app,
        request_id: guest.id.clone(),
        answers,
        unwelcome,
        has_ended: false,
    };
    stream::unfold(telling, |mut telling| async move {
        let told = telling.next().await?;
        Some((told, telling))
    })
}

impl Telling {
    /// `None`: nothing more comes. A server that stops just ends, so that the client comes back to the next one.
    async fn next(&mut self) -> Option<Told> {
        if self.has_ended {
            return None;
        }
        let next = tokio::select! {
            biased;
            () = self.app.closing.cancelled() => None,
            () = &mut self.unwelcome => {
                let error = published(Error::Unauthenticated).into_server_error(async_graphql::Pos::default());
                let error = of_request(error, &self.request_id);
                self.answers = stream::empty().boxed();
                self.unwelcome = Box::pin(std::future::pending());
                Some(Told::Answer(Box::new(Response::from_errors(vec![error]))))
            }
            answer = self.answers.next() => Some(answer.map_or(Told::Complete, |it| Told::Answer(Box::new(it)))),
            () = tokio::time::sleep(KEEP_ALIVE) => Some(Told::KeepAlive),
        };
        self.has_ended = matches!(next, Some(Told::Complete));
        next
    }
}

fn events(told: impl Stream<Item = Told> + Send + 'static) -> HttpResponse {
    let events = told.map(|told| match told {
        Told::Answer(answer) => {
            let id = cursor(&answer).map_or_else(String::new, |it| format!("id: {it}\n"));
            format!("event: next\n{id}data: {}\n\n", json(&answer))
        }
        // Browsers tell of no event without a line of data.
        Told::Complete => "event: complete\ndata:\n\n".to_owned(),
        Told::KeepAlive => ":\n\n".to_owned(),
    });
    // Told at once, so that the client knows the stream is open.
    let first = stream::once(async { ":\n\n".to_owned() });
    let body = Body::from_stream(first.chain(events).map(Ok::<_, Infallible>));
    let kind = "text/event-stream; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Where the event stands in its log, when the client asked for that: the stream resumes from there.
fn cursor(answer: &Response) -> Option<&str> {
    let Value::Object(data) = &answer.data else {
        return None;
    };
    let Value::Object(event) = data.values().next()? else {
        return None;
    };
    match event.get("cursor")? {
        Value::String(cursor) => Some(cursor),
        _ => None,
    }
}

/// A part is complete for a client once the next boundary is there, so each part brings it along.
fn multipart(told: impl Stream<Item = Told> + Send + 'static) -> HttpResponse {
    let part =
        |json: String| format!("\r\nContent-Type: application/json\r\n\r\n{json}\r\n--graphql");
    let parts = told.map(move |told| match told {
        Told::Answer(answer) => part(format!("{{\"payload\":{}}}", json(&answer))),
        Told::Complete => "--\r\n".to_owned(),
        Told::KeepAlive => part("{}".to_owned()),
    });
    let first = stream::once(async { "--graphql".to_owned() });
    let body = Body::from_stream(first.chain(parts).map(Ok::<_, Infallible>));
    let kind = "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=\"1.0\"";
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

fn json(answer: &Response) -> String {
    serde_json::to_string(answer).expect("an answer is JSON")
}
