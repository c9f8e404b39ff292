//! What a process costs: CPU time, wall time and peak memory, as Linux counts them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// Ticks in a second of the times in `/proc` (`proc(5)`: `sysconf(_SC_CLK_TCK)`, 100 on every Linux there is).
const TICKS: f64 = 100.0;

/// A command line to measure: the program and its arguments.
pub type CommandLine = Vec<String>;

/// What one run cost.
#[derive(Clone, Debug)]
pub struct Measured {
    /// User and system seconds of the process and of all it started.
    pub cpu: f64,
    /// Seconds on the wall.
    pub wall: f64,
    /// The largest resident set of the process itself, in megabytes.
    pub peak: f64,
    /// How much it did and in which unit, when it said so: `benchmark: 93779 records`.
    pub work: Option<(f64, String)>,
    /// What else it had to say, in a line `note: …`.
    pub note: Option<String>,
}

impl Measured {
    /// Work for each CPU second, when it said how much it did.
    pub fn rate(&self) -> Option<f64> {
        self.work.as_ref().map(|(amount, _)| amount / self.cpu.max(0.01))
    }

    /// The cells of the table's line.
    pub fn cells(&self) -> String {
        let work = self
            .work
            .as_ref()
            .map_or(String::new(), |(amount, unit)| format!("{:.0} {unit}", amount / self.cpu.max(0.01)));
        format!("{:.2} | {:.2} | {:.0} | {work}", self.cpu, self.wall, self.peak)
    }
}

/// Runs a command line in a folder to its end.
///
/// # Errors
/// When it cannot be started or does not exit well; the message has what it printed.
pub fn measure(line: &CommandLine, folder: &Path) -> Outcome<Measured> {
    let (program, arguments) = line.split_first().ok_or("an empty command line")?;
    let (before, begin) = (children()?, Instant::now());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || peak(&status));
    let output = child.wait_with_output()?;
    let wall = begin.elapsed().as_secs_f64();
    let peak = watch.join().unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(format!(
            "{program}: {} {said}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )
        .into());
    }
    Ok(Measured { cpu: children()? - before, wall, peak, work: work(&said), note: note(&said) })
}

/// CPU seconds of all children that have been waited for (`proc(5)`, `/proc/PID/stat`: `cutime` and `cstime`).
pub fn children() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: Vec<f64> =
        after_name.split(' ').skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

/// Follows the high-water mark of a process until it is gone.
fn peak(status: &str) -> f64 {
    let mut megabytes = 0.0;
    while let Ok(text) = std::fs::read_to_string(status) {
        let Some(line) = text.lines().find_map(|line| line.strip_prefix("VmHWM:")) else { break };
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or_default();
        megabytes = f64::max(megabytes, kilobytes / 1024.0);
        std::thread::sleep(Duration::from_millis(5));
    }
    megabytes
}

/// The amount and unit in a line `benchmark: AMOUNT UNIT`.
fn work(said: &str) -> Option<(f64, String)> {
    let (_, line) = said.split_once("benchmark: ")?;
    let (amount, unit) = line.lines().next()?.trim().split_once(' ')?;
    Some((amount.parse().ok()?, unit.to_owned()))
}

/// What stands in a line `note: …`.
fn note(said: &str) -> Option<String> {
    said.lines().find_map(|line| line.strip_prefix("note: ")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{measure, work};

    fn line(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_run_costs_time_and_says_what_it_did() {
        let measured = measure(
            &line(&[
                "sh",
                "-c",
                "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo benchmark: 7 records",
            ]),
            Path::new("."),
        )
        .unwrap();
        assert!(measured.cpu > 0.0 && measured.wall > 0.0);
        assert_eq!(measured.work, Some((7.0, "records".to_owned())));
    }

    #[test]
    fn a_run_that_fails_is_no_measurement() {
        assert!(measure(&line(&["sh", "-c", "exit 3"]), Path::new(".")).is_err());
        assert!(measure(&line(&["no-such-program"]), Path::new(".")).is_err());
    }

    #[test]
    fn only_a_well_formed_line_counts_as_work() {
        assert_eq!(work("x\nbenchmark: 12.5 MB\n"), Some((12.5, "MB".to_owned())));
        assert_eq!(work("benchmark: many records"), None);
        assert_eq!(work("nothing"), None);
    }
}
