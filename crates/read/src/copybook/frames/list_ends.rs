//! Records without a length of their own that end where their lists do (`variable_occurs = "shift"` with format `F`).
//!
//! IBM, *Enterprise COBOL for z/OS Programming Guide*, "Complex OCCURS DEPENDING ON": lists may follow each other, stand in each
//! other's occurrences, and be counted by fields that stand behind other lists. So a record is walked from list to list, as
//! decoding walks it, to find how many bytes it spares of those that it could have.

use std::collections::HashMap;

use concordat_record::Problem;

use super::Framing;
use super::block::Divided;
use super::key_field::KeyField;
use super::length_field::cut_off;
use super::window::Window;
use crate::copybook::plan::{Counter, ListNode, Node};
use crate::copybook::values::Machine;
use crate::reader::BATCH_RECORDS;

const CHUNK: usize = 1 << 20;

/// The lists of a scope that take more or fewer bytes by the record, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Lists(Vec<List>);

#[derive(Clone, Debug)]
struct List {
    /// Where it begins in its scope, when all lists before it are as long as they can be.
    offset: usize,
    stride: usize,
    least: usize,
    most: usize,
    /// None where the number of occurrences is fixed, and only what is in them varies.
    count: Option<Count>,
    inner: Lists,
}

/// The field that counts the occurrences of a list.
#[derive(Clone, Debug)]
struct Count {
    from_record: bool,
    behind: usize,
    field: KeyField,
    words: HashMap<String, usize>,
}

/// Why a record's length is not known.
enum Unknown {
    /// It ends behind the bytes at hand.
    NeedsMore,
    /// A field that counts holds nothing that its list allows.
    NoCount,
}

impl Lists {
    /// Those of planned columns; none when nothing in them varies.
    pub fn of(nodes: &[Node], machine: &Machine) -> Option<Self> {
        let lists = Self::within(nodes, machine);
        (!lists.0.is_empty()).then_some(lists)
    }

    fn within(nodes: &[Node], machine: &Machine) -> Self {
        let moving = nodes.iter().filter_map(Node::moving_list);
        Self(moving.map(|list| List::new(list, machine)).collect())
    }

    /// How many bytes fewer than it can a scope takes that begins at a place. `around` has the places at which the record would
    /// begin behind each of its lists so far; the record itself is its own surroundings.
    fn spared(&mut self, bytes: &[u8], start: usize, around: Option<&[usize]>) -> Result<usize, Unknown> {
        let mut begins = vec![start];
        let mut all = 0;
        for list in &mut self.0 {
            let spared = list.spared(bytes, &begins, around.unwrap_or(&begins))?;
            all += spared;
            begins.push(start.wrapping_sub(all));
        }
        Ok(all)
    }
}

impl List {
    fn new(node: &ListNode, machine: &Machine) -> Self {
        Self {
            offset: node.offset,
            stride: node.stride,
            least: node.occurs.least,
            most: node.occurs.most,
            count: node.depending.as_ref().map(|counter| Count::new(counter, machine)),
            inner: if node.item_moves { Lists::within(&node.item, machine) } else { Lists(Vec::new()) },
        }
    }

    fn spared(&mut self, bytes: &[u8], own: &[usize], record: &[usize]) -> Result<usize, Unknown> {
        let occurrences = match &mut self.count {
            None => self.most,
            Some(count) => count
                .value(bytes, if count.from_record { record } else { own })?
                .filter(|number| (self.least..=self.most).contains(number))
                .ok_or(Unknown::NoCount)?,
        };
        let mut spared = self.most.saturating_sub(occurrences) * self.stride;
        if self.inner.0.is_empty() {
            return Ok(spared);
        }
        let mut next = own.last().copied().unwrap_or_default().wrapping_add(self.offset);
        for _ in 0..occurrences {
            let less = self.inner.spared(bytes, next, Some(record))?;
            next = next.wrapping_add(self.stride).wrapping_sub(less);
            spared += less;
        }
        Ok(spared)
    }
}

impl Count {
    fn new(counter: &Counter, machine: &Machine) -> Self {
        let selector = &counter.selector;
        Self {
            from_record: selector.from_record,
            behind: selector.behind,
            field: KeyField::of(selector, machine),
            words: counter.table.clone(),
        }
    }

    /// The number that stands in a record; none when there is no number.
    fn value(&mut self, bytes: &[u8], begins: &[usize]) -> Result<Option<usize>, Unknown> {
        let begin = begins.get(self.behind).or(begins.last()).copied().unwrap_or_default();
        let place = begin.wrapping_add(self.field.offset);
        let end = place.checked_add(self.field.length).ok_or(Unknown::NoCount)?;
        let raw = bytes.get(place..end).ok_or(Unknown::NeedsMore)?;
        let value = self.field.value_of(raw).unwrap_or_default().trim();
        if !self.words.is_empty() {
            return Ok(self.words.get(value).copied());
        }
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        Ok(whole.parse().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0')))
    }
}

/// Divides where the lists of each record end.
pub(crate) struct ListEnds {
    lists: Lists,
    /// Bytes of a record whose lists are all as long as they can be.
    longest: usize,
    window: Window,
}

impl ListEnds {
    pub fn new(lists: Lists, longest: usize, window: Window) -> Self {
        Self { lists, longest, window }
    }

    /// The bytes of the record that these begin with.
    fn length(&mut self, bytes: &[u8]) -> Result<usize, Unknown> {
        let spared = self.lists.spared(bytes, self.window.prefix, None)?;
        let own = self.longest.checked_sub(spared).ok_or(Unknown::NoCount)?;
        let whole = own.saturating_add(self.window.around());
        match whole {
            0 => Err(Unknown::NoCount),
            _ if whole > bytes.len() => Err(Unknown::NeedsMore),
            _ => Ok(whole),
        }
    }
}

impl Framing for ListEnds {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS {
            let rest = bytes.get(divided.used..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            match self.length(rest) {
                Ok(length) => {
                    divided.starts.push(divided.used);
                    divided.used += length;
                    divided.ends.push(divided.used);
                }
                Err(unknown) => {
                    divided.broken = match unknown {
                        Unknown::NeedsMore => last.then(|| cut_off(rest.len())),
                        Unknown::NoCount => Some(no_count()),
                    };
                    break;
                }
            }
        }
        divided
    }

    fn format(&self) -> &'static str {
        "F"
    }

    fn wanted(&self) -> usize {
        CHUNK
    }
}

fn no_count() -> Problem {
    let sentence = "a field after DEPENDING ON holds no number of occurrences that its list can have, so the record's end is not known";
    Problem::new("read.broken-chain", sentence).advise(
        "what follows cannot be divided into records; check `variable_occurs` and `counts`, and whether a record before this one is longer or shorter than its lists say",
    )
}
