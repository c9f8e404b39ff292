//! A record that was recognised, wherever its register is kept.

use concordat_record::{Match, Name, Origin, Problem};
use serde_json::Value;

/// A record that is most probably the subject's, read fact by fact.
pub(super) trait Found {
    /// How sure it is.
    fn matched(&self) -> &Match;

    /// The facts that its register holds, in the order of the register's file.
    fn facts(&self) -> &[Name];

    /// One fact: the only one that is read.
    fn fact(&self, name: &Name) -> Result<Value, Problem>;

    /// Where the record came from.
    fn origin(&self) -> Result<Origin, Problem>;
}
