//! Rules of the source file that choose between the descriptions of the same bytes, by the value of another field.

use arrow::datatypes::DataType;
use concordat_record::{Place, Problem, nearest};

use super::coding::{Coding, INT64_DIGITS};
use super::layout::{Content, Field, Layout};
use super::varying::lists_before;
use crate::names::snake_case;

/// A rule as written: `"CORP-DATA" = { when = "ORG-TYPE", is = ["1", "5"] }`.
#[derive(Clone, Debug)]
pub(crate) struct RuleText {
    /// The COBOL name of the description that is chosen.
    pub description: String,
    /// The field that decides.
    pub when: String,
    /// The values for which the description holds.
    pub is: Vec<String>,
    pub place: Place,
}

/// Where a deciding field stands, seen from the scope that asks.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    /// Whether the offset counts from the beginning of the record, not of the scope.
    pub from_record: bool,
    /// Behind how many lists of varying length it stands, which move what follows them.
    pub behind: usize,
    pub offset: usize,
    pub length: usize,
    pub coding: Coding,
}

/// A rule that can be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub selector: Selector,
    pub values: RuleValues,
}

/// The values of a deciding field.
#[derive(Clone, Debug)]
pub(crate) enum RuleValues {
    /// Of a text.
    Texts(Vec<String>),
    /// Of a whole number.
    Numbers(Vec<i64>),
}

impl Selector {
    /// Finds a field by its COBOL or column name. It must stand outside all OCCURS, or in the same occurrence.
    pub fn new(name: &str, layout: &Layout, lists: &[&str], origin: usize) -> Result<Self, Problem> {
        let Some(way) = layout.find(name).or_else(|| find_by_column(layout, name)) else {
            let problem = Problem::new("source.unknown-field", format!("the copybook has no field `{name}`"));
            return Err(match nearest(name, layout.names()) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        };
        let around: Vec<&str> = way
            .iter()
            .filter(|field| field.occurs.is_some())
            .map(|field| field.name.as_deref().unwrap_or("FILLER"))
            .collect();
        let field = way.last().copied();
        let Some((field, Content::Value(coding))) = field.map(|field| (field, &field.content)) else {
            let sentence = format!("`{name}` is a group; only a single field can decide");
            return Err(Problem::new("source.rule-on-group", sentence));
        };
        if !around.is_empty() && around != lists {
            let sentence = format!("`{name}` occurs several times, so it cannot decide here");
            return Err(Problem::new("source.rule-on-list", sentence)
                .advise("use a field outside of OCCURS, or one of the same occurrence"));
        }
        let from_record = around.is_empty();
        let offset = if from_record { field.offset } else { field.offset.saturating_sub(origin) };
        let behind = lists_before(layout, &way);
        Ok(Self { from_record, behind, offset, length: field.length, coding: coding.clone() })
    }

    /// The same, if it can hold a number of occurrences; text can when a table says what it stands for.
    pub fn counting(self, has_table: bool) -> Result<Self, Problem> {
        if has_table
            || !matches!(self.coding.data_type(), DataType::Binary | DataType::Float32 | DataType::Float64)
        {
            return Ok(self);
        }
        let sentence = "the field after DEPENDING ON is not a whole number";
        Err(Problem::new("copybook.bad-depending", sentence).advise("give it a picture such as 9(4)"))
    }
}

fn is_whole(coding: &Coding) -> bool {
    coding.data_type() == DataType::Int64
}

fn find_by_column<'a>(layout: &'a Layout, name: &str) -> Option<Vec<&'a Field>> {
    let wanted = snake_case(name);
    let cobol = layout.names().into_iter().find(|known| snake_case(known) == wanted)?.to_owned();
    layout.find(&cobol)
}

impl Rule {
    pub fn new(text: &RuleText, layout: &Layout, lists: &[&str], origin: usize) -> Result<Self, Problem> {
        let located = |problem: Problem| Problem { place: text.place.clone(), ..problem };
        let selector = Selector::new(&text.when, layout, lists, origin).map_err(located)?;
        let values = match &selector.coding {
            Coding::Text { .. } | Coding::National => {
                RuleValues::Texts(text.is.iter().map(|value| value.trim_end().to_owned()).collect())
            }
            coding if is_whole(coding) => {
                let numbers: Result<Vec<i64>, _> = text.is.iter().map(|value| value.trim().parse()).collect();
                RuleValues::Numbers(numbers.map_err(|_| {
                    let sentence = format!(
                        "`{}` is a number of up to {INT64_DIGITS} digits, but `is` holds other values",
                        text.when
                    );
                    Problem::new("source.rule-value", sentence).at(text.place.clone())
                })?)
            }
            _ => {
                let sentence =
                    format!("`{}` is neither text nor a whole number, so it cannot decide", text.when);
                return Err(Problem::new("source.rule-on-decimal", sentence).at(text.place.clone()));
            }
        };
        Ok(Self { selector, values })
    }
}
