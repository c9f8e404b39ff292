//! What the host writes: commands and orders (GA23-0059, "3270 data stream commands" and "Character sets, orders, and attributes").

use concordat_record::Problem;

use crate::address;
use crate::attribute::Attribute;
use crate::screen::{Cell, Screen};

/// What a message of the host asks of the terminal beside writing on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The keyboard is free again.
    pub unlock: bool,
    /// The host wants to read the screen.
    pub read: Option<Read>,
}

/// The ways in which a host reads the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Buffer,
    Modified,
    ModifiedAll,
}

/// A command, by its code for locally attached and for remote terminals; hosts send either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Write,
    EraseWrite,
    EraseWriteAlternate,
    EraseAllUnprotected,
    WriteStructuredField,
    Read(Read),
    Nothing,
}

impl Command {
    pub fn of(code: u8) -> Option<Self> {
        Some(match code {
            0x01 | 0xf1 => Self::Write,
            0x05 | 0xf5 => Self::EraseWrite,
            0x0d | 0x7e => Self::EraseWriteAlternate,
            0x0f | 0x6f => Self::EraseAllUnprotected,
            0x11 | 0xf3 => Self::WriteStructuredField,
            0x02 | 0xf2 => Self::Read(Read::Buffer),
            0x06 | 0xf6 => Self::Read(Read::Modified),
            0x0e | 0x6e => Self::Read(Read::ModifiedAll),
            0x03 => Self::Nothing,
            _ => return None,
        })
    }
}

/// The message is not a 3270 data stream.
pub(crate) fn bad(what: impl std::fmt::Display) -> Problem {
    Problem::new("tn3270.bad-stream", format!("the host sent what is no 3270 data stream: {what}"))
}

/// Applies one of the writing commands with what follows it.
pub(crate) fn write(screen: &mut Screen, command: Command, data: &[u8]) -> Result<Asked, Problem> {
    match command {
        Command::EraseWrite => screen.erase(false),
        Command::EraseWriteAlternate => screen.erase(true),
        Command::EraseAllUnprotected => {
            erase_all_unprotected(screen);
            return Ok(Asked { unlock: true, read: None });
        }
        Command::Write => {}
        Command::Read(_) | Command::WriteStructuredField | Command::Nothing => return Ok(Asked::default()),
    }
    // An erase without a control character is a blank screen.
    let Some((control, orders)) = data.split_first() else { return Ok(Asked::default()) };
    if control & 0x01 != 0 {
        screen.reset_modified();
    }
    Writing { at: screen.cursor, screen, orders, behind_data: false, tabbed_round: false }.run()?;
    Ok(Asked { unlock: control & 0x02 != 0, read: None })
}

/// Blanks what can be typed into, takes the modified data tags back, and puts the cursor into the first such field.
fn erase_all_unprotected(screen: &mut Screen) {
    let mut open = !screen.field_at(0).attribute.is_protected();
    for cell in &mut screen.cells {
        match cell {
            Cell::Attribute(attribute) => {
                open = !attribute.is_protected();
                if open {
                    *attribute = attribute.modified(false);
                }
            }
            _ if open => *cell = Cell::NULL,
            _ => {}
        }
    }
    screen.cursor = screen.next_unprotected(0).unwrap_or(0);
}

/// Orders being carried out.
struct Writing<'a> {
    screen: &'a mut Screen,
    orders: &'a [u8],
    /// The buffer address: where the next character goes.
    at: usize,
    /// The last thing was a character, not an order: Program Tab then blanks the rest of the field.
    behind_data: bool,
    /// The last order was a Program Tab that blanked and came round to the first position.
    tabbed_round: bool,
}

impl Writing<'_> {
    fn run(mut self) -> Result<(), Problem> {
        while let Some((&byte, rest)) = self.orders.split_first() {
            self.orders = rest;
            let was_behind_data = std::mem::replace(&mut self.behind_data, false);
            match byte {
                0x1d => {
                    let attribute = Attribute::new(self.byte("Start Field")?);
                    self.put(Cell::Attribute(attribute));
                }
                0x29 => {
                    let attribute = self.attributes("Start Field Extended")?.unwrap_or(0);
                    self.put(Cell::Attribute(Attribute::new(attribute)));
                }
                0x2c => self.modify_field()?,
                0x28 => {
                    self.byte("Set Attribute")?;
                    self.byte("Set Attribute")?;
                }
                0x11 => self.at = self.address("Set Buffer Address")?,
                0x13 => self.screen.cursor = self.at,
                0x05 => self.program_tab(was_behind_data),
                0x3c => self.repeat_to_address()?,
                0x12 => self.erase_unprotected_to_address()?,
                0x08 => {
                    let graphic = self.byte("Graphic Escape")?;
                    self.put(Cell::Graphic(graphic));
                    self.behind_data = true;
                }
                character => {
                    self.put(Cell::Character(character));
                    self.behind_data = true;
                }
            }
            self.tabbed_round &= byte == 0x05;
        }
        Ok(())
    }

    fn put(&mut self, cell: Cell) {
        if let Some(place) = self.screen.cells.get_mut(self.at) {
            *place = cell;
        }
        self.at = self.screen.next(self.at);
    }

    fn byte(&mut self, order: &str) -> Result<u8, Problem> {
        let cut = || bad(format_args!("the order {order} is cut off"));
        let (byte, rest) = self.orders.split_first().ok_or_else(cut)?;
        self.orders = rest;
        Ok(*byte)
    }

    fn address(&mut self, order: &str) -> Result<usize, Problem> {
        let (high, low) = (self.byte(order)?, self.byte(order)?);
        let address = address::decode(high, low);
        if address >= self.screen.cells.len() {
            let (rows, columns) = (self.screen.rows, self.screen.columns);
            return Err(bad(format_args!(
                "the order {order} goes to address {address}, beyond the {rows} rows of {columns} columns"
            ))
            .advise("the host may believe that the terminal is larger: set its `model`"));
        }
        Ok(address)
    }

    /// Pairs of type and value; the field attribute among them, if it is there.
    fn attributes(&mut self, order: &str) -> Result<Option<u8>, Problem> {
        let pairs = self.byte(order)?;
        let mut found = None;
        for _ in 0..pairs {
            let (of, value) = (self.byte(order)?, self.byte(order)?);
            if of == 0xc0 {
                found = Some(value);
            }
        }
        Ok(found)
    }

    fn modify_field(&mut self) -> Result<(), Problem> {
        let changed = self.attributes("Modify Field")?;
        let known = self.screen.attribute_at(self.at);
        let Some(known) = known else {
            return Err(bad("the order Modify Field does not stand at a field's beginning"));
        };
        self.put(Cell::Attribute(changed.map_or(known, Attribute::new)));
        Ok(())
    }

    fn program_tab(&mut self, behind_data: bool) {
        if self.screen.attribute_at(self.at).is_some_and(|attribute| !attribute.is_protected()) {
            self.at = self.screen.next(self.at);
            self.tabbed_round = false;
            return;
        }
        let target = self.screen.next_unprotected(self.at).filter(|target| *target > self.at).unwrap_or(0);
        let blanks = behind_data || self.tabbed_round;
        if blanks {
            let end = if target == 0 { self.screen.cells.len() } else { target };
            for cell in self.screen.cells.iter_mut().take(end).skip(self.at) {
                if matches!(cell, Cell::Attribute(_)) {
                    break;
                }
                *cell = Cell::NULL;
            }
        }
        self.tabbed_round = blanks && target == 0;
        self.at = target;
    }

    fn repeat_to_address(&mut self) -> Result<(), Problem> {
        let stop = self.address("Repeat to Address")?;
        let cell = match self.byte("Repeat to Address")? {
            0x08 => Cell::Graphic(self.byte("Repeat to Address")?),
            character => Cell::Character(character),
        };
        // The stop is not written to; when it is where the order begins, the whole screen is.
        loop {
            self.put(cell);
            if self.at == stop {
                return Ok(());
            }
        }
    }

    fn erase_unprotected_to_address(&mut self) -> Result<(), Problem> {
        let stop = self.address("Erase Unprotected to Address")?;
        let mut open = !self.screen.field_at(self.at).attribute.is_protected();
        loop {
            match self.screen.cells.get_mut(self.at) {
                Some(Cell::Attribute(attribute)) => open = !attribute.is_protected(),
                Some(cell) if open => *cell = Cell::NULL,
                _ => {}
            }
            self.at = self.screen.next(self.at);
            if self.at == stop {
                return Ok(());
            }
        }
    }
}
