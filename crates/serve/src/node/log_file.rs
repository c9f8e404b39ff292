//! The files of the log, by the paths of C2SP tlog-tiles and by no other.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header;

/// The largest file that is served: an entry bundle is at most 256 entries of 65,535 bytes with their lengths.
const LARGEST: u64 = 256 * (65_535 + 2);

/// A file of the log, if the path is one and the file is there.
pub(super) async fn log_file(log: &Path, path: &str) -> Option<Response> {
    let (content_type, cache) = kind(path)?;
    let file: PathBuf = log.join(path);
    let bytes = tokio::task::spawn_blocking(move || read(&file)).await.ok()?;
    match bytes {
        Ok(bytes) => Some(
            ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, cache)], Body::from(bytes))
                .into_response(),
        ),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "a file of the log cannot be read");
            }
            None
        }
    }
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::File::open(file)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Content type and caching of a path of the log. A checkpoint changes; a tile never does.
fn kind(path: &str) -> Option<(&'static str, &'static str)> {
    if path == "checkpoint" {
        return Some(("text/plain; charset=utf-8", "no-cache"));
    }
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let known_level = level == "entries" || number(level).is_some_and(|level| level <= 63);
    let index = match rest.split_once(".p/") {
        Some((index, width)) => {
            number(width).filter(|width| (1..=255).contains(width))?;
            index
        }
        None => rest,
    };
    (known_level && is_index(index)).then_some(("application/octet-stream", "max-age=31536000, immutable"))
}

/// A tile index: groups of three digits, all but the last with an `x` before them, without a superfluous first group.
fn is_index(index: &str) -> bool {
    const MOST_GROUPS: usize = 7; // 2^64 has 20 digits.
    let groups: Vec<&str> = index.split('/').collect();
    let Some((last, before)) = groups.split_last() else { return false };
    groups.len() <= MOST_GROUPS
        && is_group(last)
        && before.iter().all(|group| group.strip_prefix('x').is_some_and(is_group))
        && before.first() != Some(&"x000")
}

fn is_group(group: &str) -> bool {
    group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit())
}

/// A decimal number without leading zeros.
fn number(text: &str) -> Option<u64> {
    let plain = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain && (text == "0" || !text.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn only_the_paths_of_tlog_tiles_are_files() {
        for (path, good) in [
            ("checkpoint", true),
            ("tile/0/000", true),
            ("tile/0/067.p/1", true),
            ("tile/0/067.p/255", true),
            ("tile/63/x001/x234/067", true),
            ("tile/entries/x001/000.p/12", true),
            ("tile/0/067.p/256", false),
            ("tile/0/067.p/0", false),
            ("tile/0/067.p/01", false),
            ("tile/0/067.p/", false),
            ("tile/64/000", false),
            ("tile/00/000", false),
            ("tile/+1/000", false),
            ("tile/0/x000/067", false),
            ("tile/0/001/067", false),
            ("tile/0/x001", false),
            ("tile/0/67", false),
            ("tile/0/", false),
            ("tile/0", false),
            ("tile/data/000", false),
            ("tile/0/000/", false),
            ("tile/0//000", false),
            ("tile//000", false),
            ("tile/0/../../checkpoint", false),
            ("tile/0/%2e%2e/checkpoint", false),
            ("tile/0/x..", false),
            ("tile/0/000\0", false),
            ("tile/0/\u{663}\u{663}\u{663}", false),
            ("../checkpoint", false),
            ("/checkpoint", false),
            ("checkpoint/", false),
            ("", false),
        ] {
            assert_eq!(kind(path).is_some(), good, "{path}");
        }
    }
}
