//! What a server of PostgreSQL sends, without the server.

use concordat_read::doors::{read_changes, read_copy};

use crate::source::outcome;

/// The first byte says whether it is a copy or changes; then messages, each behind its length in two bytes.
pub(crate) fn listen(input: &[u8]) {
    let Some((way, said)) = input.split_first() else { return };
    let messages = messages(said);
    outcome(if way & 1 == 0 { read_copy(messages) } else { read_changes(messages) });
}

fn messages(mut said: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while let Some((length, rest)) = said.split_first_chunk::<2>() {
        let (message, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len()));
        messages.push(message.to_vec());
        said = rest;
    }
    messages
}

/// A copy of two rows; a transaction that describes a table and changes its rows.
pub(crate) fn streams() -> Vec<(&'static str, Vec<u8>)> {
    let copy: [&[u8]; 4] = [
        b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0",
        b"\0\x0c\0\0\0\x02hi\0\0\0\x04\0\0\0\x07\0\0\0\x0c\0\x02\0\0\0\0\0\x02\0\x01\x13\x88\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\x1a\x2b\
          \0\0\0\x08\0\0\0\0\0\0\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x01\0\0\0\x01\x01\0\0\0\x04\x3f\x80\0\0\
          \0\0\0\x08\x3f\xf0\0\0\0\0\0\0\0\0\0\x02\0\xff",
        b"\0\x0c\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
          \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xff\xff",
    ];
    let changes: [&[u8]; 6] = [
        b"B\0\0\0\x01\0\0\0\x10\0\0\0\0\0\0\0\x05\0\0\0\x09",
        b"R\0\0\0\x07public\0t\0d\0\x03\x01c1\0\0\0\0\x19\xff\xff\xff\xff\0c2\0\0\0\0\x17\xff\xff\xff\xff\0c5\0\0\0\x04\x3a\xff\xff\xff\xff",
        b"I\0\0\0\x07N\0\x03t\0\0\0\x02hit\0\0\0\x011t\0\0\0\x0a2001-02-03",
        b"U\0\0\0\x07K\0\x01t\0\0\0\x01aN\0\x03t\0\0\0\x01bun",
        b"D\0\0\0\x07O\0\x03t\0\0\0\x01bnn",
        b"C\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0",
    ];
    vec![("copy", framed(0, &copy)), ("changes", framed(1, &changes))]
}

fn framed(way: u8, messages: &[&[u8]]) -> Vec<u8> {
    let lengths = messages.iter().map(|message| (message.len() as u16).to_be_bytes());
    let framed = lengths.zip(messages).flat_map(|(length, message)| [&length, *message].concat());
    [way].into_iter().chain(framed).collect()
}
