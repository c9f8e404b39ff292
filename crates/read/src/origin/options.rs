//! The tables of a source file that say where its files come from; this one reads `[unpack]`.

use concordat_fetch::{Limits, Unpack, pattern};
use concordat_record::Problem;

use super::drop::DropSettings;
use super::{From, Origin};
use crate::section::{OptionDoc, Section};

/// The options of `[unpack]`.
pub const UNPACK_OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "member",
        form: "text",
        default: "the only file",
        meaning: "which file of a zip or tar archive is meant, or a pattern for several, which are read in the order of their names",
    },
    OptionDoc {
        name: "recognise",
        form: "true or false",
        default: "true",
        meaning: "whether gzip, bzip2, zstd, zip and tar are known by the first bytes and undone; else files are read as they lie",
    },
    OptionDoc {
        name: "max_bytes",
        form: "whole number",
        default: "1099511627776",
        meaning: "the most bytes that a packed file may unpack to",
    },
    OptionDoc {
        name: "max_ratio",
        form: "whole number",
        default: "1000",
        meaning: "the most bytes that one packed byte may unpack to, once a GiB is unpacked: more is a bomb, not a file",
    },
    OptionDoc {
        name: "max_copy_bytes",
        form: "whole number",
        default: "68719476736",
        meaning: "the most bytes of a private copy on this machine's disk, which databases, spreadsheets and archives from elsewhere need",
    },
];

impl Origin {
    /// Reads the tables; notes what is wrong in the section.
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        let mut place = section.section("from");
        let from = From::configure(&mut place);
        section.problems.extend(place.problems);
        let mut own = section.section("unpack");
        let unpack = unpack(&mut own);
        section.problems.extend(own.problems);
        let mut dropped = section.section("drop");
        let settings = DropSettings::configure(&mut dropped);
        let from = from?;
        if settings.is_some() && !matches!(from, From::Here) {
            let sentence =
                "files are dropped into a folder of this machine, so `[drop]` does not go with `[from]`";
            dropped.problems.push(Problem::new("source.either-or", sentence).at(dropped.here()));
        }
        section.problems.extend(dropped.problems);
        Some(Self { from, unpack, dropped: settings })
    }
}

fn unpack(section: &mut Section<'_>) -> Unpack {
    let known: Vec<&str> = UNPACK_OPTIONS.iter().map(|option| option.name).collect();
    section.refuse_unknown(&known);
    let member = section.text("member").and_then(|written| {
        section.problems.keep(pattern(&written.value).map_err(|problem| problem.at(written.place)))
    });
    let limits = Limits {
        bytes: section.number("max_bytes", 1).unwrap_or(Limits::DEFAULT.bytes),
        ratio: section.number("max_ratio", 1).unwrap_or(Limits::DEFAULT.ratio),
        copy: section.number("max_copy_bytes", 1).unwrap_or(Limits::DEFAULT.copy),
    };
    Unpack { recognise: section.flag("recognise").unwrap_or(true), member, limits }
}
