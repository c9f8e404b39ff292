//! A server of the web within the process, which answers with what an input says, and the sources that ask it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use concordat_read::Source;

use crate::folder::Folder;
use crate::source::{SOURCE, outcome, sound};

/// What the server answers: blocks that begin with `--- STATUS`, then headers, an empty line, and the body.
pub(crate) const RESPONSES: &str = "responses.txt";

/// More is never asked: sources have their own limits, and this server forgets nothing.
const MOST_REPLIES: usize = 20;

/// Reads the service that a folder describes, at a server that gives its responses.
pub(crate) fn ask(input: &[u8]) {
    let folder = Folder::parse(input);
    let Some(web) = Web::running() else { return };
    let Some(text) = folder.text(SOURCE) else { return };
    let Ok(source) = Source::parse(&text.replace("PORT", &web.port.to_string()), SOURCE) else { return };
    let Ok(base) = folder.lay_out() else { return };
    web.answer_with(replies(folder.get(RESPONSES).unwrap_or_default()));
    outcome(source.open(base.path()));
}

/// Reads the description of the service that a folder describes, and asks nobody.
pub(crate) fn describe(input: &[u8]) {
    let folder = Folder::parse(input);
    let Some(text) = folder.text(SOURCE) else { return };
    let Ok(source) = Source::parse(&text.replace("PORT", "9"), SOURCE) else { return };
    let Ok(base) = folder.lay_out() else { return };
    source.check(base.path()).0.iter().for_each(sound);
    let _ = source.parameters(base.path()).map_err(|problem| sound(&problem));
    for part in folder.0.iter().filter(|part| part.ends("wsdl")).take(1) {
        let _ = concordat_read::inspect(base.path(), Path::new(&part.name), None)
            .map_err(|problem| sound(&problem));
    }
}

/// The server.
struct Web {
    port: u16,
    /// What it answers next is the last of these.
    replies: Mutex<Vec<Vec<u8>>>,
}

impl Web {
    /// The one server of this process; none where no port can be had.
    fn running() -> Option<&'static Self> {
        static WEB: OnceLock<Option<Web>> = OnceLock::new();
        let started = WEB.get_or_init(|| {
            let listener = TcpListener::bind("127.0.0.1:0").ok()?;
            let port = listener.local_addr().ok()?.port();
            thread::spawn(move || {
                let web = WEB.wait().as_ref();
                for stream in listener.incoming().flatten() {
                    let _ = web.map(|web| web.serve(stream));
                }
            });
            Some(Self { port, replies: Mutex::default() })
        });
        started.as_ref()
    }

    fn answer_with(&self, mut replies: Vec<Vec<u8>>) {
        replies.reverse();
        *self.replies.lock().unwrap_or_else(PoisonError::into_inner) = replies;
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while stream.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink())?;
        let reply = self.replies.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let nothing = || b"HTTP/1.1 404 Nothing\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec();
        stream.get_mut().write_all(&reply.unwrap_or_else(nothing))
    }
}

/// The blocks as they go over the wire.
fn replies(mut blocks: &[u8]) -> Vec<Vec<u8>> {
    let mut replies = Vec::new();
    while let Some(at) = find(blocks, b"--- ").filter(|_| replies.len() < MOST_REPLIES) {
        let block = blocks.get(at + 4..).unwrap_or_default();
        let end = find(block, b"\n--- ").map_or(block.len(), |end| end + 1);
        let (block, rest) = block.split_at(end);
        replies.push(reply(block));
        blocks = rest;
    }
    replies
}

fn reply(block: &[u8]) -> Vec<u8> {
    let end = find(block, b"\n\n").unwrap_or(block.len());
    let (head, body) = block.split_at(end);
    let body = body.get(2..).unwrap_or_default();
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut out = b"HTTP/1.1 ".to_vec();
    out.extend_from_slice(lines.next().unwrap_or_default());
    out.extend_from_slice(b" Whatever\r\nconnection: close\r\n");
    for line in lines {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    let told = head.to_ascii_lowercase();
    if find(&told, b"content-length").is_none() && find(&told, b"transfer-encoding").is_none() {
        out.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
