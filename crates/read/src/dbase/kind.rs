//! The kind `dbase`: its options and how it is opened.

use concordat_record::{Place, Problem};

use super::beside;
use super::coding::{Coding, coding};
use super::fields::Field;
use super::header::{self, Generation, Header};
use super::letters::Letters;
use super::memo::{self, MemoFile};
use super::propose::{propose, recognise};
use super::reader::{Decoder, Plan, reader};
use super::records::{Deleted, Records, Walk};
use super::values::{Column, Rules};
use crate::file::SourceFile;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::names::unique_names;
use crate::pipeline::Decode as _;
use crate::reader::{RawRecord, ReadBatch, Reader};
use crate::section::{OptionDoc, Section};
use crate::wanted::Wanted;

/// Tables of dBase, `FoxPro` and Clipper.
pub(crate) const KIND: Kind = Kind {
    name: "dbase",
    meaning: "a table of dBase, FoxPro or Clipper (.dbf), with its memos",
    lies: Lies::InAFile,
    options: OPTIONS,
    recognise,
    propose,
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "encoding",
        form: "text",
        default: "as the table says",
        meaning: "how letters are written: cp437, cp850, cp852, cp866, windows-1252, windows-1250, utf-8 and others; \
                  by default as the .cpg file beside the table says, else the table itself",
    },
    OptionDoc {
        name: "memo",
        form: "text",
        default: "beside the table",
        meaning: "the file with the memos (.dbt, .fpt, .smt), relative to the body's folder; \"\" leaves all memos out",
    },
    OptionDoc {
        name: "deleted",
        form: "text",
        default: "skip",
        meaning: "records that are marked as deleted: skip; keep, with a column `deleted`; or only, to read nothing else",
    },
    OptionDoc {
        name: "records",
        form: "text",
        default: "found",
        meaning: "which records count: all that are found before the end mark, or only as many as are counted in the header",
    },
    OptionDoc {
        name: "overflow",
        form: "text",
        default: "null",
        meaning: "a number field full of asterisks, which was too narrow for its number: null, or reject the record",
    },
    OptionDoc {
        name: "unreadable",
        form: "text",
        default: "reject",
        meaning: "a value that cannot be what its field's type says: reject the record, or read it as null",
    },
    OptionDoc {
        name: "max_memo_bytes",
        form: "whole number",
        default: "16777216",
        meaning: "a record with a longer memo is rejected",
    },
];

/// The options of one source.
#[derive(Clone, Debug)]
pub(crate) struct DbaseOptions {
    encoding: Option<Letters>,
    memo: Option<String>,
    deleted: Deleted,
    only_counted: bool,
    overflow_is_null: bool,
    unreadable_is_null: bool,
    longest_memo: u64,
}

/// The longest memo that can be asked for: columns have 31 bits for their bytes.
const LONGEST_MEMO: u64 = 1 << 30;

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let encoding = match section.text("encoding") {
        Some(written) => {
            let letters = Letters::named(&written.value).map_err(|problem| problem.at(written.place));
            Some(section.problems.keep(letters)?)
        }
        None => None,
    };
    let deleted = [("skip", Deleted::Skip), ("keep", Deleted::Keep), ("only", Deleted::Only)];
    let null_or_reject = [("null", true), ("reject", false)];
    Some(Box::new(DbaseOptions {
        encoding,
        memo: section.text("memo").map(|memo| memo.value),
        deleted: section.choice("deleted", &deleted).unwrap_or(Deleted::Skip),
        only_counted: section.choice("records", &[("found", false), ("counted", true)]).unwrap_or(false),
        overflow_is_null: section.choice("overflow", &null_or_reject).unwrap_or(true),
        unreadable_is_null: section.choice("unreadable", &null_or_reject).unwrap_or(false),
        longest_memo: section.number("max_memo_bytes", 1).unwrap_or(16 << 20).min(LONGEST_MEMO),
    }))
}

impl Open for DbaseOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let (records, plan) = self.opened(at, wanted)?;
        Ok(Box::new(reader(records, plan)))
    }

    fn again(&self, at: &Location, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        let (mut cutter, plan) = self.opened(at, &Wanted::default())?;
        let decoder = Decoder::new(cutter.shown(), plan);
        records.iter().map(|record| decoder.decode(cutter.alone(record))).collect::<Result<_, _>>().map(Some)
    }
}

impl DbaseOptions {
    fn opened(&self, at: &Location, wanted: &Wanted) -> Result<(Records, Plan), Problem> {
        let mut file = SourceFile::open(at)?;
        let mut beginning = Vec::new();
        file.fill(&mut beginning, 2 * header::LONGEST)?;
        // Of a packed file nobody knows the size yet.
        let size = file.size.max(beginning.len() as u64);
        let header = Header::parse(&beginning, size, &file.shown)?;
        let beside = || beside::code_page(at);
        let letters = self.encoding.clone().unwrap_or_else(|| Letters::of(&header, beside().as_deref()));
        let mut memo_file = None;
        if header.fields.iter().any(|field| field.is_memo(header.generation)) {
            memo_file = self.memo_file(at, &header)?;
        }
        let mut names = column_names(&header, &letters);
        let deleted = (self.deleted == Deleted::Keep).then(|| names.pop()).flatten();
        let (columns, memo_fields) = columns(&header, names, wanted, memo_file.is_some());
        let flags = header.fields.iter().find(|field| field.is_null_flags()).map(|field| field.offset);
        let rules = Rules {
            letters,
            overflow_is_null: self.overflow_is_null,
            unreadable_is_null: self.unreadable_is_null,
        };
        let walk = Walk {
            geometry: header.geometry.clone(),
            deleted: self.deleted,
            counted: header.counted,
            only_counted: self.only_counted,
            memo_fields,
        };
        let plan = Plan {
            columns,
            flags,
            deleted,
            rules,
            record_length: header.geometry.record_length,
            counted: header.counted,
        };
        Ok((Records::new(file, beginning, walk, memo_file), plan))
    }

    /// The memo file; none when memos are left out.
    fn memo_file(&self, at: &Location, header: &Header) -> Result<Option<MemoFile>, Problem> {
        let (path, shown) = match self.memo.as_deref() {
            Some("") => return Ok(None),
            Some(named) => (at.base.join(named), named.to_owned()),
            None => {
                let endings = memo_endings(header);
                let Some(path) = beside::find(at, endings) else { return Err(no_memo_file(at)) };
                let shown = path.strip_prefix(&at.base).unwrap_or(&path).display().to_string();
                (path, shown)
            }
        };
        MemoFile::open(&path, &shown, header.version, self.longest_memo).map(Some)
    }
}

/// The endings of the memo file that a table's version has, the likeliest first.
pub(crate) fn memo_endings(header: &Header) -> &'static [&'static str] {
    let is_foxpro = header.generation == Generation::VisualFoxPro || matches!(header.version, 0xf5 | 0xf6);
    match header.version {
        0xe5 => &["smt", "dbt", "fpt"],
        _ if is_foxpro => memo::FOXPRO,
        _ => memo::DBASE,
    }
}

fn no_memo_file(at: &Location) -> Problem {
    let sentence =
        format!("`{}` has memos, and there is no memo file (.dbt, .fpt) of its name beside it", at.path);
    Problem::new("dbase.no-memo-file", sentence).at(Place::file(&at.path)).advise(
        "ask for the memo file as well; `memo = \"FILE\"` names another one, `memo = \"\"` leaves memos out",
    )
}

/// Fields that are columns: all but the null flags.
fn visible(header: &Header) -> impl Iterator<Item = &Field> {
    header.fields.iter().filter(|field| !field.is_null_flags())
}

/// The names of the columns, and last that of the mark.
fn column_names(header: &Header, letters: &Letters) -> Vec<String> {
    let mut names: Vec<String> = visible(header).map(|field| letters.lossy(&field.name)).collect();
    names.push("deleted".into());
    let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
    unique_names(&chains)
}

/// The columns that are wanted, and where those of them that are memos lie in a record.
fn columns(
    header: &Header,
    names: Vec<String>,
    wanted: &Wanted,
    has_memos: bool,
) -> (Vec<Column>, Vec<std::ops::Range<usize>>) {
    let mut columns = Vec::new();
    let mut memo_fields = Vec::new();
    for (field, name) in visible(header).zip(names) {
        if !wanted.needs(&name) {
            continue;
        }
        let coding: Coding = coding(field, header.generation);
        let memo = (coding.is_memo() && has_memos).then_some(memo_fields.len());
        if memo.is_some() {
            memo_fields.push(field.offset..field.offset + field.length);
        }
        columns.push(Column { name, field: field.clone(), coding, memo });
    }
    (columns, memo_fields)
}
