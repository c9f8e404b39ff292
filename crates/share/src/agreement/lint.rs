//! What is allowed in an agreement but worth a second look before it is signed.

use chrono::{Days, Months, NaiveDate};
use concordat_record::{Place, Problem, Problems};

use super::Agreement;

/// How long before its end people should be told, in days.
const NOTICE_DAYS: u64 = 30;

/// Longest time without a review, in months. Computer matching agreements of the United States end after 18 months
/// (5 U.S.C. 552a(o)); other regimes ask for regular reviews. Five years is too long under any of them.
const LONGEST_MONTHS: u32 = 60;

/// Below this, more matches than one in five are expected to be another subject.
const WEAK_THRESHOLD: f64 = 0.8;

impl Agreement {
    /// What is worth a second look on a day: warnings only.
    pub fn lint(&self, today: NaiveDate, file: &str) -> Problems {
        let mut problems = Problems::none();
        let mut warn = |field: &str, code, sentence: String, advice: &str| {
            let place = Place::file(file).field(field);
            problems.push(Problem::warning(code, sentence).at(place).advise(advice));
        };
        if self.until < today {
            warn(
                "until",
                "share.ended",
                format!("the agreement ended on {}", self.until),
                "sign a new version, or take it out of the folder",
            );
        } else if today.checked_add_days(Days::new(NOTICE_DAYS)).is_some_and(|day| self.until <= day) {
            warn(
                "until",
                "share.ends-soon",
                format!("the agreement ends on {}", self.until),
                "review it and sign a new version before that day",
            );
        }
        if self.from.checked_add_months(Months::new(LONGEST_MONTHS)).is_some_and(|day| self.until >= day) {
            warn(
                "until",
                "share.long",
                "the agreement runs for more than five years".into(),
                "end it earlier: renewal is the moment when people look at it again",
            );
        }
        for purpose in self.purposes.iter().filter(|purpose| purpose.legal_basis.is_none()) {
            warn(
                "purposes",
                "share.no-legal-basis",
                format!("purpose `{}` names no legal basis", purpose.name),
                "add `legal_basis` with law and section",
            );
        }
        for grant in self.facts.iter().filter(|grant| grant.why.split_whitespace().count() < 3) {
            warn(
                "facts",
                "share.short-why",
                format!("the reason for `{}` says little", grant.name),
                "say what cannot be decided without this fact",
            );
        }
        if self.matching.threshold < WEAK_THRESHOLD && !self.matching.confirmed_by_person {
            warn(
                "matching.threshold",
                "share.weak-threshold",
                format!("a match of {} is enough, and nobody looks at it", self.matching.threshold),
                "raise `threshold`, or set `confirmed_by_person = true`",
            );
        }
        if self.limits.per_day.is_none() {
            warn(
                "limits.per_day",
                "share.no-limit",
                "any number of questions a day is allowed".into(),
                "set `per_day` to a little more than the office needs",
            );
        }
        if !self.limits.case_reference_required {
            warn(
                "limits.case_reference_required",
                "share.no-case-reference",
                "questions need no case reference".into(),
                "require one, so that each question can be traced to its cause",
            );
        }
        problems
    }
}
