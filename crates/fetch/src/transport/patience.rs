//! Reading on over a connection that breaks: tried again after pauses, from where it broke off.

use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use concordat_record::{Place, Problem};

use crate::ahead::Bytes;
use crate::fault::{carry, is_carried, problem_of};

/// How long another machine is waited for, and how often it is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection, for an answer, and for the next bytes: not for a whole file.
    pub timeout: Duration,
    /// How often something that failed for now is tried again; what brings bytes begins to count anew.
    pub retries: u32,
    /// Before the first time; each further pause is twice as long.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), retries: 3, pause: Duration::from_secs(1) }
    }
}

/// Why something failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub problem: Box<Problem>,
    /// Whether it may go well later.
    pub passing: bool,
    /// How long the server wants to be left alone.
    pub after: Option<Duration>,
}

impl Failure {
    pub fn passing(problem: Problem) -> Self {
        Self { problem: Box::new(problem), passing: true, after: None }
    }

    pub fn lasting(problem: Problem) -> Self {
        Self { problem: Box::new(problem), passing: false, after: None }
    }
}

impl Patience {
    /// No pause is longer, whatever a server says.
    const LONGEST: Duration = Duration::from_mins(2);

    /// Tries until it goes well, fails for good, or has been tried often enough.
    pub(crate) fn persist<T>(&self, mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Problem> {
        let mut tried = 0;
        loop {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(failure) if failure.passing && tried < self.retries => self.rest(tried, failure.after),
                Err(failure) => return Err(*failure.problem),
            }
            tried += 1;
        }
    }

    fn rest(&self, tried: u32, after: Option<Duration>) {
        let pause = self.pause.saturating_mul(1 << tried.min(16));
        thread::sleep(after.unwrap_or(pause).min(Self::LONGEST));
    }
}

/// A file on another machine that can be opened from anywhere in it.
pub(crate) trait Reopen: Send {
    /// The bytes from an offset on. Fails for good when the file is no longer the same.
    fn open_at(&mut self, offset: u64) -> Result<Bytes, Failure>;

    /// How many bytes there are, as far as that was told when it was opened.
    fn size(&self) -> Option<u64>;
}

/// A stream that goes on where it broke off.
pub(crate) struct Resuming {
    file: Box<dyn Reopen>,
    patience: Patience,
    bytes: Option<Bytes>,
    at: u64,
    /// How often it was opened anew since bytes came last.
    tried: u32,
    shown: String,
}

impl Resuming {
    /// Opens a file at its beginning.
    pub fn open(mut file: Box<dyn Reopen>, patience: Patience, shown: &str) -> Result<Self, Problem> {
        let bytes = Some(patience.persist(|| file.open_at(0))?);
        Ok(Self { file, patience, bytes, at: 0, tried: 0, shown: shown.to_owned() })
    }

    pub fn size(&self) -> Option<u64> {
        self.file.size()
    }

    /// What is done about a stream that ended before its time: a pause, or giving up.
    fn broke_off(&mut self, error: &io::Error) -> io::Result<()> {
        self.bytes = None;
        if self.tried >= self.patience.retries {
            let said = problem_of(&self.shown, error);
            let sentence = format!(
                "`{}` broke off at byte {}, {} times: {}",
                self.shown,
                self.at,
                self.tried + 1,
                said.sentence
            );
            let problem =
                Problem::new("fetch.broke-off", sentence).at(Place::file(&self.shown).byte(self.at));
            return Err(carry(
                problem.advise("try again later; if it always breaks off there, ask who runs the server"),
            ));
        }
        self.patience.rest(self.tried, None);
        self.tried += 1;
        Ok(())
    }
}

impl Read for Resuming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let bytes = match &mut self.bytes {
                Some(bytes) => bytes,
                None => match self.file.open_at(self.at) {
                    Ok(bytes) => self.bytes.insert(bytes),
                    Err(failure) if failure.passing => {
                        self.broke_off(&carry(*failure.problem))?;
                        continue;
                    }
                    Err(failure) => return Err(carry(*failure.problem)),
                },
            };
            match bytes.read(buffer) {
                Ok(0) if self.file.size().is_some_and(|size| self.at < size) => {
                    self.broke_off(&io::ErrorKind::UnexpectedEof.into())?;
                }
                Ok(read) => {
                    self.at += read as u64;
                    self.tried = 0;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Problems are final: whoever makes one within a stream knows that trying again is of no use.
                Err(error) if is_carried(&error) => return Err(error),
                Err(error) => self.broke_off(&error)?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};
    use std::time::Duration;

    use concordat_record::Problem;

    use super::{Failure, Patience, Reopen, Resuming};
    use crate::ahead::Bytes;
    use crate::fault::problem_of;

    const PATIENCE: Patience = Patience { timeout: Duration::ZERO, retries: 2, pause: Duration::ZERO };

    /// A file of which each opening gives only so many bytes.
    struct Brittle {
        bytes: &'static [u8],
        each: usize,
        opened: Vec<u64>,
    }

    impl Reopen for Brittle {
        fn open_at(&mut self, offset: u64) -> Result<Bytes, Failure> {
            self.opened.push(offset);
            let rest = &self.bytes[usize::try_from(offset).unwrap()..];
            if self.opened.len() == 2 {
                return Err(Failure::passing(Problem::new("x.busy", "busy")));
            }
            let (now, later) = rest.split_at(self.each.min(rest.len()));
            let broken = (!later.is_empty()).then(|| io::Error::from(io::ErrorKind::ConnectionReset));
            Ok(Box::new(now.chain(Broken(broken))))
        }

        fn size(&self) -> Option<u64> {
            Some(self.bytes.len() as u64)
        }
    }

    struct Broken(Option<io::Error>);

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0.take().map_or(Ok(0), Err)
        }
    }

    #[test]
    fn a_stream_goes_on_where_it_broke_off() {
        let file = Brittle { bytes: b"0123456789", each: 3, opened: Vec::new() };
        let mut read = Vec::new();
        Resuming::open(Box::new(file), PATIENCE, "f").unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, b"0123456789");
    }

    #[test]
    fn a_stream_that_breaks_off_without_end_is_given_up() {
        let file = Brittle { bytes: b"0123456789", each: 0, opened: Vec::new() };
        let error =
            Resuming::open(Box::new(file), PATIENCE, "f").unwrap().read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(problem_of("f", &error).code, "fetch.broke-off");
    }
}
