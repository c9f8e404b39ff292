//! How a database writes names, texts and limits.

use super::lexer::Quoting;

/// What differs between databases in the few statements that are built here.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    /// How queries that people write are split.
    pub quoting: Quoting,
    /// What stands before and behind a name that is taken literally.
    pub name_marks: (char, char),
    /// What makes a comparison of texts one of bytes, as it is here; none where there is no such word.
    pub by_bytes: Option<&'static str>,
    pub limit: LimitStyle,
    /// Whether dates are written as `{d '2024-01-31'}`, which an ODBC driver turns into what its database reads.
    pub odbc_escapes: bool,
}

/// How the number of rows is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "odbc"), expect(dead_code, reason = "the other makers are behind ODBC"))]
pub(crate) enum LimitStyle {
    /// `… LIMIT n`
    Limit,
    /// `SELECT TOP n …`, of SQL Server, Sybase and Access.
    Top,
    /// `… FETCH FIRST n ROWS ONLY`, ISO 9075-2:2008, of Db2 and Oracle.
    FetchFirst,
    /// `SELECT FIRST n …`, of Informix.
    First,
    /// Nothing that is known: reading stops early instead.
    Unknown,
}

impl Dialect {
    /// A name in quotation marks, whatever letters it has; none when it cannot be written.
    pub fn name(&self, name: &str) -> Option<String> {
        let (open, close) = self.name_marks;
        if name.is_empty() || name.contains('\0') || (close == ' ' && !is_plain(name)) {
            return None;
        }
        if close == ' ' {
            // ODBC: "a blank means that quoted identifiers are not supported" (SQL_IDENTIFIER_QUOTE_CHAR).
            return Some(name.into());
        }
        let doubled: String =
            name.chars().flat_map(|c| std::iter::repeat_n(c, 1 + usize::from(c == close))).collect();
        Some(format!("{open}{doubled}{close}"))
    }

    /// A text in quotation marks; none when it cannot be written without doubt.
    pub fn text(&self, text: &str) -> Option<String> {
        if text.contains('\0') {
            return None;
        }
        let doubled = text.replace('\'', "''");
        match self.quoting {
            Quoting::MySql => Some(format!("'{}'", doubled.replace('\\', "\\\\"))),
            Quoting::Unknown if text.contains('\\') => None,
            _ => Some(format!("'{doubled}'")),
        }
    }

    /// A date, `2024-01-31`, or a moment, `2024-01-31 23:59:59.5`, that was seen to be one.
    pub fn moment(&self, text: &str) -> Option<String> {
        let text = text.replace('T', " ");
        let quoted = self.text(&text)?;
        Some(match (self.odbc_escapes, text.contains(' ')) {
            (false, _) => quoted,
            (true, false) => format!("{{d {quoted}}}"),
            (true, true) => format!("{{ts {quoted}}}"),
        })
    }

    /// Names one within another, as `schema.table`.
    pub fn path(&self, names: &[&str]) -> Option<String> {
        let quoted: Option<Vec<String>> = names.iter().map(|name| self.name(name)).collect();
        Some(quoted?.join("."))
    }
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{Dialect, LimitStyle};
    use crate::databases::lexer::{Quoting, Token, tokens};
    use proptest::prelude::*;

    fn dialect(quoting: Quoting, name_marks: (char, char)) -> Dialect {
        Dialect { quoting, name_marks, by_bytes: None, limit: LimitStyle::Limit, odbc_escapes: false }
    }

    #[test]
    fn names_are_taken_literally() {
        for (marks, name, expected) in [
            (('"', '"'), "a\"; DROP TABLE b; --", Some("\"a\"\"; DROP TABLE b; --\"")),
            (('`', '`'), "a`b", Some("`a``b`")),
            (('[', ']'), "a]b[c", Some("[a]]b[c]")),
            ((' ', ' '), "a_1", Some("a_1")),
            ((' ', ' '), "a b", None),
            (('"', '"'), "", None),
            (('"', '"'), "a\0b", None),
        ] {
            assert_eq!(dialect(Quoting::Unknown, marks).name(name).as_deref(), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_name_or_text_stays_within_its_quotation_marks(text in "[ab'\"`\\\\;$\\[\\]/*# -]{1,12}") {
            for (quoting, marks) in [
                (Quoting::Postgres, ('"', '"')), (Quoting::MySql, ('`', '`')),
                (Quoting::Sqlite, ('"', '"')), (Quoting::Sqlite, ('[', ']')),
            ] {
                let dialect = dialect(quoting, marks);
                for quoted in [dialect.name(&text), dialect.text(&text)].into_iter().flatten() {
                    prop_assert_eq!(tokens(&quoted, quoting), Ok(vec![Token::Quoted]), "{}", quoted);
                }
            }
        }
    }
}
