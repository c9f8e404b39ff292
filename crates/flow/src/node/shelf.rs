//! The registers of this node that have snapshots, as they are now: each with what recognises subjects in it, renewed when a refresh has
//! published.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use concordat_link::{Model, Recogniser};
use concordat_record::{Match, Name, Origin, Problem, Problems, Subject};
use concordat_store::{Reading, Store};
use serde_json::Value;

use super::found::Found;
use crate::body::{Body, read_text};
use crate::refresh::{Snapshot, fact_number, snapshot_in, subject_number};

/// All registers of a node.
pub(crate) struct Shelf {
    answers: Store,
    open: Mutex<HashMap<Name, Arc<OnShelf>>>,
}

/// A register with a snapshot.
pub(crate) struct OnShelf {
    name: Name,
    snapshot: Snapshot,
    recogniser: Recogniser,
}

/// A record that was recognised.
pub(crate) struct Recognised {
    /// The row of the snapshot, from zero.
    pub(crate) row: u64,
    pub(crate) matched: Match,
}

/// The same with where it stands: the register, and a view of the store that it fits.
struct ShelfRecord<'a> {
    register: Arc<OnShelf>,
    reading: Reading<'a>,
    recognised: Recognised,
}

impl Shelf {
    pub(crate) fn new(answers: Store) -> Self {
        Self { answers, open: Mutex::default() }
    }

    /// The current snapshot of a register, if there is one.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub(crate) fn snapshot(&self, register: &Name) -> Result<Option<Snapshot>, Problem> {
        snapshot_in(&self.answers.reading()?, register)
    }

    /// The record of a register that is most probably the subject.
    ///
    /// # Errors
    /// As [`Shelf::register`].
    pub(super) fn recognise(
        &self,
        name: &Name,
        body: &Body,
        subject: &Subject,
    ) -> Result<Option<Box<dyn Found + '_>>, Problem> {
        let (register, reading) = self.register(name, body)?;
        let recognised = register.recognise(&reading, subject)?;
        Ok(recognised
            .map(|recognised| Box::new(ShelfRecord { register, reading, recognised }) as Box<dyn Found>))
    }

    /// A register, ready to recognise, and a view of the store that it fits: what is published meanwhile is not seen.
    ///
    /// # Errors
    /// `flow.no-snapshot` before the first refresh, `flow.no-link-rules`, or what keeps the model from being used.
    pub(crate) fn register(&self, name: &Name, body: &Body) -> Result<(Arc<OnShelf>, Reading<'_>), Problem> {
        let reading = self.answers.reading()?;
        let snapshot = snapshot_in(&reading, name)?.ok_or_else(|| {
            Problem::new("flow.no-snapshot", format!("register `{name}` has no snapshot yet"))
                .advise("run `concordat refresh`")
        })?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let register = match open.get(name) {
            Some(register) if register.snapshot.file == snapshot.file => register.clone(),
            _ => {
                let register = Arc::new(OnShelf::open(name, snapshot, body)?);
                open.insert(name.clone(), register.clone());
                register
            }
        };
        Ok((register, reading))
    }
}

impl OnShelf {
    fn open(name: &Name, snapshot: Snapshot, body: &Body) -> Result<Self, Problem> {
        let no_rules = || {
            Problem::new(
                "flow.no-link-rules",
                format!("nothing says how subjects are recognised in `{name}`"),
            )
            .advise(format!("write links/{name}.toml and refresh"))
        };
        let rules = body.links.get(name).ok_or_else(no_rules)?.rules.clone();
        let file = snapshot.model.clone().ok_or_else(no_rules)?;
        let model = Model::from_json(&read_text(&body.path(&file), &file)?).map_err(|p| p.in_file(&file))?;
        let recogniser = Recogniser::new(rules, &model).map_err(|problems| unfit(&problems, file))?;
        Ok(Self { name: name.clone(), snapshot, recogniser })
    }

    /// The record that is most probably the subject, if any was worth comparing.
    pub(crate) fn recognise(
        &self,
        reading: &Reading<'_>,
        subject: &Subject,
    ) -> Result<Option<Recognised>, Problem> {
        let mut shared = Vec::new();
        for key in self.recogniser.keys(subject) {
            shared.extend(reading.find(self.name.as_str(), key)?);
        }
        let mut candidates = Vec::new();
        for row in self.recogniser.shortlist(shared) {
            let body =
                reading.document(self.name.as_str(), subject_number(row))?.ok_or_else(|| self.damaged())?;
            let known: serde_json::Map<String, Value> =
                serde_json::from_slice(&body).map_err(|_| self.damaged())?;
            candidates.push((row, known));
        }
        let recognition = self.recogniser.recognise(subject, candidates);
        let best = recognition.candidates.into_iter().next();
        Ok(best.map(|best| Recognised { row: best.record, matched: best.to_match() }))
    }

    /// One fact of a record: the only one that is read.
    pub(crate) fn fact(&self, reading: &Reading<'_>, row: u64, name: &Name) -> Result<Value, Problem> {
        let position = self.snapshot.facts.iter().position(|fact| fact == name);
        let number = fact_number(row, position.ok_or_else(|| self.damaged())?);
        match reading.document(self.name.as_str(), number)? {
            Some(body) => serde_json::from_slice(&body).map_err(|_| self.damaged()),
            None => Ok(Value::Null),
        }
    }

    /// Where a record came from.
    fn origin(&self, reading: &Reading<'_>, row: u64) -> Result<Origin, Problem> {
        let body = reading.document(self.name.as_str(), subject_number(row))?;
        let known: serde_json::Map<String, Value> =
            body.and_then(|body| serde_json::from_slice(&body).ok()).ok_or_else(|| self.damaged())?;
        let record_number = known.get(concordat_record::RECORD_NUMBER).and_then(Value::as_u64);
        Ok(Origin {
            source: self.snapshot.source.to_string(),
            digest: self.snapshot.digest.clone(),
            record_number: record_number.ok_or_else(|| self.damaged())?,
        })
    }

    fn damaged(&self) -> Problem {
        Problem::new(
            "flow.damaged-store",
            format!("the answer store does not fit the snapshot of `{}`", self.name),
        )
        .advise("run `concordat refresh` for this register")
    }
}

impl Found for ShelfRecord<'_> {
    fn matched(&self) -> &Match {
        &self.recognised.matched
    }

    fn facts(&self) -> &[Name] {
        &self.register.snapshot.facts
    }

    fn fact(&self, name: &Name) -> Result<Value, Problem> {
        self.register.fact(&self.reading, self.recognised.row, name)
    }

    fn origin(&self) -> Result<Origin, Problem> {
        self.register.origin(&self.reading, self.recognised.row)
    }
}

/// A model that was learnt by other link rules than those of now: every reason, in one problem.
fn unfit(problems: &Problems, file: String) -> Problem {
    let reasons: Vec<&str> = problems.0.iter().map(|problem| problem.sentence.as_str()).collect();
    Problem::new("flow.old-model", format!("the model does not fit the link rules: {}", reasons.join("; ")))
        .in_file(file)
        .advise("run `concordat refresh` for this register")
}
