//! `[drop]`: a source whose files are dropped into a folder, and the rule for when one is complete.
//!
//! Only a refresh reads by this rule, because only a refresh knows when a file is done with; `concordat read` takes what matches `path`.

use std::path::{Path, PathBuf};

use concordat_fetch::{Complete, DropRules, Trailer, pattern};
use concordat_record::Problem;

use crate::section::{OptionDoc, Section};

/// The options of `[drop]`.
pub const DROP_OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "marker",
        form: "text",
        default: "none",
        meaning: "a file is complete when a second one lies beside it with this behind its name: `.done` for `a.csv.done`",
    },
    OptionDoc {
        name: "marker_instead",
        form: "text",
        default: "none",
        meaning: "the same with this instead of its last ending: `.ok` for `a.ok` beside `a.csv`",
    },
    OptionDoc {
        name: "rest_seconds",
        form: "whole number",
        default: "none",
        meaning: "a file is complete when it has not changed for so long between two looks at it",
    },
    OptionDoc {
        name: "trailer",
        form: "text",
        default: "none",
        meaning: "a file is complete when its last line matches, such as `TRAILER;*`",
    },
    OptionDoc {
        name: "archive",
        form: "text",
        default: "none: files stay where they are",
        meaning: "the folder, relative to the body's, into which files are moved when the register made of them is published",
    },
    OptionDoc {
        name: "read",
        form: "last or all",
        default: "last",
        meaning: "which of the complete files make the register: the last by name, where each is a whole export, or all of them",
    },
];

/// The settings of a drop folder.
#[derive(Clone, Debug)]
pub(crate) struct DropSettings {
    complete: Vec<Complete>,
    archive: Option<String>,
    all: bool,
}

/// A drop folder as a refresh needs it.
#[derive(Clone, Debug)]
pub struct DropPlace {
    /// The folder.
    pub folder: PathBuf,
    /// Which files are meant, when they are complete, and where they go.
    pub rules: DropRules,
    /// Whether all complete files are read, or the last one only.
    pub all: bool,
}

impl DropSettings {
    /// Reads the table; none when it is not written. Notes what is wrong in the section.
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        if !section.is_written() {
            return None;
        }
        let known: Vec<&str> = DROP_OPTIONS.iter().map(|option| option.name).collect();
        section.refuse_unknown(&known);
        let mut complete = Vec::new();
        complete.extend(section.text("marker").map(|ending| Complete::Marker(ending.value)));
        complete.extend(section.text("marker_instead").map(|ending| Complete::MarkerInstead(ending.value)));
        complete.extend(section.number("rest_seconds", 1).map(Complete::Stable));
        if let Some(written) = section.text("trailer") {
            let line = pattern(&written.value).map_err(|problem| problem.at(written.place));
            complete.extend(section.problems.keep(line).map(|line| Complete::Trailer(Trailer::Line(line))));
        }
        let archive = section.text("archive").map(|archive| archive.value);
        let all = section.choice("read", &[("last", false), ("all", true)]).unwrap_or_default();
        Some(Self { complete, archive, all })
    }

    /// The folder that a path such as `inbox/*.csv` means, with the rules.
    pub fn place(&self, base: &Path, path: &str) -> Result<DropPlace, Problem> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let rules = DropRules {
            files: pattern(name)?,
            complete: self.complete.clone(),
            archive: self.archive.as_ref().map(|archive| base.join(archive)),
        };
        Ok(DropPlace { folder: base.join(folder), rules, all: self.all })
    }
}
