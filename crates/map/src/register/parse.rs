//! From the text of a register file to a [`Register`].

use std::collections::HashSet;
use std::sync::Arc;

use concordat_engine::CodeLists;
use concordat_record::{Datatype, Name, Place, Problem, Problems, PropertyPath, Vocabulary, nearest};
use toml::de::{DeTable, DeValue};

use super::cases::{expectations, test_case};
use super::document::{Document, Entry, Table};
use super::{Check, CheckSeverity, MappedFact, MappedProperty, Register, codes, live};

/// Loads the text of a file that is named relative to the body's folder.
type Load<'a> = &'a dyn Fn(&str) -> Result<String, Problem>;

impl Register {
    /// Reads a register file. Code lists are loaded by their paths, relative to the body's folder.
    ///
    /// # Errors
    /// All problems of the file and its code lists, each at its line: `map.broken-toml`, `map.unknown-key`,
    /// `map.missing-key`, `map.wrong-form`, `map.wrong-name`, `map.repeated-name`, `map.wrong-code-list`,
    /// `map.unknown-expectation`, those of the vocabulary, and those of `load`.
    pub fn parse(text: &str, file: &str, load: Load<'_>) -> Result<Self, Problems> {
        let document = Document { text, file };
        let (root, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let told = errors.iter().map(|error| {
                let place = error.span().map_or_else(|| Place::file(file), |span| document.place(&span));
                Problem::new("map.broken-toml", error.message().replace('\n', ", ")).at(place)
            });
            return Err(Problems(told.collect()));
        }
        let mut problems = Problems::none();
        let register = read(document, document.root(&root), load, &mut problems);
        match register {
            Some(register) => problems.or(register),
            None => Err(problems),
        }
    }
}

fn read(
    document: Document<'_>,
    mut root: Table<'_>,
    load: Load<'_>,
    problems: &mut Problems,
) -> Option<Register> {
    let title = root.text("title", problems);
    let class = root.text("class", problems);
    let class = class.and_then(|class| known_class(document, &mut root, class, problems));
    let source = root.text("source", problems);
    let source = source.and_then(|source| {
        let entry = root.optional("source")?;
        problems.keep(name(document, entry, &source))
    });
    let live = live::settings(document, class.as_deref(), root.optional("live"), problems);
    let key = root.sql("key", problems);
    let most_quarantined = root.optional("most_quarantined").map(|entry| document.as_share(entry));
    let most_quarantined = most_quarantined.and_then(|share| problems.keep(share));
    let properties = root.members("properties", problems);
    let properties = class.as_deref().map(|class| self::properties(document, class, &properties, problems));
    let facts = facts(document, &root.members("facts", problems), problems);
    let lists = code_lists(document, &root.members("codes", problems), load, problems);
    let checks = checks(document, root.tables("check", problems), problems);
    let tests = root.tables("test", problems);
    let tests = tests.into_iter().filter_map(|table| test_case(document, table, problems)).collect();
    root.finish(problems);
    let register = Register {
        file: document.file.into(),
        title: title?,
        class: class?,
        source: source?,
        live: live.ok()?,
        key: key?,
        most_quarantined: most_quarantined.unwrap_or(MOST_QUARANTINED),
        properties: properties?,
        facts,
        checks,
        lists: Arc::new(lists),
        tests,
    };
    expectations(&register, problems);
    Some(register)
}

/// More bad records than this, and the source is not what its file says, or the mapping is wrong.
const MOST_QUARANTINED: f64 = 0.5;

fn known_class(
    document: Document<'_>,
    root: &mut Table<'_>,
    class: String,
    problems: &mut Problems,
) -> Option<String> {
    let place = root.optional("class").map(|entry| document.place(&entry.value.span())).unwrap_or_default();
    problems.keep(Vocabulary::core().class(&class).map_err(|problem| problem.at(place)))?;
    Some(class)
}

fn name(document: Document<'_>, entry: &Entry<'_>, text: &str) -> Result<Name, Problem> {
    text.parse().map_err(|error| {
        Problem::new("map.wrong-name", format!("{error}")).at(document.place(&entry.key_span))
    })
}

fn properties(
    document: Document<'_>,
    class: &str,
    entries: &[Entry<'_>],
    problems: &mut Problems,
) -> Vec<MappedProperty> {
    let read = |entry: &Entry<'_>| -> Result<MappedProperty, Problem> {
        let property = path(document, class, entry)?;
        Ok(MappedProperty { property, sql: document.as_sql(entry)? })
    };
    entries.iter().filter_map(|entry| problems.keep(read(entry))).collect()
}

fn path(document: Document<'_>, class: &str, entry: &Entry<'_>) -> Result<PropertyPath, Problem> {
    let quoted = document.text.get(entry.key_span.clone()).is_some_and(|key| key.starts_with(['"', '\'']));
    Vocabulary::core().path(class, entry.key).map_err(|problem| {
        let problem = problem.at(document.place(&entry.key_span));
        // `registeredAddress.postCode = …` without quotation marks is a table in TOML.
        match entry.value.get_ref() {
            DeValue::Table(table) if !quoted => {
                let member = table.keys().next().map_or("…", |key| key.get_ref().as_ref());
                problem
                    .advise(format!("put the whole path in quotation marks, as `\"{}.{member}\"`", entry.key))
            }
            _ => problem,
        }
    })
}

fn facts(document: Document<'_>, entries: &[Entry<'_>], problems: &mut Problems) -> Vec<MappedFact> {
    let mut read = |entry: &Entry<'_>| {
        let title = format!("`[facts.{}]`", entry.key);
        let mut table = problems.keep(document.as_table(entry, title))?;
        let name = problems.keep(name(document, entry, entry.key));
        let title = table.text("title", problems);
        let datatype = datatype(document, &mut table, problems);
        let sql = table.sql("sql", problems);
        table.finish(problems);
        Some(MappedFact { name: name?, title: title?, datatype: datatype?, sql: sql? })
    };
    entries.iter().filter_map(&mut read).collect()
}

fn datatype(document: Document<'_>, table: &mut Table<'_>, problems: &mut Problems) -> Option<Datatype> {
    const KNOWN: [(&str, Datatype); 5] = [
        ("boolean", Datatype::Boolean),
        ("text", Datatype::Text),
        ("date", Datatype::Date),
        ("integer", Datatype::Integer),
        ("decimal", Datatype::Decimal),
    ];
    let written = table.text("type", problems)?;
    choose(document, table, "type", &written, &KNOWN, problems)
}

/// One of a few words.
fn choose<T: Copy>(
    document: Document<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    written: &str,
    known: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    if let Some((_, chosen)) = known.iter().find(|(word, _)| *word == written) {
        return Some(*chosen);
    }
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    let place = table.optional(key).map(|entry| document.place(&entry.value.span())).unwrap_or_default();
    let problem = Problem::new("map.wrong-form", format!("`{written}` is no {key}")).at(place);
    problems.push(match nearest(written, words.iter().copied()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("known are {}", words.join(", "))),
    });
    None
}

fn code_lists(
    document: Document<'_>,
    entries: &[Entry<'_>],
    load: Load<'_>,
    problems: &mut Problems,
) -> CodeLists {
    let mut lists = CodeLists::none();
    for entry in entries {
        // A list that cannot be read is there all the same, so that expressions are not blamed for it.
        let mut labels = std::collections::BTreeMap::new();
        if let Some(path) = problems.keep(document.as_text(entry)) {
            let loaded = load(path).map_err(|problem| {
                let place = document.place(&entry.value.span());
                Problem { place, ..problem }
            });
            match problems.keep(loaded).map(|text| codes::parse(&text, path)) {
                Some(Ok(read)) => labels = read,
                Some(Err(found)) => problems.extend(found),
                None => {}
            }
        }
        lists.insert(entry.key, labels);
    }
    lists
}

fn checks(document: Document<'_>, tables: Vec<Table<'_>>, problems: &mut Problems) -> Vec<Check> {
    const SEVERITIES: [(&str, CheckSeverity); 2] =
        [("required", CheckSeverity::Required), ("warning", CheckSeverity::Warning)];
    let mut names = HashSet::new();
    let mut checks = Vec::new();
    for mut table in tables {
        let name = table.text("name", problems);
        let sql = table.sql("sql", problems);
        let severity = table.text("severity", problems);
        let severity =
            severity.and_then(|word| choose(document, &mut table, "severity", &word, &SEVERITIES, problems));
        let message = table.text("message", problems);
        let place = table.place().clone();
        table.finish(problems);
        let (Some(name), Some(sql), Some(severity), Some(message)) = (name, sql, severity, message) else {
            continue;
        };
        if !names.insert(name.clone()) {
            problems
                .push(Problem::new("map.repeated-name", format!("there are two checks `{name}`")).at(place));
        }
        checks.push(Check { name, sql, severity, message });
    }
    checks
}
