//! Ask: one form about one subject, and the answers of all bodies side by side.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use concordat_record::Subject;

use super::frame::{Frame, Section, show};
use super::visitor::{Posted, Staff};
use super::{Console, failure};
use crate::fields::{FieldErrors, Fields};
use crate::view::{Inquiry, Outcome, ProofState, ProviderReply, Questions, RegisterOffer, UnifiedView};
use crate::words;

/// Longer than any name or address; what is longer was pasted by mistake.
const LONGEST_VALUE: usize = 200;

#[derive(Template)]
#[template(path = "ask.html")]
pub(super) struct AskPage {
    frame: Frame,
    questions: Questions,
    fields: Fields,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "answers.html")]
pub(super) struct AnswersPage {
    frame: Frame,
    view: UnifiedView,
    fields: Fields,
}

/// `GET /ask`
pub(super) async fn form(State(console): State<Arc<Console>>, Staff(who): Staff) -> Response {
    match console.office.questions().await {
        Ok(questions) => {
            let frame = Frame::new(&console, "Ask", Section::Ask, Some(who));
            let fields = fresh(&questions);
            show(StatusCode::OK, &AskPage { frame, questions, fields, errors: FieldErrors::default() })
        }
        Err(problem) => failure::problem(&console, who, &problem),
    }
}

/// `POST /ask`. The answers are the response itself and are kept nowhere.
pub(super) async fn answers(State(console): State<Arc<Console>>, posted: Posted) -> Response {
    let Posted { who, fields } = posted;
    let questions = match console.office.questions().await {
        Ok(questions) => questions,
        Err(problem) => return failure::problem(&console, who, &problem),
    };
    if !fields.get("change").is_empty() {
        // Nobody types twice what this session has just sent (WCAG 3.3.7).
        let frame = Frame::new(&console, "Ask", Section::Ask, Some(who));
        return show(StatusCode::OK, &AskPage { frame, questions, fields, errors: FieldErrors::default() });
    }
    let inquiry = match read(&questions, &fields, &who.user) {
        Ok(inquiry) => inquiry,
        Err(errors) => {
            let frame = Frame::new(&console, "Ask", Section::Ask, Some(who)).failed(true);
            let page = AskPage { frame, questions, fields, errors };
            return show(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    match console.office.ask(inquiry).await {
        Ok(view) => {
            let frame = Frame::new(&console, "Answers", Section::Ask, Some(who));
            show(StatusCode::OK, &AnswersPage { frame, view, fields })
        }
        Err(problem) => failure::problem(&console, who, &problem),
    }
}

/// An untouched form: every register is chosen, and the purpose when there is only one.
fn fresh(questions: &Questions) -> Fields {
    let mut fields: Vec<(String, String)> =
        questions.offers.iter().map(|offer| ("ask".to_owned(), choice(offer))).collect();
    if let [only] = questions.purposes.as_slice() {
        fields.push(("purpose".to_owned(), only.name.to_string()));
    }
    Fields(fields)
}

/// What a caseworker asks, or everything that must be corrected first.
fn read(questions: &Questions, fields: &Fields, user: &str) -> Result<Inquiry, FieldErrors> {
    let mut errors = FieldErrors::default();
    let known: Vec<(&str, &str)> = questions
        .known
        .iter()
        .map(|property| {
            let value = fields.get(&property.path);
            if value.is_empty() && property.required {
                errors.push(&property.path, format!("Enter the {}", lower(&property.title)));
            }
            check_text(&property.path, value, &mut errors);
            (property.path.as_str(), value)
        })
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let purpose = questions.purposes.iter().find(|purpose| purpose.name.as_str() == fields.get("purpose"));
    if purpose.is_none() {
        errors.push("purpose", "Choose what you need the answers for");
    }
    let chosen: Vec<&RegisterOffer> =
        questions.offers.iter().filter(|offer| fields.has("ask", &choice(offer))).collect();
    let case_reference = fields.get("case");
    if case_reference.is_empty() && chosen.iter().any(|offer| offer.case_reference_required) {
        errors.push("case", "Enter the case reference; an agreement requires it");
    }
    check_text("case", case_reference, &mut errors);
    if chosen.is_empty() {
        errors.push("ask", "Choose at least one register to ask");
    }
    match purpose {
        Some(purpose) if errors.0.is_empty() => Ok(Inquiry {
            subject: Subject::new(questions.class.clone(), known),
            purpose: purpose.name.clone(),
            case_reference: (!case_reference.is_empty()).then(|| case_reference.to_owned()),
            ask: chosen.iter().map(|offer| (offer.provider.body.clone(), offer.register.clone())).collect(),
            user: user.to_owned(),
        }),
        _ => Err(errors),
    }
}

fn check_text(field: &str, value: &str, errors: &mut FieldErrors) {
    if value.chars().count() > LONGEST_VALUE {
        errors.push(field, format!("Use at most {LONGEST_VALUE} characters"));
    } else if value.chars().any(char::is_control) {
        errors.push(field, "Remove the line breaks and other control characters");
    }
}

/// The value of a register's checkbox.
fn choice(offer: &RegisterOffer) -> String {
    format!("{} {}", offer.provider.body, offer.register)
}

/// A label in the middle of a sentence.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => title.to_owned(),
    }
}

/// How wide an input is: as wide as what goes into it.
fn width(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or(path) {
        "postCode" | "poBox" | "locatorDesignator" | "adminUnitL1" | "adminUnitL2" | "dateOfBirth" => {
            "narrow"
        }
        "postName" | "givenName" | "familyName" | "notation" => "medium",
        _ => "wide",
    }
}

impl AskPage {
    fn is_chosen(&self, offer: &RegisterOffer) -> bool {
        self.fields.has("ask", &choice(offer))
    }

    fn is_purpose(&self, name: &concordat_record::Name) -> bool {
        self.fields.get("purpose") == name.as_str()
    }

    /// Whether the case reference may be left out: when no agreement insists on it.
    fn case_is_optional(&self) -> bool {
        !self.questions.offers.iter().any(|offer| offer.case_reference_required)
    }
}

impl AnswersPage {
    /// What to call the subject: the first thing entered that is a name.
    fn subject(&self) -> &str {
        ["legalName", "preferredLabel", "fullName", "familyName"]
            .into_iter()
            .find_map(|property| self.view.subject.get(property))
            .unwrap_or("the subject you entered")
    }

    /// The replies whose facts are shown.
    fn recognised(&self) -> Vec<&ProviderReply> {
        let recognised = |reply: &&ProviderReply| matches!(reply.outcome, Outcome::Recognised { .. });
        self.view.replies.iter().filter(|reply| reply.is_trusted()).filter(recognised).collect()
    }

    /// `2 of 3 registers recognise it.`
    fn summary(&self) -> String {
        let all = self.view.replies.len() as u64;
        let recognised = self.recognised().len() as u64;
        match (recognised, all) {
            (0, 1) => "The register you asked gave no facts.".into(),
            (0, _) => format!(
                "None of the {} gave any facts.",
                words::counted(&all, "register", "registers you asked")
            ),
            (n, all) => format!(
                "{} of {} recognised a record.",
                words::count(&n),
                words::counted(&all, "register", "registers")
            ),
        }
    }

    /// The question as it was sent, to be changed and sent again.
    fn sent(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_the_page = |name: &str| name == "token" || name == "change";
        self.fields
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(move |(name, _)| !of_the_page(name))
    }

    fn property(&self, path: &str) -> String {
        words::property(&self.view.subject.class, path)
    }
}

#[cfg(test)]
impl AskPage {
    pub(super) fn of(questions: Questions, sent: Option<&[(&str, &str)]>) -> Self {
        let (fields, errors) = match sent {
            None => (fresh(&questions), FieldErrors::default()),
            Some(sent) => {
                let sent = sent.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
                let fields = Fields(sent);
                let errors = read(&questions, &fields, "Robin Sample").err().unwrap_or_default();
                (fields, errors)
            }
        };
        let frame = Frame::sample("Ask", Section::Ask, true).failed(!errors.0.is_empty());
        Self { frame, questions, fields, errors }
    }
}

#[cfg(test)]
impl AnswersPage {
    pub(super) fn of(view: UnifiedView) -> Self {
        let sent =
            view.subject.known.iter().map(|known| (known.property.clone(), known.value.clone())).collect();
        Self { frame: Frame::sample("Answers", Section::Ask, true), view, fields: Fields(sent) }
    }
}
