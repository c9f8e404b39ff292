//! Where the documents of a service's description come from: files of the body's folder, or the server itself. Nothing else is fetched.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use concordat_record::{Place, Problem};

use super::xml::{Element, parse};
use crate::file::{cannot_open, cannot_read};
use crate::services::link::resolve;

/// A description has no more documents, and none is larger.
const MAX_DOCUMENTS: usize = 300;
const MAX_BYTES: u64 = 32 << 20;

/// Asks the server for a path.
pub(crate) type Fetch<'a> = Box<dyn Fn(&str) -> Result<Vec<u8>, Problem> + 'a>;

/// Where documents lie.
pub(crate) enum Library<'a> {
    /// Below the body's folder.
    Folder(&'a Path),
    /// On the server of this origin.
    Server(&'a str, Fetch<'a>),
}

/// The documents read so far.
pub(crate) struct Documents<'a> {
    library: Library<'a>,
    /// Files that stand for addresses or namespaces.
    copies: &'a [(String, String)],
    base: &'a Path,
    read: Vec<String>,
    /// What is not beside the description is noted here instead of being a problem.
    missing: Option<Vec<String>>,
}

/// Namespaces whose schemas everybody knows: importing them is a formality.
const KNOWN: [&str; 6] = [
    "http://www.w3.org/2001/XMLSchema",
    "http://www.w3.org/XML/1998/namespace",
    "http://schemas.xmlsoap.org/soap/encoding/",
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://schemas.xmlsoap.org/wsdl/",
    "http://www.w3.org/2005/05/xmlmime",
];

impl<'a> Documents<'a> {
    pub fn new(library: Library<'a>, base: &'a Path, copies: &'a [(String, String)]) -> Self {
        Self { library, copies, base, read: Vec::new(), missing: None }
    }

    /// Goes on without documents that are not there.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.missing = Some(Vec::new());
        self
    }

    /// What was not there.
    pub fn missing(self) -> Vec<String> {
        self.missing.unwrap_or_default()
    }

    /// The first document.
    pub fn root(&mut self, location: &str) -> Result<(String, Element), Problem> {
        self.read.push(location.into());
        Ok((location.into(), self.get(location)?))
    }

    /// What another document names; none when it has been read, or need not be.
    pub fn import(
        &mut self,
        location: Option<&str>,
        namespace: Option<&str>,
        from: &str,
    ) -> Result<Option<(String, Element)>, Problem> {
        let named =
            |name: &str| self.copies.iter().find(|(known, _)| known == name).map(|(_, file)| file.clone());
        let copy = location.and_then(named).or_else(|| namespace.and_then(named));
        if let Some(file) = copy {
            return if self.is_new(&file)? { Ok(Some((file.clone(), self.file(&file)?))) } else { Ok(None) };
        }
        let known = namespace.is_some_and(|namespace| KNOWN.contains(&namespace));
        let Some(location) = location.filter(|_| !known) else { return Ok(None) };
        let found = self.found(location, from);
        if let (Err(problem), Some(missing)) = (&found, &mut self.missing)
            && ["soap.import-elsewhere", "read.no-such-file"].contains(&problem.code)
        {
            missing.push(location.into());
            return Ok(None);
        }
        found
    }

    fn found(&mut self, location: &str, from: &str) -> Result<Option<(String, Element)>, Problem> {
        let location = match &self.library {
            Library::Folder(_) => beside(from, location)?,
            Library::Server(origin, _) => resolve(origin, from, location)?,
        };
        if self.is_new(&location)? { Ok(Some((location.clone(), self.get(&location)?))) } else { Ok(None) }
    }

    fn is_new(&mut self, location: &str) -> Result<bool, Problem> {
        if self.read.iter().any(|known| known == location) {
            return Ok(false);
        }
        if self.read.len() >= MAX_DOCUMENTS {
            let sentence = format!("the description has more than {MAX_DOCUMENTS} documents");
            return Err(Problem::new("soap.too-large", sentence).at(Place::file(location)));
        }
        self.read.push(location.into());
        Ok(true)
    }

    fn get(&self, location: &str) -> Result<Element, Problem> {
        match &self.library {
            Library::Folder(_) => self.file(location),
            Library::Server(_, fetch) => parse(&fetch(location)?, location),
        }
    }

    fn file(&self, location: &str) -> Result<Element, Problem> {
        let base = if let Library::Folder(folder) = &self.library { folder } else { self.base };
        let path = base.join(location);
        let file = File::open(&path).map_err(|error| cannot_open(&path, location, &error))?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| cannot_read(location, &error))?;
        if bytes.len() as u64 > MAX_BYTES {
            let sentence = format!("the document has more than {} MiB", MAX_BYTES >> 20);
            return Err(Problem::new("soap.too-large", sentence).at(Place::file(location)));
        }
        parse(&bytes, location)
    }
}

/// The path of a document that another names, in the body's folder.
fn beside(from: &str, location: &str) -> Result<String, Problem> {
    let elsewhere = || {
        Problem::new("soap.import-elsewhere", format!("the description imports `{location}`, which is no file beside it"))
            .at(Place::file(from))
            .advise(format!("keep a copy in the body's folder and name it: `imports = {{ \"{location}\" = \"wsdl/copy.xsd\" }}`"))
    };
    if location.contains("://") || location.starts_with('/') || location.contains('\\') {
        return Err(elsewhere());
    }
    let mut path = PathBuf::from(from);
    path.pop();
    for part in Path::new(location).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir if path.pop() => {}
            Component::CurDir => {}
            _ => return Err(elsewhere()),
        }
    }
    Ok(path.to_string_lossy().into_owned())
}

/// Names that documents define, the first definition of each.
pub(crate) type Definitions<T> = HashMap<super::xml::Name, T>;
