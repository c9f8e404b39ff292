//! From our [`Function`]s to DataFusion's.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::execution::FunctionRegistry;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::{FUNCTIONS, Function};
use crate::CodeLists;
use crate::types::{is_text, is_whole_number, type_name};

/// Makes our functions known to a planner, with the code lists they look into.
pub(crate) fn register(state: &mut SessionState, lists: &Arc<CodeLists>) -> Result<()> {
    for function in FUNCTIONS {
        let adapter = Adapter {
            function,
            lists: Arc::clone(lists),
            signature: Signature::user_defined(Volatility::Immutable),
        };
        state.register_udf(Arc::new(ScalarUDF::new_from_impl(adapter)))?;
    }
    Ok(())
}

#[derive(Debug)]
struct Adapter {
    function: &'static Function,
    lists: Arc<CodeLists>,
    signature: Signature,
}

impl PartialEq for Adapter {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name && self.lists == other.lists
    }
}

impl Eq for Adapter {}

impl Hash for Adapter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
        self.lists.hash(state);
    }
}

impl ScalarUDFImpl for Adapter {
    fn name(&self) -> &'static str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, found: &[DataType]) -> Result<Vec<DataType>> {
        let Function { name, parameters, .. } = self.function;
        if found.len() != parameters.len() {
            return plan_err!("`{name}` is written `{name}({})`", parameters.join(", "));
        }
        for (found, parameter) in found.iter().zip(*parameters) {
            if !takes(found) {
                return plan_err!("`{name}` takes text as its {parameter}, not {}", type_name(found));
            }
        }
        Ok(vec![DataType::Utf8; parameters.len()])
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.function.returns.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = arguments.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?;
        let texts: Vec<&StringArray> =
            columns.iter().filter_map(|column: &ArrayRef| column.as_string_opt::<i32>()).collect();
        if texts.len() != self.function.parameters.len() {
            return plan_err!("`{}` takes text only", self.function.name);
        }
        let result = (self.function.kernel)(&self.lists, &texts);
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?));
        }
        Ok(ColumnarValue::Array(result))
    }
}

fn takes(found: &DataType) -> bool {
    match found {
        DataType::Null => true,
        DataType::Dictionary(_, values) => takes(values),
        other => is_text(other) || is_whole_number(other),
    }
}
