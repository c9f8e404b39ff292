//! Lists of varying length (OCCURS DEPENDING ON), and what moves because of them.
//!
//! IBM Enterprise COBOL, Language Reference, "OCCURS DEPENDING ON clause", and Programming Guide, "Complex OCCURS DEPENDING ON": what
//! follows such a table in its record begins where its last occurrence ends, not where its last possible one would.

use super::layout::{Field, Layout};
use super::plan::descriptions;

/// How many lists of varying length stand before a field in its scope: in the record, or in its occurrence.
pub(crate) fn lists_before(layout: &Layout, way: &[&Field]) -> usize {
    let mut count = 0;
    let mut fields: &[Field] = &layout.fields;
    for field in way {
        // Of several descriptions of the same bytes, none moves what follows.
        let before = descriptions(fields)
            .into_iter()
            .take_while(|set| !set.iter().any(|one| std::ptr::eq(*one, *field)));
        count += before.filter(|set| set.len() == 1).flatten().map(varying_lists).sum::<usize>();
        if field.occurs.is_some() {
            count = 0;
        }
        fields = field.parts();
    }
    count
}

/// How many lists of varying length are in a field, not counting those within occurrences.
pub(crate) fn varying_lists(field: &Field) -> usize {
    if field.occurs.is_some() {
        return usize::from(varies(field));
    }
    descriptions(field.parts()).into_iter().filter(|set| set.len() == 1).flatten().map(varying_lists).sum()
}

/// Whether a field with OCCURS takes more or fewer bytes by the record.
fn varies(field: &Field) -> bool {
    let depends = field.occurs.as_ref().is_some_and(|occurs| occurs.depending.is_some());
    depends || item_varies(field)
}

/// Whether one occurrence takes more or fewer bytes by the record.
pub(crate) fn item_varies(field: &Field) -> bool {
    descriptions(field.parts())
        .into_iter()
        .filter(|set| set.len() == 1)
        .flatten()
        .any(|part| varying_lists(part) > 0)
}
