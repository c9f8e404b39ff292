//! Decodes the messages of the output plug-in pgoutput, protocol version 1 (PostgreSQL 15, §55.9 "Logical Replication Message
//! Formats").
//!
//! Left out on purpose: streamed and two-phase transactions, which a client has to ask for.

/// A position in the server's write-ahead log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lsn(pub u64);

impl std::fmt::Display for Lsn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

impl std::str::FromStr for Lsn {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (high, low) = text.split_once('/').ok_or(())?;
        let part = |text: &str| u32::from_str_radix(text, 16).map_err(|_| ());
        Ok(Self(u64::from(part(high)?) << 32 | u64::from(part(low)?)))
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    Begin {
        /// Where the commit stands in the log.
        commit: Lsn,
        /// Microseconds since 2000-01-01.
        committed: i64,
        transaction: u32,
    },
    Commit {
        /// Where the log goes on behind the transaction.
        end: Lsn,
    },
    Relation(Relation),
    Insert {
        relation: u32,
        new: Tuple<'a>,
    },
    Update {
        relation: u32,
        old: Option<Old<'a>>,
        new: Tuple<'a>,
    },
    Delete {
        relation: u32,
        old: Old<'a>,
    },
    Truncate {
        relations: Vec<u32>,
    },
    /// Nothing about rows: types, origins, messages of applications.
    Other,
}

/// A table as it was at the time of the changes that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    pub id: u32,
    pub schema: String,
    pub name: String,
    pub columns: Vec<RelationColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelationColumn {
    pub name: String,
    /// Whether it is part of the replica identity.
    pub is_key: bool,
}

/// A row before the change, as far as the replica identity tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Old<'a> {
    /// The columns of the key; the others are null.
    Key(Tuple<'a>),
    /// All columns: `REPLICA IDENTITY FULL`.
    Row(Tuple<'a>),
}

pub(crate) type Tuple<'a> = Vec<Value<'a>>;

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    /// Stored apart from its row (TOAST) and not changed, so that the log does not have it.
    Unchanged,
    /// As the type's output function writes it.
    Text(&'a [u8]),
}

/// The bytes are no message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads one message.
pub(crate) fn decode(message: &[u8]) -> Result<Message<'_>, Malformed> {
    let mut bytes = Bytes(message);
    let decoded = match bytes.byte()? {
        b'B' => Message::Begin {
            commit: Lsn(bytes.long()?),
            committed: bytes.long()? as i64,
            transaction: bytes.word()?,
        },
        b'C' => {
            bytes.byte()?;
            bytes.long()?;
            let end = Lsn(bytes.long()?);
            bytes.long()?;
            Message::Commit { end }
        }
        b'R' => Message::Relation(bytes.relation()?),
        b'I' => {
            let relation = bytes.word()?;
            bytes.expect(b'N')?;
            Message::Insert { relation, new: bytes.tuple()? }
        }
        b'U' => {
            let relation = bytes.word()?;
            let (kind, mut old) = (bytes.byte()?, None);
            if kind != b'N' {
                old = Some(bytes.old(kind)?);
                bytes.expect(b'N')?;
            }
            Message::Update { relation, old, new: bytes.tuple()? }
        }
        b'D' => {
            let (relation, kind) = (bytes.word()?, bytes.byte()?);
            Message::Delete { relation, old: bytes.old(kind)? }
        }
        b'T' => {
            let count = bytes.word()?;
            bytes.byte()?;
            let relations: Result<Vec<u32>, Malformed> = (0..count).map(|_| bytes.word()).collect();
            Message::Truncate { relations: relations? }
        }
        b'Y' | b'O' | b'M' => return Ok(Message::Other),
        _ => return Err(Malformed),
    };
    if bytes.0.is_empty() { Ok(decoded) } else { Err(Malformed) }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn short(&mut self) -> Result<u16, Malformed> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn word(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn long(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Malformed> {
        if self.byte()? == wanted { Ok(()) } else { Err(Malformed) }
    }

    fn string(&mut self) -> Result<String, Malformed> {
        let length = self.0.iter().position(|byte| *byte == 0).ok_or(Malformed)?;
        let text = self.take(length)?.to_vec();
        self.byte()?;
        String::from_utf8(text).map_err(|_| Malformed)
    }

    fn relation(&mut self) -> Result<Relation, Malformed> {
        let (id, schema, name) = (self.word()?, self.string()?, self.string()?);
        let _replica_identity = self.byte()?;
        let count = self.short()?;
        let column = |_| {
            let (flags, name) = (self.byte()?, self.string()?);
            let (_type, _modifier) = (self.word()?, self.word()?);
            Ok(RelationColumn { name, is_key: flags & 1 != 0 })
        };
        let columns: Result<Vec<_>, Malformed> = (0..count).map(column).collect();
        // The system's own schema is sent as an empty name.
        let schema = if schema.is_empty() { "pg_catalog".into() } else { schema };
        Ok(Relation { id, schema, name, columns: columns? })
    }

    fn old(&mut self, kind: u8) -> Result<Old<'a>, Malformed> {
        match kind {
            b'K' => Ok(Old::Key(self.tuple()?)),
            b'O' => Ok(Old::Row(self.tuple()?)),
            _ => Err(Malformed),
        }
    }

    fn tuple(&mut self) -> Result<Tuple<'a>, Malformed> {
        let count = self.short()?;
        let value = |_| match self.byte()? {
            b'n' => Ok(Value::Null),
            b'u' => Ok(Value::Unchanged),
            b't' => {
                let length = self.word()?;
                Ok(Value::Text(self.take(length as usize)?))
            }
            _ => Err(Malformed),
        };
        (0..count).map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Lsn, Malformed, Message, Old, Relation, RelationColumn, Value, decode};

    #[test]
    fn each_message_says_what_happened() {
        let key = |name: &str, is_key| RelationColumn { name: name.into(), is_key };
        let columns = vec![key("id", true), key("note", false)];
        let relation = Relation { id: 7, schema: "public".into(), name: "t".into(), columns };
        for (bytes, expected) in [
            (
                b"B\0\0\0\x01\0\0\0\x10\0\0\0\0\0\0\0\x05\0\0\0\x09".as_slice(),
                Message::Begin { commit: Lsn(0x1_0000_0010), committed: 5, transaction: 9 },
            ),
            (
                b"C\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0",
                Message::Commit { end: Lsn(2) },
            ),
            (
                b"R\0\0\0\x07public\0t\0d\0\x02\x01id\0\0\0\0\x17\xff\xff\xff\xff\0note\0\0\0\0\x19\xff\xff\xff\xff",
                Message::Relation(relation),
            ),
            (
                b"I\0\0\0\x07N\0\x02t\0\0\0\x011n",
                Message::Insert { relation: 7, new: vec![Value::Text(b"1"), Value::Null] },
            ),
            (
                b"U\0\0\0\x07N\0\x02t\0\0\0\x011u",
                Message::Update { relation: 7, old: None, new: vec![Value::Text(b"1"), Value::Unchanged] },
            ),
            (
                b"U\0\0\0\x07K\0\x01t\0\0\0\x011N\0\x01t\0\0\0\x012",
                Message::Update {
                    relation: 7,
                    old: Some(Old::Key(vec![Value::Text(b"1")])),
                    new: vec![Value::Text(b"2")],
                },
            ),
            (
                b"D\0\0\0\x07O\0\x01t\0\0\0\x011",
                Message::Delete { relation: 7, old: Old::Row(vec![Value::Text(b"1")]) },
            ),
            (b"T\0\0\0\x01\0\0\0\0\x07", Message::Truncate { relations: vec![7] }),
            (b"Yanything", Message::Other),
        ] {
            assert_eq!(decode(bytes), Ok(expected));
        }
    }

    #[test]
    fn messages_that_are_cut_or_too_long_are_refused() {
        let insert = b"I\0\0\0\x07N\0\x02t\0\0\0\x011n";
        for length in 0..insert.len() {
            assert_eq!(decode(&insert[..length]), Err(Malformed), "{length}");
        }
        assert_eq!(decode(b"I\0\0\0\x07N\0\x01nX"), Err(Malformed));
        assert_eq!(decode(b"T\xff\xff\xff\xff\0"), Err(Malformed));
        assert_eq!(decode(b"I\0\0\0\x07N\0\x01t\xff\xff\xff\xff"), Err(Malformed));
    }

    #[test]
    fn positions_are_written_as_the_server_writes_them() {
        assert_eq!(Lsn(0x16B3_74D8).to_string(), "0/16B374D8");
        for text in ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"] {
            assert_eq!(text.parse::<Lsn>().unwrap().to_string(), text);
        }
        assert_eq!(["", "1", "1/x", "100000000/0"].map(|text| text.parse::<Lsn>().is_err()), [true; 4]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), first in prop::sample::select(b"BCRIUDTYOM".to_vec())) {
            let _ = decode(&bytes);
            let _ = decode(&[&[first], bytes.as_slice()].concat());
        }
    }
}
