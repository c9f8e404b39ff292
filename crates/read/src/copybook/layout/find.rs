//! Fields by their COBOL names.

use concordat_record::{Problem, nearest};

use super::{Field, Layout};

impl Layout {
    /// Keeps only the records (01 levels) with these names.
    ///
    /// # Errors
    /// The first name that no record has.
    pub fn keep_records(&mut self, names: &[String]) -> Result<(), Problem> {
        let is_named = |field: &Field, name: &str| {
            field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        for name in names {
            if !self.fields.iter().any(|field| is_named(field, name)) {
                let sentence = format!("the copybook has no record `{name}`");
                let known = self.fields.iter().filter_map(|field| field.name.as_deref());
                let problem = Problem::new("source.unknown-field", sentence);
                return Err(match nearest(name, known) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem.advise("name an entry of level 01"),
                });
            }
        }
        self.fields.retain(|field| names.iter().any(|name| is_named(field, name)));
        self.record_length = self.fields.iter().map(Field::total_length).max().unwrap_or(0);
        Ok(())
    }

    /// The first field with a COBOL name (any case), with the groups around it, outermost first. The name may be qualified by
    /// groups: `CITY OF ADDRESS`.
    pub fn find(&self, name: &str) -> Option<Vec<&Field>> {
        fn is_named(field: &Field, name: &str) -> bool {
            field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        }
        fn search<'a>(fields: &'a [Field], name: &str, groups: &[&str], way: &mut Vec<&'a Field>) -> bool {
            for field in fields {
                way.push(field);
                let mut above = way.iter().rev().skip(1);
                let found = is_named(field, name)
                    && groups.iter().all(|group| above.any(|around| is_named(around, group)));
                if found || search(field.parts(), name, groups, way) {
                    return true;
                }
                way.pop();
            }
            false
        }
        let words: Vec<&str> = name.split_whitespace().collect();
        let names: Vec<&str> = words.iter().copied().step_by(2).collect();
        let is_qualified = words
            .iter()
            .skip(1)
            .step_by(2)
            .all(|word| ["OF", "IN"].iter().any(|of| of.eq_ignore_ascii_case(word)));
        let (name, groups) = names.split_first().filter(|_| is_qualified)?;
        let mut way = Vec::new();
        search(&self.fields, name, groups, &mut way).then_some(way)
    }

    /// The COBOL names of all fields.
    pub fn names(&self) -> Vec<&str> {
        fn collect<'a>(fields: &'a [Field], names: &mut Vec<&'a str>) {
            for field in fields {
                names.extend(field.name.as_deref());
                collect(field.parts(), names);
            }
        }
        let mut names = Vec::new();
        collect(&self.fields, &mut names);
        names
    }
}
