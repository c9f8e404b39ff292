//! RENAMES (level 66): other names for bytes of a record.

use concordat_record::{Problem, nearest};

use super::place::Placing;
use super::{Content, Field, Layout};
use crate::copybook::coding::Coding;
use crate::copybook::syntax::{Named, Renaming};

impl Placing<'_> {
    /// A new name for bytes of a record: with the value of one field, else as text, as COBOL has it.
    pub(super) fn renamed(&mut self, renaming: &Renaming, record: &Field) -> Option<Field> {
        let record = Layout { record_length: 0, fields: vec![record.clone()] };
        let mut find = |named: &Named| {
            let found = record.find(&named.name);
            if found.is_none() {
                let sentence =
                    format!("`{}` is no field of the record above, so it cannot be renamed", named.name);
                let problem =
                    Problem::new("copybook.unknown-renamed", sentence).at(self.files.place(named.mark));
                self.problems.push(match nearest(&named.name, record.names()) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem,
                });
            }
            found.and_then(|way| way.last().copied())
        };
        let first = find(&renaming.first)?;
        let last = match &renaming.last {
            Some(last) => find(last)?,
            None => first,
        };
        let end = last.offset.saturating_add(last.total_length());
        let length = end.saturating_sub(first.offset);
        if length == 0 {
            let sentence = format!("`{}` begins behind the end of what it renames", renaming.name);
            self.problem(
                renaming.mark,
                "copybook.bad-renames",
                sentence,
                "name the first field before the last",
            );
            return None;
        }
        let text = Content::Value(Coding::Text { justified: false });
        let content = match &first.content {
            Content::Value(_) if renaming.last.is_none() => first.content.clone(),
            _ => text,
        };
        Some(Field {
            level: 66,
            name: Some(renaming.name.clone()),
            offset: first.offset,
            length,
            occurs: None,
            redefines: None,
            picture: None,
            content,
            conditions: Vec::new(),
            value: Vec::new(),
            renames: Vec::new(),
            blank_when_zero: false,
            line: renaming.mark.line,
        })
    }
}
