//! SHA-256, HMAC-SHA-256 and the `Content-Digest` field of RFC 9530.

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::Problem;

/// SHA-256 of some bytes (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    // INVARIANT: SHA-256 gives 32 bytes.
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

/// HMAC-SHA-256 of some bytes under a key (RFC 2104).
pub fn hmac_sha256(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut out = [0; 32];
    // INVARIANT: HMAC-SHA-256 gives 32 bytes.
    out.copy_from_slice(hmac::sign(&key, bytes).as_ref());
    out
}

/// The value of `Content-Digest` for a body, `sha-256=:…:` (RFC 9530 §2); an empty body has one too.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(body)))
}

/// Checks a body against the value of its `Content-Digest`.
///
/// SHA-256 must be there and right, SHA-512 right if it is there. Other algorithms are passed over: they add nothing and take
/// nothing away. Stricter than RFC 8941 §3.2, where the last of two equal keys would win: here both are refused.
///
/// # Errors
/// `sign.digest-malformed`, `sign.digest-missing` (no SHA-256 in it) or `sign.digest-wrong`.
pub fn verify_content_digest(value: &str, body: &[u8]) -> Result<(), Problem> {
    let mut seen = Vec::new();
    for member in value.split(',') {
        let (algorithm, stated) = parse_member(member.trim_matches([' ', '\t']))
            .ok_or_else(|| Problem::new("sign.digest-malformed", "the content digest cannot be read"))?;
        if seen.contains(&algorithm) {
            let sentence = format!("the content digest states `{algorithm}` twice");
            return Err(Problem::new("sign.digest-malformed", sentence));
        }
        seen.push(algorithm);
        let right = match algorithm {
            "sha-256" => stated == sha256(body),
            "sha-512" => stated == digest::digest(&digest::SHA512, body).as_ref(),
            _ => true,
        };
        if !right {
            return Err(Problem::new("sign.digest-wrong", "the body is not the one that was signed")
                .advise("the message was altered on its way, or cut short"));
        }
    }
    if seen.contains(&"sha-256") {
        return Ok(());
    }
    Err(Problem::new("sign.digest-missing", "the content digest has no `sha-256`"))
}

/// Splits `key=:base64:`; keys are those of RFC 8941 §3.1.2.
fn parse_member(member: &str) -> Option<(&str, Vec<u8>)> {
    let (key, value) = member.split_once('=')?;
    let first = |c: char| c.is_ascii_lowercase() || c == '*';
    let rest = |c: char| first(c) || c.is_ascii_digit() || "_-.".contains(c);
    if !key.starts_with(first) || !key.chars().all(rest) {
        return None;
    }
    let value = value.strip_prefix(':')?.strip_suffix(':')?;
    Some((key, STANDARD.decode(value).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9530 appendix D and RFC 9421 B.2: the digests of `{"hello": "world"}`.
    const SHA256: &str = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    const SHA512: &str =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    const BODY: &[u8] = br#"{"hello": "world"}"#;

    #[test]
    fn the_digest_of_the_standard_is_made() {
        assert_eq!(content_digest(BODY), SHA256);
    }

    #[test]
    fn only_a_right_and_unambiguous_digest_passes() {
        let wrong = SHA512.replace("WZDP", "WZDQ");
        let other = content_digest(b"other");
        let short = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBA==:";
        for (value, expected) in [
            (SHA256.to_string(), None),
            (format!("{SHA512}, {SHA256}"), None),
            (format!("{SHA256},\t{SHA512}"), None),
            (format!("unixsum=:AAE=:, {SHA256}"), None),
            (SHA512.to_string(), Some("sign.digest-missing")),
            ("unixsum=:AAE=:".into(), Some("sign.digest-missing")),
            (other.clone(), Some("sign.digest-wrong")),
            (short.into(), Some("sign.digest-wrong")),
            (format!("{wrong}, {SHA256}"), Some("sign.digest-wrong")),
            (format!("{SHA512}, {other}"), Some("sign.digest-wrong")),
            (format!("{SHA256}, {SHA256}"), Some("sign.digest-malformed")),
            (format!("{other}, {SHA256}"), Some("sign.digest-wrong")),
            (format!("{SHA256}, {other}"), Some("sign.digest-malformed")),
            (String::new(), Some("sign.digest-malformed")),
            (format!("{SHA256},"), Some("sign.digest-malformed")),
            (SHA256.replace("=:", "="), Some("sign.digest-malformed")),
            (SHA256.replace("PE=:", "PF=:"), Some("sign.digest-malformed")),
            (SHA256.replace("sha", "SHA"), Some("sign.digest-malformed")),
            (format!("{SHA256};x=1"), Some("sign.digest-malformed")),
        ] {
            let found = verify_content_digest(&value, BODY).map_err(|problem| problem.code).err();
            assert_eq!(found, expected, "{value}");
        }
    }

    /// RFC 4231 §4.3 (test case 2).
    #[test]
    fn the_keyed_hash_is_that_of_the_standard() {
        let tag = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(tag[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(tag[28..], [0x64, 0xec, 0x38, 0x43]);
    }
}
