//! Through the layers of a packed file down to the bytes that are meant.

use std::io;
use std::sync::Arc;

use concordat_record::{Place, Problem};

use super::limits::Guarded;
use super::magic::{HEAD, Looks, Packing, look};
use super::members::{Listing, Member};
use super::{Unpack, streams, tar, zip};
use crate::ahead::{Ahead, Bytes};
use crate::disk::OnDisk;
use crate::fault::problem_of;
use crate::tap::{Count, Counted, Tap};

/// Layers that are undone; a file within a file within a file is work, more is an attack.
const DEEPEST: usize = 8;

/// Bytes on their way, as far as they are unpacked.
pub(crate) struct Input {
    pub bytes: Ahead,
    /// The file that holds exactly these bytes, if one lies on this machine's disk.
    pub disk: Option<Arc<OnDisk>>,
    /// How many bytes there are, if that is known.
    pub size: Option<u64>,
    /// The packed bytes that have been read, and how many there are.
    pub packed: Count,
    pub packed_size: Option<u64>,
    /// What hashes the file as it is read, unless it is read in pieces.
    pub tap: Option<Tap>,
    /// How it is called in messages.
    pub shown: String,
}

/// One layer that is undone.
#[derive(Clone, Debug)]
enum Step {
    Undo(Packing),
    Member(Packing, Member),
}

/// A file on this machine's disk, and how it is called.
#[derive(Clone, Debug)]
struct Bottom {
    disk: Arc<OnDisk>,
    shown: String,
    /// Whether it holds what a file unpacks to, and not the file's own bytes.
    is_unpacked: bool,
}

/// The way from a file as it lies to bytes in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail {
    /// Where it begins, when that is a file on this machine's disk and not where the file was found.
    bottom: Option<Bottom>,
    steps: Vec<Step>,
    /// Why an archive on the way ends early: to be told when all that is there was read.
    pub fault: Option<Problem>,
}

impl Trail {
    /// Whether it leads to other bytes than those of the file.
    pub fn is_packed(&self) -> bool {
        !self.steps.is_empty() || self.bottom.as_ref().is_some_and(|bottom| bottom.is_unpacked)
    }

    /// The names of the files in archives that it leads through, each behind an exclamation mark.
    pub fn shown(&self, file: &str) -> String {
        let mut shown = self.bottom.as_ref().map_or(file, |bottom| &bottom.shown).to_owned();
        for step in &self.steps {
            if let Step::Member(_, member) = step {
                shown.push('!');
                shown.push_str(&crate::fault::harmless(&member.name));
            }
        }
        shown
    }
}

/// What was found at the bottom.
pub(crate) enum Dug {
    /// The bytes that are meant.
    Bytes(Box<(Trail, Input)>),
    /// Several files of an archive are meant.
    Several(Vec<Trail>),
}

/// What a file is opened with.
pub(crate) struct Layers<'a> {
    pub unpack: &'a Unpack,
    /// How the file is called.
    pub shown: &'a str,
    /// Opens it where it was found.
    pub open: &'a dyn Fn() -> Result<Input, Problem>,
    /// The file on this machine's disk: itself, or a copy.
    pub on_disk: &'a dyn Fn() -> Result<Arc<OnDisk>, Problem>,
}

impl Layers<'_> {
    /// Follows a trail as far as it leads, then undoes what is still packed.
    pub fn dig(&self, mut trail: Trail) -> Result<Dug, Problem> {
        let mut input = self.follow(&trail)?;
        if !self.unpack.recognise {
            return Ok(Dug::Bytes(Box::new((trail, input))));
        }
        loop {
            let head = input.bytes.peek(HEAD).map_err(|error| problem_of(&input.shown, &error))?;
            let packing = match look(head) {
                Looks::Plain => return Ok(Dug::Bytes(Box::new((trail, input)))),
                Looks::Foreign(name) => return Err(foreign(&input.shown, name)),
                Looks::Packed(packing) => packing,
            };
            if trail.steps.len() >= DEEPEST {
                let sentence = format!("`{}` is packed more than {DEEPEST} times", input.shown);
                return Err(Problem::new("unpack.too-deep", sentence).at(Place::file(self.shown)));
            }
            if !matches!(packing, Packing::Zip | Packing::Tar) {
                trail.steps.push(Step::Undo(packing));
                input = self.undone(packing, input)?;
                continue;
            }
            // An archive is gone through more than once, so it must lie here.
            if trail.bottom.is_none() {
                drop(input);
                let (disk, shown) = ((self.on_disk)()?, self.shown.to_owned());
                trail.bottom = Some(Bottom { disk, shown, is_unpacked: false });
                input = self.follow(&trail)?;
            }
            if packing == Packing::Zip && input.disk.is_none() {
                let copy = OnDisk::copy(&mut input.bytes, self.unpack.limits.copy, &input.shown)?;
                trail.bottom = Some(Bottom { disk: Arc::new(copy), shown: input.shown, is_unpacked: true });
                trail.steps.clear();
                input = self.follow(&trail)?;
            }
            let Some(listing) = listing(packing, &mut input)? else {
                return Ok(Dug::Bytes(Box::new((trail, input))));
            };
            let (chosen, fault) = listing.chosen(self.unpack.member.as_ref(), &input.shown)?;
            trail.fault = trail.fault.or(fault);
            let mut trails = chosen.into_iter().map(|member| {
                let mut next = trail.clone();
                next.steps.push(Step::Member(packing, member));
                next
            });
            match (trails.next(), trails.len()) {
                (Some(only), 0) => trail = only,
                (first, _) => return Ok(Dug::Several(first.into_iter().chain(trails).collect())),
            }
            input = self.follow(&trail)?;
        }
    }

    /// Opens what a trail leads to.
    fn follow(&self, trail: &Trail) -> Result<Input, Problem> {
        let mut input = match &trail.bottom {
            None => (self.open)()?,
            Some(Bottom { disk, shown, .. }) => {
                Input::on_disk(disk.clone(), shown).map_err(|error| problem_of(shown, &error))?
            }
        };
        for step in &trail.steps {
            input = match step {
                Step::Undo(packing) => self.undone(*packing, input)?,
                Step::Member(packing, member) => self.member(*packing, member, input)?,
            };
        }
        Ok(input)
    }

    fn undone(&self, packing: Packing, input: Input) -> Result<Input, Problem> {
        let shown = input.shown.as_str();
        let bytes = match packing {
            Packing::Gzip => streams::gzip(input.bytes, shown),
            Packing::Bzip2 => streams::bzip2(input.bytes, shown),
            _ => streams::zstd(input.bytes, shown).map_err(|error| problem_of(shown, &error))?,
        };
        let bytes = self.guarded(bytes, &input.packed, shown);
        Ok(Input { bytes, disk: None, size: None, ..input })
    }

    fn member(&self, packing: Packing, member: &Member, input: Input) -> Result<Input, Problem> {
        let archive = input.shown.as_str();
        let shown = format!("{archive}!{}", crate::fault::harmless(&member.name));
        if packing == Packing::Tar {
            let bytes = tar::open(Box::new(input.bytes), member, archive)?;
            let bytes = self.guarded(bytes, &input.packed, &shown);
            return Ok(Input { bytes, disk: None, size: member.size, shown, ..input });
        }
        let disk = input.disk.as_ref().ok_or_else(|| {
            Problem::new("fetch.cannot-read", format!("`{archive}` does not lie on a disk any more"))
        })?;
        let packed = Count::default();
        let (bytes, packed_size) = zip::open(disk, member, &packed, archive)?;
        let bytes = self.guarded(bytes, &packed, &shown);
        Ok(Input { bytes, disk: None, size: member.size, packed, packed_size, tap: None, shown })
    }

    fn guarded(&self, inner: Bytes, packed: &Count, shown: &str) -> Ahead {
        let (packed, limits, shown) = (packed.clone(), self.unpack.limits, shown.to_owned());
        Ahead::new(Box::new(Guarded { inner, packed, limits, unpacked: 0, shown }))
    }
}

impl Input {
    /// A file on this machine's disk from its beginning.
    fn on_disk(disk: Arc<OnDisk>, shown: &str) -> io::Result<Self> {
        let packed = Count::default();
        let counted = Counted { inner: disk.open()?, count: packed.clone() };
        let (size, shown) = (Some(disk.size()), shown.to_owned());
        let bytes = Ahead::new(Box::new(counted));
        Ok(Self { bytes, disk: Some(disk), size, packed, packed_size: size, tap: None, shown })
    }
}

/// What an archive holds; none when a program's document only happens to be one.
fn listing(packing: Packing, input: &mut Input) -> Result<Option<Listing>, Problem> {
    if let (Packing::Zip, Some(disk)) = (packing, &input.disk) {
        return zip::listing(disk, &input.shown);
    }
    let bytes = std::mem::replace(&mut input.bytes, Ahead::new(Box::new(io::empty())));
    tar::listing(Box::new(bytes), &input.shown).map(Some)
}

fn foreign(shown: &str, name: &str) -> Problem {
    Problem::new("unpack.unknown-packing", format!("`{shown}` is packed by {name}, which is not undone here"))
        .at(Place::file(shown))
        .advise("pack it as gzip, bzip2, zstd, zip or tar, or unpack it before it is read")
}
