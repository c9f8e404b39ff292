//! What is allowed in an agreement but worth a second look before it is signed.

use chrono::{Days, Months, NaiveDate};
use concordat_record::{Place, Problem, Problems, Timestamp};

use super::Agreement;

/// How long before its end people should be told, in days.
const NOTICE_DAYS: u64 = 30;

/// Longest time without a review, in months. Computer matching agreements of the United States end after 18 months
/// (5 U.S.C. 552a(o)); other regimes ask for regular reviews. Five years is too long under any of them.
const LONGEST_MONTHS: u32 = 60;

/// Below this, more matches than one in five are expected to be another subject.
const WEAK_THRESHOLD: f64 = 0.8;

/// Fewest words of a reason why a fact is needed.
const FEWEST_WORDS: usize = 3;

/// One lint: the warnings of an agreement on a day.
type Lint = fn(&Agreement, NaiveDate) -> Vec<Problem>;

/// All lints.
const LINTS: &[Lint] =
    &[ended, ends_soon, long, no_legal_basis, short_why, weak_threshold, no_limit, no_case_reference];

impl Agreement {
    /// What is worth a second look at a moment: warnings only, with their keys as places.
    pub fn lint(&self, now: Timestamp) -> Problems {
        Problems(LINTS.iter().flat_map(|lint| lint(self, now.date())).collect())
    }
}

fn warning(field: &str, code: &'static str, sentence: String, advice: &str) -> Problem {
    Problem::warning(code, sentence).at(Place::default().field(field)).advise(advice)
}

fn when(condition: bool, problem: impl FnOnce() -> Problem) -> Vec<Problem> {
    condition.then(problem).into_iter().collect()
}

fn ended(agreement: &Agreement, today: NaiveDate) -> Vec<Problem> {
    when(agreement.until < today, || {
        let sentence = format!("the agreement ended on {}", agreement.until);
        warning("until", "share.ended", sentence, "sign a new version, or take it out of the folder")
    })
}

fn ends_soon(agreement: &Agreement, today: NaiveDate) -> Vec<Problem> {
    let horizon = today.checked_add_days(Days::new(NOTICE_DAYS)).unwrap_or(NaiveDate::MAX);
    when((today..=horizon).contains(&agreement.until), || {
        let sentence = format!("the agreement ends on {}", agreement.until);
        warning("until", "share.ends-soon", sentence, "review it and sign a new version before that day")
    })
}

fn long(agreement: &Agreement, _: NaiveDate) -> Vec<Problem> {
    let longest = agreement.from.checked_add_months(Months::new(LONGEST_MONTHS)).unwrap_or(NaiveDate::MAX);
    when(agreement.until >= longest, || {
        let sentence = "the agreement runs for more than five years".into();
        let advice = "end it earlier: renewal is the moment when people look at it again";
        warning("until", "share.long", sentence, advice)
    })
}

fn no_legal_basis(agreement: &Agreement, _: NaiveDate) -> Vec<Problem> {
    let without = agreement.purposes.iter().filter(|purpose| purpose.legal_basis.is_none());
    without
        .map(|purpose| {
            let sentence = format!("purpose `{}` names no legal basis", purpose.name);
            warning("purposes", "share.no-legal-basis", sentence, "add `legal_basis` with law and section")
        })
        .collect()
}

fn short_why(agreement: &Agreement, _: NaiveDate) -> Vec<Problem> {
    let short = agreement.facts.iter().filter(|grant| grant.why.split_whitespace().count() < FEWEST_WORDS);
    short
        .map(|grant| {
            let sentence = format!("the reason for `{}` says little", grant.name);
            warning("facts", "share.short-why", sentence, "say what cannot be decided without this fact")
        })
        .collect()
}

fn weak_threshold(agreement: &Agreement, _: NaiveDate) -> Vec<Problem> {
    let matching = agreement.matching;
    when(matching.threshold < WEAK_THRESHOLD && !matching.confirmed_by_person, || {
        let sentence = format!("a match of {} is enough, and nobody looks at it", matching.threshold);
        let advice = "raise `threshold`, or set `confirmed_by_person = true`";
        warning("matching.threshold", "share.weak-threshold", sentence, advice)
    })
}

fn no_limit(agreement: &Agreement, _: NaiveDate) -> Vec<Problem> {
    when(agreement.limits.per_day.is_none(), || {
        let sentence = "any number of questions a day is allowed".into();
        warning(
            "limits.per_day",
            "share.no-limit",
            sentence,
            "set `per_day` to a little more than the office needs",
        )
    })
}

fn no_case_reference(agreement: &Agreement, _: NaiveDate) -> Vec<Problem> {
    when(!agreement.limits.case_reference_required, || {
        let advice = "require one, so that each question can be traced to its cause";
        let sentence = "questions need no case reference".into();
        warning("limits.case_reference_required", "share.no-case-reference", sentence, advice)
    })
}
