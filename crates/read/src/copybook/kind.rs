//! The kind `copybook`: its options and how it is opened.

use std::fs;

use concordat_record::{Place, Problem, Problems};

use super::code_page::{CodePage, Family};
use super::coding::BinarySize;
use super::frames::{CutFile, Ends, FileOptions};
use super::header::{Carried, take_record};
use super::layout::{Dialect, Layout};
use super::options::OPTIONS;
use super::plan::Plan;
use super::preview::preview;
use super::reader::Decoder;
use super::rule::RuleText;
use super::segments::{Segmented, Segments, SegmentsText};
use super::text::ReferenceFormat;
use super::values::Machine;
use crate::file::{SourceFile, cannot_open};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::names::snake_case;
use crate::reader::{RawRecord, ReadBatch, Reader, RecordPreview};
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
    /// The copybook itself, where it stands in the source file.
    text: Option<String>,
    page: CodePage,
    file: FileOptions,
    segments: Option<SegmentsText>,
    dialect: Dialect,
    little_endian: Option<bool>,
    hexadecimal_float: Option<bool>,
    rules: Vec<RuleText>,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let text = section.text("text").map(|text| text.value);
    let copybook = match &text {
        Some(_) => Some(HERE.to_owned()),
        None => {
            section.required_text("path", "the copybook that describes the records").map(|path| path.value)
        }
    };
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
    let file = FileOptions::read(section);
    let segments = SegmentsText::read(section);
    let little_endian = section.choice("byte_order", &[("big", false), ("little", true)]);
    let hexadecimal_float = section.choice("floating_point", &[("ibm", true), ("ieee", false)]);
    let rules = rules(section);
    Some(Box::new(CopybookOptions {
        copybook: copybook?,
        text,
        page: page?,
        file,
        segments,
        dialect,
        little_endian,
        hexadecimal_float,
        rules,
    }))
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

/// What a source file and its copybook say together.
struct Planned {
    layout: Layout,
    plan: Plan,
    segments: Option<Segments>,
    ends: Ends,
    carried: Option<Carried>,
}

/// How a copybook in the source file is called in problems.
const HERE: &str = "the copybook in the source file";

/// A copybook longer than this is some other file.
const LONGEST_COPYBOOK: u64 = 16 << 20;

impl CopybookOptions {
    fn layout(&self, at: &Location) -> Result<Layout, Problems> {
        if let Some(text) = &self.text {
            return Layout::parse(text, HERE, self.dialect);
        }
        let copybook = Location::here(&at.base, &self.copybook);
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
    fn planned(&self, at: &Location) -> Result<Planned, Problems> {
        let mut layout = self.layout(at)?;
        let mut ends = Ends::default();
        let header = self
            .file
            .header
            .as_ref()
            .map(|text| take_record(&mut layout, text).map(|own| (own, text)))
            .transpose()?;
        if let Some(text) = &self.file.trailer {
            ends.trailer = Some(take_record(&mut layout, text)?.record_length);
        }
        let plan = Plan::new(&layout, &self.rules)?;
        ends.header = header.as_ref().map(|(own, _)| own.record_length);
        let carried = header.map(|(own, text)| Carried::new(&own, text, &plan.fields)).transpose()?;
        let segments = self.segments.as_ref();
        let segments =
            segments.map(|text| Segments::new(text, &layout, &plan, &self.machine())).transpose()?;
        Ok(Planned { layout, plan, segments, ends, carried })
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

impl CopybookOptions {
    /// The file, divided, and what decodes its records.
    fn opened(&self, at: &Location, wanted: &Wanted) -> Result<(CutFile, Decoder), Problem> {
        let Planned { layout, mut plan, segments, ends, carried } =
            self.planned(at).map_err(|problems| together(problems, &self.copybook))?;
        let machine = self.machine();
        let is_nested = self.segments.as_ref().is_some_and(SegmentsText::is_nested);
        if !is_nested {
            plan.keep(|column| wanted.needs(column));
        }
        let mut file = self.file.cut(SourceFile::open(at)?, &layout, &machine, ends)?;
        let mut segmented = None;
        if let Some((mut segments, text)) = segments.zip(self.segments.as_ref()) {
            segments.ask(&wanted.conditions, &snake_case(&text.field.value));
            file = file.keep_families(&segments);
            segmented = Some(Segmented::new(segments, &mut plan, &text.field.value));
        }
        let division = file.division.clone();
        let decoder = Decoder::new(division, plan, segmented, carried, machine, layout.record_length);
        Ok((file, decoder))
    }
}

impl Open for CopybookOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let (file, decoder) = self.opened(at, wanted)?;
        Ok(Box::new(decoder.read(file)))
    }

    fn again(&self, at: &Location, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        let (_, decoder) = self.opened(at, &Wanted::default())?;
        if !decoder.can_do_one() {
            return Ok(None);
        }
        records.iter().map(|record| decoder.again(record)).collect::<Result<_, _>>().map(Some)
    }

    fn preview(&self, at: &Location) -> Result<Vec<RecordPreview>, Problem> {
        let Planned { layout, ends, .. } =
            self.planned(at).map_err(|problems| together(problems, &self.copybook))?;
        let machine = self.machine();
        let mut file = self.file.cut(SourceFile::open(at)?, &layout, &machine, ends)?;
        let length = file.division.fixed_length.unwrap_or_default();
        Ok(file.cut.next()?.map_or_else(Vec::new, |block| preview(&block, &layout, length, &machine)))
    }

    fn check(&self, at: &Location) -> Problems {
        match self.planned(at) {
            Ok(_) => self.open(at, &Wanted::default()).map_or_else(Problems::from, |_| Problems::none()),
            Err(problems) => problems,
        }
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
