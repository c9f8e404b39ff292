//! Registers whose source is asked at the moment of a question. Nothing of an answer is kept, not even for the next question.
//!
//! The way of one question: properties of the subject fill the source's parameters; the source answers in time or not at all; the
//! register's own mapping makes canonical records of the rows; the link rules recognise the subject among them.

mod inquiry;
mod mappings;
mod open;
mod problems;
mod record;

use concordat_link::Recogniser;
use concordat_map::{LiveSettings, Mapped, Register};
use concordat_read::Asking;
use concordat_record::{Match, Name, Problem, Subject};
use concordat_share::{RefusalCode, Refused};

use super::declined::Declined;
use super::found::Found;
use crate::mapped::subject as known;
use inquiry::Inquiry;
use mappings::Mappings;
use record::LiveRecord;

pub(super) use open::LiveRegisters;

/// A register that is asked live.
pub(super) struct LiveRegister {
    name: Name,
    register: Register,
    settings: LiveSettings,
    facts: Vec<Name>,
    inquiry: Inquiry,
    mappings: Mappings,
    /// None when nothing says how subjects are recognised.
    recogniser: Option<Recogniser>,
}

/// What looking for a subject gave.
pub(super) struct Looked<'a> {
    pub(super) found: Option<Box<dyn Found + 'a>>,
    /// What the operator should know of it. Holds nothing personal.
    pub(super) alarm: Option<Problem>,
}

impl LiveRegister {
    /// Asks the source for a subject, and recognises it among what comes back. Blocks until the source has answered or its time is up.
    ///
    /// # Errors
    /// `subject-too-vague`, `source-busy`, `source-unavailable`; `not-available` when the register's own files do not fit the source.
    pub(super) fn recognise(&self, subject: &Subject) -> Result<Looked<'_>, Declined> {
        let recogniser = self.recogniser.as_ref().ok_or_else(|| problems::no_link_rules(&self.name))?;
        let asking = self.asking(subject)?;
        let read =
            self.inquiry.ask(asking).map_err(|why| why.declined(&self.name, self.register.source()))?;
        if read.batch.num_rows() == 0 {
            // Nor need it have the columns of the mapping.
            return Ok(Looked { found: None, alarm: problems::bad_records(&self.name, &read.rejects, &[]) });
        }
        let mapped = self.mappings.map(&self.register, &read)?;
        let alarm = problems::bad_records(&self.name, &read.rejects, &mapped.quarantined);
        let best = best(recogniser, subject, &mapped).map(|(row, matched)| {
            let record = LiveRecord { of: self, records: mapped.batch, row, matched };
            Box::new(record) as Box<dyn Found>
        });
        Ok(Looked { found: best, alarm })
    }

    /// Why no question can be answered, whatever the source does.
    pub(super) fn lacks(&self) -> Option<Problem> {
        self.recogniser.is_none().then(|| problems::no_link_rules(&self.name))
    }

    /// The code of why the source had no answer to the last question; none when it had.
    pub(super) fn last_failure(&self) -> Option<&'static str> {
        self.inquiry.last_failure()
    }

    /// What the source is asked with. A parameter that the subject does not fill would ask for something else.
    fn asking(&self, subject: &Subject) -> Result<Asking, Refused> {
        let (mut parameters, mut missing) = (Vec::new(), Vec::new());
        for parameter in &self.settings.parameters {
            match subject.get(&parameter.property.path).map(str::trim).filter(|value| !value.is_empty()) {
                Some(value) => parameters.push((parameter.name.clone(), value.to_owned())),
                None => missing.push(parameter.property.path.as_str()),
            }
        }
        if !missing.is_empty() {
            let detail = format!("it must tell {}", missing.join(", "));
            return Err(Refused::new(RefusalCode::SubjectTooVague).detail(detail));
        }
        let LiveSettings { within, most_records, .. } = self.settings;
        Ok(Asking { parameters, within: Some(within), most_records })
    }
}

/// The record that is most probably the subject's, by row.
fn best(recogniser: &Recogniser, subject: &Subject, mapped: &Mapped) -> Option<(usize, Match)> {
    let compared = recogniser.rules().properties();
    let rows = 0..mapped.batch.num_rows();
    let candidates = rows.map(|row| (row, known(&mapped.batch, row, &compared)));
    let best = recogniser.recognise(subject, candidates).candidates.into_iter().next()?;
    Some((best.record, best.to_match()))
}
