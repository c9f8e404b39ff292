//! How an unknown file of JSON would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::grammar::{Outline, scalar, skip_space, string, unescaped, value};
use super::path::pointer;
use crate::clues::{Candidate, Clue, Sample, Seen, quoted};
use crate::tree::window::beginning;

/// A text that begins with an object or array and keeps to the grammar.
pub(super) fn recognise(sample: &Sample) -> Option<Clue> {
    let (text, encoding) = beginning(&sample.bytes, |_| Ok(None))?;
    let mut begin = skip_space(&text, 0);
    let is_sequence = text.get(begin) == Some(&0x1e);
    if is_sequence {
        begin = skip_space(&text, begin + 1);
    }
    let first = text.get(begin).filter(|byte| matches!(byte, b'{' | b'['))?;
    let what = if *first == b'{' { "an object" } else { "an array" };
    let name = sample.name.to_ascii_lowercase();
    let is_named =
        [".json", ".jsonl", ".ndjson", ".geojson", ".jsonseq"].iter().any(|end| name.ends_with(end));
    let confidence = match value(&text, begin, sample.is_whole(), usize::MAX) {
        Outline::Ends(_) | Outline::TooDeep(_) => 1.0,
        Outline::Open if !sample.is_whole() => 0.99,
        Outline::Open => 0.9,
        Outline::Wrong(at, _) if at > begin + 40 || is_named => 0.8,
        Outline::Wrong(..) => return None,
    };
    let mut evidence = vec![format!("the file begins with {what} of JSON, in {}", encoding.name())];
    if is_sequence {
        evidence.push("records begin with the separator of a JSON text sequence".into());
    }
    Some(Clue { confidence, evidence })
}

/// The rows are where most objects stand side by side.
#[expect(clippy::unnecessary_wraps, reason = "the list of kinds asks for it")]
pub(super) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let Some((text, encoding)) = beginning(&seen.sample.bytes, |_| Ok(None)) else { return Ok(Vec::new()) };
    let begin = skip_space(&text, 0);
    let mut arrays = Arrays::default();
    let end = arrays.value(&text, begin, &mut Vec::new());
    let is_alone = end.is_none_or(|end| skip_space(&text, end) >= text.len());
    let mut options = String::from("[json]\n");
    let mut evidence = Vec::new();
    let best = arrays.found.iter().max_by_key(|(_, objects)| *objects);
    match (text.get(begin), best) {
        (Some(b'{'), Some((way, objects))) if is_alone => {
            let way = pointer(way.iter().map(String::as_str));
            let _ = writeln!(options, "rows = {}", quoted(&way));
            evidence.push(format!("`{way}` is an array with {objects} objects or more, taken for the rows"));
        }
        (Some(b'{'), _) if is_alone => {
            evidence.push("the document has no array of objects, so it is one row".into());
        }
        (Some(b'['), _) if is_alone => evidence.push("the elements of the array are rows".into()),
        _ => evidence.push("documents stand one behind the other; each is a row".into()),
    }
    Ok(vec![Candidate { options, encoding: encoding.name().to_ascii_lowercase(), evidence, layout: None }])
}

/// Arrays of objects in a document that may be cut off.
#[derive(Default)]
struct Arrays {
    found: Vec<(Vec<String>, usize)>,
}

/// Levels of a document that are searched for arrays.
const LEVELS: usize = 8;

impl Arrays {
    /// Looks at a value; none when the text ends within it.
    fn value(&mut self, text: &[u8], at: usize, way: &mut Vec<String>) -> Option<usize> {
        match text.get(at)? {
            b'{' if way.len() < LEVELS => self.object(text, at, way),
            b'[' => self.array(text, at, way),
            b'{' => ended(value(text, at, true, usize::MAX)),
            _ => ended(scalar(text, at, true)),
        }
    }

    fn object(&mut self, text: &[u8], at: usize, way: &mut Vec<String>) -> Option<usize> {
        let mut at = skip_space(text, at + 1);
        while text.get(at) == Some(&b'"') {
            let end = ended(string(text, at))?;
            let name = std::str::from_utf8(text.get(at + 1..end - 1)?).ok().and_then(unescaped)?;
            way.push(name);
            let after = self.value(text, skip_space(text, skip_space(text, end) + 1), way);
            way.pop();
            at = skip_space(text, after?);
            if text.get(at) == Some(&b',') {
                at = skip_space(text, at + 1);
            }
        }
        (text.get(at) == Some(&b'}')).then_some(at + 1)
    }

    fn array(&mut self, text: &[u8], at: usize, way: &[String]) -> Option<usize> {
        let mut objects = 0;
        let mut at = skip_space(text, at + 1);
        let end = loop {
            let Some(first) = text.get(at) else { break None };
            if *first == b']' {
                break Some(at + 1);
            }
            objects += usize::from(*first == b'{');
            let Some(end) = ended(value(text, at, true, usize::MAX)) else { break None };
            at = skip_space(text, end);
            if text.get(at) == Some(&b',') {
                at = skip_space(text, at + 1);
            }
        };
        if objects > 0 {
            self.found.push((way.to_vec(), objects));
        }
        end
    }
}

fn ended(outline: Outline) -> Option<usize> {
    match outline {
        Outline::Ends(end) | Outline::TooDeep(end) => Some(end),
        _ => None,
    }
}
