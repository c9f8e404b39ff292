//! Signing what people sign.

use super::bodies::*;
use crate::sign_file;

#[test]
fn a_text_becomes_a_note_and_the_other_party_signs_that_note() {
    let bodies = Bodies::new();
    let place = &bodies.charities;
    place.write("draft/charities.toml", AGREEMENT);
    let signed = sign_file(&key(CHARITIES), &place.folder.join("draft/charities.toml"), None).unwrap();
    assert_eq!(signed.signers, [CHARITIES]);
    let signed = sign_file(&key(GRANTS), &signed.file, None).unwrap();
    assert_eq!(signed.signers, [CHARITIES, GRANTS]);
    let text = place.read("draft/charities.note");
    assert_eq!(text, place.read("agreements/grants-charities.note"));
}

#[test]
fn no_signature_is_made_twice_or_written_over() {
    let bodies = Bodies::new();
    let place = &bodies.charities;
    let note = place.folder.join("agreements/grants-charities.note");
    assert_eq!(sign_file(&key(GRANTS), &note, None).unwrap_err().code, "sign.twice");
    place.write("agreements/grants-charities.toml", AGREEMENT);
    let text = place.folder.join("agreements/grants-charities.toml");
    let before = place.read("agreements/grants-charities.note");
    assert_eq!(sign_file(&key(CHARITIES), &text, None).unwrap_err().code, "sign.exists");
    assert_eq!(place.read("agreements/grants-charities.note"), before);
}

#[test]
fn a_file_that_is_no_note_is_named() {
    let bodies = Bodies::new();
    let file = bodies.charities.folder.join("draft.note");
    assert_eq!(sign_file(&key(GRANTS), &file, None).unwrap_err().code, "body.no-such-file");
    bodies.charities.write("draft.note", "no signatures\n");
    let problem = sign_file(&key(GRANTS), &file, None).unwrap_err();
    assert_eq!((problem.code, problem.place.file), ("sign.note-malformed", Some(file.display().to_string())));
}
