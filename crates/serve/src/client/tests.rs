use std::io::Write;
use std::time::Duration;

use concordat_record::FixedClock;
use tokio::net::TcpListener;

use crate::samples::{body, client, identity, peer, question, start, tls};
use crate::{Client, Deadlines, Limits, Peer, Tls};

/// A node of BETA that knows ALPHA, and ALPHA's list with it.
async fn beta() -> (crate::samples::Running, Vec<Peer>) {
    let alpha = peer("ALPHA", "127.0.0.1:1", &identity("ALPHA", 0));
    let node = start("BETA", std::slice::from_ref(&alpha), Limits::default()).await;
    let beta = peer("BETA", node.address, &identity("BETA", 0));
    (node, vec![alpha, beta])
}

#[tokio::test]
async fn a_question_travels_and_its_answer_comes_back() {
    let (node, peers) = beta().await;
    let client = client(&identity("ALPHA", 0), &peers);
    for _ in 0..3 {
        let answer = client.send(&body("BETA"), question(b"hello")).await.unwrap();
        assert_eq!(answer.status(), 200);
        let expected = format!("POST https://{}/exchange/1 hello", node.address);
        assert_eq!(String::from_utf8(answer.into_body()).unwrap(), expected);
    }
    node.stop().await;
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (_node, peers) = beta().await;
    let answer =
        client(&identity("ALPHA", 0), &peers).send(&body("BETA"), question(b"redirect")).await.unwrap();
    assert_eq!(answer.status(), 307);
}

#[tokio::test]
async fn whoever_is_not_as_listed_is_not_talked_to() {
    let (node, peers) = beta().await;
    let alpha = identity("ALPHA", 0);
    let listed_wrongly = vec![
        peers[0].clone(),
        peer("BETA", "127.0.0.1:1", &identity("BETA", 0)),
        peer("GAMMA", node.address, &identity("GAMMA", 0)),
    ];
    let renewed = vec![peers[0].clone(), peer("BETA", node.address, &identity("BETA", 7))];
    for (peers, asked, expected) in [
        (&listed_wrongly, "GAMMA", "serve.wrong-certificate"),
        (&listed_wrongly, "BETA", "serve.unreachable"),
        (&listed_wrongly, "DELTA", "serve.unknown-body"),
        (&renewed, "BETA", "serve.untrusted"),
    ] {
        let problem = client(&alpha, peers).send(&body(asked), question(b"")).await.unwrap_err();
        assert_eq!(problem.code, expected, "{asked}: {problem}");
    }
}

#[tokio::test]
async fn a_node_whose_certificate_has_expired_is_not_trusted() {
    let (_node, peers) = beta().await;
    let alpha = identity("ALPHA", 0);
    for (seconds, expected) in [(43_201, "serve.untrusted"), (-43_201, "serve.untrusted")] {
        let clock = FixedClock::at(crate::samples::noon().plus_seconds(seconds));
        let tls = Tls::new(&alpha, peers.clone(), std::sync::Arc::new(clock)).unwrap();
        let client = Client::new(tls.into(), Deadlines::default());
        let problem = client.send(&body("BETA"), question(b"")).await.unwrap_err();
        assert_eq!(problem.code, expected, "{problem}");
    }
}

#[tokio::test]
async fn a_stranger_is_told_that_his_certificate_is_not_accepted() {
    let (_node, mut peers) = beta().await;
    let stranger = identity("STRANGER", 0);
    peers.push(peer("STRANGER", "127.0.0.1:1", &stranger));
    let problem = client(&stranger, &peers).send(&body("BETA"), question(b"")).await.unwrap_err();
    assert!(["serve.not-accepted", "serve.broken-connection"].contains(&problem.code), "{problem}");
}

#[tokio::test]
async fn a_silent_node_costs_no_more_than_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (node, peers) = beta().await;
    let alpha = identity("ALPHA", 0);
    let mut list = peers.clone();
    list.push(peer("GAMMA", silent.local_addr().unwrap(), &identity("GAMMA", 0)));
    let short = Duration::from_millis(200);
    let client = Client::new(
        tls(&alpha, &list),
        Deadlines { connect: short, total: 2 * short, ..Deadlines::default() },
    );
    let problem = client.send(&body("GAMMA"), question(b"")).await.unwrap_err();
    assert_eq!(problem.code, "serve.unreachable", "{problem}");
    let problem = client.send(&body("BETA"), question(b"sleep")).await.unwrap_err();
    assert_eq!(problem.code, "serve.timeout", "{problem}");
    drop(node);
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let (_node, peers) = beta().await;
    let deadlines = Deadlines { answer_bytes: 99_999, ..Deadlines::default() };
    let client = Client::new(tls(&identity("ALPHA", 0), &peers), deadlines);
    let problem = client.send(&body("BETA"), question(b"much")).await.unwrap_err();
    assert_eq!(problem.code, "serve.answer-too-large");
    assert!(client.send(&body("BETA"), question(b"little")).await.is_ok());
}

#[tokio::test]
async fn something_else_than_tls_is_not_trusted() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = socket.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    let alpha = identity("ALPHA", 0);
    let client = client(&alpha, &[peer("GAMMA", address, &identity("GAMMA", 0))]);
    let problem = client.send(&body("GAMMA"), question(b"")).await.unwrap_err();
    assert_eq!(problem.code, "serve.untrusted", "{problem}");
}

#[tokio::test]
async fn a_question_signed_for_one_host_is_not_sent_to_another() {
    let (_node, peers) = beta().await;
    let mut request = question(b"");
    *request.uri_mut() = "https://elsewhere.example.org/exchange/1".parse().unwrap();
    let problem = client(&identity("ALPHA", 0), &peers).send(&body("BETA"), request).await.unwrap_err();
    assert_eq!(problem.code, "serve.other-address");
}

#[tokio::test]
async fn a_restarted_node_is_found_again() {
    let (node, peers) = beta().await;
    let client = client(&identity("ALPHA", 0), &peers);
    client.send(&body("BETA"), question(b"")).await.unwrap();
    node.stop().await;
    let problem = client.send(&body("BETA"), question(b"")).await.unwrap_err();
    assert_eq!(problem.code, "serve.unreachable", "{problem}");
}

#[tokio::test]
async fn certificates_change_under_way_without_a_lost_question() {
    let (node, peers) = beta().await;
    let client = client(&identity("ALPHA", 0), &peers);
    client.send(&body("BETA"), question(b"")).await.unwrap();

    // The new certificate is listed beside the old one, then presented, then the old one leaves the list.
    let (new, alpha) = (identity("BETA", 1), peers[0].clone());
    let mut both = peers[1].clone();
    both.certificates.push(new.certificate_der().to_vec());
    let only_new = peer("BETA", node.address, &new);
    client.tls.replace(&identity("ALPHA", 0), vec![alpha.clone(), both]).unwrap();
    client.send(&body("BETA"), question(b"")).await.unwrap();
    node.tls.replace(&new, vec![alpha.clone(), only_new.clone()]).unwrap();
    client.send(&body("BETA"), question(b"")).await.unwrap();
    client.tls.replace(&identity("ALPHA", 0), vec![alpha, only_new]).unwrap();
    client.send(&body("BETA"), question(b"")).await.unwrap();
}
