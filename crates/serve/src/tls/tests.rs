use concordat_record::Timestamp;

use crate::samples::{Counter, body, clock, identity, noon, peer};
use crate::{Identity, Tls, make_certificate};

#[test]
fn an_identity_survives_its_files() {
    let made = identity("ALPHA", 1);
    let read = Identity::from_pem(&made.certificate_pem(), &made.key_pem()).unwrap();
    assert!(read == made);
    assert_eq!(Identity::from_pem("nothing", &made.key_pem()).unwrap_err().code, "serve.certificate-file");
    assert_eq!(Identity::from_pem(&made.certificate_pem(), "").unwrap_err().code, "serve.key-file");
    assert_eq!(format!("{made:?}"), "Identity(key not shown)");
}

#[test]
fn a_certificate_is_for_hosts_and_a_span_of_time() {
    let (early, late) = (noon(), noon().plus_seconds(60));
    for (address, from, until, expected) in [
        ("node.example.org", early, late, None),
        ("node.example.org:7443", early, late, None),
        ("10.1.2.3:7443", early, late, None),
        ("[2001:db8::1]:7443", early, late, None),
        ("2001:db8::1", early, late, None),
        ("", early, late, Some("serve.certificate-address")),
        ("no host", early, late, Some("serve.certificate-address")),
        ("https://node.example.org", early, late, Some("serve.certificate-address")),
        ("node.example.org", late, early, Some("serve.certificate-dates")),
        ("node.example.org", Timestamp::from_seconds(-1), late, Some("serve.certificate-dates")),
    ] {
        let made = make_certificate(&body("ALPHA"), &[address], from, until, &Counter::default());
        assert_eq!(made.err().map(|problem| problem.code), expected, "{address}");
    }
}

#[test]
fn a_bad_list_is_refused_with_all_its_problems() {
    let own = identity("ALPHA", 0);
    let mut no_address = peer("BETA", "beta", &own);
    no_address.certificates.push(vec![1, 2, 3]);
    let mut no_certificate = peer("GAMMA", "127.0.0.1:1", &own);
    no_certificate.certificates.clear();
    let shared = peer("DELTA", "127.0.0.1:1", &own);
    let problems = Tls::new(&own, vec![no_address, no_certificate, shared], clock()).unwrap_err();
    let codes: Vec<_> = problems.0.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        ["serve.address", "serve.peer-certificate", "serve.peer-certificate", "serve.shared-certificate"]
    );
    assert_eq!(Tls::new(&own, vec![], clock()).unwrap_err().0[0].code, "serve.no-peers");
}

#[test]
fn a_key_that_is_not_the_certificates_is_refused() {
    let (one, other) = (identity("ALPHA", 1), identity("ALPHA", 2));
    let mixed = Identity::from_pem(&one.certificate_pem(), &other.key_pem()).unwrap();
    let problems = Tls::new(&mixed, vec![peer("ALPHA", "127.0.0.1:1", &one)], clock()).unwrap_err();
    assert_eq!(problems.0[0].code, "serve.identity");
}

#[test]
fn a_failed_replacement_leaves_the_old_trust_in_force() {
    let own = identity("ALPHA", 0);
    let tls = Tls::new(&own, vec![peer("ALPHA", "127.0.0.1:1", &own)], clock()).unwrap();
    tls.replace(&own, vec![]).unwrap_err();
    assert_eq!(tls.body_of(own.certificate_der()), Some(body("ALPHA")));
    let new = identity("ALPHA", 1);
    tls.replace(&new, vec![peer("ALPHA", "127.0.0.1:2", &new)]).unwrap();
    assert_eq!(tls.body_of(own.certificate_der()), None);
    assert_eq!(tls.address(&body("ALPHA")).as_deref(), Some("127.0.0.1:2"));
}
