//! Where a broken chain of descriptor words goes on: the next place at which several of them fit together.

use super::chain::{Chain, Step};

/// So many records behind each other make a coincidence unlikely.
const ENOUGH: usize = 4;
/// The longest record and block that IBM's systems write (LRECL and BLKSIZE of at most 32,760).
const LONGEST: usize = 32_760;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    At(usize),
    /// The bytes at hand are too few to tell.
    NeedsMore,
    Nothing,
}

/// The first place from `from` on where the words of a chain fit.
pub(crate) fn search(chain: Chain, bytes: &[u8], from: usize, last: bool) -> Found {
    for place in from..bytes.len() {
        match fits(chain, bytes, place) {
            Fits::Well => return Found::At(place),
            Fits::ToTheEnd if last => return Found::At(place),
            Fits::ToTheEnd if bytes.len() - place < LONGEST * ENOUGH => return Found::NeedsMore,
            Fits::ToTheEnd | Fits::Not => {}
        }
    }
    if last { Found::Nothing } else { Found::NeedsMore }
}

/// Whether a block's word is no more than its length, which leaves out the long form: text looks like that all too often.
fn is_plain(bytes: &[u8], at: usize) -> bool {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    word.is_some_and(|[a, b, c, d]| (*a, *b) == (0, 0) || (*c, *d) == (0, 0))
}

enum Fits {
    Well,
    /// As far as there are bytes.
    ToTheEnd,
    Not,
}

fn fits(mut chain: Chain, bytes: &[u8], place: usize) -> Fits {
    chain.forget();
    let (mut at, mut records) = (place, 0);
    while records < ENOUGH {
        if at == bytes.len() {
            return if records > 0 { Fits::ToTheEnd } else { Fits::Not };
        }
        match chain.step(bytes, at) {
            Ok(Step::Passed(length)) if chain.left_in_block() <= LONGEST && is_plain(bytes, at) => {
                at += length;
            }
            Ok(Step::Record { word, length, .. }) if (1..=LONGEST).contains(&length) => {
                at += word + length;
                records += 1;
            }
            // A record that ends behind the bytes at hand fits only after another one did.
            Ok(Step::NeedsMore) if records > 0 => return Fits::ToTheEnd,
            _ => return Fits::Not,
        }
    }
    Fits::Well
}
