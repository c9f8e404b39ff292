//! The attribute of a field: one byte that says whether it can be typed into and whether it is shown (GA23-0059, "Field attributes").

use crate::address::six_bits;

/// A field attribute. The two highest bits only make it a graphic character and are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute(u8);

impl Attribute {
    const PROTECTED: u8 = 0x20;
    const NUMERIC: u8 = 0x10;
    const DISPLAY: u8 = 0x0c;
    const MODIFIED: u8 = 0x01;

    /// The attribute of a byte as it stands in the data stream.
    pub fn new(byte: u8) -> Self {
        Self(byte & 0x3f)
    }

    /// The byte for the data stream.
    pub fn byte(self) -> u8 {
        six_bits(self.0)
    }

    /// Nobody can type into the field.
    pub fn is_protected(self) -> bool {
        self.0 & Self::PROTECTED != 0
    }

    /// The field takes numbers; the keyboard shifts, the host checks.
    pub fn is_numeric(self) -> bool {
        self.0 & Self::NUMERIC != 0
    }

    /// Protected and numeric: the cursor skips the field by itself.
    pub fn is_skipped(self) -> bool {
        self.is_protected() && self.is_numeric()
    }

    /// What stands in the field is not shown, as of a password.
    pub fn is_hidden(self) -> bool {
        self.0 & Self::DISPLAY == Self::DISPLAY
    }

    /// The field was typed into, so its content goes to the host (the "modified data tag").
    pub fn is_modified(self) -> bool {
        self.0 & Self::MODIFIED != 0
    }

    /// The same attribute, with or without the modified data tag.
    #[must_use]
    pub fn modified(self, modified: bool) -> Self {
        Self(if modified { self.0 | Self::MODIFIED } else { self.0 & !Self::MODIFIED })
    }
}
