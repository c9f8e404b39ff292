//! One agreement, compiled, and its judgement of a question.

use cedar_policy::{Authorizer, Decision, Effect, Entities, PolicySet, Response};
use concordat_record::{Name, Place, Problem, Problems, Question, Timestamp};

use super::obligation::Obligations;
use super::permit::Permit;
use super::request::request;
use crate::agreement::{Agreement, RegisterOutline, SignedAgreement};
use crate::policy::{self, OwnPolicy};
use crate::refusal::{RefusalCode, Refused};

#[derive(Debug)]
pub(super) struct Candidate {
    signed: SignedAgreement,
    policies: PolicySet,
    obligations: Obligations,
}

impl Candidate {
    /// Compiles an agreement and puts the body's own policies beside it.
    pub(super) fn new(signed: SignedAgreement, own_policies: &[OwnPolicy]) -> Result<Self, Problems> {
        let invalid = |sentence: String| {
            Problems::from(Problem::new("share.policy-invalid", sentence).at(Place::file(signed.file())))
        };
        let compiled = policy::compiled(&signed.agreement().to_cedar(), signed.file())?;
        let permit = compiled.iter().find(|policy| policy.effect() == Effect::Permit);
        let permit = permit.ok_or_else(|| invalid("the agreement permits nothing".into()))?;
        let obligations = Obligations::of(permit.annotations()).map_err(&invalid)?;
        let own = own_policies.iter().flat_map(OwnPolicy::policies).cloned();
        let policies = PolicySet::from_policies(compiled.into_iter().chain(own))
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Self { signed, policies, obligations })
    }

    pub(super) fn signed(&self) -> &SignedAgreement {
        &self.signed
    }

    pub(super) fn agreement(&self) -> &Agreement {
        self.signed.agreement()
    }

    /// Whether the question may be answered under this agreement.
    pub(super) fn judge(
        &self,
        question: &Question,
        now: Timestamp,
        used_today: &dyn Fn(&Name) -> u64,
    ) -> Result<(), Refused> {
        let name = &self.agreement().name;
        let failed = |cause: String| Refused {
            cause: Some(cause),
            ..Refused::new(RefusalCode::PolicyError).under(name)
        };
        let request = request(question, name, now, used_today(name)).map_err(failed)?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &Entities::empty());
        let errors: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
        if response.decision() == Decision::Allow && errors.is_empty() {
            return Ok(());
        }
        let mut refused = self.explain(question, &response);
        if !errors.is_empty() {
            refused.cause = Some(errors.join("; "));
        }
        Err(refused)
    }

    /// The first reason that the question met.
    fn explain(&self, question: &Question, response: &Response) -> Refused {
        // A failed policy is the reason when there is no other.
        let mut first = Refused::new(RefusalCode::PolicyError);
        for id in response.diagnostics().reason() {
            let Some(policy) = self.policies.policy(id).filter(|policy| policy.effect() == Effect::Forbid)
            else {
                continue;
            };
            let code = policy.annotation("refusal").map_or(Ok(RefusalCode::PolicyForbids), str::parse);
            let code = code.unwrap_or(RefusalCode::PolicyError);
            if code < first.code {
                first = Refused::new(code);
                first.detail = policy.annotation("reason").map(ToOwned::to_owned);
                first.cause = Some(id.to_string());
            }
        }
        let detail = self.particulars(first.code, question);
        Refused { detail: first.detail.take().or(detail), ..first.under(&self.agreement().name) }
    }

    /// What a refusal is about, for the person who asked. Names only; never a value of the subject.
    fn particulars(&self, code: RefusalCode, question: &Question) -> Option<String> {
        let agreement = self.agreement();
        let asked = question.facts.iter().map(Name::as_str);
        let told = question.subject.known.iter().map(|known| known.property.as_str());
        match code {
            RefusalCode::AgreementNotYetInForce => Some(format!("it begins on {}", agreement.from)),
            RefusalCode::AgreementExpired => Some(format!("its last day was {}", agreement.until)),
            RefusalCode::PurposeNotAgreed => {
                let agreed = agreement.purposes.iter().map(|purpose| purpose.name.as_str());
                Some(format!("`{}`; agreed are {}", question.purpose, listed(agreed)))
            }
            RefusalCode::FactNotGranted => Some(listed(
                asked.filter(|fact| !agreement.granted().any(|granted| granted.as_str() == *fact)),
            )),
            RefusalCode::PropertyNotAgreed => {
                Some(listed(told.filter(|property| !agreement.known.iter().any(|known| known == property))))
            }
            RefusalCode::LimitReached => agreement.limits.per_day.map(|per_day| per_day.to_string()),
            _ => None,
        }
    }

    /// The permit for a question that has been judged.
    pub(super) fn permit(&self, question: &Question, register: &RegisterOutline) -> Permit {
        let agreement = self.agreement();
        Permit {
            agreement: agreement.name.clone(),
            version: agreement.version,
            digest: self.signed.digest().to_owned(),
            granted: question
                .facts
                .iter()
                .filter(|fact| agreement.granted().any(|g| g == *fact))
                .cloned()
                .collect(),
            withheld: agreement.withholds(&register.facts),
            threshold: self.obligations.threshold,
            confirmed_by_person: self.obligations.confirmed_by_person,
            ends: agreement.ends(),
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
