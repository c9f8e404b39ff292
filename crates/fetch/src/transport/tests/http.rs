//! Files of HTTP servers.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Reply, Server};
use super::{PATIENCE, code, gzip, read, sample};
use crate::{HttpServer, Secret, Transport};

fn at(server: &Server) -> HttpServer {
    HttpServer {
        origin: server.origin.clone(),
        tls: None,
        login: None,
        follows_elsewhere: false,
        most_bytes: 1 << 20,
        patience: PATIENCE,
    }
}

fn of(server: &Server) -> Transport {
    Transport::Http(at(server))
}

#[test]
fn a_file_is_read_with_the_credentials_and_unpacked_on_the_way() {
    let server = Server::start(|asked| Reply::file(asked, &gzip(b"id\n1\n"), "\"a\""));
    let login = Some(("authorization".to_owned(), Secret::new("Bearer s3cret")));
    let transport = Transport::Http(HttpServer { login, ..at(&server) });
    let files = read(&transport, "out/spitäler 2024.csv.gz?format=csv&key=s3cret").unwrap();
    let shown = format!("{}/out/spit%C3%A4ler%202024.csv.gz", server.origin);
    assert_eq!(files, [(shown, b"id\n1\n".to_vec())]);
    let asked = server.asked();
    assert_eq!(asked[0].target, "/out/spit%C3%A4ler%202024.csv.gz?format=csv&key=s3cret");
    assert_eq!(asked[0].header("authorization"), Some("Bearer s3cret"));
    assert_eq!(asked[0].header("accept-encoding"), Some("identity"));
    assert!(!format!("{transport:?}").contains("s3cret"));
}

#[test]
fn a_connection_that_breaks_off_is_gone_on_with() {
    let bytes = sample(300_000);
    let whole = bytes.clone();
    let server = Server::start(move |asked| Reply {
        cut: (asked.offset() < 200_000).then_some(100_000),
        ..Reply::file(asked, &bytes, "\"a\"")
    });
    assert_eq!(read(&of(&server), "a").unwrap()[0].1, whole);
    let ranges: Vec<Option<String>> =
        server.asked().iter().map(|asked| asked.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges, [None, Some("bytes=100000-".into()), Some("bytes=200000-".into())]);
    assert_eq!(server.asked()[1].header("if-range"), Some("\"a\""));
}

#[test]
fn a_server_without_ranges_is_read_again_from_the_beginning() {
    let bytes = sample(300_000);
    let (whole, tries) = (bytes.clone(), AtomicUsize::new(0));
    let server = Server::start(move |_| {
        let first = tries.fetch_add(1, Ordering::SeqCst) == 0;
        Reply { cut: first.then_some(200_000), ..Reply::new(200, bytes.clone()) }
    });
    assert_eq!(read(&of(&server), "a").unwrap()[0].1, whole);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_a_problem() {
    let bytes = sample(300_000);
    let server = Server::start(move |asked| {
        let tag = if asked.offset() == 0 { "\"a\"" } else { "\"b\"" };
        Reply { cut: (asked.offset() == 0).then_some(100_000), ..Reply::file(asked, &bytes, tag) }
    });
    assert_eq!(code(&of(&server), "a"), "fetch.changed");
}

#[test]
fn an_overloaded_server_is_tried_again_and_a_refusal_is_not() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |asked| match tries.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Reply::new(503, "").header("retry-after: 0"),
        _ => Reply::file(asked, b"x", "\"a\""),
    });
    assert_eq!(read(&of(&server), "a").unwrap()[0].1, b"x");
    for (status, expected, requests) in
        [(404, "fetch.no-such-file", 1), (403, "fetch.status", 1), (500, "fetch.status", 3)]
    {
        let server = Server::start(move |_| Reply::new(status, "the s3cret of somebody"));
        assert_eq!((code(&of(&server), "a?key=s3cret"), server.asked().len()), (expected, requests));
    }
}

#[test]
fn redirects_stay_on_the_server() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/a" => Reply::new(302, "").header("location: /b?c"),
        "/b?c" => Reply::new(307, "").header("location: d"),
        "/d" => Reply::file(asked, b"x", "\"a\""),
        "/circle" => Reply::new(302, "").header("location: /circle"),
        _ => Reply::new(302, "").header("location: http://127.0.0.1:1/"),
    });
    assert_eq!(read(&of(&server), "a").unwrap()[0].1, b"x");
    assert_eq!(code(&of(&server), "circle"), "fetch.redirect");
    assert_eq!(code(&of(&server), "away"), "fetch.redirect");
    // Elsewhere only when told, and encrypted only.
    let transport = Transport::Http(HttpServer { follows_elsewhere: true, ..at(&server) });
    assert_eq!(code(&transport, "away"), "fetch.redirect");
}

#[test]
fn a_file_larger_than_the_limit_is_refused_told_or_not() {
    let server = Server::start(|_| Reply::new(200, vec![b'a'; 2 << 20]));
    assert_eq!(code(&of(&server), "a"), "fetch.too-large");
    let server = Server::start(|_| {
        let mut body = format!("{:x}\r\n", 2 << 20).into_bytes();
        body.extend(vec![b'a'; 2 << 20]);
        body.extend(b"\r\n0\r\n\r\n");
        Reply::new(200, body).header("transfer-encoding: chunked")
    });
    assert_eq!(code(&of(&server), "a"), "fetch.too-large");
}

#[test]
fn a_server_that_is_not_there_or_speaks_nonsense_is_a_problem() {
    let gone =
        HttpServer { origin: "http://127.0.0.1:1".into(), ..at(&Server::start(|_| Reply::new(200, ""))) };
    assert_eq!(code(&Transport::Http(gone), "a"), "fetch.no-connection");
    let server = Server::start(|asked| {
        Reply { status: 206, ..Reply::file(asked, b"abc", "\"a\"") }.header("content-range: bytes 7-9/10")
    });
    assert_eq!(code(&of(&server), "a"), "fetch.bad-response");
}
