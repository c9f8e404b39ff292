//! From text to agreement, with every problem.

use std::collections::HashSet;
use std::hash::Hash;

use concordat_record::{BodyId, Datatype, FactGrant, Name, Problem, Problems, Vocabulary, nearest};

use super::{Agreement, Limits, Matching, Purpose, RegisterOutline, vague};
use crate::document::{Section, read, value};

pub(super) fn parse(
    text: &str,
    file: &str,
    register: Option<&RegisterOutline>,
) -> Result<Agreement, Problems> {
    read(text, file, |root| {
        // Every key is asked for before any missing one ends the function, so that all problems are found.
        let name = root.need("agreement", value::word::<Name>);
        let version = root.need("version", value::count);
        let title = root.need("title", value::line);
        let summary = root.need("summary", value::paragraph);
        let parties = parties(root);
        let dates = dates(root);
        let asked_register = root.need("register", value::word::<Name>);
        let purposes = purposes(root);
        let facts = facts(root, register);
        let known = known(root, register);
        let matching = root.expect("matching").and_then(|()| root.table("matching", matching));
        let limits = root.table("limits", |section| Some(limits(section)));
        let (provider, consumer) = parties?;
        let (from, until) = dates?;
        Some(Agreement {
            name: name?,
            version: version?,
            title: title?,
            summary: summary?,
            provider,
            consumer,
            from,
            until,
            register: asked_register?,
            purposes: purposes?,
            facts: facts?,
            known: known?,
            matching: matching?,
            limits: limits.unwrap_or_default(),
        })
    })
}

fn parties(root: &Section<'_>) -> Option<(BodyId, BodyId)> {
    let provider = root.need("provider", value::word::<BodyId>);
    let consumer = root.need("consumer", value::word::<BodyId>);
    let (provider, consumer) = (provider?, consumer?);
    if provider == consumer {
        let problem =
            Problem::new("share.one-party", format!("`{consumer}` is provider and consumer at once"));
        root.complain("consumer", problem.advise("an agreement has two parties"));
    }
    Some((provider, consumer))
}

fn dates(root: &Section<'_>) -> Option<(chrono::NaiveDate, chrono::NaiveDate)> {
    let from = root.need("from", value::date);
    let until = root.need("until", value::date);
    let (from, until) = (from?, until?);
    if until < from {
        let problem =
            Problem::new("share.dates-reversed", format!("the last day {until} is before the first, {from}"));
        root.complain("until", problem.advise("`from` is the first day, `until` the last one"));
    }
    Some((from, until))
}

fn purposes(root: &Section<'_>) -> Option<Vec<Purpose>> {
    let purposes = root.each("purposes", |section| {
        let name = section.need("name", value::word::<Name>);
        let text = section.need("text", value::paragraph);
        let legal_basis = section.may("legal_basis", value::paragraph);
        let (name, text) = (name?, text?);
        for (key, words) in [("name", name.as_str()), ("text", &text)] {
            if let Some(problem) = vague::problem(key, words) {
                section.complain(key, problem);
            }
        }
        Some(Purpose { name, text, legal_basis })
    })?;
    Some(each_once(root, "purposes", purposes, |purpose| purpose.name.as_str().to_owned()))
}

fn facts(root: &Section<'_>, register: Option<&RegisterOutline>) -> Option<Vec<FactGrant>> {
    let facts = root.each("facts", |section| {
        let name = section.need("name", value::word::<Name>);
        let title = section.may("title", value::line);
        let datatype = section.may("type", value::word::<Datatype>);
        let why = section.need("why", value::paragraph);
        let (name, why) = (name?, why?);
        if let Some(register) = register.filter(|register| !register.facts.contains(&name)) {
            section.complain("name", unknown_fact(&name, register));
        }
        let title = title.unwrap_or_else(|| name.words());
        Some(FactGrant { name, title, datatype: datatype.unwrap_or(Datatype::Text), why })
    })?;
    Some(each_once(root, "facts", facts, |grant| grant.name.as_str().to_owned()))
}

fn unknown_fact(name: &Name, register: &RegisterOutline) -> Problem {
    let known: Vec<&str> = register.facts.iter().map(Name::as_str).collect();
    let problem =
        Problem::new("share.unknown-fact", format!("register `{}` has no fact `{name}`", register.name));
    match nearest(name.as_str(), known.iter().copied()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("its facts are {}", known.join(", "))),
    }
}

fn known(root: &Section<'_>, register: Option<&RegisterOutline>) -> Option<Vec<String>> {
    let paths = root.list("known", |item| {
        let path = value::line(item)?;
        match register {
            Some(register) => Vocabulary::core().path(&register.class, &path).map(|_| path),
            None => path_of_some_class(&path).map(|()| path),
        }
    })?;
    Some(each_once(root, "known", paths, Clone::clone))
}

/// Without a register the class is not known; then a path must lead to a value in some class.
fn path_of_some_class(path: &str) -> Result<(), Problem> {
    let vocabulary = Vocabulary::core();
    let mut best: Option<Problem> = None;
    for class in vocabulary.class_names() {
        match vocabulary.path(class, path) {
            Ok(_) => return Ok(()),
            Err(problem) => {
                let says_more = |p: &Problem| {
                    p.code == "vocabulary.path-ends-early"
                        || p.advice.as_deref().is_some_and(|advice| advice.starts_with("did you mean"))
                };
                if best.as_ref().is_none_or(|best| !says_more(best) && says_more(&problem)) {
                    best = Some(problem);
                }
            }
        }
    }
    Err(best.unwrap_or_else(|| Problem::new("vocabulary.unknown-property", "the vocabulary is empty")))
}

fn matching(section: &Section<'_>) -> Option<Matching> {
    let threshold = section.need("threshold", value::probability);
    let confirmed_by_person = section.need("confirmed_by_person", value::flag);
    Some(Matching { threshold: threshold?, confirmed_by_person: confirmed_by_person? })
}

fn limits(section: &Section<'_>) -> Limits {
    Limits {
        per_day: section.may("per_day", value::count),
        case_reference_required: section.may("case_reference_required", value::flag).unwrap_or(false),
    }
}

/// The values without their offsets; one that has been there before is a problem.
fn each_once<T, K: Hash + Eq + std::fmt::Display>(
    root: &Section<'_>,
    key: &'static str,
    items: Vec<(T, usize)>,
    identity: impl Fn(&T) -> K,
) -> Vec<T> {
    let mut seen = HashSet::new();
    for (item, offset) in &items {
        let identity = identity(item);
        let sentence = format!("`{identity}` is in `{key}` twice");
        if !seen.insert(identity) {
            root.complain_at(key, *offset, Problem::new("share.twice", sentence).advise("remove one"));
        }
    }
    items.into_iter().map(|(item, _)| item).collect()
}
