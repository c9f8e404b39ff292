//! The security header with user and password: WS-Security UsernameToken Profile 1.1.1 (OASIS), §3, and a timestamp (SOAP Message Security
//! 1.1.1, §10).

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::Timestamp;

use super::xml::escape;
use crate::secret::Secret;

const SECEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const UTILITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const BASE64: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// How the password is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    /// Hashed with a number used once and the time, so that nobody can use it again.
    Digest,
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct UsernameToken {
    pub user: String,
    pub password: Secret,
    pub form: Form,
    /// Seconds that the message is good for; no timestamp when none.
    pub lifetime: Option<u64>,
}

impl UsernameToken {
    /// The header's element. The password has been read; the number used once comes from the system's random source.
    pub fn header(&self, password: &str, nonce: [u8; 16], now: Timestamp, soap: &str) -> String {
        let created = to_the_second(now);
        let (kind, shown) = match self.form {
            Form::Text => ("PasswordText", escape(password)),
            Form::Digest => {
                let hashed = [&nonce[..], created.as_bytes(), password.as_bytes()].concat();
                ("PasswordDigest", STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &hashed)))
            }
        };
        let timestamp = self.lifetime.map_or_else(String::new, |seconds| {
            let expires = to_the_second(now.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)));
            format!("<wsu:Timestamp><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>")
        });
        format!(
            "<wsse:Security xmlns:wsse=\"{SECEXT}\" xmlns:wsu=\"{UTILITY}\" {soap}:mustUnderstand=\"1\">{timestamp}\
             <wsse:UsernameToken><wsse:Username>{}</wsse:Username><wsse:Password Type=\"{PROFILE}#{kind}\">{shown}</wsse:Password>\
             <wsse:Nonce EncodingType=\"{BASE64}\">{}</wsse:Nonce><wsu:Created>{created}</wsu:Created></wsse:UsernameToken></wsse:Security>",
            escape(&self.user),
            STANDARD.encode(nonce),
        )
    }
}

fn to_the_second(moment: Timestamp) -> String {
    Timestamp::from_seconds(moment.seconds()).to_string()
}

#[cfg(test)]
mod tests {
    use concordat_record::Timestamp;

    use super::{Form, UsernameToken};
    use crate::secret::Secret;

    #[test]
    fn a_password_is_hashed_with_what_is_used_once() {
        let token = |form, lifetime| {
            let password = Secret::Environment("X".into());
            UsernameToken { user: "a<b".into(), password, form, lifetime }
        };
        let now = Timestamp::from_seconds(1_700_000_000);
        let text = token(Form::Text, Some(60)).header("pass&word", [7; 16], now, "soap");
        for part in [
            "<wsu:Created>2023-11-14T22:13:20Z</wsu:Created><wsu:Expires>2023-11-14T22:14:20Z</wsu:Expires>",
            "<wsse:Username>a&lt;b</wsse:Username>",
            "#PasswordText\">pass&amp;word<",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let digest = token(Form::Digest, None).header("password", [7; 16], now, "soap");
        // base64(sha1(07… + 2023-11-14T22:13:20Z + password)), worked out with Python.
        assert!(digest.contains("#PasswordDigest\">NPeidpezAwDOznK/8KgnGZaIOAY=<"), "{digest}");
        assert!(!digest.contains("Timestamp"));
    }
}
