//! What a run of libFuzzer says at its end.

use std::fmt;

/// One line of the table.
#[derive(Debug, Default, PartialEq)]
pub struct Report {
    target: String,
    cpu_minutes: f64,
    executions: u64,
    coverage: u64,
    corpus: u64,
    /// The files with inputs that broke something.
    pub found: Vec<String>,
}

impl Report {
    pub const HEADING: &str = "| target | CPU minutes | executions | edges | corpus | findings |\n\
                               |---|---:|---:|---:|---:|---|";

    /// Reads the log: lines of progress (`#N NEW cov: C ft: F corp: K/…`) and the closing counts.
    pub fn of(target: &str, log: &str, cpu_seconds: f64) -> Self {
        let number = |text: &str| text.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok();
        let last = |mark: &str| log.rsplit_once(mark).and_then(|(_, rest)| number(rest.trim_start()));
        let progress = || log.lines().rev().find_map(|line| number(line.strip_prefix('#')?));
        let counted = last("stat::number_of_executed_units:").or_else(progress);
        Self {
            target: target.into(),
            cpu_minutes: cpu_seconds / 60.0,
            executions: counted.unwrap_or_default(),
            coverage: last(" cov: ").unwrap_or_default(),
            corpus: last(" corp: ").unwrap_or_default(),
            found: Vec::new(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, cpu_minutes, executions, coverage, corpus, found } = self;
        let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        write!(f, "| {target} | {cpu_minutes:.1} | {executions} | {coverage} | {corpus} | {found} |")
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    const LOG: &str = "INFO: seed corpus: files: 2\n#2\tINITED cov: 310 ft: 900 corp: 2/90b exec/s: 0 rss: 40Mb\n\
                       #4096\tpulse  cov: 512 ft: 1200 corp: 17/1Kb exec/s: 2048 rss: 41Mb\n";

    #[test]
    fn a_run_that_ended_is_counted() {
        let log = format!("{LOG}stat::number_of_executed_units: 5000\nstat::average_exec_per_sec: 90\n");
        let report = Report::of("csv", &log, 90.0);
        assert_eq!(report.to_string(), "| csv | 1.5 | 5000 | 512 | 17 | none |");
    }

    #[test]
    fn a_run_that_broke_off_is_counted_up_to_its_last_word() {
        assert_eq!(Report::of("csv", LOG, 0.0).to_string(), "| csv | 0.0 | 4096 | 512 | 17 | none |");
        assert_eq!(Report::of("csv", "", 0.0).to_string(), "| csv | 0.0 | 0 | 0 | 0 | none |");
    }
}
