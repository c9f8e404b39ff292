//! Records behind length words, in every spelling in which such words come, and text lines.

use std::fmt::Write as _;
use std::ops::Range;

use super::Structure;
use crate::clues::Sample;
use crate::copybook::frames::{Descriptors, Divided, Framing, LengthWord, LineEnd, Lines, WordForm};

/// A spelling of a length word, with its lines in the source file.
struct Spelling {
    word: LengthWord,
    options: Vec<&'static str>,
    shown: &'static str,
}

fn spellings() -> Vec<Spelling> {
    let mut all = Vec::new();
    for little_endian in [false, true] {
        for counts_itself in [true, false] {
            for form in [WordForm::Ibm, WordForm::Long, WordForm::Short] {
                let mut options = Vec::new();
                options.extend(little_endian.then_some("byte_order = \"little\""));
                options.extend((!counts_itself).then_some("counts_itself = false"));
                options.extend(match form {
                    WordForm::Ibm => None,
                    WordForm::Long => Some("length_bytes = \"4\""),
                    WordForm::Short => Some("length_bytes = \"2\""),
                });
                let mut word = LengthWord { form, little_endian, adjustment: 0 };
                if !counts_itself {
                    word.adjustment = word.bytes() as i64;
                }
                let shown = match (little_endian, counts_itself) {
                    (false, true) => "highest byte first, counting itself",
                    (false, false) => "highest byte first, not counting itself",
                    (true, true) => "lowest byte first, counting itself",
                    (true, false) => "lowest byte first, not counting itself",
                };
                all.push(Spelling { word, options, shown });
            }
        }
    }
    all
}

/// The fewest records that are a chain and no coincidence, by how much of a word is checked.
fn enough(word: LengthWord) -> usize {
    match word.form {
        WordForm::Ibm | WordForm::Long => 3,
        WordForm::Short => 12,
    }
}

/// Every chain that the sample hangs together in: in blocks first, because a block's word and a record's look alike.
pub(super) fn chains(sample: &Sample) -> Vec<Structure> {
    let mut found = Vec::new();
    for record in spellings() {
        for block in spellings().into_iter().map(Some).chain([None]) {
            if block.as_ref().is_some_and(|block| block.word.form != record.word.form) {
                continue;
            }
            found.extend(chain(sample, &record, block.as_ref()));
        }
    }
    // A shorter form of the same word divides the same records where lengths are small.
    found.sort_by(|a: &Structure, b: &Structure| {
        b.confidence.total_cmp(&a.confidence).then(a.options.len().cmp(&b.options.len()))
    });
    found.dedup_by(|a, b| a.records == b.records);
    found.truncate(4);
    found
}

fn chain(sample: &Sample, record: &Spelling, block: Option<&Spelling>) -> Option<Structure> {
    let divide = |spanned: bool| {
        let framing = Descriptors::new(record.word, block.map(|block| block.word));
        let mut framing = if spanned { framing.spanned() } else { framing };
        let divided = all(&mut framing, &sample.bytes, sample.is_whole());
        (framing.format(), divided)
    };
    let (mut format, mut divided) = divide(false);
    if divided.is_none() && record.options.is_empty() {
        (format, divided) = divide(true);
    }
    let (records, blocks) = divided?;
    let with_bytes = records.iter().filter(|place| !place.is_empty()).count();
    if with_bytes < enough(record.word) || with_bytes * 2 < records.len() {
        return None;
    }
    let mut options = format!("record_format = \"{format}\"\n");
    for (key, spelling) in [("record_word", Some(record)), ("block_word", block)] {
        if let Some(spelling) = spelling.filter(|spelling| !spelling.options.is_empty()) {
            let _ = writeln!(options, "{key} = {{ {} }}", spelling.options.join(", "));
        }
    }
    let (shortest, longest) = extremes(&records);
    let lengths = if shortest == longest {
        format!("of {longest} bytes")
    } else {
        format!("of {shortest} to {longest} bytes")
    };
    let mut evidence = vec![format!(
        "the beginning of the file is {} records behind their length ({}), {lengths}",
        records.len(),
        record.shown
    )];
    if let Some(block) = block {
        evidence.push(format!("they stand in blocks behind their length ({})", block.shown));
    }
    if blocks {
        evidence.push("some records are in several parts".into());
    }
    // Blocks explain more than records alone; the usual spelling is likelier than the others.
    let plain = record.options.is_empty() && block.is_none_or(|block| block.options.is_empty());
    let confidence = 0.94 + if plain { 0.02 } else { 0.0 } + if block.is_some() { 0.03 } else { 0.0 };
    Some(Structure { options, records, length: None, confidence, evidence })
}

/// The records of the sample, and whether some were put together; none when the chain breaks.
fn all(framing: &mut Descriptors, bytes: &[u8], is_whole: bool) -> Option<(Vec<Range<usize>>, bool)> {
    let mut records = Vec::new();
    let (mut at, mut is_joined) = (0, false);
    loop {
        let rest = bytes.get(at..)?;
        let divided: Divided = framing.divide(rest, is_whole);
        if divided.broken.is_some() || !divided.gaps.is_empty() {
            return None;
        }
        match &divided.joined {
            None => records
                .extend(divided.starts.iter().zip(&divided.ends).map(|(start, end)| at + start..at + end)),
            Some(joined) => {
                // Of a record in several parts, the first one is looked at.
                for (start, end) in divided.starts.iter().zip(&divided.ends) {
                    let seam = joined.seams.partition_point(|seam| seam.at <= *start).checked_sub(1);
                    let seam = joined.seams.get(seam?)?;
                    let next = joined
                        .seams
                        .iter()
                        .find(|next| next.at > *start)
                        .map_or(*end, |next| next.at.min(*end));
                    is_joined |= next < *end;
                    let begin = at + usize::try_from(seam.byte_offset).ok()?;
                    records.push(begin..begin + (next - start));
                }
            }
        }
        if divided.used == 0 {
            return Some((records, is_joined));
        }
        at += divided.used;
    }
}

/// EBCDIC text lines.
pub(super) fn lines(sample: &Sample) -> Option<Structure> {
    let mut framing = Lines::new(true, LineEnd::Any);
    let divided = framing.divide(&sample.bytes, sample.is_whole());
    let records: Vec<Range<usize>> =
        divided.starts.into_iter().zip(divided.ends).map(|(start, end)| start..end).collect();
    let text =
        sample.bytes.iter().filter(|byte| **byte >= 0x40 || matches!(**byte, 0x15 | 0x25 | 0x0d)).count();
    let (shortest, longest) = extremes(&records);
    let is_text = text * 1000 >= sample.bytes.len() * 999;
    if records.len() < 3 || longest > 4096 || !is_text {
        return None;
    }
    let evidence = vec![format!(
        "the beginning of the file is {} lines of {shortest} to {longest} bytes",
        records.len()
    )];
    Some(Structure {
        options: "record_format = \"D\"\n".into(),
        records,
        length: None,
        confidence: 0.9,
        evidence,
    })
}

fn extremes(records: &[Range<usize>]) -> (usize, usize) {
    let lengths = || records.iter().map(ExactSizeIterator::len);
    (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0))
}
