//! `concordat inspect`

use std::path::{Path, PathBuf};

use clap::Args;
use concordat_read::{FolderInspection, Inspection, LeftOut, inspect, inspect_folder};
use concordat_record::{Place, Problem};
use concordat_store::{create_folder, write_file};

use crate::folder::Folder;
use crate::report::{self, Failure, Form, Outcome};

/// Finds out what a legacy file is: its kind, encoding, dialect, columns and what they hold; and proposes the source and the
/// register that publish it. Of a folder, all files in it are looked at.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  concordat inspect legacy/hospitals.csv\n  concordat inspect legacy --write --body treasury\n  concordat inspect legacy/eo-master.dat --copybook legacy/EOMASTER.cpy --write --body treasury"
)]
pub struct Inspect {
    /// The file, or a folder of files
    file: PathBuf,
    /// The copybook that describes its records, for a mainframe file
    #[arg(long, value_name = "FILE")]
    copybook: Option<PathBuf>,
    /// Write the proposed files into the body's folder; files that are there are left alone
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Inspect {
    pub fn run(self) -> Outcome {
        let base = &self.body.path;
        let copybook = self.copybook.as_deref().map(|copybook| seen_from(base, copybook));
        let file = seen_from(base, &self.file);
        if base.join(&file).is_dir() {
            return self.folder(&inspect_folder(base, &file)?);
        }
        let inspection = inspect(base, &file, copybook.as_deref())?;
        match self.output {
            Form::Json => report::json(&inspection)?,
            Form::Text => report::line(&inspection)?,
        }
        if self.write {
            return self.write(&inspection);
        }
        if self.output == Form::Text {
            let proposal = &inspection.proposal;
            report::line(format!("\n--- sources/{}.toml\n{}", proposal.name, proposal.source))?;
            report::line(format!("--- registers/{}.toml\n{}", proposal.name, proposal.register))?;
        }
        Ok(())
    }

    /// A line for each file; the proposals are written or, as JSON, printed.
    fn folder(&self, inspection: &FolderInspection) -> Outcome {
        if self.output == Form::Json {
            report::json(inspection)?;
        } else if inspection.found.is_empty() && inspection.left.is_empty() {
            report::line("there is no file in the folder")?;
        } else {
            for found in &inspection.found {
                let (sure, columns) = (found.confidence * 100.0, found.columns.len());
                let Inspection { file, kind, records, rejected, proposal, .. } = found;
                report::line(format!(
                    "{file}: {kind} ({sure:.0} % sure), {records} records looked at, {rejected} rejected, {columns} columns, as sources/{}.toml",
                    proposal.name
                ))?;
            }
            for LeftOut { file, problem } in &inspection.left {
                report::line(format!("{file}: left out, {}", problem.sentence))?;
            }
        }
        if !self.write {
            return Ok(());
        }
        for found in &inspection.found {
            match self.write(found) {
                // What is there already belongs to a person, and is no reason to leave the others out.
                Err(Failure::Problems(problems)) if problems.0.iter().all(|p| p.code == "inspect.taken") => {
                    report::aside(&problems);
                }
                written => written?,
            }
        }
        Ok(())
    }

    fn write(&self, inspection: &Inspection) -> Outcome {
        let proposal = &inspection.proposal;
        let files = [("sources", &proposal.source), ("registers", &proposal.register)];
        let paths =
            files.map(|(folder, _)| self.body.path.join(folder).join(format!("{}.toml", proposal.name)));
        // Both or neither: a source without its register would look finished.
        paths.iter().try_for_each(|path| refuse_taken(path))?;
        for ((_, text), path) in files.iter().zip(&paths) {
            create_folder(path.parent().unwrap_or(Path::new(".")))?;
            write_file(path, text.as_bytes(), false)?;
            if self.output == Form::Text {
                report::line(format!("wrote {}", path.display()))?;
            }
        }
        Ok(())
    }
}

/// The path of a file as a source file has it: relative to the body's folder when it lies in there, absolute when it does not.
fn seen_from(base: &Path, file: &Path) -> PathBuf {
    let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    let (Ok(base), Ok(file)) = (whole(base), whole(file)) else { return file.to_owned() };
    file.strip_prefix(&base).map(Path::to_owned).unwrap_or(file)
}

fn refuse_taken(path: &Path) -> Result<(), Problem> {
    if !path.exists() {
        return Ok(());
    }
    Err(Problem::new("inspect.taken", "the file is there already, and nothing was written")
        .at(Place::file(path.display().to_string()))
        .advise("move it away, or copy from the proposal what you need"))
}
