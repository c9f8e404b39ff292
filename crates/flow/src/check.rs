//! `concordat check`: everything that can be known of a body's folder before it goes to work.

mod live;

use std::path::Path;

use arrow::datatypes::SchemaRef;
use concordat_engine::Engine;
use concordat_map::Mapping;
use concordat_record::{Clock, Name, Problem, Problems};
use concordat_share::Decider;
use serde::Serialize;

use crate::body::{Body, LinkFile, RegisterFile};

/// What a check found.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// Files that were read.
    pub files: usize,
    /// All problems, warnings included.
    pub problems: Problems,
    /// All `[[test]]` cases of all registers.
    pub tests: Vec<CheckedTest>,
}

/// One `[[test]]` case.
#[derive(Debug, Serialize)]
pub struct CheckedTest {
    /// Its register.
    pub register: Name,
    /// Its name.
    pub name: String,
    /// Whether it came out as expected.
    pub passed: bool,
    /// What did not.
    pub differences: Vec<String>,
}

impl Checked {
    /// Whether the folder can go to work: no error, and every test passed.
    pub fn is_sound(&self) -> bool {
        !self.problems.has_errors() && self.tests.iter().all(|test| test.passed)
    }
}

/// Checks a folder.
pub fn check(folder: &Path, clock: &dyn Clock) -> Checked {
    let (body, problems) = Body::survey(folder);
    let mut checked = Checked { files: 0, problems, tests: Vec::new() };
    let Some(body) = body else { return checked };
    checked.files = 1
        + body.sources.len()
        + body.registers.len()
        + body.links.len()
        + body.agreements.len()
        + body.policies.len()
        + usize::from(body.federation.is_some());
    for source in body.sources.values() {
        let live = live::is_only_asked(&body, &source.name);
        let found = source.source.check(&body.path("")).into_iter();
        let found = found.filter(|problem| !(live && problem.code == "service.no-parameter"));
        checked.problems.extend(found.map(|problem| problem.in_file(&source.file)));
    }
    let engine = Engine::new();
    for file in body.registers.values() {
        let columns = match file.register.live() {
            Some(settings) => live::check(&body, file, settings, &mut checked.problems),
            None => columns(&body, file),
        };
        check_register(&body, file, columns, &engine, &mut checked);
    }
    check_agreements(&body, clock, &mut checked);
    check_key(&body, &mut checked);
    checked
}

/// The columns of a register's source; none when it does not open, which has been said.
fn columns(body: &Body, file: &RegisterFile) -> Option<SchemaRef> {
    let source = body.sources.get(file.register.source())?;
    source.source.open(&body.path("")).ok().map(|reader| reader.schema())
}

fn check_register(
    body: &Body,
    file: &RegisterFile,
    columns: Option<SchemaRef>,
    engine: &Engine,
    checked: &mut Checked,
) {
    match columns.map(|columns| Mapping::compile(engine, &file.register, &columns)) {
        Some(Ok(mapping)) => {
            let outcomes = mapping.run_tests();
            checked.tests.extend(outcomes.into_iter().map(|outcome| CheckedTest {
                register: file.name.clone(),
                name: outcome.name,
                passed: outcome.differences.is_empty(),
                differences: outcome.differences,
            }));
        }
        Some(Err(problems)) => checked.problems.extend(problems),
        None => {}
    }
    if let Some(link) = body.links.get(&file.name) {
        checked.problems.extend(never_compared(file, link));
    }
}

/// Comparisons that look only at properties the register does not map. One of several that are compared as one may be missing.
fn never_compared(file: &RegisterFile, link: &LinkFile) -> Vec<Problem> {
    let is_mapped = |property: &String| file.register.property_paths().any(|path| path == property);
    let parts = link.rules.comparisons.iter().flat_map(|comparison| &comparison.parts);
    let missing = parts.filter(|part| !part.properties.iter().any(is_mapped));
    missing
        .map(|part| {
            let properties = part.properties.join("` or `");
            let sentence =
                format!("the register maps no `{properties}`, so `{}` is never compared", part.name);
            Problem::warning("check.never-compared", sentence)
                .in_file(&link.file)
                .advise(format!("map it in {}, or leave the comparison out", file.file))
        })
        .collect()
}

fn check_agreements(body: &Body, clock: &dyn Clock, checked: &mut Checked) {
    let outlines = body.registers.values().map(RegisterFile::outline);
    let decider = Decider::new(body.id().clone(), outlines, body.agreements.clone(), &body.policies);
    if let Err(problems) = decider {
        checked.problems.extend(problems);
    }
    for signed in &body.agreements {
        checked.problems.extend(
            signed.agreement().lint(clock.now()).into_iter().map(|problem| problem.in_file(signed.file())),
        );
    }
}

/// A key that is not in the federation list signs what nobody believes.
fn check_key(body: &Body, checked: &mut Checked) {
    let Some(key) = checked.problems.keep(body.signing_key()) else { return };
    let Some(federation) = &body.federation else { return };
    let mut entries = federation.members().filter(|member| member.id == *body.id()).peekable();
    let problem = if entries.peek().is_none() {
        Problem::warning("check.not-listed", format!("`{}` is not in the federation list", body.id()))
            .advise("send your verifier key and certificate to whoever keeps the list")
    } else if entries.any(|member| member.signing_key == *key.verifier()) {
        return;
    } else {
        Problem::new("check.other-key-listed", "the federation list has another signing key of this body")
            .advise("have the list renewed, or put the key back that is listed")
    };
    checked.problems.push(problem.in_file(body.settings.keys.signing.display().to_string()));
}
