use std::collections::BTreeMap;

use super::*;
use crate::{Choice, ORGANISATION_RULES, Recogniser};

/// Three values compared as they are; records meet in the first or the second.
const THREE: &str = r#"
title = "three"
class = "LegalEntity"
largest_block = 1000
most_candidates = 1000
[training]
share = 0.2
pseudo_matches = 10
[[block]]
name = "first"
keys = ["exact(legalName)"]
[[block]]
name = "second"
keys = ["exact(legalIdentifier)"]
[[comparison]]
name = "first"
compare = "exact"
properties = ["legalName"]
levels = [{ label = "same", is = "same", m = 0.8 }, { label = "other", m = 0.2 }]
[[comparison]]
name = "second"
compare = "exact"
properties = ["legalIdentifier"]
levels = [{ label = "same", is = "same", m = 0.8 }, { label = "other", m = 0.2 }]
[[comparison]]
name = "third"
compare = "exact"
properties = ["legalFormType"]
levels = [{ label = "same", is = "same", m = 0.8 }, { label = "other", m = 0.2 }]
"#;

const PROPERTIES: [&str; 3] = ["legalName", "legalIdentifier", "legalFormType"];
/// How often each value of a true match is the same.
const TRUE_M: [f64; 3] = [0.95, 0.85, 0.9];
/// How many different values each property has.
const VALUES: [u64; 3] = [500, 300, 8];

fn rules(text: &str) -> Rules {
    Rules::parse(text, "links/t.toml").unwrap_or_else(|problems| panic!("{problems}"))
}

fn records(rules: &Rules, rows: impl IntoIterator<Item = BTreeMap<String, String>>) -> Records {
    let mut records = Records::new(&rules.properties());
    rows.into_iter().for_each(|row| records.push(&row));
    records
}

/// A repeatable sequence for made-up data.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn happens(&mut self, probability: f64) -> bool {
        (self.below(1_000_000) as f64) < probability * 1e6
    }

    fn values(&mut self) -> [u64; 3] {
        VALUES.map(|values| self.below(values))
    }
}

fn row(values: [u64; 3]) -> BTreeMap<String, String> {
    PROPERTIES
        .iter()
        .zip(values)
        .map(|(property, value)| ((*property).to_owned(), format!("v{value}")))
        .collect()
}

/// A register, and a left side of which `share` is in it, with values that differ as `TRUE_M` says.
fn made_up(left: usize, right: usize, share: f64) -> (Vec<[u64; 3]>, Vec<[u64; 3]>) {
    let mut chance = Chance(7);
    let register: Vec<[u64; 3]> = (0..right).map(|_| chance.values()).collect();
    let subjects = (0..left).map(|number| {
        let mut values = chance.values();
        if chance.happens(share) {
            for (field, value) in values.iter_mut().enumerate() {
                if chance.happens(TRUE_M[field]) {
                    *value = register[number % right][field];
                }
            }
        }
        values
    });
    (subjects.collect(), register)
}

#[test]
fn known_parameters_are_recovered_without_labels() {
    let rules = rules(THREE);
    let (left, right) = made_up(3_000, 3_000, 0.4);
    let (left, right) =
        (records(&rules, left.into_iter().map(row)), records(&rules, right.into_iter().map(row)));
    let (model, report) = estimate(&rules, &left, &right);
    assert!(report.converged, "{report:?}");
    for (comparison, (true_m, values)) in model.comparisons.iter().zip(TRUE_M.iter().zip(VALUES)) {
        let level = &comparison.levels[0];
        assert!((level.m - true_m).abs() < 0.06, "{}: m {} is not {true_m}", comparison.name, level.m);
        let true_u = 1.0 / values as f64;
        assert!((level.u / true_u).log2().abs() < 0.4, "{}: u {} is not {true_u}", comparison.name, level.u);
    }
    assert!((model.share - 0.4).abs() < 0.06, "share {}", model.share);
}

#[test]
fn a_better_level_never_weighs_less_than_a_worse_one() {
    let rules = rules(ORGANISATION_RULES);
    let organisation = |number: usize| {
        let words = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel"];
        let name = format!("{} {} College", words[number % 8], words[number / 8 % 8]);
        let post_code = format!("4{:04}", number % 40);
        [("legalName", name), ("registeredAddress.postCode", post_code)]
            .map(|(p, v)| (p.to_owned(), v))
            .into()
    };
    let left = records(&rules, (0..200).map(organisation));
    let right = records(&rules, (100..400).map(organisation));
    for (model, _) in [estimate(&rules, &left, &right), estimate_register(&rules, &right)] {
        for comparison in &model.comparisons {
            let weights: Vec<f64> = comparison.levels.iter().map(crate::LevelModel::weight).collect();
            assert!(
                weights.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9),
                "{}: {weights:?}",
                comparison.name
            );
            let total: f64 = comparison.levels.iter().map(|level| level.m).sum();
            assert!((total - 1.0).abs() < 1e-6, "{}: m add up to {total}", comparison.name);
        }
    }
}

#[test]
fn empty_single_missing_and_uniform_data_give_sensible_models() {
    let rules = rules(ORGANISATION_RULES);
    let one: BTreeMap<String, String> = [("legalName".to_owned(), "Example College".to_owned())].into();
    let many = |row: BTreeMap<String, String>, count: usize| records(&rules, std::iter::repeat_n(row, count));
    let sides = [
        ("empty", many(BTreeMap::new(), 0)),
        ("one record", many(one.clone(), 1)),
        ("all values missing", many(BTreeMap::new(), 50)),
        ("one giant block", many(one, 2_000)),
    ];
    for (left_name, left) in &sides {
        for (right_name, right) in &sides {
            let (model, _) = estimate(&rules, left, right);
            model.check(&rules).unwrap_or_else(|problems| panic!("{left_name} and {right_name}: {problems}"));
            let recogniser =
                Recogniser::new(self::rules(ORGANISATION_RULES), &model).expect("model of these rules");
            let linked = recogniser.link(left, right, 0.5, Choice::BestOfLeft);
            assert!(linked.pairs.iter().all(|pair| pair.probability.is_finite() && pair.weight.is_finite()));
            let sure = linked.pairs.iter().any(|pair| pair.probability > 0.9);
            // In a register of one record nobody else has the name.
            let alone = right.len() == 1;
            assert!(
                alone || !sure,
                "{left_name} and {right_name}: a name alone, or one of many, is never sure"
            );
        }
        let (model, _) = estimate_register(&rules, left);
        model.check(&rules).unwrap_or_else(|problems| panic!("{left_name}: {problems}"));
    }
}

#[test]
fn too_few_matches_to_learn_from_is_said() {
    let rules = rules(ORGANISATION_RULES);
    let (_, report) = estimate(&rules, &records(&rules, []), &records(&rules, []));
    assert!(
        report.warnings.iter().any(|problem| problem.code == "link.few-matches"),
        "{:?}",
        report.warnings
    );
}

#[test]
fn equal_data_give_equal_models() {
    let rules = rules(THREE);
    let (left, right) = made_up(300, 300, 0.5);
    let (left, right) =
        (records(&rules, left.into_iter().map(row)), records(&rules, right.into_iter().map(row)));
    let once = estimate(&rules, &left, &right).0;
    let again = estimate(&rules, &left, &right).0;
    assert_eq!(once.to_json().expect("numbers"), again.to_json().expect("numbers"));
}
