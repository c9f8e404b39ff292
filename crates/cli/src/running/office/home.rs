//! The home page: how the node does, and what needs a person today.

use concordat_console::view::{
    Agreement, Health, HealthState, Home, LogState, Register, Tally, Task, TaskLink,
};
use concordat_flow::{Became, Filter, Side, Snapshot, State};
use concordat_record::{Name, Problem, Vocabulary};

use super::NodeOffice;

/// Exchanges that the counts on the home page look back on.
const LOOK_BACK: u64 = 10_000;

impl NodeOffice {
    pub(super) fn home_now(&self) -> Result<Home, Problem> {
        let health = self.node.health();
        let rows: Vec<Health> = health
            .parts
            .into_iter()
            .map(|part| Health {
                what: part.name,
                state: state(part.state),
                sentence: sentence(&part.sentence),
            })
            .collect();
        let registers =
            health.registers.into_iter().map(|(name, snapshot)| self.register(&name, snapshot)).collect();
        let (asked, answered) = self.tallies()?;
        let (provides, consumes) = self.agreements();
        Ok(Home {
            tasks: tasks(&rows, &asked, &answered),
            health: rows,
            registers,
            provides,
            consumes,
            log: LogState {
                size: health.log_size,
                checkpoint: health.newest,
                origin: self.node.id().to_string(),
            },
            asked,
            answered,
        })
    }

    fn register(&self, name: &Name, snapshot: Option<Snapshot>) -> Register {
        let file = self.node.body().registers.get(name);
        let class = file.map_or("", |file| file.register.class());
        Register {
            name: name.clone(),
            title: file.map_or_else(|| name.words(), |file| file.register.title().to_owned()),
            class: Vocabulary::core()
                .class(class)
                .map_or_else(|_| class.to_owned(), |class| class.title.clone()),
            live: file.is_some_and(|file| file.register.live().is_some()),
            records: snapshot.as_ref().map_or(0, |snapshot| snapshot.records),
            quarantined: snapshot.as_ref().map_or(0, |snapshot| snapshot.quarantined),
            refreshed: snapshot.as_ref().map(|snapshot| snapshot.refreshed),
            quality: snapshot.and_then(|snapshot| snapshot.passed_share()),
        }
    }

    fn agreements(&self) -> (Vec<Agreement>, Vec<Agreement>) {
        let mut sides = (Vec::new(), Vec::new());
        for signed in self.node.agreements_in_force() {
            let agreement = signed.agreement();
            let we_provide = agreement.provider == *self.node.id();
            let other = if we_provide { &agreement.consumer } else { &agreement.provider };
            let row = Agreement {
                name: agreement.name.clone(),
                title: agreement.title.clone(),
                other: self.party(other),
                register: agreement.register.clone(),
                facts: agreement.facts.len() as u64,
                until: agreement.until,
            };
            if we_provide { sides.0.push(row) } else { sides.1.push(row) }
        }
        sides
    }

    fn tallies(&self) -> Result<(Tally, Tally), Problem> {
        let mut asked = Tally::default();
        let mut answered = Tally::default();
        for entry in self.node.exchanges(&Filter::default(), 1, LOOK_BACK)?.entries {
            let tally = if entry.side == Side::Consumer { &mut asked } else { &mut answered };
            match entry.outcome {
                Became::Answered => tally.answered += 1,
                Became::NotRecognised => tally.not_recognised += 1,
                Became::Refused { .. } => tally.refused += 1,
                Became::Failed { .. } => tally.unanswered += 1,
            }
        }
        Ok((asked, answered))
    }
}

fn state(state: State) -> HealthState {
    match state {
        State::Ok => HealthState::Ok,
        State::Attention => HealthState::Attention,
        State::Problem => HealthState::Problem,
    }
}

/// A problem's sentence as a page writes it: a capital first, a stop last.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '?', '!']) || text.is_empty() { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

fn tasks(health: &[Health], asked: &Tally, answered: &Tally) -> Vec<Task> {
    let mut tasks: Vec<Task> = health
        .iter()
        .filter(|row| row.state != HealthState::Ok)
        .map(|row| Task {
            title: format!("Look at {}", row.what),
            hint: row.sentence.clone(),
            link: None,
            state: row.state,
        })
        .collect();
    let refused = asked.refused + answered.refused;
    if refused > 0 {
        tasks.push(Task {
            title: format!(
                "Look at {refused} refused {}",
                if refused == 1 { "question" } else { "questions" }
            ),
            hint: "Each says why, and what the person who asked can do.".into(),
            link: Some(TaskLink::Refusals),
            state: HealthState::Attention,
        });
    }
    tasks.sort_by_key(|task| match task.state {
        HealthState::Problem => 0,
        HealthState::Attention => 1,
        HealthState::Ok => 2,
    });
    tasks
}
