//! The options of a source file about single fields: which description of bytes holds, how lists of varying length lie.

use std::collections::HashMap;

use concordat_record::{Problem, nearest};

use super::code_page::CodePage;
use super::nulls::{NULL_WORDS, NullRules};
use super::plan::{Conditions, CountTable, PlanOptions};
use super::rule::RuleText;
use super::rule_text::{Condition, Relation, parse};
use crate::section::{Section, Written};

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
        conditions: section.choice("conditions", CONDITIONS).unwrap_or_default(),
        pages: pages(section),
        nulls: field_nulls(section),
        counts: counts(section),
    }
}

const CONDITIONS: &[(&str, Conditions)] =
    &[("list", Conditions::Listed), ("columns", Conditions::Columns), ("reject", Conditions::Required)];

/// What counts as nothing: `null_when = ["spaces", "low-values"]`.
pub(crate) fn nulls(section: &mut Section<'_>, key: &str) -> Option<NullRules> {
    let words = section.texts(key)?;
    let rules = NullRules::named(&words.value).map_err(|word| {
        let problem = Problem::new("source.unknown-word", format!("`{word}` is nothing that could be null"));
        let problem = problem.at(words.place.clone());
        match nearest(word, NULL_WORDS) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise(format!("it can be {}", NULL_WORDS.join(", "))),
        }
    });
    section.problems.keep(rules)
}

/// `null_fields = { "END-DATE" = ["spaces", "zeros"] }`.
fn field_nulls(section: &mut Section<'_>) -> Vec<(Written<String>, NullRules)> {
    let mut table = section.section("null_fields");
    let fields = table.keys();
    let all = fields
        .into_iter()
        .filter_map(|field| nulls(&mut table, &field.value).map(|rules| (field, rules)))
        .collect();
    section.problems.extend(std::mem::take(&mut table.problems));
    all
}

/// `code_pages = { "NAME" = "cp273" }`.
fn pages(section: &mut Section<'_>) -> Vec<(Written<String>, CodePage)> {
    let mut table = section.section("code_pages");
    let mut pages = Vec::new();
    for field in table.keys() {
        let Some(name) = table.text(&field.value) else { continue };
        let page = CodePage::named(&name.value).map_err(|problem| problem.at(name.place));
        pages.extend(table.problems.keep(page).map(|page| (field, page)));
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    pages
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

/// `redefines = { "CORP-DATA" = { when = "ORG-TYPE", is = ["1", "5"] }, "PERSON-DATA" = "not (ORG-TYPE in (1, 5))" }`.
fn rules(section: &mut Section<'_>) -> Vec<RuleText> {
    let mut rules = Vec::new();
    let mut table = section.section("redefines");
    for name in table.keys() {
        let condition = if table.is_text(&name.value) {
            as_text(&mut table, &name.value)
        } else {
            as_table(&mut table, &name.value)
        };
        rules.extend(condition.map(|condition| RuleText {
            description: name.value,
            condition,
            place: name.place,
        }));
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    rules
}

fn as_text(table: &mut Section<'_>, key: &str) -> Option<Condition> {
    let text = table.text(key)?;
    let condition = parse(&text.value).map_err(|sentence| {
        Problem::new("source.rule", format!("the rule cannot be read: {sentence}"))
            .at(text.place)
            .advise("write it as in `KIND in (\"1\", \"5\") and not (AMOUNT > 100)`")
    });
    table.problems.keep(condition)
}

fn as_table(table: &mut Section<'_>, key: &str) -> Option<Condition> {
    let mut rule = table.section(key);
    let mut condition = None;
    if rule.is_written() {
        rule.refuse_unknown(&["when", "is"]);
        let when = rule.required_text("when", "the field that decides");
        if !rule.has("is") {
            let sentence = "`is` is missing: the values for which this description holds";
            rule.problems.push(Problem::new("source.missing-key", sentence).at(rule.here().field("is")));
        }
        if let (Some(when), Some(is)) = (when, rule.texts("is")) {
            condition =
                Some(Condition::Compare { field: when.value, relation: Relation::Is, values: is.value });
        }
    }
    table.problems.extend(std::mem::take(&mut rule.problems));
    condition
}
