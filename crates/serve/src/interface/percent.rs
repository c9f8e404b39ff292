//! Percent-encoding (RFC 3986 §2.1), decoded once and strictly.

/// One segment of a path: only the characters that RFC 3986 §3.3 allows in it, and only whole `%XX` that make UTF-8.
///
/// X-Road's decoder is as strict. An encoded `/` stays inside the segment.
pub(super) fn decode_segment(segment: &str) -> Option<String> {
    decode(segment, |byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte))
}

/// The pairs of a query, in their order, as forms write them: `+` is a space. Empty parts are skipped.
pub(super) fn query_pairs(query: &str) -> Option<Vec<(String, String)>> {
    let text = |part: &str| decode(&part.replace('+', "%20"), |byte| byte.is_ascii_graphic());
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            Some((text(key)?, text(value)?))
        })
        .collect()
}

fn decode(text: &str, plain: impl Fn(u8) -> bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(bytes.next()?)? * 16 + digit(bytes.next()?)?,
            byte if plain(byte) => byte,
            _ => return None,
        });
    }
    String::from_utf8(decoded).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{decode_segment, query_pairs};

    #[test]
    fn a_segment_is_decoded_once_or_refused() {
        for (segment, expected) in [
            ("EXEMPT", Some("EXEMPT")),
            ("BAR%2FSERVICE", Some("BAR/SERVICE")),
            ("%C3%84mter", Some("Ämter")),
            ("a+b:c@d", Some("a+b:c@d")),
            ("%252e", Some("%2e")),
            ("", Some("")),
            ("Ämter", None),
            ("a b", None),
            ("a\"b", None),
            ("a[b", None),
            ("%", None),
            ("%4", None),
            ("%4g", None),
            ("%+1", None),
            ("%C3", None),
            ("%ff", None),
        ] {
            assert_eq!(decode_segment(segment).as_deref(), expected, "{segment}");
        }
    }

    #[test]
    fn a_query_is_pairs_in_their_order() {
        let pairs = query_pairs("fact=a&fact=b&&legalName=Sample+%26+Co&empty").unwrap();
        let expected = [("fact", "a"), ("fact", "b"), ("legalName", "Sample & Co"), ("empty", "")];
        assert!(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(expected));
        assert_eq!(query_pairs("a=%zz"), None);
        assert_eq!(query_pairs(""), Some(vec![]));
    }
}
