//! What the files of a folder describe: sources, registers, and how subjects are recognised in them.

use std::sync::Arc;

use concordat_link::Rules;
use concordat_map::Register;
use concordat_read::Source;
use concordat_record::Name;
use concordat_share::RegisterOutline;

use super::SampleSubjects;

/// A source and the file that describes it.
#[derive(Debug)]
pub struct SourceFile {
    /// Its name: the stem of the file.
    pub name: Name,
    /// The file, relative to the body's folder.
    pub file: String,
    /// What it says, and what is remembered of a server while this lives.
    pub source: Arc<Source>,
    /// SHA-256 of the source file and the copybook it names.
    pub(crate) digest: [u8; 32],
}

/// A register and the file that describes it.
#[derive(Debug)]
pub struct RegisterFile {
    /// Its name: the stem of the file.
    pub name: Name,
    /// The file, relative to the body's folder.
    pub file: String,
    /// What it says.
    pub register: Register,
    /// SHA-256 of the register file and its code lists.
    pub(crate) digest: [u8; 32],
}

impl RegisterFile {
    /// What an agreement must know of it.
    pub fn outline(&self) -> RegisterOutline {
        RegisterOutline {
            name: self.name.clone(),
            class: self.register.class().to_owned(),
            facts: self.register.facts().map(|fact| fact.name.clone()).collect(),
        }
    }
}

/// How subjects are recognised in a register, and the file that says so.
#[derive(Debug)]
pub struct LinkFile {
    /// The register's name: the stem of the file.
    pub name: Name,
    /// The file, relative to the body's folder.
    pub file: String,
    /// What it says.
    pub rules: Rules,
    /// A sample of subjects like those that are asked about; none when there is no such file.
    pub subjects: Option<SampleSubjects>,
    /// SHA-256 of the link file and of the sample.
    pub(crate) digest: [u8; 32],
}
