//! The options that say which copybooks describe the records, and in which dialect they are written.

use concordat_record::{Place, Problem, Problems};

use super::coding::BinarySize;
use super::layout::{Dialect, Layout};
use super::library::{CopyText, Folders};
use super::reference::{Columns, ReferenceFormat};
use crate::kinds::Location;
use crate::section::{Section, Written};

/// Which copybooks, and how to read them.
#[derive(Debug)]
pub(crate) struct Language {
    /// The copybooks, relative to the body's folder.
    copybooks: Vec<String>,
    /// The copybook itself, where it stands in the source file.
    text: Option<String>,
    /// Folders in which COPY finds more.
    copy_paths: Vec<String>,
    dialect: Dialect,
    /// The records (01 levels) that the file has; none for all.
    records: Option<Written<Vec<String>>>,
}

/// How a copybook in the source file is called in problems.
const HERE: &str = "the copybook in the source file";

impl Language {
    /// Reads the options; none when there is no copybook.
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        let text = section.text("text").map(|text| text.value);
        let copybooks = if text.is_some() {
            Some(vec![HERE.to_owned()])
        } else if section.has("path") {
            section.texts("path").map(|paths| paths.value).filter(|paths| !paths.is_empty())
        } else {
            let meaning = "the copybook that describes the records";
            section.required_text("path", meaning).map(|path| vec![path.value])
        };
        let formats = [
            ("auto", ReferenceFormat::Auto),
            ("fixed", ReferenceFormat::Fixed),
            ("free", ReferenceFormat::Free),
        ];
        let sizes =
            [("2-4-8", BinarySize::Ibm), ("1-2-4-8", BinarySize::Gnu), ("1--8", BinarySize::Smallest)];
        let dialect = Dialect {
            reference_format: section.choice("reference_format", &formats).unwrap_or_default(),
            columns: columns(section),
            binary_size: section.choice("binary_size", &sizes).unwrap_or_default(),
            decimal_comma: section
                .choice("decimal_point", &[("period", false), ("comma", true)])
                .unwrap_or_default(),
        };
        let copy_paths = section.texts("copy_paths").map(|paths| paths.value).unwrap_or_default();
        let records = section.texts("records");
        Some(Self { copybooks: copybooks?, text, copy_paths, dialect, records })
    }

    /// The first copybook, which problems with all of them name.
    pub fn file(&self) -> &str {
        self.copybooks.first().map_or("", String::as_str)
    }

    /// The layout that the copybooks describe.
    pub fn layout(&self, at: &Location) -> Result<Layout, Problems> {
        let folders = Folders { base: at.base.clone(), paths: self.copy_paths.clone() };
        let mut problems = Problems::none();
        let sources: Vec<_> = match &self.text {
            Some(text) => vec![CopyText { file: HERE.into(), text: text.clone() }],
            None => self.copybooks.iter().filter_map(|path| problems.keep(folders.read(path))).collect(),
        };
        let sources = problems.or(sources)?;
        let mut layout = Layout::read(&sources, &folders, self.dialect)?;
        if let Some(records) = &self.records {
            let located = |problem: Problem| Problem { place: records.place.clone(), ..problem };
            layout.keep_records(&records.value).map_err(located)?;
        }
        Ok(layout)
    }
}

/// The bounds of the text in fixed format.
fn columns(section: &mut Section<'_>) -> Columns {
    let usual = Columns::default();
    let mut column = |key: &str, usual: usize| {
        section.number(key, 1).and_then(|column| usize::try_from(column).ok()).unwrap_or(usual)
    };
    let columns =
        Columns { first: column("first_column", usual.first), last: column("last_column", usual.last) };
    if columns.first > columns.last {
        let sentence =
            format!("the text cannot begin in column {} and end in {}", columns.first, columns.last);
        let place: Place = section.here().field("first_column");
        section.problems.push(Problem::new("source.wrong-form", sentence).at(place));
    }
    columns
}
