//! The code page of a table's texts: as the source file says, else the `.cpg` file beside a shapefile's table, else the header.

use concordat_record::{Problem, nearest};
use encoding_rs::Encoding;

use super::header::Header;
use crate::copybook::CodePage;

/// How bytes become letters.
#[derive(Clone, Debug)]
pub(crate) enum Letters {
    /// A byte each, or UTF-8.
    Page(Box<CodePage>),
    /// Of the Far East: one or two bytes each.
    Wide(&'static Encoding),
    /// Nobody says: only ASCII is read.
    Unknown,
}

/// The code page for each number that dBase and its relatives gave one; where two programs differ, the later one.
const LANGUAGES: [(&str, &[u8]); 29] = [
    ("cp437", &[0x01, 0x09, 0x0b, 0x0d, 0x0f, 0x11, 0x15, 0x18, 0x19, 0x1b]),
    ("cp850", &[0x02, 0x0a, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1d, 0x25, 0x37]),
    ("windows-1252", &[0x03, 0x57, 0x58, 0x59]),
    ("macintosh", &[0x04]),
    ("cp865", &[0x08, 0x17, 0x66]),
    ("shift_jis", &[0x13, 0x7b]),
    ("cp863", &[0x1c, 0x6c]),
    ("cp852", &[0x1f, 0x22, 0x23, 0x40, 0x64, 0x87]),
    ("cp860", &[0x24]),
    ("ibm866", &[0x26, 0x65]),
    ("gbk", &[0x4d, 0x7a]),
    ("euc-kr", &[0x4e, 0x79]),
    ("big5", &[0x4f, 0x78]),
    ("windows-874", &[0x50, 0x7c]),
    ("cp861", &[0x67]),
    ("cp895", &[0x68]),
    ("cp620", &[0x69]),
    ("cp737", &[0x6a, 0x86]),
    ("cp857", &[0x6b, 0x88]),
    ("windows-1255", &[0x7d]),
    ("windows-1256", &[0x7e]),
    ("x-mac-cyrillic", &[0x96]),
    ("mac-ce", &[0x97]),
    ("mac-greek", &[0x98]),
    ("windows-1250", &[0xc8]),
    ("windows-1251", &[0xc9]),
    ("windows-1254", &[0xca]),
    ("windows-1253", &[0xcb]),
    ("windows-1257", &[0xcc]),
];

/// What to suggest when there is no such encoding.
const WELL_KNOWN: [&str; 8] =
    ["cp437", "cp850", "cp852", "cp866", "windows-1252", "windows-1250", "windows-1251", "utf-8"];

impl Letters {
    /// An encoding by its name.
    pub fn named(name: &str) -> Result<Self, Problem> {
        let plain = name.trim().to_ascii_lowercase();
        let plain = match plain.as_str() {
            "cp932" => "shift_jis",
            "cp936" => "gbk",
            "cp949" => "euc-kr",
            "cp950" => "big5",
            "cp874" => "windows-874",
            other => other,
        };
        if let Ok(page) = CodePage::named(plain) {
            return Ok(Self::Page(Box::new(page)));
        }
        let wide = Encoding::for_label(plain.as_bytes()).filter(|encoding| encoding.is_ascii_compatible());
        wide.map(Self::Wide).ok_or_else(|| {
            let problem = Problem::new("dbase.unknown-encoding", format!("there is no encoding `{name}`"));
            match nearest(plain, WELL_KNOWN) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem.advise(format!("well known are {}", WELL_KNOWN.join(", "))),
            }
        })
    }

    /// The encoding of a table, by what lies beside it and by its header.
    pub fn of(header: &Header, beside: Option<&str>) -> Self {
        let written = beside.and_then(code_page_file).or_else(|| driver(&header.driver));
        let by_number = LANGUAGES.iter().find(|(_, numbers)| numbers.contains(&header.language));
        let name = written.as_deref().or(by_number.map(|(name, _)| *name));
        match name.and_then(|name| Self::named(name).ok()) {
            Some(letters) => letters,
            None => Self::Unknown,
        }
    }

    /// Its name, for people.
    pub fn name(&self) -> &str {
        match self {
            Self::Page(page) => page.name(),
            Self::Wide(encoding) => encoding.name(),
            Self::Unknown => "ascii",
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Adds text as UTF-8; false, with nothing added, when a byte means nothing here.
    #[inline]
    pub fn decode_into(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        match self {
            Self::Page(page) => page.decode_into(raw, out),
            Self::Unknown => {
                let is_ascii = raw.is_ascii();
                out.extend_from_slice(if is_ascii { raw } else { &[] });
                is_ascii
            }
            Self::Wide(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(raw);
                text.is_some_and(|text| {
                    out.extend_from_slice(text.as_bytes());
                    true
                })
            }
        }
    }

    /// A name of a field: what cannot be decoded is left out.
    pub fn lossy(&self, raw: &[u8]) -> String {
        let mut text = Vec::new();
        if !self.decode_into(raw, &mut text) {
            text = raw.iter().copied().filter(u8::is_ascii).collect();
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// What a `.cpg` file says: `UTF-8`, `1252`, `ISO 8859-1`, `ISO-8859-1`, `88591`, `ANSI 1252`, `OEM 850`.
fn code_page_file(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\u{feff}').to_ascii_lowercase();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_iso = text.contains("8859") && digits.len() > 4;
    let name = match digits.as_str() {
        _ if is_iso => format!("iso-8859-{}", digits.strip_prefix("8859")?),
        "65001" => "utf-8".into(),
        "1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257" | "1258" => {
            format!("windows-{digits}")
        }
        _ if digits.len() == 3 => format!("cp{digits}"),
        _ => text,
    };
    Letters::named(&name).is_ok().then_some(name)
}

/// What dBase 7's driver name says: `DB437US0`, `DBWINUS0`, `DB850DE0`, `FOX1252…`.
fn driver(name: &str) -> Option<String> {
    let rest = ["DB", "FOX"].iter().find_map(|begin| name.strip_prefix(begin))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    match rest.strip_prefix("WIN") {
        Some(country) if ["US", "WE", "ES"].iter().any(|known| country.starts_with(known)) => {
            Some("windows-1252".into())
        }
        _ if digits.len() == 3 => Some(format!("cp{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{LANGUAGES, Letters, code_page_file, driver};

    #[test]
    fn every_number_has_one_page_and_every_page_is_there() {
        let mut seen = [false; 256];
        for (name, numbers) in LANGUAGES {
            assert!(Letters::named(name).is_ok(), "{name}");
            for number in numbers {
                assert!(!std::mem::replace(&mut seen[usize::from(*number)], true), "{number:02x}");
            }
        }
    }

    #[test]
    fn what_stands_beside_a_table_or_in_its_driver_name_is_understood() {
        for (text, expected) in [
            ("UTF-8", Some("utf-8")),
            ("1252\n", Some("windows-1252")),
            ("ANSI 1251", Some("windows-1251")),
            ("ISO 8859-15", Some("iso-8859-15")),
            ("88591", Some("iso-8859-1")),
            ("OEM 850", Some("cp850")),
            ("65001", Some("utf-8")),
            ("big5", Some("big5")),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(code_page_file(text).as_deref(), expected, "{text}");
        }
        for (name, expected) in [("DBWINUS0", Some("windows-1252")), ("DB852CZ0", Some("cp852")), ("", None)]
        {
            assert_eq!(driver(name).as_deref(), expected, "{name}");
        }
    }
}
