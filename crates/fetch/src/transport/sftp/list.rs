//! The files on a server that a pattern means.

use concordat_record::{Place, Problem};
use glob::{MatchOptions, Pattern};
use russh_sftp::client::fs::DirEntry;

use super::SftpServer;
use super::session::{Session, file_failed, in_time};
use crate::transport::patience::Failure;

/// Entries of folders that are looked at; more are a mistake in the pattern.
const MOST_ENTRIES: usize = 200_000;
/// How deep `**` reaches.
const DEEPEST: usize = 32;

/// Paths and sizes of the files that match.
pub(super) async fn list(
    session: &Session,
    server: &SftpServer,
    pattern: &Pattern,
) -> Result<Vec<(String, Option<u64>)>, Failure> {
    let text = pattern.as_str();
    let fixed = text.split(['*', '?', '[']).next().unwrap_or_default();
    let start = fixed.rsplit_once('/').map_or("", |(folder, _)| if folder.is_empty() { "/" } else { folder });
    let rest = text.get(start.len()..).unwrap_or_default().trim_start_matches('/');
    let depth = if rest.contains("**") { DEEPEST } else { rest.split('/').count() };
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let (mut found, mut seen) = (Vec::new(), 0);
    let mut folders = vec![(start.to_owned(), depth)];
    while let Some((folder, depth)) = folders.pop() {
        let shown = server.shown(&folder);
        let asked = if folder.is_empty() { "." } else { folder.as_str() };
        let entries = in_time(server, session.files.read_dir(asked)).await?;
        for entry in entries.map_err(|error| file_failed(&shown, &error))? {
            seen += 1;
            if seen > MOST_ENTRIES {
                let sentence = format!("the pattern `{text}` goes through more than {MOST_ENTRIES} files");
                return Err(Failure::lasting(
                    Problem::new("fetch.too-many-files", sentence).at(Place::file(&shown)),
                ));
            }
            let name = entry.file_name();
            if name.starts_with('.') || name.contains('/') {
                continue;
            }
            let path = match folder.as_str() {
                "" => name,
                "/" => format!("/{name}"),
                _ => format!("{folder}/{name}"),
            };
            if entry.metadata().is_dir() {
                if depth > 1 {
                    folders.push((path, depth - 1));
                }
            } else if let Some(size) = size(session, server, &entry, &path).await?
                && pattern.matches_with(&path, options)
            {
                found.push((path, size));
            }
        }
    }
    Ok(found)
}

/// The size of a file, if it is told; none at all for a link that leads to no file: links to folders can go in circles.
async fn size(
    session: &Session,
    server: &SftpServer,
    entry: &DirEntry,
    path: &str,
) -> Result<Option<Option<u64>>, Failure> {
    if !entry.file_type().is_symlink() {
        return Ok(Some(entry.metadata().size));
    }
    let target = in_time(server, session.files.metadata(path)).await?.ok();
    Ok(target.filter(|target| !target.is_dir()).map(|target| target.size))
}
