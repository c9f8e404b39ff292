use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore};

use crate::samples::{
    Running, client, identity, identity_valid, peer, plain, question, secure, start, start_with_log, tls,
};
use crate::{Identity, Limits, Peer};

fn alpha() -> Peer {
    peer("ALPHA", "127.0.0.1:1", &identity("ALPHA", 0))
}

async fn beta() -> Running {
    start("BETA", &[alpha()], Limits::default()).await
}

/// A TLS client with this identity, that trusts BETA.
fn with(identity: &Identity) -> Arc<ClientConfig> {
    let beta = peer("BETA", "127.0.0.1:1", &crate::samples::identity("BETA", 0));
    tls(identity, &[beta]).current().connector.config().clone()
}

/// The first line of the answer to raw bytes of ALPHA.
async fn status(node: &Running, request: &str) -> String {
    let answer = secure(node.address, with(&identity("ALPHA", 0)), request).await;
    answer.lines().next().unwrap_or_default().to_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn post(node: &Running, headers: &str, body: &str) -> String {
    format!("POST /exchange/1 HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n{body}", node.address)
}

#[tokio::test]
async fn only_a_listed_certificate_in_force_is_let_in() {
    let listed = [
        alpha(),
        peer("EXPIRED", "127.0.0.1:1", &identity_valid("EXPIRED", 0, -90, -60)),
        peer("EARLY", "127.0.0.1:1", &identity_valid("EARLY", 0, 60, 90)),
        peer("SERVER", "127.0.0.1:1", &for_servers_only()),
    ];
    let node = start("BETA", &listed, Limits::default()).await;
    for (who, identity, let_in) in [
        ("a listed body", identity("ALPHA", 0), true),
        ("a stranger", identity("STRANGER", 0), false),
        ("a stranger under a listed name", identity("ALPHA", 1), false),
        ("whose certificate has expired", identity_valid("EXPIRED", 0, -90, -60), false),
        ("whose certificate is for tomorrow", identity_valid("EARLY", 0, 60, 90), false),
        ("whose certificate is for servers only", for_servers_only(), false),
    ] {
        let answer = secure(node.address, with(&identity), get("/health")).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200 OK"), let_in, "{who}: {answer}");
        assert_eq!(answer.is_empty(), !let_in, "{who}: {answer}");
    }
    node.stop().await;
}

/// A listed body cannot let others in by signing certificates for them.
#[tokio::test]
async fn a_certificate_signed_by_a_listed_one_is_not_listed() {
    let node = beta().await;
    let key = |identity: &Identity| KeyPair::try_from(identity.key_der()).unwrap();
    let issuer = Issuer::new(params("US/GOV/ALPHA/REG"), key(&identity("ALPHA", 0)));
    let guest = key(&identity("GUEST", 0));
    let certificate = params("US/GOV/GUEST/REG").signed_by(&guest, &issuer).unwrap();
    let guest = Identity::from_der(certificate.der().to_vec(), guest.serialize_der());
    let answer = secure(node.address, with(&guest), get("/health")).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(answer.contains("serve.not-listed") && answer.contains("connection: close"), "{answer}");
}

fn params(body: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, body);
    params.is_ca = IsCa::ExplicitNoCa;
    params
}

fn for_servers_only() -> Identity {
    let key = KeyPair::try_from(identity("SERVER", 0).key_der()).unwrap();
    let mut params = params("US/GOV/SERVER/REG");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.self_signed(&key).unwrap();
    Identity::from_der(certificate.der().to_vec(), key.serialize_der())
}

#[tokio::test]
async fn without_a_client_certificate_nobody_is_let_in() {
    let node = beta().await;
    let mut roots = RootCertStore::empty();
    roots.add(identity("BETA", 0).certificate_der().to_vec().into()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let time = Arc::new(Noon);
    let config = ClientConfig::builder_with_details(provider, time)
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    assert_eq!(secure(node.address, Arc::new(config), get("/health")).await, "");
    assert!(plain(node.address, get("/health")).await.len() < 10, "an alert at most");
}

#[derive(Debug)]
struct Noon;

impl rustls::time_provider::TimeProvider for Noon {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        let seconds = u64::try_from(crate::samples::noon().seconds()).unwrap();
        Some(rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

#[tokio::test]
async fn tls_1_2_is_not_spoken() {
    let node = beta().await;
    // RFC 5246 §7.4.1.2: no `supported_versions`, one suite, supported_groups and signature_algorithms.
    let extensions = [
        &[0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x1d][..],
        &[0x00, 0x0d, 0x00, 0x04, 0x00, 0x02, 0x08, 0x07],
    ]
    .concat();
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    hello.extend([0, extensions.len() as u8]);
    hello.extend(extensions);
    let mut record = vec![0x16, 3, 1, 0, hello.len() as u8 + 4, 1, 0, 0, hello.len() as u8];
    record.extend(hello);
    // Alert, fatal, protocol_version (70).
    assert_eq!(plain(node.address, record).await, [0x15, 3, 3, 0, 2, 2, 70]);
}

#[tokio::test]
async fn only_the_files_of_the_log_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::create_dir_all(log.join("tile/0/x001")).unwrap();
    std::fs::write(log.join("checkpoint"), "checkpoint").unwrap();
    std::fs::write(log.join("tile/0/x001/234"), "tile").unwrap();
    std::fs::write(log.join("secret"), "secret").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let node = start_with_log("BETA", &[alpha()], Limits::default(), log).await;
    for (path, found) in [
        ("/log/checkpoint", true),
        ("/log/checkpoint?query", true),
        ("/log/tile/0/x001/234", true),
        ("/log/tile/0/x001/235", false),
        ("/log/tile/0/x001", false),
        ("/log/secret", false),
        ("/log/../secret", false),
        ("/log/%2e%2e/secret", false),
        ("/log/.%2e/secret", false),
        ("/log/..%2fsecret", false),
        ("/log/..%5csecret", false),
        ("/log/..\\secret", false),
        ("/log/%252e%252e/secret", false),
        ("/log/tile/../secret", false),
        ("/log/tile/0/../../secret", false),
        ("/log/tile/0/%2e%2e/%2e%2e/secret", false),
        ("/log//checkpoint", false),
        ("/log/./checkpoint", false),
        ("/log/checkpoint%00", false),
        ("/log/checkpoint;x", false),
        ("/log/check%70oint", false),
        ("/log/tile/0/x001%2f234", false),
        ("/log/", false),
        ("/log", false),
        ("/../secret", false),
    ] {
        let answer = secure(node.address, with(&identity("ALPHA", 0)), get(path)).await;
        let status = answer.lines().next().unwrap_or_default();
        assert_eq!(status, if found { "HTTP/1.1 200 OK" } else { "HTTP/1.1 404 Not Found" }, "{path}");
        assert!(!answer.ends_with("secret"), "{path}");
    }
}

#[tokio::test]
async fn a_request_that_two_readers_could_read_differently_is_refused() {
    let node = beta().await;
    let host = format!("host: {}\r\n", node.address);
    for (what, headers, body, expected) in [
        ("nothing wrong", "content-length: 2\r\n", "hi", "200"),
        ("no body", "", "", "200"),
        ("two hosts", host.as_str(), "", "400"),
        ("two content types", "content-type: a/b\r\nContent-Type: a/b\r\n", "", "400"),
        ("two digests", "content-digest: a\r\ncontent-digest: b\r\n", "", "400"),
        ("two signatures", "signature: a\r\nsignature: b\r\n", "", "400"),
        ("two signature inputs", "signature-input: a\r\nSIGNATURE-INPUT: b\r\n", "", "400"),
        ("two lengths", "content-length: 2\r\ncontent-length: 3\r\n", "hi", "400"),
        ("a signed length", "content-length: +2\r\n", "hi", "400"),
        ("a folded header", "x-a: b\r\n c\r\n", "", "400"),
        ("a space before the colon", "x-a : b\r\n", "", "400"),
        ("a bad chunk", "transfer-encoding: chunked\r\n", "zz\r\nhi\r\n0\r\n\r\n", "400"),
        ("chunked, but not last", "transfer-encoding: chunked, gzip\r\n", "2\r\nhi\r\n0\r\n\r\n", "400"),
        ("a compressed body", "content-encoding: gzip\r\ncontent-length: 2\r\n", "hi", "415"),
        ("a NUL", "x-a: b\0\r\n", "", "400"),
    ] {
        let status = status(&node, &post(&node, headers, body)).await;
        assert_eq!(status.split(' ').nth(1), Some(expected), "{what}: {status}");
    }
    // Length and chunks: what is read is the chunks, and nothing is left over that a second reader would take for a request.
    let both = post(
        &node,
        "content-length: 3\r\ntransfer-encoding: chunked\r\n",
        "2\r\nhi\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n",
    );
    let answer = secure(node.address, with(&identity("ALPHA", 0)), both).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn what_is_not_for_this_node_is_not_done() {
    let node = beta().await;
    for (request, expected) in [
        (get("/health"), "200"),
        (get("/"), "404"),
        (get("/exchange/1"), "405"),
        (get("/exchange/2"), "404"),
        (post(&node, "", "").replace("/exchange/1", "/exchange/%31"), "404"),
        (post(&node, "", "").replace("/exchange/1", "/exchange//1"), "404"),
        (post(&node, "", "").replace(&node.address.to_string(), "127.0.0.1:1"), "421"),
        (post(&node, "", "").replace("/exchange/1", &format!("https://{}/exchange/1", node.address)), "421"),
        ("POST /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".into(), "405"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), ""),
        ("nonsense\r\n\r\n".into(), "400"),
    ] {
        let status = status(&node, &request).await;
        assert_eq!(status.split(' ').nth(1).unwrap_or_default(), expected, "{request}: {status}");
    }
}

#[tokio::test]
async fn whoever_leaves_the_list_is_out_at_once() {
    let node = beta().await;
    let alpha_identity = identity("ALPHA", 0);
    let beta = peer("BETA", node.address, &identity("BETA", 0));
    let client = client(&alpha_identity, &[alpha(), beta.clone()]);
    let body = crate::samples::body("BETA");
    assert_eq!(client.send(&body, question(b"")).await.unwrap().status(), 200);
    node.tls.replace(&identity("BETA", 0), vec![beta]).unwrap();
    // The connection is still the old one.
    assert_eq!(client.send(&body, question(b"")).await.unwrap().status(), 403);
    assert!(client.send(&body, question(b"")).await.is_err());
}
