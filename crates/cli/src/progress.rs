//! Long work shows where it stands: records, rate, rejects and the time that is left.

use std::time::{Duration, Instant};

use concordat_flow::Stage;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// A line that moves while work is done. Shown on the error stream when that is a terminal, else silent.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

impl Progress {
    /// Begins a line.
    pub fn begin(what: &str) -> Self {
        let bar = ProgressBar::new(0).with_message(what.to_owned());
        // INVARIANT: the template is fixed text; a mistake in it falls back to the plain bar.
        if let Ok(style) = ProgressStyle::with_template("  {msg}  {bar:24}  {prefix}") {
            bar.set_style(style);
        }
        Self { bar, begun: Instant::now() }
    }

    /// Moves it to where the work stands.
    pub fn at(&self, stage: &Stage) {
        let elapsed = self.begun.elapsed().as_secs_f64().max(0.001);
        let rate = stage.records as f64 / elapsed;
        let mut words = format!("{} records, {}/s", HumanCount(stage.records), HumanCount(rate as u64));
        if stage.rejected > 0 {
            words.extend([", ", &HumanCount(stage.rejected).to_string(), " rejected"]);
        }
        if stage.total > 0 {
            self.bar.set_length(stage.total);
            self.bar.set_position(stage.done.min(stage.total));
            if stage.done > 0 && stage.done < stage.total {
                let left = elapsed * (stage.total - stage.done) as f64 / stage.done as f64;
                words.extend([", ", &seconds(Duration::from_secs_f64(left)), " left"]);
            }
        }
        self.bar.set_prefix(words);
        self.bar.tick();
    }

    /// Takes the line away.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}

/// A duration as people say it: `0.8 s`, `12 s`, `3 min 20 s`.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 60.0 => format!("{s:.0} s"),
        s => format!("{} min {} s", s as u64 / 60, s as u64 % 60),
    }
}
