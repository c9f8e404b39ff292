//! The planner behind every expression.

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::prelude::SessionConfig;

/// Plans expressions. Cheap to clone, made once by the program and handed down.
///
/// It knows no table, opens no file and reads no clock.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) state: SessionState,
}

impl Engine {
    /// An engine with DataFusion's functions; our few extra ones ([`FUNCTIONS`](crate::FUNCTIONS)) come in with the
    /// code lists of each compilation.
    pub fn new() -> Self {
        let mut config = SessionConfig::new();
        let parser = &mut config.options_mut().sql_parser;
        // `0.1` means one tenth, not its nearest binary neighbour: registers hold money.
        parser.parse_float_as_decimal = true;
        parser.map_string_types_to_utf8view = false;
        Self { state: SessionStateBuilder::new().with_config(config).with_default_features().build() }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}
