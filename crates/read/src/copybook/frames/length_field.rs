//! Records that hold their own length in a field: as a number, as arithmetic on fields, or as a word of a table.

use concordat_record::{Place, Problem};

use super::Framing;
use super::block::Divided;
use super::expression::{Expression, parse};
use super::key_field::KeyField;
use crate::copybook::layout::Layout;
use crate::copybook::values::Machine;
use crate::reader::BATCH_RECORDS;

const CHUNK: usize = 1 << 20;
/// The word in a table of lengths for all values that are not in it.
pub(crate) const OTHERWISE: &str = "_";

/// How the length follows from the record, as the source file has it.
#[derive(Clone, Debug)]
pub(crate) struct LengthText {
    /// A field or an expression.
    pub field: String,
    /// Lengths by the field's value; empty when the field is the length.
    pub table: Vec<(String, usize)>,
    pub place: Place,
}

/// Divides by the length that each record holds.
pub(crate) struct LengthField {
    fields: Vec<KeyField>,
    length: Length,
    /// Bytes before the record proper, in which offsets of fields do not count.
    prefix: usize,
}

enum Length {
    Expression(Expression),
    Table(Vec<(String, usize)>),
}

impl LengthField {
    pub fn new(
        text: &LengthText,
        layout: &Layout,
        machine: &Machine,
        prefix: usize,
    ) -> Result<Self, Problem> {
        let located = |problem: Problem| Problem { place: text.place.clone(), ..problem };
        let (expression, names) = parse(&text.field).map_err(located)?;
        let fields: Result<Vec<KeyField>, Problem> =
            names.iter().map(|name| KeyField::new(name, layout, machine)).collect();
        let fields = fields.map_err(located)?;
        let length = if text.table.is_empty() {
            Length::Expression(expression)
        } else if expression == Expression::Field(0) {
            Length::Table(text.table.clone())
        } else {
            let sentence = "`record_lengths` is a table by the value of one field, but `record_length_field` is arithmetic";
            return Err(Problem::new("source.expression", sentence).at(text.place.clone()));
        };
        Ok(Self { fields, length, prefix })
    }

    /// How many bytes of a record have to be there to tell its length.
    fn needed(&self) -> usize {
        self.prefix + self.fields.iter().map(|field| field.offset + field.length).max().unwrap_or(0)
    }

    fn length(&mut self, bytes: &[u8]) -> Option<i64> {
        let record = bytes.get(self.prefix..)?;
        let fields = &mut self.fields;
        match &self.length {
            Length::Expression(expression) => {
                expression.value(&mut |index| fields.get_mut(index)?.value(record)?.trim().parse().ok())
            }
            Length::Table(table) => {
                let value = fields.first_mut()?.value(record).unwrap_or_default();
                let find = |wanted: &str| table.iter().find(|(known, _)| known == wanted);
                i64::try_from(find(value).or_else(|| find(OTHERWISE))?.1).ok()
            }
        }
    }
}

fn no_length(length: Option<i64>, is_table: bool) -> Problem {
    let sentence = match length {
        Some(length) => format!(
            "the record's length would be {length}, less than up to the end of the field that holds it"
        ),
        None if is_table => {
            "the field that tells the record's length has a value that `record_lengths` does not have".into()
        }
        None => "the field that tells the record's length does not hold a number".into(),
    };
    Problem::new("read.broken-chain", sentence).advise(
        "what follows cannot be divided into records; check `record_length_field`, and whether a record before this one is longer or shorter than it says",
    )
}

/// The file ends within a record.
pub(super) fn cut_off(rest: usize) -> Problem {
    Problem::new("read.truncated-record", format!("the file ends {rest} bytes into a record"))
        .advise("ask for the file to be sent again: it was cut off")
}

impl Framing for LengthField {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let needed = self.needed();
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS {
            let begin = divided.used;
            let rest = bytes.get(begin..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            let cut_off = || cut_off(rest.len());
            if rest.len() < needed {
                divided.broken = last.then(cut_off);
                break;
            }
            let found = self.length(rest);
            let length = found
                .and_then(|length| usize::try_from(length).ok())
                .filter(|length| *length >= needed.max(1));
            let Some(length) = length else {
                divided.broken = Some(no_length(found, matches!(self.length, Length::Table(_))));
                break;
            };
            if rest.len() < length {
                divided.broken = last.then(cut_off);
                break;
            }
            divided.starts.push(begin);
            divided.used += length;
            divided.ends.push(divided.used);
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
