//! The folder as a whole.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use concordat_link::Rules;
use concordat_map::Register;
use concordat_read::Source;
use concordat_record::{BodyId, Name, Place, Problem, Problems, nearest, parse_settings};
use concordat_share::{Federation, OwnPolicy, SignedAgreement};
use concordat_sign::{SigningKey, VerifierKey, sha256};
use serde::Deserialize;

use super::described::{LinkFile, RegisterFile, SourceFile};
use super::files::{Text, read_text, texts};
use super::{SampleSubjects, Settings};

/// What can be asked of the registers, in a body's folder: derived, and made anew by a refresh.
pub(crate) const ANSWERS: &str = "data/answers.sqlite";
/// What the node remembers of its exchanges, beside the log.
pub(crate) const EXCHANGES: &str = "data/exchanges.sqlite";

/// A body's folder, read and checked as far as that goes without opening a source.
#[derive(Debug)]
pub struct Body {
    folder: PathBuf,
    /// `concordat.toml`.
    pub settings: Settings,
    /// `sources/*.toml`.
    pub sources: BTreeMap<Name, SourceFile>,
    /// `registers/*.toml`.
    pub registers: BTreeMap<Name, RegisterFile>,
    /// `links/*.toml`.
    pub links: BTreeMap<Name, LinkFile>,
    /// `agreements/*.note`, signed by both parties.
    pub agreements: Vec<SignedAgreement>,
    /// `policies/*.cedar`.
    pub policies: Vec<OwnPolicy>,
    /// The federation list; none for a body that has only begun.
    pub federation: Option<Federation>,
}

impl Body {
    /// Reads a folder.
    ///
    /// # Errors
    /// All problems of all its files.
    pub fn open(folder: &Path) -> Result<Self, Problems> {
        let (body, problems) = Self::survey(folder);
        match body {
            Some(body) if !problems.has_errors() => Ok(body),
            _ => Err(problems),
        }
    }

    /// Reads what can be read of a folder, and says what cannot. Without a `concordat.toml` there is no body at all.
    pub fn survey(folder: &Path) -> (Option<Self>, Problems) {
        let mut problems = Problems::none();
        let Some(settings) = problems.keep(settings(folder)) else { return (None, problems) };
        let mut body = Self {
            folder: folder.to_owned(),
            settings,
            sources: BTreeMap::new(),
            registers: BTreeMap::new(),
            links: BTreeMap::new(),
            agreements: Vec::new(),
            policies: Vec::new(),
            federation: None,
        };
        body.read_sources(&mut problems);
        body.read_registers(&mut problems);
        body.read_links(&mut problems);
        body.read_federation(&mut problems);
        body.read_agreements(&mut problems);
        body.read_policies(&mut problems);
        (Some(body), problems)
    }

    /// Who this body is.
    pub fn id(&self) -> &BodyId {
        &self.settings.body.id
    }

    /// The folder, or a file of it.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.join(relative)
    }

    /// The body's signing key, from the file that the settings name.
    ///
    /// # Errors
    /// The file is missing or holds no key, or the key of another body.
    pub fn signing_key(&self) -> Result<SigningKey, Problem> {
        let shown = self.settings.keys.signing.display().to_string();
        let text = read_text(&self.path(&self.settings.keys.signing), &shown).map_err(|problem| {
            problem.advise("`concordat init` makes a body's keys; a key that is lost cannot be made again")
        })?;
        let key: SigningKey = text.trim().parse().map_err(|problem: Problem| problem.in_file(&shown))?;
        if key.name() != self.id().as_str() {
            let sentence = format!("this is the key of `{}`, and the body is `{}`", key.name(), self.id());
            return Err(Problem::new("body.wrong-key", sentence).at(Place::file(shown)));
        }
        Ok(key)
    }

    fn read_sources(&mut self, problems: &mut Problems) {
        for text in texts(&self.folder, "sources", "toml", problems) {
            match Source::parse(&text.content, &text.shown) {
                Ok(source) => {
                    let digest = self.digest_of_source(&text);
                    let source = Arc::new(source);
                    let file = SourceFile { name: text.name.clone(), file: text.shown, source, digest };
                    self.sources.insert(text.name, file);
                }
                Err(found) => problems.extend(found),
            }
        }
    }

    /// A copybook decides about the records as much as the file that names it. One that cannot be read is found by others.
    fn digest_of_source(&self, text: &Text) -> [u8; 32] {
        #[derive(Deserialize)]
        struct Named {
            copybook: Option<Copybook>,
        }
        #[derive(Deserialize)]
        struct Copybook {
            path: PathBuf,
        }
        let named: Option<Named> = parse_settings(&text.content, &text.shown).ok();
        let copybook = named.and_then(|named| named.copybook);
        let copybook = copybook.and_then(|copybook| fs::read(self.path(copybook.path)).ok());
        digest([text.content.as_bytes(), &copybook.unwrap_or_default()])
    }

    fn read_registers(&mut self, problems: &mut Problems) {
        let folder = self.folder.clone();
        for text in texts(&self.folder, "registers", "toml", problems) {
            let read = RefCell::new(vec![text.content.clone()]);
            let code_list = |path: &str| {
                let list = read_text(&folder.join(path), path)?;
                read.borrow_mut().push(list.clone());
                Ok(list)
            };
            match Register::parse(&text.content, &text.shown, &code_list) {
                Ok(register) => {
                    let digest = digest(read.take().iter().map(String::as_bytes));
                    let file = RegisterFile { name: text.name.clone(), file: text.shown, register, digest };
                    self.registers.insert(text.name, file);
                }
                Err(found) => problems.extend(found),
            }
        }
        for file in self.registers.values() {
            problems.extend(self.unknown_source(file));
        }
    }

    fn unknown_source(&self, file: &RegisterFile) -> Option<Problem> {
        let source = file.register.source();
        if self.sources.contains_key(source) {
            return None;
        }
        let known: Vec<&str> = self.sources.keys().map(Name::as_str).collect();
        let text = read_text(&self.path(&file.file), &file.file).unwrap_or_default();
        let line = text.lines().position(|line| line.trim_start().starts_with("source"));
        let place = Place::file(&file.file).field("source");
        let place = line.map_or(place.clone(), |line| place.line(line as u64 + 1));
        Some(
            Problem::new("body.unknown-source", format!("there is no source `{source}`"))
                .at(place)
                .advise(did_you_mean(source.as_str(), &known, "sources")),
        )
    }

    fn read_links(&mut self, problems: &mut Problems) {
        for text in texts(&self.folder, "links", "toml", problems) {
            if !self.registers.contains_key(&text.name) {
                let known: Vec<&str> = self.registers.keys().map(Name::as_str).collect();
                problems.push(
                    Problem::new("body.unknown-register", format!("there is no register `{}`", text.name))
                        .at(Place::file(&text.shown))
                        .advise(did_you_mean(text.name.as_str(), &known, "registers")),
                );
            }
            match Rules::parse(&text.content, &text.shown) {
                Ok(rules) => {
                    let sample = self.sample_of(&text.name, &rules.class, problems);
                    let content =
                        [text.content.as_bytes(), sample.as_ref().map_or(&[], |(text, _)| text.as_bytes())];
                    let digest = digest(content);
                    let subjects = sample.map(|(_, subjects)| subjects);
                    let file =
                        LinkFile { name: text.name.clone(), file: text.shown, rules, subjects, digest };
                    self.links.insert(text.name, file);
                }
                Err(found) => problems.extend(found),
            }
        }
    }

    /// The sample of subjects beside a link file, with its text; none when there is no such file.
    fn sample_of(
        &self,
        name: &Name,
        class: &str,
        problems: &mut Problems,
    ) -> Option<(String, SampleSubjects)> {
        let shown = format!("links/{name}.subjects.csv");
        if !self.path(&shown).exists() {
            return None;
        }
        let text = problems.keep(read_text(&self.path(&shown), &shown))?;
        let subjects = problems.keep(SampleSubjects::parse(&text, class, &shown))?;
        Some((text, subjects))
    }

    fn read_federation(&mut self, problems: &mut Problems) {
        let Some(settings) = &self.settings.federation else { return };
        let shown = settings.list.display().to_string();
        let signer = settings.signer.parse::<VerifierKey>();
        let signer =
            signer.map_err(|problem| problem.at(Place::file("concordat.toml").field("federation.signer")));
        let text = problems.keep(read_text(&self.path(&settings.list), &shown));
        let (Some(text), Some(signer)) = (text, problems.keep(signer)) else { return };
        match Federation::open(&text, &signer, &shown) {
            Ok(federation) => self.federation = Some(federation),
            Err(found) => problems.extend(found),
        }
    }

    fn read_agreements(&mut self, problems: &mut Problems) {
        for text in texts(&self.folder, "agreements", "note", problems) {
            let Some(federation) = &self.federation else {
                if self.settings.federation.is_some() {
                    // What is wrong with the list has been said; it says nothing about the agreements.
                    return;
                }
                problems.push(
                    Problem::new(
                        "body.no-federation",
                        "an agreement cannot be verified without a federation list",
                    )
                    .at(Place::file(&text.shown))
                    .advise("name the list in `concordat.toml` under [federation]"),
                );
                continue;
            };
            match SignedAgreement::open(&text.content, federation, &text.shown) {
                Ok(agreement) => self.agreements.push(agreement),
                Err(found) => problems.extend(found),
            }
        }
    }

    fn read_policies(&mut self, problems: &mut Problems) {
        for text in texts(&self.folder, "policies", "cedar", problems) {
            match OwnPolicy::parse(&text.content, &text.shown) {
                Ok(policy) => self.policies.push(policy),
                Err(found) => problems.extend(found),
            }
        }
    }
}

/// SHA-256 over some texts, each with its length before it.
pub(crate) fn digest<'t>(texts: impl IntoIterator<Item = &'t [u8]>) -> [u8; 32] {
    let mut all = Vec::new();
    for text in texts {
        all.extend((text.len() as u64).to_be_bytes());
        all.extend(text);
    }
    sha256(&all)
}

fn settings(folder: &Path) -> Result<Settings, Problem> {
    const FILE: &str = "concordat.toml";
    let text = read_text(&folder.join(FILE), FILE).map_err(|problem| {
        let problem = problem.in_file(folder.join(FILE).display().to_string());
        match problem.code {
            "body.no-such-file" => problem.advise("name a body's folder, or make one with `concordat init`"),
            _ => problem,
        }
    })?;
    Settings::parse(&text, FILE)
}

pub(crate) fn did_you_mean(word: &str, known: &[&str], what: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("the folder has no {what} yet"),
        None => format!("the {what} are {}", known.join(", ")),
    }
}
