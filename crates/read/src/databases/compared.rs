//! The columns of a table that are compared with what a question tells.

use concordat_record::{Place, Problem};

use super::asked::{Asked, not_taken};
use super::dialect::Dialect;
use super::no_such_parameter;
use super::placeholders::placeholder;
use super::select::{Candidate, is_written_as};
use super::values::ColumnType;

/// The columns that are asked by, in their order.
pub(crate) struct Compared<'a>(Vec<&'a Candidate>);

impl<'a> Compared<'a> {
    /// Finds them among the columns of the table.
    ///
    /// # Errors
    /// `database.no-such-column`.
    pub fn find(asked: &Asked, columns: &'a [Candidate], place: &Place) -> Result<Self, Problem> {
        let find = |name: &String| {
            let found = columns.iter().find(|column| column.name == *name);
            found.ok_or_else(|| {
                let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
                no_such_parameter(place, name, &names)
            })
        };
        Ok(Self(asked.names.iter().map(find).collect::<Result<_, _>>()?))
    }

    /// What stands behind WHERE.
    pub fn condition(&self, dialect: &Dialect) -> String {
        let compared = self.0.iter().enumerate();
        let compared = compared
            .map(|(place, column)| format!("{} = {}", column.raw, placeholder(dialect.quoting, place)));
        compared.collect::<Vec<_>>().join(" AND ")
    }

    /// Their types.
    pub fn types(&self) -> Vec<ColumnType> {
        self.0.iter().map(|column| column.of).collect()
    }
}

/// Sees to it that values have the forms of these types: to some databases `12abc` is the number 12, and what was not asked for is found.
///
/// # Errors
/// `database.value-not-taken`.
pub(crate) fn fit(
    dialect: &Dialect,
    types: &[ColumnType],
    values: &[String],
    place: &Place,
) -> Result<(), Problem> {
    if types.iter().zip(values).all(|(of, value)| is_written_as(dialect, *of, value)) {
        return Ok(());
    }
    Err(not_taken("a value has not the type of the column that it is compared with").at(place.clone()))
}
