//! What a question has to tell before rows of a database are looked up: the options, and the values of one question.

use std::sync::Arc;

use concordat_record::{Place, Problem, Problems};

use super::placeholders::Placed;
use crate::section::{OptionDoc, Section, option};
use crate::services::parameters::{self, Parameters};
use crate::services::resilience::{self, Caller, Patience};

/// What rows are looked up by. A source that has this is not read without values for all of it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The parameters: those of a query, or columns of a table.
    pub names: Vec<String>,
    /// Which of them stands for each value that is handed over.
    order: Vec<usize>,
    /// Values that are used when a question gives none.
    given: Parameters,
    pub caller: Arc<Caller>,
}

pub(crate) const ASKED_BY: OptionDoc = option(
    "asked_by",
    "list of texts",
    "none",
    "columns of the table that a question tells: each is a parameter, and the rows that have these values are looked up; an index should have them",
);
pub(crate) const PARAMETERS: OptionDoc = option(
    "parameters",
    "table",
    "empty",
    "values of parameters for reading, and when a question gives none",
);
pub(crate) const TIMEOUT: OptionDoc = OptionDoc {
    meaning: "seconds that the answer to a question may take, all attempts together",
    ..resilience::TIMEOUT
};
pub(crate) const RETRIES: OptionDoc = OptionDoc {
    meaning: "how often a question that failed for now (no connection, overload) is put again, after pauses of 1, 2, 4 … seconds",
    ..resilience::RETRIES
};
pub(crate) const RATE: OptionDoc = OptionDoc { meaning: "questions in a second at most", ..resilience::RATE };
pub(crate) const BREAKER_FAILURES: OptionDoc = resilience::BREAKER_FAILURES;
pub(crate) const BREAKER_REST: OptionDoc = resilience::BREAKER_REST;

/// The options that mean nothing without a parameter.
const OF_QUESTIONS: [OptionDoc; 6] = [PARAMETERS, TIMEOUT, RETRIES, RATE, BREAKER_FAILURES, BREAKER_REST];

const HOW: &str =
    "write parameters such as `:name` into the `query`, or `asked_by = [\"COLUMN\"]` beside the `table`";

const NOT_TAKEN: &str = "database.value-not-taken";

/// A value has no more bytes than this: no name, number or address does.
const LONGEST_VALUE: usize = 64 << 10;

impl Asked {
    /// By the parameters of a query; none when it has none.
    pub fn by_query(section: &mut Section<'_>, query: &Placed) -> Option<Self> {
        Self::configure(section, query.names.clone(), query.order.clone())
    }

    /// By columns of a table; none when none are named.
    pub fn by_columns(section: &mut Section<'_>) -> Option<Self> {
        let mut names: Vec<String> = Vec::new();
        for name in section.texts("asked_by").map(|names| names.value).unwrap_or_default() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let order = (0..names.len()).collect();
        Self::configure(section, names, order)
    }

    fn configure(section: &mut Section<'_>, names: Vec<String>, order: Vec<usize>) -> Option<Self> {
        if names.is_empty() {
            for OptionDoc { name, .. } in OF_QUESTIONS {
                if section.has(name) {
                    let sentence = format!("`{name}` is about questions, and there is nothing to ask by");
                    let problem = Problem::new("source.missing-key", sentence).at(section.place_of(name));
                    section.problems.push(problem.advise(HOW));
                }
            }
            return None;
        }
        let given = parameters::configure(section);
        Some(Self { names, order, given, caller: Arc::new(Caller::new(Patience::configure(section))) })
    }

    /// What is wrong with asking with values of these parameters and of no others.
    pub fn check(&self, names: &[&str]) -> Problems {
        self.given.check(names, &self.names)
    }

    /// The values to hand over, in the order of their placeholders.
    ///
    /// # Errors
    /// `service.unknown-parameter`; `service.no-parameter`, which names all that are missing; `database.value-not-taken`.
    pub fn values(&self, given: &[(String, String)]) -> Result<Vec<String>, Problem> {
        let all = self.given.given(given, &self.names)?;
        let missing: Vec<&str> =
            self.names.iter().filter(|name| all.get(name).is_none()).map(String::as_str).collect();
        if let Some(first) = missing.first() {
            let sentence =
                format!("the source is asked by `{}`, and there is no value", missing.join("`, `"));
            return Err(Problem::new("service.no-parameter", sentence)
                .at(Place::default().field(*first))
                .advise(format!(
                    "ask it: `--ask \"{first}=…\"`; or give a value for every reading under `parameters`"
                )));
        }
        let names = self.order.iter().filter_map(|place| self.names.get(*place));
        names.map(|name| taken(name, all.get(name).unwrap_or_default())).collect()
    }
}

/// A value that every database takes as a text.
fn taken(name: &str, value: &str) -> Result<String, Problem> {
    let why = match value {
        _ if value.contains('\0') => "holds a null character",
        _ if value.len() > LONGEST_VALUE => "is longer than 65536 bytes",
        _ => return Ok(value.to_owned()),
    };
    let problem = Problem::new(NOT_TAKEN, format!("the value of `{name}` {why}"));
    Err(problem.at(Place::default().field(name)))
}

/// A value that a database cannot be asked with. The sentence does not quote it.
pub(crate) fn not_taken(sentence: impl Into<String>) -> Problem {
    Problem::new(NOT_TAKEN, sentence).advise("write it as the column has it: whole numbers, or `YYYY-MM-DD`")
}

/// A source that names nothing to ask by.
pub(crate) fn not_live() -> Problem {
    Problem::new("source.not-live", "the source has nothing to be asked by, it can only be read").advise(HOW)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::Source;

    fn told(text: &str) -> Vec<String> {
        let source =
            Source::parse(&format!("kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\n{text}"), "s.toml");
        match source {
            Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
            Ok(source) => source.parameters(Path::new("")).unwrap_or_default(),
        }
    }

    #[test]
    fn what_a_source_is_asked_by_stands_in_its_file() {
        for (text, expected) in [
            ("query = \"select * from t where b = :b and a in (:a, :b)\"", &["b", "a"][..]),
            ("table = \"t\"\nasked_by = [\"Full Name\", \"state\", \"state\"]", &["Full Name", "state"]),
            ("table = \"t\"", &[]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn options_of_questions_that_nobody_can_ask_are_mistakes() {
        for (text, expected) in [
            (
                "table = \"t\"\nretries = 1",
                "error[source.missing-key]: `retries` is about questions, and there is nothing to ask by",
            ),
            (
                "query = \"select 1\"\nparameters = { a = \"1\" }",
                "error[source.missing-key]: `parameters` is about questions",
            ),
            (
                "query = \"select 1\"\nasked_by = [\"a\"]",
                "error[source.either-or]: `asked_by` names columns of a `table`",
            ),
            (
                "table = \"t\"\nasked_by = [\"a\"]\ncursor = \"b\"",
                "error[source.either-or]: a `cursor` goes through all rows",
            ),
            ("query = \"select 1 where 1 = :a; drop table t\"", "error[database.not-a-query]"),
        ] {
            let told = told(text);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].starts_with(expected), "{}", told[0]);
        }
    }
}
