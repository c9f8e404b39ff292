//! Step 1: the example in a folder of its own, with keys, certificates, a federation list and signed agreements.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use concordat_flow::World;
use concordat_record::{BodyId, Place, Problem};
use concordat_sign::{Note, SigningKey};
use concordat_store::{create_folder, write_file};

use super::bodies::{BODIES, BodySpec, GRANTS};
use super::result::Moved;
use super::{example, ports};
use crate::folder::read_text;
use crate::keys;

/// Stands in a demo's folder, locked while a demo runs there; it holds [`LAYOUT`] from when the folder is complete.
const MARK: &str = ".concordat-demo";
/// The number of the layout; a folder with another one is laid out anew.
const LAYOUT: &str = "1\n";
/// Who keeps the example's federation list.
const KEEPER: &str = "US/GOV/DEMO/KEEPER";

/// A folder that is laid out.
#[derive(Debug)]
pub struct LaidOut {
    /// The folder.
    pub folder: PathBuf,
    /// Whether it was laid out now, or stood there from an earlier run.
    pub is_new: bool,
    /// Ports that were taken.
    pub moved: Vec<Moved>,
    /// The access code of every console.
    pub access_code: String,
    /// The file that holds the key of the grants office's own system.
    pub system_key_file: PathBuf,
    /// Keeps other demos out of the folder.
    _lock: File,
}

/// Lays the example out, unless it stands there already.
pub fn lay_out(folder: &Path, fresh: bool, world: &World) -> Result<LaidOut, Problem> {
    let mut mark = take(folder)?;
    let mut layout = String::new();
    mark.read_to_string(&mut layout).map_err(|error| cannot("read", folder, &error))?;
    let is_new = fresh || layout != LAYOUT;
    if is_new {
        // From here until it is complete again, a kill leaves a folder that the next run clears.
        mark.set_len(0).map_err(|error| cannot("write to", folder, &error))?;
        clear(folder).map_err(|error| cannot("clear", folder, &error))?;
        make(folder, world)?;
        let written = mark.rewind().and_then(|()| mark.write_all(LAYOUT.as_bytes()));
        written.and_then(|()| mark.sync_all()).map_err(|error| cannot("write to", folder, &error))?;
    }
    let moved = settle(folder)?;
    Ok(LaidOut {
        folder: folder.to_owned(),
        is_new,
        moved,
        access_code: read_text(&folder.join("access-code"))?.trim().to_owned(),
        system_key_file: folder.join("grants/keys/system.key"),
        _lock: mark,
    })
}

/// Takes a folder for this run: a demo's, or an empty one. A folder of somebody else's is left alone.
fn take(folder: &Path) -> Result<File, Problem> {
    let mark = folder.join(MARK);
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let place = || Place::file(folder.display().to_string());
    if !is_empty && !mark.exists() {
        return Err(Problem::new("demo.folder-taken", "the folder is not empty, and no demo has made it")
            .at(place())
            .advise("name another folder with `--folder`"));
    }
    create_folder(folder)?;
    let opened = File::options().create(true).truncate(false).read(true).write(true).open(mark);
    let mark = opened.map_err(|error| cannot("write to", folder, &error))?;
    match mark.try_lock() {
        Ok(()) => Ok(mark),
        Err(TryLockError::WouldBlock) => {
            Err(Problem::new("demo.running", "another demo runs in this folder")
                .at(place())
                .advise("stop it with Ctrl-C, or name another folder with `--folder`"))
        }
        Err(TryLockError::Error(error)) => Err(cannot("lock", folder, &error)),
    }
}

/// Removes all but the mark.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != MARK {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes everything that is made once.
fn make(folder: &Path, world: &World) -> Result<(), Problem> {
    for body in BODIES {
        let own = folder.join(body.folder);
        for file in example::files_below(body.folder) {
            let (name, content) = file?;
            write(&own.join(name), &content, false)?;
        }
        keys::make(&own, &id(body)?, &["127.0.0.1", "localhost"], world)?;
    }
    let keeper = SigningKey::generate(KEEPER, &*world.entropy)?;
    write(&folder.join("keeper/keys/signing.key"), keeper.to_secret_text()?.as_bytes(), true)?;
    write(&folder.join("access-code"), keys::secret(&*world.entropy).0.as_bytes(), true)?;
    write(&folder.join("grants/keys/system.key"), keys::secret(&*world.entropy).0.as_bytes(), true)?;
    write(&folder.join("truth.csv"), example::text("truth.csv")?.as_bytes(), false)?;
    sign_agreements(folder)
}

/// Has each agreement signed by its two parties and put into both folders.
fn sign_agreements(demo: &Path) -> Result<(), Problem> {
    for file in example::files_below("agreements") {
        let (name, text) = file?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let parties: Vec<&BodySpec> = ["provider", "consumer"]
            .iter()
            .filter_map(|role| BODIES.iter().find(|body| text.contains(&format!("{role} = \"{}\"", body.id))))
            .collect();
        let mut note = Note::unsigned(text)?;
        for party in &parties {
            note.add_signature(&signing_key(&demo.join(party.folder))?);
        }
        let note_name = name.replace(".toml", ".note");
        for party in &parties {
            write(
                &demo.join(party.folder).join("agreements").join(&note_name),
                note.to_string().as_bytes(),
                false,
            )?;
        }
    }
    Ok(())
}

/// Finds free ports, and writes what depends on them: each body's settings and the federation list.
fn settle(demo: &Path) -> Result<Vec<Moved>, Problem> {
    let mut moved = Vec::new();
    let mut list: toml::Table =
        example::text("federation.toml")?.parse().map_err(|error| incomplete(&error))?;
    let keeper = signing_key(&demo.join("keeper"))?;
    for body in BODIES {
        let own = demo.join(body.folder);
        let (settings, node) = settings(demo, body, &keeper, &mut moved)?;
        write(&own.join("concordat.toml"), settings.as_bytes(), false)?;
        let entries = list.get_mut("body").and_then(toml::Value::as_array_mut);
        let entry = entries.and_then(|entries| {
            entries.iter_mut().find(|entry| entry.get("id").and_then(toml::Value::as_str) == Some(body.id))
        });
        let Some(entry) = entry.and_then(toml::Value::as_table_mut) else { continue };
        let certificate = read_text(&own.join("keys/tls.crt"))?;
        entry.insert("address".into(), node.into());
        entry.insert("signing_key".into(), signing_key(&own)?.verifier().to_string().into());
        entry.insert("certificate".into(), keys::pem_body(&certificate).into());
    }
    let text = toml::to_string(&list).map_err(|error| {
        Problem::new("demo.incomplete", format!("the federation list cannot be written: {error}"))
    })?;
    let note = Note::sign(text, &keeper)?;
    for body in BODIES {
        write(&demo.join(body.folder).join("federation.note"), note.to_string().as_bytes(), false)?;
    }
    Ok(moved)
}

/// The settings of a body, with free ports, and the address of its node.
fn settings(
    demo: &Path,
    body: &BodySpec,
    keeper: &SigningKey,
    moved: &mut Vec<Moved>,
) -> Result<(String, String), Problem> {
    let mut text = example::text(&format!("{}/concordat.toml", body.folder))?.to_owned();
    let read: toml::Table = text.parse().map_err(|error| incomplete(&error))?;
    let mut node = String::new();
    for section in ["node", "console"] {
        let address =
            read.get(section).and_then(|section| section.get("address")).and_then(toml::Value::as_str);
        let Some((address, port)) = address.and_then(|address| Some((address, address.rsplit(':').next()?)))
        else {
            continue;
        };
        let wanted: u16 = port.parse().unwrap_or_default();
        let free = ports::free(wanted)?;
        if free.port() != wanted {
            let whose = format!("{section} of {}", body.id);
            moved.push(Moved { whose, taken: wanted, used: free.port() });
        }
        text = text.replace(&format!("\"{address}\""), &format!("\"{free}\""));
        if section == "node" {
            node = free.to_string();
        }
    }
    let code = keys::digest(read_text(&demo.join("access-code"))?.trim());
    let keeper = keeper.verifier();
    let federation = format!("\n[federation]\nlist = \"federation.note\"\nsigner = \"{keeper}\"\n");
    let person = format!("\n[[person]]\nname = \"Demo officer\"\ncode_sha256 = \"{code}\"\n");
    text.extend([federation, person]);
    if body.id == GRANTS {
        let key = keys::digest(read_text(&demo.join("grants/keys/system.key"))?.trim());
        text.extend([format!("\n[[system]]\nname = \"grants-portal\"\nkey_sha256 = \"{key}\"\n")]);
    }
    Ok((text, node))
}

fn signing_key(body: &Path) -> Result<SigningKey, Problem> {
    read_text(&body.join("keys/signing.key"))?.trim().parse()
}

fn id(body: &BodySpec) -> Result<BodyId, Problem> {
    body.id.parse().map_err(|error| Problem::new("demo.incomplete", format!("{error}")))
}

fn write(path: &Path, content: &[u8], private: bool) -> Result<(), Problem> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    write_file(path, content, private)
}

fn cannot(what: &str, folder: &Path, error: &std::io::Error) -> Problem {
    Problem::new("demo.folder", format!("cannot {what} the folder: {error}"))
        .at(Place::file(folder.display().to_string()))
}

fn incomplete(error: &toml::de::Error) -> Problem {
    Problem::new("demo.incomplete", format!("a file of the example is not TOML: {error}"))
}
