//! What the sheets of a workbook have in common: where they are, the texts that they share, and what numbers show.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::super::fault::{Fault, Result};
use super::super::number_format::Shows;
use super::super::part::{Archive, Part, attribute, attributes, find, push_text};
use super::super::shared::SharedTexts;

/// More relationships, sheets, or formats than this are those of no workbook.
const MOST: usize = 100_000;

/// A sheet as the workbook lists it.
#[derive(Debug)]
pub(super) struct Listed {
    pub name: String,
    pub is_hidden: bool,
    /// Of its part.
    pub path: String,
}

/// What holds for all sheets.
#[derive(Debug)]
pub(super) struct Workbook {
    /// Those with cells.
    pub sheets: Vec<Listed>,
    pub texts: SharedTexts,
    /// What numbers in cells of each format show.
    shows: Vec<Shows>,
    pub is_1904: bool,
}

/// Relationships of a part (ECMA-376, Part 2, section 6.5): by their names, of which kind each is and the part that it leads to.
type Relationships = HashMap<String, (String, String)>;

impl Workbook {
    pub fn read(archive: &mut Archive) -> Result<Self> {
        let whole = relationships(archive, "")?;
        let main = whole.into_values().find(|(kind, _)| kind.ends_with("/officeDocument"));
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |(_, path)| path);
        let related = relationships(archive, &main)?;
        let (sheets, is_1904) = sheets(archive, &main, &related)?;
        let path_of = |kind: &str| related.values().find(|(of, _)| of.ends_with(kind)).map(|(_, path)| path);
        let shows = match path_of("/styles") {
            Some(path) => styles(archive, path)?,
            None => Vec::new(),
        };
        let texts = match path_of("/sharedStrings") {
            Some(path) => shared_texts(archive, path)?,
            None => SharedTexts::default(),
        };
        Ok(Self { sheets, texts, shows, is_1904 })
    }

    /// What a number in a cell shows, by the number of the cell's format.
    pub fn shows(&self, format: usize) -> Shows {
        self.shows.get(format).copied().unwrap_or_default()
    }
}

/// Those of a part; of the whole archive when it has no name.
fn relationships(archive: &mut Archive, part: &str) -> Result<Relationships> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let path = resolved(folder, &format!("_rels/{name}.rels"));
    let mut found = Relationships::new();
    if find(archive, &path).is_none() {
        return Ok(found);
    }
    Part::open(archive, &path)?.each_tag(|tag| {
        let is_inside = attribute(tag, "TargetMode").as_deref() != Some("External");
        if let (Some(id), Some(kind), Some(target), true) =
            (attribute(tag, "Id"), attribute(tag, "Type"), attribute(tag, "Target"), is_inside)
        {
            found.insert(id, (kind, resolved(folder, &target)));
        }
        Ok(found.len() < MOST)
    })?;
    Ok(found)
}

/// The path of a part, from the folder of the one that names it.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Section 18.2: the sheets with cells, and whether days are counted from 1904.
fn sheets(archive: &mut Archive, path: &str, related: &Relationships) -> Result<(Vec<Listed>, bool)> {
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    Part::open(archive, path)?.each_tag(|tag| {
        match tag.local_name().as_ref() {
            "workbookPr" => is_1904 = is_set(tag, "date1904"),
            "sheet" => {
                let part = attribute(tag, "id").and_then(|id| related.get(&id));
                let part = part.filter(|(kind, _)| kind.ends_with("/worksheet"));
                if let (Some((_, path)), Some(name)) = (part, attribute(tag, "name")) {
                    let is_hidden = attribute(tag, "state").is_some_and(|state| state != "visible");
                    sheets.push(Listed { name, is_hidden, path: path.clone() });
                }
            }
            _ => {}
        }
        Ok(sheets.len() < MOST)
    })?;
    Ok((sheets, is_1904))
}

/// Whether an attribute is true, in one of the ways to write it.
pub(super) fn is_set(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

/// Section 18.8: what numbers show in each format of cells.
fn styles(archive: &mut Archive, path: &str) -> Result<Vec<Shows>> {
    let mut codes: HashMap<u32, Shows> = HashMap::new();
    let mut shows = Vec::new();
    let mut is_of_cells = false;
    Part::open(archive, path)?.each_tag(|tag| {
        let number = || attribute(tag, "numFmtId").and_then(|number| number.parse::<u32>().ok());
        match tag.local_name().as_ref() {
            "numFmt" => {
                let code = attribute(tag, "formatCode").map(|code| Shows::of_code(&code));
                codes.extend(number().zip(code));
            }
            "cellXfs" => is_of_cells = true,
            "cellStyleXfs" | "cellStyles" | "dxfs" => is_of_cells = false,
            "xf" if is_of_cells => {
                let number = number().unwrap_or_default();
                let common = || Shows::of_number(u16::try_from(number).unwrap_or_default());
                shows.push(codes.get(&number).copied().unwrap_or_else(common));
            }
            _ => {}
        }
        Ok(shows.len().max(codes.len()) < MOST)
    })?;
    Ok(shows)
}

/// Section 18.4.9. How many there are said to be is of no interest.
fn shared_texts(archive: &mut Archive, path: &str) -> Result<SharedTexts> {
    let mut part = Part::open(archive, path)?;
    let (mut texts, mut text) = (SharedTexts::default(), String::new());
    loop {
        match part.next()? {
            Event::Start(tag) if tag.local_name().as_ref() == "si" => {
                text.clear();
                read_text(&mut part, &mut text)?;
                texts.push(&text)?;
            }
            Event::Eof => return Ok(texts),
            _ => {}
        }
    }
}

/// Reads the text of an element that has begun, up to its end: plain or in runs (section 18.4), without how it is pronounced.
pub(super) fn read_text(part: &mut Part<'_>, text: &mut String) -> Result<()> {
    let (mut depth, mut pronounced) = (1u32, None);
    let mut begin = None;
    loop {
        let event = part.next()?;
        match &event {
            Event::Start(tag) => {
                depth += 1;
                match tag.local_name().as_ref() {
                    "rPh" => pronounced = pronounced.or(Some(depth)),
                    "t" if pronounced.is_none() => {
                        let keeps = attributes(tag).any(|attribute| {
                            attribute.key.local_name().as_ref() == "space" && *attribute.value == *"preserve"
                        });
                        begin = Some((text.len(), keeps));
                    }
                    _ => {}
                }
            }
            Event::End(_) => {
                if let Some((from, keeps)) = begin.take() {
                    finish_text(text, from, keeps);
                }
                if pronounced == Some(depth) {
                    pronounced = None;
                }
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            }
            Event::Eof => return Fault::damaged("a part ends too early"),
            event if begin.is_some() => push_text(event, text)?,
            _ => {}
        }
    }
}

/// White space around a text counts only when it says so.
fn finish_text(text: &mut String, from: usize, keeps: bool) {
    let own = text.get(from..).unwrap_or_default();
    let own = if keeps { own } else { own.trim_matches([' ', '\t', '\r', '\n']) };
    let own = unescaped(own);
    text.truncate(from);
    text.push_str(&own);
}

/// `_x000D_` is a letter that XML cannot hold (section 22.9.2.19).
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        let digits = escape.get(2..6).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.filter(|_| escape.get(6..7) == Some("_"));
        let letter = unit.and_then(|unit| char::from_u32(u32::from_str_radix(unit, 16).ok()?));
        let (letter, length) = letter.map_or(('_', 1), |letter| (letter, 7));
        plain.push(letter);
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}
