//! `[live]`: a register whose source is asked at the moment of a question, and of which nothing is kept.

use std::time::Duration;

use concordat_record::{Place, Problem, Problems, PropertyPath, Vocabulary};

use super::document::{Document, Entry, Table};

/// How a register's source is asked at the moment of a question.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Where this is written.
    pub place: Place,
    /// About how many records the source holds: the more there are, the more of a record has to agree before it is the subject's.
    pub records: u64,
    /// What the source is asked with.
    pub parameters: Vec<LiveParameter>,
    /// How many questions are put to the source at the same time, at most.
    pub at_once: usize,
    /// How long the source may take for one question.
    pub within: Duration,
    /// How many records of one answer are compared with the subject, at most; a question that more of them fit is too vague.
    pub most_records: u64,
}

/// One parameter of the source, and the property of the subject that fills it.
#[derive(Clone, Debug)]
pub struct LiveParameter {
    /// The parameter, as the source names it.
    pub name: String,
    /// The property.
    pub property: PropertyPath,
    /// Where this is written.
    pub place: Place,
}

/// A legacy system is not to be overrun: so many questions at the same time, unless its register's file says otherwise.
const AT_ONCE: u64 = 4;
/// Seconds for one question. The body that asks waits for ten: there has to be time left to log and to sign.
const SECONDS: u64 = 5;
const MOST_SECONDS: u64 = 8;
/// Records of one answer.
const RECORDS: u64 = 50;
const MOST_RECORDS: u64 = 1_000;
/// More than there are people.
const MOST_IN_A_SOURCE: u64 = 10_000_000_000;

/// A mistake that was noted: there is nothing more to say.
pub(super) struct Noted;

/// Reads the table; none when there is none.
pub(super) fn settings(
    document: Document<'_>,
    class: Option<&str>,
    entry: Option<&Entry<'_>>,
    problems: &mut Problems,
) -> Result<Option<LiveSettings>, Noted> {
    let Some(entry) = entry else { return Ok(None) };
    let table = problems.keep(document.as_table(entry, "`[live]`"));
    table.and_then(|table| read(document, class, table, problems)).map(Some).ok_or(Noted)
}

fn read(
    document: Document<'_>,
    class: Option<&str>,
    mut table: Table<'_>,
    problems: &mut Problems,
) -> Option<LiveSettings> {
    let place = table.place().clone();
    let records = table.count("records", 1..=MOST_IN_A_SOURCE, problems);
    let at_once = table.count_or("at_once", 1..=1_000, AT_ONCE, problems);
    let seconds = table.count_or("seconds", 1..=MOST_SECONDS, SECONDS, problems);
    let most_records = table.count_or("most_records", 1..=MOST_RECORDS, RECORDS, problems);
    let entries = table.filled_members("parameters", problems);
    let parameter = |entry: &Entry<'_>| problems.keep(parameter(document, class?, entry));
    let parameters = entries.map(|entries| entries.iter().filter_map(parameter).collect());
    table.finish(problems);
    Some(LiveSettings {
        place,
        records: records?,
        parameters: parameters?,
        at_once: usize::try_from(at_once?).ok()?,
        within: Duration::from_secs(seconds?),
        most_records: most_records?,
    })
}

/// `name = "path.of.a.property"`
fn parameter(document: Document<'_>, class: &str, entry: &Entry<'_>) -> Result<LiveParameter, Problem> {
    let place = document.place(&entry.value.span());
    let path = document.as_text(entry)?;
    let property = Vocabulary::core().path(class, path).map_err(|problem| problem.at(place.clone()))?;
    Ok(LiveParameter { name: entry.key.to_owned(), property, place })
}
