//! The ask page: what may be asked, and the unified view of the answers.

use std::collections::BTreeMap;

use concordat_console::view::{
    AgreementRef, FactAnswer, FactOffer, Inquiry, KnownProperty, Outcome, ProofState, ProviderReply, Purpose,
    Questions, RegisterOffer, UnifiedView,
};
use concordat_flow::{Ask, Asked, NotAsked, Offer};
use concordat_record::{BodyId, ExchangeId, Name, Vocabulary};

use super::NodeOffice;
use super::home::sentence;

/// What is said about a withheld fact: its name in words.
fn in_words(facts: &[Name]) -> Vec<String> {
    facts.iter().map(Name::words).collect()
}

impl NodeOffice {
    pub(super) fn questions_now(&self) -> Questions {
        let offers = self.node.offers();
        let class = offers.first().map_or_else(|| "LegalEntity".to_owned(), |offer| offer.class.clone());
        let mut purposes: BTreeMap<Name, Purpose> = BTreeMap::new();
        let mut known: Vec<KnownProperty> = Vec::new();
        for offer in offers.iter().filter(|offer| offer.class == class) {
            for purpose in &offer.purposes {
                purposes.entry(purpose.name.clone()).or_insert_with(|| Purpose {
                    name: purpose.name.clone(),
                    text: sentence(&purpose.text),
                    legal_basis: purpose.legal_basis.clone().unwrap_or_default(),
                });
            }
            for path in &offer.known {
                if !known.iter().any(|property| property.path == *path) {
                    known.push(property(&class, path, known.is_empty()));
                }
            }
        }
        Questions {
            known,
            purposes: purposes.into_values().collect(),
            offers: offers
                .iter()
                .filter(|offer| offer.class == class)
                .map(|offer| self.offer(offer))
                .collect(),
            class,
        }
    }

    fn offer(&self, offer: &Offer) -> RegisterOffer {
        RegisterOffer {
            provider: self.party(&offer.provider),
            register: offer.register.clone(),
            title: sentence_case(&offer.register),
            agreement: offer.agreement.clone(),
            agreement_title: offer.title.clone(),
            until: offer.until,
            facts: offer
                .facts
                .iter()
                .map(|fact| FactOffer { name: fact.name.clone(), title: fact.title.clone() })
                .collect(),
            purposes: offer.purposes.iter().map(|purpose| purpose.name.clone()).collect(),
            case_reference_required: offer.case_reference_required,
        }
    }

    /// Asks all chosen registers at the same time.
    pub(super) async fn ask_all(&self, inquiry: Inquiry) -> UnifiedView {
        let offers = self.node.offers();
        let asked = self.node.now();
        let mut waiting = Vec::new();
        for (provider, register) in &inquiry.ask {
            let ask = Ask {
                provider: provider.clone(),
                register: register.clone(),
                purpose: inquiry.purpose.clone(),
                case_reference: inquiry.case_reference.clone(),
                user: Some(inquiry.user.clone()),
                subject: inquiry.subject.clone(),
                facts: Vec::new(),
            };
            let node = self.node.clone();
            waiting.push(tokio::spawn(async move { node.ask(ask).await }));
        }
        let mut replies = Vec::new();
        for (task, (provider, register)) in waiting.into_iter().zip(&inquiry.ask) {
            let offer =
                offers.iter().find(|offer| offer.provider == *provider && offer.register == *register);
            let reply = match task.await {
                Ok(result) => self.reply(provider, register, offer, result),
                Err(_) => {
                    self.unanswered(provider, register, offer, None, "The question could not be put.", "")
                }
            };
            replies.push(reply);
        }
        let purpose =
            offers.iter().flat_map(|offer| &offer.purposes).find(|purpose| purpose.name == inquiry.purpose);
        UnifiedView {
            asked,
            purpose: purpose.map_or_else(|| inquiry.purpose.words(), |purpose| sentence(&purpose.text)),
            subject: inquiry.subject,
            case_reference: inquiry.case_reference,
            replies,
        }
    }

    fn reply(
        &self,
        provider: &BodyId,
        register: &Name,
        offer: Option<&Offer>,
        result: Result<Asked, NotAsked>,
    ) -> ProviderReply {
        let asked = match result {
            Ok(asked) => asked,
            Err(NotAsked::Refused(refusal)) => {
                let outcome = Outcome::Refused {
                    code: refusal.code,
                    reason: sentence(&refusal.reason),
                    advice: sentence(&refusal.advice),
                };
                let proof = ProofState::Verified;
                return self.framed(provider, register, offer, Some(refusal.exchange), outcome, proof);
            }
            Err(NotAsked::Invalid(problem)) => {
                let advice = problem.advice.unwrap_or_default();
                return self.unanswered(provider, register, offer, None, &problem.sentence, &advice);
            }
            Err(NotAsked::Failed(exchange, problem)) => {
                let advice = problem.advice.unwrap_or_default();
                return self.unanswered(
                    provider,
                    register,
                    offer,
                    Some(exchange),
                    &problem.sentence,
                    &advice,
                );
            }
        };
        let exchange = asked.answer.exchange;
        let outcome = match asked.answer.matched {
            None => Outcome::NotRecognised,
            Some(matched) => Outcome::Recognised {
                matched,
                withheld: in_words(&asked.answer.withheld),
                facts: asked
                    .answer
                    .facts
                    .into_iter()
                    .map(|fact| FactAnswer {
                        title: title(offer, &fact.name),
                        name: fact.name,
                        value: fact.value,
                    })
                    .collect(),
            },
        };
        self.framed(provider, register, offer, Some(exchange), outcome, ProofState::Verified)
    }

    fn unanswered(
        &self,
        provider: &BodyId,
        register: &Name,
        offer: Option<&Offer>,
        exchange: Option<ExchangeId>,
        reason: &str,
        advice: &str,
    ) -> ProviderReply {
        let outcome = Outcome::Unreachable { reason: sentence(reason), advice: sentence(advice) };
        let proof = ProofState::Absent("No reply came that could be verified.".into());
        self.framed(provider, register, offer, exchange, outcome, proof)
    }

    fn framed(
        &self,
        provider: &BodyId,
        register: &Name,
        offer: Option<&Offer>,
        exchange: Option<ExchangeId>,
        outcome: Outcome,
        proof: ProofState,
    ) -> ProviderReply {
        ProviderReply {
            provider: self.party(provider),
            register: register.clone(),
            register_title: sentence_case(register),
            exchange,
            agreement: offer.map(|offer| AgreementRef {
                name: offer.agreement.clone(),
                title: offer.title.clone(),
                until: offer.until,
            }),
            outcome,
            proof,
        }
    }
}

pub(super) fn title(offer: Option<&Offer>, fact: &Name) -> String {
    let offered = offer.and_then(|offer| offer.facts.iter().find(|offered| offered.name == *fact));
    offered.map_or_else(|| sentence_case(fact), |offered| offered.title.clone())
}

/// A name as a heading: `exempt-organisations` is `Exempt organisations`.
pub(super) fn sentence_case(name: &Name) -> String {
    let words = name.words();
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default() + letters.as_str()
}

fn property(class: &str, path: &str, required: bool) -> KnownProperty {
    let title = Vocabulary::core().path(class, path).map_or(path, |path| path.title);
    let hint = match path.rsplit('.').next() {
        Some("thoroughfare") => Some("Street and number."),
        Some("legalName" | "fullName") => Some("As on the application."),
        _ => None,
    };
    let mut letters = title.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    KnownProperty {
        path: path.to_owned(),
        title: first + letters.as_str(),
        hint: hint.map(str::to_owned),
        required,
    }
}
