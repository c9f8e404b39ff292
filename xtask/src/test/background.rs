//! Programs that run on while something else is tested.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long a program may take until it has said what it should.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long it may take to end after it was interrupted.
const FAREWELL: Duration = Duration::from_secs(20);

/// A program in the background. It is interrupted, as Ctrl-C would, when this is dropped.
pub struct Background {
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Starts a program whose output goes to a file.
    pub fn start(mut command: Command, log: &Path) -> Outcome<Self> {
        let file = File::create(log)?;
        let child = command.stdout(Stdio::from(file.try_clone()?)).stderr(Stdio::from(file)).spawn()?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Waits until what it has said satisfies.
    ///
    /// # Errors
    /// When it ends before, or has not satisfied in time: what was missing.
    pub fn wait_until(&mut self, satisfied: impl Fn(&str) -> Outcome) -> Outcome {
        let begin = Instant::now();
        loop {
            let ended = self.child.try_wait()?;
            let said = std::fs::read_to_string(&self.log)?;
            match (satisfied(&said), ended) {
                (Ok(()), _) => return Ok(()),
                (Err(error), Some(status)) => {
                    return Err(format!("it ended early with {status}: {error}").into());
                }
                (Err(error), None) if begin.elapsed() > PATIENCE => return Err(error),
                (Err(_), None) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Interrupts it and waits for its end.
    ///
    /// # Errors
    /// When it does not end in time, or not well.
    pub fn stop(mut self) -> Outcome {
        self.interrupt()
    }

    fn interrupt(&mut self) -> Outcome {
        let begin = Instant::now();
        if self.child.try_wait()?.is_none() {
            Command::new("kill").args(["-INT", &self.child.id().to_string()]).status()?;
        }
        while begin.elapsed() < FAREWELL {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("it ended with {status} when interrupted").into()),
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        self.child.kill()?;
        self.child.wait()?;
        Err("it did not stop when interrupted".into())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.interrupt();
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Background;
    use crate::test::journey::scratch;

    /// A script that can be interrupted even where the test cannot: a job in the background of a shell inherits deaf ears.
    fn shell(script: &str, name: &str) -> Background {
        let mut command = Command::new("env");
        command.args(["--default-signal=INT", "sh", "-c", script]);
        Background::start(command, &scratch(name).unwrap().join("log")).unwrap()
    }

    #[test]
    fn it_is_waited_for_and_stopped_cleanly() {
        let mut program =
            shell("trap 'exit 0' INT; echo ready; while :; do sleep 0.05; done", "background-ready");
        program
            .wait_until(|said| if said.contains("ready") { Ok(()) } else { Err("not ready".into()) })
            .unwrap();
        program.stop().unwrap();
    }

    #[test]
    fn one_that_ends_before_it_is_ready_is_not_waited_for() {
        let mut program = shell("exit 3", "background-early");
        let error = program.wait_until(|_| Err("not ready".into())).unwrap_err();
        assert!(error.to_string().contains("ended early"), "{error}");
    }
}
