//! The files in an archive, and which of them are meant.

use concordat_record::{Place, Problem, nearest};
use glob::{MatchOptions, Pattern};

use crate::fault::harmless;

/// One file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name as the archive has it, without `./` before it.
    pub name: String,
    /// Which entry of the archive it is, in the archive's own order and own unit.
    pub at: u64,
    /// Its size in bytes, where that is written.
    pub size: Option<u64>,
    /// Its size in the archive.
    pub packed: Option<u64>,
    /// The checksum of its bytes.
    pub crc: Option<u32>,
    pub encrypted: bool,
}

/// What an archive holds, as far as it can be read.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub members: Vec<Member>,
    /// Why the list ends before the archive should.
    pub fault: Option<Problem>,
}

/// How many files of an archive are kept in mind; more are a problem.
const MOST_MEMBERS: usize = 100_000;
/// How many are named in a message.
const NAMED: usize = 10;

impl Listing {
    /// Adds a file; one of the same name replaces the earlier one, as when the archive is unpacked.
    pub fn add(&mut self, member: Member, shown: &str) -> Result<(), Problem> {
        if self.members.len() >= MOST_MEMBERS {
            let sentence = format!("`{shown}` holds more than {MOST_MEMBERS} files");
            return Err(Problem::new("unpack.too-many-members", sentence).at(Place::file(shown)));
        }
        self.members.push(member);
        Ok(())
    }

    /// The files that are meant: those that match, in the order of their names; without a pattern the only one.
    pub fn chosen(
        mut self,
        pattern: Option<&Pattern>,
        shown: &str,
    ) -> Result<(Vec<Member>, Option<Problem>), Problem> {
        self.members.sort_by(|a, b| a.name.cmp(&b.name).then(b.at.cmp(&a.at)));
        self.members.dedup_by(|later, kept| later.name == kept.name);
        let visible: Vec<&Member> = self.members.iter().filter(|member| !is_hidden(&member.name)).collect();
        let mut chosen: Vec<&Member> = match pattern {
            Some(pattern) => self.members.iter().filter(|member| is_meant(pattern, &member.name)).collect(),
            None => visible.clone(),
        };
        // An archive that holds nothing but an archive: the pattern is about what lies in there.
        if let (true, [only], Some(_)) = (chosen.is_empty(), visible.as_slice(), pattern)
            && looks_packed(&only.name)
        {
            chosen.clone_from(&visible);
        }
        if chosen.is_empty()
            && let Some(fault) = self.fault
        {
            return Err(fault);
        }
        match (pattern, chosen.as_slice()) {
            (Some(pattern), []) => return Err(no_match(pattern, &visible, shown)),
            (None, []) => {
                let problem = Problem::new("unpack.no-member", format!("`{shown}` holds no file"));
                return Err(problem.at(Place::file(shown)));
            }
            (None, [_, _, ..]) => return Err(which(&visible, shown)),
            _ => {}
        }
        for member in &chosen {
            refuse(member, shown)?;
        }
        Ok((chosen.into_iter().cloned().collect(), self.fault))
    }
}

/// Whether a pattern means a file: one without a slash is about the last part of the name.
fn is_meant(pattern: &Pattern, name: &str) -> bool {
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let last = name.rsplit('/').next().unwrap_or(name);
    pattern.matches_with(name, options)
        || (!pattern.as_str().contains('/') && pattern.matches_with(last, options))
}

fn looks_packed(name: &str) -> bool {
    const ENDINGS: [&str; 9] = [".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".zst", ".tzst", ".tbz"];
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Files that programs leave in archives and nobody means.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part == "__MACOSX" || (part.starts_with('.') && part != "." && part != ".."))
}

fn refuse(member: &Member, shown: &str) -> Result<(), Problem> {
    let name = harmless(&member.name);
    if is_unsafe(&member.name) {
        let sentence = format!("the name `{name}` in `{shown}` leads out of the archive");
        return Err(Problem::new("unpack.unsafe-name", sentence)
            .at(Place::file(shown))
            .advise("names like this are made to overwrite files; ask whoever sent the archive"));
    }
    if member.encrypted {
        let sentence = format!("`{name}` in `{shown}` is encrypted");
        return Err(Problem::new("unpack.encrypted", sentence)
            .at(Place::file(shown))
            .advise("have it sent over a protected way instead, or decrypt it before it is read"));
    }
    Ok(())
}

/// Nothing is ever written under a name of an archive; still, such a name is an attack or a mistake.
fn is_unsafe(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let parts = || name.split(['/', '\\']);
    drive || name.starts_with(['/', '\\']) || name.contains('\0') || parts().any(|part| part == "..")
}

fn no_match(pattern: &Pattern, visible: &[&Member], shown: &str) -> Problem {
    let sentence = format!("`{shown}` holds no file `{pattern}`");
    let problem = Problem::new("unpack.no-member", sentence).at(Place::file(shown));
    match nearest(pattern.as_str(), visible.iter().map(|member| member.name.as_str())) {
        Some(near) => problem.advise(format!("did you mean `{}`?", harmless(near))),
        None => problem.advise(listed(visible)),
    }
}

fn which(visible: &[&Member], shown: &str) -> Problem {
    Problem::new("unpack.which-member", format!("`{shown}` holds {} files", visible.len()))
        .at(Place::file(shown))
        .advise(format!("say which by `member` under `[unpack]`, for example \"*.csv\"; {}", listed(visible)))
}

fn listed(visible: &[&Member]) -> String {
    let names: Vec<String> = visible.iter().take(NAMED).map(|member| harmless(&member.name)).collect();
    let more = match visible.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if names.is_empty() {
        "it holds no file at all".into()
    } else {
        format!("it holds {}{more}", names.join(", "))
    }
}
