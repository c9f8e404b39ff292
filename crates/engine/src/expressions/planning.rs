//! From a syntax tree to an expression whose types are settled.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema};
use concordat_record::Problem;
use datafusion_common::{DFSchema, DataFusionError};
use datafusion_expr::execution_props::ExecutionProps;
use datafusion_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion_expr::simplify::SimplifyContext;
use datafusion_expr::{Cast, Expr, ExprSchemable};
use datafusion_optimizer::simplify_expressions::ExprSimplifier;
use datafusion_physical_expr::{PhysicalExpr, create_physical_expr};
use datafusion_sql::planner::{ParserOptions, PlannerContext, SqlToRel};
use datafusion_sql::sqlparser::ast;

use super::{Output, Wanted, names, wording};
use crate::types::{fits, how_to_turn, is_text, is_whole_number};
use crate::{CodeLists, Engine, functions, type_name};

/// A planner for expressions over one schema.
pub(super) struct Planner<'a> {
    engine: Engine,
    lists: &'a Arc<CodeLists>,
    input: &'a Schema,
    columns: DFSchema,
}

/// An expression that is ready to run.
pub(super) struct Planned {
    pub logical: Expr,
    pub physical: Arc<dyn PhysicalExpr>,
    pub data_type: DataType,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        engine: &Engine,
        lists: &'a Arc<CodeLists>,
        input: &'a Schema,
    ) -> Result<Self, Problem> {
        let engine = functions::with_ours(engine, lists);
        let columns = DFSchema::try_from(input.clone()).map_err(|error| wording::planning(&error))?;
        Ok(Self { engine, lists, input, columns })
    }

    pub(super) fn plan(&self, output: &Output) -> Result<Planned, Vec<Problem>> {
        let syntax = names::parse(&self.engine, self.lists, self.input, &output.sql)?;
        self.typed(syntax, &output.wanted).map_err(|problem| vec![problem])
    }

    fn typed(&self, syntax: ast::Expr, wanted: &Wanted) -> Result<Planned, Problem> {
        let worded = |error: DataFusionError| wording::planning(&error);
        let options = ParserOptions::from(&self.engine.options.sql_parser);
        let planner = SqlToRel::new_with_options(&self.engine, options);
        let expr = planner.sql_to_expr(syntax, &self.columns, &mut PlannerContext::new()).map_err(worded)?;
        let simplifier = self.simplifier();
        let coerced = simplifier.coerce(expr, &self.columns).map_err(worded)?;
        let found = coerced.get_type(&self.columns).map_err(worded)?;
        let data_type = settle(&found, wanted)?;
        let cast = if found == data_type {
            coerced
        } else {
            Expr::Cast(Cast::new(Box::new(coerced), data_type.clone()))
        };
        // Constants are worked out once; what cannot be is left as it is and fails for each record.
        let logical = simplifier.simplify(cast.clone()).unwrap_or(cast);
        let (properties, context) = (ExecutionProps::new(), PhysicalPlanningContext::default());
        let physical =
            create_physical_expr(&logical, &self.columns, &properties, &context).map_err(worded)?;
        Ok(Planned { logical, physical, data_type })
    }

    fn simplifier(&self) -> ExprSimplifier {
        let context = SimplifyContext::builder()
            .with_schema(Arc::new(self.columns.clone()))
            .with_config_options(Arc::clone(&self.engine.options))
            .build();
        ExprSimplifier::new(context)
    }
}

/// The type a column gets, or why the found one will not do.
fn settle(found: &DataType, wanted: &Wanted) -> Result<DataType, Problem> {
    match wanted {
        Wanted::Any => Ok(if *found == DataType::Null { DataType::Utf8 } else { found.clone() }),
        Wanted::As(wanted) if fits(found, wanted) => Ok(wanted.clone()),
        Wanted::As(wanted) => {
            let sentence =
                format!("the expression gives {}, and {} is wanted", type_name(found), type_name(wanted));
            let problem = Problem::new("engine.wrong-type", sentence);
            Err(match how_to_turn(found, wanted) {
                Some(advice) => problem.advise(advice),
                None => problem,
            })
        }
        Wanted::Key if plain(found) => Ok(DataType::Utf8),
        Wanted::Key => {
            let sentence = format!("the key is {}, which has no one spelling", type_name(found));
            Err(Problem::new("engine.wrong-type", sentence).advise("use a text, a whole number or a date"))
        }
    }
}

fn plain(found: &DataType) -> bool {
    match found {
        DataType::Dictionary(_, values) => plain(values),
        DataType::Null | DataType::Date32 => true,
        other => is_text(other) || is_whole_number(other),
    }
}
