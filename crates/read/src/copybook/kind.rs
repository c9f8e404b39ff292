//! The kind `copybook`: its options and how it is opened.

use std::fs;

use concordat_record::{Place, Problem, Problems};

use super::code_page::{CodePage, Family};
use super::coding::BinarySize;
use super::frames::{Descriptors, Fixed, Frames, Framing, LengthWord, Lines};
use super::layout::{Dialect, Layout};
use super::options::OPTIONS;
use super::plan::Plan;
use super::reader::reader;
use super::rule::RuleText;
use super::text::ReferenceFormat;
use super::values::Machine;
use crate::file::{SourceFile, cannot_open};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::section::Section;
use crate::wanted::Wanted;

/// Records described by a copybook.
pub(crate) const KIND: Kind = Kind {
    name: "copybook",
    meaning: "a mainframe file of records that a COBOL copybook describes",
    options: OPTIONS,
    lies: Lies::InAFile,
    recognise: super::recognise::recognise,
    propose: super::propose::propose,
    configure,
};

/// The options of one source.
#[derive(Debug)]
struct CopybookOptions {
    copybook: String,
    page: CodePage,
    format: RecordFormat,
    record_word: LengthWord,
    block_word: LengthWord,
    file_header_bytes: u64,
    file_trailer_bytes: u64,
    record_length: Option<usize>,
    dialect: Dialect,
    little_endian: Option<bool>,
    hexadecimal_float: Option<bool>,
    rules: Vec<RuleText>,
}

/// How records are divided, by the letters that job control language has for it (RECFM).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum RecordFormat {
    #[default]
    Fixed,
    Variable,
    VariableBlocked,
    Lines,
}

const RECORD_FORMATS: &[(&str, RecordFormat)] = &[
    ("F", RecordFormat::Fixed),
    ("FB", RecordFormat::Fixed),
    ("V", RecordFormat::Variable),
    ("VB", RecordFormat::VariableBlocked),
    ("D", RecordFormat::Lines),
];

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let copybook = section.required_text("path", "the copybook that describes the records");
    let page = match section.text("code_page") {
        Some(name) => {
            let page = CodePage::named(&name.value).map_err(|problem| problem.at(name.place));
            section.problems.keep(page)
        }
        None => CodePage::named("cp037").ok(),
    };
    let formats =
        [("auto", ReferenceFormat::Auto), ("fixed", ReferenceFormat::Fixed), ("free", ReferenceFormat::Free)];
    let sizes = [("2-4-8", BinarySize::Ibm), ("1-2-4-8", BinarySize::Gnu)];
    let dialect = Dialect {
        reference_format: section.choice("reference_format", &formats).unwrap_or_default(),
        binary_size: section.choice("binary_size", &sizes).unwrap_or_default(),
    };
    let format = section.choice("record_format", RECORD_FORMATS).unwrap_or_default();
    let (record_word, block_word) = (length_word(section, "record_word"), length_word(section, "block_word"));
    let file_header_bytes = section.number("file_header_bytes", 0).unwrap_or_default();
    let file_trailer_bytes = section.number("file_trailer_bytes", 0).unwrap_or_default();
    let record_length = section.number("record_length", 1).and_then(|length| usize::try_from(length).ok());
    let little_endian = section.choice("byte_order", &[("big", false), ("little", true)]);
    let hexadecimal_float = section.choice("floating_point", &[("ibm", true), ("ieee", false)]);
    let rules = rules(section);
    Some(Box::new(CopybookOptions {
        copybook: copybook?.value,
        page: page?,
        format,
        record_word,
        block_word,
        file_header_bytes,
        file_trailer_bytes,
        record_length,
        dialect,
        little_endian,
        hexadecimal_float,
        rules,
    }))
}

fn length_word(section: &mut Section<'_>, key: &str) -> LengthWord {
    let mut table = section.section(key);
    let mut word = LengthWord::default();
    if table.is_written() {
        table.refuse_unknown(&["byte_order", "adjustment"]);
        word.little_endian =
            table.choice("byte_order", &[("big", false), ("little", true)]).unwrap_or_default();
        word.adjustment = table.integer("adjustment").unwrap_or_default();
    }
    section.problems.extend(table.problems);
    word
}

fn rules(section: &mut Section<'_>) -> Vec<RuleText> {
    let mut rules = Vec::new();
    let mut table = section.section("redefines");
    for name in table.keys() {
        let mut rule = table.section(&name.value);
        if rule.is_written() {
            rule.refuse_unknown(&["when", "is"]);
            let when = rule.required_text("when", "the field that decides");
            if !rule.has("is") {
                let sentence = "`is` is missing: the values for which this description holds";
                rule.problems.push(Problem::new("source.missing-key", sentence).at(rule.here().field("is")));
            }
            if let (Some(when), Some(is)) = (when, rule.texts("is")) {
                rules.push(RuleText {
                    description: name.value,
                    when: when.value,
                    is: is.value,
                    place: name.place,
                });
            }
            table.problems.extend(rule.problems);
        }
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    rules
}

/// A copybook longer than this is some other file.
const LONGEST_COPYBOOK: u64 = 16 << 20;

impl CopybookOptions {
    fn layout(&self, at: &Location) -> Result<Layout, Problems> {
        let copybook = Location { base: at.base.clone(), path: self.copybook.clone() };
        let path = copybook.full_path();
        let refused = |error: &std::io::Error| cannot_open(&path, &copybook.path, error);
        let size = fs::metadata(&path).map_err(|error| refused(&error))?.len();
        if size > LONGEST_COPYBOOK {
            let sentence = format!("`{}` has {size} bytes, too many for a copybook", copybook.path);
            return Err(Problem::new("copybook.too-long", sentence).into());
        }
        let text = fs::read(&path).map_err(|error| refused(&error))?;
        let text = String::from_utf8(text)
            .unwrap_or_else(|error| error.into_bytes().iter().map(|byte| char::from(*byte)).collect());
        Layout::parse(&text, &copybook.path, self.dialect)
    }

    /// The layout and how to decode it, or everything that is wrong with them.
    fn plan(&self, at: &Location) -> Result<(Layout, Plan), Problems> {
        let layout = self.layout(at)?;
        let plan = Plan::new(&layout, &self.rules)?;
        Ok((layout, plan))
    }

    fn machine(&self) -> Machine {
        let mainframe = self.page.family() == Family::Ebcdic;
        Machine {
            page: self.page.clone(),
            little_endian: self.little_endian.unwrap_or(!mainframe),
            hexadecimal_float: self.hexadecimal_float.unwrap_or(mainframe),
        }
    }
}

impl Open for CopybookOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let (layout, mut plan) = self.plan(at).map_err(|problems| together(problems, &self.copybook))?;
        plan.keep(|column| wanted.needs(column));
        let mut file = SourceFile::open(at)?;
        file.frame(self.file_header_bytes, self.file_trailer_bytes)?;
        let frames = Frames::new(file, self.framing(&layout)?);
        Ok(Box::new(reader(frames, plan, self.machine(), layout.record_length)))
    }

    fn check(&self, at: &Location) -> Problems {
        match self.plan(at) {
            Ok(_) => self.open(at, &Wanted::default()).map_or_else(Problems::from, |_| Problems::none()),
            Err(problems) => problems,
        }
    }
}

impl CopybookOptions {
    fn framing(&self, layout: &Layout) -> Result<Box<dyn Framing>, Problem> {
        Ok(match self.format {
            RecordFormat::Fixed => Box::new(Fixed { record_length: self.fixed_length(layout)? }),
            RecordFormat::Variable => Box::new(Descriptors::new(self.record_word, None)),
            RecordFormat::VariableBlocked => {
                Box::new(Descriptors::new(self.record_word, Some(self.block_word)))
            }
            RecordFormat::Lines => Box::new(Lines::new(self.page.family() == Family::Ebcdic)),
        })
    }

    fn fixed_length(&self, layout: &Layout) -> Result<usize, Problem> {
        let record_length = self.record_length.unwrap_or(layout.record_length);
        if record_length < layout.record_length {
            let sentence = format!(
                "`record_length` is {record_length}, but the copybook describes {} bytes",
                layout.record_length
            );
            return Err(Problem::new("source.record-too-short", sentence)
                .at(Place::file(&self.copybook))
                .advise("leave `record_length` out, or check that this is the right copybook"));
        }
        Ok(record_length)
    }
}

/// Several problems as one: the first, with the others in its advice. `concordat check` shows each of them by itself.
fn together(problems: Problems, file: &str) -> Problem {
    let mut all = problems.into_iter();
    let Some(first) = all.next() else {
        return Problem::new("copybook.faulty", "the copybook has a fault").at(Place::file(file));
    };
    let others: Vec<String> =
        all.take(20).map(|problem| format!("{} ({})", problem.sentence, problem.place)).collect();
    let first = first.in_file(file);
    if others.is_empty() {
        return first;
    }
    let own = first.advice.clone().map(|advice| format!("{advice}; ")).unwrap_or_default();
    first.advise(format!("{own}then mend also: {}", others.join("; ")))
}
