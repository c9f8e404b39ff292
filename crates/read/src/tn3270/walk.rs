//! Walks a script at its host.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use concordat_record::{Place, Problem};
use concordat_tn3270::{Host, Options, Position, Screen, Session};

use super::script::{List, Record, Script, Shown, Step, Value};
use crate::services::pages::{Pages, Seen};
use crate::services::parameters::Parameters;
use crate::services::resilience::{Caller, Failure};
use crate::services::server::Server;
use crate::services::table::Table;

/// Screens of a list after which something is wrong.
const MAX_SCREENS: u64 = 100_000;

/// What is needed to walk.
#[derive(Debug)]
pub(crate) struct Way {
    pub server: Server,
    pub terminal: Options,
    pub script: Script,
    pub parameters: Parameters,
    /// How long a screen has to stand still.
    pub settle: Duration,
    pub caller: Caller,
}

/// A text to type, with its place; not for anybody's eyes.
type Typed = (Position, String);

/// The texts of each step, parameters and secrets put in.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    steps: Vec<Vec<Typed>>,
    finish: Vec<Vec<Typed>>,
}

impl Texts {
    pub fn fill(script: &Script, parameters: &Parameters, base: &Path) -> Result<Self, Problem> {
        let of_step = |step: &Step| {
            let texts = step.entries.iter().map(|entry| {
                let text = match &entry.value {
                    Value::Text(template) => template.fill(parameters, str::to_owned)?,
                    Value::Secret(secret) => secret.read(base)?,
                };
                Ok((entry.at, text))
            });
            texts.collect::<Result<Vec<_>, Problem>>()
        };
        let of = |steps: &[Step]| steps.iter().map(of_step).collect::<Result<Vec<_>, Problem>>();
        Ok(Self { steps: of(&script.steps)?, finish: of(&script.finish)? })
    }
}

/// What stands on the screen at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    Expected,
    Nothing,
    Failure,
}

/// A walk that has arrived at the records.
pub(crate) struct ScreenPages {
    way: Arc<Way>,
    texts: Texts,
    session: Session,
    deadline: Option<Duration>,
    /// There are no records at all.
    nothing: bool,
    last: Vec<Record>,
    screens: u64,
}

impl ScreenPages {
    /// Connects and walks to the last step; tries again from the beginning when the host was out of reach or slow.
    pub fn start(
        way: &Arc<Way>,
        texts: Texts,
        base: &Path,
        deadline: Option<Duration>,
    ) -> Result<Self, Problem> {
        let tls = way.server.tls.as_ref().map(|tls| tls.client(base)).transpose()?.map(Arc::new);
        let host = Host { name: way.server.host.clone(), port: way.server.port, tls };
        let (session, arrival) = way.caller.call(deadline, |timeout| {
            let walked = Session::connect(&host, way.terminal.clone(), timeout).and_then(|mut session| {
                let arrival = way.walk(&mut session, &texts.steps, &way.script.steps, deadline)?;
                Ok((session, arrival))
            });
            walked.map_err(|problem| {
                let passes = ["tn3270.cannot-connect", "tn3270.disconnected", "tn3270.timeout"];
                if passes.contains(&problem.code) {
                    Failure::passing(problem)
                } else {
                    Failure::lasting(problem)
                }
            })
        })?;
        let nothing = arrival == Arrival::Nothing;
        Ok(Self { way: way.clone(), texts, session, deadline, nothing, last: Vec::new(), screens: 0 })
    }

    /// Leaves the application as it wants to be left. What goes wrong there costs no record.
    fn leave(&mut self) {
        let _ = self.way.walk(&mut self.session, &self.texts.finish, &self.way.script.finish, self.deadline);
    }

    /// Goes to the next screen of a list; false after the last one.
    fn turn(&mut self, list: &List) -> Result<bool, Problem> {
        let Some(next) = list.next else { return Ok(false) };
        if !list.stop.is_empty() && list.stop.iter().all(|shown| shown.is_on(self.session.screen())) {
            return Ok(false);
        }
        if self.screens >= MAX_SCREENS {
            return Err(Problem::new(
                "tn3270.script",
                format!("the list has more than {MAX_SCREENS} screens"),
            ));
        }
        self.session.press(next)?;
        let arrival = self.way.wait(&mut self.session, &[], self.deadline)?;
        if arrival == Arrival::Failure {
            return Err(self.way.failure(&self.session));
        }
        let same = self.way.script.records(self.session.screen()) == self.last;
        if same && !list.stop.is_empty() {
            let sentence = "the same screen came again, and not what ends the list";
            return Err(
                Problem::new("tn3270.script", sentence).advise("check `next` and `stop` under `rows`")
            );
        }
        Ok(!same)
    }
}

impl Pages for ScreenPages {
    fn next_page(&mut self, table: &mut Table, seen: &mut Seen) -> Result<bool, Problem> {
        if self.nothing {
            self.leave();
            return Ok(false);
        }
        let way = self.way.clone();
        let in_list = |problem: Problem| problem.in_file(way.shown());
        if let Some(list) = way.script.list.as_ref().filter(|_| self.screens > 0)
            && !self.turn(list).map_err(in_list)?
        {
            self.leave();
            return Ok(false);
        }
        self.screens += 1;
        let records = self.way.script.records(self.session.screen());
        for record in &records {
            let raw =
                || record.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("|").into_bytes();
            seen.add(&raw());
            table.push(record, raw);
        }
        self.last = records;
        if self.way.script.list.is_none() {
            self.leave();
            return Ok(false);
        }
        Ok(true)
    }
}

impl Way {
    /// The host, as problems call it.
    pub fn shown(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    fn walk(
        &self,
        session: &mut Session,
        texts: &[Vec<Typed>],
        steps: &[Step],
        deadline: Option<Duration>,
    ) -> Result<Arrival, Problem> {
        for (index, (step, texts)) in steps.iter().zip(texts).enumerate() {
            let number = index + 1;
            let place = Place::file(self.shown()).field(format!("step {number}"));
            match self
                .wait(session, &step.expect, deadline)
                .map_err(|problem| Self::unmet(problem, step, place.clone()))?
            {
                Arrival::Failure => return Err(self.failure(session).at(place)),
                Arrival::Nothing => return Ok(Arrival::Nothing),
                Arrival::Expected => {}
            }
            let act = |session: &mut Session| {
                for (at, text) in texts {
                    session.type_at(*at, text)?;
                }
                if let Some(cursor) = step.cursor {
                    session.move_cursor(cursor)?;
                }
                step.press.map_or(Ok(()), |key| session.press(key))
            };
            act(session).map_err(|problem| problem.at(place))?;
        }
        Ok(Arrival::Expected)
    }

    /// Waits for the screen, or for one that says that there is nothing, or that something is wrong.
    fn wait(
        &self,
        session: &mut Session,
        expect: &[Shown],
        deadline: Option<Duration>,
    ) -> Result<Arrival, Problem> {
        let left = deadline.map(|deadline| deadline.saturating_sub(self.caller.time().now()));
        let timeout = left.map_or(self.caller.timeout(), |left| left.min(self.caller.timeout()));
        let arrival = |screen: &Screen| {
            let any = |list: &[Shown]| list.iter().any(|shown| shown.is_on(screen));
            if any(&self.script.failures) {
                Some(Arrival::Failure)
            } else if any(&self.script.nothing) {
                Some(Arrival::Nothing)
            } else {
                expect.iter().all(|shown| shown.is_on(screen)).then_some(Arrival::Expected)
            }
        };
        session.wait_for(timeout, self.settle, |screen| arrival(screen).is_some())?;
        Ok(arrival(session.screen()).unwrap_or(Arrival::Expected))
    }

    /// What was expected, beside what went wrong. What stood there instead is not told: it may be somebody's record.
    fn unmet(problem: Problem, step: &Step, place: Place) -> Problem {
        let Some(shown) = step.expect.first().filter(|_| problem.code == "tn3270.timeout") else {
            return problem.at(place);
        };
        let Position { row, column } = shown.at;
        let sentence =
            format!("{}; expected was `{}` at row {row}, column {column}", problem.sentence, shown.text);
        Problem { sentence, ..problem }.at(place)
    }

    fn failure(&self, session: &Session) -> Problem {
        let text = self.script.failures.iter().find(|shown| shown.is_on(session.screen()));
        let text = text.map_or("", |shown| shown.text.as_str());
        Problem::new(
            "tn3270.failure-screen",
            format!("the host shows `{text}`, which the script calls a failure"),
        )
    }
}
