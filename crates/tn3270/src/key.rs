//! The keys that send something to the host, and their attention identifiers (GA23-0059, "Attention identification (AID)").

/// A key that calls the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The enter key.
    Enter,
    /// The clear key: also blanks the screen.
    Clear,
    /// A program function key, 1 to 24.
    Pf(u8),
    /// A program access key, 1 to 3: sends no fields.
    Pa(u8),
}

/// No key was pressed.
pub(crate) const NO_AID: u8 = 0x60;
/// A structured field follows: an answer to a query.
pub(crate) const STRUCTURED_FIELD: u8 = 0x88;

const PF: [u8; 24] = [
    0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x7b, 0x7c, //
    0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0x4a, 0x4b, 0x4c,
];
const PA: [u8; 3] = [0x6c, 0x6e, 0x6b];

impl Key {
    /// A key by its name: `enter`, `clear`, `pf1` to `pf24`, `pa1` to `pa3`, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let number = |prefix: &str, most: u8| {
            let number = name.strip_prefix(prefix)?.parse().ok()?;
            (1..=most).contains(&number).then_some(number)
        };
        match name.as_str() {
            "enter" => Some(Self::Enter),
            "clear" => Some(Self::Clear),
            _ => number("pf", 24).map(Self::Pf).or_else(|| number("pa", 3).map(Self::Pa)),
        }
    }

    /// Its attention identifier.
    pub fn aid(self) -> u8 {
        match self {
            Self::Enter => 0x7d,
            Self::Clear => 0x6d,
            Self::Pf(number) => PF.get(usize::from(number).wrapping_sub(1)).copied().unwrap_or(NO_AID),
            Self::Pa(number) => PA.get(usize::from(number).wrapping_sub(1)).copied().unwrap_or(NO_AID),
        }
    }

    /// The key of an attention identifier.
    pub fn of_aid(aid: u8) -> Option<Self> {
        let number = |list: &[u8]| list.iter().position(|known| *known == aid).map(|index| index as u8 + 1);
        match aid {
            0x7d => Some(Self::Enter),
            0x6d => Some(Self::Clear),
            _ => number(&PF).map(Self::Pf).or_else(|| number(&PA).map(Self::Pa)),
        }
    }

    /// Only the key itself is sent, without cursor and fields.
    pub(crate) fn is_short(self) -> bool {
        matches!(self, Self::Clear | Self::Pa(_))
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn every_key_has_a_name_and_an_identifier_of_its_own() {
        let pf = (1..=24).map(|number| format!("pf{number}"));
        let pa = (1..=3).map(|number| format!("PA{number}"));
        let names = pf.chain(pa).chain(["Enter".into(), "clear".into()]);
        for name in names {
            let key = Key::named(&name).unwrap();
            assert_eq!(Key::of_aid(key.aid()), Some(key), "{name}");
        }
        for name in ["pf0", "pf25", "pa4", "return", "", "pf"] {
            assert_eq!(Key::named(name), None, "{name}");
        }
    }
}
