//! Opens a source of JSON: looks at a sample for columns and at the file for values to carry, then reads it.

use std::sync::Arc;

use concordat_record::Problem;
use encoding_rs::Encoding;

use super::discover::{Leaf, Nested, Seen};
use super::fill::{Duplicates, JsonFill};
use super::grammar::{Outline, skip_space, value};
use super::path::Step;
use super::scan::{JsonScan, Rows, malformed};
use super::walk::Value;
use crate::file::SourceFile;
use crate::kinds::{Location, Open};
use crate::names::unique_names;
use crate::pipeline::{Cut, Pipeline};
use crate::reader::{RawRecord, ReadBatch, ReadProgress, Reader};
use crate::section::Written;
use crate::tree::options::apply_types;
use crate::tree::records::{Records, SAMPLE_BYTES, Scan};
use crate::tree::row::{self, Columns, Known};
use crate::tree::shape::Shape;
use crate::tree::window::Window;
use crate::types::Type;
use crate::wanted::Wanted;

/// A column, and the way to it.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub name: Written<String>,
    pub steps: Vec<Step>,
}

impl Way {
    pub fn is_wild(&self) -> bool {
        self.steps.contains(&Step::Any)
    }
}

/// The options of one source.
#[derive(Debug)]
pub(super) struct JsonOptions {
    pub rows: Rows,
    pub array_rows: Option<bool>,
    pub columns: Option<Vec<Way>>,
    pub nested: Nested,
    pub types: Vec<(Written<String>, Type)>,
    pub carry: Vec<Way>,
    pub duplicates: Duplicates,
    pub encoding: Option<&'static Encoding>,
    pub longest: usize,
}

/// What a first look has shown.
struct Survey {
    seen: Seen,
    carried: Vec<Option<String>>,
    size: u64,
    shown: String,
    encoding: &'static Encoding,
}

impl JsonOptions {
    fn records(&self, at: &Location, known: Vec<Option<String>>) -> Result<Records<JsonScan>, Problem> {
        let window = Window::open(SourceFile::open(at)?, self.encoding, |_| Ok(None))?;
        let (text, _) = window.view();
        let array_is_row = self.array_rows.unwrap_or_else(|| has_arrays_in_a_row(text));
        let rows = Rows { array_is_row, ..self.rows.clone() };
        Ok(Records::new(window, JsonScan::new(rows, known), self.longest))
    }

    /// Looks at a sample, or at all of the file while values to carry are missing.
    fn survey(&self, at: &Location) -> Result<Survey, Problem> {
        let mut records = self.records(at, Vec::new())?;
        let mut seen = Seen::new();
        let needs_sample = self.needs_sample();
        let mut first: Option<Vec<Option<String>>> = None;
        let is_missing = |carried: &[Option<String>]| carried.iter().any(Option::is_none);
        loop {
            let is_sampled = !needs_sample || records.bytes_read() >= SAMPLE_BYTES;
            if is_sampled && first.as_ref().is_some_and(|carried| !is_missing(carried)) {
                break;
            }
            let Some(piece) = records.next()? else { break };
            for record in &piece.records {
                first.get_or_insert_with(|| record.surroundings.carried.clone());
                let bytes = piece.text.bytes.get(record.begin..record.end).unwrap_or_default();
                if let Ok(text) = std::str::from_utf8(bytes)
                    && record.broken.is_none()
                    && !is_sampled
                {
                    seen.add_record(Value::root(text));
                }
            }
        }
        let (size, shown) = (records.window().size(), records.window().shown().to_owned());
        let encoding = records.window().encoding();
        Ok(Survey { seen, carried: records.scan().carried_once(), size, shown, encoding })
    }

    fn needs_sample(&self) -> bool {
        let is_typed = |way: &Way| self.types.iter().any(|(column, _)| column.value == way.name.value);
        !self.columns.as_ref().is_some_and(|columns| columns.iter().all(is_typed))
    }

    /// The columns with the ways to them: those named, or those seen.
    fn leaves(&self, seen: &Seen) -> Vec<Leaf> {
        let Some(columns) = &self.columns else { return seen.leaves(self.nested) };
        let chains: Vec<Vec<&str>> = columns.iter().map(|way| vec![way.name.value.as_str()]).collect();
        let leaf = |(name, way): (String, &Way)| {
            let steps: Vec<String> = super::path::names(&way.steps).into_iter().map(str::to_owned).collect();
            let shape = seen.at(&steps).map_or(Shape::One(Type::Text), Seen::shape);
            Leaf { name, way: steps, shape }
        };
        unique_names(&chains).into_iter().zip(columns).map(leaf).collect()
    }
}

impl JsonOptions {
    /// What makes rows of records, after a first look.
    fn rows(&self, survey: &Survey, wanted: &Wanted) -> Result<row::Rows<JsonFill>, Problem> {
        let leaves = self.leaves(&survey.seen);
        let mut own: Vec<(String, Shape)> =
            leaves.iter().map(|leaf| (leaf.name.clone(), leaf.shape.clone())).collect();
        let chains: Vec<Vec<&str>> = self.carry.iter().map(|way| vec![way.name.value.as_str()]).collect();
        let mut carried: Vec<(String, Type)> =
            unique_names(&chains).into_iter().map(|name| (name, Type::Text)).collect();
        apply_types(&self.types, &mut own, &mut carried)?;
        let columns = Columns { own, carried };
        columns.refuse_same_names(&survey.shown)?;
        let needed = leaves.iter().map(|leaf| wanted.needs(&leaf.name)).collect();
        let fill = JsonFill::new(&leaves, needed, self.duplicates, self.columns.is_none());
        Ok(row::Rows::new(&survey.shown, columns, fill))
    }
}

impl Open for JsonOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let survey = self.survey(at)?;
        let rows = self.rows(&survey, wanted)?;
        let progress = ReadProgress {
            total_bytes: Some(survey.size).filter(|size| *size > 0),
            ..ReadProgress::default()
        };
        Ok(Box::new(Pipeline::new(rows.schema.clone(), progress, self.records(at, survey.carried)?, rows)))
    }

    fn again(&self, at: &Location, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        if !self.carry.is_empty() {
            return Ok(None);
        }
        let survey = self.survey(at)?;
        let rows = self.rows(&survey, &Wanted::default())?;
        let known = Known { encoding: survey.encoding, above: Arc::default() };
        let outline = |text: &[u8]| match value(text, 0, true, self.rows.deepest) {
            Outline::Ends(end) if end == text.len() => None,
            Outline::Wrong(_, what) => Some(malformed(what)),
            _ => Some(malformed("one value")),
        };
        records.iter().map(|record| rows.again(record, &known, outline)).collect::<Result<_, _>>().map(Some)
    }
}

/// Whether a text begins with an array and goes on with another value: JSON Lines of arrays.
pub(super) fn has_arrays_in_a_row(text: &[u8]) -> bool {
    let begin = skip_space(text, 0);
    text.get(begin) == Some(&b'[')
        && matches!(value(text, begin, false, usize::MAX), Outline::Ends(end) if skip_space(text, end) < text.len())
}
