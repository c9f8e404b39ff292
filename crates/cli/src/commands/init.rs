//! `concordat init`

use std::path::{Path, PathBuf};

use clap::Args;
use concordat_record::{BodyId, Place, Problem};
use concordat_store::{create_folder, write_file};
use serde::Serialize;

use crate::keys;
use crate::report::{self, Form, Outcome};

/// The files of a new folder. `{{…}}` is filled in.
const FILES: &[(&str, &str)] = &[
    ("concordat.toml", include_str!("../../templates/init/concordat.toml")),
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
    /// The folder to make; it must not hold a body already
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
    signing_key: String,
    certificate: String,
    access_code: String,
    system_key: String,
}

impl Init {
    pub fn run(self) -> Outcome {
        let settings = self.folder.join("concordat.toml");
        if settings.exists() {
            return Err(Problem::new("init.taken", "the folder holds a body already")
                .at(Place::file(settings.display().to_string()))
                .advise("choose another folder; nothing was changed")
                .into());
        }
        let world = crate::system::world();
        let (access_code, code_sha256) = keys::secret(&*world.entropy);
        let (system_key, key_sha256) = keys::secret(&*world.entropy);
        let name = toml_text(&self.name)?;
        let fill = |text: &str| {
            text.replace("{{id}}", self.id.as_str())
                .replace("\"{{name}}\"", &name)
                .replace("{{code_sha256}}", &code_sha256)
                .replace("{{key_sha256}}", &key_sha256)
        };
        let hosts: Vec<&str> = self.hosts.iter().map(String::as_str).collect();
        create_folder(&self.folder)?;
        let public = keys::make(&self.folder, &self.id, &hosts, &world)?;
        // The settings come last: a folder without them is no body, so a kill leaves nothing that looks finished.
        for (file, text) in FILES.iter().rev() {
            write(&self.folder.join(file), &fill(text))?;
        }
        let made = Made {
            folder: self.folder,
            signing_key: public.signing_key.to_string(),
            certificate: public.certificate_base64(),
            access_code,
            system_key,
        };
        match self.output {
            Form::Json => report::json(&made),
            Form::Text => show(&made),
        }
    }
}

fn show(made: &Made) -> Outcome {
    report::line(format!(
        "made {}\n\nfor whoever keeps the federation list:\n  signing_key = \"{}\"\n  certificate = \"{}\"\n\n\
         shown once, stored nowhere:\n  access code for the pages  {}\n  key of `first-system`       {}\n\n\
         next: concordat check --body {}",
        made.folder.display(),
        made.signing_key,
        made.certificate,
        made.access_code,
        made.system_key,
        made.folder.display(),
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
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}
