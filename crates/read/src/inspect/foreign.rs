//! Files that hold no records, whatever they look like to a reader of text: known by how they begin, in a folder also by their endings.

use concordat_record::Problem;

use crate::clues::Sample;

/// First bytes that are no coincidence: what begins so, and what to do about it.
const BEGINNINGS: &[(&str, &str, &[&[u8]])] = &[
    ("a PDF document", "ask for the data that it was made from", &[b"%PDF-"]),
    (
        "a picture",
        "ask for the data that it shows",
        &[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"],
    ),
    (
        "a program",
        "ask for the data that it works on",
        &[b"\x7fELF", b"MZ\x90\0", b"\xca\xfe\xba\xbe", b"#!/"],
    ),
    ("a document of a word processor", "ask for the data that it was made from", &[b"{\\rtf"]),
];

/// The byte order marks of UTF-32; the first of them begins as that of UTF-16 does.
const UTF_32: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];

/// Elements at the top of documents that are no registers.
const ROOTS: &[(&str, &[&str])] = &[
    ("a page for browsers", &["html"]),
    ("a picture", &["svg"]),
    ("a schema, which describes other files", &["schema"]),
    ("a program (XSLT)", &["stylesheet", "transform"]),
];

/// Endings of files that are for people or machines.
const ENDINGS: &[(&str, &[&str])] = &[
    (
        "a document for people",
        &[
            "md", "markdown", "rst", "adoc", "tex", "pdf", "doc", "docx", "odt", "rtf", "ppt", "pptx", "odp",
            "htm", "html", "eml", "msg",
        ],
    ),
    (
        "a picture, a sound or a film",
        &[
            "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "svg", "webp", "ico", "mp3", "mp4", "wav",
            "avi", "mov",
        ],
    ),
    (
        "a program",
        &[
            "py", "sh", "bash", "sql", "js", "ts", "java", "c", "h", "cpp", "cs", "rs", "go", "rb", "pl",
            "php", "vb", "bat", "cmd", "ps1", "jcl", "exe", "dll", "so", "jar", "class", "xsl", "xslt",
        ],
    ),
    ("settings of a program", &["ini", "cfg", "conf", "properties", "yaml", "yml", "toml", "env"]),
    ("a checksum or a signature", &["md5", "sha1", "sha256", "sha512", "asc", "sig"]),
];

/// Says so when a file begins like one that holds no records.
pub(super) fn refuse(sample: &Sample) -> Result<(), Problem> {
    let begins = |beginning: &&[u8]| sample.bytes.starts_with(beginning);
    if UTF_32.iter().any(&begins) {
        return Err(Problem::new(
            "inspect.unknown-format",
            "it is text in UTF-32, which no kind of source reads",
        )
        .advise("convert it: `iconv -f UTF-32 -t UTF-8`"));
    }
    let known = BEGINNINGS.iter().find(|(_, _, beginnings)| beginnings.iter().any(&begins));
    if let Some((what, advice, _)) = known {
        return Err(no_records(what).advise(*advice));
    }
    let root = root(&sample.bytes);
    let known = ROOTS.iter().find(|(_, names)| root.as_deref().is_some_and(|root| names.contains(&root)));
    known.map_or(Ok(()), |(what, _)| Err(no_records(what)))
}

/// Says so when files with this ending hold no records.
pub(super) fn refuse_ending(ending: &str) -> Result<(), Problem> {
    let known = ENDINGS.iter().find(|(_, endings)| endings.contains(&ending));
    known.map_or(Ok(()), |(what, _)| Err(no_records(what)))
}

fn no_records(what: &str) -> Problem {
    Problem::warning("inspect.no-records", format!("it is {what}, which holds no records"))
}

/// The local name of the first element of a document, in small letters.
fn root(bytes: &[u8]) -> Option<String> {
    const LOOKED_AT: usize = 4096;
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(LOOKED_AT))?).into_owned();
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return None;
    }
    if text.to_ascii_lowercase().contains("<!doctype html") {
        return Some("html".into());
    }
    let tag = text.split('<').skip(1).find(|tag| tag.starts_with(char::is_alphabetic))?;
    let name = tag.split(|letter: char| letter.is_whitespace() || letter == '>' || letter == '/').next()?;
    Some(name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase())
}
