use std::collections::BTreeMap;

use super::*;
use crate::Rules;

fn record(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    fields.iter().map(|(property, value)| ((*property).to_owned(), (*value).to_owned())).collect()
}

fn rules(keys: &str) -> Rules {
    let text = format!(
        "title = \"t\"\nclass = \"LegalEntity\"\nlargest_block = 2\n[[block]]\nname = \"b\"\nkeys = [{keys}]\n\
         [[comparison]]\nname = \"n\"\ncompare = \"exact\"\nproperties = [\"legalName\"]\n\
         levels = [{{ label = \"same\", is = \"same\", m = 0.9 }}, {{ label = \"other\", m = 0.1 }}]\n"
    );
    Rules::parse(&text, "links/t.toml").expect("rules of the test")
}

/// Whether two names and post codes share a key.
fn meet(keys: &str, left: &[(&str, &str)], right: &[(&str, &str)]) -> bool {
    let rules = rules(keys);
    let counts = vec![Counts::default(); rules.corpora.len()];
    let of = |fields: &[(&str, &str)]| keys_of(&rules.blocks, &counts, rules.largest_block, &record(fields));
    let right = of(right);
    of(left).iter().any(|key| right.contains(key))
}

#[test]
fn records_meet_where_their_keys_say_so() {
    let name = |name: &'static str| [("legalName", name)];
    let cases: [(&str, &str, &str, bool); 10] = [
        ("\"exact(legalName)\"", "A b", "a-B", true),
        ("\"exact(legalName)\"", "ab", "ac", false),
        ("\"first_letters(legalName, 3)\"", "Exemplar", "Exe", true),
        ("\"digits(legalName, 3)\"", "Lodge 12345", "123", true),
        ("\"digits(legalName, 3)\"", "12", "12", false),
        ("\"name(legalName)\"", "University of Miami", "Miami Univ Inc", true),
        ("\"words(legalName)\"", "Example College", "College of Art", true),
        ("\"rare_words(legalName)\"", "Example College", "Example Hospital", true),
        ("\"word_pairs(legalName)\"", "Big Example College", "Example College", true),
        ("\"word_pairs(legalName)\"", "Example College", "Example Hospital", false),
    ];
    for (keys, left, right, expected) in cases {
        assert_eq!(meet(keys, &name(left), &name(right)), expected, "{keys} {left} {right}");
    }
}

#[test]
fn all_expressions_of_a_rule_must_be_shared_and_nothing_meets_nothing() {
    let keys = "\"words(legalName)\", \"postcode(registeredAddress.postCode)\"";
    let here = [("legalName", "Example College"), ("registeredAddress.postCode", "40506")];
    let there = [("legalName", "Example College"), ("registeredAddress.postCode", "10001")];
    assert!(meet(keys, &here, &here));
    assert!(!meet(keys, &here, &there));
    assert!(!meet(keys, &here[..1], &here[..1]), "a missing value shares nothing");
}

#[test]
fn a_block_that_is_too_large_is_left_out_and_counted() {
    let keys = |row: usize| if row < 5 { vec![1, row as u64 + 10] } else { vec![2] };
    let index = Index::build(7, 2, keys);
    assert_eq!((index.skipped_blocks, index.skipped_entries), (1, 5));
    assert_eq!(index.get(1).records.len(), 0);
    assert_eq!(index.get(2).rows().collect::<Vec<_>>(), [5, 6]);
    assert_eq!(index.get(12).rows().collect::<Vec<_>>(), [2]);
    assert_eq!(index.postings().count(), 6);
}

#[test]
fn a_name_of_very_many_words_has_a_bounded_number_of_keys() {
    let rules = rules("\"words(legalName)\", \"words(legalName)\"");
    let long = (0..200).fold(String::new(), |name, number| name + &format!("word{number} "));
    let keys = keys_of(&rules.blocks, &[], 2, &record(&[("legalName", &long)]));
    assert!(keys.len() <= MOST_KEYS);
}

#[test]
fn every_key_expression_has_its_own_name_and_sentence() {
    let mut names: Vec<&str> = KEY_KINDS.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KEY_KINDS.len());
    assert!(KEY_KINDS.iter().all(|kind| !kind.sentence.is_empty()));
}
