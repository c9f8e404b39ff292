//! The parts of an archive as XML: an event at a time, each of them and their depth bounded, and no document types.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::fault::{Fault, Result};

pub(super) type Archive = ZipArchive<BufReader<File>>;
type Input<'a> = BufReader<ZipFile<'a, BufReader<File>>>;

/// A tag, or a text up to the next one.
const MOST_EVENT: usize = 16 << 20;
const MOST_DEPTH: u32 = 200;

/// A part under reading.
pub(super) struct Part<'a> {
    reader: Reader<Leash<Input<'a>>>,
    buffer: Vec<u8>,
    depth: u32,
}

/// Whether an archive has a part; names in any case, as Windows has them.
pub(super) fn find(archive: &Archive, path: &str) -> Option<String> {
    let mut names = archive.file_names().flatten().map(std::borrow::Cow::into_owned);
    names.find(|name| name.eq_ignore_ascii_case(path))
}

impl<'a> Part<'a> {
    pub fn open(archive: &'a mut Archive, path: &str) -> Result<Self> {
        let Some(name) = find(archive, path) else {
            return Fault::damaged(format!("it has no part `{path}`"));
        };
        let part = archive.by_name(&name).map_err(|error| Fault::Damaged(error.to_string().into()))?;
        let leash = Leash { inner: BufReader::with_capacity(1 << 16, part), taken: 0 };
        let mut reader = Reader::from_reader(leash);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, buffer: Vec::new(), depth: 0 })
    }

    /// The next event; an element that is empty begins and ends as any other.
    pub fn next(&mut self) -> Result<Event<'_>> {
        self.buffer.clear();
        self.reader.get_mut().taken = 0;
        let event = self.reader.read_event_into(&mut self.buffer);
        let event = event.map_err(|error| Fault::Damaged(error.to_string().into()))?;
        match &event {
            Event::DocType(_) => return Fault::damaged("a document type is declared"),
            Event::Start(_) if self.depth >= MOST_DEPTH => {
                return Fault::damaged("its elements lie too deep");
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Fault::damaged("a part ends too early"),
            _ => {}
        }
        Ok(event)
    }

    /// Calls a function for each start tag, until it has seen enough.
    pub fn each_tag(&mut self, mut see: impl FnMut(&BytesStart<'_>) -> Result<bool>) -> Result<()> {
        loop {
            match self.next()? {
                Event::Start(tag) if !see(&tag)? => return Ok(()),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

/// Adds what an event has of a text.
pub(super) fn push_text(event: &Event<'_>, text: &mut String) -> Result<()> {
    match event {
        Event::Text(more) => text.push_str(&more.xml10_content()),
        Event::CData(more) => text.push_str(&more.xml10_content()),
        Event::GeneralRef(reference) => text.push(letter(reference)?),
        _ => {}
    }
    if text.len() > MOST_EVENT {
        return Err(Fault::TooLarge("a text", MOST_EVENT as u64));
    }
    Ok(())
}

/// Extensible Markup Language 1.0, sections 4.1 and 4.6.
fn letter(reference: &BytesRef<'_>) -> Result<char> {
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => return Ok(letter),
        Ok(None) => {}
        Err(error) => return Err(Fault::Damaged(error.to_string().into())),
    }
    match &*reference.xml10_content() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Fault::damaged("an entity is none of the five of the standard"),
    }
}

/// The attributes of a tag, those written twice included: to look for them takes too long where there are many.
pub(super) fn attributes<'a>(tag: &'a BytesStart<'_>) -> impl Iterator<Item = Attribute<'a>> {
    let mut all = tag.attributes();
    all.with_checks(false);
    all.flatten()
}

/// The value of an attribute by its local name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = attributes(tag).find(|attribute| attribute.key.local_name().as_ref() == name);
    found.and_then(|attribute| value_of(&attribute))
}

pub(super) fn value_of(attribute: &Attribute<'_>) -> Option<String> {
    attribute.normalized_value(Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// Ends the reading when one event takes more than any should.
struct Leash<B> {
    inner: B,
    taken: usize,
}

impl<B: Read> Read for Leash<B> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.inner.read(room)
    }
}

impl<B: BufRead> BufRead for Leash<B> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > MOST_EVENT {
            return Err(io::Error::other("a tag or a text is too long"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.taken += count;
        self.inner.consume(count);
    }
}
