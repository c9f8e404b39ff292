//! The kind `copybook`: its options and how it is opened.

use std::borrow::Cow;

use concordat_record::{Place, Problem, Problems};

use super::code_page::CodePage;
use super::encode::RecordWriter;
use super::field_options::{VARIABLE_OCCURS, Variable, column_options, nulls};
use super::frames::{CutFile, Ends, FileOptions, Lists};
use super::header::{Carried, take_record};
use super::language::Language;
use super::layout::Layout;
use super::nulls::NullRules;
use super::options::OPTIONS;
use super::plan::{Plan, PlanOptions};
use super::preview::preview;
use super::reader::Decoder;
use super::rewrite::Rewriting;
use super::segments::{Segmented, Segments, SegmentsText};
use super::values::Machine;
use super::zoned::{AsciiSigns, Signs};
use crate::file::SourceFile;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::names::snake_case;
use crate::reader::{RawRecord, ReadBatch, Reader, RecordPreview, Rewrite};
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
    language: Language,
    page: CodePage,
    file: FileOptions,
    /// Whether records of a fixed format end where their lists do, without filling up.
    cuts_where_lists_end: bool,
    segments: Option<SegmentsText>,
    little_endian: Option<bool>,
    hexadecimal_float: Option<bool>,
    national_little_endian: bool,
    nulls: NullRules,
    signs: Signs,
    columns: PlanOptions,
}

const ASCII_SIGNS: &[(&str, AsciiSigns)] =
    &[("usual", AsciiSigns::Usual), ("fujitsu", AsciiSigns::Fujitsu), ("realia", AsciiSigns::Realia)];

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let language = Language::configure(section);
    let page = match section.text("code_page") {
        Some(name) => {
            let page = CodePage::named(&name.value).map_err(|problem| problem.at(name.place));
            section.problems.keep(page)
        }
        None => CodePage::named("cp037").ok(),
    };
    let file = FileOptions::read(section);
    let segments = SegmentsText::read(section);
    let little_endian = section.choice("byte_order", &[("big", false), ("little", true)]);
    let hexadecimal_float = section.choice("floating_point", &[("ibm", true), ("ieee", false)]);
    let variable = section.choice("variable_occurs", VARIABLE_OCCURS);
    let mut columns = column_options(section);
    columns.moving =
        variable.unwrap_or(if file.has_own_lengths() { Variable::Shift } else { Variable::Maximum })
            != Variable::Maximum;
    Some(Box::new(CopybookOptions {
        language: language?,
        page: page?,
        file,
        cuts_where_lists_end: variable == Some(Variable::Shift),
        segments,
        little_endian,
        hexadecimal_float,
        national_little_endian: section
            .choice("national", &[("utf-16be", false), ("utf-16le", true)])
            .unwrap_or_default(),
        nulls: nulls(section, "null_when").unwrap_or_default(),
        signs: Signs {
            lenient: section.choice("signs", &[("strict", false), ("lenient", true)]).unwrap_or_default(),
            ascii: section.choice("ascii_signs", ASCII_SIGNS).unwrap_or_default(),
        },
        columns,
    }))
}

/// What a source file and its copybook say together.
struct Planned {
    layout: Layout,
    plan: Plan,
    segments: Option<Segments>,
    ends: Ends,
    carried: Option<Carried>,
}

impl CopybookOptions {
    /// The layout and how to decode it, or everything that is wrong with them.
    fn planned(&self, at: &Location) -> Result<Planned, Problems> {
        let mut layout = self.language.layout(at)?;
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
        let plan = Plan::new(&layout, &self.columns)?;
        ends.header = header.as_ref().map(|(own, _)| own.record_length);
        let carried = header.map(|(own, text)| Carried::new(&own, text, &plan.fields)).transpose()?;
        let segments = self.segments.as_ref();
        let segments =
            segments.map(|text| Segments::new(text, &layout, &plan, &self.machine())).transpose()?;
        Ok(Planned { layout, plan, segments, ends, carried })
    }

    fn machine(&self) -> Machine {
        let usual = Machine::of(self.page.clone());
        Machine {
            little_endian: self.little_endian.unwrap_or(usual.little_endian),
            hexadecimal_float: self.hexadecimal_float.unwrap_or(usual.hexadecimal_float),
            national_little_endian: self.national_little_endian,
            nulls: self.nulls,
            signs: self.signs,
            ..usual
        }
    }
}

impl CopybookOptions {
    /// How the file is divided; where records of a fixed format end with their lists, by what those count.
    fn file_options(&self, plan: &Plan) -> Result<Cow<'_, FileOptions>, Problem> {
        if !self.cuts_where_lists_end || self.file.has_own_lengths() {
            return Ok(Cow::Borrowed(&self.file));
        }
        let Some(lists) = Lists::of(&plan.nodes, &self.machine()) else {
            let sentence = "no list in the copybook tells where a record ends";
            return Err(Problem::new("source.variable-occurs", sentence)
                .at(Place::file(self.language.file()))
                .advise("leave `variable_occurs` out; where a field holds the length of its record, name it in `record_length_field`"));
        };
        Ok(Cow::Owned(self.file.clone().ending_with(lists)))
    }

    /// The file, divided, and what decodes its records.
    fn opened(&self, at: &Location, wanted: &Wanted) -> Result<(CutFile, Decoder), Problem> {
        let Planned { layout, mut plan, segments, ends, carried } =
            self.planned(at).map_err(|problems| together(problems, self.language.file()))?;
        let machine = self.machine();
        let file = self.file_options(&plan)?;
        let is_nested = self.segments.as_ref().is_some_and(SegmentsText::is_nested);
        if !is_nested {
            plan.keep(|column| wanted.needs(column));
        }
        let mut file = file.cut(SourceFile::open(at)?, &layout, &machine, ends)?;
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

    fn rewrite(&self, at: &Location) -> Result<Option<Box<dyn Rewrite>>, Problem> {
        if self.segments.as_ref().is_some_and(SegmentsText::joins_records) {
            let sentence = "rows that are put together from several records are not written back";
            return Err(Problem::new("source.not-written", sentence)
                .advise("set `rows = \"records\"` in `[copybook.segments]`, without `carry`"));
        }
        let Planned { layout, plan, ends, .. } =
            self.planned(at).map_err(|problems| together(problems, self.language.file()))?;
        let machine = self.machine();
        let divided = self.file_options(&plan)?.cut(SourceFile::open(at)?, &layout, &machine, ends)?;
        let writer = RecordWriter::over(plan, machine, layout.record_length);
        Ok(Some(Box::new(Rewriting::new(SourceFile::open(at)?, divided, writer))))
    }

    fn preview(&self, at: &Location) -> Result<Vec<RecordPreview>, Problem> {
        let Planned { layout, plan, ends, .. } =
            self.planned(at).map_err(|problems| together(problems, self.language.file()))?;
        let machine = self.machine();
        let mut file = self.file_options(&plan)?.cut(SourceFile::open(at)?, &layout, &machine, ends)?;
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
