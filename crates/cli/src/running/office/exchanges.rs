//! The exchange log and one exchange of it.

use concordat_console::view::{
    AgreementRef, Event, Exchange, ExchangeFilter, ExchangePage, ExchangeRow, FactOffer, LogEntry,
    OutcomeKind, Refused, Side as ShownSide, Step, Verification,
};
use concordat_flow::{Became, Entry, Filter, Side};
use concordat_record::{ExchangeId, Problem};

use super::NodeOffice;
use super::home::sentence;
use super::questions::{sentence_case, title};

const PAGE_SIZE: u64 = 25;

impl NodeOffice {
    pub(super) fn exchanges_now(&self, filter: &ExchangeFilter, page: u64) -> Result<ExchangePage, Problem> {
        let filter = Filter {
            other: filter.party.clone(),
            became: filter.outcome.map(kind_filter),
            from: filter.from,
            until: filter.until,
        };
        let found = self.node.exchanges(&filter, page, PAGE_SIZE)?;
        Ok(ExchangePage {
            rows: found.entries.iter().map(|entry| self.row(entry)).collect(),
            total: found.total,
            page_size: PAGE_SIZE,
            parties: found.others.iter().map(|body| self.party(body)).collect(),
        })
    }

    pub(super) fn exchange_now(&self, id: &ExchangeId) -> Result<Option<Exchange>, Problem> {
        let Some(entry) = self.node.exchange(id)? else { return Ok(None) };
        let agreements = &self.node.body().agreements;
        let agreement = agreements.iter().find_map(|signed| {
            let agreement = signed.agreement();
            (Some(&agreement.name) == entry.agreement.as_ref()).then_some(agreement)
        });
        let offers = self.node.offers();
        let offer =
            offers.iter().find(|offer| offer.provider == entry.other && offer.register == entry.register);
        let file = self.node.body().registers.get(&entry.register);
        let purpose = agreement
            .and_then(|agreement| agreement.purposes.iter().find(|purpose| purpose.name == entry.purpose));
        Ok(Some(Exchange {
            row: self.row(&entry),
            register_title: file
                .map_or_else(|| sentence_case(&entry.register), |file| file.register.title().to_owned()),
            purpose_text: purpose.map_or_else(|| entry.purpose.words(), |purpose| sentence(&purpose.text)),
            agreement: agreement.map(|agreement| AgreementRef {
                name: agreement.name.clone(),
                title: agreement.title.clone(),
                until: agreement.until,
            }),
            case_reference: entry.case_reference.clone(),
            user: entry.user.clone(),
            facts: entry
                .facts
                .iter()
                .map(|name| FactOffer { name: name.clone(), title: title(offer, name) })
                .collect(),
            refusal: match &entry.outcome {
                Became::Refused { code, reason, advice } => {
                    Some(Refused { code: code.clone(), reason: sentence(reason), advice: sentence(advice) })
                }
                _ => None,
            },
            events: events(&entry),
            entry: Some(self.log_entry(&entry)?),
        }))
    }

    pub(super) fn verify_now(&self, id: &ExchangeId) -> Result<Option<Verification>, Problem> {
        let steps = self.node.verify(id)?;
        Ok(steps.map(|steps| Verification {
            checked: self.node.now(),
            steps: steps
                .into_iter()
                .map(|step| Step {
                    what: sentence(&step.claim),
                    sentence: sentence(&step.because),
                    holds: step.holds,
                })
                .collect(),
        }))
    }

    fn row(&self, entry: &Entry) -> ExchangeRow {
        ExchangeRow {
            exchange: entry.exchange.clone(),
            at: entry.at,
            side: match entry.side {
                Side::Consumer => ShownSide::Asked,
                Side::Provider => ShownSide::Answered,
            },
            other: self.party(&entry.other),
            register: entry.register.clone(),
            purpose: entry.purpose.clone(),
            outcome: kind(&entry.outcome),
            facts: entry.facts.len() as u64,
            log_index: Some(entry.index),
        }
    }

    fn log_entry(&self, entry: &Entry) -> Result<LogEntry, Problem> {
        let placed = self.node.placed(entry.index)?;
        Ok(LogEntry {
            origin: self.node.id().to_string(),
            index: entry.index,
            leaf_hash: placed.leaf_hash,
            tree_size: placed.tree_size,
            checkpoint: placed.newest,
        })
    }
}

fn kind(became: &Became) -> OutcomeKind {
    match became {
        Became::Answered => OutcomeKind::Answered,
        Became::NotRecognised => OutcomeKind::NotRecognised,
        Became::Refused { .. } => OutcomeKind::Refused,
        Became::Failed { .. } => OutcomeKind::Unanswered,
    }
}

fn kind_filter(wanted: OutcomeKind) -> fn(&Became) -> bool {
    match wanted {
        OutcomeKind::Answered => |became| kind(became) == OutcomeKind::Answered,
        OutcomeKind::NotRecognised => |became| kind(became) == OutcomeKind::NotRecognised,
        OutcomeKind::Refused => |became| kind(became) == OutcomeKind::Refused,
        OutcomeKind::Unanswered => |became| kind(became) == OutcomeKind::Unanswered,
    }
}

fn events(entry: &Entry) -> Vec<Event> {
    let (what, then) = match (entry.side, kind(&entry.outcome)) {
        (Side::Consumer, OutcomeKind::Answered) => {
            ("Answer received", "Its signature and its proof were verified")
        }
        (Side::Consumer, OutcomeKind::NotRecognised) => {
            ("Nobody recognised", "The provider knows no such record")
        }
        (Side::Consumer, OutcomeKind::Refused) => ("Refusal received", "The reason is on this page"),
        (Side::Consumer, OutcomeKind::Unanswered) => {
            ("No reply", "What came back, if anything, was not believed")
        }
        (Side::Provider, OutcomeKind::Answered) => ("Answered", "The facts left after the entry was durable"),
        (Side::Provider, OutcomeKind::NotRecognised) => ("Answered", "No record was sure enough"),
        (Side::Provider, _) => ("Refused", "The reason is on this page"),
    };
    vec![Event {
        at: entry.at,
        what: what.into(),
        sentence: format!("{then}. Entry {} of this body's log.", entry.index),
    }]
}
