//! Step 5: the refusals that matter.

use std::path::Path;

use concordat_flow::{Ask, Body, NotAsked, World};
use concordat_record::{BodyId, Name, Problem};
use concordat_serve::{Client, Deadlines, Peer, Tls, make_certificate};

use super::ask::applicants;
use super::bodies::{GRANTS, Nodes, TREASURY};
use super::result::Refused;

/// A question of the grants office that must be refused.
struct Attempt {
    what: &'static str,
    purpose: &'static str,
    facts: &'static [&'static str],
    expected: &'static str,
}

const ATTEMPTS: &[Attempt] = &[
    Attempt {
        what: "a purpose outside the agreement: fundraising",
        purpose: "fundraising",
        facts: &["isTaxExempt"],
        expected: "purpose-not-agreed",
    },
    Attempt {
        what: "a fact that is not granted: total assets",
        purpose: "grant-eligibility",
        facts: &["isTaxExempt", "totalAssets"],
        expected: "fact-not-granted",
    },
    Attempt {
        what: "an agreement that has expired: the audit of 2024",
        purpose: "audit-follow-up",
        facts: &["isTaxExempt"],
        expected: "agreement-expired",
    },
];

/// Tries each, and a body that is in no federation.
pub async fn refusals(nodes: &Nodes, folder: &Path, world: &World) -> Result<Vec<Refused>, Problem> {
    let mut refusals = Vec::new();
    for attempt in ATTEMPTS {
        refusals.push(refused(nodes, attempt).await?);
    }
    refusals.push(stranger(nodes, folder, world).await?);
    Ok(refusals)
}

async fn refused(nodes: &Nodes, attempt: &Attempt) -> Result<Refused, Problem> {
    let grants = nodes.node(GRANTS)?;
    let applicant =
        applicants()?.into_iter().next().ok_or_else(|| incomplete("applicants.toml names nobody"))?;
    let ask = Ask {
        provider: body(TREASURY)?,
        register: name("exempt-organisations")?,
        purpose: name(attempt.purpose)?,
        case_reference: Some(applicant.case_reference.clone()),
        user: Some("Demo officer".to_owned()),
        subject: applicant.subject("LegalEntity"),
        facts: attempt.facts.iter().map(|fact| name(fact)).collect::<Result<_, _>>()?,
    };
    let (code, reason) = match grants.ask(ask).await {
        Err(NotAsked::Refused(refusal)) => (refusal.code, refusal.reason),
        Err(NotAsked::Invalid(problem) | NotAsked::Failed(_, problem)) => {
            (problem.code.to_owned(), problem.sentence)
        }
        Ok(_) => ("answered".to_owned(), "the question was answered".to_owned()),
    };
    Ok(Refused { attempt: attempt.what.to_owned(), expected: attempt.expected.to_owned(), code, reason })
}

/// A body with a certificate of its own that no list names. It knows the true list, and its node's door stays shut.
async fn stranger(nodes: &Nodes, folder: &Path, world: &World) -> Result<Refused, Problem> {
    let stranger = body("US/COM/STRANGER/OFFICE")?;
    let now = world.clock.now();
    let identity = make_certificate(
        &stranger,
        &["127.0.0.1"],
        now.plus_seconds(-60),
        now.plus_seconds(3600),
        &*world.entropy,
    )?;
    let grants =
        Body::open(&folder.join("grants")).map_err(|_| incomplete("the demo's folder has changed"))?;
    let federation =
        grants.federation.ok_or_else(|| incomplete("the grants office has no federation list"))?;
    let peers: Vec<Peer> = federation
        .members()
        .map(|member| Peer {
            body: member.id.clone(),
            address: member.address.clone(),
            certificates: vec![member.certificate.clone()],
        })
        .collect();
    let tls =
        Tls::new(&identity, peers, world.clock.clone()).map_err(|_| incomplete("the list cannot be used"))?;
    let client = Client::new(tls.into(), Deadlines::default());
    let treasury = body(TREASURY)?;
    let before = nodes.node(TREASURY)?.health().log_size;
    let request = http::Request::post(client.uri(&treasury, "/exchange/1")?)
        .header("content-type", "application/json")
        .body(b"{}".to_vec())
        .map_err(|error| incomplete(&error.to_string()))?;
    let (code, reason) = match client.send(&treasury, request).await {
        Err(problem) if nodes.node(TREASURY)?.health().log_size == before => {
            ("body-not-in-federation".to_owned(), problem.sentence)
        }
        Err(problem) => (problem.code.to_owned(), problem.sentence),
        Ok(response) => {
            (response.status().to_string(), "the Treasury's node listened to a stranger".to_owned())
        }
    };
    Ok(Refused {
        attempt: "a body that is not in the federation".to_owned(),
        expected: "body-not-in-federation".to_owned(),
        code,
        reason,
    })
}

fn body(id: &str) -> Result<BodyId, Problem> {
    id.parse().map_err(|error| incomplete(&format!("{error}")))
}

fn name(name: &str) -> Result<Name, Problem> {
    name.parse().map_err(|error| incomplete(&format!("{error}")))
}

fn incomplete(what: &str) -> Problem {
    Problem::new("demo.incomplete", what.to_owned())
}
