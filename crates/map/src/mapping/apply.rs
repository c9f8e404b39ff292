//! Mapping a batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, UInt64Array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Schema, UInt64Type};
use arrow::error::ArrowError;
use concordat_engine::Failure;
use concordat_record::{BYTE_OFFSET, Place, Problem, RECORD_NUMBER};

use super::{FACT_PREFIX, Mapped, Mapping, Quarantined};
use crate::register::Check;
use crate::{CheckCount, CheckSeverity, Filled, Quality};

impl Mapping {
    /// Maps a batch of source records. The columns are found by name, in any order.
    ///
    /// A record goes to quarantine when its key is null or blank, when a property, fact or required check cannot be
    /// computed, or when a required check is not true. All others come out, in their order.
    ///
    /// # Errors
    /// `map.missing-field` when the batch has not the fields that were compiled for.
    pub fn map(&self, batch: &RecordBatch) -> Result<Mapped, Problem> {
        let mut quarantine = Quarantine::default();
        let fields = select(batch, self.canonical.input())?;

        let canonical = self.canonical.evaluate(&fields)?;
        quarantine.failures(&fields, &canonical.failures, |output| self.canonical_name(output));
        let fields = canonical.keep(&fields)?;
        let keyed = has_key(canonical.batch.column(0));
        quarantine.not_true(&fields, &keyed, || {
            Problem::new("map.missing-key-value", "the record has no key").at(Place::default().field("key"))
        });
        let fields = keep(&fields, &keyed)?;
        let canonical = keep(&canonical.batch, &keyed)?;

        let wide = beside(&fields, &canonical, self.derived.input())?;
        let derived = self.derived.evaluate(&wide)?;
        quarantine.failures(&fields, &derived.failures, |output| self.derived_name(output));
        let fields = derived.keep(&fields)?;
        let canonical = derived.keep(&canonical)?;
        let wide = derived.keep(&wide)?;
        let mut passed = BooleanArray::from(vec![true; fields.num_rows()]);
        let mut counts = Vec::new();
        for (check, column) in
            self.required().zip(derived.batch.columns().iter().skip(self.register.facts.len()))
        {
            let truth = is_true(column);
            counts.push(count(check, truth.true_count(), truth.len()));
            quarantine.not_true(&fields, &truth, || failed_check(check));
            passed = arrow::compute::and(&passed, &truth).map_err(|error| inconsistent(&error))?;
        }
        let fields = keep(&fields, &passed)?;
        let canonical = keep(&canonical, &passed)?;
        let derived = keep(&derived.batch, &passed)?;
        counts.extend(self.warning_counts(&keep(&wide, &passed)?)?);

        let mapped = self.lay_out(&fields, &canonical, &derived)?;
        let quality = self.quality(batch.num_rows(), &mapped, counts);
        Ok(Mapped { batch: mapped, quarantined: quarantine.into_records(), quality })
    }

    fn required(&self) -> impl Iterator<Item = &Check> {
        self.register.checks.iter().filter(|check| check.severity == CheckSeverity::Required)
    }

    fn canonical_name(&self, output: usize) -> &str {
        output.checked_sub(1).map_or("key", |index| {
            self.register.properties.get(index).map_or("", |mapped| mapped.property.path.as_str())
        })
    }

    fn derived_name(&self, output: usize) -> &str {
        let name = self.derived.schema().fields().get(output).map_or("", |field| field.name());
        name.strip_prefix(FACT_PREFIX).unwrap_or(name)
    }

    /// A warning check that cannot be computed is not passed.
    fn warning_counts(&self, wide: &RecordBatch) -> Result<Vec<CheckCount>, Problem> {
        let evaluated = self.warnings.evaluate_or_null(wide)?;
        let checks = self.register.checks.iter().filter(|check| check.severity == CheckSeverity::Warning);
        let counted = checks.zip(evaluated.columns());
        Ok(counted.map(|(check, column)| count(check, is_true(column).true_count(), column.len())).collect())
    }

    fn lay_out(
        &self,
        fields: &RecordBatch,
        canonical: &RecordBatch,
        derived: &RecordBatch,
    ) -> Result<RecordBatch, Problem> {
        let origin = [RECORD_NUMBER, BYTE_OFFSET].iter().filter_map(|name| fields.column_by_name(name));
        let facts = derived.columns().iter().take(self.register.facts.len());
        let columns: Vec<ArrayRef> = origin.chain(canonical.columns()).chain(facts).map(Arc::clone).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|error| inconsistent(&error))
    }

    fn quality(&self, records: usize, mapped: &RecordBatch, counts: Vec<CheckCount>) -> Quality {
        let filled = |name: &str, column: &str| Filled {
            name: name.into(),
            filled: mapped
                .column_by_name(column)
                .map_or(0, |column| column.len() - column.logical_null_count()) as u64,
        };
        let mut checks = counts;
        let order = |name: &str| self.register.checks.iter().position(|check| check.name == name);
        checks.sort_by_key(|count| order(&count.name));
        Quality {
            records: records as u64,
            mapped: mapped.num_rows() as u64,
            properties: self.register.property_paths().map(|path| filled(path, path)).collect(),
            facts: self
                .register
                .facts
                .iter()
                .map(|fact| filled(fact.name.as_str(), &format!("{FACT_PREFIX}{}", fact.name)))
                .collect(),
            checks,
        }
    }
}

/// Records set aside, by row of origin: record number, then byte offset.
#[derive(Default)]
struct Quarantine(BTreeMap<u64, Quarantined>);

impl Quarantine {
    fn failures<'a>(&mut self, fields: &RecordBatch, failures: &[Failure], name: impl Fn(usize) -> &'a str) {
        for failure in failures {
            let name = name(failure.output);
            let sentence = format!("`{name}` cannot be computed: {}", failure.problem.sentence);
            let mut problem =
                Problem::new("map.failed-expression", sentence).at(Place::default().field(name));
            problem.advice.clone_from(&failure.problem.advice);
            self.add(fields, failure.row, problem);
        }
    }

    fn not_true(&mut self, fields: &RecordBatch, truth: &BooleanArray, problem: impl Fn() -> Problem) {
        if truth.true_count() == truth.len() {
            return;
        }
        for row in (0..truth.len()).filter(|row| !truth.value(*row)) {
            self.add(fields, row, problem());
        }
    }

    /// The first reason stays.
    fn add(&mut self, fields: &RecordBatch, row: usize, problem: Problem) {
        let value = |column: &str| {
            let numbers: &UInt64Array = fields.column_by_name(column)?.as_primitive_opt::<UInt64Type>()?;
            (row < numbers.len() && numbers.is_valid(row)).then(|| numbers.value(row))
        };
        let record_number = value(RECORD_NUMBER).unwrap_or_default();
        let byte_offset = value(BYTE_OFFSET);
        let mut place = problem.place.clone().record(record_number);
        place.byte_offset = byte_offset;
        let record = Quarantined { record_number, byte_offset, problem: problem.at(place) };
        self.0.entry(record_number).or_insert(record);
    }

    fn into_records(self) -> Vec<Quarantined> {
        self.0.into_values().collect()
    }
}

fn failed_check(check: &Check) -> Problem {
    Problem::new("map.failed-check", format!("`{}` is not so: {}", check.name, check.message))
        .at(Place::default().field(&check.name))
}

fn count(check: &Check, passed: usize, of: usize) -> CheckCount {
    CheckCount {
        name: check.name.clone(),
        severity: check.severity,
        passed: passed as u64,
        failed: (of - passed) as u64,
    }
}

fn has_key(keys: &ArrayRef) -> BooleanArray {
    let blank = |key: Option<&str>| key.is_none_or(|key| key.trim().is_empty());
    keys.as_string_opt::<i32>().map_or_else(
        || BooleanArray::from(vec![false; keys.len()]),
        |keys| keys.iter().map(|key| Some(!blank(key))).collect(),
    )
}

/// True where it is true; false where it is false or null.
fn is_true(column: &ArrayRef) -> BooleanArray {
    column.as_boolean_opt().map_or_else(
        || BooleanArray::from(vec![false; column.len()]),
        |truth| truth.iter().map(|value| Some(value == Some(true))).collect(),
    )
}

fn keep(batch: &RecordBatch, rows: &BooleanArray) -> Result<RecordBatch, Problem> {
    if rows.true_count() == batch.num_rows() {
        return Ok(batch.clone());
    }
    filter_record_batch(batch, rows).map_err(|error| inconsistent(&error))
}

/// The columns of a schema, found by name; columns of origin that a batch lacks are null.
fn select(batch: &RecordBatch, schema: &Schema) -> Result<RecordBatch, Problem> {
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let column = batch.column_by_name(field.name()).map(Arc::clone);
        let column = column.or_else(|| {
            [RECORD_NUMBER, BYTE_OFFSET]
                .contains(&field.name().as_str())
                .then(|| arrow::array::new_null_array(field.data_type(), batch.num_rows()))
        });
        columns.push(column.ok_or_else(|| {
            Problem::new("map.missing-field", format!("the records have no field `{}`", field.name()))
                .advise("the source has changed since the mapping was compiled")
        })?);
    }
    nullable(schema, columns, batch.num_rows())
}

/// The columns of a schema from two batches with the same rows; the second one wins.
fn beside(fields: &RecordBatch, properties: &RecordBatch, schema: &Schema) -> Result<RecordBatch, Problem> {
    let column =
        |name: &str| properties.column_by_name(name).or_else(|| fields.column_by_name(name)).map(Arc::clone);
    let columns = schema.fields().iter().filter_map(|field| column(field.name())).collect();
    nullable(schema, columns, fields.num_rows())
}

fn nullable(schema: &Schema, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, Problem> {
    let fields: Vec<_> =
        schema.fields().iter().map(|field| Arc::new(field.as_ref().clone().with_nullable(true))).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
        .map_err(|error| inconsistent(&error))
}

fn inconsistent(error: &ArrowError) -> Problem {
    Problem::new("map.internal", format!("the mapped columns do not fit together: {error}"))
        .advise("this is a fault of the program; please report it")
}
