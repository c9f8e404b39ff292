use proptest::prelude::*;

use super::*;

/// The example of the specification's ancestor, the Go package `note`.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETERS_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).unwrap()
}

fn verify(note: &str, keys: &[&SigningKey]) -> Result<String, &'static str> {
    let keys: Vec<VerifierKey> = keys.iter().map(|key| key.verifier().clone()).collect();
    let note: Note = note.parse().map_err(|problem: Problem| problem.code)?;
    note.verify(&keys).map(|verified| verified.text().into()).map_err(|problem| problem.code)
}

#[test]
fn a_note_of_another_implementation_verifies() {
    let note: Note = PETERS_NOTE.parse().unwrap();
    let verified = note.verify(&[PETER.parse().unwrap()]).unwrap();
    assert!(verified.text().ends_with("your problem is.\n"));
    assert_eq!(note.to_string(), PETERS_NOTE);
}

#[test]
fn every_party_must_have_signed_and_the_missing_one_is_named() {
    let (treasury, grants) = (key("US/GOV/TREASURY/EXEMPT", 1), key("US/GOV/GRANTS/OFFICE", 2));
    let mut note = Note::sign("text\n", &treasury).unwrap();
    let half = note.to_string();
    note.add_signature(&grants);
    let whole = note.to_string();

    assert_eq!(verify(&half, &[&treasury]), Ok("text\n".into()));
    assert_eq!(verify(&half, &[&treasury, &grants]), Err("sign.signature-missing"));
    assert_eq!(verify(&whole, &[&treasury, &grants]), Ok("text\n".into()));
    assert_eq!(verify(&whole, &[]), Err("sign.no-keys"));
    let problem = half.parse::<Note>().unwrap().verify(&[grants.verifier().clone()]).unwrap_err();
    assert!(problem.sentence.contains("US/GOV/GRANTS/OFFICE"), "{problem}");
}

#[test]
fn a_signature_of_another_key_under_the_same_name_does_not_count() {
    let note = Note::sign("text\n", &key("US/GOV/A/B", 1)).unwrap().to_string();
    assert_eq!(verify(&note, &[&key("US/GOV/A/B", 2)]), Err("sign.signature-missing"));
}

#[test]
fn signing_twice_leaves_one_signature() {
    let key = key("US/GOV/A/B", 1);
    let mut note = Note::sign("text\n", &key).unwrap();
    note.add_signature(&key);
    assert_eq!(note.purported_signers().count(), 1);
}

#[test]
fn a_signed_note_altered_anywhere_does_not_verify() {
    let key = key("US/GOV/A/B", 1);
    let note = Note::sign("agreement = \"a\"\n\nfacts = []\n", &key).unwrap().to_string();
    for place in 0..note.len() {
        for change in [1, 0x20, 0x80] {
            let mut bytes = note.clone().into_bytes();
            bytes[place] ^= change;
            let Ok(altered) = String::from_utf8(bytes) else { continue };
            assert!(verify(&altered, &[&key]).is_err(), "{altered}");
        }
    }
    for end in 0..note.len() {
        if let Some(cut) = note.get(..end) {
            assert!(verify(cut, &[&key]).is_err(), "{cut}");
        }
    }
}

#[test]
fn texts_and_notes_outside_the_specification_are_refused() {
    let line = PETERS_NOTE.lines().last().unwrap();
    for (note, code, line_number) in [
        (format!("text\n\n{line}"), "sign.note-text", None),
        (format!("te\txt\n\n{line}\n"), "sign.note-text", Some(1)),
        (format!("one\r\ntwo\n\n{line}\n"), "sign.note-text", Some(1)),
        (format!("text\n{line}\n"), "sign.note-malformed", None),
        ("text\n\n".into(), "sign.note-malformed", None),
        (format!("text\n\n{line}\nmore\n"), "sign.note-malformed", Some(4)),
        (format!("text\n\n{}\n", line.replace('—', "-")), "sign.note-malformed", Some(3)),
        (
            format!("text\n\n{}\n", line.replace("PeterNeumann", "Peter+Neumann")),
            "sign.note-malformed",
            Some(3),
        ),
        (format!("text\n\n{}\n", line.replace("PeterNeumann", "")), "sign.note-malformed", Some(3)),
        (format!("text\n\n{}\n", line.replace("nAM=", "nAN=")), "sign.note-malformed", Some(3)),
        (format!("text\n\n{}\n", line.replace("nAM=", "nAM")), "sign.note-malformed", Some(3)),
        (format!("text\n\n{line} \n"), "sign.note-malformed", Some(3)),
        ("text\n\n— PeterNeumann x08gow==\n".into(), "sign.note-malformed", Some(3)),
        (format!("text\n\n{}", format!("{line}\n").repeat(65)), "sign.note-malformed", Some(67)),
    ] {
        let problem = note.parse::<Note>().unwrap_err();
        assert_eq!((problem.code, problem.place.line), (code, line_number), "{note}");
    }
    assert!(format!("text\n\n{}", format!("{line}\n").repeat(16)).parse::<Note>().is_ok());
    assert!(Note::unsigned("no newline").is_err());
    assert!(Note::unsigned("").is_err());
    assert!(Note::unsigned("x".repeat(5 << 20) + "\n").is_err());
}

proptest! {
    #[test]
    fn whatever_is_signed_comes_back_as_it_was(text in "([^\\p{Cc}]|\n){0,200}\n") {
        let key = key("US/GOV/A/B", 1);
        let note = Note::sign(text.clone(), &key).unwrap().to_string();
        prop_assert_eq!(verify(&note, &[&key]), Ok(text));
    }

    #[test]
    fn no_input_breaks_the_reader(note in "(— |a|=|\n| |\\PC){0,40}") {
        let _ = note.parse::<Note>();
    }
}
