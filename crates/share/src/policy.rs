//! Cedar: the fixed schema, and a body's own policy files, which may only restrict.
//!
//! An agreement says what may be answered; a policy file of the body can take some of it away again (closing hours, a
//! suspended agreement, a consumer under review). A `permit` in such a file would share without an agreement, so it is
//! refused. Policies are validated strictly when they are loaded, because Cedar skips a policy that fails to evaluate.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use concordat_record::{Place, Problem, Problems, nearest};
use miette::Diagnostic;

use crate::refusal::RefusalCode;

/// The text of the schema that all policies are checked against.
pub const SCHEMA: &str = include_str!("schema.cedarschema");

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    // INVARIANT: the schema is part of the program and a test parses it.
    #[expect(clippy::expect_used, reason = "embedded data, parsed by a test")]
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).expect("schema.cedarschema is well formed");
    Validator::new(schema)
});

/// Annotations that a policy may carry, each with what it is for. An unknown one could be an obligation that nobody
/// fulfils, so it is refused.
const ANNOTATIONS: &[(&str, &str)] = &[
    ("refusal", "the code of the refusal: `policy-forbids` or `agreement-suspended`"),
    ("reason", "what those who ask are told"),
];

/// Codes that a body's own policy may refuse with.
const OWN_CODES: &[RefusalCode] = &[RefusalCode::PolicyForbids, RefusalCode::AgreementSuspended];

/// One file of a body's own policies: only `forbid`, valid against the schema.
#[derive(Clone, Debug)]
pub struct OwnPolicy {
    file: String,
    policies: Vec<Policy>,
    lines: BTreeMap<PolicyId, u64>,
}

impl OwnPolicy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// All problems of the file: syntax, a `permit`, a template, an unknown annotation, anything the schema does not know,
    /// and a `forbid` that can never apply.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        let source = Source { text, file };
        let set: PolicySet = match text.parse::<PolicySet>() {
            Ok(set) => set,
            Err(errors) => {
                return Err(Problems(errors.iter().map(|e| source.problem("share.not-cedar", e)).collect()));
            }
        };
        let mut problems = Problems::none();
        for template in set.templates() {
            let sentence = "a policy with slots (`?principal`) has nobody to fill them";
            problems.push(
                Problem::new("share.policy-template", sentence).at(source.place_of(&template.to_cedar())),
            );
        }
        let mut own = Self { file: file.to_owned(), policies: Vec::new(), lines: BTreeMap::new() };
        let mut policies: Vec<&Policy> = set.policies().collect();
        policies.sort_by_key(|policy| source.offset_of(policy));
        for (index, policy) in policies.into_iter().enumerate() {
            let place = source.place(source.offset_of(policy));
            problems.extend(check(policy).into_iter().map(|problem| problem.at(place.clone())));
            let policy = policy.new_id(PolicyId::new(format!("{file}#{}", index + 1)));
            own.lines.extend(place.line.map(|line| (policy.id().clone(), line)));
            own.policies.push(policy);
        }
        problems.extend(validate(&own.policies, &source));
        problems.or(own)
    }

    /// The file, as problems name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Where one of its policies begins.
    pub(crate) fn place(&self, policy: &Policy) -> Place {
        let place = Place::file(&self.file);
        match self.lines.get(policy.id()) {
            Some(line) => place.line(*line),
            None => place,
        }
    }
}

/// The schema, parsed.
pub(crate) fn schema() -> &'static Schema {
    VALIDATOR.schema()
}

/// The policies of a compiled agreement, each with an identity of its own.
pub(crate) fn compiled(text: &str, file: &str) -> Result<Vec<Policy>, Problems> {
    let source = Source { text, file };
    let set: PolicySet = text
        .parse::<PolicySet>()
        .map_err(|errors| Problems(errors.iter().map(|e| source.problem("share.not-cedar", e)).collect()))?;
    let policies: Vec<Policy> =
        set.policies().map(|p| p.new_id(PolicyId::new(format!("{file}:{}", p.id())))).collect();
    validate(&policies, &source).or(policies)
}

fn check(policy: &Policy) -> Problems {
    let mut problems = Problems::none();
    if policy.effect() == Effect::Permit {
        problems.push(
            Problem::new("share.own-permit", "a policy file may only `forbid`, and this one has a `permit`")
                .advise("what may be answered is said by an agreement that both bodies have signed"),
        );
    }
    for (key, value) in policy.annotations() {
        if !ANNOTATIONS.iter().any(|(known, _)| *known == key) {
            let known: Vec<&str> = ANNOTATIONS.iter().map(|(known, _)| *known).collect();
            let advice = match nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `@{near}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            problems.push(
                Problem::new("share.unknown-annotation", format!("`@{key}` is not a known annotation"))
                    .advise(advice),
            );
        }
        if key == "refusal" && !OWN_CODES.iter().any(|code| code.code() == value) {
            let codes: Vec<&str> = OWN_CODES.iter().map(|code| code.code()).collect();
            problems.push(
                Problem::new(
                    "share.bad-annotation",
                    format!("`{value}` is not a code for a policy of your own"),
                )
                .advise(format!("use {}", codes.join(" or "))),
            );
        }
    }
    problems
}

/// Strict validation. A warning counts too: a `forbid` that can never apply protects nobody.
fn validate(policies: &[Policy], source: &Source<'_>) -> Problems {
    let mut problems = Problems::none();
    let set = match PolicySet::from_policies(policies.iter().cloned()) {
        Ok(set) => set,
        Err(error) => {
            return Problem::new("share.policy-invalid", error.to_string())
                .at(Place::file(source.file))
                .into();
        }
    };
    let result = VALIDATOR.validate(&set, ValidationMode::Strict);
    problems.extend(result.validation_errors().map(|error| source.problem("share.policy-invalid", error)));
    problems
        .extend(result.validation_warnings().map(|warning| source.problem("share.policy-suspect", warning)));
    problems
}

/// A policy text, to find places in.
struct Source<'t> {
    text: &'t str,
    file: &'t str,
}

impl Source<'_> {
    fn problem(&self, code: &'static str, diagnostic: &dyn Diagnostic) -> Problem {
        let offset = diagnostic.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
        let place = offset.map_or_else(|| Place::file(self.file), |offset| self.place(offset));
        let problem = Problem::new(code, diagnostic.to_string()).at(place);
        match diagnostic.help() {
            Some(help) => problem.advise(help.to_string()),
            None => problem,
        }
    }

    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        Place::file(self.file).line(before.matches('\n').count() as u64 + 1).column(column as u64)
    }

    fn place_of(&self, snippet: &str) -> Place {
        self.place(self.text.find(snippet).unwrap_or(0))
    }

    fn offset_of(&self, policy: &Policy) -> usize {
        policy.to_cedar().and_then(|snippet| self.text.find(&snippet)).unwrap_or(0)
    }
}
