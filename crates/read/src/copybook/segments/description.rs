//! Segments as source file and copybook describe them together.

use std::collections::HashMap;

use arrow::datatypes::Field as ArrowField;
use concordat_record::{Problem, Problems, nearest};

use super::options::{Others, Rows, SegmentsText};
use crate::copybook::frames::KeyField;
use crate::copybook::layout::Layout;
use crate::copybook::plan::{Node, Plan};
use crate::copybook::values::Machine;
use crate::names::snake_case;
use crate::section::Written;
use crate::wanted::{Comparison, Condition};

/// Deeper than this no hierarchy is; IMS has at most 15 levels.
const DEEPEST: usize = 32;

/// The segments of a file.
#[derive(Clone, Debug)]
pub(crate) struct Segments {
    pub kinds: Vec<Segment>,
    pub others: Others,
    pub rows: Rows,
    pub carries: bool,
    pub ids: Option<String>,
    /// The one value of the field that is asked for, where rows do not belong together.
    asked: Option<String>,
    key: KeyField,
    by_value: HashMap<String, usize>,
}

/// One kind of record.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// The COBOL name of its description.
    pub name: String,
    /// The column of its records in their parent's row.
    pub column: String,
    pub parent: Option<usize>,
    /// How many parents are above it.
    pub depth: usize,
    pub is_wanted: bool,
}

/// What decodes the columns of one segment.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub nodes: Vec<Node>,
    pub fields: Vec<ArrowField>,
}

/// The plan of a layout, taken apart: what all segments share, what each has of its own, and what only the others have.
pub(crate) struct Parts {
    pub common: Part,
    pub own: Vec<Part>,
    pub others: Part,
}

impl Segments {
    /// Finds what the source file names in the copybook.
    pub fn new(
        text: &SegmentsText,
        layout: &Layout,
        plan: &Plan,
        machine: &Machine,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::none();
        let key = KeyField::new(&text.field.value, layout, machine)
            .map_err(|problem| Problem { place: text.field.place.clone(), ..problem })?;
        let names = alternatives(plan);
        let (mut kinds, mut by_value) = (Vec::new(), HashMap::new());
        for (name, values) in &text.records {
            let wanted = name.value.to_ascii_uppercase();
            if !names.iter().any(|known| known.eq_ignore_ascii_case(&wanted)) {
                problems.push(unknown(name, &names, layout));
            }
            for value in values {
                if by_value.insert(value.trim_end().to_owned(), kinds.len()).is_some() {
                    let sentence = format!("the value `{value}` stands for two segments");
                    problems.push(Problem::new("source.segment-twice", sentence).at(name.place.clone()));
                }
            }
            let column = snake_case(&wanted);
            kinds.push(Segment { name: wanted, column, parent: None, depth: 0, is_wanted: true });
        }
        let mut segments = Self {
            kinds,
            others: text.others,
            rows: text.rows,
            carries: text.carries,
            ids: text.ids.as_ref().map(|ids| ids.value.clone()),
            asked: None,
            key,
            by_value,
        };
        segments.join(text, &mut problems);
        segments.choose(text, &mut problems);
        problems.or(segments)
    }

    /// Sets the parents.
    fn join(&mut self, text: &SegmentsText, problems: &mut Problems) {
        for (child, parent) in &text.parents {
            let (child_at, parent_at) = (self.find(child, problems), self.find(parent, problems));
            if let (Some(child), Some(parent)) = (child_at, parent_at)
                && let Some(segment) = self.kinds.get_mut(child)
            {
                segment.parent = Some(parent);
            }
        }
        for index in 0..self.kinds.len() {
            let depth = self.ancestors(index).take(DEEPEST + 1).count();
            if let Some(segment) = self.kinds.get_mut(index) {
                segment.depth = depth;
                if depth > DEEPEST {
                    let sentence = format!("`{}` is its own ancestor", segment.name);
                    let place =
                        text.parents.first().map(|(child, _)| child.place.clone()).unwrap_or_default();
                    problems.push(Problem::new("source.segment-cycle", sentence).at(place));
                    segment.parent = None;
                }
            }
        }
    }

    /// Marks the segments that are wanted.
    fn choose(&mut self, text: &SegmentsText, problems: &mut Problems) {
        let Some(only) = &text.only else { return };
        for segment in &mut self.kinds {
            segment.is_wanted = false;
        }
        for name in &only.value {
            let written = Written { value: name.clone(), place: only.place.clone() };
            let Some(index) = self.find(&written, problems) else { continue };
            // A nested row needs all that its records belong to.
            let above: Vec<usize> = match self.rows {
                Rows::Nested => self.ancestors(index).take(DEEPEST).collect(),
                Rows::Records => Vec::new(),
            };
            for index in above.into_iter().chain([index]) {
                if let Some(segment) = self.kinds.get_mut(index) {
                    segment.is_wanted = true;
                }
            }
        }
    }

    fn find(&self, name: &Written<String>, problems: &mut Problems) -> Option<usize> {
        let found = self.kinds.iter().position(|segment| segment.name.eq_ignore_ascii_case(&name.value));
        if found.is_none() {
            let sentence = format!("`{}` is none of the segments in `records`", name.value);
            let problem = Problem::new("source.unknown-segment", sentence).at(name.place.clone());
            let near = nearest(&name.value, self.kinds.iter().map(|segment| segment.name.as_str()));
            problems.push(match near {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
        found
    }

    /// The parent of a segment, the parent's parent, and so on.
    pub fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> {
        let parent = |index: usize| self.kinds.get(index).and_then(|segment| segment.parent);
        std::iter::successors(parent(index), move |index| parent(*index))
    }

    /// The segments whose parent is a given one.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> {
        let segments = self.kinds.iter().enumerate();
        segments.filter(move |(_, segment)| segment.parent == Some(index)).map(|(child, _)| child)
    }

    /// How many levels of segments there are.
    pub fn levels(&self) -> usize {
        self.kinds.iter().map(|segment| segment.depth + 1).max().unwrap_or(0)
    }

    /// Whether records belong to each other, so that they must be decoded together.
    pub fn has_families(&self) -> bool {
        self.rows == Rows::Nested || self.carries || self.ids.is_some()
    }

    /// Of which segment a record is; none when it is not listed.
    pub fn of(&mut self, record: &[u8]) -> Option<usize> {
        self.by_value.get(self.key.value(record).unwrap_or_default()).copied()
    }

    /// Leaves out all records but those with one value of the field, if that is all that is asked for.
    pub fn ask(&mut self, conditions: &[Condition], column: &str) {
        let is_on_field =
            |condition: &&Condition| condition.column == column && condition.comparison == Comparison::Equal;
        if !self.has_families() {
            self.asked = conditions.iter().find(is_on_field).map(|condition| condition.value.clone());
        }
    }

    /// Whether a record has the value that is asked for.
    pub fn is_asked(&mut self, record: &[u8]) -> bool {
        self.asked.is_none() || self.asked.as_deref() == self.key.value(record)
    }

    /// Whether a record begins a family.
    pub fn is_root(&mut self, record: &[u8]) -> bool {
        self.of(record)
            .is_some_and(|index| self.kinds.get(index).is_some_and(|segment| segment.parent.is_none()))
    }

    /// Takes a plan apart.
    pub fn parts(&self, nodes: Vec<Node>, fields: Vec<ArrowField>) -> Parts {
        let (mut common, mut others) = (Part::default(), Part::default());
        let mut own: Vec<Part> = self.kinds.iter().map(|_| Part::default()).collect();
        let mut fields = fields.into_iter();
        for node in nodes {
            let columns = node.columns();
            match node {
                Node::Choice(all) if all.iter().any(|one| self.segment(&one.field).is_some()) => {
                    for alternative in all {
                        let columns: usize = alternative.nodes.iter().map(Node::columns).sum();
                        let part = self.segment(&alternative.field).and_then(|index| own.get_mut(index));
                        let part = part.unwrap_or(&mut others);
                        part.fields.extend(fields.by_ref().take(columns));
                        part.nodes.extend(alternative.nodes);
                    }
                }
                node => {
                    common.fields.extend(fields.by_ref().take(columns));
                    common.nodes.push(node);
                }
            }
        }
        Parts { common, own, others }
    }

    fn segment(&self, description: &str) -> Option<usize> {
        self.kinds.iter().position(|segment| segment.name.eq_ignore_ascii_case(description))
    }
}

/// The names of all descriptions that share their bytes with others.
fn alternatives(plan: &Plan) -> Vec<&str> {
    let choices = plan.nodes.iter().filter_map(|node| match node {
        Node::Choice(alternatives) => Some(alternatives),
        _ => None,
    });
    choices.flatten().map(|alternative| alternative.field.as_str()).collect()
}

fn unknown(name: &Written<String>, known: &[&str], layout: &Layout) -> Problem {
    let sentence = if layout.find(&name.value).is_some() {
        format!(
            "`{}` shares its bytes with no other description outside of OCCURS, so it is no segment",
            name.value
        )
    } else {
        format!("the copybook has no description `{}`", name.value)
    };
    let problem = Problem::new("source.unknown-segment", sentence).at(name.place.clone());
    match nearest(&name.value, known.iter().copied()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None if known.is_empty() => {
            problem.advise("a segment is one of several 01 levels, or redefines a field, or is redefined")
        }
        None => problem.advise(format!("the copybook has {}", known.join(", "))),
    }
}
