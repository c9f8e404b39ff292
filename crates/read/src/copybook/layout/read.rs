//! From the text of copybooks to a layout.

use concordat_record::{Place, Problem, Problems};

use super::place::{Inherited, Placing};
use super::{Dialect, Layout};
use crate::copybook::coding::BinarySize;
use crate::copybook::copy::Expansion;
use crate::copybook::library::{CopyText, Library, NoLibrary};
use crate::copybook::parser::parse;
use crate::copybook::reference::cut_lines;
use crate::copybook::syntax::Entry;
use crate::copybook::text::{Files, glued, without_open_literals};

/// A record longer than this is a slip in the copybook.
const LONGEST_RECORD: usize = 1 << 26;

impl Layout {
    /// Reads a copybook that copies no other.
    ///
    /// # Errors
    /// All its problems, each with line, column, the offending word and what was expected.
    pub fn parse(text: &str, file: &str, dialect: Dialect) -> Result<Self, Problems> {
        Self::read(&[CopyText { file: file.into(), text: text.into() }], &NoLibrary, dialect)
    }

    /// Reads copybooks together, with what they copy. Records (01 levels) of all of them describe the same bytes.
    ///
    /// # Errors
    /// All their problems, each with file, line, column, the offending word and what was expected.
    pub fn read(sources: &[CopyText], library: &dyn Library, dialect: Dialect) -> Result<Self, Problems> {
        let mut problems = Problems::none();
        let mut layout = Self { record_length: 0, fields: Vec::new() };
        let whole = sources.first().map_or_else(Place::default, |source| Place::file(&source.file));
        for source in sources {
            let known = problems.0.len();
            let mut files = Files::default();
            let format = (dialect.reference_format, dialect.columns);
            let mut expansion = Expansion::new(library, format, &mut files, &mut problems);
            let tokens = expansion.text(source);
            let decimal_comma = dialect.decimal_comma || expansion.decimal_comma;
            let tokens = glued(without_open_literals(tokens, &files, &mut problems));
            let (entries, found) = parse(&tokens, &files, decimal_comma);
            // What is missing because it could not be read would be reported a second time.
            problems.extend(found);
            let is_whole = !problems.has_errors();
            let mut placed = Problems::none();
            layout.place(&entries, &files, dialect.binary_size, &mut placed);
            problems.extend(
                placed.into_iter().filter(|problem| is_whole || problem.code != "copybook.no-picture"),
            );
            advise_of_cut_lines(problems.0.get_mut(known..).unwrap_or_default(), source, dialect);
        }
        let ends = layout.fields.iter().map(|field| field.offset.saturating_add(field.total_length()));
        layout.record_length = ends.max().unwrap_or(0);
        if layout.fields.is_empty() && !problems.has_errors() {
            problems.push(
                Problem::new("copybook.empty", "there is no data description in the copybook")
                    .at(whole.clone())
                    .advise("it should begin with an entry such as `01  CUSTOMER-RECORD.`"),
            );
        }
        if layout.record_length > LONGEST_RECORD {
            let sentence =
                format!("a record would have {} bytes; {LONGEST_RECORD} is the most", layout.record_length);
            problems.push(Problem::new("copybook.too-long", sentence).at(whole));
        }
        problems.or(layout)
    }

    /// Places the entries of one copybook. Every record begins at the beginning; other entries follow what is there.
    fn place(&mut self, entries: &[Entry], files: &Files, binary_size: BinarySize, problems: &mut Problems) {
        let mut placing = Placing { files, binary_size, problems: Problems::none() };
        for entry in entries {
            let last = self.fields.iter().map(|field| field.offset.saturating_add(field.total_length()));
            let end = if entry.level == 1 { 0 } else { last.max().unwrap_or(0) };
            let above = Inherited::default();
            let offset =
                placing.redefined(entry, &self.fields).unwrap_or_else(|| placing.aligned(entry, end, above));
            let mut field = placing.field(entry, offset, above);
            field.renames =
                entry.renames.iter().filter_map(|renaming| placing.renamed(renaming, &field)).collect();
            self.fields.push(field);
        }
        problems.extend(placing.problems);
    }
}

/// What is wrong in a line that is too long for fixed format is mostly that.
fn advise_of_cut_lines(problems: &mut [Problem], source: &CopyText, dialect: Dialect) {
    let cut = cut_lines(&source.text, dialect.reference_format, dialect.columns);
    let of_cut_line = problems.iter_mut().filter(|problem| {
        let place = &problem.place;
        place.file.as_deref() == Some(source.file.as_str())
            && place.line.is_some_and(|line| cut.contains(&line))
    });
    for problem in of_cut_line {
        problem.advice = Some(format!(
            "the line goes on behind column {}, where the text ends in fixed format: break it, or set `last_column` or `reference_format = \"free\"`",
            dialect.columns.last
        ));
    }
}
