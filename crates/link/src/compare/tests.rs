//! A table of cases for each comparison: values, and the similarity as a range.

use std::ops::RangeInclusive;

use super::*;

fn kind(name: &str) -> &'static Kind {
    KINDS.iter().copied().find(|kind| kind.name == name).expect("a comparison of the list")
}

/// Similarity of two values, each written as `text`, `text|other name` or `text @ beside`.
fn similarity(kind: &'static Kind, left: &str, right: &str) -> Option<f32> {
    let prepare = |value: &'static str| {
        let (texts, beside) = value.split_once(" @ ").unwrap_or((value, ""));
        let values = move |_| Values {
            texts: texts.split('|').filter(|text| !text.is_empty()).collect(),
            beside: beside.split('|').filter(|text| !text.is_empty()).collect(),
        };
        kind.comparator.prepare_all(1, &values, &counts())
    };
    let (left, right) = (left.to_owned().leak(), right.to_owned().leak());
    let (l, r) = (prepare(left), prepare(right));
    let found = kind.comparator.likeness_of(&l, 0, &r, 0).map(|likeness| likeness.similarity);
    let swapped = kind.comparator.likeness_of(&r, 0, &l, 0).map(|likeness| likeness.similarity);
    assert!(
        found.zip(swapped).is_none_or(|(a, b)| (a - b).abs() < 0.02) && found.is_some() == swapped.is_some(),
        "{left} / {right} must not depend on the order: {found:?}, {swapped:?}"
    );
    found
}

/// A register of a thousand records in which some words are common.
fn counts() -> Counts {
    let mut counts = Counts::default();
    for number in 0..1_000 {
        counts.count_record();
        let mut tally = Tally::default();
        for (word, every) in
            [("UNIVERSITY", 20), ("FOUNDATION", 5), ("KENTUCKY", 10), ("SAINT", 30), ("FIRST", 25)]
        {
            if number % every == 0 {
                tally.words.push(crate::hash::hash(word.as_bytes()));
            }
        }
        counts.count(tally);
    }
    counts.keep_repeated();
    counts
}

const SAME: RangeInclusive<f32> = 1.0..=1.0;
const NEARLY: RangeInclusive<f32> = 0.85..=0.99;
const PARTLY: RangeInclusive<f32> = 0.4..=0.849;
const OTHER: RangeInclusive<f32> = 0.0..=0.399;

fn check(name: &str, cases: &[(&str, &str, Option<RangeInclusive<f32>>)]) {
    for (left, right, expected) in cases {
        let found = similarity(kind(name), left, right);
        let as_expected = match (found, expected) {
            (Some(found), Some(range)) => range.contains(&found),
            (None, None) => true,
            _ => false,
        };
        assert!(as_expected, "{name}: {left:?} / {right:?} is {found:?}, not {expected:?}");
    }
}

#[test]
fn organisation_names() {
    check(
        "organisation-name",
        &[
            ("University of Kentucky", "UNIV OF KENTUCKY INC", Some(SAME)),
            ("Saint Mary's College", "ST MARYS COLLEGE", Some(SAME)),
            ("University of Miami", "Miami University", Some(NEARLY)),
            ("MidAmerica Nazarene University", "MID-AMERICA NAZARENE UNIVERSITY", Some(NEARLY)),
            ("Institute for Studies in the Arts", "INSTITUTE FOR STUDIES INTHE ARTS", Some(NEARLY)),
            ("Southeastern Bible College", "SOUTHEASTERRN BIBLE COLLEGE", Some(NEARLY)),
            ("Sierra Verde University", "SIERRA VERDE COLLEGE", Some(NEARLY)),
            (
                "Bethel College-North Newton @ North Newton|KS",
                "BETHEL COLLEGE @ NORTH NEWTON|KS",
                Some(NEARLY),
            ),
            ("Newton College", "Bethel College @ Newton", Some(OTHER)),
            ("Zanzibar Quilt Guild", "Zanzibar Quilt Guild Auxiliary Chorale", Some(PARTLY)),
            ("Northern Example Technical Institute|NETI", "NETI", Some(SAME)),
            ("Northern Example Technical", "NET", Some(PARTLY)),
            ("First University", "Saint University", Some(0.0..=0.7)),
            ("Alpha Widgets", "Omega Gadgets", Some(OTHER)),
            ("", "Omega Gadgets", None),
            ("---", "Omega Gadgets", None),
        ],
    );
}

#[test]
fn shared_rare_words_tell_more_than_shared_common_ones() {
    let name = kind("organisation-name");
    let rare = similarity(name, "Zanzibar University", "Zanzibar Polytechnic");
    let common = similarity(name, "Kentucky Polytechnic", "Kentucky Quilters");
    assert!(rare > common, "{rare:?} {common:?}");
}

#[test]
fn kinds_of_body() {
    check(
        "kind-of-body",
        &[
            ("University of Kentucky", "UNIVERSITY OF KENTUCKY", Some(SAME)),
            ("University of Kentucky", "UNIVERSITY OF KENTUCKY FOUNDATION", Some(0.0..=0.0)),
            ("University of Kentucky", "ALUMNI ASSN OF THE UNIV OF KENTUCKY", Some(0.0..=0.0)),
            ("Smith Foundation", "THE SMITH FDN INC", Some(SAME)),
            ("Example College", "Example Hospital", Some(0.5..=0.5)),
            ("Example Hospital School of Nursing", "Example Hospital", Some(SAME)),
            ("Example", "Example Hospital", Some(SAME)),
            ("", "Example", None),
        ],
    );
}

#[test]
fn street_addresses() {
    check(
        "street",
        &[
            ("100 Main St", "100 MAIN STREET", Some(SAME)),
            ("100 Main St Suite 4", "100 MAIN", Some(0.9..=1.0)),
            ("One College Drive", "1 COLLEGE DR", Some(SAME)),
            ("3800 S 48th St", "3800 SOUTH 48TH STREET", Some(SAME)),
            ("102 Main St", "100 Main St", Some(0.4..=0.59)),
            ("Main St", "100 Main St", Some(0.6..=0.89)),
            ("100 Main St", "100 Oak Ave", Some(OTHER)),
            ("100 48th St", "100 49th St", Some(OTHER)),
            ("PO Box 12", "P.O. BOX 12", Some(SAME)),
            ("PO Box 12", "Post Office Box 13", Some(0.0..=0.0)),
            ("PO Box 12", "100 Main St", None),
            ("", "100 Main St", None),
            ("100", "100 Main St", None),
        ],
    );
}

#[test]
fn post_codes() {
    check(
        "postcode",
        &[
            ("40506-1234", "405061234", Some(SAME)),
            ("40506", "40506-1234", Some(0.9..=0.9)),
            ("40506-0001", "40506-0001", Some(0.9..=0.9)),
            ("40506", "40511", Some(0.5..=0.5)),
            ("40506", "10001", Some(0.0..=0.0)),
            ("SW1A 1AA", "sw1a1aa", Some(0.9..=0.9)),
            ("00000", "40506", None),
            ("", "40506", None),
        ],
    );
}

#[test]
fn towns_and_states() {
    check(
        "town",
        &[
            ("St. Louis", "SAINT LOUIS", Some(SAME)),
            ("La Grange", "LaGrange", Some(SAME)),
            ("Louisville", "Louisvile", Some(0.93..=0.99)),
            ("Lexington", "Paducah", Some(0.0..=0.6)),
            ("", "Paducah", None),
        ],
    );
    check(
        "state",
        &[
            ("KY", "Kentucky", Some(SAME)),
            ("West Virginia", "WV", Some(SAME)),
            ("KY", "TN", Some(0.0..=0.0)),
            ("Bavaria", "BAVARIA", Some(SAME)),
            ("", "TN", None),
        ],
    );
}

#[test]
fn plain_texts() {
    check("exact", &[("Ab-c", "AB C", Some(SAME)), ("Abc", "Abd", Some(0.0..=0.0)), ("", "Abc", None)]);
    check(
        "jaro-winkler",
        &[("Martha", "MARHTA", Some(0.96..=0.97)), ("A|Martha", "martha", Some(SAME)), ("", "A", None)],
    );
}

#[test]
fn the_list_is_in_order() {
    let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len(), "names must differ");
    for kind in KINDS {
        assert!(!kind.sentence.is_empty() && !kind.source.is_empty(), "{} must say what it does", kind.name);
        assert!(kind.grades.windows(2).all(|pair| pair[0].similarity > pair[1].similarity), "{}", kind.name);
    }
}
