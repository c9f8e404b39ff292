//! Sparse files: the pieces that are stored, and the holes between them (GNU tar, *Storing Sparse Files*).

use std::io::{self, Read};

use ::tar::{EntryType, GnuExtSparseHeader, Header};

use super::announced::Announced;
use super::{BLOCK, Walk};
use crate::ahead::read_full;
use crate::fault::carry;
use crate::unpack::streams::truncated;

/// Pieces of a sparse file that are kept in mind.
const MOST_PIECES: usize = 1 << 16;

impl Walk {
    /// The pieces of a sparse file: in its header (GNU), in the extended header (versions 0.0 and 0.1), or before its bytes (1.0).
    pub(super) fn pieces(
        &mut self,
        header: &Header,
        announced: &Announced,
    ) -> io::Result<Option<Vec<(u64, u64)>>> {
        if header.entry_type() == EntryType::GNUSparse {
            return self.pieces_in_headers(header).map(Some);
        }
        let numbers = if announced.number("GNU.sparse.major") == Some(1) {
            self.pieces_before_bytes()?
        } else if let Some(map) = announced.pax.get("GNU.sparse.map") {
            map.split(',').map_while(|number| number.parse().ok()).collect()
        } else if announced.pieces.is_empty() {
            return Ok(None);
        } else {
            announced.pieces.clone()
        };
        Ok(Some(numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()))
    }

    fn pieces_in_headers(&mut self, header: &Header) -> io::Result<Vec<(u64, u64)>> {
        let mut pieces = Vec::new();
        let Some(gnu) = header.as_gnu() else { return Err(self.damaged("a sparse file has no map")) };
        let stored = self.left;
        let mut add = |piece: &::tar::GnuSparseHeader| -> io::Result<()> {
            if !piece.is_empty() {
                pieces.push((piece.offset()?, piece.length()?));
            }
            Ok(())
        };
        gnu.sparse.iter().try_for_each(&mut add)?;
        let mut more = gnu.is_extended();
        let mut blocks = 0;
        while more {
            let Some(block) = self.block()? else { return Err(carry(truncated(&self.shown, "tar"))) };
            let mut extension = GnuExtSparseHeader::new();
            extension.as_mut_bytes().copy_from_slice(&block);
            extension.sparse().iter().try_for_each(&mut add)?;
            more = extension.is_extended();
            blocks += 1;
            if blocks > MOST_PIECES / 21 {
                return Err(self.damaged("a sparse file has too many pieces"));
            }
        }
        self.enter(stored);
        Ok(pieces)
    }

    /// Version 1.0: numbers in decimal, one a line, filled up to a block; they count as bytes of the entry.
    fn pieces_before_bytes(&mut self) -> io::Result<Vec<u64>> {
        let mut numbers: Vec<u64> = Vec::new();
        let mut digits = String::new();
        loop {
            let wanted = numbers.first().map(|pieces| pieces.saturating_mul(2).saturating_add(1));
            if wanted.is_some_and(|wanted| numbers.len() as u64 >= wanted) {
                numbers.remove(0);
                return Ok(numbers);
            }
            let mut block = [0; BLOCK];
            if read_full(self, &mut block)? < BLOCK {
                return Err(carry(truncated(&self.shown, "tar")));
            }
            for byte in block {
                match byte {
                    b'0'..=b'9' if digits.len() < 20 => digits.push(char::from(byte)),
                    b'\n' => {
                        let number = digits.parse().map_err(|_| self.damaged("a sparse file has no map"))?;
                        numbers.push(number);
                        digits.clear();
                    }
                    _ => break,
                }
            }
            if numbers.len() > 2 * MOST_PIECES || numbers.is_empty() {
                return Err(self.damaged("a sparse file has too many pieces"));
            }
        }
    }

    pub(super) fn refuse_unsound(&self, pieces: &[(u64, u64)], size: u64) -> io::Result<()> {
        let mut end = 0u64;
        for (offset, length) in pieces {
            let next = offset.checked_add(*length).filter(|next| *offset >= end && *next <= size);
            end = next.ok_or_else(|| self.damaged("the pieces of a sparse file do not fit together"))?;
        }
        if pieces.len() > MOST_PIECES {
            return Err(self.damaged("a sparse file has too many pieces"));
        }
        Ok(())
    }
}

/// A file with holes, which are zeros.
pub(super) struct Sparse {
    walk: Walk,
    pieces: std::vec::IntoIter<(u64, u64)>,
    piece: (u64, u64),
    at: u64,
    size: u64,
}

impl Sparse {
    pub fn new(walk: Walk, pieces: Vec<(u64, u64)>, size: u64) -> Self {
        Self { walk, pieces: pieces.into_iter(), piece: (0, 0), at: 0, size }
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.at >= self.size {
            return Ok(0);
        }
        while self.at >= self.piece.0 + self.piece.1 {
            let Some(piece) = self.pieces.next() else {
                self.piece = (self.size, 0);
                break;
            };
            self.piece = piece;
        }
        let (offset, length) = self.piece;
        let hole = self.at < offset;
        let until = if hole { offset } else { offset + length };
        let most = usize::try_from(until - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let room = buffer.get_mut(..most).unwrap_or_default();
        let read = if hole {
            room.fill(0);
            room.len()
        } else {
            self.walk.read(room)?
        };
        if read == 0 {
            return Err(carry(truncated(&self.walk.shown, "tar")));
        }
        self.at += read as u64;
        Ok(read)
    }
}
