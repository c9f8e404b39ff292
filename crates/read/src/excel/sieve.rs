//! Rows of a sheet as they count: which of them, and with which values.

use std::collections::{HashMap, HashSet};

use calamine::Dimensions;

use super::book::Row;
use super::cell::Value;
use super::layout::Layout;
use super::table::Settings;

/// Rows as they are read: hidden ones left out, merged cells filled, texts trimmed.
pub(super) struct Sieve<'a> {
    settings: &'a Settings,
    layout: Layout,
    hidden_rows: HashSet<u32>,
    /// Values of merged cells that reach into rows below.
    merged: HashMap<usize, Value>,
    last: Option<u32>,
}

impl<'a> Sieve<'a> {
    pub fn new(settings: &'a Settings, mut layout: Layout) -> Self {
        const MOST: u32 = super::cell::LAST_ROW;
        layout.merged.sort_by_key(|area| area.start);
        let ranges = layout.hidden_rows.iter().filter(|_| settings.skips_hidden);
        let hidden_rows = ranges.flat_map(|(first, last)| *first..=(*last).min(MOST)).collect();
        Self { settings, layout, hidden_rows, merged: HashMap::new(), last: None }
    }

    /// A row as it counts; none when it does not.
    pub fn row(&mut self, mut row: Row) -> Option<Row> {
        if self.settings.fills_merged {
            self.fill(&mut row);
        }
        if self.hidden_rows.contains(&row.number) {
            return None;
        }
        if self.settings.skips_hidden {
            let hidden = &self.layout.hidden_columns;
            row.cells
                .retain(|(column, _)| !hidden.iter().any(|(first, last)| (first..=last).contains(&column)));
        }
        row.cells.retain_mut(|(_, value)| {
            let Value::Text(text) = value else { return true };
            if self.settings.trim && text.trim().len() < text.len() {
                *text = text.trim().to_owned();
            }
            !text.is_empty() && !self.settings.nulls.contains(text)
        });
        (!row.cells.is_empty()).then_some(row)
    }

    fn fill(&mut self, row: &mut Row) {
        let areas = &self.layout.merged;
        let begun = areas.partition_point(|area| area.start.0 <= row.number);
        let reach = |area: &Dimensions| area.end.0 >= row.number;
        for (index, area) in areas.iter().enumerate().take(begun).filter(|(_, area)| reach(area)) {
            if area.start.0 == row.number
                && let Some(value) = row.get(area.start.1)
            {
                self.merged.insert(index, value.clone());
            }
            let Some(value) = self.merged.get(&index) else { continue };
            for column in
                (area.start.1..=area.end.1).filter(|column| self.settings.area.has(row.number, *column))
            {
                if row.get(column).is_none() {
                    row.cells.push((column, value.clone()));
                }
            }
        }
        row.cells.sort_by_key(|(column, _)| *column);
    }

    /// Whether the table has ended before a row: behind a blank row, or at one of totals.
    pub fn is_behind_end(&mut self, row: &Row) -> bool {
        let last = self.last.replace(row.number);
        let gap = last
            .map_or(0, |last| ((last + 1)..row.number).filter(|row| !self.hidden_rows.contains(row)).count());
        let is_total = || {
            let first = row.cells.first().map(|(_, value)| value.written());
            first.is_some_and(|first| {
                self.settings.stop_at.iter().any(|stop| first.starts_with(stop.as_str()))
            })
        };
        (self.settings.stops_at_blank && gap > 0) || is_total()
    }
}
