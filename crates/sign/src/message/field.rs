//! Header fields, read in the one way that cannot be misunderstood.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::Problem;
use http::HeaderMap;
use http::header::HeaderName;

/// The value of a field that may stand once at most, without the white space around it (RFC 9421 §2.1).
///
/// # Errors
/// `sign.message-ambiguous` when it stands twice or is not plain ASCII.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        let sentence = format!("the header `{name}` stands more than once");
        return Err(Problem::new("sign.message-ambiguous", sentence));
    }
    match value.to_str() {
        Ok(text) if !text.contains('\t') => Ok(Some(text.trim_matches(' '))),
        _ => {
            let sentence = format!("the header `{name}` holds characters other than plain text");
            Err(Problem::new("sign.message-ambiguous", sentence))
        }
    }
}

/// The value of a dictionary's only member, if its key is the label (RFC 8941 §3.2).
///
/// A second member would follow a comma; the values that are read here hold none outside of quotation marks, and their
/// readers refuse what is left over.
pub(super) fn only_member<'a>(field: &'a str, label: &str) -> Option<&'a str> {
    field.strip_prefix(label)?.strip_prefix('=')
}

/// The bytes of `:base64:` (RFC 8941 §3.3.5), in canonical base64 only.
pub(super) fn byte_sequence(value: &str) -> Option<Vec<u8>> {
    STANDARD.decode(value.strip_prefix(':')?.strip_suffix(':')?).ok()
}
