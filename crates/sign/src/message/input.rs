//! `Signature-Input`: what a signature covers and its parameters (RFC 9421 §4.1).
//!
//! Only the canonical serialisation of RFC 8941 is read, so the text that was received is the text that was signed and nothing
//! has to be written anew to check it.

use concordat_record::Problem;

use super::LABEL;
use super::field::only_member;

/// Longest value that is read, in bytes.
const LONGEST: usize = 4096;
/// Every parameter that may stand there. `alg` may not: the registered key says which algorithm it is for.
const PARAMETERS: [&str; 5] = ["created", "expires", "nonce", "keyid", "tag"];
/// Shortest and longest nonce: 16 characters hold 64 random bits even in hexadecimal.
const NONCE_LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// One covered component: a field or a derived component, perhaps of the request that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Component {
    /// As it stands in the input, with quotation marks and parameters.
    pub identifier: String,
    /// The name between the quotation marks.
    pub name: String,
    /// `;req`: taken from the request.
    pub of_request: bool,
    /// `;key="…"`: one member of a dictionary.
    pub member: Option<String>,
}

impl Component {
    pub(super) fn new(identifier: &str) -> Option<Self> {
        let mut reader = Reader(identifier);
        let component = reader.component()?;
        reader.0.is_empty().then_some(component)
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, self.of_request, &self.member) == (&other.name, other.of_request, &other.member)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Parameter {
    Number(i64),
    Text(String),
}

/// What a signature covers and its parameters.
#[derive(Clone, Debug)]
pub(super) struct SignatureInput {
    text: String,
    pub components: Vec<Component>,
    parameters: Vec<(String, Parameter)>,
}

impl SignatureInput {
    /// The input that covers these components, with the parameters already written down: `;created=1;keyid="a"`.
    pub(super) fn new(components: &[&str], parameters: &str) -> Result<Self, Problem> {
        Self::parse(&format!("{LABEL}=({}){parameters}", components.join(" ")))
    }

    /// Reads the field.
    ///
    /// # Errors
    /// `sign.signature-malformed`.
    pub(super) fn parse(field: &str) -> Result<Self, Problem> {
        let malformed =
            |what: &str| Problem::new("sign.signature-malformed", format!("the signature input {what}"));
        if field.len() > LONGEST {
            return Err(malformed("is too long"));
        }
        let text = only_member(field, LABEL)
            .ok_or_else(|| malformed(&format!("does not begin with the label `{LABEL}`")))?;
        let input = Reader(text)
            .signature_input()
            .ok_or_else(|| malformed("cannot be read, or has more than one signature"))?;
        for (at, component) in input.components.iter().enumerate() {
            if input.components.iter().take(at).any(|earlier| earlier.is_same(component)) {
                return Err(malformed(&format!("covers {} twice", super::shown(&component.identifier))));
            }
        }
        for (at, (name, value)) in input.parameters.iter().enumerate() {
            if input.parameters.iter().take(at).any(|(earlier, _)| earlier == name) {
                return Err(malformed(&format!("has the parameter `{}` twice", super::shown(name))));
            }
            let number = matches!(name.as_str(), "created" | "expires");
            if !PARAMETERS.contains(&name.as_str()) || number != matches!(value, Parameter::Number(_)) {
                return Err(malformed(&format!(
                    "has the parameter `{}`, which is not expected",
                    super::shown(name)
                )));
            }
        }
        Ok(input)
    }

    /// The value of `@signature-params` (RFC 9421 §2.3).
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.parameters.iter().find_map(|(known, value)| match value {
            Parameter::Number(number) if known == name => Some(*number),
            _ => None,
        })
    }

    pub(super) fn text_parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find_map(|(known, value)| match value {
            Parameter::Text(text) if known == name => Some(text.as_str()),
            _ => None,
        })
    }

    /// Demands that the signature covers at least these components and has these parameters, for our purpose.
    ///
    /// # Errors
    /// `sign.signature-incomplete`, or `sign.signature-purpose` for another tag.
    pub(super) fn demand(&self, components: &[&str], parameters: &[&str]) -> Result<(), Problem> {
        let incomplete = |what: &str| {
            Problem::new("sign.signature-incomplete", format!("the signature does not {what}"))
                .advise("the signer must follow the profile `concordat-exchange-1`")
        };
        for identifier in components {
            let demanded = Component::new(identifier).ok_or_else(|| incomplete("cover what it must"))?;
            if !self.components.iter().any(|component| component.is_same(&demanded)) {
                return Err(incomplete(&format!("cover {identifier}")));
            }
        }
        for name in parameters {
            if !self.parameters.iter().any(|(known, _)| known == name) {
                return Err(incomplete(&format!("state `{name}`")));
            }
        }
        if self.text_parameter("tag") != Some(super::TAG) {
            return Err(Problem::new("sign.signature-purpose", "the signature was made for another purpose"));
        }
        if self.text_parameter("nonce").is_some_and(|nonce| !NONCE_LENGTH.contains(&nonce.len())) {
            return Err(incomplete("have a nonce of 16 to 64 characters"));
        }
        Ok(())
    }
}

/// Reads canonical RFC 8941 text from the front.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn signature_input(mut self) -> Option<SignatureInput> {
        let text = self.0.to_string();
        let mut components = Vec::new();
        self.take("(")?;
        while self.take(")").is_none() {
            if !components.is_empty() {
                self.take(" ")?;
            }
            components.push(self.component()?);
        }
        let mut parameters = Vec::new();
        while self.take(";").is_some() {
            let name = self.key()?;
            self.take("=")?;
            let value = match self.text() {
                Some(text) => Parameter::Text(text),
                None => Parameter::Number(self.number()?),
            };
            parameters.push((name, value));
        }
        self.0.is_empty().then_some(SignatureInput { text, components, parameters })
    }

    fn component(&mut self) -> Option<Component> {
        let whole = self.0;
        let name = self.text()?;
        let (mut of_request, mut member) = (false, None);
        while self.take(";").is_some() {
            match self.key()?.as_str() {
                "req" if !of_request => of_request = true,
                "key" if member.is_none() => {
                    self.take("=")?;
                    member = Some(self.text()?);
                }
                // `sf`, `bs`, `tr` and `name` are never needed here.
                _ => return None,
            }
        }
        let identifier = whole.strip_suffix(self.0)?.into();
        Some(Component { identifier, name, of_request, member })
    }

    fn take(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let (taken, rest) = self.0.split_at(self.0.find(|c| !wanted(c)).unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A key (RFC 8941 §3.1.2), without `.` and `*`, which no parameter here has.
    fn key(&mut self) -> Option<String> {
        let key = self.take_while(|c| c.is_ascii_lowercase() || c == '_' || c == '-');
        (!key.is_empty()).then(|| key.to_string())
    }

    /// An integer of at most 15 digits (RFC 8941 §3.3.1), not negative, without needless zeros.
    fn number(&mut self) -> Option<i64> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.len() > 15 || (digits.len() > 1 && digits.starts_with('0')) {
            return None;
        }
        digits.parse().ok()
    }

    /// A string (RFC 8941 §3.3.3). One with an escape in it is refused: no name or key here needs it.
    fn text(&mut self) -> Option<String> {
        let rest = self.0.strip_prefix('"')?;
        let (text, rest) = rest.split_once('"')?;
        if !text.chars().all(|c| matches!(c, ' '..='~') && c != '\\') {
            return None;
        }
        self.0 = rest;
        Some(text.into())
    }
}
