//! The planner behind every expression.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::config::ConfigOptions;
use datafusion_common::{Result, TableReference, plan_err};
use datafusion_expr::planner::{ContextProvider, ExprPlanner};
use datafusion_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, TableSource, WindowUDF};

/// Plans expressions. Cheap to clone, made once by the program and handed down.
///
/// It knows no table, opens no file and reads no clock.
#[derive(Clone)]
pub struct Engine {
    pub(crate) options: Arc<ConfigOptions>,
    pub(crate) functions: HashMap<String, Arc<ScalarUDF>>,
    /// Those that take a lambda.
    pub(crate) higher_order: HashMap<String, Arc<HigherOrderUDF>>,
    /// Known so that they can be refused by name: an expression sees one record.
    pub(crate) aggregates: HashMap<String, Arc<AggregateUDF>>,
    planners: Vec<Arc<dyn ExprPlanner>>,
}

impl Engine {
    /// An engine with DataFusion's functions; our few extra ones ([`FUNCTIONS`](crate::FUNCTIONS)) come in with the
    /// code lists of each compilation.
    pub fn new() -> Self {
        let mut options = ConfigOptions::new();
        // `0.1` means one tenth, not its nearest binary neighbour: registers hold money.
        options.sql_parser.parse_float_as_decimal = true;
        options.sql_parser.map_string_types_to_utf8view = false;
        let functions = datafusion_functions::all_default_functions().into_iter();
        let functions = functions.chain(datafusion_functions_nested::all_default_nested_functions());
        let higher_order = datafusion_functions_nested::all_default_higher_order_functions();
        let aggregates = datafusion_functions_aggregate::all_default_aggregate_functions();
        Self {
            options: Arc::new(options),
            functions: named(functions, ScalarUDF::name, ScalarUDF::aliases),
            higher_order: named(higher_order, HigherOrderUDF::name, HigherOrderUDF::aliases),
            aggregates: named(aggregates, AggregateUDF::name, AggregateUDF::aliases),
            planners: vec![
                Arc::new(datafusion_functions::core::planner::CoreFunctionPlanner::default()),
                Arc::new(datafusion_functions_nested::planner::NestedFunctionPlanner),
                Arc::new(datafusion_functions_nested::planner::FieldAccessPlanner),
                Arc::new(datafusion_functions::datetime::planner::DatetimeFunctionPlanner),
                Arc::new(datafusion_functions::unicode::planner::UnicodeFunctionPlanner),
            ],
        }
    }

    pub(crate) fn add(&mut self, function: ScalarUDF) {
        self.functions.insert(function.name().to_owned(), Arc::new(function));
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("functions", &self.functions.len()).finish_non_exhaustive()
    }
}

/// Functions under their names and aliases.
fn named<F>(
    functions: impl IntoIterator<Item = Arc<F>>,
    name: fn(&F) -> &str,
    aliases: fn(&F) -> &[String],
) -> HashMap<String, Arc<F>> {
    let mut named = HashMap::new();
    for function in functions {
        for alias in aliases(&function) {
            named.insert(alias.clone(), Arc::clone(&function));
        }
        named.insert(name(&function).to_owned(), function);
    }
    named
}

/// What DataFusion may look up while it plans an expression: functions, and nothing else.
impl ContextProvider for Engine {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        plan_err!("there is no table `{name}`")
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.functions.get(name).cloned()
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.higher_order.get(name).cloned()
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.aggregates.get(name).cloned()
    }

    fn get_window_meta(&self, _name: &str) -> Option<Arc<WindowUDF>> {
        None
    }

    fn get_variable_type(&self, _names: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.options
    }

    fn udf_names(&self) -> Vec<String> {
        self.functions.keys().cloned().collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        self.higher_order.keys().cloned().collect()
    }

    fn udaf_names(&self) -> Vec<String> {
        self.aggregates.keys().cloned().collect()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
