//! Columns under construction, filled value by value; the last rows can be taken back when a record turns out to be bad.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
    Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer};

/// Bytes of varying length: text or binary.
#[derive(Debug)]
pub(crate) struct BytesColumn {
    bytes: Vec<u8>,
    ends: Vec<i32>,
    valid: Vec<bool>,
}

impl BytesColumn {
    pub fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self { bytes: Vec::with_capacity(bytes), ends, valid: Vec::with_capacity(rows) }
    }

    /// Where the next value's bytes are added; [`Self::close`] ends it.
    #[inline]
    pub fn open(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends a value; an invalid one is null.
    #[inline]
    pub fn close(&mut self, valid: bool) {
        self.ends.push(self.bytes.len() as i32);
        self.valid.push(valid);
    }

    #[inline]
    pub fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.close(true);
    }

    #[inline]
    pub fn push_null(&mut self) {
        self.close(false);
    }

    pub fn truncate(&mut self, rows: usize) {
        self.valid.truncate(rows);
        self.ends.truncate(rows + 1);
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }

    fn parts(self) -> (OffsetBuffer<i32>, Buffer, Option<NullBuffer>) {
        (OffsetBuffer::new(self.ends.into()), Buffer::from_vec(self.bytes), nulls(&self.valid))
    }

    /// The column as text.
    ///
    /// INVARIANT: only whole UTF-8 characters were added, so Arrow's check (which costs little) cannot fail.
    pub fn finish_text(self) -> ArrayRef {
        let rows = self.valid.len();
        let (ends, bytes, nulls) = self.parts();
        match StringArray::try_new(ends, bytes, nulls) {
            Ok(array) => Arc::new(array),
            Err(_) => Arc::new(StringArray::new_null(rows)),
        }
    }

    pub fn finish_binary(self) -> ArrayRef {
        let (ends, bytes, nulls) = self.parts();
        Arc::new(BinaryArray::new(ends, bytes, nulls))
    }
}

/// Values of one width.
#[derive(Debug)]
pub(crate) struct ValueColumn<T> {
    values: Vec<T>,
    valid: Vec<bool>,
}

impl<T: Copy + Default> ValueColumn<T> {
    pub fn with_capacity(rows: usize) -> Self {
        Self { values: Vec::with_capacity(rows), valid: Vec::with_capacity(rows) }
    }

    #[inline]
    pub fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.valid.push(value.is_some());
    }

    #[inline]
    pub fn push_null(&mut self) {
        self.push(None);
    }

    pub fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        self.valid.truncate(rows);
    }

    /// The values, and which of them are none.
    pub fn parts(self) -> (Vec<T>, Vec<bool>) {
        (self.values, self.valid)
    }
}

/// Which rows have no value, as Arrow has it; none when all have one.
pub(crate) fn nulls(valid: &[bool]) -> Option<NullBuffer> {
    valid.contains(&false).then(|| NullBuffer::from(valid))
}

impl ValueColumn<i64> {
    pub fn finish(self) -> ArrayRef {
        let nulls = nulls(&self.valid);
        Arc::new(Int64Array::new(self.values.into(), nulls))
    }

    /// Microseconds since midnight.
    pub fn finish_times(self) -> ArrayRef {
        let nulls = nulls(&self.valid);
        Arc::new(Time64MicrosecondArray::new(self.values.into(), nulls))
    }

    /// Microseconds since 1970-01-01 00:00, of UTC or of nobody knows where.
    pub fn finish_timestamps(self, is_utc: bool) -> ArrayRef {
        let nulls = nulls(&self.valid);
        let array = TimestampMicrosecondArray::new(self.values.into(), nulls);
        Arc::new(if is_utc { array.with_timezone("+00:00") } else { array })
    }
}

impl ValueColumn<f64> {
    pub fn finish(self) -> ArrayRef {
        let nulls = nulls(&self.valid);
        Arc::new(Float64Array::new(self.values.into(), nulls))
    }
}

impl ValueColumn<i32> {
    /// Days since 1970-01-01.
    pub fn finish_dates(self) -> ArrayRef {
        let nulls = nulls(&self.valid);
        Arc::new(Date32Array::new(self.values.into(), nulls))
    }
}

impl ValueColumn<bool> {
    pub fn finish(self) -> ArrayRef {
        let nulls = nulls(&self.valid);
        Arc::new(BooleanArray::new(BooleanBuffer::from(self.values), nulls))
    }
}

impl ValueColumn<i128> {
    /// INVARIANT: precision is 1 to 38 and the scale not larger, as every caller has checked.
    pub fn finish_decimals(self, precision: u8, scale: i8) -> ArrayRef {
        let nulls = nulls(&self.valid);
        let array = Decimal128Array::new(self.values.into(), nulls);
        Arc::new(array.clone().with_precision_and_scale(precision, scale).unwrap_or(array))
    }
}
