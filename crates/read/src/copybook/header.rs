//! The record that a file begins with: left out of the records, some of its values carried down into each of them.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::Field as ArrowField;
use concordat_record::{Problem, nearest};

use super::decode::{Places, columns};
use super::frames::HeaderText;
use super::layout::Layout;
use super::plan::{Plan, PlanOptions};
use super::values::Machine;
use crate::names::snake_case;
use crate::reader::inconsistent;

/// Takes the 01 level that a source file names out of a layout.
pub(crate) fn take_record(layout: &mut Layout, text: &HeaderText) -> Result<Layout, Problem> {
    let is_it = |name: Option<&str>| name.is_some_and(|name| name.eq_ignore_ascii_case(&text.record));
    let own: Vec<_> = layout.fields.iter().filter(|field| is_it(field.name.as_deref())).cloned().collect();
    if own.is_empty() {
        let records: Vec<&str> = layout.fields.iter().filter_map(|field| field.name.as_deref()).collect();
        let sentence = format!("the copybook has no record `{}` (level 01)", text.record);
        let problem = Problem::new("source.unknown-record", sentence).at(text.place.clone());
        return Err(match nearest(&text.record, records.iter().copied()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise(format!("its records are {}", records.join(", "))),
        });
    }
    if own.len() == layout.fields.len() {
        let sentence = format!(
            "`{}` is the only record of the copybook, so there is none left for the others",
            text.record
        );
        return Err(Problem::new("source.unknown-record", sentence).at(text.place.clone()));
    }
    layout.fields.retain(|field| !is_it(field.name.as_deref()));
    let length = |fields: &[super::layout::Field]| {
        fields.iter().map(|field| field.offset.saturating_add(field.total_length())).max().unwrap_or(0)
    };
    layout.record_length = length(&layout.fields);
    let record_length = length(&own);
    let mut record = layout.clone();
    (record.fields, record.record_length) = (own, record_length);
    Ok(record)
}

/// The values of the first record that go into each row.
#[derive(Debug)]
pub(crate) struct Carried {
    plan: Plan,
    /// The columns of the plan that are carried.
    chosen: Vec<usize>,
    /// Their fields, as rows have them.
    pub fields: Vec<ArrowField>,
}

impl Carried {
    /// The fields that a source file names, beside those that the rows have already.
    pub fn new(layout: &Layout, text: &HeaderText, own: &[ArrowField]) -> Result<Self, Problem> {
        let plan = Plan::new(layout, &PlanOptions::default()).map_err(|problems| {
            problems
                .into_iter()
                .next()
                .unwrap_or_else(|| Problem::new("copybook.no-field", "the first record has no field"))
        })?;
        let (mut chosen, mut fields) = (Vec::new(), Vec::new());
        for name in &text.carry {
            let wanted = snake_case(name);
            let Some(index) = plan.fields.iter().position(|field| *field.name() == wanted) else {
                let sentence = format!("`{}` has no field `{name}` to carry into the rows", text.record);
                let problem = Problem::new("source.unknown-field", sentence).at(text.place.clone());
                let known = plan.fields.iter().map(|field| field.name().as_str());
                return Err(match nearest(&wanted, known) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem,
                });
            };
            let Some(field) = plan.fields.get(index) else { continue };
            let is_taken = own.iter().any(|own| own.name() == field.name());
            let name = if is_taken { format!("header_{}", field.name()) } else { field.name().clone() };
            chosen.push(index);
            fields.push(field.clone().with_name(name));
        }
        Ok(Self { plan, chosen, fields })
    }

    /// The values of a first record, as many times as there are rows.
    pub fn columns(
        &self,
        header: Option<&Arc<[u8]>>,
        rows: usize,
        machine: &Machine,
        shown: &str,
    ) -> Result<Vec<ArrayRef>, Problem> {
        let bytes: &[u8] = header.map_or(&[], |header| header);
        let mut faults = Vec::new();
        let ends = [bytes.len()];
        let places = Places::of_records(bytes, &[0], Some(&ends));
        let all = columns(&self.plan.nodes, places, machine, &mut faults);
        if let Some(fault) = faults.first() {
            return Err(fault
                .problem(shown, 1, 0)
                .advise("this is the file's first record, from which values go into each row"));
        }
        let first = UInt32Array::from(vec![0; rows]);
        let repeated =
            self.chosen.iter().filter_map(|index| all.get(*index)).map(|column| take(column, &first, None));
        repeated.collect::<Result<_, _>>().map_err(|error| inconsistent(&error))
    }
}
