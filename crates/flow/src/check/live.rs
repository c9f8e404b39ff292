//! What can be known of a live register before its source is asked.

use arrow::datatypes::SchemaRef;
use concordat_map::LiveSettings;
use concordat_record::{Name, Problem, Problems};

use crate::body::{Body, RegisterFile};

/// Whether a source is there for live registers alone: then questions fill its parameters, and nothing else has to.
pub(super) fn is_only_asked(body: &Body, source: &Name) -> bool {
    let mut of_source = body.registers.values().filter(|file| file.register.source() == source).peekable();
    of_source.peek().is_some() && of_source.all(|file| file.register.live().is_some())
}

/// Checks that the source can be asked, with these parameters, and that somebody can be recognised in its answers. Gives the columns of
/// every answer where they are known.
pub(super) fn check(
    body: &Body,
    file: &RegisterFile,
    settings: &LiveSettings,
    problems: &mut Problems,
) -> Option<SchemaRef> {
    if !body.links.contains_key(&file.name) {
        let problem =
            Problem::new("check.no-link-rules", "nothing says how a subject is recognised in an answer");
        problems.push(problem.at(settings.place.clone()).advise(format!("write links/{}.toml", file.name)));
    }
    let source = &body.sources.get(file.register.source())?.source;
    let names: Vec<&str> = settings.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let found = source.check_asking(&body.path(""), &names);
    problems.extend(found.into_iter().map(|problem| placed(problem, settings)));
    // Why a source does not tell its columns has been said.
    let columns = source.answer_columns(&body.path("")).ok()?;
    if columns.is_none() {
        let sentence =
            "the source does not tell its columns, so the expressions are checked only when it answers";
        problems.push(
            Problem::warning("check.columns-unknown", sentence)
                .at(settings.place.clone())
                .advise("tell `columns` and `types` in the source's file, or keep its description in a file"),
        );
    }
    columns
}

/// A problem where the parameter is written that it is about; else at `[live]`.
fn placed(problem: Problem, settings: &LiveSettings) -> Problem {
    let named = |name: &String| settings.parameters.iter().find(|parameter| parameter.name == *name);
    let place = problem.place.field.as_ref().and_then(named).map_or(&settings.place, |found| &found.place);
    let problem = problem.at(place.clone());
    match problem.code {
        "service.no-parameter" => problem.advise(
            "name the property that fills it under `[live.parameters]`, or a value in the source's file",
        ),
        _ => problem,
    }
}
