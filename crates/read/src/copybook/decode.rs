//! A batch of records to columns, with the faults of each record.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};

use super::fault::{Fault, Reason};
use super::plan::{Alternative, ConditionNode, Counter, ListNode, Node, ValueNode};
use super::rule::Selector;
use super::values::{CellFaults, Column, Machine, decode};

/// The places where the same thing begins: records, or occurrences of a group.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    pub bytes: &'a [u8],
    /// Where each begins.
    pub starts: &'a [usize],
    /// Where each would begin for what stands behind the first list of varying length, the second, and so on: so much earlier as
    /// the list is shorter than it can be. These may lie before the first byte, and wrap.
    moved: &'a [Vec<usize>],
    /// Where the record of each begins, then the same for what stands behind lists of it; none when places are records.
    records: Option<&'a [Vec<usize>]>,
    /// Where the record of each ends; none when every record has all that the layout describes.
    pub ends: Option<&'a [usize]>,
}

impl<'a> Places<'a> {
    /// Records that begin at places, and end at others where they may be shorter than the layout.
    pub fn of_records(bytes: &'a [u8], starts: &'a [usize], ends: Option<&'a [usize]>) -> Self {
        Self { bytes, starts, moved: &[], records: None, ends }
    }

    /// Where what is decoded next would begin.
    fn current(self) -> &'a [usize] {
        self.moved.last().map_or(self.starts, Vec::as_slice)
    }

    /// A field at each place, behind all lists so far.
    fn column(self, offset: usize, length: usize) -> Column<'a> {
        Column { bytes: self.bytes, starts: self.current(), ends: self.ends, offset, length }
    }

    /// The field that decides something.
    fn selected(self, selector: &Selector) -> Column<'a> {
        let starts = match self.records.filter(|_| selector.from_record) {
            Some(records) => {
                records.get(selector.behind).or(records.last()).map_or(self.starts, Vec::as_slice)
            }
            None => match selector.behind.checked_sub(1) {
                None => self.starts,
                Some(index) => self.moved.get(index).map_or(self.current(), Vec::as_slice),
            },
        };
        Column {
            bytes: self.bytes,
            starts,
            ends: self.ends,
            offset: selector.offset,
            length: selector.length,
        }
    }

    /// How many bytes before its place in the layout something stands, at one place.
    fn shift(self, index: usize) -> usize {
        let start = |starts: &[usize]| starts.get(index).copied().unwrap_or_default();
        start(self.starts).wrapping_sub(start(self.current()))
    }

    /// What the occurrences that belong to places need to know of them, by the index of each one's place.
    fn around(self, owners: &[usize], asks_record: bool) -> Around {
        let of_owners = |starts: &[usize]| -> Vec<usize> {
            owners.iter().map(|owner| starts.get(*owner).copied().unwrap_or_default()).collect()
        };
        let records = match self.records {
            _ if !asks_record => Vec::new(),
            Some(records) => records.iter().map(|starts| of_owners(starts)).collect(),
            None => {
                let moved = self.moved.iter().map(Vec::as_slice);
                std::iter::once(self.starts).chain(moved).map(of_owners).collect()
            }
        };
        Around { records, ends: self.ends.map(of_owners) }
    }
}

/// Of occurrences: where their records begin, and where these end.
struct Around {
    records: Vec<Vec<usize>>,
    ends: Option<Vec<usize>>,
}

impl Around {
    fn places<'a>(&'a self, bytes: &'a [u8], starts: &'a [usize]) -> Places<'a> {
        Places { bytes, starts, moved: &[], records: Some(&self.records), ends: self.ends.as_deref() }
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
    let mut moved = places.moved.to_vec();
    for node in nodes {
        let places = Places { moved: &moved, ..places };
        match node {
            Node::Value(value) => columns.push(value_column(value, places, machine, faults)),
            Node::List(list) => {
                let found = occurrences(list, places, machine, faults);
                let next = list.moves.then(|| found.next(places));
                columns.push(list_column(list, found, places, machine, faults));
                moved.extend(next);
            }
            Node::Room(list) => {
                let found = occurrences(list, places, machine, faults);
                moved.push(found.next(places));
            }
            Node::Choice(alternatives) => columns.extend(choice(alternatives, places, machine, faults)),
            Node::Condition(condition) => {
                columns.extend(condition_column(condition, places, machine, faults));
            }
        }
    }
    columns
}

/// Whether a condition-name is true at each place, as a column; or faults where one has to be.
fn condition_column<'p>(
    node: &'p ConditionNode,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> Option<ArrayRef> {
    let holds = node.rule.holds(machine, &|selector| selection(selector, places, machine));
    if !node.is_required {
        return Some(Arc::new(BooleanArray::from(holds)));
    }
    let column = Column {
        bytes: places.bytes,
        starts: places.current(),
        ends: places.ends,
        offset: node.offset,
        length: 1,
    };
    let is_there: Vec<bool> = column.cells().map(|raw| !raw.is_empty()).collect();
    let wrong = (0..holds.len()).filter(|index| !holds[*index] && is_there[*index]);
    faults.extend(wrong.map(|index| Fault {
        index,
        field: &node.field,
        subscripts: Vec::new(),
        offset: node.offset.wrapping_sub(places.shift(index)),
        reason: Reason::NoCondition,
    }));
    None
}

fn selection<'a>(selector: &Selector, places: Places<'a>, machine: &Machine) -> (ArrayRef, Column<'a>) {
    (selected(selector, places, machine).0, places.selected(selector))
}

fn value_column<'p>(
    node: &'p ValueNode,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> ArrayRef {
    let column = places.column(node.offset, node.length);
    let mut cells = CellFaults::new();
    let array = match &node.reading {
        None => decode(&node.coding, column, machine, &mut cells),
        Some(reading) => decode(&node.coding, column, &machine.reading(reading), &mut cells),
    };
    faults.extend(cells.into_iter().map(|(index, reason)| Fault {
        index,
        field: &node.field,
        subscripts: Vec::new(),
        offset: node.offset.wrapping_sub(places.shift(index)),
        reason,
    }));
    array
}

/// The occurrences of a list at places.
struct Occurrences {
    /// How many each place has.
    counts: Vec<usize>,
    /// Where each begins, those of a place together.
    starts: Vec<usize>,
    /// How many bytes fewer each place takes than it can, where that moves what follows.
    spared: Vec<usize>,
}

impl Occurrences {
    /// Where places would begin for what stands behind the list.
    fn next(&self, places: Places<'_>) -> Vec<usize> {
        places.current().iter().zip(&self.spared).map(|(start, spared)| start.wrapping_sub(*spared)).collect()
    }
}

fn occurrences<'p>(
    node: &'p ListNode,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> Occurrences {
    let counts = counts(node, places, machine, faults);
    if node.item_moves {
        return moving_occurrences(node, counts, places, machine);
    }
    let mut starts = Vec::with_capacity(counts.iter().sum());
    for (start, count) in places.current().iter().zip(&counts) {
        let first = start.wrapping_add(node.offset);
        starts.extend((0..*count).map(|occurrence| first.wrapping_add(occurrence * node.stride)));
    }
    let spared = |count: &usize| node.occurs.most.saturating_sub(*count) * node.stride;
    let spared = if node.moves { counts.iter().map(spared).collect() } else { Vec::new() };
    Occurrences { counts, starts, spared }
}

/// Occurrences that each take as many bytes as the lists in them need: one after the other, at all places at once.
fn moving_occurrences(
    node: &ListNode,
    counts: Vec<usize>,
    places: Places<'_>,
    machine: &Machine,
) -> Occurrences {
    let mut next: Vec<usize> = places.current().iter().map(|start| start.wrapping_add(node.offset)).collect();
    let mut spared: Vec<usize> =
        counts.iter().map(|count| node.occurs.most.saturating_sub(*count) * node.stride).collect();
    let mut found: Vec<Vec<usize>> = counts.iter().map(|count| Vec::with_capacity(*count)).collect();
    for occurrence in 0..counts.iter().copied().max().unwrap_or(0) {
        let owners: Vec<usize> = (0..counts.len()).filter(|index| counts[*index] > occurrence).collect();
        let starts: Vec<usize> = owners.iter().map(|owner| next[*owner]).collect();
        let around = places.around(&owners, node.asks_record);
        let less = spared_in(&node.item, around.places(places.bytes, &starts), machine);
        for ((owner, start), less) in owners.iter().zip(&starts).zip(less) {
            found[*owner].push(*start);
            next[*owner] = start.wrapping_add(node.stride).wrapping_sub(less);
            spared[*owner] += less;
        }
    }
    Occurrences { counts, starts: found.concat(), spared }
}

/// How many bytes fewer than they can nodes take at each place.
fn spared_in(nodes: &[Node], places: Places<'_>, machine: &Machine) -> Vec<usize> {
    let mut moved = places.moved.to_vec();
    let mut all = vec![0usize; places.starts.len()];
    for node in nodes {
        let Some(list) = node.moving_list() else { continue };
        let places = Places { moved: &moved, ..places };
        let found = occurrences(list, places, machine, &mut Vec::new());
        all.iter_mut().zip(&found.spared).for_each(|(all, spared)| *all += spared);
        let next = found.next(places);
        moved.push(next);
    }
    all
}

fn list_column<'p>(
    node: &'p ListNode,
    found: Occurrences,
    places: Places<'_>,
    machine: &Machine,
    faults: &mut Vec<Fault<'p>>,
) -> ArrayRef {
    let Occurrences { counts, starts, .. } = found;
    let total = starts.len();
    let needs_owners = node.asks_record || places.ends.is_some();
    let owners: Vec<usize> = if needs_owners {
        counts.iter().enumerate().flat_map(|(owner, count)| std::iter::repeat_n(owner, *count)).collect()
    } else {
        Vec::new()
    };
    let around = places.around(&owners, node.asks_record);
    let mut inner_faults = Vec::new();
    let columns = columns(&node.item, around.places(places.bytes, &starts), machine, &mut inner_faults);
    let offsets = OffsetBuffer::<i32>::from_lengths(counts);
    for mut fault in inner_faults {
        // The list that the item belongs to is the last one that begins at or before it.
        let owner = offsets.partition_point(|begin| *begin as usize <= fault.index) - 1;
        let occurrence = fault.index - offsets[owner] as usize;
        let begin = starts.get(fault.index).copied().unwrap_or_default();
        fault.offset += begin.wrapping_sub(places.starts.get(owner).copied().unwrap_or_default());
        fault.index = owner;
        fault.subscripts.insert(0, occurrence + 1);
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
    let Some(counter) = &node.depending else { return vec![node.occurs.most; places.starts.len()] };
    let (array, _) = selected(&counter.selector, places, machine);
    (0..array.len())
        .map(|index| match count(counter, &array, index) {
            Some(count) if (node.occurs.least..=node.occurs.most).contains(&count) => count,
            _ => {
                let offset = node.offset.wrapping_sub(places.shift(index));
                let (field, subscripts) = (&node.field, Vec::new());
                faults.push(Fault { index, field, subscripts, offset, reason: Reason::BadCount });
                0
            }
        })
        .collect()
}

/// The number of occurrences that a field holds, as a number, or as a word for it.
fn count(counter: &Counter, array: &ArrayRef, index: usize) -> Option<usize> {
    if array.is_null(index) {
        return counter.table.get("").copied();
    }
    if let Some(numbers) = array.as_primitive_opt::<Int64Type>() {
        let number = numbers.value(index);
        if counter.table.is_empty() {
            return usize::try_from(number).ok();
        }
        return counter.table.get(number.to_string().as_str()).copied();
    }
    if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
        let unit = 10i128.checked_pow(decimals.scale().max(0).unsigned_abs().into())?;
        let number = decimals.value(index);
        return usize::try_from(number / unit).ok().filter(|_| number % unit == 0);
    }
    let text = array.as_string_opt::<i32>()?.value(index).trim();
    if counter.table.is_empty() { text.parse().ok() } else { counter.table.get(text).copied() }
}

fn selected(selector: &Selector, places: Places<'_>, machine: &Machine) -> (ArrayRef, CellFaults) {
    let mut faults = CellFaults::new();
    let array = decode(&selector.coding, places.selected(selector), machine, &mut faults);
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
        let holds = rule.holds(machine, &|selector| selection(selector, places, machine));
        for (slot, holds) in chosen.iter_mut().zip(holds) {
            if slot.is_none() && holds {
                *slot = Some(number);
            }
        }
    }
    chosen
}

fn without(array: ArrayRef, void: &[bool]) -> ArrayRef {
    if !void.contains(&true) {
        return array;
    }
    let mask = BooleanArray::from(void.to_vec());
    nullif(&array, &mask).unwrap_or(array)
}
