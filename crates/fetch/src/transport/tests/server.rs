//! An HTTP server on a thread: a function answers each request.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// Path and query.
    pub target: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The offset that is asked for; zero when none is.
    pub fn offset(&self) -> usize {
        self.header("range")
            .map_or(0, |range| range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap())
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<String>,
    pub body: Vec<u8>,
    /// So many bytes of the body are sent, then the connection is closed.
    pub cut: Option<usize>,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub fn header(mut self, header: impl Into<String>) -> Self {
        self.headers.push(header.into());
        self
    }

    /// A file or the rest of it, as a server that knows ranges answers.
    pub fn file(asked: &Asked, bytes: &[u8], tag: &str) -> Self {
        let offset = asked.offset();
        let reply =
            Self::new(if offset > 0 { 206 } else { 200 }, &bytes[offset..]).header(format!("etag: {tag}"));
        if offset == 0 {
            return reply;
        }
        reply.header(format!("content-range: bytes {offset}-{}/{}", bytes.len() - 1, bytes.len()))
    }
}

/// A running server. Its thread ends with the tests.
pub(super) struct Server {
    pub origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(asked) = request(&stream) else { continue };
                seen.lock().unwrap().push(asked.clone());
                // A client that has gone is none of ours.
                let _ = respond(&mut stream, &answer(&asked));
            }
        });
        Self { origin, asked }
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn request(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect();
    Some(Asked { target, headers })
}

fn respond(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Whatever\r\nconnection: close\r\n", reply.status);
    if !reply.headers.iter().any(|header| header.starts_with("transfer-encoding")) {
        head.extend(["content-length: ", &reply.body.len().to_string(), "\r\n"]);
    }
    for header in &reply.headers {
        head.extend([header, "\r\n"]);
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&reply.body[..reply.cut.unwrap_or(reply.body.len())])?;
    stream.flush()
}
