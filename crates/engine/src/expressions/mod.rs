//! SQL expressions over the columns of a batch: checked all at once, evaluated batch by batch.
//!
//! A compilation goes through [`names`] (parse, find columns and functions), [`planning`] (types) and ends in physical
//! expressions; the logical ones are kept beside them, so that a plan can be sent to other machines later.
//! [`evaluation`] runs them; [`wording`] turns DataFusion's errors into the words of the author.

mod evaluation;
mod names;
mod planning;
mod wording;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use concordat_record::Problem;
use datafusion_expr::Expr;
use datafusion_physical_expr::PhysicalExpr;

pub use evaluation::{Evaluated, Failure};

use crate::{CodeLists, Engine};

/// Parser and planner recurse, so expressions are compiled on a thread with this stack, in bytes (touched only as far as
/// needed).
const COMPILER_STACK: usize = 64 << 20;

/// What kind of values an expression must give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Any.
    Any,
    /// Values of this type. Only what fits without loss is turned into it (a narrow whole number into a wide one); all
    /// else is the author's decision, to be written as a `CAST`.
    As(DataType),
    /// Text that tells records apart: text, a whole number or a date, which each have one plain spelling.
    Key,
}

/// One expression and the column it gives.
#[derive(Clone, Debug)]
pub struct Output {
    /// The name of the column.
    pub name: String,
    /// The expression.
    pub sql: String,
    /// What kind of values.
    pub wanted: Wanted,
}

impl Output {
    /// A column of some kind from an expression.
    pub fn new(name: impl Into<String>, sql: impl Into<String>, wanted: Wanted) -> Self {
        Self { name: name.into(), sql: sql.into(), wanted }
    }
}

/// A list of expressions that have been found good for batches of one schema.
#[derive(Clone, Debug)]
pub struct Expressions {
    input: SchemaRef,
    schema: SchemaRef,
    logical: Vec<Expr>,
    physical: Vec<Arc<dyn PhysicalExpr>>,
}

impl Expressions {
    /// Checks expressions against the columns of a schema.
    ///
    /// A column is written by its name, in double quotes when it has other characters than letters, digits and `_`;
    /// without quotes upper and lower case are the same when only one column can be meant, and a dotted path such as
    /// `registeredAddress.postCode` may go without quotes.
    ///
    /// # Errors
    /// All problems, each with the index of its output; the place has line and column inside the expression where they
    /// are known. Codes: `engine.syntax`, `engine.unknown-field`, `engine.unknown-function`, `engine.unknown-code-list`,
    /// `engine.aggregate`, `engine.subquery`, `engine.unsteady-function`, `engine.wrong-type`.
    pub fn compile(
        engine: &Engine,
        lists: &Arc<CodeLists>,
        input: &Schema,
        outputs: &[Output],
    ) -> Result<Self, Vec<(usize, Problem)>> {
        std::thread::scope(|scope| {
            let roomy = std::thread::Builder::new().name("compile".into()).stack_size(COMPILER_STACK);
            let compiled = roomy.spawn_scoped(scope, || Self::compile_here(engine, lists, input, outputs));
            compiled.map_or_else(
                |error| Err(vec![(0, failed_compiler(&error.to_string()))]),
                |compiling| {
                    compiling.join().unwrap_or_else(|_| Err(vec![(0, failed_compiler("it stopped"))]))
                },
            )
        })
    }

    fn compile_here(
        engine: &Engine,
        lists: &Arc<CodeLists>,
        input: &Schema,
        outputs: &[Output],
    ) -> Result<Self, Vec<(usize, Problem)>> {
        let planner = planning::Planner::new(engine, lists, input).map_err(|problem| vec![(0, problem)])?;
        let mut problems = Vec::new();
        let mut fields = Vec::new();
        let mut logical = Vec::new();
        let mut physical = Vec::new();
        for (index, output) in outputs.iter().enumerate() {
            match planner.plan(output) {
                Ok(planned) => {
                    fields.push(Field::new(&output.name, planned.data_type, true));
                    logical.push(planned.logical);
                    physical.push(planned.physical);
                }
                Err(found) => problems.extend(found.into_iter().map(|problem| (index, problem))),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { input: Arc::new(input.clone()), schema, logical, physical })
    }

    /// The columns that come out.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns that must come in.
    pub fn input(&self) -> &SchemaRef {
        &self.input
    }

    /// Each expression as it was understood, with all casts written out.
    pub fn explain(&self) -> impl Iterator<Item = String> {
        self.logical.iter().map(ToString::to_string)
    }
}

fn failed_compiler(cause: &str) -> Problem {
    Problem::new("engine.internal", format!("the expressions could not be compiled: {cause}"))
        .advise("this is a fault of the program; please report it")
}
