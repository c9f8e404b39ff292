//! A terminal at a host that says anything.

use concordat_tn3270::{Key, Model, Options, Position, Terminal};

/// A line of the network brings so many bytes at once.
const PIECE: usize = 32;

/// The first byte says which terminal it is, the others are the host's. Promises: what the host says means the same in any pieces, and
/// what we answer stays in proportion.
pub(crate) fn listen(input: &[u8]) {
    let Some((way, said)) = input.split_first() else { return };
    let options = Options {
        model: Model::numbered(u64::from(way & 3) + 2).unwrap_or_default(),
        tn3270e: way & 4 != 0,
        terminal_name: (way & 8 != 0).then(|| "TERM0001".into()),
        ..Options::default()
    };
    let mut whole = Terminal::new(options.clone());
    let outcome = whole.receive(said).is_ok();
    let mut pieces = Terminal::new(options.clone());
    let in_pieces = said.chunks(PIECE).all(|piece| pieces.receive(piece).is_ok());
    assert_eq!(outcome, in_pieces, "a stream is good or bad in any pieces");
    assert_eq!(whole.screen().lines(), pieces.screen().lines(), "the same screen in any pieces");
    let answer = whole.take_outgoing();
    assert_eq!(answer, pieces.take_outgoing(), "the same answer in any pieces");
    assert!(answer.len() <= (said.len() + 1) << 12, "{} bytes answer {}", answer.len(), said.len());
    work(Terminal::new(options), said);
}

/// A person types between what the host says.
fn work(mut terminal: Terminal, said: &[u8]) {
    for (turn, piece) in said.chunks(PIECE).enumerate() {
        let heard = terminal.receive(piece);
        let fields = terminal.screen().fields();
        for field in fields.iter().take(8) {
            let at = terminal.screen().field_position(field);
            let _ = terminal.screen().text(at, field.length);
            let _ = terminal.type_at(at, "A1");
        }
        let _ = terminal.type_at(Position { row: turn, column: turn }, "ß");
        terminal.tab();
        let _ = terminal.type_text("X");
        let key = match turn % 4 {
            0 => Key::Enter,
            1 => Key::Clear,
            2 => Key::Pf(turn as u8),
            _ => Key::Pa(1),
        };
        let _ = terminal.press(key);
        let _ = (terminal.take_outgoing(), terminal.notice());
        if heard.is_err() {
            return;
        }
    }
}

/// What hosts say: screens with fields, queries, negotiations, and the ways to read a screen.
const STREAMS: &[(&str, &[u8])] = &[
    ("screen-with-fields", b"\x00\xf5\xc2\x11\x40\x40\x1d\xf0\xc1\xc2\x1d\x40\x00\x00\x00\x13\x1d\xf0\xff\xef"),
    ("orders", b"\x00\xf1\xc3\x3c\x40\x50\xc1\x12\x41\x40\x05\x08\xc1\x29\x02\xc0\xf0\x42\xf1\x28\x41\xf2\x2c\x01\xc0\x40\xff\xef"),
    ("larger-screen", b"\x03\x7e\xc2\x11\x00\x00\xc1\xff\xef"),
    ("query", b"\x00\xf3\x00\x05\x01\xff\x02\xff\xef\xf3\x00\x06\x01\xff\x03\x80\x81\xff\xef"),
    ("outbound-in-a-structured-field", b"\x00\xf3\x00\x08\x40\x00\xf1\xc2\xc1\xc2\x00\x04\x03\x80\xff\xef"),
    ("reads", b"\x00\xf5\xc2\x1d\xc1\xc1\xff\xef\xf2\xff\xef\xf6\xff\xef\x6e\xff\xef\x6f\xff\xef"),
    ("negotiation", b"\x00\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0\xff\xfd\x19\xff\xfb\x19\xff\xfd\x00\xff\xfb\x00\xf5\xc2\xc1\xff\xef"),
    (
        "negotiation-extended",
        b"\x0c\xff\xfd\x28\xff\xfa\x28\x08\x02\xff\xf0\xff\xfa\x28\x02\x04IBM-3278-2-E\x01TERM0001\xff\xf0\xff\xfa\x28\x03\x04\x02\xff\xf0\x00\x00\x02\x00\x01\xf5\xc2\xc1\xff\xef\x07\x00\x00\x00\x01text\xff\xef",
    ),
    ("a-terminal-refused", b"\x0c\xff\xfd\x28\xff\xfa\x28\x08\x02\xff\xf0\xff\xfa\x28\x02\x06\x05\x01\xff\xf0"),
    ("text-before-a-screen", b"\x00No more\r\nsessions today.\r\n\xff\xf9\xff\xfe\x03\xff\xfc\x05"),
];

pub(crate) fn streams() -> Vec<(&'static str, Vec<u8>)> {
    STREAMS.iter().map(|(name, said)| (*name, said.to_vec())).collect()
}
