//! Places entries in a record, one behind the other or over each other.

use concordat_record::{Problem, Problems, nearest};

use super::hold::{coding, without_picture};
use super::{Content, Field, Occurs};
use crate::copybook::coding::{BinarySize, Coding};
use crate::copybook::syntax::{Entry, SignClause, Usage};
use crate::copybook::text::{Files, Mark};

/// The usage, sign and alignment of a group hold for what is in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Inherited {
    pub(super) usage: Option<Usage>,
    pub(super) sign: Option<SignClause>,
    pub(super) synchronized: bool,
}

impl Inherited {
    /// What holds for an entry and what is in it.
    pub(super) fn within(self, entry: &Entry) -> Self {
        let clauses = &entry.clauses;
        Self {
            usage: clauses.usage.map(|(usage, _)| usage).or(self.usage),
            sign: clauses.sign.map(|(sign, _)| sign).or(self.sign),
            synchronized: clauses.synchronized || self.synchronized,
        }
    }
}

pub(super) struct Placing<'a> {
    pub(super) files: &'a Files,
    pub(super) binary_size: BinarySize,
    pub(super) problems: Problems,
}

impl Placing<'_> {
    /// Places entries one behind the other from an offset; gives them, and where they end.
    fn fields(&mut self, entries: &[Entry], start: usize, above: Inherited) -> (Vec<Field>, usize) {
        let mut fields: Vec<Field> = Vec::new();
        let mut end = start;
        for entry in entries {
            let redefined = self.redefined(entry, &fields);
            let offset = redefined.unwrap_or_else(|| self.aligned(entry, end, above));
            let field = self.field(entry, offset, above);
            end = end.max(offset.saturating_add(field.total_length()));
            fields.push(field);
        }
        (fields, end)
    }

    /// Where the field begins that an entry describes anew.
    pub(super) fn redefined(&mut self, entry: &Entry, before: &[Field]) -> Option<usize> {
        let named = entry.clauses.redefines.as_ref()?;
        let found = before.iter().rev().find(|field| field.name.as_ref() == Some(&named.name));
        if found.is_none() {
            let names = before.iter().filter_map(|field| field.name.as_deref());
            let problem = Problem::new(
                "copybook.unknown-redefined",
                format!(
                    "`{}` is not an earlier field of the same group, so it cannot be redefined",
                    named.name
                ),
            )
            .at(self.files.place(named.mark));
            self.problems.push(match nearest(&named.name, names) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
        found.map(|field| field.offset)
    }

    pub(super) fn field(&mut self, entry: &Entry, offset: usize, above: Inherited) -> Field {
        let clauses = &entry.clauses;
        let inherited = above.within(entry);
        let (content, mut length) = if entry.parts.is_empty() {
            self.value(entry, inherited)
        } else {
            if let Some((picture, mark)) = &clauses.picture {
                let sentence = format!("a group has no picture, but `{}` stands here", picture.text);
                let advice = "remove the picture, or check the level numbers below";
                self.problem(*mark, "copybook.group-with-picture", sentence, advice);
            }
            let (parts, end) = self.fields(&entry.parts, offset, inherited);
            (Content::Group(parts), end.saturating_sub(offset))
        };
        if clauses.occurs.is_some() {
            let slack = self.largest_alignment(entry, above);
            length = length.checked_next_multiple_of(slack).unwrap_or(length);
        }
        Field {
            level: entry.level,
            name: entry.name.clone(),
            offset,
            length,
            occurs: clauses.occurs.as_ref().map(|occurs| Occurs {
                least: occurs.least,
                most: occurs.most,
                depending: occurs.depending.as_ref().map(|named| named.name.clone()),
            }),
            redefines: clauses.redefines.as_ref().map(|named| named.name.clone()),
            picture: clauses.picture.as_ref().map(|(picture, _)| picture.text.clone()),
            content,
            conditions: entry.conditions.clone(),
            value: clauses.value.clone(),
            renames: Vec::new(),
            blank_when_zero: clauses.blank_when_zero,
            line: entry.mark.line,
        }
    }

    fn value(&mut self, entry: &Entry, inherited: Inherited) -> (Content, usize) {
        let clauses = &entry.clauses;
        let usage = inherited.usage.unwrap_or(Usage::Display);
        let Some((picture, mark)) = &clauses.picture else {
            let Some((coding, length)) = without_picture(usage) else {
                let name = entry.name.as_deref().unwrap_or("FILLER");
                let sentence = format!("`{name}` has neither a picture nor parts below it");
                self.problem(entry.mark, "copybook.no-picture", sentence, "give it a PIC clause");
                return (Content::Value(Coding::Bytes), 0);
            };
            return (Content::Value(coding), length);
        };
        match coding(picture, usage, inherited.sign, clauses.justified, self.binary_size) {
            Ok((coding, length)) => (Content::Value(coding), length),
            Err(sentence) => {
                let mark = clauses.usage.map_or(*mark, |(_, mark)| mark);
                self.problem(
                    mark,
                    "copybook.usage-and-picture",
                    sentence,
                    "check picture and usage of this entry",
                );
                (Content::Value(Coding::Text { justified: false }), picture.size)
            }
        }
    }

    pub(super) fn problem(&mut self, mark: Mark, code: &'static str, sentence: String, advice: &str) {
        self.problems.push(Problem::new(code, sentence).at(self.files.place(mark)).advise(advice));
    }
}
