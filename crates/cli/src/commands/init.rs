//! `concordat init`

use std::path::{Path, PathBuf};

use clap::Args;
use concordat_flow::Body;
use concordat_record::{BodyId, Place, Problem};
use concordat_store::{create_folder, write_file};
use serde::Serialize;

use crate::keys::{self, PublicKeys};
use crate::report::{self, Form, Outcome};

/// The file that makes a folder a body's.
const SETTINGS: &str = "concordat.toml";
/// The files of a new folder. `{{…}}` is filled in.
const FILES: &[(&str, &str)] = &[
    (SETTINGS, include_str!("../../templates/init/concordat.toml")),
    (".gitignore", include_str!("../../templates/init/gitignore")),
    ("sources/example.toml", include_str!("../../templates/init/sources/example.toml")),
    ("legacy/example.csv", include_str!("../../templates/init/legacy/example.csv")),
    ("registers/example.toml", include_str!("../../templates/init/registers/example.toml")),
    ("links/example.toml", concordat_link::ORGANISATION_RULES),
    ("policies/README.md", include_str!("../../templates/init/policies/README.md")),
    ("agreements/README.md", include_str!("../../templates/init/agreements/README.md")),
];

/// Makes the folder of a new body: settings and a small working example that teach in their comments, and the body's keys.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  concordat init treasury --id US/GOV/TREASURY/EXEMPT --name \"Treasury, Exempt Organizations\""
)]
pub struct Init {
    /// The folder to make; nothing in it is written over
    folder: PathBuf,
    /// The body: INSTANCE/CLASS/MEMBER/SUBSYSTEM
    #[arg(long)]
    id: BodyId,
    /// How people call it
    #[arg(long)]
    name: String,
    /// A host name or address under which other bodies will reach the node; may be given several times
    #[arg(long = "host", value_name = "HOST", default_values_t = ["127.0.0.1".to_owned(), "localhost".to_owned()])]
    hosts: Vec<String>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

/// What `init` made; the two secrets are shown once and stored nowhere.
#[derive(Serialize)]
struct Made {
    folder: PathBuf,
    #[serde(flatten)]
    public: PublicKeys,
    access_code: String,
    system_key: String,
}

impl Init {
    pub fn run(self) -> Outcome {
        self.refuse_taken()?;
        let name = toml_text(&self.name)?;
        let world = crate::system::world();
        let (access_code, code_sha256) = keys::secret(&*world.entropy);
        let (system_key, key_sha256) = keys::secret(&*world.entropy);
        let fill = |text: &str| {
            text.replace("{{id}}", self.id.as_str())
                .replace("\"{{name}}\"", &name)
                .replace("{{code_sha256}}", &code_sha256)
                .replace("{{key_sha256}}", &key_sha256)
        };
        let hosts: Vec<&str> = self.hosts.iter().map(String::as_str).collect();
        create_folder(&self.folder)?;
        keys::make(&self.folder, &self.id, &hosts, &world)?;
        // The settings come last: a folder without them is no body, so a kill leaves nothing that looks finished.
        for (file, text) in FILES.iter().rev() {
            write(&self.folder.join(file), &fill(text))?;
        }
        let public = PublicKeys::of(&Body::open(&self.folder)?)?;
        let made = Made { folder: self.folder, public, access_code, system_key };
        match self.output {
            Form::Json => report::json(&made),
            Form::Text => show(&made),
        }
    }

    /// Nothing is written over: least of all keys, which cannot be made again.
    fn refuse_taken(&self) -> Result<(), Problem> {
        let files = FILES.iter().map(|(file, _)| *file).chain(keys::FILES);
        let taken = files.map(|file| self.folder.join(file)).find(|file| file.exists());
        taken.map_or(Ok(()), |file| {
            let sentence = if file.ends_with(SETTINGS) {
                "the folder holds a body already"
            } else {
                "the folder holds a file of this name already"
            };
            Err(Problem::new("init.taken", sentence)
                .at(Place::file(file.display().to_string()))
                .advise("choose another folder; nothing was changed"))
        })
    }
}

fn show(made: &Made) -> Outcome {
    let folder = made.folder.display();
    report::line(format!(
        "made {folder}\n\nfor whoever keeps the federation list (`concordat keys` prints it again):\n\n{}\n\n\
         shown once, stored nowhere:\n  access code for the pages  {}\n  key of `first-system`      {}\n\n\
         next: concordat check --body {folder}",
        made.public, made.access_code, made.system_key,
    ))
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    write_file(path, text.as_bytes(), false)
}

/// A text as a TOML string, quotation marks included.
fn toml_text(text: &str) -> Result<String, Problem> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(Problem::new("init.name", "the name is empty or holds control characters"));
    }
    Ok(toml::Value::from(text).to_string())
}
