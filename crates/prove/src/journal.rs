//! The journal: where a batch of leaves becomes durable, in one write and one `fsync`.
//!
//! A frame holds the leaves of one commit with their salts, and the signed checkpoint they are under. Once a frame is durable
//! so is the commit; the tiles, salts and checkpoint files are written from it afterwards and need not be durable until the
//! journal is emptied. After a crash the frames are played again: the result is the same bytes, the same signature included, so
//! two different heads of one size can never exist.
//!
//! ```text
//! frame  = length u32 ‖ body ‖ SHA-256(length ‖ body)
//! body   = first index u64 ‖ checkpoint length u32 ‖ checkpoint ‖ { exchange 16 bytes ‖ salt 32 bytes ‖ entry length u16 ‖ entry }
//! ```
//! All numbers big-endian.

use concordat_record::{Place, Problem};
use concordat_sign::sha256;

use crate::tree::Hash;

/// The file.
pub(crate) const JOURNAL: &str = "journal";
const DIGEST: usize = 32;

/// A leaf on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The exchange id, as bytes.
    pub exchange: [u8; 16],
    pub salt: [u8; 32],
    pub entry: Vec<u8>,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The index of its first leaf.
    pub first: u64,
    /// The signed note over the tree with its last leaf.
    pub checkpoint: String,
    pub items: Vec<Item>,
}

impl Frame {
    /// The index after its last leaf.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        body.extend_from_slice(&self.first.to_be_bytes());
        body.extend_from_slice(&(self.checkpoint.len() as u32).to_be_bytes());
        body.extend_from_slice(self.checkpoint.as_bytes());
        for item in &self.items {
            body.extend_from_slice(&item.exchange);
            body.extend_from_slice(&item.salt);
            body.extend_from_slice(&(item.entry.len() as u16).to_be_bytes());
            body.extend_from_slice(&item.entry);
        }
        let mut frame = (body.len() as u32).to_be_bytes().to_vec();
        frame.append(&mut body);
        let digest: Hash = sha256(&frame);
        frame.extend_from_slice(&digest);
        frame
    }

    /// Takes the first frame off some bytes; none when they are not a whole and sound frame.
    fn take<'a>(bytes: &mut &'a [u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (body, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let (digest, rest) = rest.split_first_chunk::<DIGEST>()?;
        let framed: &'a [u8] = bytes.get(..4 + body.len())?;
        if sha256(framed) != *digest {
            return None;
        }
        let frame = Self::decode(body)?;
        *bytes = rest;
        Some(frame)
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let (first, rest) = body.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (checkpoint, mut rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let mut items = Vec::new();
        while !rest.is_empty() {
            let (exchange, after) = rest.split_first_chunk::<16>()?;
            let (salt, after) = after.split_first_chunk::<32>()?;
            let (length, after) = after.split_first_chunk::<2>()?;
            let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
            items.push(Item { exchange: *exchange, salt: *salt, entry: entry.into() });
            rest = after;
        }
        let checkpoint = String::from_utf8(checkpoint.into()).ok()?;
        Some(Self { first: u64::from_be_bytes(*first), checkpoint, items })
    }
}

/// The frames of a journal, one after the other, and the length of what was left unfinished at its end.
#[derive(Debug)]
pub(crate) struct Frames {
    pub frames: Vec<Frame>,
    /// Bytes after the last sound frame: a commit that was cut off before it was durable, and so was never acknowledged.
    pub unfinished: u64,
}

/// Reads a journal.
///
/// A frame that does not check is taken for a cut-off commit only where nothing can follow it; elsewhere it is damage.
///
/// # Errors
/// `prove.journal-damaged`, with the byte.
pub(crate) fn read_frames(journal: &[u8]) -> Result<Frames, Problem> {
    let mut rest = journal;
    let mut frames: Vec<Frame> = Vec::new();
    loop {
        let at = (journal.len() - rest.len()) as u64;
        let damaged = |sentence: &str| {
            Problem::new("prove.journal-damaged", sentence)
                .at(Place::file(JOURNAL).byte(at))
                .advise("restore the log from its backup; the leaves in the journal were promised")
        };
        match Frame::take(&mut rest) {
            Some(frame) if frames.last().is_none_or(|last| last.end() == frame.first) => frames.push(frame),
            Some(_) => return Err(damaged("a commit in the journal does not follow the one before it")),
            None if followed(rest) => return Err(damaged("a commit in the journal has been altered")),
            None => return Ok(Frames { frames, unfinished: rest.len() as u64 }),
        }
    }
}

/// Whether something stands behind the frame that these bytes begin with.
fn followed(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let frame = (u32::from_be_bytes(*length) as usize).saturating_add(DIGEST);
    rest.len() > frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u64) -> Frame {
        let item = |byte| Item { exchange: [byte; 16], salt: [byte; 32], entry: vec![byte; byte.into()] };
        Frame { first, checkpoint: "head\n".into(), items: vec![item(1), item(2)] }
    }

    #[test]
    fn frames_read_back() {
        let journal = [frame(5).encode(), frame(7).encode()].concat();
        let read = read_frames(&journal).unwrap();
        assert_eq!((read.frames, read.unfinished), (vec![frame(5), frame(7)], 0));
        assert!(read_frames(&[]).unwrap().frames.is_empty());
    }

    #[test]
    fn a_commit_cut_off_at_any_byte_is_left_out_and_the_ones_before_it_stay() {
        let first = frame(5).encode();
        let journal = [first.clone(), frame(7).encode()].concat();
        for end in first.len()..journal.len() {
            let read = read_frames(&journal[..end]).unwrap();
            assert_eq!(read.frames, vec![frame(5)]);
            assert_eq!(read.unfinished, (end - first.len()) as u64);
        }
    }

    #[test]
    fn a_commit_altered_in_the_middle_is_damage() {
        let first = frame(5).encode();
        let journal = [first.clone(), frame(7).encode()].concat();
        // Beyond the length, which could make the frame look longer than the file.
        for place in 4..first.len() {
            let mut altered = journal.clone();
            altered[place] ^= 1;
            assert_eq!(read_frames(&altered).unwrap_err().code, "prove.journal-damaged", "byte {place}");
        }
        let gap = [frame(5).encode(), frame(8).encode()].concat();
        assert_eq!(read_frames(&gap).unwrap_err().code, "prove.journal-damaged");
    }
}
