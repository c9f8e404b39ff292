//! What our own operator is told. None of it holds what was asked or answered.

use std::collections::BTreeMap;

use concordat_map::Quarantined;
use concordat_read::Reject;
use concordat_record::{Name, Problem};

pub(super) fn no_link_rules(register: &Name) -> Problem {
    Problem::new("flow.no-link-rules", format!("nothing says how subjects are recognised in `{register}`"))
        .advise(format!("write links/{register}.toml"))
}

/// Records of an answer that could not be used, by reason: they count as not found.
pub(super) fn bad_records(register: &Name, rejects: &[Reject], set_aside: &[Quarantined]) -> Option<Problem> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let problems =
        rejects.iter().map(|reject| &reject.problem).chain(set_aside.iter().map(|one| &one.problem));
    for problem in problems {
        *reasons.entry(problem.code).or_default() += 1;
    }
    if reasons.is_empty() {
        return None;
    }
    let reasons: Vec<String> = reasons.iter().map(|(code, count)| format!("{code} ({count})")).collect();
    let sentence = format!(
        "records of an answer to the live register `{register}` could not be used, as if they were not there: {}",
        reasons.join(", ")
    );
    Some(Problem::warning("live.bad-records", sentence).advise("mend the mapping, or have the source mended"))
}
