//! The register's own mapping, put to the columns that a source answers with.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use concordat_engine::Engine;
use concordat_map::{Mapped, Mapping, Register};
use concordat_read::ReadBatch;
use concordat_record::{Name, Problem, Problems};

use crate::refresh::Duplicates;

/// Maps answers. A source whose columns are not told in its file shows other ones when a value is missing, so the mapping is made for each
/// form of answer; the last one is kept.
pub(super) struct Mappings {
    register: Name,
    engine: Engine,
    last: Mutex<Option<(SchemaRef, Arc<Mapping>)>>,
}

impl Mappings {
    pub(super) fn new(register: Name, engine: Engine) -> Self {
        Self { register, engine, last: Mutex::default() }
    }

    /// The canonical records of an answer. Of records with the same key the first one counts.
    pub(super) fn map(&self, register: &Register, read: &ReadBatch) -> Result<Mapped, Problem> {
        let mapping = self.mapping(register, &read.batch.schema())?;
        let mut mapped = mapping.map(&read.batch)?;
        Duplicates::default().take_out(&mut mapped)?;
        Ok(mapped)
    }

    fn mapping(&self, register: &Register, schema: &SchemaRef) -> Result<Arc<Mapping>, Problem> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, mapping)) = last.as_ref().filter(|(known, _)| known == schema) {
            return Ok(mapping.clone());
        }
        let mapping = Mapping::compile(&self.engine, register, schema).map_err(|found| self.unfit(&found))?;
        let mapping = Arc::new(mapping);
        *last = Some((schema.clone(), mapping.clone()));
        Ok(mapping)
    }

    /// The answer has not the columns that the register's expressions are about.
    fn unfit(&self, found: &Problems) -> Problem {
        let reasons: Vec<String> = found.0.iter().map(|problem| problem.sentence.clone()).collect();
        let sentence =
            format!("the answer does not fit the live register `{}`: {}", self.register, reasons.join("; "));
        Problem::new("live.unfit-answer", sentence)
            .advise("tell `columns` and `types` in the source's file, so that every answer has the same")
    }
}
