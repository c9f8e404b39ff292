//! From a request to a question: the same for both faces.

use std::collections::BTreeSet;

use concordat_record::{BodyId, Name, Place, Problem, Problems, Subject, Vocabulary, nearest};
use serde::Deserialize;

use super::Interface;
use super::percent::query_pairs;
use super::subject::Known;
use crate::{Answered, Ask, NotAnswered, Offer, Refused};

/// Longest text beside the subject: references, users, message identifiers; and longest value of a property.
const LONGEST: usize = 255;

/// A question as a caller writes it, before anything is known about the register.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) purpose: String,
    #[serde(default)]
    pub(super) facts: Vec<String>,
    pub(super) subject: Known,
    #[serde(default)]
    pub(super) case_reference: Option<String>,
    #[serde(default)]
    pub(super) user: Option<String>,
    #[serde(skip)]
    pub(super) message_id: Option<String>,
}

impl Draft {
    /// From a JSON body.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, Problems> {
        serde_json::from_slice(bytes).map_err(|error| not_json(&error).into())
    }

    /// From a query: `purpose` once, `fact` any number of times, all other keys are property paths of the subject.
    pub(super) fn from_query(query: &str) -> Result<Self, Problems> {
        let pairs = query_pairs(query)
            .ok_or_else(|| Problem::new("ask.query", "the query is not percent-encoded UTF-8"))?;
        let mut draft = Self::default();
        let mut purposes = Vec::new();
        for (key, value) in pairs {
            match key.as_str() {
                "purpose" => purposes.push(value),
                "fact" => draft.facts.push(value),
                _ => draft.subject.0.push((key, value)),
            }
        }
        if let [purpose] = purposes.as_mut_slice() {
            draft.purpose = std::mem::take(purpose);
            return Ok(draft);
        }
        let sentence = format!("the query names {} purposes instead of one", purposes.len());
        Err(Problem::new("ask.purpose", sentence)
            .advise("add `purpose=` with one of the agreed purposes")
            .into())
    }

    /// The question that this draft is, with the catalogue's help: the class of the register, and all granted facts when
    /// none is named.
    fn into_ask(
        self,
        system: &str,
        provider: BodyId,
        register: Name,
        offers: &[Offer],
    ) -> Result<Ask, Problems> {
        let mut problems = Problems::none();
        let purpose = problems.keep(name("purpose", &self.purpose));
        let class = offers.first().map_or("", |offer| offer.class.as_str());
        check_subject(&mut problems, class, &self.subject);
        let facts =
            self.facts.iter().filter_map(|fact| problems.keep(name("facts", fact))).collect::<Vec<_>>();
        if let Some(twice) = first_double(facts.iter().map(Name::as_str)) {
            problems.push(at(
                "facts",
                Problem::new("ask.fact-twice", format!("the fact `{twice}` is asked twice")),
            ));
        }
        for (field, text) in
            [("case_reference", &self.case_reference), ("user", &self.user), ("message_id", &self.message_id)]
        {
            check_text(&mut problems, field, text.as_deref().unwrap_or("-"));
        }
        let Some(purpose) = purpose else { return Err(problems) };
        let facts = if facts.is_empty() { granted(offers, &purpose) } else { facts };
        problems.or(Ask {
            system: system.into(),
            provider,
            register,
            purpose,
            case_reference: self.case_reference,
            user: self.user,
            subject: Subject::new(class, self.subject.0),
            facts,
            message_id: self.message_id,
        })
    }
}

impl Interface {
    /// Puts a draft to the desk.
    pub(super) async fn ask(
        &self,
        system: &str,
        provider: BodyId,
        register: Name,
        draft: Draft,
    ) -> Result<Answered, NotAnswered> {
        let mut offers = self.desk.catalogue();
        offers.retain(|offer| offer.provider == provider && offer.register == register);
        let line = format!("{provider}/{register}");
        let answered = if offers.is_empty() {
            Err(no_agreement(&provider, &register))
        } else {
            match draft.into_ask(system, provider, register, &offers) {
                Ok(ask) => self.desk.ask(ask).await,
                Err(problems) => Err(NotAnswered::Invalid(problems)),
            }
        };
        let outcome = match &answered {
            Ok(_) => "answered",
            Err(NotAnswered::Refused(refused)) => refused.code.as_str(),
            Err(NotAnswered::Invalid(_)) => "invalid",
            Err(NotAnswered::Failed(problem)) => problem.code,
        };
        tracing::info!(target: "concordat::security", event = "asked", system, register = %line, outcome);
        answered
    }
}

fn no_agreement(provider: &BodyId, register: &Name) -> NotAnswered {
    NotAnswered::Refused(Refused {
        exchange: None,
        code: "no-agreement".into(),
        reason: format!("no agreement in force lets this body ask `{register}` of {provider}"),
        advice: "GET /registers lists what may be asked; have an agreement signed for more".into(),
    })
}

/// All facts that the purpose grants; of an unagreed purpose those of the register, so that the refusal is the provider's.
fn granted(offers: &[Offer], purpose: &Name) -> Vec<Name> {
    let agreed: Vec<&Offer> =
        offers.iter().filter(|offer| offer.purposes.iter().any(|offered| offered.name == *purpose)).collect();
    let offers: Vec<&Offer> = if agreed.is_empty() { offers.iter().collect() } else { agreed };
    // One agreement answers, so facts of two are not mixed.
    offers.first().map(|offer| offer.facts.iter().map(|fact| fact.name.clone()).collect()).unwrap_or_default()
}

fn check_subject(problems: &mut Problems, class: &str, known: &Known) {
    if known.0.is_empty() {
        let problem = Problem::new("ask.nobody", "nothing is said about the subject")
            .advise("give what is known, such as `legalName`, under the property paths of the vocabulary");
        problems.push(at("subject", problem));
    }
    for (path, value) in &known.0 {
        if let Err(problem) = Vocabulary::core().path(class, path) {
            problems.push(at(&format!("subject.{path}"), problem));
        }
        check_text(problems, &format!("subject.{path}"), value);
    }
    if let Some(twice) = first_double(known.0.iter().map(|(path, _)| path.as_str())) {
        let problem = Problem::new("ask.property-twice", format!("the property `{twice}` is there twice"));
        problems.push(at("subject", problem));
    }
}

fn check_text(problems: &mut Problems, field: &str, text: &str) {
    let sentence = if text.trim().is_empty() {
        format!("`{field}` is empty")
    } else if text.chars().count() > LONGEST {
        format!("`{field}` is longer than {LONGEST} characters")
    } else if text.chars().any(char::is_control) {
        format!("`{field}` has control characters in it")
    } else {
        return;
    };
    problems.push(at(field, Problem::new("ask.text", sentence)));
}

fn name(field: &str, text: &str) -> Result<Name, Problem> {
    text.parse().map_err(|error| at(field, Problem::new("ask.name", format!("this is not a name: {error}"))))
}

fn at(field: &str, problem: Problem) -> Problem {
    problem.at(Place::default().field(field))
}

fn first_double<'a>(words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    words.into_iter().find(|word| !seen.insert(*word))
}

/// What is wrong with a JSON body. The parser's sentence is passed on unless it could quote a value of the subject.
fn not_json(error: &serde_json::Error) -> Problem {
    let sentence = error.to_string();
    let place = Place::default().line(error.line() as u64).column(error.column() as u64);
    let quotes_value = sentence.starts_with("invalid type") || sentence.starts_with("invalid value");
    let sentence = if quotes_value || !error.is_data() {
        format!(
            "the body is not the JSON that is wanted here, in line {} column {}",
            error.line(),
            error.column()
        )
    } else {
        sentence
    };
    let problem = Problem::new("ask.json", sentence).at(place);
    let unknown = problem.sentence.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    match unknown.and_then(|word| nearest(word, ["purpose", "facts", "subject", "case_reference", "user"])) {
        Some(near) => {
            let advice = format!("did you mean `{near}`?");
            problem.advise(advice)
        }
        None => problem.advise("/openapi.json shows the body of each register, with an example"),
    }
}
