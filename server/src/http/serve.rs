//! Takes connections and hands their requests on. Who begins a request and does not go on with it is cut off.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// After so long the line and headers of a request are there, and a connection without one goes.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Serves until `stop`; then idle connections end, what is under way is answered, and it returns.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    patience: Duration,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    // A connection that fails to come in is no reason to stop; axum knows which are.
    while let Some((stream, peer)) = stop
        .run_until_cancelled(Listener::accept(&mut listener))
        .await
    {
        let router = router.clone();
        connections.spawn(converse((stream, peer), router, patience, stop.clone()));
    }
    // Nobody waits at a closed door.
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn converse(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    patience: Duration,
    stop: CancellationToken,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    // How a connection ends is its client's affair: nobody has to act.
    if stop
        .run_until_cancelled(connection.as_mut())
        .await
        .is_none()
    {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, timeout};

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);
    /// Something is wrong if it takes longer.
    const LONG: Duration = Duration::from_secs(10);

    struct Door {
        address: SocketAddr,
        stop: CancellationToken,
        served: JoinHandle<()>,
    }

    async fn door() -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = Router::new().route(
            "/",
            get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
                tokio::time::sleep(SHORT * 2).await;
                peer.ip().to_string()
            }),
        );
        let serving = serve(listener, router, SHORT, stop.clone());
        let served = TaskTracker::new().spawn(serving);
        Door {
            address,
            stop,
            served,
        }
    }

    async fn said(address: SocketAddr, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        stream
    }

    /// What comes until the other side hangs up.
    async fn heard(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        let read = timeout(LONG, stream.read_to_string(&mut text)).await;
        // A reset is an end, too.
        let _ = read.expect("the connection ends");
        text
    }

    #[tokio::test]
    async fn who_sends_half_a_header_or_nothing_is_cut_off() {
        let door = door().await;
        for words in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            let began = Instant::now();
            let mut stream = said(door.address, words).await;
            assert!(!heard(&mut stream).await.contains("200 OK"), "{words:?}");
            assert!(began.elapsed() >= SHORT, "{words:?}");
        }
    }

    #[tokio::test]
    async fn a_whole_request_has_all_the_time_it_takes_and_knows_its_caller() {
        let door = door().await;
        let mut stream = said(door.address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let answer = heard(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.ends_with("127.0.0.1"), "{answer}");
    }

    #[tokio::test]
    async fn a_stop_answers_what_is_under_way() {
        let door = door().await;
        let mut idle = said(door.address, "").await;
        let mut busy = said(door.address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        tokio::time::sleep(SHORT / 2).await;
        door.stop.cancel();
        assert_eq!(heard(&mut idle).await, "");
        assert!(heard(&mut busy).await.ends_with("127.0.0.1"));
        timeout(LONG, door.served).await.unwrap().unwrap();
    }
}
