//! A server of the web for tests: answers from a file in order, and writes down what it was asked.
//!
//! `responses.txt` of a case holds blocks that begin with `--- STATUS`, then headers, an empty line, and the body. The port of the server
//! stands for `PORT` in the source file and in the responses.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::{fs, thread};

/// A response as a case has it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<String>,
    pub body: Vec<u8>,
}

impl Reply {
    /// With the port of the server in it.
    fn on(mut self, port: u16) -> Self {
        let body = String::from_utf8(self.body).unwrap();
        self.body = body.replace("PORT", &port.to_string()).into_bytes();
        self
    }
}

/// A running server. Its thread ends with the tests.
pub(crate) struct Web {
    pub port: u16,
    asked: Arc<Mutex<String>>,
}

/// Headers of requests that are written down.
const SHOWN: [&str; 6] =
    ["authorization", "accept", "content-type", "soapaction", "x-api-key", "x-road-client"];

impl Web {
    /// A server that gives these replies, one after the other, and 599 behind them.
    pub fn start(replies: Vec<Reply>) -> Self {
        Self::serve(replies, |stream| stream)
    }

    /// The same, over whatever is made of a connection.
    pub fn serve<S: Read + Write>(
        replies: Vec<Reply>,
        over: impl Fn(TcpStream) -> S + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(String::new()));
        let seen = asked.clone();
        thread::spawn(move || {
            let mut replies = replies.into_iter();
            for stream in listener.incoming() {
                let mut stream = BufReader::new(over(stream.unwrap()));
                let Some(request) = request(&mut stream, port) else { continue };
                seen.lock().unwrap().push_str(&request);
                let nothing = Reply { status: 599, headers: Vec::new(), body: Vec::new() };
                let reply = replies.next().unwrap_or(nothing).on(port);
                let _ = respond(stream.get_mut(), &reply, port);
            }
        });
        Self { port, asked }
    }

    /// All requests so far.
    pub fn asked(&self) -> String {
        self.asked.lock().unwrap().clone()
    }
}

fn request(stream: &mut impl BufRead, port: u16) -> Option<String> {
    let mut shown = String::new();
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    if line.is_empty() {
        return None;
    }
    writeln!(shown, "> {}", line.trim_end().trim_end_matches(" HTTP/1.1")).unwrap();
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim());
        if name == "content-length" {
            length = value.parse().unwrap();
        }
        if SHOWN.contains(&name.as_str()) {
            writeln!(shown, "> {name}: {value}").unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    for line in String::from_utf8(body).unwrap().lines() {
        writeln!(shown, "> {line}").unwrap();
    }
    Some(shown.replace(&port.to_string(), "PORT"))
}

fn respond(stream: &mut impl Write, reply: &Reply, port: u16) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Whatever\r\nconnection: close\r\n", reply.status);
    for header in &reply.headers {
        write!(head, "{header}\r\n").unwrap();
    }
    if !reply.headers.iter().any(|header| header.starts_with("content-length")) {
        write!(head, "content-length: {}\r\n", reply.body.len()).unwrap();
    }
    let head = head.replace("PORT", &port.to_string());
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&reply.body)?;
    stream.flush()
}

/// The blocks of a `responses.txt`.
pub(crate) fn replies(text: &str) -> Vec<Reply> {
    let blocks = text.split("--- ").filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            let (head, body) = block.split_once("\n\n").unwrap_or((block, ""));
            let mut lines = head.lines();
            let status = lines.next().unwrap().trim().parse().unwrap();
            let headers = lines.map(str::to_owned).collect();
            Reply { status, headers, body: body.trim_end_matches('\n').as_bytes().to_vec() }
        })
        .collect()
}

/// Runs a case: what the server was asked, then what reading gives.
pub(crate) fn outcome(folder: &Path) -> String {
    let source = fs::read_to_string(folder.join("source.toml")).unwrap();
    let responses = fs::read_to_string(folder.join("responses.txt")).unwrap_or_default();
    let web = Web::start(replies(&responses));
    let port = web.port.to_string();
    let outcome = crate::cases::outcome(&source.replace("PORT", &port), folder);
    format!("{}{}", web.asked(), outcome.replace(&port, "PORT"))
}

/// A server's side of TLS for `localhost`, and the authority to trust it by, as PEM.
pub(crate) fn encrypted() -> (Arc<rustls::ServerConfig>, String) {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(pair.signing_key.serialize_der()).unwrap();
    let configuration = rustls::ServerConfig::builder_with_provider(crate::tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![pair.cert.der().clone()], key)
        .unwrap();
    (Arc::new(configuration), pem("CERTIFICATE", pair.cert.der()))
}

/// Bytes as PEM has them (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
