//! Rows of a sheet as they count: which of them, and with which values.

use concordat_record::Problem;

use super::book::{MOST_ROW, Row};
use super::cell::{Area, LAST_COLUMN, Value};
use super::layout::{Layout, Ranges};
use super::table::Settings;

/// Rows as they are read: hidden ones left out, merged cells filled, texts trimmed.
pub(super) struct Sieve<'a> {
    settings: &'a Settings,
    layout: Layout,
    /// How many of the merged cells have begun, and those that have not ended.
    begun: usize,
    open: Vec<Merged>,
    last: Option<u32>,
}

fn too_large() -> Problem {
    Problem::new("excel.too-large", "a row is larger than can be held when merged cells are filled")
        .advise("set `merged = \"first\"`, or export the sheet as CSV")
}

/// Merged cells, and the value in the first of them.
struct Merged {
    area: Area,
    value: Option<Value>,
}

/// More cells than this are not filled in a row: it has no more columns, unless merged cells overlap.
const MOST_FILLED: usize = 2 * LAST_COLUMN as usize;

impl<'a> Sieve<'a> {
    pub fn new(settings: &'a Settings, mut layout: Layout) -> Self {
        layout.merged.sort_by_key(|area| (area.rows.0, area.columns.0));
        let hidden = (layout.hidden_rows.sorted(), layout.hidden_columns.sorted());
        (layout.hidden_rows, layout.hidden_columns) =
            if settings.skips_hidden { hidden } else { (Ranges::default(), Ranges::default()) };
        Self { settings, layout, begun: 0, open: Vec::new(), last: None }
    }

    /// A row as it counts; none when it does not.
    pub fn row(&mut self, mut row: Row) -> Result<Option<Row>, Problem> {
        if self.settings.fills_merged {
            self.fill(&mut row)?;
        }
        if self.layout.hidden_rows.has(row.number) {
            return Ok(None);
        }
        row.cells.retain(|(column, _)| !self.layout.hidden_columns.has(*column));
        row.cells.retain_mut(|(_, value)| {
            let Value::Text(text) = value else { return true };
            if self.settings.trim && text.trim().len() < text.len() {
                *text = text.trim().to_owned();
            }
            !text.is_empty() && !self.settings.nulls.contains(text)
        });
        Ok((!row.cells.is_empty()).then_some(row))
    }

    /// Rows come in order, so of the merged cells only those that reach into this row are looked at.
    fn fill(&mut self, row: &mut Row) -> Result<(), Problem> {
        let begun = self.layout.merged.get(self.begun..).unwrap_or_default();
        let begun = begun.iter().take_while(|area| area.rows.0 <= row.number);
        let begun: Vec<Merged> = begun.map(|area| Merged { area: *area, value: None }).collect();
        self.begun += begun.len();
        self.open.extend(begun);
        self.open.retain(|merged| merged.area.rows.1 >= row.number);
        let (mut filled, mut bytes) = (Vec::new(), 0);
        for Merged { area, value } in &mut self.open {
            if area.rows.0 == row.number {
                *value = row.get(area.columns.0).cloned();
            }
            let Some(value) = value else { continue };
            let wanted = self.settings.area.columns;
            let columns = area.columns.0.max(wanted.0)..=area.columns.1.min(wanted.1);
            let before = filled.len();
            for column in columns.filter(|column| row.get(*column).is_none()) {
                filled.push((column, Value::Integer(0)));
            }
            // What is held counts too.
            bytes += value.bytes() * (1 + filled.len() - before);
            if bytes > MOST_ROW {
                return Err(too_large());
            }
            for (_, empty) in filled.iter_mut().skip(before) {
                empty.clone_from(value);
            }
            if filled.len() > MOST_FILLED {
                break;
            }
        }
        row.cells.append(&mut filled);
        // Where merged cells overlap, which they should not, the first ones count.
        row.cells.sort_by_key(|(column, _)| *column);
        row.cells.dedup_by_key(|(column, _)| *column);
        Ok(())
    }

    /// Whether the table has ended before a row: behind a blank row, or at one of totals.
    pub fn is_behind_end(&mut self, row: &Row) -> bool {
        let last = self.last.replace(row.number);
        let gap = last.map_or(0, |last| {
            ((last + 1)..row.number).filter(|row| !self.layout.hidden_rows.has(*row)).count()
        });
        let is_total = || {
            let first = row.cells.first().map(|(_, value)| value.written());
            first.is_some_and(|first| {
                self.settings.stop_at.iter().any(|stop| first.starts_with(stop.as_str()))
            })
        };
        (self.settings.stops_at_blank && gap > 0) || is_total()
    }
}
