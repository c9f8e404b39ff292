use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Limits, serve_plain};
use crate::FaultSpelling;
use crate::samples::{
    Running, body, client, face, identity, log, peer, plain, question, request, secure, start,
};
use crate::{Client, Peer};

const SHORT: Duration = Duration::from_millis(200);

fn alpha() -> Peer {
    peer("ALPHA", "127.0.0.1:1", &identity("ALPHA", 0))
}

/// A node of BETA, and a client of ALPHA to it.
async fn beta(limits: Limits) -> (Running, Client) {
    let node = start("BETA", &[alpha()], limits).await;
    let client = client(&identity("ALPHA", 0), &[alpha(), peer("BETA", node.address, &identity("BETA", 0))]);
    (node, client)
}

async fn raw(node: &Running, client: &Client, request: String) -> String {
    secure(node.address, client.tls().current().connector.config().clone(), request).await
}

fn post(node: &Running, headers: &str, body: &str) -> String {
    format!("POST /exchange/1 HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n{body}", node.address)
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_however_it_comes() {
    let (node, client) = beta(Limits { body_bytes: 1000, ..Limits::default() }).await;
    for (bytes, expected) in [(1000, "200"), (1001, "413")] {
        let body = "x".repeat(bytes);
        for headers in [format!("content-length: {bytes}\r\n"), "transfer-encoding: chunked\r\n".into()] {
            let body = if headers.starts_with('t') {
                format!("{bytes:x}\r\n{body}\r\n0\r\n\r\n")
            } else {
                body.clone()
            };
            let answer = raw(&node, &client, post(&node, &headers, &body)).await;
            assert_eq!(answer.split(' ').nth(1), Some(expected), "{bytes} {headers}");
        }
    }
    let announced = raw(&node, &client, post(&node, "content-length: 99999999999\r\n", "x")).await;
    assert!(announced.starts_with("HTTP/1.1 413"), "{announced}");
    assert!(announced.contains("\"code\":\"serve.body-too-large\""), "{announced}");
}

#[tokio::test]
async fn a_head_over_the_limit_is_refused() {
    let (node, client) = beta(Limits::default()).await;
    let many = |count| (0..count).fold(String::new(), |lines, number| format!("{lines}x-{number}: y\r\n"));
    for (headers, expected) in [
        // Host and connection are headers too.
        (many(62), "200"),
        (many(63), "431"),
        (format!("x: {}\r\n", "y".repeat(15_000)), "200"),
        (format!("x: {}\r\n", "y".repeat(17_000)), "431"),
    ] {
        let answer = raw(&node, &client, post(&node, &headers, "")).await;
        assert_eq!(answer.split(' ').nth(1), Some(expected), "{} bytes", headers.len());
    }
}

#[tokio::test]
async fn whoever_is_slow_is_cut() {
    let (node, client) =
        beta(Limits { handshake: SHORT, head: SHORT, body: SHORT, ..Limits::default() }).await;
    let start = Instant::now();
    let slow_body = raw(&node, &client, post(&node, "content-length: 10\r\n", "x")).await;
    assert!(slow_body.starts_with("HTTP/1.1 408"), "{slow_body}");
    let slow_head = raw(&node, &client, "POST /exchange/1 HTTP/1.1\r\nhost: ".into()).await;
    assert!(slow_head.is_empty() || slow_head.starts_with("HTTP/1.1 408"), "{slow_head}");
    assert!(plain(node.address, "").await.is_empty());
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_panic_hurts_nobody_else() {
    let (_node, client) = beta(Limits::default()).await;
    for _ in 0..3 {
        let answer = client.send(&body("BETA"), question(b"panic")).await.unwrap();
        assert_eq!(answer.status(), 500);
        let text = String::from_utf8(answer.into_body()).unwrap();
        assert!(text.contains("serve.internal") && !text.contains("as the test wants"), "{text}");
        assert_eq!(client.send(&body("BETA"), question(b"")).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn too_much_at_once_is_turned_away() {
    let (_node, client) = beta(Limits { requests: 1, ..Limits::default() }).await;
    let beta = body("BETA");
    let (first, second) = tokio::join!(client.send(&beta, question(b"nap")), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.send(&beta, question(b"")).await
    });
    assert_eq!(first.unwrap().status(), 200);
    let second = second.unwrap();
    assert_eq!((second.status().as_u16(), second.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    assert_eq!(client.send(&beta, question(b"")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let (_node, client) = beta(Limits { answer: SHORT, ..Limits::default() }).await;
    assert_eq!(client.send(&body("BETA"), question(b"sleep")).await.unwrap().status(), 504);
}

#[tokio::test]
async fn a_full_house_keeps_visitors_waiting_and_lets_them_in_later() {
    let (node, client) =
        beta(Limits { connections: 1, head: Duration::from_millis(500), ..Limits::default() }).await;
    client.send(&body("BETA"), question(b"")).await.unwrap();
    let start = Instant::now();
    let answer = raw(&node, &client, post(&node, "", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(start.elapsed() > SHORT, "it waited for the idle connection to end");
}

#[tokio::test]
async fn a_connection_has_a_last_answer() {
    let (node, client) = beta(Limits { lifetime: SHORT, ..Limits::default() }).await;
    let answer = client.send(&body("BETA"), question(b"nap")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(client.send(&body("BETA"), question(b"")).await.unwrap().status(), 200);
    node.stop().await;
}

#[tokio::test]
async fn a_node_that_stops_finishes_what_it_has_begun() {
    let (node, client) = beta(Limits::default()).await;
    client.send(&body("BETA"), question(b"")).await.unwrap();
    let start = Instant::now();
    let beta = body("BETA");
    let (answer, ()) = tokio::join!(client.send(&beta, question(b"nap")), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        node.stop().await;
    });
    assert_eq!(answer.unwrap().status(), 200);
    assert!(start.elapsed() < Duration::from_secs(2), "idle connections do not hold it up");
}

#[tokio::test]
async fn a_node_that_stops_does_not_wait_for_ever() {
    let (node, client) = beta(Limits { drain: SHORT, ..Limits::default() }).await;
    let start = Instant::now();
    let beta = body("BETA");
    let (answer, ()) = tokio::join!(client.send(&beta, question(b"sleep")), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        node.stop().await;
    });
    assert!(answer.is_err());
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn the_interface_is_served_over_plain_http() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let router = face(FaultSpelling::SnakeCase, false).router;
    let serving = tokio::spawn(serve_plain(socket, router, Limits::default(), stopped));
    let call =
        async |text: &str| String::from_utf8(plain(address, text.replace('\n', "\r\n")).await).unwrap();

    let description = call("GET /openapi.json HTTP/1.1\nhost: x\nconnection: close\n\n").await;
    assert!(description.starts_with("HTTP/1.1 200 OK"), "{description}");
    let json = r#"{"purpose":"panic","subject":{"legalName":"a"}}"#;
    let panic = format!(
        "POST /registers/US/GOV/EXEMPT/REG/exempt-organisations/ask HTTP/1.1\nhost: x\nconnection: close\n\
         authorization: Bearer secret\ncontent-type: application/json\ncontent-length: {}\n\n{json}",
        json.len()
    );
    assert!(call(&panic).await.starts_with("HTTP/1.1 500"));
    stop.send(true).unwrap();
    serving.await.unwrap();
}

#[tokio::test]
async fn one_body_cannot_take_all_connections() {
    let gamma = peer("GAMMA", "127.0.0.1:1", &identity("GAMMA", 0));
    let limits = Limits { connections: 4, connections_of_one: 2, ..Limits::default() };
    let node = start("BETA", &[alpha(), gamma.clone()], limits).await;
    let listed = peer("BETA", node.address, &identity("BETA", 0));
    let alphas: Vec<Client> =
        (0..3).map(|_| client(&identity("ALPHA", 0), &[alpha(), listed.clone()])).collect();
    let beta = body("BETA");
    assert_eq!(alphas[0].send(&beta, question(b"")).await.unwrap().status(), 200);
    assert_eq!(alphas[1].send(&beta, question(b"")).await.unwrap().status(), 200);
    assert!(alphas[2].send(&beta, question(b"")).await.is_err());
    let other = client(&identity("GAMMA", 0), &[gamma, listed]);
    assert_eq!(other.send(&beta, question(b"")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_refused_handshake_leaves_one_line() {
    let (lines, _guard) = log();
    let (node, _) = beta(Limits::default()).await;
    let stranger = client(&identity("STRANGER", 0), &[peer("BETA", node.address, &identity("BETA", 0))]);
    assert!(stranger.send(&body("BETA"), question(b"")).await.is_err());
    node.stop().await;
    let lines = lines.lock().unwrap();
    let security: Vec<_> = lines.iter().filter(|line| line.starts_with("concordat::security")).collect();
    assert_eq!(security.len(), 1, "{lines:?}");
    assert!(security[0].contains("event=\"handshake-refused\""), "{security:?}");
}

#[tokio::test]
async fn no_payload_and_no_key_is_logged() {
    let (lines, _guard) = log();
    let (_node, alpha) = beta(Limits::default()).await;
    let face = face(FaultSpelling::SnakeCase, false);
    for content in ["CANARY", "panic CANARY", "panic"] {
        alpha.send(&body("BETA"), question(content.as_bytes())).await.unwrap();
    }
    for (purpose, known) in
        [("grant-eligibility", "legalName"), ("serve-timeout", "legalName"), ("x", "leaglName")]
    {
        let path = "/r1/US/GOV/EXEMPT/REG/exempt-organisations";
        let headers = "x-road-client: US/GOV/GRANTS/REG\nauthorization: Bearer secret\nx-road-userid: CANARY\nx-road-issue: CANARY";
        face.call(request(&format!("GET {path}?purpose={purpose}&{known}=CANARY\n{headers}"))).await;
        let ask = "/registers/US/GOV/EXEMPT/REG/exempt-organisations/ask\ncontent-type: application/json";
        let json = format!(
            "{{\"purpose\":\"{purpose}\",\"subject\":{{\"{known}\":\"CANARY\"}},\"user\":\"CANARY\"}}"
        );
        face.call(request(&format!("POST {ask}\nauthorization: Bearer secret\n\n{json}"))).await;
        face.call(request(&format!("POST {ask}\nauthorization: Bearer CANARY\n\n{json}"))).await;
    }
    let lines = lines.lock().unwrap();
    assert!(lines.len() > 9, "{lines:?}");
    let leaks: Vec<_> =
        lines.iter().filter(|line| line.contains("CANARY") || line.contains("secret")).collect();
    assert!(leaks.is_empty(), "{leaks:?}");
}
