//! Step 4: three real applicants, three questions each, name and address only.

use std::collections::BTreeMap;

use concordat_flow::{Ask, NotAsked, Offer};
use concordat_prove::verify_proof;
use concordat_record::{Problem, Subject};
use serde::Deserialize;

use super::bodies::{GRANTS, Nodes};
use super::example;
use super::result::{Answered, Proof};

/// What the applicants' file says of one.
#[derive(Debug, Deserialize)]
pub struct Applicant {
    /// The grants office's case.
    pub case_reference: String,
    /// The bodies that should recognise it.
    known_to: Vec<String>,
    /// What the clerk typed: property paths and values.
    #[serde(flatten)]
    typed: BTreeMap<String, String>,
}

impl Applicant {
    /// Its name as the clerk typed it.
    pub fn name(&self) -> &str {
        self.typed.get("legalName").map_or("", String::as_str)
    }

    /// It as the subject of a question.
    pub fn subject(&self, class: &str) -> Subject {
        Subject::new(class, &self.typed)
    }
}

#[derive(Deserialize)]
struct Applicants {
    applicant: Vec<Applicant>,
}

/// The applicants of the example.
pub fn applicants() -> Result<Vec<Applicant>, Problem> {
    let read: Applicants =
        concordat_record::parse_settings(example::text("applicants.toml")?, "applicants.toml")?;
    Ok(read.applicant)
}

/// Answers and proofs.
pub struct AskedAll {
    pub answers: Vec<Answered>,
    pub proofs: Vec<Proof>,
}

/// Asks all bodies about all applicants.
pub async fn ask_for_applicants(nodes: &Nodes) -> Result<AskedAll, Problem> {
    let mut asked = AskedAll { answers: Vec::new(), proofs: Vec::new() };
    let offers = nodes.node(GRANTS)?.offers();
    for applicant in applicants()? {
        for offer in &offers {
            ask(nodes, &applicant, offer, &mut asked).await?;
        }
    }
    Ok(asked)
}

async fn ask(nodes: &Nodes, applicant: &Applicant, offer: &Offer, all: &mut AskedAll) -> Result<(), Problem> {
    let grants = nodes.node(GRANTS)?;
    let purpose = offer
        .purposes
        .first()
        .ok_or_else(|| Problem::new("demo.incomplete", "an agreement has no purpose"))?;
    let asked = grants
        .ask(Ask {
            provider: offer.provider.clone(),
            register: offer.register.clone(),
            purpose: purpose.name.clone(),
            case_reference: Some(applicant.case_reference.clone()),
            user: Some("Demo officer".to_owned()),
            subject: applicant.subject(&offer.class),
            facts: Vec::new(),
        })
        .await
        .map_err(|error| not_answered(&error))?;
    let answer = asked.answer;
    // Each side's proof is checked as an auditor would: with that body's public key and nothing else of its node.
    let provider_key = nodes.node(offer.provider.as_str())?.verifier_key().clone();
    let proven = verify_proof(&asked.proof, &provider_key).is_ok();
    all.proofs.push(Proof {
        exchange: answer.exchange.clone(),
        log: offer.provider.to_string(),
        verified: proven,
    });
    let ours = grants.proof(&answer.exchange)?.unwrap_or_default();
    let proven = verify_proof(&ours, grants.verifier_key()).is_ok();
    all.proofs.push(Proof { exchange: answer.exchange.clone(), log: GRANTS.to_owned(), verified: proven });
    let title = |name: &concordat_record::Name| {
        let fact = offer.facts.iter().find(|fact| fact.name == *name);
        fact.map_or_else(|| name.words(), |fact| fact.title.clone())
    };
    all.answers.push(Answered {
        applicant: applicant.name().to_owned(),
        provider: offer.provider.to_string(),
        exchange: answer.exchange,
        should_know: applicant.known_to.iter().any(|body| body == offer.provider.as_str()),
        recognised: answer.matched.is_some(),
        probability: answer.matched.as_ref().map(|matched| matched.probability),
        compared: answer.matched.map(|matched| matched.compared).unwrap_or_default(),
        facts: answer.facts.into_iter().map(|fact| (title(&fact.name), fact.value)).collect(),
        withheld: answer.withheld,
    });
    Ok(())
}

fn not_answered(error: &NotAsked) -> Problem {
    match error {
        NotAsked::Refused(refusal) => {
            Problem::new("demo.refused", format!("a question was refused: {}", refusal.reason))
                .advise(refusal.advice.clone())
        }
        NotAsked::Invalid(problem) | NotAsked::Failed(_, problem) => problem.clone(),
    }
}
