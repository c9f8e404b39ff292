//! What is in a database: for whoever writes the source file.

/// The tables and views of a database that an account can see, in order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Those of the database itself are left out.
    pub tables: Vec<Table>,
}

/// A table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The schema it is in; none where the database has no schemas.
    pub schema: Option<String>,
    /// As the database has it, without quotation marks.
    pub name: String,
    /// Whether it is a view.
    pub is_view: bool,
    /// How many rows the database believes it has; none where it does not say.
    pub estimated_rows: Option<u64>,
    /// In their order.
    pub columns: Vec<TableColumn>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// As the database has it.
    pub name: String,
    /// Its type, as the database writes it.
    pub declared: String,
    /// Whether it may hold nulls.
    pub nullable: bool,
}
