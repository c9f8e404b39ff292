//! The models of the IBM 3278 terminal, which differ in the size of their screen.

/// A model of terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// 24 rows of 80 columns.
    #[default]
    Two,
    /// 32 rows of 80 columns.
    Three,
    /// 43 rows of 80 columns.
    Four,
    /// 27 rows of 132 columns.
    Five,
}

impl Model {
    /// The model with a number from 2 to 5.
    pub fn numbered(number: u64) -> Option<Self> {
        match number {
            2 => Some(Self::Two),
            3 => Some(Self::Three),
            4 => Some(Self::Four),
            5 => Some(Self::Five),
            _ => None,
        }
    }

    /// Rows and columns that the host can switch to with Erase/Write Alternate; all models begin with 24 by 80.
    pub fn size(self) -> (usize, usize) {
        match self {
            Self::Two => (24, 80),
            Self::Three => (32, 80),
            Self::Four => (43, 80),
            Self::Five => (27, 132),
        }
    }

    /// The name in the negotiation; `-E` says that it understands structured fields and extended attributes.
    pub fn terminal_type(self) -> &'static str {
        match self {
            Self::Two => "IBM-3278-2-E",
            Self::Three => "IBM-3278-3-E",
            Self::Four => "IBM-3278-4-E",
            Self::Five => "IBM-3278-5-E",
        }
    }
}
