//! Where in a file the table lies, and what surrounds it: titles, header rows, footnotes, other tables.

use std::collections::HashSet;

use super::cells::{Form, form};
use super::marks::in_words;
use super::rows::{Row, Rows};
use crate::csv::header::joined;
use crate::csv::marks::Marks;

/// The table of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Lines before the header or the first record, from the beginning of the file or of the table.
    pub skip_lines: usize,
    /// Which of several tables it is, from one, when empty lines set them apart.
    pub number: Option<usize>,
    pub header_rows: usize,
    /// Names of all columns, when records have more fields than the header.
    pub columns: Option<Vec<String>>,
    /// Lines at the end that are no records.
    pub footer_lines: usize,
    pub comment: Option<String>,
    /// Whether records have fewer fields than there are columns.
    pub is_short: bool,
    /// Whether values have spaces around them.
    pub is_padded: bool,
    /// Whether quotation marks stand out of place.
    pub has_stray_quotes: bool,
    /// What was seen, one sentence each.
    pub evidence: Vec<String>,
}

/// Header rows that are looked for.
const MOST_HEADER_ROWS: usize = 4;
/// Rows that show what the columns hold.
const BODY: usize = 200;

impl Table {
    /// Finds the table among rows of which most have so many fields; `broken` is how many were broken before quotation marks out of place
    /// were taken for letters.
    pub fn find(rows: &Rows, marks: &Marks, width: usize, broken: usize, whole: bool) -> Self {
        let mut table = Self { has_stray_quotes: broken > 0, ..Self::default() };
        if broken > 0 {
            table.evidence.push(format!(
                "{broken} lines have quotation marks out of place, which are kept as letters (stray_quotes)"
            ));
        }
        let all = &rows.all;
        let all = table.without_comments(all, width);
        let (begin, end) = table.choose(&all, width, whole);
        let body = all.get(begin..end).unwrap_or_default();
        table.describe_header(body, width);
        table.even_out(body, width);
        table.is_padded = marks.spaced || is_padded(body.get(table.header_rows..).unwrap_or_default());
        if table.is_padded {
            table.evidence.push("values have spaces around them, which are removed (trim)".into());
        }
        if marks.merged {
            table.evidence.push(format!(
                "several {} marks in a row count as one (merge_delimiters)",
                in_words(&marks.delimiter)
            ));
        }
        table
    }

    /// Lines that begin with `#` or the like and do not look like records are comments, when there are some among the records as well.
    fn without_comments<'a>(&mut self, rows: &'a [Row], width: usize) -> Vec<&'a Row> {
        for mark in ["#", "%", "//", "--", "!"] {
            let is_comment = |row: &&Row| {
                let first = row.cells.first();
                first.is_some_and(|cell| !cell.is_quoted && cell.text.starts_with(mark))
            };
            let marked: Vec<&Row> = rows.iter().filter(is_comment).collect();
            let odd = marked.iter().filter(|row| row.width() != width || row.filled() <= 1).count();
            // The first line of records: those before it are a preamble in any case.
            let first = rows.iter().position(|row| !is_comment(&row) && row.width() == width);
            let later = first.is_some_and(|first| rows.iter().skip(first).any(|row| is_comment(&row)));
            if !marked.is_empty() && odd == marked.len() && later && width > 1 {
                self.comment = Some(mark.into());
                self.evidence
                    .push(format!("{} lines begin with `{mark}` and are no records (comment)", marked.len()));
                return rows.iter().filter(|row| !is_comment(row)).collect();
            }
        }
        rows.iter().collect()
    }

    /// From where to where the table goes, as places among the rows.
    fn choose(&mut self, rows: &[&Row], width: usize, whole: bool) -> (usize, usize) {
        if width <= 1 {
            let begin = rows.first().map_or(0, |row| row.line);
            self.skip_lines = begin.min(usize::from(false));
            return (0, rows.len());
        }
        let blocks = blocks(rows);
        let tables: Vec<(usize, usize, usize)> = blocks
            .iter()
            .enumerate()
            .filter_map(|(index, (begin, end))| {
                tabular(rows.get(*begin..*end)?).map(|width| (index, width, end - begin))
            })
            .collect();
        let different =
            tables.iter().any(|(_, other, _)| tables.first().is_some_and(|(_, first, _)| first != other));
        if tables.len() > 1 && different {
            return self.one_of(rows, &blocks, &tables);
        }
        let typical = typical_filled(rows, width);
        let is_like = |row: &&Row| is_tabular(row, width, typical);
        let Some(begin) = rows.iter().position(is_like) else { return (0, rows.len()) };
        let begin = with_upper_header(rows, behind_titles(rows, begin, width), width);
        let end = rows.iter().rposition(is_like).map_or(rows.len(), |last| last + 1);
        self.skip(rows, begin, 0);
        self.leave_out_footer(rows, end, whole);
        (begin, if whole { end } else { rows.len() })
    }

    fn skip(&mut self, rows: &[&Row], begin: usize, from_line: usize) {
        let line = rows.get(begin).map_or(0, |row| row.line);
        // Comments among the lines that are skipped are counted as lines; empty lines before the header are passed over anyway.
        if begin > 0 {
            self.skip_lines = line.saturating_sub(from_line);
            self.evidence.push(format!("{} lines stand before the table (skip_lines)", self.skip_lines));
        }
    }

    fn leave_out_footer(&mut self, rows: &[&Row], end: usize, whole: bool) {
        let behind = rows.len() - end;
        if behind == 0 || !whole {
            return;
        }
        self.footer_lines = behind;
        self.evidence.push(format!("{behind} lines stand behind the table (footer_lines)"));
    }

    /// The largest of several tables that empty lines set apart.
    fn one_of(
        &mut self,
        rows: &[&Row],
        blocks: &[(usize, usize)],
        tables: &[(usize, usize, usize)],
    ) -> (usize, usize) {
        let best = tables.iter().max_by_key(|(index, width, length)| (width * length, usize::MAX - index));
        let Some((index, width, _)) = best.copied() else { return (0, rows.len()) };
        let Some((begin, end)) = blocks.get(index).copied() else { return (0, rows.len()) };
        let list: Vec<String> = tables
            .iter()
            .map(|(index, width, length)| {
                let line =
                    blocks.get(*index).and_then(|(begin, _)| rows.get(*begin)).map_or(0, |row| row.line + 1);
                format!("number {} from line {line}, {length} lines of {width} fields", index + 1)
            })
            .collect();
        self.number = Some(index + 1);
        self.evidence.push(format!(
            "{} tables are set apart by empty lines: {}; number {} is the largest (table), make a source of its own for each",
            tables.len(),
            list.join("; "),
            index + 1
        ));
        let typical = typical_filled(rows.get(begin..end).unwrap_or_default(), width);
        let first = (begin..end)
            .find(|place| rows.get(*place).is_some_and(|row| is_tabular(row, width, typical)))
            .unwrap_or(begin);
        let from_line = rows.get(begin).map_or(0, |row| row.line);
        if first > begin {
            self.skip(rows, first, from_line);
        }
        (first, end)
    }

    /// How many rows of names there are.
    fn describe_header(&mut self, body: &[&Row], width: usize) {
        let columns = columns(body.get(1..).unwrap_or_default(), width);
        let mut reasons = 0.0;
        while self.header_rows < MOST_HEADER_ROWS
            && let Some(row) = body.get(self.header_rows)
        {
            let looks = likeness(row, &columns, self.header_rows == 0, body.len());
            if looks <= 0.0 {
                break;
            }
            reasons += looks;
            self.header_rows += 1;
        }
        let sure = (55.0 + reasons * 20.0).min(99.0);
        self.evidence.push(match self.header_rows {
            0 => "the first record looks like the others, so there is no header".into(),
            1 => format!("the first record looks like names of columns (header {sure:.0} % sure)"),
            rows => format!("{rows} rows of names stand one above the other (header {sure:.0} % sure)"),
        });
    }

    /// Whether records have fewer or more fields than there are columns.
    fn even_out(&mut self, body: &[&Row], width: usize) {
        let header: Vec<Vec<String>> = body
            .iter()
            .take(self.header_rows)
            .map(|row| row.cells.iter().map(|cell| cell.text.trim().to_owned()).collect())
            .collect();
        let mut names = joined(&header);
        let records = body.get(self.header_rows..).unwrap_or_default();
        let needed = |row: &&Row| {
            row.cells.iter().rposition(|cell| !cell.text.trim().is_empty()).map_or(0, |last| last + 1)
        };
        let widest = records.iter().map(needed).max().unwrap_or(0);
        let columns =
            if self.header_rows > 0 { names.len() } else { body.first().map_or(width, |row| row.width()) };
        let long = records.iter().filter(|row| needed(row) > columns).count();
        if self.header_rows > 0 && columns + 1 == width && long == records.len() && first_is_unique(records) {
            // As R writes tables: the names of rows have no name themselves.
            names.insert(0, "row".into());
            self.evidence
                .push("the first column has no name in the header: it is called `row` (columns)".into());
            self.columns = Some(names);
            return;
        }
        if long > 0 {
            let most = columns.max(width).saturating_add(MOST_SURPLUS).min(widest);
            names.resize(columns.min(most), String::new());
            let made_up = |(index, name): (usize, &String)| {
                if name.is_empty() { format!("column_{}", index + 1) } else { name.clone() }
            };
            let mut all: Vec<String> = names.iter().enumerate().map(made_up).collect();
            all.extend((all.len() + 1..=most).map(|number| format!("column_{number}")));
            self.evidence.push(format!("{long} records have more fields than the header, up to {widest}: they get columns of their own (columns)"));
            self.columns = Some(all);
        }
        let columns = self.columns.as_ref().map_or(columns, Vec::len);
        let short = records.iter().filter(|row| row.width() < columns).count();
        if short > 0 {
            self.is_short = true;
            self.evidence.push(format!(
                "{short} of {} records have fewer fields than there are columns: the missing ones are null (ragged); `reject` sends them to quarantine",
                records.len()
            ));
        }
    }
}

fn first_is_unique(records: &[&Row]) -> bool {
    let firsts: HashSet<&str> =
        records.iter().filter_map(|row| row.cells.first()).map(|cell| cell.text.as_str()).collect();
    firsts.len() == records.len() && records.len() > 1
}

/// How many lines at the end of a file are no records, by the rows that stand there.
pub(crate) fn footer_lines(rows: &Rows, width: usize) -> usize {
    let rows: Vec<&Row> = rows.all.iter().collect();
    let typical = typical_filled(&rows, width);
    let last = rows.iter().rposition(|row| is_tabular(row, width, typical));
    last.map_or(0, |last| rows.len() - last - 1)
}

/// Fields too many for which columns are made.
const MOST_SURPLUS: usize = 50;

/// Rows between empty lines, as places from and to.
fn blocks(rows: &[&Row]) -> Vec<(usize, usize)> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        match blocks.last_mut() {
            Some((_, end)) if row.blank_before == 0 => *end = place + 1,
            _ => blocks.push((place, place + 1)),
        }
    }
    blocks
}

/// The usual width of a block that looks like a table: three rows and more, most of one width of two and more.
fn tabular(block: &[&Row]) -> Option<usize> {
    let mut widths: Vec<usize> = block.iter().map(|row| row.width()).collect();
    widths.sort_unstable();
    let (width, count) = widths
        .chunk_by(|a, b| a == b)
        .filter_map(|run| Some((*run.first()?, run.len())))
        .max_by_key(|(width, count)| (*count, *width))?;
    (block.len() >= 3 && width > 1 && count * 3 >= block.len() * 2).then_some(width)
}

/// How many cells of a record usually have something in them.
fn typical_filled(rows: &[&Row], width: usize) -> usize {
    let mut filled: Vec<usize> =
        rows.iter().filter(|row| row.width() == width).map(|row| row.filled()).collect();
    filled.sort_unstable();
    filled.get(filled.len() / 2).copied().unwrap_or(1)
}

/// Whether a row is one of the table: of about its width, and with about as many cells filled.
fn is_tabular(row: &Row, width: usize, typical: usize) -> bool {
    let near = row.width() == width || row.width() * 2 > width;
    near && row.filled() >= 2.min(typical) && row.filled() * 3 >= typical
}

/// Titles may have a delimiter in them; then the names of the columns, of the right number, come soon after.
fn behind_titles(rows: &[&Row], begin: usize, width: usize) -> usize {
    const SOON: usize = 12;
    if rows.get(begin).is_none_or(|row| row.width() == width) {
        return begin;
    }
    let Some(next) = (begin + 1..rows.len().min(begin + SOON))
        .find(|place| rows.get(*place).is_some_and(|row| row.width() == width))
    else {
        return begin;
    };
    let Some((row, records)) = rows.get(next..).and_then(<[&Row]>::split_first) else { return begin };
    let are_names = likeness(row, &columns(records, width), true, records.len() + 1) > 0.5;
    if row.blank_before > 0 || are_names { next } else { begin }
}

/// A row of names that span columns stands above the header and has fewer cells filled.
fn with_upper_header(rows: &[&Row], begin: usize, width: usize) -> usize {
    let above = begin.checked_sub(1).and_then(|place| rows.get(place));
    let spans = above.is_some_and(|row| {
        row.width() == width
            && row.filled() >= 2
            && row.cells.iter().all(|cell| !form(&cell.text, false).is_value())
    });
    let touches = rows.get(begin).is_some_and(|row| row.blank_before == 0);
    begin - usize::from(spans && touches)
}

/// What the cells of a column are.
struct Column {
    /// The form that most of them have, with its share.
    form: Form,
    share: f64,
    values: HashSet<String>,
    /// The length that most of them have, when they are alike.
    length: Option<usize>,
}

fn columns(body: &[&Row], width: usize) -> Vec<Column> {
    // The first rows may be names as well.
    let start = if body.len() > 2 * MOST_HEADER_ROWS { MOST_HEADER_ROWS } else { 0 };
    let rows: Vec<&&Row> = body.iter().skip(start).take(BODY).collect();
    (0..width)
        .map(|index| {
            let texts: Vec<&str> = rows
                .iter()
                .filter_map(|row| row.cells.get(index))
                .map(|cell| cell.text.trim())
                .filter(|text| !text.is_empty())
                .collect();
            let mut counts: Vec<(Form, usize)> = Vec::new();
            for text in &texts {
                let of = form(text, true);
                match counts.iter_mut().find(|(known, _)| *known == of) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((of, 1)),
                }
            }
            let (form, count) =
                counts.into_iter().max_by_key(|(_, count)| *count).unwrap_or((Form::Empty, 0));
            let first = texts.first().map(|text| text.chars().count());
            let even = texts.len() > 2 && texts.iter().all(|text| Some(text.chars().count()) == first);
            Column {
                form,
                share: count as f64 / texts.len().max(1) as f64,
                values: texts.iter().map(|text| (*text).to_owned()).collect(),
                length: first.filter(|_| even),
            }
        })
        .collect()
}

/// How much a row looks like names of columns rather than a record: above zero when it does.
fn likeness(row: &Row, columns: &[Column], is_first: bool, rows: usize) -> f64 {
    let texts: Vec<&str> = row.cells.iter().map(|cell| cell.text.trim()).collect();
    let filled = texts.iter().filter(|text| !text.is_empty()).count();
    if filled == 0 || texts.iter().any(|text| text.chars().count() > 300) {
        return 0.0;
    }
    let mut score = 0.0;
    for (text, column) in texts.iter().zip(columns).filter(|(text, _)| !text.is_empty()) {
        let own = form(text, true);
        let is_year = text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
        let typed = column.share > 0.7
            && matches!(
                column.form,
                Form::Number | Form::Date | Form::Time | Form::Address | Form::Code | Form::Truth
            );
        score += match (typed, own == column.form) {
            (true, true) if is_year && is_first => 0.0,
            (true, true) if column.form == Form::Code && !column.values.contains(*text) => -0.3,
            (true, true) => -1.0,
            (true, false) if own.is_value() => -0.3,
            (true, false) => 1.0,
            _ if own.is_value() && !is_year => -0.6,
            _ if column.values.contains(*text) => -0.6,
            _ if column.length.is_some_and(|length| length != text.chars().count()) => 0.3,
            _ => 0.0,
        };
    }
    let mut sorted: Vec<&&str> = texts.iter().filter(|text| !text.is_empty()).collect();
    sorted.sort_unstable();
    let repeated = sorted.windows(2).filter(|pair| pair.first() == pair.get(1)).count();
    if is_first {
        // Where nothing else speaks, files have a header, and all of its names are there and different.
        score += if repeated == 0 && filled * 5 >= texts.len() * 4 { 0.25 } else { -0.25 };
        score += if rows == 1 { 0.5 } else { 0.0 };
    } else {
        // A second row of names has to show.
        score -= 0.5;
    }
    score / (filled as f64).sqrt()
}

/// Whether half of the values of some column have spaces around them.
fn is_padded(rows: &[&Row]) -> bool {
    let width = rows.iter().map(|row| row.width()).max().unwrap_or(0);
    (0..width).any(|index| {
        let texts = rows
            .iter()
            .filter_map(|row| row.cells.get(index))
            .filter(|cell| !cell.is_quoted && !cell.text.trim().is_empty());
        let (mut padded, mut all) = (0usize, 0usize);
        for cell in texts {
            all += 1;
            padded += usize::from(cell.text.trim().len() < cell.text.len());
        }
        padded * 2 >= all.max(1) && padded > 0
    })
}
