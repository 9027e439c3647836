//! Subscriptions for clients without sockets: server-sent events and multipart. A stream ends with its operation, with the
//! server, with its viewer's right to be here, or with a client that takes nothing any more. Sources: graphql-sse's protocol, "Distinct connections mode"; Apollo's
//! "HTTP callback and multipart protocols for GraphQL subscriptions".

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Data, Request, Response, Value};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use tokio::sync::mpsc;

use super::Guest;
use super::accept;
use crate::auth::guests;
use crate::error::Error;
use crate::graphql::guard::published;
use crate::graphql::limits::of_request;

/// A stream that has nothing to tell says so this often, so that nobody in between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(12);
/// A client that takes nothing for so long is gone.
const TAKE_WITHIN: Duration = Duration::from_mins(1);

/// Runs an operation as a stream.
pub(super) fn open(guest: &Guest, request: Request, kind: accept::Stream) -> HttpResponse {
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

enum Told {
    Answer(Box<Response>),
    /// The operation has ended.
    Complete,
    KeepAlive,
}

struct Telling {
    request_id: String,
    answers: BoxStream<'static, Response>,
    unwelcome: Pin<Box<dyn Future<Output = ()> + Send>>,
    has_ended: bool,
}

/// What there is to tell, made by a task of its own: a connection that takes nothing would keep what was read for it. A server
/// that stops just ends, so that the client comes back to the next one.
fn told(
    guest: &Guest,
    answers: BoxStream<'static, Response>,
) -> impl Stream<Item = Told> + Send + use<> {
    let inside = guests::enter(&guest.app, &guest.viewer);
    let unwelcome = Box::pin(async move { inside.until_shown_out().await });
    let telling = Telling {
        request_id: guest.id.clone(),
        answers,
        unwelcome,
        has_ended: false,
    };
    let telling = stream::unfold(telling, |mut telling| async move {
        let told = telling.next().await?;
        Some((told, telling))
    });
    let (tx, rx) = mpsc::channel(1);
    let closing = guest.app.closing.clone();
    guest.app.tasks.spawn(async move {
        let pumped = pump(telling, tx, TAKE_WITHIN);
        closing.run_until_cancelled(pumped).await;
    });
    stream::unfold(rx, |mut rx| async move {
        let told = rx.recv().await?;
        Some((told, rx))
    })
}

/// Hands on what there is to tell, until nobody takes it. A client that is given up on hears of no end: if it lives, it comes
/// back for the rest.
async fn pump(told: impl Stream<Item = Told>, tx: mpsc::Sender<Told>, within: Duration) {
    let mut told = pin!(told);
    loop {
        let next = tokio::select! {
            next = told.next() => next,
            () = tx.closed() => None,
        };
        let Some(next) = next else {
            return;
        };
        if tx.send_timeout(next, within).await.is_err() {
            return;
        }
    }
}

impl Telling {
    /// `None`: nothing more comes.
    async fn next(&mut self) -> Option<Told> {
        if self.has_ended {
            return None;
        }
        let next = tokio::select! {
            biased;
            () = &mut self.unwelcome => {
                let error = published(Error::Unauthenticated).into_server_error(async_graphql::Pos::default());
                let error = of_request(error, &self.request_id);
                self.answers = stream::empty().boxed();
                self.unwelcome = Box::pin(std::future::pending());
                Told::Answer(Box::new(Response::from_errors(vec![error])))
            }
            answer = self.answers.next() => answer.map_or(Told::Complete, |it| Told::Answer(Box::new(it))),
            () = tokio::time::sleep(KEEP_ALIVE) => Told::KeepAlive,
        };
        self.has_ended = matches!(next, Told::Complete);
        Some(next)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_takes_nothing_is_given_up_on_and_hears_of_no_end() {
        let (tx, mut rx) = mpsc::channel(1);
        let forever = stream::repeat_with(|| Told::KeepAlive);
        pump(forever, tx, Duration::from_millis(10)).await;
        assert!(matches!(rx.recv().await, Some(Told::KeepAlive)));
        assert!(rx.recv().await.is_none(), "it ends without an end");
    }

    #[tokio::test]
    async fn nothing_is_made_for_who_hung_up() {
        let (tx, rx) = mpsc::channel(1);
        drop(rx);
        pump(stream::pending(), tx, TAKE_WITHIN).await;
    }
}
