use proptest::prelude::*;

use super::*;
use crate::tests::{closed_log, leaf, open, verifier};

async fn proof(leaves: u64, index: u64) -> String {
    open(&closed_log(leaves).await).unwrap().reader().proof(index).unwrap()
}

fn code(text: &str) -> Option<&'static str> {
    verify_proof(text, &verifier()).map_err(|problem| problem.code).err()
}

#[tokio::test]
async fn a_proof_has_the_form_of_the_specification() {
    let text = proof(5, 2).await;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "c2sp.org/tlog-proof@v1");
    assert!(lines[1].starts_with("extra "));
    assert_eq!(lines[2], "index 2");
    assert_eq!(lines[3..6].iter().map(|line| line.len()).collect::<Vec<_>>(), [44, 44, 44]);
    assert_eq!(lines[6..9], ["", "US/GOV/TREASURY/EXEMPT", "5"]);
    assert_eq!(verify_proof(&text, &verifier()).unwrap().leaf, leaf(2));
    assert!(verify_proof(&proof(1, 0).await, &verifier()).is_ok(), "the only leaf has an empty path");
}

#[tokio::test]
async fn a_proof_changed_at_any_byte_does_not_verify() {
    let text = proof(5, 2).await;
    for place in 0..text.len() {
        for change in [1, 0x20] {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= change;
            let Ok(altered) = String::from_utf8(bytes) else { continue };
            assert!(code(&altered).is_some(), "byte {place}: {altered}");
        }
    }
    for (end, _) in text.char_indices() {
        assert!(code(&text[..end]).is_some(), "cut at {end}");
    }
}

#[tokio::test]
async fn a_proof_of_something_else_is_refused() {
    let text = proof(5, 2).await;
    let (one, two) = (proof(5, 1).await, proof(6, 2).await);
    let line = |text: &str, number: usize| text.lines().nth(number).unwrap().to_string();
    let head = |text: &str| text.split_once("\n\n").unwrap().1.to_string();
    for (threat, altered, expected) in [
        ("another leaf", text.replace(&line(&text, 1), &line(&one, 1)), "prove.proof-wrong"),
        ("another place", text.replace("index 2", "index 3"), "prove.proof-wrong"),
        ("a place beyond the log", text.replace("index 2", "index 5"), "prove.proof-wrong"),
        ("zeros before the place", text.replace("index 2", "index 02"), "prove.proof-malformed"),
        ("another head", text.replace(&head(&text), &head(&two)), "prove.proof-wrong"),
        ("one node fewer", text.replace(&(line(&text, 3) + "\n"), ""), "prove.proof-wrong"),
        (
            "one node more",
            text.replace(&line(&text, 3), &[line(&text, 3), line(&text, 3)].join("\n")),
            "prove.proof-wrong",
        ),
        (
            "a path without end",
            text.replace(&line(&text, 3), &vec![line(&text, 3); 70].join("\n")),
            "prove.proof-malformed",
        ),
        ("a short hash", text.replace(&line(&text, 3), "AAAA"), "prove.proof-malformed"),
        ("no leaf", text.replace(&(line(&text, 1) + "\n"), ""), "prove.proof-malformed"),
        ("another format", text.replace("@v1", "@v2"), "prove.proof-malformed"),
        ("no signature", text.split("\n—").next().unwrap().into(), "sign.note-malformed"),
        ("windows line ends", text.replace('\n', "\r\n"), "prove.proof-malformed"),
    ] {
        assert_eq!(code(&altered), Some(expected), "{threat}");
    }
    let other = concordat_sign::SigningKey::from_seed("US/GOV/OTHER/BODY", &[1; 32]).unwrap();
    assert_eq!(verify_proof(&text, other.verifier()).unwrap_err().code, "sign.signature-missing");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "(c2sp.org/tlog-proof@v1|\n|extra |index |[0-9]|AAAA|=|—| ){0,40}") {
        prop_assert!(verify_proof(&text, &verifier()).is_err());
    }
}
