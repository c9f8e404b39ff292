//! Structured fields: how a host asks what the terminal can do, and the answers (GA23-0059, "Structured fields" and "Query reply").

use concordat_record::Problem;

use crate::key::STRUCTURED_FIELD;
use crate::screen::Screen;
use crate::stream::{Asked, Command, Read, bad, write};

const SUMMARY: u8 = 0x80;
const USABLE_AREA: u8 = 0x81;
const COLOR: u8 = 0x86;
const HIGHLIGHTING: u8 = 0x87;
const REPLY_MODES: u8 = 0x88;
const IMPLICIT_PARTITION: u8 = 0xa6;
const NULL: u8 = 0xff;
const ALL: [u8; 6] = [SUMMARY, USABLE_AREA, COLOR, HIGHLIGHTING, REPLY_MODES, IMPLICIT_PARTITION];

/// What structured fields asked for: the last word on keyboard and reading, and the answer to queries.
#[derive(Debug, Default)]
pub(crate) struct Structured {
    pub asked: Asked,
    /// A message for the host, if it asked what the terminal can do.
    pub reply: Option<Vec<u8>>,
}

/// Carries out the fields behind Write Structured Field.
pub(crate) fn structured_fields(screen: &mut Screen, mut data: &[u8]) -> Result<Structured, Problem> {
    let mut outcome = Structured::default();
    while let [high, low, rest @ ..] = data {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // Zero stands for the rest of the message.
        let length = if length == 0 { data.len() } else { length };
        if length < 3 || length > data.len() {
            return Err(bad(format_args!(
                "a structured field of {length} bytes, where {} are left",
                data.len()
            )));
        }
        let (field, behind) = rest.split_at_checked(length - 2).unwrap_or((rest, &[]));
        data = behind;
        structured_field(screen, field, &mut outcome)?;
    }
    Ok(outcome)
}

fn structured_field(screen: &mut Screen, field: &[u8], outcome: &mut Structured) -> Result<(), Problem> {
    match field {
        // Read Partition: the query forms name no partition.
        [0x01, 0xff, 0x02, ..] => outcome.reply = Some(reply(screen, &ALL)),
        [0x01, 0xff, 0x03, ..] => {
            outcome.reply = Some(query_list(screen, field.get(3..).unwrap_or_default()));
        }
        [0x01, _, operation, ..] => {
            outcome.asked.read = match Command::of(*operation) {
                Some(Command::Read(read)) => Some(read),
                _ => Some(Read::Modified),
            };
        }
        // Erase/Reset.
        [0x03, size, ..] => screen.erase(size & 0x80 != 0),
        // Outbound 3270DS: a command within a field.
        [0x40, _partition, code, data @ ..] => {
            let command = Command::of(*code);
            let command =
                command.ok_or_else(|| bad(format_args!("a command {code:02x} in a structured field")))?;
            outcome.asked.unlock |= write(screen, command, data)?.unlock;
        }
        // What loads fonts, sets reply modes and draws concerns no program that reads screens.
        _ => {}
    }
    Ok(())
}

/// Of a list, the answers there are; how the list is meant is in the first byte.
fn query_list(screen: &Screen, list: &[u8]) -> Vec<u8> {
    let Some((how, wanted)) = list.split_first() else { return reply(screen, &[NULL]) };
    if how & 0xc0 != 0 {
        return reply(screen, &ALL);
    }
    let found: Vec<u8> = ALL.into_iter().filter(|code| wanted.contains(code)).collect();
    reply(screen, if found.is_empty() { &[NULL] } else { &found })
}

fn reply(screen: &Screen, codes: &[u8]) -> Vec<u8> {
    let mut message = vec![STRUCTURED_FIELD];
    for code in codes {
        let content = content(screen, *code);
        message.extend((content.len() as u16 + 4).to_be_bytes());
        message.extend([0x81, *code]);
        message.extend(content);
    }
    message
}

fn content(screen: &Screen, code: u8) -> Vec<u8> {
    let (rows, columns) = screen.alternate_size();
    let two = |number: usize| (number as u16).to_be_bytes();
    match code {
        SUMMARY => ALL.to_vec(),
        USABLE_AREA => {
            // 12 and 14 bits; cells, whose size in millimetres no program minds.
            let mut content = vec![0x01, 0x00];
            content.extend([two(columns), two(rows)].concat());
            content.extend([0x01, 0x00, 0x0a, 0x02, 0xe5, 0x00, 0x02, 0x00, 0x6f, 0x09, 0x0c]);
            content.extend(two(rows * columns));
            content
        }
        COLOR => {
            // Eight colours, each shown as the one there is.
            let mut content = vec![0x00, 0x08, 0x00, 0xf4];
            content.extend((0xf1..=0xf7).flat_map(|color| [color, 0xf4]));
            content
        }
        HIGHLIGHTING => vec![0x04, 0x00, 0xf0, 0xf1, 0xf1, 0xf2, 0xf2, 0xf4, 0xf4],
        // Field mode only: no attributes of single characters are sent.
        REPLY_MODES => vec![0x00],
        IMPLICIT_PARTITION => {
            let sizes = [two(80), two(24), two(columns), two(rows)].concat();
            [vec![0x00, 0x00, 0x0b, 0x01, 0x00], sizes].concat()
        }
        _ => Vec::new(),
    }
}
