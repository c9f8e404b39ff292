use super::*;
use crate::fixture::*;

fn check(changes: &[(&str, &str)], expected: &[&str]) {
    let text = replaced(&federation().to_text(), changes);
    let found = Federation::parse(&text, "federation.note").err().map(|p| codes(&p)).unwrap_or_default();
    assert_eq!(found, expected, "{changes:?}");
}

#[test]
fn a_written_list_reads_as_the_same() {
    let mut members = [member(TREASURY, 7443), member(GRANTS, 7444)];
    members[0].valid = Some((date("2026-02-01"), date("2026-03-31")));
    members[1].address = "[::1]:7444".into();
    let list = Federation::of("A \"federation\"", date("2026-01-01"), date("2026-12-31"), &members).unwrap();
    assert_eq!(Federation::parse(&list.to_text(), "f").unwrap(), list);
    assert_eq!(list.members().count(), 2);
    assert_eq!(list.member(&body(GRANTS)).unwrap().address, "[::1]:7444");
}

#[test]
fn each_mistake_is_named_with_its_line() {
    let (treasury, grants) = (member(TREASURY, 7443), member(GRANTS, 7444));
    let (key_1, key_2) = (treasury.signing_key.to_string(), grants.signing_key.to_string());
    check(&[], &[]);
    for (changes, expected) in [
        (&[("federation = \"Test\"\n", "")][..], &["share.missing-key:1"][..]),
        (&[("until = \"2030-12-31\"", "until = \"2020-12-31\"")], &["share.dates-reversed:5"]),
        (&[("127.0.0.1:7443", "127.0.0.1")], &["share.bad-address:17"]),
        (&[("127.0.0.1:7443", "127.0.0.1:0")], &["share.bad-address:17"]),
        (&[("127.0.0.1:7443", "host/path@evil:80")], &["share.bad-address:17"]),
        (&[("127.0.0.1:7443", "127.0.0.1:7444")], &["share.twice:14"]),
        (&[(GRANTS, TREASURY)], &["share.key-of-another:11", "share.twice:14"]),
        (&[(&key_1, &key_2)], &["share.key-of-another:18", "share.twice:14"]),
        (&[("certificate = \"M", "certificate = \"X")], &["share.bad-certificate:12"]),
        (&[("certificate = \"", "certificate = \"!")], &["share.bad-certificate:12"]),
        (&[("name = \"Office", "nmae = \"Office")], &["share.missing-key:7", "share.unknown-key:9"]),
    ] {
        check(changes, expected);
    }
}

#[test]
fn a_body_is_found_by_id_certificate_and_key_while_its_entry_counts() {
    let mut members = [member(TREASURY, 7443), member(GRANTS, 7444)];
    members[1].valid = Some((date("2026-02-01"), date("2026-03-31")));
    let list = Federation::of("Test", date("2026-01-01"), date("2026-12-31"), &members).unwrap();
    for (id, now, good) in [
        (TREASURY, "2026-01-01T00:00:00Z", true),
        (TREASURY, "2025-12-31T23:59:59Z", false),
        (TREASURY, "2026-12-31T23:59:59Z", true),
        (TREASURY, "2027-01-01T00:00:00Z", false),
        (GRANTS, "2026-01-31T00:00:00Z", false),
        (GRANTS, "2026-02-01T00:00:00Z", true),
        (GRANTS, "2026-04-01T00:00:00Z", false),
        (STRANGER, "2026-06-01T00:00:00Z", false),
    ] {
        let (now, entry) = (moment(now), member(id, 1));
        let found = [
            list.admit(&entry.id, now),
            list.admit_certificate(&entry.certificate, now),
            list.admit_keyid(&entry.signing_key.keyid(), now),
        ];
        for admitted in found {
            match admitted {
                Ok(admitted) => assert!(good && admitted.id == entry.id, "{id} at {now}"),
                Err(refused) => {
                    assert!(!good, "{id} at {now}");
                    assert_eq!(refused.code, RefusalCode::BodyNotInFederation);
                }
            }
        }
    }
}

#[test]
fn a_body_changes_its_key_while_both_entries_count_for_a_while() {
    let (mut old, mut new) = (member(TREASURY, 7443), member(TREASURY, 7443));
    old.valid = Some((date("2026-01-01"), date("2026-06-30")));
    new.valid = Some((date("2026-06-01"), date("2026-12-31")));
    let key = concordat_sign::SigningKey::from_seed(TREASURY, &[9; 32]).unwrap();
    new.signing_key = key.verifier().clone();
    let all = [new.clone(), member(GRANTS, 7444), old.clone()];
    let list = Federation::of("Test", date("2026-01-01"), date("2026-12-31"), &all).unwrap();
    let admitted = |entry: &Member, now: &str| {
        list.admit_keyid(&entry.signing_key.keyid(), moment(now)).is_ok_and(|found| found == entry)
    };
    assert!(admitted(&old, "2026-05-31T00:00:00Z") && !admitted(&new, "2026-05-31T00:00:00Z"));
    assert!(admitted(&old, "2026-06-15T00:00:00Z") && admitted(&new, "2026-06-15T00:00:00Z"));
    assert!(!admitted(&old, "2026-07-01T00:00:00Z") && admitted(&new, "2026-07-01T00:00:00Z"));
    assert_eq!(list.admit(&old.id, moment("2026-06-15T00:00:00Z")), Ok(&new));
    // What was signed with the old key stays signed, and the new key signs too.
    let with_old = note(AGREEMENT, &[TREASURY, GRANTS]);
    let mut with_new: Note = note(AGREEMENT, &[GRANTS]).parse().unwrap();
    with_new.add_signature(&key);
    for note in [with_old, with_new.to_string()] {
        assert!(crate::SignedAgreement::open(&note, &list, "a.note").is_ok());
    }
    new.valid = None;
    let twice = Federation::of("Test", date("2026-01-01"), date("2026-12-31"), &[old, new]).unwrap_err();
    assert_eq!(twice.0[0].code, "share.twice");
}

#[test]
fn a_list_that_its_keeper_has_not_signed_is_refused() {
    let keeper = key("US/GOV/KEEPER/LIST");
    let text = federation().to_text();
    let good = note(&text, &["US/GOV/KEEPER/LIST"]);
    let altered = good.replace("127.0.0.1:7443", "127.0.0.1:6666");
    for (note, expected) in [
        (good, None),
        (note(&text, &[TREASURY]), Some("sign.signature-missing")),
        (altered, Some("sign.signature-wrong")),
        (text, Some("sign.note-malformed")),
    ] {
        let opened = Federation::open(&note, keeper.verifier(), "federation.note");
        assert_eq!(opened.err().map(|problems| problems.0[0].code), expected);
    }
}
