//! Counts records, adds columns up, and compares with what trailers state.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type, Schema};
use concordat_record::{Place, Problem, Problems};

use super::{Exact, Subject, Trailer};
use crate::reader::ReadBatch;

/// What was counted so far.
pub(super) struct Tally {
    subjects: Vec<Subject>,
    /// The sum of each subject, as long as it can be exact; that of the records is not used.
    sums: Vec<Option<Exact>>,
    records: u64,
    rejected: u64,
}

impl Tally {
    pub fn new(subjects: &[Subject], schema: &Schema) -> Result<Self, Problem> {
        for subject in subjects {
            let Subject::Sum { column } = subject else { continue };
            let field = schema.field_with_name(column).map_err(|_| {
                let sentence = format!("control totals need the column `{column}`, which is not there");
                Problem::new("control.no-such-column", sentence)
            })?;
            let adds_up =
                matches!(field.data_type(), DataType::Int64 | DataType::Decimal128(..) | DataType::Utf8);
            if !adds_up {
                let sentence = format!("the column `{column}` of a control total is {}", field.data_type());
                return Err(Problem::new("control.not-a-number", sentence)
                    .advise("give it the type integer or decimal(digits,places), which add up exactly"));
            }
        }
        let sums = vec![Some(Exact::ZERO); subjects.len()];
        Ok(Self { subjects: subjects.to_vec(), sums, records: 0, rejected: 0 })
    }

    pub fn add(&mut self, read: &ReadBatch) {
        self.records += (read.batch.num_rows() + read.rejects.len()) as u64;
        self.rejected += read.rejects.len() as u64;
        for (subject, sum) in self.subjects.iter().zip(&mut self.sums) {
            if let Subject::Sum { column } = subject {
                *sum = sum.and_then(|known| known.plus(sum_of(&read.batch, column)?));
            }
        }
    }

    /// What does not agree. Several trailers are added up.
    pub fn compare(&self, trailers: &[Trailer], shown: &str) -> Problems {
        let Some(last) = trailers.last() else {
            let sentence = "the file ends without the trailer record that states its control totals";
            return Problem::new("control.no-trailer", sentence)
                .at(Place::file(shown))
                .advise("it may be incomplete: fetch it again; or correct how the trailer is recognised")
                .into();
        };
        let mut problems = Problems::none();
        for (subject, sum) in self.subjects.iter().zip(&self.sums) {
            let disagreement = match stated(trailers, subject) {
                None => Some(not_a_number(subject)),
                Some(stated) => self.disagreement(subject, *sum, stated, trailers.len()),
            };
            problems.extend(disagreement.map(|problem| problem.at(last.place.clone())));
        }
        problems
    }

    fn disagreement(
        &self,
        subject: &Subject,
        sum: Option<Exact>,
        stated: Exact,
        trailers: usize,
    ) -> Option<Problem> {
        let (code, what, found) = match subject {
            Subject::Records { besides } => {
                let found = i128::from(self.records) + i128::from(*besides) * trailers as i128;
                ("control.wrong-count", "number of records".to_owned(), Some(Exact::new(found, 0)))
            }
            Subject::Sum { column } => ("control.wrong-sum", format!("sum of `{column}`"), sum),
        };
        if found == Some(stated) {
            return None;
        }
        let found = found.map_or_else(|| "no number of 38 digits".to_owned(), |found| found.to_string());
        let sentence = format!("the trailer states {stated} as {what}, and what was read gives {found}");
        let advice = if self.rejected > 0 && matches!(subject, Subject::Sum { .. }) {
            format!("{} records were rejected and are not in the sum: mend them first", self.rejected)
        } else {
            "the file is incomplete or was changed on its way: fetch it again, or ask who sent it".to_owned()
        };
        Some(Problem::new(code, sentence).advise(advice))
    }
}

/// What all trailers state together; none when one of them states no number.
fn stated(trailers: &[Trailer], subject: &Subject) -> Option<Exact> {
    let of = |trailer: &Trailer| {
        trailer.totals.iter().find(|total| total.subject == *subject).and_then(|total| total.stated)
    };
    trailers.iter().try_fold(Exact::ZERO, |sum, trailer| sum.plus(of(trailer)?))
}

fn not_a_number(subject: &Subject) -> Problem {
    let what = match subject {
        Subject::Records { .. } => "number of records".to_owned(),
        Subject::Sum { column } => format!("sum of `{column}`"),
    };
    Problem::new("control.no-total", format!("the trailer has no number where the {what} should stand"))
        .advise("check where in the trailer it stands")
}

/// The sum of a column; none when it is no number everywhere, or too large.
fn sum_of(batch: &RecordBatch, column: &str) -> Option<Exact> {
    let array = batch.column_by_name(column)?;
    match array.data_type() {
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>();
            Some(Exact::new(numbers.iter().flatten().map(i128::from).sum(), 0))
        }
        DataType::Decimal128(_, scale) => {
            let scale = u32::try_from(*scale).ok()?;
            let mut units = array.as_primitive::<Decimal128Type>().iter().flatten();
            Some(Exact::new(units.try_fold(0i128, i128::checked_add)?, scale))
        }
        DataType::Utf8 => {
            let mut texts = array.as_string::<i32>().iter().flatten();
            texts.try_fold(Exact::ZERO, |sum, text| sum.plus(Exact::parse(text, '.', None)?))
        }
        _ => None,
    }
}
