//! What of a source is wanted: which columns, of which records, how many.
//!
//! A kind pushes down what it can (a database asks its server, a decoder leaves columns out). [`Narrowed`] then applies all of it, so that
//! the result is the same whether a kind did or not.

use std::sync::Arc;

use arrow::array::{Array, BooleanArray, Datum, RecordBatch, Scalar, StringArray};
use arrow::compute::kernels::cmp;
use arrow::compute::{and, cast, filter_record_batch, is_not_null, is_null};
use arrow::datatypes::{DataType, SchemaRef};
use concordat_record::{BYTE_OFFSET, Problem, Problems, RECORD_NUMBER, nearest};

use crate::reader::{ReadBatch, ReadProgress, Reader, inconsistent};

/// Which part of a source is wanted; by default all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The columns by name, in the order wanted; none means all.
    pub columns: Option<Vec<String>>,
    /// What records must fulfil, all of it.
    pub conditions: Vec<Condition>,
    /// How many records at most.
    pub limit: Option<u64>,
    /// Where an earlier reading ended ([`Reader::position`]): a source with a cursor goes on from there, that value included, and
    /// one of changes behind it. Others begin anew.
    pub after: Option<String>,
    /// What a service or database is asked with, instead of being read whole ([`crate::Source::ask`]).
    pub asked: Option<Vec<(String, String)>>,
}

/// A comparison of a column with a value; a null fulfils none but [`Comparison::Null`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// What with, written as text and converted to the column's type; empty where nothing is compared.
    pub value: String,
}

/// How a column and a value are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `is null`
    Null,
    /// `is not null`
    NotNull,
}

/// How comparisons are written, longer ones before those they begin with.
const COMPARISONS: [(&str, Comparison); 9] = [
    ("is not null", Comparison::NotNull),
    ("is null", Comparison::Null),
    ("!=", Comparison::NotEqual),
    ("<>", Comparison::NotEqual),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("=", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Condition {
    /// Reads `state = NY`, `revenue >= 100000`, `closed is null`; a value may stand in single quotation marks.
    ///
    /// # Errors
    /// `read.condition` when it has another form.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            Problem::new("read.condition", format!("`{text}` is no condition"))
                .advise("write COLUMN = VALUE; also !=, <, <=, >, >=, `is null` and `is not null`")
        };
        let name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let end = text.find(|letter| !name(letter)).ok_or_else(wrong)?;
        let (column, rest) = text.split_at(end);
        let rest = rest.trim();
        let lower = rest.to_ascii_lowercase();
        let (word, comparison) =
            COMPARISONS.iter().find(|(word, _)| lower.starts_with(word)).ok_or_else(wrong)?;
        let value = rest.get(word.len()..).unwrap_or_default().trim();
        let unary = matches!(comparison, Comparison::Null | Comparison::NotNull);
        let quoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        if column.is_empty() || unary != value.is_empty() {
            return Err(wrong());
        }
        let value = quoted.map_or_else(|| value.to_owned(), |value| value.replace("''", "'"));
        Ok(Self { column: column.into(), comparison: *comparison, value })
    }

    /// How many rows of a batch fulfil it.
    #[cfg(test)]
    pub(crate) fn keeps(&self, batch: &RecordBatch) -> usize {
        self.fulfilled(batch).unwrap().true_count()
    }

    fn fulfilled(&self, batch: &RecordBatch) -> Result<BooleanArray, Problem> {
        let column =
            batch.column_by_name(&self.column).ok_or_else(|| no_column(&self.column, &batch.schema()))?;
        let of = column.data_type();
        let compare =
            |kernel: fn(&dyn Datum, &dyn Datum) -> Result<BooleanArray, arrow::error::ArrowError>| {
                let value = cast(&StringArray::from(vec![self.value.as_str()]), of)
                    .ok()
                    .filter(|value| value.is_valid(0))
                    .ok_or_else(|| self.wrong_type(of))?;
                kernel(&column, &Scalar::new(value)).map_err(|_| self.wrong_type(of))
            };
        let fulfilled = match self.comparison {
            Comparison::Equal => compare(cmp::eq)?,
            Comparison::NotEqual => compare(cmp::neq)?,
            Comparison::Less => compare(cmp::lt)?,
            Comparison::AtMost => compare(cmp::lt_eq)?,
            Comparison::Greater => compare(cmp::gt)?,
            Comparison::AtLeast => compare(cmp::gt_eq)?,
            Comparison::Null => is_null(column).map_err(|error| inconsistent(&error))?,
            Comparison::NotNull => is_not_null(column).map_err(|error| inconsistent(&error))?,
        };
        Ok(fulfilled)
    }

    fn wrong_type(&self, of: &DataType) -> Problem {
        let sentence = format!("the condition on `{}` compares {of} with something else", self.column);
        Problem::new("read.condition-type", sentence).advise("write the value as the column has it")
    }
}

impl Wanted {
    /// Whether a column has to be decoded. Records of which only other columns are broken are then not noticed.
    pub fn needs(&self, column: &str) -> bool {
        let Some(columns) = &self.columns else { return true };
        columns.iter().any(|wanted| wanted == column)
            || self.conditions.iter().any(|condition| condition.column == column)
    }

    fn is_all(&self) -> bool {
        self.columns.is_none() && self.conditions.is_empty() && self.limit.is_none()
    }
}

fn no_column(name: &str, schema: &SchemaRef) -> Problem {
    let known: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let problem = Problem::new("read.no-such-column", format!("the source has no column `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("its columns are {}", known.join(", "))),
    }
}

/// A reader of which a part is wanted.
pub(crate) struct Narrowed {
    inner: Box<dyn Reader>,
    conditions: Vec<Condition>,
    /// The columns to give, by their place in what the inner reader gives; all when none.
    columns: Option<Vec<usize>>,
    schema: SchemaRef,
    /// How many records may still be given.
    left: u64,
    /// Whether records were left out because of the limit.
    cut: bool,
}

impl Narrowed {
    /// Narrows a reader; it is left alone when all of it is wanted.
    pub fn of(inner: Box<dyn Reader>, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        if wanted.is_all() {
            return Ok(inner);
        }
        let own = inner.schema();
        for condition in &wanted.conditions {
            own.field_with_name(&condition.column).map_err(|_| no_column(&condition.column, &own))?;
        }
        let columns = wanted.columns.as_ref().map(|columns| places(columns, &own)).transpose()?;
        let schema = match &columns {
            Some(columns) => Arc::new(own.project(columns).map_err(|error| inconsistent(&error))?),
            None => own,
        };
        let (conditions, left) = (wanted.conditions.clone(), wanted.limit.unwrap_or(u64::MAX));
        Ok(Box::new(Self { inner, conditions, columns, schema, left, cut: false }))
    }

    fn narrow(&mut self, mut batch: RecordBatch) -> Result<RecordBatch, Problem> {
        let mut all: Option<BooleanArray> = None;
        for condition in &self.conditions {
            let fulfilled = condition.fulfilled(&batch)?;
            all = Some(match all {
                Some(all) => and(&all, &fulfilled).map_err(|error| inconsistent(&error))?,
                None => fulfilled,
            });
        }
        if let Some(all) = all {
            batch = filter_record_batch(&batch, &all).map_err(|error| inconsistent(&error))?;
        }
        if let Some(columns) = &self.columns {
            batch = batch.project(columns).map_err(|error| inconsistent(&error))?;
        }
        let rows = usize::try_from(self.left).unwrap_or(usize::MAX).min(batch.num_rows());
        self.left -= rows as u64;
        self.cut |= rows < batch.num_rows();
        Ok(batch.slice(0, rows))
    }
}

/// The wanted columns and those of origin, by their place.
fn places(wanted: &[String], schema: &SchemaRef) -> Result<Vec<usize>, Problem> {
    let origin = [RECORD_NUMBER, BYTE_OFFSET].map(str::to_owned);
    let missing = origin.iter().filter(|name| !wanted.contains(name));
    wanted
        .iter()
        .chain(missing)
        .map(|name| schema.index_of(name).map_err(|_| no_column(name, schema)))
        .collect()
}

impl Reader for Narrowed {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(read) = self.inner.next()? else { return Ok(None) };
        Ok(Some(ReadBatch { batch: self.narrow(read.batch)?, rejects: read.rejects }))
    }

    fn skip(&mut self, records: u64) -> Result<bool, Problem> {
        self.inner.skip(records)
    }

    fn mark(&self) -> Option<String> {
        self.inner.mark()
    }

    fn progress(&self) -> ReadProgress {
        self.inner.progress()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.inner.digest()
    }

    fn closing(&mut self) -> Problems {
        self.inner.closing()
    }

    fn position(&self) -> Option<String> {
        // A record beyond the limit was read and not given: going on behind it would lose it.
        if self.cut { None } else { self.inner.position() }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::ArrayRef;
    use arrow::util::display::array_value_to_string;
    use concordat_record::Problem;

    use super::{Comparison, Condition, Wanted};
    use crate::Source;
    use crate::cases::read_all;

    #[test]
    fn conditions_are_read_as_people_write_them() {
        for (text, column, comparison, value) in [
            ("state = NY", "state", Comparison::Equal, "NY"),
            ("state='N''Y'", "state", Comparison::Equal, "N'Y"),
            ("revenue>=10", "revenue", Comparison::AtLeast, "10"),
            ("a <> b", "a", Comparison::NotEqual, "b"),
            ("closed IS NULL", "closed", Comparison::Null, ""),
            ("closed is not null", "closed", Comparison::NotNull, ""),
        ] {
            let expected = Condition { column: column.into(), comparison, value: value.into() };
            assert_eq!(Condition::parse(text).unwrap(), expected, "{text}");
        }
        for text in ["", "state", "= 3", "state ~ 3", "state =", "state is null 3"] {
            assert_eq!(Condition::parse(text).unwrap_err().code, "read.condition", "{text}");
        }
    }

    const ROWS: &str = "name,town,size\nA,Köln,3\nB,Bonn,12\nC,Köln,40\nD,,7\n";

    fn read(wanted: &Wanted) -> Result<Vec<Vec<String>>, Problem> {
        let base = tempfile::tempdir().unwrap();
        std::fs::write(base.path().join("a.csv"), ROWS).unwrap();
        let text = "kind = \"csv\"\npath = \"a.csv\"\n[csv.types]\nsize = \"integer\"\n";
        let source = Source::parse(text, "a.toml").unwrap();
        let mut reader = source.open_wanted(base.path(), wanted)?;
        let mut rows = Vec::new();
        while let Some(read) = reader.next()? {
            for row in 0..read.batch.num_rows() {
                let cell = |column: &ArrayRef| array_value_to_string(column, row).unwrap();
                rows.push(read.batch.columns().iter().map(cell).collect());
            }
        }
        Ok(rows)
    }

    #[test]
    fn what_is_wanted_is_given_with_its_origin_and_nothing_else() {
        let column = |name: &str| name.to_owned();
        let condition = |text: &str| Condition::parse(text).unwrap();
        let sizes = Wanted { columns: Some(vec![column("size"), column("name")]), ..Wanted::default() };
        let first = Wanted { limit: Some(1), ..sizes.clone() };
        let large = Wanted { conditions: vec![condition("size > 3"), condition("town = Köln")], ..sizes };
        let nowhere = Wanted { conditions: vec![condition("town is null")], ..Wanted::default() };
        assert_eq!(read(&first).unwrap(), [["3", "A", "1", "15"]]);
        assert_eq!(read(&large).unwrap(), [["40", "C", "3", "35"]]);
        assert_eq!(read(&nowhere).unwrap(), [["D", "", "7", "4", "46"]]);
        let misspelt = Wanted { columns: Some(vec![column("twon")]), ..Wanted::default() };
        let problem = read(&misspelt).unwrap_err();
        assert_eq!(
            (problem.code, problem.advice.as_deref()),
            ("read.no-such-column", Some("did you mean `town`?"))
        );
        let text = Wanted { conditions: vec![condition("size > large")], ..Wanted::default() };
        assert_eq!(read(&text).unwrap_err().code, "read.condition-type");
    }

    /// Leaving columns out of decoding must not change those that are read.
    #[test]
    fn a_column_read_alone_is_the_same_as_read_with_all_others() {
        for folder in crate::cases::folders("copybook") {
            let text = std::fs::read_to_string(folder.join("source.toml")).unwrap();
            let base = crate::copybook::laid_out(&folder);
            let Ok(source) = Source::parse(&text, "source.toml") else { continue };
            let Ok(mut whole) = source.open(base.path()) else { continue };
            let Ok(batches) = read_all(whole.as_mut()) else { continue };
            if batches.iter().any(|batch| !batch.rejects.is_empty()) {
                continue;
            }
            for field in whole.schema().fields() {
                let wanted = Wanted { columns: Some(vec![field.name().clone()]), ..Wanted::default() };
                let mut alone = source.open_wanted(base.path(), &wanted).unwrap();
                let alone = read_all(alone.as_mut()).unwrap();
                assert_eq!(alone.len(), batches.len());
                for (alone, whole) in alone.iter().zip(&batches) {
                    assert_eq!(
                        alone.batch.column(0),
                        whole.batch.column_by_name(field.name()).unwrap(),
                        "{field}"
                    );
                }
            }
        }
    }
}
