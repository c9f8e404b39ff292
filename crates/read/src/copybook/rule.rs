//! Conditions on fields held against a copybook: rules that choose between descriptions of the same bytes, and level 88.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Float32Type, Float64Type, Int64Type};
use concordat_record::{Place, Problem, nearest};

use super::coding::Coding;
use super::layout::{Content, Field, Layout};
use super::rule_text::{Condition, Relation};
use super::syntax::{ConditionName, ConditionValue, Constant};
use super::values::{Column, Machine};
use super::varying::lists_before;
use crate::names::snake_case;

/// A rule as written: `"CORP-DATA" = { when = "ORG-TYPE", is = ["1", "5"] }`, or a condition as text.
#[derive(Clone, Debug)]
pub(crate) struct RuleText {
    /// The COBOL name of the description that is chosen.
    pub description: String,
    pub condition: Condition,
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

/// A condition that can be evaluated.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    Any(Vec<Rule>),
    All(Vec<Rule>),
    Not(Box<Rule>),
    Test(Test),
}

/// A field held against values.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub selector: Selector,
    relation: Relation,
    values: Vec<Wanted>,
}

/// A value that a field is held against.
#[derive(Clone, Debug)]
enum Wanted {
    Text(String),
    /// So many units of 10 to the power of minus the scale.
    Number(i128, u32),
    /// Nothing but one byte.
    Filled(u8),
    /// Spaces, or nothing.
    Blank,
    /// These bytes, and spaces behind them.
    Bytes(Vec<u8>),
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

fn find_by_column<'a>(layout: &'a Layout, name: &str) -> Option<Vec<&'a Field>> {
    let wanted = snake_case(name);
    let cobol = layout.names().into_iter().find(|known| snake_case(known) == wanted)?.to_owned();
    layout.find(&cobol)
}

impl Rule {
    /// A rule of the source file, for a place in the layout.
    pub fn new(text: &RuleText, layout: &Layout, lists: &[&str], origin: usize) -> Result<Self, Problem> {
        let located = |problem: Problem| Problem { place: text.place.clone(), ..problem };
        let select = |name: &str| Selector::new(name, layout, lists, origin);
        Self::of(&text.condition, layout, &select).map_err(located)
    }

    fn of(
        condition: &Condition,
        layout: &Layout,
        select: &impl Fn(&str) -> Result<Selector, Problem>,
    ) -> Result<Self, Problem> {
        let each = |all: &[Condition]| -> Result<Vec<Self>, Problem> {
            all.iter().map(|one| Self::of(one, layout, select)).collect()
        };
        Ok(match condition {
            Condition::Any(all) => Self::Any(each(all)?),
            Condition::All(all) => Self::All(each(all)?),
            Condition::Not(one) => Self::Not(Box::new(Self::of(one, layout, select)?)),
            Condition::Compare { field, relation, values } => {
                let selector = select(field)?;
                let is_text = selector.coding.data_type() == DataType::Utf8;
                let wanted = |value: &String| {
                    if is_text {
                        return Ok(Wanted::Text(value.trim_end().to_owned()));
                    }
                    number(value.trim()).ok_or_else(|| {
                        let sentence = format!("`{field}` is a number, but it is held against other values");
                        Problem::new("source.rule-value", sentence)
                    })
                };
                let values = values.iter().map(wanted).collect::<Result<_, _>>()?;
                Self::Test(Test { selector, relation: *relation, values })
            }
            Condition::Named(name) => {
                let (field, condition) = condition_name(layout, name)?;
                Self::of_condition(condition, &select(field)?)
            }
        })
    }

    /// When a condition-name is true of a field.
    pub fn of_condition(condition: &ConditionName, selector: &Selector) -> Self {
        Self::Any(condition.values.iter().map(|value| Self::of_value(value, selector)).collect())
    }

    fn of_value(value: &ConditionValue, selector: &Selector) -> Self {
        let test = |relation, constant: &Constant| {
            let values = vec![wanted(constant, selector)];
            Self::Test(Test { selector: selector.clone(), relation, values })
        };
        match &value.last {
            None => test(Relation::Is, &value.first),
            Some(last) => {
                Self::All(vec![test(Relation::MoreOrIs, &value.first), test(Relation::LessOrIs, last)])
            }
        }
    }

    /// Whether it asks for a field outside of the occurrence it is evaluated for.
    pub fn asks_record(&self) -> bool {
        match self {
            Self::Any(all) | Self::All(all) => all.iter().any(Self::asks_record),
            Self::Not(one) => one.asks_record(),
            Self::Test(test) => test.selector.from_record,
        }
    }

    /// Where it is true; `select` decodes a field everywhere.
    pub fn holds<'a>(
        &self,
        machine: &Machine,
        select: &impl Fn(&Selector) -> (ArrayRef, Column<'a>),
    ) -> Vec<bool> {
        let joined = |all: &[Self], join: fn(bool, bool) -> bool| {
            let each = all.iter().map(|one| one.holds(machine, select));
            each.reduce(|so_far, one| so_far.into_iter().zip(one).map(|(a, b)| join(a, b)).collect())
                .unwrap_or_default()
        };
        match self {
            Self::Any(all) => joined(all, |a, b| a || b),
            Self::All(all) => joined(all, |a, b| a && b),
            Self::Not(one) => one.holds(machine, select).into_iter().map(|holds| !holds).collect(),
            Self::Test(test) => {
                let (array, column) = select(&test.selector);
                let raw: Vec<&[u8]> = column.cells().collect();
                let is_met = |index: usize| {
                    test.is_met(&array, index, raw.get(index).copied().unwrap_or_default(), machine)
                };
                (0..array.len()).map(is_met).collect()
            }
        }
    }
}

impl Test {
    fn is_met(&self, array: &ArrayRef, index: usize, raw: &[u8], machine: &Machine) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        self.values.iter().any(|wanted| {
            let order = wanted.order(array, index, raw, self.relation == Relation::Is, machine);
            match self.relation {
                Relation::Is => order == Some(Equal),
                Relation::Less => order == Some(Less),
                Relation::LessOrIs => matches!(order, Some(Less | Equal)),
                Relation::More => order == Some(Greater),
                Relation::MoreOrIs => matches!(order, Some(Greater | Equal)),
            }
        })
    }
}

impl Wanted {
    /// How a cell stands to the value; none where it cannot be compared. Texts that are not alike stand in the order of their
    /// bytes, as COBOL compares them.
    fn order(
        &self,
        array: &ArrayRef,
        index: usize,
        raw: &[u8],
        only_alike: bool,
        machine: &Machine,
    ) -> Option<std::cmp::Ordering> {
        let (space, is_null) = (machine.page.space(), array.is_null(index));
        let padded = |wanted: &[u8]| {
            let length = raw.len().max(wanted.len());
            let full = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                bytes.resize(length, space);
                bytes
            };
            full(raw).cmp(&full(wanted))
        };
        match self {
            Self::Filled(byte) => Some(raw.iter().copied().cmp(std::iter::repeat_n(*byte, raw.len()))),
            Self::Blank => Some(raw.iter().copied().cmp(std::iter::repeat_n(space, raw.len()))),
            Self::Bytes(bytes) => Some(padded(bytes)),
            Self::Text(text) if only_alike => {
                let found = array.as_string_opt::<i32>().filter(|_| !is_null)?.value(index);
                Some(found.cmp(text))
            }
            Self::Text(text) => {
                machine.page.encode(text).ok().filter(|_| !is_null).map(|bytes| padded(&bytes))
            }
            Self::Number(..) if is_null => None,
            Self::Number(wanted, places) => {
                if let Some(numbers) = array.as_primitive_opt::<Int64Type>() {
                    return compare(numbers.value(index).into(), 0, *wanted, *places);
                }
                if let Some(numbers) = array.as_primitive_opt::<Decimal128Type>() {
                    return compare(
                        numbers.value(index),
                        numbers.scale().max(0).unsigned_abs().into(),
                        *wanted,
                        *places,
                    );
                }
                let single =
                    array.as_primitive_opt::<Float32Type>().map(|numbers| f64::from(numbers.value(index)));
                let found = single.or_else(|| {
                    array.as_primitive_opt::<Float64Type>().map(|numbers| numbers.value(index))
                })?;
                found.partial_cmp(&(*wanted as f64 / 10f64.powi(*places as i32)))
            }
        }
    }
}

/// Exact numbers of different scales.
fn compare(found: i128, scale: u32, wanted: i128, places: u32) -> Option<std::cmp::Ordering> {
    let raised = |number: i128, by: u32| number.checked_mul(10i128.checked_pow(by)?);
    let most = scale.max(places);
    Some(raised(found, most - scale)?.cmp(&raised(wanted, most - places)?))
}

fn number(text: &str) -> Option<Wanted> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits =
        fraction.bytes().all(|byte| byte.is_ascii_digit()) && !(whole.is_empty() && fraction.is_empty());
    let value = digits.then(|| format!("{whole}{fraction}").parse().ok())??;
    Some(Wanted::Number(value, u32::try_from(fraction.len()).ok()?))
}

/// What a constant of the copybook means for a field.
fn wanted(constant: &Constant, selector: &Selector) -> Wanted {
    let is_text = selector.coding.data_type() == DataType::Utf8;
    let repeated = |text: &str| text.chars().cycle().take(selector.length).collect::<String>();
    match constant {
        Constant::Text(text) if is_text => Wanted::Text(text.trim_end().to_owned()),
        Constant::Text(text) | Constant::Number(text) => {
            let as_number = if is_text { None } else { number(text.trim()) };
            as_number.unwrap_or_else(|| Wanted::Text(text.trim_end().to_owned()))
        }
        Constant::Bytes(bytes) => Wanted::Bytes(bytes.clone()),
        Constant::All(text) => Wanted::Text(repeated(text)),
        Constant::Zero if is_text => Wanted::Text(repeated("0")),
        Constant::Zero => Wanted::Number(0, 0),
        Constant::Space => Wanted::Blank,
        Constant::LowValue => Wanted::Filled(0),
        Constant::HighValue => Wanted::Filled(0xff),
        Constant::Quote => Wanted::Text(repeated("\"")),
    }
}

/// A condition-name and the field it belongs to.
fn condition_name<'a>(layout: &'a Layout, name: &str) -> Result<(&'a str, &'a ConditionName), Problem> {
    fn search<'a>(fields: &'a [Field], all: &mut Vec<(&'a str, &'a ConditionName)>) {
        for field in fields {
            let name = field.name.as_deref().unwrap_or("FILLER");
            all.extend(field.conditions.iter().map(|condition| (name, condition)));
            search(field.parts(), all);
        }
    }
    let mut all = Vec::new();
    search(&layout.fields, &mut all);
    let same = |known: &str| known.eq_ignore_ascii_case(name) || snake_case(known) == snake_case(name);
    all.iter().find(|(_, condition)| same(&condition.name)).copied().ok_or_else(|| {
        let sentence = format!("the copybook has no condition-name (level 88) `{name}`");
        let problem = Problem::new("source.unknown-field", sentence);
        match nearest(name, all.iter().map(|(_, condition)| condition.name.as_str())) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise("compare a field with a value, such as `KIND = \"1\"`"),
        }
    })
}
