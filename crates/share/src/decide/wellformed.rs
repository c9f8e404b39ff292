//! Is a question one at all? Checked before any agreement is looked at, so that nothing odd reaches policies or logs.

use std::collections::HashSet;
use std::hash::Hash;

use concordat_record::{Question, Vocabulary};

use crate::refusal::{RefusalCode, Refused};

const MOST_FACTS: usize = 100;
const MOST_PROPERTIES: usize = 50;
const LONGEST_VALUE: usize = 1000;
const LONGEST_REFERENCE: usize = 200;

/// Refuses a question that is not well formed, saying what is wrong without repeating any value.
pub(super) fn check(question: &Question) -> Result<(), Refused> {
    let malformed = |detail: String| Err(Refused::new(RefusalCode::QuestionMalformed).detail(detail));
    let (facts, known) = (&question.facts, &question.subject.known);
    if facts.is_empty() || facts.len() > MOST_FACTS {
        return malformed(format!("a question asks for 1 to {MOST_FACTS} facts"));
    }
    if known.is_empty() || known.len() > MOST_PROPERTIES {
        return malformed(format!("a question tells 1 to {MOST_PROPERTIES} properties of the subject"));
    }
    if let Some(fact) = first_repeated(facts) {
        return malformed(format!("fact `{fact}` is asked for twice"));
    }
    if first_repeated(known.iter().map(|known| &known.property)).is_some() {
        return malformed("a property of the subject is told twice".into());
    }
    for (index, known) in known.iter().enumerate() {
        // The property's name is the sender's text and may hold anything, so only its number is repeated.
        if let Err(problem) = Vocabulary::core().path(&question.subject.class, &known.property) {
            let what = if problem.code == "vocabulary.unknown-class" {
                "the class of the subject is not in the vocabulary".into()
            } else {
                format!("property {} of the subject is not in the vocabulary", index + 1)
            };
            return malformed(what);
        }
        if known.value.chars().count() > LONGEST_VALUE {
            return malformed(format!("`{}` has more than {LONGEST_VALUE} characters", known.property));
        }
    }
    for (what, reference) in [("case reference", &question.case_reference), ("user", &question.user)] {
        let Some(reference) = reference else { continue };
        let length = reference.chars().count();
        if length > LONGEST_REFERENCE || reference.chars().any(char::is_control) {
            return malformed(format!("the {what} is too long or has control characters"));
        }
    }
    Ok(())
}

fn first_repeated<'a, T: Hash + Eq>(items: impl IntoIterator<Item = &'a T>) -> Option<&'a T> {
    let mut seen = HashSet::new();
    items.into_iter().find(|item| !seen.insert(*item))
}
