//! The options of a source file about single fields: which description of bytes holds, how lists of varying length lie.

use std::collections::HashMap;

use concordat_record::Problem;

use super::plan::{CountTable, PlanOptions};
use super::rule::RuleText;
use crate::section::Section;

/// Where the fields behind a list of varying length stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    /// Behind the room for all occurrences there can be.
    Maximum,
    /// Behind the occurrences there are; the record ends where its last field does.
    Shift,
    /// The same, and the record is filled up to its greatest length.
    Padded,
}

pub(crate) const VARIABLE_OCCURS: &[(&str, Variable)] =
    &[("maximum", Variable::Maximum), ("shift", Variable::Shift), ("padded", Variable::Padded)];

/// Reads the options; notes what is wrong in the section.
pub(crate) fn column_options(section: &mut Section<'_>) -> PlanOptions {
    PlanOptions {
        rules: rules(section),
        renames: section.flag("renames").unwrap_or_default(),
        moving: false,
        counts: counts(section),
    }
}

/// `counts = { "SIZE-CODE" = { "A" = 1, "B" = 2 } }`.
fn counts(section: &mut Section<'_>) -> Vec<CountTable> {
    let mut tables = Vec::new();
    let mut all = section.section("counts");
    for field in all.keys() {
        let mut table = all.section(&field.value);
        let numbers: HashMap<String, usize> = table
            .keys()
            .into_iter()
            .filter_map(|word| {
                let number = table.number(&word.value, 0)?;
                Some((word.value.trim().to_owned(), usize::try_from(number).unwrap_or(usize::MAX)))
            })
            .collect();
        tables.push(CountTable { field: field.value, numbers, place: field.place });
        all.problems.extend(std::mem::take(&mut table.problems));
    }
    section.problems.extend(std::mem::take(&mut all.problems));
    tables
}

fn rules(section: &mut Section<'_>) -> Vec<RuleText> {
    let mut rules = Vec::new();
    let mut table = section.section("redefines");
    for name in table.keys() {
        let mut rule = table.section(&name.value);
        if rule.is_written() {
            rule.refuse_unknown(&["when", "is"]);
            let when = rule.required_text("when", "the field that decides");
            if !rule.has("is") {
                let sentence = "`is` is missing: the values for which this description holds";
                rule.problems.push(Problem::new("source.missing-key", sentence).at(rule.here().field("is")));
            }
            if let (Some(when), Some(is)) = (when, rule.texts("is")) {
                rules.push(RuleText {
                    description: name.value,
                    when: when.value,
                    is: is.value,
                    place: name.place,
                });
            }
            table.problems.extend(rule.problems);
        }
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    rules
}
