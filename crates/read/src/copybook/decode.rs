//! A batch of records to columns, with the faults of each record.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Int64Type};

use super::fault::{Fault, Reason};
use super::plan::{Alternative, ListNode, Node, ValueNode};
use super::rule::{Rule, RuleValues, Selector};
use super::values::{CellFaults, Column, Machine, decode};

/// The places where the same thing begins: records, or occurrences of a group.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    pub bytes: &'a [u8],
    /// Where each begins.
    pub starts: &'a [usize],
    /// Where the record of each begins.
    pub records: &'a [usize],
    /// Where the record of each ends; none when every record has all that the layout describes.
    pub ends: Option<&'a [usize]>,
}

impl<'a> Places<'a> {
    /// A field at each place, or at the beginning of each record.
    fn column(self, from_record: bool, offset: usize, length: usize) -> Column<'a> {
        let starts = if from_record { self.records } else { self.starts };
        Column { bytes: self.bytes, starts, ends: self.ends, offset, length }
    }
}

/// Decodes nodes at places: a column for each field, and the faults.
pub(crate) fn columns<'p>(
    nodes: &'p [Node],
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> Vec<ArrayRef> {
    let mut columns = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Value(value) => columns.push(value_column(value, places, machine, faults)),
            Node::List(list) => columns.push(list_column(list, places, machine, faults)),
            Node::Choice(alternatives) => columns.extend(choice(alternatives, places, machine, faults)),
        }
    }
    columns
}

fn value_column<'p>(
    node: &'p ValueNode,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> ArrayRef {
    let column = places.column(false, node.offset, node.length);
    let mut cells = CellFaults::new();
    let array = decode(&node.coding, column, machine, &mut cells);
    faults.extend(cells.into_iter().map(|(index, reason)| Fault {
        index,
        field: &node.field,
        subscripts: Vec::new(),
        offset: node.offset,
        reason,
    }));
    array
}

fn list_column<'p>(
    node: &'p ListNode,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> ArrayRef {
    let counts = counts(node, places, machine, faults);
    let total: usize = counts.iter().sum();
    let mut starts = Vec::with_capacity(total);
    let mut records = Vec::with_capacity(total);
    let mut ends = places.ends.map(|_| Vec::with_capacity(total));
    for (index, ((start, record), count)) in places.starts.iter().zip(places.records).zip(&counts).enumerate()
    {
        let first = start + node.offset;
        starts.extend((0..*count).map(|occurrence| first + occurrence * node.stride));
        records.extend(std::iter::repeat_n(*record, *count));
        if let (Some(ends), Some(end)) = (&mut ends, places.ends.and_then(|ends| ends.get(index))) {
            ends.extend(std::iter::repeat_n(*end, *count));
        }
    }
    let inner = Places { bytes: places.bytes, starts: &starts, records: &records, ends: ends.as_deref() };
    let mut inner_faults = Vec::new();
    let columns = columns(&node.item, inner, machine, &mut inner_faults);
    let offsets = OffsetBuffer::<i32>::from_lengths(counts);
    for mut fault in inner_faults {
        // The list that the item belongs to is the last one that begins at or before it.
        let owner = offsets.partition_point(|begin| *begin as usize <= fault.index) - 1;
        let occurrence = fault.index - offsets[owner] as usize;
        fault.index = owner;
        fault.subscripts.insert(0, occurrence + 1);
        fault.offset += node.offset + occurrence * node.stride;
        faults.push(fault);
    }
    let items = match node.item_field.data_type() {
        DataType::Struct(fields) => Arc::new(StructArray::new(fields.clone(), columns, None)) as ArrayRef,
        _ => columns
            .into_iter()
            .next()
            .unwrap_or_else(|| arrow::array::new_null_array(node.item_field.data_type(), total)),
    };
    Arc::new(ListArray::new(node.item_field.clone(), offsets, items, None))
}

/// How many occurrences count at each place.
fn counts<'p>(
    node: &'p ListNode,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> Vec<usize> {
    let Some(selector) = &node.depending else { return vec![node.occurs.most; places.starts.len()] };
    let (array, _) = selected(selector, places, machine);
    let array = array.as_primitive::<Int64Type>();
    (0..array.len())
        .map(|index| {
            let count = usize::try_from(array.value(index)).ok().filter(|_| array.is_valid(index));
            match count {
                Some(count) if (node.occurs.least..=node.occurs.most).contains(&count) => count,
                _ => {
                    faults.push(Fault {
                        index,
                        field: &node.field,
                        subscripts: Vec::new(),
                        offset: node.offset,
                        reason: Reason::BadCount,
                    });
                    0
                }
            }
        })
        .collect()
}

fn selected(selector: &Selector, places: Places<'_>, machine: &Machine) -> (ArrayRef, CellFaults) {
    let column = places.column(selector.from_record, selector.offset, selector.length);
    let mut faults = CellFaults::new();
    let array = decode(&selector.coding, column, machine, &mut faults);
    (array, faults)
}

/// What becomes of one description at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A rule chose it: a fault in it is a fault of the record.
    Strictly,
    /// Nothing chose: it holds if it can be decoded.
    IfItFits,
    /// A rule chose another.
    Not,
}

/// Decodes every description of the same bytes. Where a description does not hold, its columns are null.
///
/// With rules, the description whose rule is met holds; one without a rule holds where no rule is met. Without any rule each
/// description holds that can be decoded, and a record for which none can is at fault.
fn choice<'p>(
    alternatives: &'p [Alternative],
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> Vec<ArrayRef> {
    let rows = places.starts.len();
    let holds = holds(alternatives, places, machine);
    let mut fits = vec![false; rows];
    let mut columns_of_all = Vec::new();
    for (alternative, holds) in alternatives.iter().zip(&holds) {
        let mut own = Vec::new();
        let arrays = columns(&alternative.nodes, places, machine, &mut own);
        let mut void: Vec<bool> = holds.iter().map(|holds| *holds == Holds::Not).collect();
        for fault in own {
            match holds[fault.index] {
                Holds::Strictly => faults.push(fault),
                Holds::IfItFits => void[fault.index] = true,
                Holds::Not => {}
            }
        }
        fits.iter_mut().zip(&void).for_each(|(fits, void)| *fits |= !void);
        columns_of_all.extend(arrays.into_iter().map(|array| without(array, &void)));
    }
    let misfits =
        (0..rows).filter(|index| !fits[*index] && holds.iter().any(|holds| holds[*index] == Holds::IfItFits));
    faults.extend(misfits.map(|index| Fault {
        index,
        field: alternatives.first().map_or("", |first| &first.field),
        subscripts: Vec::new(),
        offset: alternatives.first().map_or(0, |first| first.offset),
        reason: Reason::NoAlternative,
    }));
    columns_of_all
}

/// What becomes of each description at each place.
fn holds(alternatives: &[Alternative], places: Places<'_>, machine: &Machine) -> Vec<Vec<Holds>> {
    let chosen = chosen(alternatives, places, machine);
    let unruled = alternatives.iter().filter(|alternative| alternative.rule.is_none()).count();
    let otherwise = if unruled == 1 && alternatives.len() > 1 { Holds::Strictly } else { Holds::IfItFits };
    let of = |number: usize, alternative: &Alternative| {
        chosen
            .iter()
            .map(|chosen| match chosen {
                Some(winner) if *winner == number => Holds::Strictly,
                None if alternative.rule.is_none() => otherwise,
                _ => Holds::Not,
            })
            .collect()
    };
    alternatives.iter().enumerate().map(|(number, alternative)| of(number, alternative)).collect()
}

/// For each place the first description whose rule is met.
fn chosen(alternatives: &[Alternative], places: Places<'_>, machine: &Machine) -> Vec<Option<usize>> {
    let mut chosen = vec![None; places.starts.len()];
    for (number, alternative) in alternatives.iter().enumerate() {
        let Some(rule) = &alternative.rule else { continue };
        let (array, _) = selected(&rule.selector, places, machine);
        for (index, slot) in chosen.iter_mut().enumerate() {
            if slot.is_none() && array.is_valid(index) && is_met(rule, &array, index) {
                *slot = Some(number);
            }
        }
    }
    chosen
}

fn is_met(rule: &Rule, array: &ArrayRef, index: usize) -> bool {
    match &rule.values {
        RuleValues::Texts(texts) => {
            let value = array.as_string::<i32>().value(index);
            texts.iter().any(|text| text == value)
        }
        RuleValues::Numbers(numbers) => numbers.contains(&array.as_primitive::<Int64Type>().value(index)),
    }
}

fn without(array: ArrayRef, void: &[bool]) -> ArrayRef {
    if !void.contains(&true) {
        return array;
    }
    let mask = BooleanArray::from(void.to_vec());
    nullif(&array, &mask).unwrap_or(array)
}
