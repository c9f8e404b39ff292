//! Whether a file is a table of dBase, and how it would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::beside;
use super::coding::coding;
use super::geometry::LIVE;
use super::header::Header;
use super::kind::memo_endings;
use super::letters::Letters;
use crate::clues::{Candidate, Clue, Sample, Seen, quoted};

/// A table shows in its version, and in fields that fill its records.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    let header = Header::parse(&sample.bytes, sample.size, &sample.name).ok()?;
    let version = sample.bytes.first()?;
    let mut evidence =
        vec![format!("the first byte, {version:02x}, is the version of {}", header.written_by())];
    let fields = header.fields.len();
    let length = header.geometry.record_length;
    evidence.push(format!("the header describes {fields} fields; a record has {length} bytes"));
    evidence.extend(header.geometry.corrections.iter().cloned());
    let are_known = header.fields.iter().all(|field| b"CNFDLMGPBWIYTVQO@+0".contains(&field.letter));
    let is_dated = matches!(sample.bytes.get(1..4), Some([_, month, day]) if *month <= 12 && *day <= 31);
    let is_named = sample.name.to_ascii_lowercase().ends_with(".dbf");
    let doubts = [!header.geometry.corrections.is_empty(), !are_known, !is_dated, !is_named];
    let doubts = doubts.iter().filter(|doubt| **doubt).count();
    let confidence = match doubts {
        0 => 0.99,
        1 => 0.95,
        2 => 0.8,
        _ => 0.4,
    };
    Some(Clue { confidence, evidence })
}

/// Reads the table as it says; names an encoding where it does not say one and has letters beyond ASCII.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let sample = seen.sample;
    let header = Header::parse(&sample.bytes, sample.size, &sample.name)?;
    let letters = Letters::of(&header, beside::code_page(seen.at).as_deref());
    let mut options = String::from("[dbase]\n");
    let mut evidence = counts(&header, sample);
    let has_memos = header.fields.iter().any(|field| field.is_memo(header.generation));
    if has_memos && beside::find(seen.at, memo_endings(&header)).is_none() {
        options.push_str("memo = \"\"\n");
        evidence.push("the table has memos, and their file is not beside it: they are left out".into());
    }
    let mut encodings = vec![letters.name().to_owned()];
    if letters.is_unknown()
        && let Some(guesses) = guess(&header, sample)
    {
        evidence.push("the table does not say its code page; the one proposed gives the most letters".into());
        encodings = guesses;
    }
    let is_guessed = letters.is_unknown() && encodings.first().is_some_and(|name| name != "ascii");
    let layout = layout(&header, &letters);
    let candidates = encodings.into_iter().map(|encoding| {
        let line = if is_guessed { format!("encoding = {}\n", quoted(&encoding)) } else { String::new() };
        Candidate {
            options: format!("{options}{line}"),
            encoding,
            evidence: evidence.clone(),
            layout: Some(layout.clone()),
        }
    });
    Ok(candidates.collect())
}

/// What the header counts, beside what the size of the file allows.
fn counts(header: &Header, sample: &Sample) -> Vec<String> {
    let geometry = &header.geometry;
    let room = sample.size.saturating_sub(geometry.first_record as u64) / geometry.record_length as u64;
    if room == header.counted {
        return vec![format!("the file has room for the {room} records that its header counts")];
    }
    vec![format!("the header counts {} records; the file has room for {room}", header.counted)]
}

/// The texts of the live records in the sample that are not ASCII.
fn foreign_texts<'a>(header: &'a Header, sample: &'a Sample) -> impl Iterator<Item = &'a [u8]> {
    let geometry = &header.geometry;
    let records = sample.bytes.get(geometry.first_record..).unwrap_or_default();
    let records = records.chunks_exact(geometry.record_length).filter(|record| record.first() == Some(&LIVE));
    let texts = header.fields.iter().filter(|field| field.letter == b'C' && !field.is_binary());
    let cells = records.flat_map(move |record| {
        texts.clone().filter_map(move |field| record.get(field.offset..field.offset + field.length))
    });
    cells.filter(|cell| !cell.is_ascii())
}

/// Encodings in the order of how much of the texts they make letters; none when all texts are ASCII.
fn guess(header: &Header, sample: &Sample) -> Option<Vec<String>> {
    const USUAL: [&str; 9] = [
        "utf-8",
        "windows-1252",
        "cp850",
        "cp437",
        "cp852",
        "windows-1250",
        "ibm866",
        "windows-1251",
        "cp737",
    ];
    let texts: Vec<&[u8]> = foreign_texts(header, sample).take(2000).collect();
    texts.first()?;
    let mut scored: Vec<(i64, &str)> =
        USUAL.iter().filter_map(|name| Some((score(name, &texts)?, *name))).collect();
    scored.sort_by_key(|(score, _)| -score);
    Some(scored.into_iter().map(|(_, name)| name.to_owned()).collect())
}

/// Letters count for an encoding; marks, and capitals behind small letters, count against it.
fn score(name: &str, texts: &[&[u8]]) -> Option<i64> {
    let letters = Letters::named(name).ok()?;
    let mut score = 0;
    for raw in texts {
        let mut text = Vec::new();
        if !letters.decode_into(raw, &mut text) {
            score -= 10;
            continue;
        }
        let text = String::from_utf8_lossy(&text);
        let mut before = ' ';
        for letter in text.chars() {
            if !letter.is_ascii() {
                score += if letter.is_alphabetic() && is_of_one_script(before, letter) { 1 } else { -2 };
            }
            if letter.is_uppercase() && before.is_lowercase() {
                score -= 2;
            }
            before = letter;
        }
        // Fewer, longer characters that are valid at all are hardly an accident.
        score += if name == "utf-8" { 20 } else { 0 };
    }
    Some(score)
}

/// A Latin letter is no neighbour of a Greek or Cyrillic one.
fn is_of_one_script(before: char, letter: char) -> bool {
    let is_latin = |letter: char| letter < '\u{370}';
    !before.is_alphabetic() || is_latin(before) == is_latin(letter)
}

/// The fields with their places, as a listing of the structure has them.
fn layout(header: &Header, letters: &Letters) -> String {
    let mut text = format!("{}, records from byte {}\n", header.written_by(), header.geometry.first_record);
    let _ = writeln!(text, "{:>6} {:>6} {:>8}  {:<4} field", "offset", "length", "decimals", "type");
    for field in &header.fields {
        let name = letters.lossy(&field.name);
        let (letter, decimals) = (char::from(field.letter), field.decimals);
        let _ = writeln!(
            text,
            "{:>6} {:>6} {:>8}  {letter:<4} {name}: {}",
            field.offset,
            field.length,
            decimals,
            coding(field, header.generation).data_type()
        );
    }
    text
}
