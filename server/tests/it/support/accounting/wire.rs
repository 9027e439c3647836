//! As much of HTTP/1.1 as the provider's client speaks, on a bare socket: so that a connection can end at any byte.

use std::io::ErrorKind;

use tokio::net::TcpStream;

const HEAD_ENDS: &[u8] = b"\r\n\r\n";

/// One request.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) authorization: String,
    pub(super) body: Vec<u8>,
}

/// One connection.
pub(super) struct Wire {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            heard: Vec::new(),
        }
    }

    /// The next request; `None` when the client is gone.
    pub(super) async fn next(&mut self) -> Option<Request> {
        let ends = loop {
            let found = self.heard.windows(4).position(|it| it == HEAD_ENDS);
            match found {
                Some(at) => break at,
                None => self.hear().await?,
            }
        };
        let head = String::from_utf8_lossy(&self.heard[..ends]).into_owned();
        let start = ends + HEAD_ENDS.len();
        let length: usize = header(&head, "content-length").parse().unwrap_or(0);
        while self.heard.len() < start + length {
            self.hear().await?;
        }
        let body = self.heard[start..start + length].to_vec();
        self.heard.drain(..start + length);
        let mut words = head.split_whitespace();
        let method = words.next()?.to_owned();
        let target = words.next()?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(Request {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            authorization: header(&head, "authorization"),
            body,
        })
    }

    /// Answers with JSON; whether the client was still there.
    pub(super) async fn answer(&mut self, status: u16, headers: &str, body: &str) -> bool {
        self.say(full(status, headers, body).as_bytes()).await
    }

    /// Ends the connection in the middle of an answer.
    pub(super) async fn cut(mut self, status: u16, body: &str) {
        let answer = full(status, "", body);
        self.say(&answer.as_bytes()[..answer.len() - body.len() / 2])
            .await;
    }

    /// Ends the connection with a reset.
    pub(super) fn reset(self) {
        // A client that is gone needs no reset.
        let _ = self.stream.set_zero_linger();
    }

    /// Says nothing until the client hangs up.
    pub(super) async fn until_closed(mut self) {
        while self.hear().await.is_some() {}
    }

    async fn hear(&mut self) -> Option<()> {
        let mut bytes = [0; 8 * 1_024];
        loop {
            self.stream.readable().await.ok()?;
            match self.stream.try_read(&mut bytes) {
                Ok(0) => return None,
                Ok(count) => {
                    self.heard.extend_from_slice(&bytes[..count]);
                    return Some(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
    }

    async fn say(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.stream.writable().await.is_err() {
                return false;
            }
            match self.stream.try_write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        true
    }
}

fn full(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn header(head: &str, wanted: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.trim().to_owned())
        .next()
        .unwrap_or_default()
}
