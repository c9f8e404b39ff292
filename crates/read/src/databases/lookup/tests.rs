//! Servers that are gone, silent, or something else, when a question is put to them.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::{Asking, Source};

/// A listener that does something with whoever comes, and holds on to them.
fn listener(mut meet: impl FnMut(&mut TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            meet(&mut stream);
            held.push(stream);
        }
    });
    port
}

fn source(kind: &str, port: u16, options: &str) -> Source {
    let text = format!(
        "kind = \"{kind}\"\n[{kind}]\nhost = \"127.0.0.1\"\nport = {port}\ndatabase = \"d\"\nuser = \"u\"\ntls = \"off\"\n\
         table = \"t\"\nasked_by = [\"name\"]\n{options}\n"
    );
    Source::parse(&text, "source.toml").unwrap()
}

fn ask(source: &Source) -> &'static str {
    let within = Some(Duration::from_millis(400));
    let asking = Asking { within, ..Asking::with([("name".into(), "Hill Trust".into())]) };
    let begin = Instant::now();
    let code = source.ask(Path::new(""), &asking).unwrap_err().code;
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    code
}

#[test]
fn a_server_that_says_nothing_or_nonsense_is_no_answer_in_time() {
    let silent = listener(|_| ());
    let nonsense = listener(|stream| stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap());
    for kind in ["postgres", "mysql"] {
        for port in [silent, nonsense] {
            let told = ask(&source(kind, port, ""));
            assert!(told == "service.late" || told.starts_with("database."), "{kind}: {told}");
        }
    }
}

#[test]
fn a_server_that_keeps_failing_is_left_alone() {
    let asked = Arc::new(AtomicUsize::new(0));
    let seen = asked.clone();
    let port = listener(move |stream| {
        seen.fetch_add(1, Ordering::SeqCst);
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    for kind in ["postgres", "mysql"] {
        let source = source(kind, port, "retries = 0\nbreaker_failures = 2");
        let before = asked.load(Ordering::SeqCst);
        let told = [(); 3].map(|()| ask(&source));
        assert_eq!(told[2], "service.resting", "{kind}: {told:?}");
        assert_eq!(asked.load(Ordering::SeqCst) - before, 2, "{kind}");
    }
}
