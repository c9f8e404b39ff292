//! What this body may ask now: its agreements in force, as a consuming system needs to know them.

use chrono::NaiveDate;
use concordat_record::{BodyId, Datatype, Name, Vocabulary};
use concordat_share::SignedAgreement;

use super::Node;

/// What one agreement in force lets this body ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The agreement.
    pub agreement: Name,
    /// How people call it.
    pub title: String,
    /// The body that may be asked.
    pub provider: BodyId,
    /// How people call that body.
    pub provider_name: String,
    /// Its register.
    pub register: Name,
    /// The class of the subjects.
    pub class: String,
    /// What for.
    pub purposes: Vec<OfferedPurpose>,
    /// What may be learnt.
    pub facts: Vec<OfferedFact>,
    /// What may be said about the subject: property paths of the class.
    pub known: Vec<String>,
    /// Whether a question must name the case that causes it.
    pub case_reference_required: bool,
    /// The agreement's last day.
    pub until: NaiveDate,
}

/// A purpose of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedPurpose {
    /// Its name.
    pub name: Name,
    /// In plain language.
    pub text: String,
    /// The law that allows or demands it.
    pub legal_basis: Option<String>,
}

/// A fact of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedFact {
    /// Its name.
    pub name: Name,
    /// How people call it.
    pub title: String,
    /// The kind of its value.
    pub datatype: Datatype,
}

impl Node {
    /// What this body may ask now, by provider and register.
    pub fn offers(&self) -> Vec<Offer> {
        let now = self.now();
        let mut offers: Vec<Offer> = self
            .body
            .agreements
            .iter()
            .map(SignedAgreement::agreement)
            .filter(|agreement| agreement.consumer == *self.id() && agreement.is_in_force(now))
            .map(|agreement| Offer {
                agreement: agreement.name.clone(),
                title: agreement.title.clone(),
                provider: agreement.provider.clone(),
                provider_name: self.name_of(&agreement.provider),
                register: agreement.register.clone(),
                class: class_of(&agreement.known),
                purposes: agreement
                    .purposes
                    .iter()
                    .map(|purpose| OfferedPurpose {
                        name: purpose.name.clone(),
                        text: purpose.text.clone(),
                        legal_basis: purpose.legal_basis.clone(),
                    })
                    .collect(),
                facts: agreement
                    .facts
                    .iter()
                    .map(|grant| OfferedFact {
                        name: grant.name.clone(),
                        title: grant.title.clone(),
                        datatype: grant.datatype,
                    })
                    .collect(),
                known: agreement.known.clone(),
                case_reference_required: agreement.limits.case_reference_required,
                until: agreement.until,
            })
            .collect();
        offers.sort_by(|a, b| (&a.provider, &a.register).cmp(&(&b.provider, &b.register)));
        offers
    }

    /// How people call a body; its identifier when the federation list does not say.
    pub fn name_of(&self, body: &BodyId) -> String {
        let member = self.body.federation.as_ref().and_then(|federation| federation.member(body));
        member.map_or_else(|| body.to_string(), |member| member.name.clone())
    }
}

/// The class that all the properties belong to: what the register holds, as far as the agreement shows.
fn class_of(known: &[String]) -> String {
    let vocabulary = Vocabulary::core();
    let fits = |class: &&str| known.iter().all(|path| vocabulary.path(class, path).is_ok());
    vocabulary.class_names().find(fits).unwrap_or_default().to_owned()
}
