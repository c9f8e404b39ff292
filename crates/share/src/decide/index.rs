//! Agreements by consumer and register, and in each place by name: the version in force replaces the earlier ones.

use std::collections::{BTreeMap, HashMap};

use concordat_record::{BodyId, Name, Place, Problem, Problems, Timestamp, nearest};

use super::candidate::Candidate;
use crate::agreement::{Agreement, RegisterOutline, SignedAgreement};
use crate::policy::OwnPolicy;

/// All versions of one agreement, by version.
type Versions = BTreeMap<u32, Candidate>;

#[derive(Debug)]
pub(super) struct Index {
    by_asker: HashMap<BodyId, HashMap<Name, Vec<Versions>>>,
}

impl Index {
    pub(super) fn build(
        body: &BodyId,
        registers: &BTreeMap<Name, RegisterOutline>,
        agreements: Vec<SignedAgreement>,
        own_policies: &[OwnPolicy],
    ) -> Result<Self, Problems> {
        let mut problems = Problems::none();
        let mut by_name: BTreeMap<Name, Versions> = BTreeMap::new();
        check_own_names(&mut problems, registers, &agreements, own_policies);
        for signed in agreements {
            let place = Place::file(signed.file());
            let agreement = signed.agreement();
            if agreement.provider != *body {
                if agreement.consumer != *body {
                    problems.push(not_a_party(agreement, body).at(place));
                }
                continue;
            }
            match registers.get(&agreement.register) {
                Some(register) => {
                    let against = Agreement::parse_against(signed.text(), signed.file(), register);
                    problems.extend(against.err().into_iter().flatten());
                }
                None => problems.push(unknown_register(agreement, registers).at(place.field("register"))),
            }
            let versions = by_name.entry(agreement.name.clone()).or_default();
            problems.extend(
                versions
                    .values()
                    .next()
                    .and_then(|other| differs(agreement, other.agreement()))
                    .map(|p| p.in_file(signed.file())),
            );
            match Candidate::new(signed, own_policies) {
                Ok(candidate) => insert(versions, candidate, &mut problems),
                Err(others) => problems.extend(others),
            }
        }
        let mut index = Self { by_asker: HashMap::new() };
        for versions in by_name.into_values() {
            let Some(agreement) = versions.values().next().map(Candidate::agreement) else { continue };
            let (consumer, register) = (agreement.consumer.clone(), agreement.register.clone());
            index.by_asker.entry(consumer).or_default().entry(register).or_default().push(versions);
        }
        problems.or(index)
    }

    /// For each agreement of a consumer about a register, the version that counts at a moment: the highest that has
    /// begun, or the first to come.
    pub(super) fn candidates(
        &self,
        consumer: &BodyId,
        register: &Name,
        now: Timestamp,
    ) -> impl Iterator<Item = &Candidate> {
        let agreements = self.by_asker.get(consumer).and_then(|registers| registers.get(register));
        agreements.into_iter().flatten().filter_map(move |versions| {
            let begun = versions.values().rev().find(|candidate| candidate.agreement().begins() <= now);
            begun.or_else(|| versions.values().min_by_key(|candidate| candidate.agreement().from))
        })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &SignedAgreement> {
        let mut all: Vec<&SignedAgreement> = self
            .by_asker
            .values()
            .flat_map(HashMap::values)
            .flatten()
            .flat_map(BTreeMap::values)
            .map(Candidate::signed)
            .collect();
        all.sort_by(|a, b| {
            let key =
                |signed: &SignedAgreement| (signed.agreement().name.clone(), signed.agreement().version);
            key(a).cmp(&key(b))
        });
        all.into_iter()
    }
}

fn insert(versions: &mut Versions, candidate: Candidate, problems: &mut Problems) {
    let version = candidate.agreement().version;
    if let Some(other) = versions.get(&version) {
        let file = other.signed().file();
        let sentence = format!("version {version} of `{}` is also in `{file}`", candidate.agreement().name);
        problems.push(
            Problem::new("share.twice", sentence)
                .at(Place::file(candidate.signed().file()).field("version"))
                .advise("keep the one that counts, or give the later one a higher version"),
        );
        return;
    }
    versions.insert(version, candidate);
}

fn not_a_party(agreement: &Agreement, body: &BodyId) -> Problem {
    Problem::new(
        "share.not-a-party",
        format!("`{body}` is neither provider nor consumer of `{}`", agreement.name),
    )
    .advise("take the agreement out of this folder; it belongs to the bodies it names")
}

fn unknown_register(agreement: &Agreement, registers: &BTreeMap<Name, RegisterOutline>) -> Problem {
    let problem =
        Problem::new("share.unknown-register", format!("there is no register `{}` here", agreement.register));
    suggest(problem, agreement.register.as_str(), registers.keys())
}

fn differs(agreement: &Agreement, other: &Agreement) -> Option<Problem> {
    let same = agreement.consumer == other.consumer && agreement.register == other.register;
    (!same).then(|| {
        Problem::new(
            "share.version-differs",
            format!(
                "versions {} and {} of `{}` have other parties or registers",
                agreement.version, other.version, agreement.name
            ),
        )
        .advise("give the agreement of other parties a name of its own")
    })
}

/// A policy that names a register or agreement that is not there does not protect what its author meant.
fn check_own_names(
    problems: &mut Problems,
    registers: &BTreeMap<Name, RegisterOutline>,
    agreements: &[SignedAgreement],
    own_policies: &[OwnPolicy],
) {
    let names: Vec<&Name> = agreements.iter().map(|signed| &signed.agreement().name).collect();
    for own in own_policies {
        for policy in own.policies() {
            for literal in policy.entity_literals() {
                let (kind, id) = (literal.type_name().to_string(), literal.id().unescaped());
                let known: Vec<&Name> = match kind.as_str() {
                    "Register" => registers.keys().collect(),
                    "Agreement" => names.clone(),
                    _ => continue,
                };
                if known.iter().any(|name| name.as_str() == id) {
                    continue;
                }
                let sentence = format!("the policy names {} `{id}`, which is not here", kind.to_lowercase());
                let problem = Problem::new("share.policy-names-unknown", sentence).at(own.place(policy));
                problems.push(suggest(problem, id, known));
            }
        }
    }
}

fn suggest<'n>(problem: Problem, word: &str, known: impl IntoIterator<Item = &'n Name>) -> Problem {
    let known: Vec<&str> = known.into_iter().map(Name::as_str).collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None if known.is_empty() => problem.advise("there is none yet"),
        None => problem.advise(format!("known are {}", known.join(", "))),
    }
}
