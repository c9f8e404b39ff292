//! Attributes of start tags outside of rows: namespaces, and values that are carried down.

use quick_xml::events::attributes::{Attribute, Attributes};

use super::path::Test;

/// Adds the namespaces that a start tag declares.
pub(super) fn declare(attributes: &str, bindings: &mut Vec<(String, String)>) -> Result<(), String> {
    if !attributes.contains("xmlns") {
        return Ok(());
    }
    for attribute in Attributes::new(attributes, 0) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref();
        let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
        if let Some(prefix) = prefix {
            bindings.push((prefix.into(), attribute_value(&attribute)?));
        }
    }
    Ok(())
}

fn attribute_value(attribute: &Attribute<'_>) -> Result<String, String> {
    let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
    value.map(std::borrow::Cow::into_owned).map_err(|error| error.to_string())
}

/// The value of the attribute that a way names.
pub(super) fn attribute(
    attributes: &str,
    test: &Test,
    bindings: &[(String, String)],
) -> Result<Option<String>, String> {
    for attribute in Attributes::new(attributes, 0) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref();
        let (prefix, local) = key.split_once(':').unwrap_or(("", key));
        let bound = bindings.iter().rev().find(|(known, _)| known == prefix && !prefix.is_empty());
        if prefix != "xmlns" && key != "xmlns" && test.is(local, bound.map(|(_, uri)| uri.as_str())) {
            return attribute_value(&attribute).map(Some);
        }
    }
    Ok(None)
}
