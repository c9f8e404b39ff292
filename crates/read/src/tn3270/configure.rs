//! Reads the script and the other options of a green-screen source.

use concordat_record::Problem;
use concordat_tn3270::{CodePage, Key, Model, Options, Position};

use super::script::{Cell, Entry, List, Script, Shown, Step, Value};
use crate::copybook::CodePage as NamedPage;
use crate::section::Section;
use crate::services::parameters::Template;
use crate::services::table::Column;
use crate::types::{TYPE_FORMS, Type};

/// Longer scripts are no scripts.
const MAX_STEPS: usize = 1_000;

/// What kind of terminal we are.
pub(crate) fn terminal(section: &mut Section<'_>) -> Option<Options> {
    let model = section.number("model", 2).map_or(Some(Model::Two), Model::numbered);
    if model.is_none() {
        let problem = Problem::new("source.wrong-form", "`model` is 2, 3, 4 or 5");
        section.problems.push(problem.at(section.here().field("model")));
    }
    let code_page = match section.text("code_page") {
        Some(name) => {
            let page = NamedPage::named(&name.value).map_err(|problem| problem.at(name.place));
            section.problems.keep(page).as_ref().map(table)
        }
        None => Some(CodePage::cp037()),
    };
    let tn3270e = section.flag("tn3270e").unwrap_or(true);
    let terminal_name = section.text("terminal").map(|name| name.value);
    Some(Options { model: model?, code_page: code_page?, tn3270e, terminal_name })
}

fn table(page: &NamedPage) -> CodePage {
    let letter = |byte: u8| {
        let mut text = Vec::new();
        page.decode_into(&[byte], &mut text);
        std::str::from_utf8(&text).ok().and_then(|text| text.chars().next()).unwrap_or(' ')
    };
    CodePage::new(std::array::from_fn(|byte| letter(byte as u8)))
}

/// Reads the script; none when something is wrong with it.
pub(crate) fn script(section: &mut Section<'_>) -> Option<Script> {
    let before = section.problems.0.len();
    let steps = self::steps(section, "step");
    let finish = self::steps(section, "finish");
    let nothing = shown(section, "nothing");
    let failures = shown(section, "failures");
    let list = list(section);
    let (columns, cells) = columns(section, list.is_some()).into_iter().unzip();
    match steps.split_last() {
        None => missing(section, "step", "`[[tn3270.step]]` is missing: which screens lead to the records"),
        Some((last, way)) => {
            if last.press.is_some() || way.iter().any(|step| step.press.is_none()) {
                let problem = Problem::new(
                    "tn3270.script",
                    "every step presses a key but the last one, which shows the records",
                );
                section.problems.push(problem.at(section.here().field("step")));
            }
        }
    }
    let script = Script { steps, finish, nothing, failures, columns, cells, list };
    if !section.has("column") {
        missing(section, "column", "`[[tn3270.column]]` is missing: where the values stand on the screen");
    }
    (section.problems.0.len() == before).then_some(script)
}

fn missing(section: &mut Section<'_>, key: &str, sentence: &str) {
    let problem = Problem::new("source.missing-key", sentence).at(section.here().field(key));
    section.problems.push(problem);
}

fn steps(section: &mut Section<'_>, key: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for mut table in section.sections(key).into_iter().take(MAX_STEPS) {
        table.refuse_unknown(&["expect", "type", "cursor", "press"]);
        let expect = shown(&mut table, "expect");
        let mut entries = Vec::new();
        for mut entry in table.sections("type") {
            entry.refuse_unknown(&["row", "column", "value", "secret"]);
            entries.extend(self::entry(&mut entry));
            table.problems.extend(entry.problems);
        }
        let cursor = table.has("cursor").then(|| {
            let mut cursor = table.section("cursor");
            cursor.refuse_unknown(&["row", "column"]);
            let at = position(&mut cursor, true);
            table.problems.extend(cursor.problems);
            at
        });
        let press = key_of(&mut table, "press");
        steps.push(Step { expect, entries, cursor: cursor.flatten(), press });
        section.problems.extend(table.problems);
    }
    steps
}

fn entry(table: &mut Section<'_>) -> Option<Entry> {
    let at = position(table, true);
    let value = match (table.text("value"), table.secret("secret")) {
        (Some(text), None) => {
            let template = Template::parse(&text.value, text.place);
            Value::Text(table.problems.keep(template)?)
        }
        (None, Some(secret)) => Value::Secret(secret),
        _ => {
            let problem = Problem::new("source.either-or", "either `value` or `secret` says what is typed");
            table.problems.push(problem.at(table.here()));
            return None;
        }
    };
    Some(Entry { at: at?, value })
}

/// Row and column from one. In a list the row may be left out.
fn position(table: &mut Section<'_>, row_required: bool) -> Option<Position> {
    let mut number = |key: &str, required: bool| {
        if required && !table.has(key) {
            let problem = Problem::new(
                "source.missing-key",
                format!("`{key}` is missing: rows and columns are counted from 1"),
            );
            table.problems.push(problem.at(table.here().field(key)));
            return None;
        }
        if table.has(key) {
            table.number(key, 1).and_then(|number| usize::try_from(number.min(10_000)).ok())
        } else {
            Some(1)
        }
    };
    let (row, column) = (number("row", row_required), number("column", true));
    Some(Position { row: row?, column: column? })
}

fn shown(section: &mut Section<'_>, key: &str) -> Vec<Shown> {
    let mut all = Vec::new();
    for mut table in section.sections(key) {
        table.refuse_unknown(&["row", "column", "text"]);
        let at = position(&mut table, true);
        let text = table.required_text("text", "what stands there");
        if let (Some(at), Some(text)) = (at, text) {
            all.push(Shown { at, text: text.value });
        }
        section.problems.extend(table.problems);
    }
    all
}

fn key_of(table: &mut Section<'_>, key: &str) -> Option<Key> {
    let written = table.text(key)?;
    let named = Key::named(&written.value);
    if named.is_none() {
        let problem = Problem::new("source.unknown-word", format!("there is no key `{}`", written.value));
        table
            .problems
            .push(problem.at(written.place).advise("the keys are enter, clear, pf1 to pf24 and pa1 to pa3"));
    }
    named
}

fn list(section: &mut Section<'_>) -> Option<List> {
    if !section.has("rows") {
        return None;
    }
    let mut table = section.section("rows");
    table.refuse_unknown(&["first", "count", "height", "next", "stop"]);
    let mut number = |key: &str, usual: Option<u64>| {
        if usual.is_none() && !table.has(key) {
            missing(&mut table, key, &format!("`{key}` is missing"));
        }
        table.number(key, 1).or(usual).and_then(|number| usize::try_from(number.min(1_000)).ok())
    };
    let (first, count, height) = (number("first", None), number("count", None), number("height", Some(1)));
    let next = key_of(&mut table, "next");
    let stop = shown(&mut table, "stop");
    section.problems.extend(table.problems);
    Some(List { first: first?, count: count?, height: height?, next, stop })
}

fn columns(section: &mut Section<'_>, in_list: bool) -> Vec<(Column, Cell)> {
    let mut columns: Vec<(Column, Cell)> = Vec::new();
    for mut table in section.sections("column") {
        table.refuse_unknown(&["name", "row", "column", "length", "type"]);
        let name = table.required_text("name", "the column's name");
        let at = position(&mut table, !in_list);
        let length = table.number("length", 1);
        if !table.has("length") {
            missing(&mut table, "length", "`length` is missing: how many positions the value takes");
        }
        let of = column_type(&mut table);
        if let (Some(name), Some(at), Some(length), Some(of)) = (name, at, length, of) {
            if columns.iter().any(|(known, _)| known.name == name.value) {
                let problem = Problem::new("source.twice", format!("there are two columns `{}`", name.value));
                table.problems.push(problem.at(name.place));
            }
            let length = usize::try_from(length.min(10_000)).unwrap_or(1);
            columns.push((Column { name: name.value, of }, Cell { at, length }));
        }
        section.problems.extend(table.problems);
    }
    columns
}

fn column_type(table: &mut Section<'_>) -> Option<Type> {
    let Some(written) = table.text("type") else { return Some(Type::Text) };
    let of = Type::parse(&written.value);
    if of.is_none() {
        let problem =
            Problem::new("source.unknown-type", format!("`{}` is no type of column", written.value));
        table.problems.push(problem.at(written.place).advise(format!("types are written {TYPE_FORMS}")));
    }
    of
}
