//! As much HTTP/1.1 as a benchmark needs, so that it costs little: messages with a length, on connections that stay.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One side of a connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the message that was handed out last.
    used: usize,
}

/// A request or an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// First line and headers.
    pub(super) head: &'a str,
    /// What follows.
    pub(super) body: &'a [u8],
}

impl Message<'_> {
    /// Of a request: `GET`, the path. Of an answer: `HTTP/1.1`, the status.
    pub(super) fn start(&self) -> (&str, &str) {
        let mut words = self.head.split(' ');
        let first = words.next().unwrap_or_default();
        (first, words.next().unwrap_or_default())
    }
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4_096),
            used: 0,
        })
    }

    pub(super) async fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::new(TcpStream::connect(address).await?)
    }

    pub(super) async fn write(&mut self, message: &[u8]) -> io::Result<()> {
        self.stream.write_all(message).await
    }

    /// The next message; `None` when the other side closed the connection.
    pub(super) async fn read(&mut self) -> io::Result<Option<Message<'_>>> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let (head, whole) = loop {
            if let Some(size) = measure(&self.buffer)?
                && self.buffer.len() >= size.1
            {
                break size;
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        };
        self.used = whole;
        Ok(Some(Message {
            head: std::str::from_utf8(&self.buffer[..head]).map_err(io::Error::other)?,
            body: &self.buffer[head..whole],
        }))
    }

    /// Sends a request and returns its answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> io::Result<Message<'_>> {
        self.write(request).await?;
        let closed = || io::Error::from(io::ErrorKind::UnexpectedEof);
        self.read().await?.ok_or_else(closed)
    }
}

/// Bytes of the head and of the whole message, once the head is there.
fn measure(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(io::Error::other)?;
    let mut length = 0;
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(io::Error::other("a message without a length"));
        }
    }
    Ok(Some((end + 4, end + 4 + length)))
}

/// A POST request, ready to be written.
pub(super) fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Box<[u8]> {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: bench.example.com\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
        .into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_measured_once_its_head_is_there() {
        let request = post("/in", &[("A", "b")], "x=1&y=2");
        let head = request.len() - 7;
        assert_eq!(measure(&request).unwrap(), Some((head, head + 7)));
        assert_eq!(measure(&request[..head - 1]).unwrap(), None);
        assert_eq!(measure(&request[..head]).unwrap(), Some((head, head + 7)));
        measure(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap_err();
    }
}
