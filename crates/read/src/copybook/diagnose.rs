//! When most of the beginning of a file is rejected, the records are not at fault: the source file is. Says so, and what to try.

use concordat_record::{Place, Problem};

use super::code_page::Family;
use super::coding::Coding;
use super::decode::{Places, columns};
use super::fault::Fault;
use super::frames::{Block, Division, evident};
use super::plan::{Node, Plan};
use super::values::Machine;

/// What is known after the first block.
pub(crate) struct Evidence<'a> {
    pub block: &'a Block,
    pub plan: &'a Plan,
    pub machine: &'a Machine,
    pub layout_length: usize,
    pub division: &'a Division,
    pub first_faults: &'a [Option<Fault<'a>>],
}

/// This many rejects, when they are more than half of the first block, stop the reading.
const FEW_REJECTS: usize = 10;
/// Fewer bytes of text than this say nothing about the code page.
const ENOUGH_TEXT: usize = 24;

impl Evidence<'_> {
    /// Good when the beginning of the file can be what the source file says.
    pub fn judge(&self) -> Result<(), Problem> {
        if let Some(problem) = self.wrong_code_page() {
            return Err(problem);
        }
        let records = self.first_faults.len();
        let bad = self.first_faults.iter().flatten().count();
        let all = records > 1 && bad == records;
        if all || (bad >= FEW_REJECTS && bad * 2 > records) {
            Err(self.wrong_layout(bad, records))
        } else {
            Ok(())
        }
    }

    /// Text that is of the other family.
    fn wrong_code_page(&self) -> Option<Problem> {
        let text: Vec<u8> = self.text_bytes();
        let (ebcdic, ascii) = (share(&text, is_ebcdic_text), share(&text, is_ascii_text));
        let page = &self.machine.page;
        let (own, other, advice) = match page.family() {
            Family::Ebcdic => (
                ebcdic,
                ascii,
                "set `code_page = \"ascii\"` (or \"latin-1\"), or ask for the file as it is on the mainframe",
            ),
            Family::Ascii => (
                ascii,
                ebcdic,
                "set `code_page = \"cp037\"` or the EBCDIC page of the country, such as cp273, cp500, cp1047 or cp1140",
            ),
        };
        if text.len() < ENOUGH_TEXT || own > 0.6 || other < 0.8 || other < own + 0.3 {
            return None;
        }
        let found = if page.family() == Family::Ebcdic { "ASCII" } else { "EBCDIC" };
        let sentence = format!(
            "the file looks like {found}, but the source says code page {}: {:.0} % of its text fields are {found} letters, digits and spaces",
            page.name(),
            other * 100.0
        );
        Some(
            Problem::new("read.wrong-code-page", sentence)
                .at(Place::file(&self.division.shown))
                .advise(advice),
        )
    }

    /// Some bytes of the text fields that stand in every record.
    fn text_bytes(&self) -> Vec<u8> {
        const RECORDS: usize = 200;
        let texts: Vec<(usize, usize)> = self
            .plan
            .nodes
            .iter()
            .filter_map(|node| match node {
                Node::Value(value) if matches!(value.coding, Coding::Text { .. }) => {
                    Some((value.offset, value.length))
                }
                _ => None,
            })
            .collect();
        let records = (0..self.block.starts.len()).take(RECORDS).map(|index| self.record(index));
        records
            .flat_map(|record| {
                texts
                    .iter()
                    .filter_map(|(offset, length)| record.get(*offset..(offset + length).min(record.len())))
            })
            .flatten()
            .copied()
            .filter(|byte| *byte != 0)
            .collect()
    }

    fn record(&self, index: usize) -> &[u8] {
        self.block.record(index, self.division.fixed_length.unwrap_or_default())
    }

    fn wrong_layout(&self, bad: usize, records: usize) -> Problem {
        let first = self.first_faults.iter().flatten().next();
        let field = first.map_or("", |fault| fault.field);
        let sentence = format!(
            "{bad} of the first {records} records do not fit the copybook, beginning with field `{field}`"
        );
        let mut advice = Vec::new();
        if let Some(length) = self.division.fixed_length {
            if !self.division.bytes.is_multiple_of(length as u64) {
                advice.push(format!(
                    "the file's size of {} bytes is not divisible by the record length of {length}: is this the right copybook?",
                    self.division.bytes
                ));
            }
            if let Some(fitting) = self.fitting_length(length) {
                advice.push(format!("records of {fitting} bytes would fit: try `record_length = {fitting}`"));
            }
        }
        let own = self.division.format;
        let evident = evident::chain(&self.block.bytes).filter(|evident| evident.format != own);
        if let Some(format) = evident.map(|evident| evident.format) {
            advice.push(format!(
                "the records seem to begin with their length: try `record_format = \"{format}\"`"
            ));
        }
        if advice.is_empty() {
            advice.push("check that the copybook belongs to this file, and its code page".into());
        }
        Problem::new("read.wrong-layout", sentence)
            .at(Place::file(&self.division.shown))
            .advise(advice.join("; "))
    }

    /// A record length near the copybook's, dividing the file, with which nothing at the beginning is at fault.
    fn fitting_length(&self, tried: usize) -> Option<usize> {
        const RECORDS: usize = 50;
        const NEAR: usize = 64;
        let least = self.layout_length;
        (least..=least + NEAR)
            .filter(|length| *length != tried && self.division.bytes.is_multiple_of(*length as u64))
            .find(|length| {
                let room = self.block.bytes.len().saturating_sub(least) / length + 1;
                let starts: Vec<usize> = (0..room.min(RECORDS)).map(|index| index * length).collect();
                let places = Places::of_records(&self.block.bytes, &starts, None);
                let mut faults = Vec::new();
                columns(&self.plan.nodes, places, self.machine, &mut faults);
                starts.len() > 1 && faults.is_empty()
            })
    }
}

/// The share of bytes for which something holds.
pub(crate) fn share(bytes: &[u8], holds: fn(u8) -> bool) -> f64 {
    let count = bytes.iter().filter(|byte| holds(**byte)).count();
    count as f64 / bytes.len().max(1) as f64
}

/// Letters, digits, the space and what is common in names and addresses, in every EBCDIC page.
pub(crate) fn is_ebcdic_text(byte: u8) -> bool {
    matches!(byte, 0x40 | 0x4b | 0x60 | 0x6b | 0x50 | 0x61 | 0x7d | 0x81..=0x89 | 0x91..=0x99 | 0xa2..=0xa9 | 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 | 0xf0..=0xf9)
}

/// The same in ASCII.
pub(crate) fn is_ascii_text(byte: u8) -> bool {
    matches!(byte, b' ' | b'.' | b'-' | b',' | b'&' | b'/' | b'\'' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
}
