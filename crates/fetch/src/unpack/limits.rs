//! How much a packed file may become: a few kilobytes can hold a petabyte of zeros.

use std::io::{self, Read};

use concordat_record::{Place, Problem};

use crate::ahead::Bytes;
use crate::fault::carry;
use crate::tap::Count;

/// The limits of unpacking.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Unpacked bytes for one packed byte, once the first GiB is unpacked: before that, no harm can be done.
    pub ratio: u64,
    /// Unpacked bytes in all.
    pub bytes: u64,
    /// Bytes that a private copy on this machine's disk may have.
    pub copy: u64,
}

impl Limits {
    /// The limits that hold when nothing is said. No packing program reaches the ratio with records of a register: gzip packs
    /// zeros 1030 to 1, and nothing else better.
    pub const DEFAULT: Self = Self { ratio: 1000, bytes: 1 << 40, copy: 1 << 36 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Bytes for which the ratio is not looked at.
const HARMLESS: u64 = 1 << 30;

/// A stream of unpacked bytes that ends with a problem when there are too many.
pub(crate) struct Guarded {
    pub inner: Bytes,
    /// The packed bytes that were read for it.
    pub packed: Count,
    pub limits: Limits,
    pub unpacked: u64,
    pub shown: String,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.unpacked = self.unpacked.saturating_add(read as u64);
        if self.unpacked > self.limits.bytes {
            let sentence = format!("`{}` unpacks to more than {} bytes", self.shown, self.limits.bytes);
            return Err(carry(self.problem(sentence, "max_bytes")));
        }
        let allowed = self.packed.get().max(1).saturating_mul(self.limits.ratio);
        if self.unpacked > HARMLESS.max(allowed) {
            let sentence = format!(
                "`{}` unpacks to more than {} bytes for each packed one, as nothing honest does",
                self.shown, self.limits.ratio
            );
            return Err(carry(self.problem(sentence, "max_ratio")));
        }
        Ok(read)
    }
}

impl Guarded {
    fn problem(&self, sentence: String, option: &str) -> Problem {
        Problem::new("unpack.bomb", sentence)
            .at(Place::file(&self.shown))
            .advise(format!("look at what it holds; if it is right, raise `{option}` under `[unpack]`"))
    }
}
