//! The script: which screens to expect, what to type, which keys to press, and where the records stand.

use concordat_tn3270::{Key, Position, Screen};

use crate::secret::Secret;
use crate::services::parameters::Template;
use crate::services::table::Column;

/// A text at a place of the screen.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub at: Position,
    pub text: String,
}

impl Shown {
    pub fn is_on(&self, screen: &Screen) -> bool {
        screen.text(self.at, self.text.chars().count()).is_ok_and(|text| text == self.text)
    }
}

/// One screen of the way.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub expect: Vec<Shown>,
    pub entries: Vec<Entry>,
    /// Where the cursor is put before the key.
    pub cursor: Option<Position>,
    /// None on the last screen only.
    pub press: Option<Key>,
}

/// What is typed into a field.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub at: Position,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Template),
    Secret(Secret),
}

/// Where one column stands: its row is counted from the record's first line in a list, else on the screen.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub at: Position,
    pub length: usize,
}

/// A list of records over one or more screens.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The first row of the first record.
    pub first: usize,
    /// Records on a screen.
    pub count: usize,
    /// Rows of a record.
    pub height: usize,
    /// The key to the next screen; there is only one screen when none.
    pub next: Option<Key>,
    /// What the last screen shows.
    pub stop: Vec<Shown>,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Script {
    pub steps: Vec<Step>,
    /// The way out.
    pub finish: Vec<Step>,
    /// What the host shows when there is no record.
    pub nothing: Vec<Shown>,
    /// What it shows when something is wrong.
    pub failures: Vec<Shown>,
    pub columns: Vec<Column>,
    pub cells: Vec<Cell>,
    /// One record, at fixed places, when none.
    pub list: Option<List>,
}

/// The texts of a record, by column.
pub(crate) type Record = Vec<Option<String>>;

impl Script {
    /// The names of its parameters.
    pub fn parameters(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for entry in self.steps.iter().chain(&self.finish).flat_map(|step| &step.entries) {
            if let Value::Text(template) = &entry.value {
                names.extend(template.names().map(str::to_owned));
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// The records on a screen; lines that nothing stands in are none.
    pub fn records(&self, screen: &Screen) -> Vec<Record> {
        let Some(list) = &self.list else { return self.record(screen, 0).into_iter().collect() };
        let tops = (0..list.count).map(|index| list.first - 1 + index * list.height);
        tops.filter_map(|top| self.record(screen, top)).collect()
    }

    fn record(&self, screen: &Screen, above: usize) -> Option<Record> {
        let text = |cell: &Cell| {
            let at = Position { row: cell.at.row + above, column: cell.at.column };
            let text = screen.text(at, cell.length).ok()?;
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let record: Record = self.cells.iter().map(text).collect();
        record.iter().any(Option::is_some).then_some(record)
    }
}
