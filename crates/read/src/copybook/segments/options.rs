//! The table `[copybook.segments]` of a source file.

use concordat_record::{Place, Problem};

use crate::section::{Section, Written};

/// What a source file says about segments.
#[derive(Clone, Debug)]
pub(crate) struct SegmentsText {
    /// The field whose value says of which segment a record is.
    pub field: Written<String>,
    /// The descriptions (01 levels or REDEFINES) with the values for which they hold.
    pub records: Vec<(Written<String>, Vec<String>)>,
    /// The parent of a segment.
    pub parents: Vec<(Written<String>, Written<String>)>,
    /// The segments to read; all when none.
    pub only: Option<Written<Vec<String>>>,
    pub others: Others,
    pub rows: Rows,
    /// Whether a row also has the values of the records that it belongs to.
    pub carries: bool,
    /// What generated identifiers begin with; none are generated without.
    pub ids: Option<Written<String>>,
}

/// What becomes of a record whose segment is not listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Others {
    #[default]
    Reject,
    /// It is passed over, and not counted.
    Skip,
    /// It is a row with the fields that all segments share.
    Keep,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// A record.
    Records,
    /// A record without a parent, with lists of all that belongs to it.
    Nested,
}

const KEYS: [&str; 8] = ["field", "records", "parents", "only", "others", "rows", "carry", "ids"];

impl SegmentsText {
    /// Reads the table, if there is one; notes what is wrong in the section.
    pub fn read(section: &mut Section<'_>) -> Option<Self> {
        let mut table = section.section("segments");
        if !table.is_written() {
            section.problems.extend(table.problems);
            return None;
        }
        table.refuse_unknown(&KEYS);
        let field = table.required_text("field", "the field that says of which segment a record is");
        let records = texts_by_key(&mut table, "records");
        if records.is_empty() {
            let sentence = "`records` is missing: the segments with the values of the field";
            let problem = Problem::new("source.missing-key", sentence).at(table.here().field("records"));
            table.problems.push(
                problem.advise("write `records = { \"COMPANY\" = \"C\", \"CONTACT\" = [\"P\", \"Q\"] }`"),
            );
        }
        let parents = texts_by_key(&mut table, "parents");
        let parents: Vec<_> = parents
            .into_iter()
            .filter_map(|(child, parents)| {
                let place = child.place.clone();
                parents.into_iter().next().map(|value| (child, Written { value, place }))
            })
            .collect();
        let rows = table.choice("rows", &[("records", Rows::Records), ("nested", Rows::Nested)]);
        let text = Self {
            only: table.texts("only"),
            others: table
                .choice(
                    "others",
                    &[("reject", Others::Reject), ("skip", Others::Skip), ("keep", Others::Keep)],
                )
                .unwrap_or_default(),
            rows: rows.unwrap_or(if parents.is_empty() { Rows::Records } else { Rows::Nested }),
            carries: table.flag("carry").unwrap_or_default(),
            ids: table.text("ids"),
            field: field.unwrap_or(Written { value: String::new(), place: Place::default() }),
            records,
            parents,
        };
        text.refuse_contradictions(&mut table);
        section.problems.extend(table.problems);
        Some(text)
    }

    /// Whether rows are roots with lists.
    pub fn is_nested(&self) -> bool {
        self.rows == Rows::Nested
    }

    /// Whether a row has values of several records.
    pub fn joins_records(&self) -> bool {
        self.is_nested() || self.carries
    }

    fn refuse_contradictions(&self, table: &mut Section<'_>) {
        let is_nested = self.is_nested();
        for (key, is_wrong, why) in [
            ("ids", self.ids.is_some() && is_nested, "rows of records (`rows = \"records\"`)"),
            ("carry", self.carries && is_nested, "rows of records (`rows = \"records\"`)"),
            ("ids", self.ids.is_some() && self.parents.is_empty(), "`parents`"),
            ("carry", self.carries && self.parents.is_empty(), "`parents`"),
            ("rows", is_nested && self.parents.is_empty(), "`parents`"),
            ("others", is_nested && self.others == Others::Keep, "rows of records (`rows = \"records\"`)"),
        ] {
            if is_wrong {
                let sentence = format!("`{key}` means something only with {why}");
                let problem = Problem::new("source.needless-option", sentence).at(table.place_of(key));
                table.problems.push(problem.advise("remove one of the two"));
            }
        }
    }
}

/// The texts under each key of a table.
fn texts_by_key(section: &mut Section<'_>, key: &str) -> Vec<(Written<String>, Vec<String>)> {
    let mut table = section.section(key);
    let mut all = Vec::new();
    for name in table.keys() {
        all.extend(table.texts(&name.value).map(|texts| (name, texts.value)));
    }
    section.problems.extend(table.problems);
    all
}
