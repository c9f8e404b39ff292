//! The kind `excel`: its options and how it is opened.

use concordat_record::{Place, Problem};

use super::book::{Book, Which};
use super::cell::{Area, LAST_ROW};
use super::package::Format;
use super::reader::{Errors, Plan, apply_types, schema};
use super::table::{Settings, Table};
use crate::ahead::{Ahead, apart};
use crate::file::cannot_open;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{ReadProgress, Reader};
use crate::section::{OptionDoc, Section, Written};
use crate::tree::options::{TYPES, types};
use crate::types::Type;
use crate::wanted::Wanted;

/// Workbooks.
pub(crate) const KIND: Kind = Kind {
    name: "excel",
    meaning: "a table in a sheet of a workbook: Excel (xlsx, xlsm, xlsb, xls) or OpenDocument (ods)",
    options: OPTIONS,
    lies: Lies::InAFile,
    recognise: super::propose::recognise,
    propose: super::propose::propose,
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "sheet",
        form: "text or whole number",
        default: "the first that is not hidden",
        meaning: "the sheet by its name, or by its number from one; a hidden one is read when it is named",
    },
    OptionDoc {
        name: "range",
        form: "text",
        default: "the whole sheet",
        meaning: "the part of the sheet that is looked at: `B3:F100`, columns `B:F`, rows `3:100`, or `B3:F` down to the last row",
    },
    OptionDoc {
        name: "header_row",
        form: "whole number",
        default: "found: the first row as wide as the table that holds different texts only",
        meaning: "the row of the sheet with the names of the columns, or the first of several; what stands above is passed over",
    },
    OptionDoc {
        name: "header_rows",
        form: "whole number",
        default: "1",
        meaning: "how many rows the header has; names that stand below each other are joined, and one above several columns \
                  holds for all of them; 0 when there is no header",
    },
    OptionDoc {
        name: "columns",
        form: "list of texts",
        default: "the header, or column_1, column_2, …",
        meaning: "names of the columns, instead of those in the sheet",
    },
    TYPES,
    OptionDoc {
        name: "merged",
        form: "first or fill",
        default: "first",
        meaning: "whether the value of merged cells stands in the first of them only, as the file has it, or fills all of them, down \
                  and to the right; those of xlsb are not seen",
    },
    OptionDoc {
        name: "hidden",
        form: "keep or skip",
        default: "keep",
        meaning: "whether hidden rows and columns are read, for they are data too, only filtered out of sight; xlsb does not \
                  let them be told from others",
    },
    OptionDoc {
        name: "blank_rows",
        form: "skip or stop",
        default: "skip",
        meaning: "whether a row without values is passed over, or ends the table",
    },
    OptionDoc {
        name: "stop_at",
        form: "list of texts",
        default: "none",
        meaning: "the table ends before the first row whose first value begins with one of these, such as `Total`",
    },
    OptionDoc {
        name: "footer_rows",
        form: "whole number",
        default: "0",
        meaning: "rows with values at the end of the sheet that belong to no table",
    },
    OptionDoc {
        name: "errors",
        form: "reject or null",
        default: "reject",
        meaning: "what is done with a cell that shows #N/A, #REF! and the like",
    },
    OptionDoc {
        name: "trim",
        form: "true or false",
        default: "true",
        meaning: "whether white space around texts is removed; a text that is empty then is null",
    },
    OptionDoc { name: "null", form: "list of texts", default: "none", meaning: "texts that mean null" },
];

/// The options of one source.
#[derive(Debug)]
struct ExcelOptions {
    settings: Settings,
    errors: Errors,
    types: Vec<(Written<String>, Type)>,
}

#[expect(clippy::unnecessary_wraps, reason = "the list of kinds asks for it")]
fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let area = section.text("range").and_then(|written| {
        let problem = || {
            Problem::new("source.wrong-form", format!("`{}` is no range of a sheet", written.value))
                .at(written.place.clone())
                .advise("write `B3:F100`, `B:F`, `3:100` or `B3:F`")
        };
        section.problems.keep(Area::parse(&written.value).ok_or_else(problem))
    });
    let sheet = section.texts("sheet").and_then(|sheet| sheet.value.into_iter().next());
    let row = |row: u64| u32::try_from(row - 1).unwrap_or(LAST_ROW).min(LAST_ROW);
    let settings = Settings {
        sheet: sheet.map_or(Which::First, Which::Named),
        area: area.unwrap_or(Area::ALL),
        header_row: section.number("header_row", 1).map(row),
        header_rows: section.number("header_rows", 0).map_or(1, |rows| rows.min(50) as u32),
        columns: section.texts("columns").map(|columns| columns.value),
        fills_merged: section.choice("merged", &[("first", false), ("fill", true)]).unwrap_or(false),
        skips_hidden: section.choice("hidden", &[("keep", false), ("skip", true)]).unwrap_or(false),
        stops_at_blank: section.choice("blank_rows", &[("skip", false), ("stop", true)]).unwrap_or(false),
        stop_at: section.texts("stop_at").map(|texts| texts.value).unwrap_or_default(),
        footer_rows: section.number("footer_rows", 0).unwrap_or(0).min(10_000),
        nulls: section.texts("null").map(|nulls| nulls.value).unwrap_or_default(),
        trim: section.flag("trim").unwrap_or(true),
    };
    let errors = section.choice("errors", &[("reject", Errors::Reject), ("null", Errors::Null)]);
    Some(Box::new(ExcelOptions { settings, errors: errors.unwrap_or(Errors::Reject), types: types(section) }))
}

impl Open for ExcelOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let disk = at.on_disk()?;
        let open = || disk.open().map_err(|error| cannot_open(disk.path(), &at.path, &error));
        let (file, shown, settings) = (open()?, at.path.clone(), self.settings.clone());
        let table = apart(&at.path, move || {
            let mut book = Book::open(file, &shown)?;
            if settings.skips_hidden && book.format == Format::Xlsb {
                let problem =
                    Problem::new("excel.hidden", "hidden rows of this format cannot be told from others");
                return Err(problem
                    .at(Place::file(&shown))
                    .advise("save the workbook as xlsx, or set `hidden = \"keep\"`"));
            }
            let at = |problem: Problem| {
                if problem.place == Place::default() { problem.at(Place::file(&shown)) } else { problem }
            };
            Table::find(&mut book, &settings, u64::MAX).map_err(at)
        });
        let mut table = table?;
        apply_types(&mut table.columns, &self.types)?;
        let schema = schema(&table.columns);
        let progress = ReadProgress {
            total_bytes: Some(disk.size()),
            total_records: Some(table.count),
            ..ReadProgress::default()
        };
        let plan = Plan {
            needed: table.columns.iter().map(|column| wanted.needs(&column.name)).collect(),
            table,
            settings: self.settings.clone(),
            errors: self.errors,
            schema: schema.clone(),
            shown: at.path.clone(),
        };
        let file = open()?;
        let ahead = Ahead::start(at, schema, progress, move |sink| {
            // A private copy of the file goes with this.
            let _disk = disk;
            plan.run(&mut Book::open(file, &plan.shown)?, sink)
        })?;
        Ok(Box::new(ahead))
    }
}
