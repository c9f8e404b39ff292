//! What a form or an address carries: named texts, and what is wrong with them.

/// The fields of a submitted form or the parameters of an address, in the order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

/// One field that needs another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// The name of the field, which is also the id of its input.
    pub(crate) field: String,
    /// What to do, as a whole sentence without a final stop.
    pub(crate) text: String,
}

impl Fields {
    /// The text of a field without spaces around it; empty when it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether a checkbox of this name and value is ticked.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(key, text)| key == name && text == value)
    }
}

/// Errors by field, for the summary and for each input.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldErrors(pub(crate) Vec<FieldError>);

impl FieldErrors {
    /// Adds one.
    pub(crate) fn push(&mut self, field: &str, text: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), text: text.into() });
    }

    /// What is wrong with a field.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.text.as_str())
    }
}
