//! Test cases of a register file, and whether what they expect is there at all.

use concordat_record::{Place, Problem, Problems, nearest};
use serde_json::Map;

use super::document::{Document, Table, to_json};
use super::{CheckSeverity, Given, Register, TestCase};

pub(super) fn test_case(
    document: Document<'_>,
    mut table: Table<'_>,
    problems: &mut Problems,
) -> Option<TestCase> {
    let name = table.text("name", problems);
    let given = table.members("given", problems);
    let given = given
        .iter()
        .map(|entry| Given {
            field: entry.key.to_owned(),
            value: to_json(entry.value.get_ref()),
            place: document.place(&entry.key_span),
        })
        .collect();
    let expect: Map<_, _> = table
        .members("expect", problems)
        .iter()
        .map(|entry| (entry.key.to_owned(), to_json(entry.value.get_ref())))
        .collect();
    let quarantine = table.optional("expect_quarantine").map(|entry| document.as_text(entry));
    let expect_quarantine = quarantine.and_then(|text| problems.keep(text)).map(str::to_owned);
    let place = table.place().clone();
    table.finish(problems);
    if expect.is_empty() && expect_quarantine.is_none() {
        let problem = Problem::new("map.missing-key", "the test case expects nothing").at(place.clone());
        problems.push(problem.advise("give it `expect` or `expect_quarantine`"));
    }
    Some(TestCase { name: name?, place, given, expect, expect_quarantine })
}

/// What test cases expect must be something the register has.
pub(super) fn expectations(register: &Register, problems: &mut Problems) {
    let values: Vec<&str> =
        register.property_paths().chain(register.facts().map(|fact| fact.name.as_str())).collect();
    let required = register.checks().filter(|check| check.severity == CheckSeverity::Required);
    let mut reasons: Vec<&str> = required.map(|check| check.name.as_str()).chain(["key"]).collect();
    reasons.extend(&values);
    for test in register.tests() {
        for name in test.expect.keys().filter(|name| !values.contains(&name.as_str())) {
            let sentence = format!("the register has no property or fact `{name}` that a test could expect");
            problems.push(unknown_expectation(sentence, name, &values, &test.place));
        }
        if let Some(name) = test.expect_quarantine.as_deref().filter(|name| !reasons.contains(name)) {
            let sentence = format!("no record is quarantined for `{name}`");
            problems.push(unknown_expectation(sentence, name, &reasons, &test.place));
        }
    }
}

fn unknown_expectation(sentence: String, name: &str, known: &[&str], place: &Place) -> Problem {
    let problem = Problem::new("map.unknown-expectation", sentence).at(place.clone());
    match nearest(name, known.iter().copied()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("known are {}", known.join(", "))),
    }
}
