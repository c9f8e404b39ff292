//! What can be wrong with the value of a field.

use concordat_record::{Place, Problem};

/// Why a value could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    NotANumber,
    Overflow,
    TooLarge,
    NotADate,
    NotATime,
    NotLogical,
    NotInCodePage,
    NoCodePage,
    BadLength,
    BadPointer,
    NoSuchMemo,
    MemoCutOff,
    MemoTooLong,
}

/// A value, or nothing, or why there is none.
pub(crate) type Cell<T> = Result<Option<T>, Reason>;

impl Reason {
    fn words(self) -> (&'static str, &'static str, &'static str) {
        const NULL: &str =
            "look at the raw bytes; `unreadable = \"null\"` reads the record without the value";
        match self {
            Self::NotANumber => ("dbase.not-a-number", "the field holds no number", NULL),
            Self::Overflow => (
                "dbase.overflow",
                "the field holds asterisks: the number was too large for it when it was written",
                "the value is lost in the source; `overflow = \"null\"` reads the record without it",
            ),
            Self::TooLarge => ("dbase.too-large", "the number does not fit the field's type exactly", NULL),
            Self::NotADate => ("dbase.not-a-date", "the field holds no date of the calendar", NULL),
            Self::NotATime => ("dbase.not-a-time", "the field holds no point in time", NULL),
            Self::NotLogical => {
                ("dbase.not-logical", "the field holds neither true, false nor unknown", NULL)
            }
            Self::NotInCodePage => (
                "dbase.not-in-code-page",
                "the text has a byte that the code page has no letter for",
                "say how letters are written: `encoding`",
            ),
            Self::NoCodePage => (
                "dbase.no-code-page",
                "the text has letters beyond ASCII, and the table does not say its code page",
                "say how letters are written: `encoding`; cp437, cp850 and windows-1252 are usual",
            ),
            Self::BadLength => {
                ("dbase.bad-length", "the length of the value is greater than that of the field", NULL)
            }
            Self::BadPointer => ("dbase.bad-memo-number", "the field holds no number of a memo", NULL),
            Self::NoSuchMemo => (
                "dbase.no-such-memo",
                "the memo lies behind the end of the memo file",
                "the memo file is of another day than the table, or cut off; ask for both again",
            ),
            Self::MemoCutOff => (
                "dbase.memo-cut-off",
                "the memo goes on behind the end of the memo file",
                "ask for the memo file again: it was cut off",
            ),
            Self::MemoTooLong => (
                "dbase.memo-too-long",
                "the memo is longer than `max_memo_bytes`",
                "raise `max_memo_bytes` if that is right",
            ),
        }
    }

    pub fn problem(self, place: Place) -> Problem {
        let (code, sentence, advice) = self.words();
        Problem::new(code, sentence).at(place).advise(advice)
    }
}
