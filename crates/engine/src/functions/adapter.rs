//! From our [`Function`]s to DataFusion's.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue, plan_err};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::{FUNCTIONS, Function};
use crate::types::{is_text, is_whole_number, type_name};
use crate::{CodeLists, Engine};

/// An engine that knows our functions too, with the code lists they look into.
pub(crate) fn with_ours(engine: &Engine, lists: &Arc<CodeLists>) -> Engine {
    let mut engine = engine.clone();
    for function in FUNCTIONS {
        let adapter = Adapter {
            function,
            lists: Arc::clone(lists),
            signature: Signature::user_defined(Volatility::Immutable),
        };
        engine.add(ScalarUDF::new_from_impl(adapter));
    }
    engine
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
