//! Opens a source of XML: looks at a sample for columns and at the file for values to carry, then reads it.

use std::sync::Arc;

use concordat_record::Problem;
use encoding_rs::Encoding;

use super::columns::{ColumnSpec, Group, shapes};
use super::discover::{Prefixes, Seen};
use super::fill::XmlFill;
use super::markup::{Extent, element};
use super::path::Namespaces;
use super::scan::{Rows, XmlScan, malformed};
use crate::file::SourceFile;
use crate::kinds::{Location, Open};
use crate::names::unique_names;
use crate::pipeline::{Cut, Pipeline};
use crate::reader::{RawRecord, ReadBatch, ReadProgress, Reader};
use crate::section::Written;
use crate::tree::options::{apply_types, encoding_named};
use crate::tree::records::{Records, SAMPLE_BYTES, Scan};
use crate::tree::row::{self, Columns, Known};
use crate::tree::window::Window;
use crate::types::Type;
use crate::wanted::Wanted;

/// The options of one source.
#[derive(Debug)]
pub(super) struct XmlOptions {
    pub rows: Rows,
    pub columns: Option<Vec<ColumnSpec>>,
    pub namespaces: Namespaces,
    pub types: Vec<(Written<String>, Type)>,
    pub carry: Vec<(Written<String>, Written<String>)>,
    pub trim: bool,
    pub nulls: Vec<String>,
    pub encoding: Option<&'static Encoding>,
    pub longest: usize,
}

/// What a first look has shown.
struct Survey {
    seen: Seen,
    carried: Vec<Option<String>>,
    size: u64,
    shown: String,
    known: Known,
}

impl XmlOptions {
    fn records(&self, at: &Location, known: Vec<Option<String>>) -> Result<Records<XmlScan>, Problem> {
        let window = Window::open(SourceFile::open(at)?, self.encoding, declared)?;
        Ok(Records::new(window, XmlScan::new(self.rows.clone(), known), self.longest))
    }

    /// Looks at a sample when columns are not named, and at all of the file while values to carry are missing.
    fn survey(&self, at: &Location) -> Result<Survey, Problem> {
        let mut records = self.records(at, Vec::new())?;
        let mut seen = Seen::default();
        let mut above = Arc::default();
        let mut has_all = self.carry.is_empty();
        let mut is_sampled = self.columns.is_some();
        let mut prefixes = Prefixes { own: self.namespaces.0.as_deref(), file: Vec::new() };
        while !(is_sampled && has_all) {
            let Some(piece) = records.next()? else { break };
            if let Some(first) = piece.records.first().filter(|_| piece.first_number == 1) {
                above = first.surroundings.clone();
                has_all |= first.surroundings.carried.iter().all(Option::is_some);
            }
            for record in piece.records.iter().filter(|record| record.broken.is_none() && !is_sampled) {
                let bytes = piece.text.bytes.get(record.begin..record.end).unwrap_or_default();
                if prefixes.file != record.surroundings.namespaces {
                    prefixes.file.clone_from(&record.surroundings.namespaces);
                }
                if let Ok(text) = std::str::from_utf8(bytes) {
                    seen.add(text, &prefixes);
                }
            }
            is_sampled |= records.bytes_read() >= SAMPLE_BYTES;
        }
        let known = Known { encoding: records.window().encoding(), above };
        let (size, shown) = (records.window().size(), records.window().shown().to_owned());
        Ok(Survey { seen, carried: records.scan().carried_once(), size, shown, known })
    }
}

impl XmlOptions {
    /// What makes rows of records, after a first look.
    fn rows(&self, survey: &Survey, wanted: &Wanted) -> Result<row::Rows<XmlFill>, Problem> {
        let specs = self.columns.clone().unwrap_or_else(|| survey.seen.columns());
        let mut own = shapes(&specs);
        let chains: Vec<Vec<&str>> = self.carry.iter().map(|(name, _)| vec![name.value.as_str()]).collect();
        let mut carried: Vec<(String, Type)> =
            unique_names(&chains).into_iter().map(|name| (name, Type::Text)).collect();
        apply_types(&self.types, &mut own, &mut carried)?;
        let columns = Columns { own, carried };
        columns.refuse_same_names(&survey.shown)?;
        let fill = XmlFill {
            plan: Group::plan(&specs, &self.namespaces)?,
            needed: columns.own.iter().map(|(name, _)| wanted.needs(name)).collect(),
            trim: self.trim,
            nulls: self.nulls.clone(),
            has_namespaces: self.namespaces.is_declared(),
            is_discovered: self.columns.is_none(),
        };
        Ok(row::Rows::new(&survey.shown, columns, fill))
    }
}

impl Open for XmlOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let survey = self.survey(at)?;
        let rows = self.rows(&survey, wanted)?;
        let progress = ReadProgress {
            total_bytes: Some(survey.size).filter(|size| *size > 0),
            ..ReadProgress::default()
        };
        let records = self.records(at, survey.carried)?;
        Ok(Box::new(Pipeline::new(rows.schema.clone(), progress, records, rows)))
    }

    fn again(&self, at: &Location, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        if !self.carry.is_empty() {
            return Ok(None);
        }
        let survey = self.survey(at)?;
        let rows = self.rows(&survey, &Wanted::default())?;
        let outline = |text: &[u8]| match element(text, 0, self.rows.deepest) {
            Extent::Ends(end, _) if end == text.len() => None,
            Extent::Wrong { sentence, .. } => Some(malformed(&sentence)),
            _ => Some(malformed("the bytes are not one element")),
        };
        records
            .iter()
            .map(|record| rows.again(record, &survey.known, outline))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

/// The encoding in the declaration at the beginning (section 4.3.3). UTF-16 would have shown itself before: where it is declared and is
/// not, the text was written in UTF-8 by a program that declares what it has in memory.
pub(super) fn declared(raw: &[u8]) -> Result<Option<&'static Encoding>, Problem> {
    let head = raw.get(..raw.len().min(400)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let Some((_, value)) = declaration.and_then(|declaration| declaration.split_once("encoding")) else {
        return Ok(None);
    };
    let value = value.trim_start().strip_prefix('=').unwrap_or(value).trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let Some(name) = quote.and_then(|quote| value.get(1..)?.split(quote).next()) else { return Ok(None) };
    if name.to_ascii_lowercase().starts_with("utf-16") {
        return Ok(None);
    }
    match encoding_named(name) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(Problem::new(
            "read.unknown-encoding",
            format!("the file declares the encoding `{name}`, which is not known"),
        )
        .advise("set `encoding` to the one it really has")),
    }
}
