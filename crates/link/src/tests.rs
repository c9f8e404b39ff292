//! The crate as its users see it: batch and single questions, models, evaluation.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, ListBuilder, RecordBatch, StringArray, StringBuilder, UInt64Array,
};
use concordat_record::Subject;

use crate::*;

type Fields = BTreeMap<String, String>;

fn organisation(name: &str, street: &str, town: &str, state: &str, post_code: &str) -> Fields {
    let fields = [
        ("legalName", name),
        ("registeredAddress.thoroughfare", street),
        ("registeredAddress.postName", town),
        ("registeredAddress.adminUnitL2", state),
        ("registeredAddress.postCode", post_code),
    ];
    let known = fields.into_iter().filter(|(_, value)| !value.is_empty());
    known.map(|(property, value)| (property.to_owned(), value.to_owned())).collect()
}

fn rules() -> Rules {
    Rules::parse(ORGANISATION_RULES, "rules/organisation.toml")
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn records(rows: &[Fields]) -> Records {
    let mut records = Records::new(&rules().properties());
    for row in rows {
        records.push(row);
    }
    records
}

/// A made-up register: in each of forty towns a college with its foundation and its alumni, and some others.
fn register() -> Vec<Fields> {
    let mut rows = Vec::new();
    for number in 0..40 {
        let (first, second) = (SYLLABLES[number % 8], SYLLABLES[number / 8]);
        let place = format!("{first}{second}ton");
        let post_code = format!("4{number:04}");
        let college =
            format!("{} {place} COLLEGE", ["NORTHERN", "WESLEY", "SAINT ANN", "PIONEER"][number % 4]);
        for name in [
            format!("{college} INC"),
            format!("{college} FOUNDATION INC"),
            format!("ALUMNI ASSOCIATION OF {college}"),
        ] {
            rows.push(organisation(&name, "100 COLLEGE DR", &place, "KY", &post_code));
        }
        rows.push(organisation(
            &format!("{place} ROTARY CLUB"),
            &format!("PO BOX {number}"),
            &place,
            "KY",
            &post_code,
        ));
        rows.push(organisation(
            &format!("FIRST BAPTIST CHURCH OF {place}"),
            "1 MAIN ST",
            &place,
            "KY",
            &post_code,
        ));
    }
    rows
}

const SYLLABLES: [&str; 8] = ["ald", "bren", "cor", "dun", "el", "fen", "gar", "hol"];

fn recogniser(register: &[Fields]) -> Recogniser {
    let (model, _) = estimate_register(&rules(), &records(register));
    Recogniser::new(rules(), &model).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Asks as a node does: keys, postings, shortlist, comparison.
fn ask(recogniser: &Recogniser, register: &[Fields], subject: &dyn Known) -> Recognition<u32> {
    let index = recogniser.index(&records(register));
    let shared: Vec<u32> = recogniser
        .keys(subject)
        .into_iter()
        .flat_map(|key| index.get(key).rows().collect::<Vec<_>>())
        .collect();
    let candidates = recogniser.shortlist(shared).into_iter().map(|row| (row, &register[row as usize]));
    recogniser.recognise(subject, candidates)
}

#[test]
fn a_college_is_recognised_and_its_foundation_is_not_taken_for_it() {
    let mut register = register();
    let recogniser = recogniser(&register);
    let fields = register[0].iter().map(|(property, value)| (property.clone(), value.replace(" INC", "")));
    let subject = Subject::new("LegalEntity", fields);
    let found = ask(&recogniser, &register, &subject);
    let best = found.best(0.9).expect("the college is recognised");
    assert_eq!(best.record, 0);
    assert!(best.to_match().compared.iter().any(|compared| compared.level == "same name"));
    // Without the college, its foundation and its alumni at the same door are no match.
    register[0] = organisation("SOMEBODY ELSE", "9 OAK ST", "Faraway", "NE", "68000");
    let found = ask(&recogniser, &register, &subject);
    assert!(found.best(0.5).is_none(), "{:?}", found.candidates.first());
}

#[test]
fn of_two_equal_records_neither_is_certain() {
    let mut register = register();
    register.push(register[0].clone());
    let recogniser = recogniser(&register);
    let found = ask(&recogniser, &register, &register[0]);
    let [first, second, ..] = found.candidates.as_slice() else { panic!("two candidates") };
    assert!((first.weight - second.weight).abs() < 1e-9);
    assert!(first.probability <= 0.5 && (first.probability - second.probability).abs() < 1e-9);
}

#[test]
fn a_name_alone_makes_a_lead_and_nothing_known_makes_none() {
    let register = register();
    let recogniser = recogniser(&register);
    let name_only: Fields = [("legalName".to_owned(), register[3]["legalName"].clone())].into();
    let found = ask(&recogniser, &register, &name_only);
    assert_eq!(found.candidates.first().map(|candidate| candidate.record), Some(3));
    let nothing = ask(&recogniser, &register, &Fields::new());
    assert_eq!(nothing.considered, 0);
    assert!(nothing.best(0.0).is_none());
}

#[test]
fn what_was_compared_adds_up_to_the_weight() {
    let register = register();
    let recogniser = recogniser(&register);
    let strangers = recogniser.score(&register[0], &organisation("", "", "", "", ""));
    assert!(strangers.compared.is_empty(), "nothing can be compared with nothing");
    for other in register.iter().take(20) {
        let score = recogniser.score(&register[0], other);
        let sum: f64 = score.compared.iter().map(|compared| compared.weight).sum();
        let rest = score.weight - sum - strangers.weight;
        // A look-alike line below the threshold of mention may be missing.
        assert!(rest.abs() < 0.06, "{rest}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    #[test]
    fn batch_and_single_questions_give_the_same_scores(
        rows in proptest::collection::vec((0usize..8, 0usize..8, 0usize..5, proptest::bool::ANY, 0usize..3), 1..12),
    ) {
        let kinds = ["College", "Univ", "College Foundation", "Hospital", ""];
        let subjects: Vec<Fields> = rows.iter().map(|(first, second, kind, street, town)| {
            let name = format!("{}{}ton {}", SYLLABLES[*first], SYLLABLES[*second], kinds[*kind]);
            let street = if *street { "100 College Drive" } else { "" };
            organisation(&name, street, &format!("{}alton", SYLLABLES[*town]), "Kentucky", &format!("4000{town}-1234"))
        }).collect();
        let register = register();
        let left = records(&subjects);
        let (model, _) = estimate(&rules(), &left, &records(&register));
        let recogniser = Recogniser::new(rules(), &model).map_err(|problems| {
            proptest::test_runner::TestCaseError::fail(problems.to_string())
        })?;
        let linked = recogniser.link(&left, &records(&register), 0.0, Choice::BestOfLeft);
        for (row, subject) in subjects.iter().enumerate() {
            let single = ask(&recogniser, &register, subject);
            let batch = linked.pairs.iter().find(|pair| pair.left as usize == row);
            match (single.candidates.first(), batch) {
                (Some(single), Some(batch)) => {
                    proptest::prop_assert!((single.weight - batch.weight).abs() < 1e-9);
                    proptest::prop_assert!((single.probability - batch.probability).abs() < 1e-9);
                }
                (None, None) => {}
                (single, batch) => proptest::prop_assert!(false, "{single:?} but {batch:?}"),
            }
        }
    }
}

#[test]
fn every_pair_or_the_best_of_each_left_record() {
    let register = records(&register());
    let (model, _) = estimate(&rules(), &register, &register);
    let recogniser = Recogniser::new(rules(), &model).unwrap_or_else(|problems| panic!("{problems}"));
    let every = recogniser.link(&register, &register, 0.5, Choice::Every);
    let best = recogniser.link(&register, &register, 0.5, Choice::BestOfLeft);
    assert!(best.pairs.len() <= register.len() && best.pairs.len() <= every.pairs.len());
    let right = best.pairs.iter().filter(|pair| pair.left == pair.right).count();
    assert!(right * 10 >= register.len() * 9, "{right} of {} find themselves", register.len());
    assert!(best.pairs.iter().all(|pair| pair.levels.get(0) == Some(0)), "all by the same name");
}

#[test]
fn a_model_survives_its_file_and_is_refused_for_other_rules() {
    let (model, _) = estimate_register(&rules(), &records(&register()));
    let read = Model::from_json(&model.to_json().expect("numbers")).expect("own text");
    // Text holds each figure to the last bit or nearly: no weight differs by anything that counts.
    let weights = |model: &Model| -> Vec<f64> {
        model.comparisons.iter().flat_map(|comparison| &comparison.levels).map(LevelModel::weight).collect()
    };
    assert!(weights(&model).iter().zip(weights(&read)).all(|(written, read)| (written - read).abs() < 1e-9));
    assert_eq!((&model.class, &model.counts), (&read.class, &read.counts));
    let other = ORGANISATION_RULES.replace("same name", "equal name");
    let other = Rules::parse(&other, "t").unwrap_or_else(|problems| panic!("{problems}"));
    let problems = Recogniser::new(other, &read).err().expect("other levels");
    assert_eq!(problems.0[0].code, "link.model-other-rules");
    for bad in ["", "{}", "[]", &model.to_json().expect("numbers").replace("concordat-link-model-1", "x")] {
        assert_eq!(Model::from_json(bad).expect_err("no model").code, "link.model-unreadable");
    }
    let broken = model.to_json().expect("numbers").replacen("\"m\": 0", "\"m\": -0", 1);
    let broken = Model::from_json(&broken).expect("still a model by form");
    assert!(Recogniser::new(rules(), &broken).is_err(), "a negative probability is refused");
}

#[test]
fn batches_are_read_whatever_their_columns_hold() {
    let mut names = ListBuilder::new(StringBuilder::new());
    names.append_value([Some("Example College"), Some("EC")]);
    names.append_null();
    let columns: [(&str, ArrayRef); 4] = [
        ("legalName", Arc::new(StringArray::from(vec![Some(" Example College "), Some("  ")]))),
        ("alternativeName", Arc::new(names.finish())),
        ("registeredAddress.postCode", Arc::new(UInt64Array::from(vec![Some(40_506), None]))),
        ("registeredAddress.postName", Arc::new(Date32Array::from(vec![0, 1]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut records = Records::new(&rules().properties());
    records.push_batch(&batch).expect("readable columns");
    let first = records.get(0).expect("two rows");
    assert_eq!(first.value("legalName").as_deref(), Some("Example College"));
    assert_eq!(first.value("alternativeName").as_deref(), Some("Example College\u{1f}EC"));
    assert_eq!(first.value("registeredAddress.postCode").as_deref(), Some("40506"));
    assert_eq!(first.value("registeredAddress.thoroughfare"), None);
    let second = records.get(1).expect("two rows");
    assert_eq!(second.value("legalName"), None, "blanks are nothing");
    assert_eq!((records.len(), records.get(2).is_none()), (2, true));
}

#[test]
fn evaluation_counts_unknown_truth_apart() {
    let found = evaluate([(0, 0), (1, 5), (2, 2), (9, 9)], [(0, 0), (1, 1), (2, 2), (3, 3)]);
    assert_eq!((found.linked, found.right, found.unverified, found.truth), (3, 2, 1, 4));
    assert!((found.precision - 2.0 / 3.0).abs() < 1e-9 && (found.recall - 0.5).abs() < 1e-9);
    let nothing = evaluate([], []);
    assert!((nothing.precision - 1.0).abs() < 1e-9 && (nothing.recall - 1.0).abs() < 1e-9);
}

#[test]
fn plain_equality_folds_case_and_ornament_and_wants_one_answer() {
    let left = [organisation("The Example College", "", "", "KY", "")];
    let one = [
        organisation("EXAMPLE COLLEGE INC", "", "", "KY", ""),
        organisation("EXAMPLE COLLEGE", "", "", "TN", ""),
    ];
    let plain = |right: &[Fields]| {
        plain_names(&records(&left), &records(right), "legalName", "registeredAddress.adminUnitL2")
    };
    assert_eq!(plain(&one), [(0, 0)]);
    let two = [one[0].clone(), one[0].clone()];
    assert!(plain(&two).is_empty(), "two equal names are no answer");
}

/// Whether a register of so many records that nobody has seen recognises the only record that its source gave.
fn sure_of(subject: &Fields, record: Fields, records: u64) -> bool {
    let nothing = Records::new(&rules().properties());
    let model = estimate_unseen(&rules(), &nothing, records);
    let recogniser = Recogniser::new(rules(), &model).unwrap_or_else(|problems| panic!("{problems}"));
    recogniser.recognise(subject, [(0, record)]).best(0.9).is_some()
}

#[test]
fn a_register_that_was_never_seen_recognises_by_the_rules_alone_and_the_larger_the_less() {
    let subject = organisation("Northern Aldaldton College", "100 College Dr", "Aldaldton", "KY", "40000");
    assert!(sure_of(&subject, subject.clone(), 300_000_000), "all is the same");
    let namesake = organisation("Northern Aldaldton College", "7 Elm St", "Fargo", "ND", "58102");
    assert!(!sure_of(&subject, namesake, 100_000), "a namesake elsewhere");
    let neighbour = organisation("Aldaldton Rotary Club", "100 College Dr", "Aldaldton", "KY", "40000");
    assert!(!sure_of(&subject, neighbour, 100_000), "another at the same door");
    let name_only = organisation("Northern Aldaldton College", "", "", "", "");
    assert!(sure_of(&name_only, subject.clone(), 1_000));
    assert!(!sure_of(&name_only, subject, 300_000_000), "many of so many have the same name");
}
