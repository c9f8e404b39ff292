//! The screen: a buffer of positions that wraps around, divided into fields by attributes that each take a position of their own.

use concordat_record::Problem;

use crate::attribute::Attribute;
use crate::code_page::CodePage;
use crate::model::Model;

/// What stands at one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// A character of the code page; zero is a null, which is shown as a space and never sent.
    Character(u8),
    /// A character of the graphic escape set.
    Graphic(u8),
    /// The beginning of a field.
    Attribute(Attribute),
}

impl Cell {
    pub const NULL: Self = Self::Character(0);
}

/// A place on the screen, row and column counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The row, from one.
    pub row: usize,
    /// The column, from one.
    pub column: usize,
}

/// A field: from behind its attribute to the next attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The address of its attribute; none on a screen without fields.
    pub(crate) attribute_at: Option<usize>,
    /// The address of its first position.
    pub(crate) start: usize,
    /// How many positions it has.
    pub length: usize,
    /// What can be done with it.
    pub attribute: Attribute,
}

/// The screen of a terminal.
#[derive(Clone, Debug)]
pub struct Screen {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) cells: Vec<Cell>,
    pub(crate) cursor: usize,
    alternate: (usize, usize),
    page: CodePage,
}

impl Screen {
    pub(crate) fn new(model: Model, page: CodePage) -> Self {
        let (rows, columns) = Model::Two.size();
        let cells = vec![Cell::NULL; rows * columns];
        Self { rows, columns, cells, cursor: 0, alternate: model.size(), page }
    }

    /// How many rows there are now.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are now.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Where the cursor stands.
    pub fn cursor(&self) -> Position {
        self.position(self.cursor)
    }

    /// The text of a row, from one, with trailing spaces cut. Hidden fields are blank.
    pub fn line(&self, row: usize) -> String {
        let text = self.text(Position { row, column: 1 }, self.columns);
        text.unwrap_or_default().trim_end().to_owned()
    }

    /// All rows as text.
    pub fn lines(&self) -> Vec<String> {
        (1..=self.rows).map(|row| self.line(row)).collect()
    }

    /// The text of so many positions, spaces included; what is not on the screen is left out. Attributes, nulls and hidden fields
    /// are spaces.
    ///
    /// # Errors
    /// `tn3270.no-such-position` when the first position is not on the screen.
    pub fn text(&self, at: Position, length: usize) -> Result<String, Problem> {
        let start = self.address(at)?;
        let mut hidden = self.field_at(start).attribute.is_hidden();
        let mut text = String::with_capacity(length);
        for cell in self.cells.iter().skip(start).take(length) {
            text.push(match cell {
                Cell::Attribute(attribute) => {
                    hidden = attribute.is_hidden();
                    ' '
                }
                _ if hidden => ' ',
                Cell::Character(byte) => self.page.decode(*byte),
                Cell::Graphic(byte) => CodePage::graphic(*byte),
            });
        }
        Ok(text)
    }

    /// The field that holds a position.
    ///
    /// # Errors
    /// `tn3270.no-such-position`.
    pub fn field(&self, at: Position) -> Result<Field, Problem> {
        Ok(self.field_at(self.address(at)?))
    }

    /// The fields in the order of the screen; none on a screen without fields.
    pub fn fields(&self) -> Vec<Field> {
        let attributes = (0..self.cells.len()).filter(|at| self.attribute_at(*at).is_some());
        attributes.map(|at| self.field_at(at)).collect()
    }

    /// Where a field begins.
    pub fn field_position(&self, field: &Field) -> Position {
        self.position(field.start)
    }

    pub(crate) fn page(&self) -> &CodePage {
        &self.page
    }

    pub(crate) fn address(&self, at: Position) -> Result<usize, Problem> {
        let Position { row, column } = at;
        if (1..=self.rows).contains(&row) && (1..=self.columns).contains(&column) {
            return Ok((row - 1) * self.columns + column - 1);
        }
        let sentence = format!(
            "row {row}, column {column} is not on the screen, which has {} rows of {} columns",
            self.rows, self.columns
        );
        Err(Problem::new("tn3270.no-such-position", sentence).advise("rows and columns are counted from 1"))
    }

    pub(crate) fn position(&self, address: usize) -> Position {
        Position { row: address / self.columns + 1, column: address % self.columns + 1 }
    }

    pub(crate) fn next(&self, address: usize) -> usize {
        (address + 1) % self.cells.len()
    }

    pub(crate) fn attribute_at(&self, address: usize) -> Option<Attribute> {
        match self.cells.get(address) {
            Some(Cell::Attribute(attribute)) => Some(*attribute),
            _ => None,
        }
    }

    /// The field that holds an address, or begins there. A screen without fields is one unprotected field.
    pub(crate) fn field_at(&self, address: usize) -> Field {
        let size = self.cells.len();
        let mut backwards = (0..size).map(|back| (address + size - back) % size);
        let Some((at, attribute)) = backwards.find_map(|at| Some((at, self.attribute_at(at)?))) else {
            return Field { attribute_at: None, start: 0, length: size, attribute: Attribute::new(0) };
        };
        let start = self.next(at);
        let length = (0..size).position(|on| self.attribute_at((start + on) % size).is_some()).unwrap_or(0);
        Field { attribute_at: Some(at), start, length, attribute }
    }

    /// The first position of the next field behind an address that can be typed into; none when there is no such field.
    pub(crate) fn next_unprotected(&self, address: usize) -> Option<usize> {
        let size = self.cells.len();
        let open = |at: usize| self.attribute_at(at).is_some_and(|attribute| !attribute.is_protected());
        (0..size)
            .map(|on| (address + on) % size)
            .find(|at| open(*at) && self.attribute_at(self.next(*at)).is_none())
            .map(|at| self.next(at))
    }

    pub(crate) fn set_modified(&mut self, field: &Field, modified: bool) {
        if let Some(Cell::Attribute(attribute)) = field.attribute_at.and_then(|at| self.cells.get_mut(at)) {
            *attribute = attribute.modified(modified);
        }
    }

    /// Blanks the screen at its usual or its other size.
    pub(crate) fn erase(&mut self, alternate: bool) {
        (self.rows, self.columns) = if alternate { self.alternate } else { Model::Two.size() };
        self.cells.clear();
        self.cells.resize(self.rows * self.columns, Cell::NULL);
        self.cursor = 0;
    }

    pub(crate) fn alternate_size(&self) -> (usize, usize) {
        self.alternate
    }

    /// Takes back all modified data tags.
    pub(crate) fn reset_modified(&mut self) {
        for cell in &mut self.cells {
            if let Cell::Attribute(attribute) = cell {
                *attribute = attribute.modified(false);
            }
        }
    }
}
