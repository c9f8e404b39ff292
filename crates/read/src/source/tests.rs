//! What a source file can get wrong, all at once.

use std::path::Path;

use super::Source;

fn problems_of(text: &str) -> String {
    let problems = Source::parse(text, "sources/a.toml").map(|_| ()).unwrap_err();
    let line = |p: &concordat_record::Problem| {
        format!(
            "{} {} {}{}",
            p.place,
            p.code,
            p.sentence,
            p.advice.as_ref().map(|a| format!(" ({a})")).unwrap_or_default()
        )
    };
    problems.0.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_mistake_of_a_source_file_is_reported_with_its_line() {
    for (text, expected) in [
        (
            "",
            "sources/a.toml, field \"kind\" source.missing-key `kind` is missing: what the source is\nsources/a.toml, field \"path\" source.missing-key `path` is missing: the file, relative to the body's folder",
        ),
        (
            "kind = \"csw\"\npath = \"a\"\n",
            "sources/a.toml:1:8, field \"kind\" source.unknown-kind there is no kind of source `csw` (did you mean `csv`?)",
        ),
        (
            "kind = \"csv\"\npath = 3\npaht = 1\n[csv]\ndelimeter = \";\"\nheader = \"yes\"\nskip_lines = -1\n[csv.types]\na = \"strng\"\n",
            "sources/a.toml:2:8, field \"path\" source.wrong-form `path` must be text, in quotation marks\nsources/a.toml:3:1, field \"paht\" source.unknown-key there is no option `paht` (did you mean `path`?)\nsources/a.toml:5:1, field \"delimeter\" source.unknown-key there is no option `delimeter` in `[csv]` (did you mean `delimiter`?)\nsources/a.toml:6:10, field \"header\" source.wrong-form `header` must be true, false or a whole number\nsources/a.toml:7:14, field \"skip_lines\" source.wrong-form `skip_lines` must be a whole number, 0 or more\nsources/a.toml:9:5, field \"a\" csv.unknown-type there is no type `strng` (types are written text, integer, decimal(12,2), number, boolean, date, date(DD.MM.YYYY), time, time(HHmm), timestamp, timestamp(DD.MM.YYYY HH:mm))",
        ),
        (
            "kind = \"copybook\"\npath = \"a\"\n[copybook]\ncode_page = \"cp038\"\nbinary_size = \"2-4\"\n[copybook.redefines]\nA = { is = 1 }\nB = 3\n",
            "sources/a.toml:3:1, field \"path\" source.missing-key `path` is missing: the copybook that describes the records\nsources/a.toml:4:13, field \"code_page\" copybook.unknown-code-page there is no code page `cp038` (did you mean `cp037`?)\nsources/a.toml:5:15, field \"binary_size\" source.unknown-word `binary_size` cannot be `2-4` (it is one of 2-4-8, 1-2-4-8, 1--8)\nsources/a.toml:7:5, field \"when\" source.missing-key `when` is missing: the field that decides\nsources/a.toml:8:5, field \"B\" source.wrong-form `B` must be a table",
        ),
        (
            "kind = \"csv\npath = ",
            "sources/a.toml:1:12 source.malformed invalid basic string, expected `\"`\nsources/a.toml:2:8 source.malformed string values must be quoted, expected literal string",
        ),
    ] {
        assert_eq!(problems_of(text), expected, "{text}");
    }
}

#[test]
fn paths_count_from_the_bodys_folder_or_the_files_own() {
    for (file, base) in [
        ("body/sources/a.toml", "body"),
        ("sources/a.toml", ""),
        ("elsewhere/a.toml", "elsewhere"),
        ("a.toml", ""),
    ] {
        assert_eq!(Source::base(Path::new(file)), Path::new(base), "{file}");
    }
}
