//! The memo file beside a table: texts and bytes of any length, in blocks that the records name by number.
//!
//! * `.dbt` of dBase III, Clipper and `FoxBASE`: blocks of 512 bytes; a text ends with `1A`.
//! * `.dbt` of dBase IV and later: a memo begins with `FF FF 08 00` and its length; the header has the size of a block.
//! * `.fpt` of `FoxPro`: a memo begins with its type and length, highest byte first; the header has the size of a block.
//! * `.smt` of the SIX driver: the record has type, length and block.
//!
//! A table may hold memos of both kinds of `.dbt`, so each memo is asked which it is.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use concordat_record::Problem;

use super::fault::Reason;
use crate::file::{cannot_open, cannot_read};
use crate::trim::trim;

/// The endings of memo files; those of `FoxPro`'s own tables are named after what they hold.
pub(crate) const FOXPRO: &[&str] = &["fpt", "dct", "sct", "vct", "frt", "lbt", "mnt", "pjt", "dbt", "smt"];
pub(crate) const DBASE: &[&str] = &["dbt", "fpt", "smt"];

/// How memos lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Dbt,
    Fpt,
    Smt,
}

/// An open memo file.
#[derive(Debug)]
pub(crate) struct MemoFile {
    file: File,
    form: Form,
    size: u64,
    block: u64,
    longest: u64,
}

/// Where a memo lies.
struct Extent {
    begin: u64,
    length: u64,
}

const DBT_BLOCK: u64 = 512;
const SMT_BLOCK: u64 = 32;
/// How a memo of dBase IV begins.
const FOUR: [u8; 4] = [0xff, 0xff, 0x08, 0x00];
/// The end of a memo of dBase III.
const TEXT_END: u8 = 0x1a;

impl MemoFile {
    /// Opens a memo file; `version` is that of the table.
    pub fn open(path: &Path, shown: &str, version: u8, longest: u64) -> Result<Self, Problem> {
        let mut file = File::open(path).map_err(|error| cannot_open(path, shown, &error))?;
        let failed = |error: std::io::Error| cannot_read(shown, &error);
        let size = file.metadata().map_err(failed)?.len();
        let mut header = Vec::new();
        (&mut file).take(DBT_BLOCK).read_to_end(&mut header).map_err(failed)?;
        let number = |at: usize| u64::from(header.get(at).copied().unwrap_or_default());
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let (form, block) = match ending.as_str() {
            "dbt" => {
                let is_three = version == 0x83 || number(16) == 3;
                let block = number(20) | number(21) << 8;
                (Form::Dbt, if is_three || block == 0 { DBT_BLOCK } else { block })
            }
            "smt" => {
                let block = number(4) | number(5) << 8;
                (Form::Smt, if block == 0 { SMT_BLOCK } else { block })
            }
            _ => (Form::Fpt, (number(6) << 8 | number(7)).max(1)),
        };
        Ok(Self { file, form, size, block, longest })
    }

    /// Adds the memo that a field names; false when it names none.
    pub fn read(&mut self, pointer: &[u8], out: &mut Vec<u8>) -> Result<bool, Reason> {
        let extent = match self.form {
            Form::Smt => self.six(pointer)?,
            _ => match block_number(pointer)? {
                0 => None,
                block => Some(self.extent(block, out)?),
            },
        };
        let Some(Extent { begin, length }) = extent else { return Ok(false) };
        if length > self.longest {
            return Err(Reason::MemoTooLong);
        }
        if begin.saturating_add(length) > self.size {
            return Err(Reason::MemoCutOff);
        }
        self.bytes(begin, length, out)?;
        Ok(true)
    }

    fn extent(&mut self, block: u64, scratch: &mut Vec<u8>) -> Result<Extent, Reason> {
        let at = block.saturating_mul(self.block);
        if at >= self.size {
            return Err(Reason::NoSuchMemo);
        }
        let kept = scratch.len();
        self.bytes(at, 8.min(self.size - at), scratch)?;
        let begin = scratch.get(kept..).unwrap_or_default().to_vec();
        scratch.truncate(kept);
        let word = |at: usize| -> [u8; 4] {
            std::array::from_fn(|index| begin.get(at + index).copied().unwrap_or_default())
        };
        match self.form {
            Form::Dbt if begin.starts_with(&FOUR) => {
                let length = u64::from(u32::from_le_bytes(word(4)));
                Ok(Extent { begin: at + 8, length: length.saturating_sub(8) })
            }
            Form::Dbt => Ok(Extent { begin: at, length: self.text_length(at)? }),
            _ if begin.len() < 8 => Err(Reason::MemoCutOff),
            _ => Ok(Extent { begin: at + 8, length: u32::from_be_bytes(word(4)).into() }),
        }
    }

    /// The bytes before the end mark, or up to the end of the file.
    fn text_length(&mut self, at: u64) -> Result<u64, Reason> {
        let mut length = 0;
        let mut chunk = Vec::new();
        while length <= self.longest && at + length < self.size {
            chunk.clear();
            self.bytes(at + length, (8 * DBT_BLOCK).min(self.size - at - length), &mut chunk)?;
            if let Some(end) = chunk.iter().position(|byte| *byte == TEXT_END) {
                return Ok(length + end as u64);
            }
            length += chunk.len() as u64;
        }
        Ok(length)
    }

    /// Type, length and block of a SIX memo stand in the record.
    fn six(&self, pointer: &[u8]) -> Result<Option<Extent>, Reason> {
        if trim(pointer, b' ').is_empty() {
            return Ok(None);
        }
        let [_, _, numbers @ ..] = pointer else { return Err(Reason::BadPointer) };
        let (&[length, block], []) = numbers.as_chunks::<4>() else { return Err(Reason::BadPointer) };
        let length = u64::from(u32::from_le_bytes(length));
        let begin = u64::from(u32::from_le_bytes(block)).saturating_mul(self.block);
        if begin > self.size { Err(Reason::NoSuchMemo) } else { Ok(Some(Extent { begin, length })) }
    }

    /// INVARIANT: the caller has checked that the file is that long; it may have become shorter since.
    fn bytes(&mut self, at: u64, length: u64, out: &mut Vec<u8>) -> Result<(), Reason> {
        let before = out.len();
        self.file.seek(SeekFrom::Start(at)).map_err(|_| Reason::MemoCutOff)?;
        (&mut self.file).take(length).read_to_end(out).map_err(|_| Reason::MemoCutOff)?;
        if ((out.len() - before) as u64) < length { Err(Reason::MemoCutOff) } else { Ok(()) }
    }
}

/// The block that a field names: ten digits, or four bytes in Visual `FoxPro`; nothing and zero mean no memo.
fn block_number(pointer: &[u8]) -> Result<u64, Reason> {
    if let &[a, b, c, d] = pointer
        && !pointer.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ')
    {
        return Ok(u32::from_le_bytes([a, b, c, d]).into());
    }
    let digits = trim(pointer, b' ');
    digits.iter().try_fold(0u64, |value, digit| {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            Err(Reason::BadPointer)
        } else {
            Ok(value.saturating_mul(10).saturating_add(digit.into()))
        }
    })
}
