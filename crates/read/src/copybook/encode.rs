//! Rows back into the records of a copybook: the inverse of decoding, for exact numbers and text.
//!
//! What a row does not say is blank: spaces for text and DISPLAY numbers, zero for packed, binary and floating-point numbers
//! (they have no blank), spaces for FILLER. Of several descriptions of the same bytes, those are written that the row has
//! values for.

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field as ArrowField};
use concordat_record::{Place, Problem, Problems};

use super::code_page::{CodePage, Family};
use super::coding::{ByteOrder, Coding, Sign};
use super::decode::{Places, columns};
use super::layout::Layout;
use super::plan::{ListNode, Node, Plan, PlanOptions, ValueNode};
use super::row::{self, Row, Value};
use super::values::{CellFaults, Column, Machine, decode};

/// Writes records of one layout.
#[derive(Debug)]
pub struct RecordWriter {
    plan: Plan,
    page: CodePage,
    record_length: usize,
    /// What decodes the bytes that are written over, so that those that mean the value already are kept.
    kept: Option<Machine>,
}

impl RecordWriter {
    /// A writer for a layout in a code page. Numbers are written as IBM has them with an EBCDIC page (big-endian, hexadecimal
    /// floating point), else as a PC has them.
    ///
    /// # Errors
    /// When the layout has no columns, or an OCCURS depends on a field it does not have.
    pub fn new(layout: &Layout, page: CodePage) -> Result<Self, Problems> {
        Ok(Self {
            plan: Plan::new(layout, &PlanOptions::default())?,
            page,
            record_length: layout.record_length,
            kept: None,
        })
    }

    /// A writer that writes over records that are there, and leaves alone what does not change.
    pub(crate) fn over(plan: Plan, machine: Machine, record_length: usize) -> Self {
        Self { plan, page: machine.page.clone(), record_length, kept: Some(machine) }
    }

    /// Writes the columns of a row that the layout has over the bytes of a record.
    ///
    /// Where what follows a list moves with it, fields have no fixed place; such a record is only written if nothing in it has changed.
    pub(crate) fn encode_onto(&self, row: &Row, record: &mut [u8]) -> Result<(), Problem> {
        if let Some(machine) = self.kept.as_ref().filter(|_| moves(&self.plan.nodes)) {
            return if self.is_already(row, record, machine) { Ok(()) } else { Err(moved_list()) };
        }
        self.nodes(&self.plan.nodes, &self.plan.fields, row, record)
    }

    /// Whether a record means a row already.
    fn is_already(&self, row: &Row, record: &[u8], machine: &Machine) -> bool {
        let ends = [record.len()];
        let places = Places::of_records(record, &[0], Some(&ends));
        let mut faults = Vec::new();
        let columns = columns(&self.plan.nodes, places, machine, &mut faults);
        let same = |(field, column): (&ArrowField, &ArrayRef)| {
            row.0.get(field.name()).is_none_or(|value| row::value(column, 0) == *value)
        };
        faults.is_empty() && self.plan.fields.iter().zip(&columns).all(same)
    }

    /// The columns a row may have, in the order of the copybook.
    pub fn columns(&self) -> &[ArrowField] {
        &self.plan.fields
    }

    /// The bytes of one record.
    ///
    /// # Errors
    /// `encode.unknown-column`, `encode.too-long`, `encode.not-in-code-page`, `encode.not-a-number`, `encode.too-large`,
    /// `encode.inexact`, `encode.no-sign`, `encode.wrong-shape`, each with the field.
    pub fn encode(&self, row: &Row) -> Result<Vec<u8>, Problem> {
        let mut record = vec![self.page.space(); self.record_length];
        self.scope(&self.plan.nodes, &self.plan.fields, row, &mut record)?;
        Ok(record)
    }

    /// Writes the columns of a scope into its bytes.
    fn scope(&self, nodes: &[Node], fields: &[ArrowField], row: &Row, out: &mut [u8]) -> Result<(), Problem> {
        for name in row.0.keys() {
            if !fields.iter().any(|field| field.name() == name) && !name.starts_with('_') {
                let near = concordat_record::nearest(name, fields.iter().map(|field| field.name().as_str()));
                let problem =
                    Problem::new("encode.unknown-column", format!("the layout has no column `{name}`"));
                return Err(match near {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem,
                });
            }
        }
        self.nodes(nodes, fields, row, out)
    }

    fn nodes(&self, nodes: &[Node], fields: &[ArrowField], row: &Row, out: &mut [u8]) -> Result<(), Problem> {
        let mut rest = fields;
        for node in nodes {
            let (own, after) = rest.split_at_checked(width(node)).unwrap_or((rest, &[]));
            rest = after;
            let name = own.first().map_or("", |field| field.name());
            match node {
                Node::Value(node) => self.value(node, row.0.get(name).unwrap_or(&Value::Null), out)?,
                Node::List(node) => self.list(node, row.0.get(name).unwrap_or(&Value::Null), out)?,
                Node::Condition(_) | Node::Room(_) => {}
                Node::Choice(alternatives) => {
                    let blank = !row.has_any(own);
                    let mut own = own;
                    for (number, alternative) in alternatives.iter().enumerate() {
                        let width = alternative.nodes.iter().map(width).sum();
                        let (columns, others) = own.split_at_checked(width).unwrap_or((own, &[]));
                        own = others;
                        if row.has_any(columns) || (blank && number == 0 && self.kept.is_none()) {
                            self.nodes(&alternative.nodes, columns, row, out)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn list(&self, node: &ListNode, value: &Value, out: &mut [u8]) -> Result<(), Problem> {
        let items: &[Value] = match value {
            Value::Null => &[],
            Value::List(items) if items.len() <= node.occurs.most => items,
            _ => {
                let sentence = format!("a list of at most {} values belongs here", node.occurs.most);
                return Err(
                    Problem::new("encode.wrong-shape", sentence).at(Place::default().field(&node.field))
                );
            }
        };
        for occurrence in 0..node.occurs.most {
            let begin = node.offset + occurrence * node.stride;
            let Some(bytes) = out.get_mut(begin..begin + node.stride) else { continue };
            let item = match items.get(occurrence) {
                Some(item) => item,
                None if self.kept.is_some() => break,
                None => &Value::Null,
            };
            match (node.item_field.data_type(), node.item.as_slice()) {
                (DataType::Struct(fields), nodes) => {
                    let fields: Vec<ArrowField> = fields.iter().map(|field| field.as_ref().clone()).collect();
                    let empty = Row::new();
                    let row = if let Value::Group(row) = item { row } else { &empty };
                    self.scope(nodes, &fields, row, bytes)?;
                }
                (_, [Node::Value(node)]) => self.value(node, item, bytes)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn value(&self, node: &ValueNode, value: &Value, out: &mut [u8]) -> Result<(), Problem> {
        let Some(bytes) = out.get_mut(node.offset..node.offset + node.length) else { return Ok(()) };
        let reading = node.reading.as_deref();
        let own =
            |machine: &Machine| reading.map_or_else(|| machine.clone(), |reading| machine.reading(reading));
        let original = self.kept.as_ref().map(|machine| (machine, bytes.to_vec()));
        let page = reading.and_then(|reading| reading.page.as_ref()).unwrap_or(&self.page);
        let written = match node.coding {
            Coding::Text { justified } => text(page, value, justified, bytes),
            _ => self.write(&node.coding, value, bytes),
        };
        if let Some((machine, original)) = original
            && (written.is_err() || *bytes != *original)
            && means(&original, &node.coding, &own(machine), value)
        {
            bytes.copy_from_slice(&original);
            return Ok(());
        }
        written.map_err(|problem| problem.at(Place::default().field(&node.field)))
    }

    fn write(&self, coding: &Coding, value: &Value, out: &mut [u8]) -> Result<(), Problem> {
        match *coding {
            Coding::Text { justified } => text(&self.page, value, justified, out),
            Coding::National => national(value, out),
            Coding::Zoned { sign, scale, .. } => match exact(value, scale)? {
                None => {
                    out.fill(self.page.space());
                    Ok(())
                }
                Some(number) => self.zoned(number, sign, out),
            },
            Coding::Edited { .. } => Err(Problem::new("encode.edited", "edited numbers are not written")
                .advise("leave the field out, or describe it as text")),
            Coding::Packed { digits, scale, signed, sign_nibble } => {
                packed(exact(value, scale)?.unwrap_or(0), digits, signed, sign_nibble, out)
            }
            Coding::Binary { scale, signed, order, .. } => {
                let little =
                    order == ByteOrder::Little || (order == ByteOrder::Machine && !self.is_mainframe());
                binary(exact(value, scale)?.unwrap_or(0), signed, little, out)
            }
            Coding::Dbcs => self.double(value, out),
            Coding::Utf8 | Coding::Bytes | Coding::NationalDigits { .. } | Coding::ExternalFloat { .. } => {
                Err(Problem::new("encode.not-written", format!("{} is not written", coding.name())))
            }
            Coding::Float | Coding::Double => {
                self.float(floating(value)?, out);
                Ok(())
            }
        }
    }

    fn is_mainframe(&self) -> bool {
        self.page.family() == Family::Ebcdic
    }

    fn double(&self, value: &Value, out: &mut [u8]) -> Result<(), Problem> {
        let bytes = self.page.encode_double(&as_text(value)?).map_err(|_| {
            let sentence =
                format!("the text has a character that {} does not have in two bytes", self.page.name());
            Problem::new("encode.not-in-code-page", sentence)
        })?;
        let length = out.len();
        out.fill(self.page.space());
        let Some(place) = out.get_mut(..bytes.len()) else {
            let sentence = format!("the text takes {} bytes, but the field has {length}", bytes.len());
            return Err(Problem::new("encode.too-long", sentence));
        };
        place.copy_from_slice(&bytes);
        Ok(())
    }

    fn zoned(&self, number: i128, sign: Sign, out: &mut [u8]) -> Result<(), Problem> {
        let negative = number < 0;
        if negative && sign == Sign::Unsigned {
            return Err(no_sign());
        }
        let (plus, minus) = self.page.signs();
        let sign_byte = if negative { minus } else { plus };
        let digits = match sign {
            Sign::Separate { leading: true } => out.split_first_mut(),
            Sign::Separate { leading: false } => out.split_last_mut(),
            _ => return self.overpunched(number, sign, out),
        };
        let Some((place, digits)) = digits else { return Ok(()) };
        *place = sign_byte;
        put_digits(number.unsigned_abs(), self.page.zero(), digits)
    }

    fn overpunched(&self, number: i128, sign: Sign, out: &mut [u8]) -> Result<(), Problem> {
        put_digits(number.unsigned_abs(), self.page.zero(), out)?;
        let place = match sign {
            Sign::Overpunched { leading: true } => out.first_mut(),
            Sign::Overpunched { leading: false } => out.last_mut(),
            _ => None,
        };
        if let Some(byte) = place {
            *byte = match (self.page.family(), number < 0) {
                (Family::Ebcdic, negative) => *byte & 0x0f | if negative { 0xd0 } else { 0xc0 },
                (Family::Ascii, true) => *byte + 0x40,
                (Family::Ascii, false) => *byte,
            };
        }
        Ok(())
    }

    fn float(&self, number: f64, out: &mut [u8]) {
        let bytes: Vec<u8> = match (self.is_mainframe(), out.len()) {
            (true, 4) => (hexadecimal(number, 24) as u32).to_be_bytes().into(),
            (true, _) => hexadecimal(number, 56).to_be_bytes().into(),
            (false, 4) => (number as f32).to_le_bytes().into(),
            (false, _) => number.to_le_bytes().into(),
        };
        out.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    }
}

/// Whether anything stands behind a list of varying length that moves with it.
fn moves(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Value(_) | Node::Condition(_) => false,
        Node::List(list) | Node::Room(list) => list.moves || list.item_moves,
        Node::Choice(alternatives) => alternatives.iter().any(|alternative| moves(&alternative.nodes)),
    })
}

fn moved_list() -> Problem {
    Problem::new("encode.moving-list", "a record whose lists move what follows them cannot be changed")
        .advise("this is only written back as it was read")
}

/// Whether bytes mean a value already. Where a description of them does not hold, its value is null.
fn means(bytes: &[u8], coding: &Coding, machine: &Machine, value: &Value) -> bool {
    let column = Column { bytes, starts: &[0], ends: None, offset: 0, length: bytes.len() };
    let mut faults = CellFaults::new();
    let array = decode(coding, column, machine, &mut faults);
    if faults.is_empty() { row::value(&array, 0) == *value } else { *value == Value::Null }
}

fn text(page: &CodePage, value: &Value, justified: bool, out: &mut [u8]) -> Result<(), Problem> {
    let text = as_text(value)?;
    let bytes = page.encode(&text).map_err(|_| {
        let sentence = format!("the text has a character that {} does not have", page.name());
        Problem::new("encode.not-in-code-page", sentence)
    })?;
    let length = out.len();
    if bytes.len() > length {
        let sentence = format!("the text takes {} bytes, but the field has {length}", bytes.len());
        return Err(Problem::new("encode.too-long", sentence));
    }
    let space = page.encode(" ").unwrap_or_default();
    out.iter_mut().zip(space.into_iter().cycle()).for_each(|(place, byte)| *place = byte);
    let begin = if justified { length - bytes.len() } else { 0 };
    if let Some(place) = out.get_mut(begin..begin + bytes.len()) {
        place.copy_from_slice(&bytes);
    }
    Ok(())
}

/// How many columns a node has.
fn width(node: &Node) -> usize {
    match node {
        Node::Value(_) | Node::List(_) => 1,
        Node::Condition(_) | Node::Room(_) => node.columns(),
        Node::Choice(alternatives) => {
            alternatives.iter().flat_map(|alternative| &alternative.nodes).map(width).sum()
        }
    }
}

fn as_text(value: &Value) -> Result<String, Problem> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Text(text) => Ok(text.clone()),
        Value::Number { unscaled, scale: 0 } => Ok(unscaled.to_string()),
        _ => Err(Problem::new("encode.wrong-shape", "a text belongs here")),
    }
}

fn national(value: &Value, out: &mut [u8]) -> Result<(), Problem> {
    let text = as_text(value)?;
    let units: Vec<u16> = text.encode_utf16().collect();
    if units.len() * 2 > out.len() {
        let sentence = format!("the text takes {} bytes, but the field has {}", units.len() * 2, out.len());
        return Err(Problem::new("encode.too-long", sentence));
    }
    let padded = units.into_iter().chain(std::iter::repeat(u16::from(b' ')));
    out.chunks_exact_mut(2).zip(padded).for_each(|(place, unit)| place.copy_from_slice(&unit.to_be_bytes()));
    Ok(())
}

/// The number as stored: without its point, and without zeros that the picture only implies.
fn exact(value: &Value, scale: i8) -> Result<Option<i128>, Problem> {
    let (unscaled, given) = match value {
        Value::Null => return Ok(None),
        Value::Text(text) if text.trim().is_empty() => return Ok(None),
        Value::Number { unscaled, scale } => (*unscaled, *scale),
        Value::Text(text) => parse_decimal(text.trim()).ok_or_else(not_a_number)?,
        _ => return Err(not_a_number()),
    };
    let shift = i32::from(scale) - i32::from(given);
    let power = 10i128.checked_pow(shift.unsigned_abs()).ok_or_else(too_large)?;
    if shift >= 0 {
        return unscaled.checked_mul(power).map(Some).ok_or_else(too_large);
    }
    if unscaled % power == 0 {
        return Ok(Some(unscaled / power));
    }
    Err(Problem::new(
        "encode.inexact",
        format!("the number has more decimal places than the {scale} of the field"),
    ))
}

/// `-12.50` as -1250 units of a hundredth.
fn parse_decimal(text: &str) -> Option<(i128, i8)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = i8::try_from(fraction.len()).ok()?;
    let digits = format!("{whole}{fraction}");
    Some((digits.parse().ok()?, scale))
}

fn floating(value: &Value) -> Result<f64, Problem> {
    match value {
        Value::Null => Ok(0.0),
        Value::Float(number) => Ok(*number),
        Value::Number { unscaled, scale } => Ok(*unscaled as f64 / 10f64.powi((*scale).into())),
        Value::Text(text) => text.trim().parse().map_err(|_| not_a_number()),
        Value::List(_) | Value::Group(_) => Err(not_a_number()),
    }
}

fn put_digits(mut number: u128, zero: u8, out: &mut [u8]) -> Result<(), Problem> {
    for place in out.iter_mut().rev() {
        *place = zero + (number % 10) as u8;
        number /= 10;
    }
    if number == 0 { Ok(()) } else { Err(too_large()) }
}

fn packed(number: i128, digits: u8, signed: bool, sign_nibble: bool, out: &mut [u8]) -> Result<(), Problem> {
    if number < 0 && !signed {
        return Err(no_sign());
    }
    let mut rest = number.unsigned_abs();
    if rest >= 10u128.checked_pow(digits.into()).unwrap_or(u128::MAX) {
        return Err(too_large());
    }
    let sign = match (signed, number < 0) {
        (false, _) => 0x0f,
        (true, true) => 0x0d,
        (true, false) => 0x0c,
    };
    let mut nibbles = Vec::with_capacity(out.len() * 2);
    nibbles.extend(sign_nibble.then_some(sign));
    while nibbles.len() < out.len() * 2 {
        nibbles.push((rest % 10) as u8);
        rest /= 10;
    }
    for (place, pair) in out.iter_mut().rev().zip(nibbles.as_chunks::<2>().0) {
        *place = pair[1] << 4 | pair[0];
    }
    Ok(())
}

fn binary(number: i128, signed: bool, little: bool, out: &mut [u8]) -> Result<(), Problem> {
    if number < 0 && !signed {
        return Err(no_sign());
    }
    let bits = (out.len() * 8).min(128) as u32;
    let room = bits - u32::from(signed);
    if room < 128 && (number >> room) != if number < 0 { -1 } else { 0 } {
        return Err(too_large());
    }
    let bytes = number.to_le_bytes();
    out.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    if !little {
        out.reverse();
    }
    Ok(())
}

/// A number as IBM hexadecimal floating point with so many bits of fraction.
fn hexadecimal(number: f64, bits: i32) -> u64 {
    if number == 0.0 || !number.is_finite() {
        return 0;
    }
    let mut exponent = 64;
    let mut fraction = number.abs();
    while fraction >= 1.0 && exponent < 127 {
        fraction /= 16.0;
        exponent += 1;
    }
    while fraction < 1.0 / 16.0 && exponent > 0 {
        fraction *= 16.0;
        exponent -= 1;
    }
    let sign = u64::from(number < 0.0);
    let fraction = (fraction * 2f64.powi(bits)).round().min(2f64.powi(bits) - 1.0) as u64;
    (sign << 7 | exponent) << bits | fraction
}

fn not_a_number() -> Problem {
    Problem::new("encode.not-a-number", "a number belongs here")
}

fn too_large() -> Problem {
    Problem::new("encode.too-large", "the number has more digits than the field")
}

fn no_sign() -> Problem {
    Problem::new("encode.no-sign", "the number is negative, but the field has no sign")
}
