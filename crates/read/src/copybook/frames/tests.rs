//! However a file is read in pieces, its records are the same.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::tempdir;

use super::{Block, Divided, Division, FileOptions, Frames, Framing, Lists, Window};
use crate::cases::folders;
use crate::copybook::code_page::CodePage;
use crate::copybook::layout::{Dialect, Layout};
use crate::copybook::plan::{Plan, PlanOptions};
use crate::copybook::tests::bytes_of;
use crate::copybook::values::Machine;
use crate::file::SourceFile;
use crate::kinds::Location;
use crate::pipeline::Cut;

/// A framing that is given only so many bytes at first.
struct InPieces(Box<dyn Framing>, usize);

impl Framing for InPieces {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        self.0.divide(bytes, last)
    }

    fn format(&self) -> &'static str {
        self.0.format()
    }

    fn wanted(&self) -> usize {
        self.1
    }

    fn fixed_length(&self) -> Option<usize> {
        self.0.fixed_length()
    }
}

/// Every record and gap of a file: its number, its place, its bytes or problem.
fn divided(
    file: &Path,
    framing: Box<dyn Framing>,
    window: Window,
    piece: Option<usize>,
) -> Vec<(u64, u64, String)> {
    let at = Location::here(file.parent().unwrap(), "a.dat");
    let framing = match piece {
        Some(piece) => Box::new(InPieces(framing, piece)),
        None => framing,
    };
    let mut frames = Frames::new(SourceFile::open(&at).unwrap(), framing, window);
    let division: Division = frames.division();
    let mut all = Vec::new();
    while let Some(block) = frames.next().unwrap() {
        all.extend(shown(&block, division.fixed_length.unwrap_or_default()));
    }
    all.sort();
    all
}

fn shown(block: &Block, length: usize) -> Vec<(u64, u64, String)> {
    let records = (0..block.starts.len()).map(|index| {
        (block.number_of(index), block.offset_of(index), format!("{:02x?}", block.record(index, length)))
    });
    let gaps = block.gaps.iter().enumerate().map(|(index, gap)| {
        (block.number_of_gap(index), gap.byte_offset, format!("{} {:02x?}", gap.problem.code, gap.raw))
    });
    records.chain(gaps).collect()
}

/// The layout and options of a case that has any.
fn options_of(folder: &Path) -> Option<(FileOptions, Layout, Machine)> {
    let text = fs::read_to_string(folder.join("source.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let own = table.get("copybook")?.as_table()?;
    let page = own.get("code_page").and_then(toml::Value::as_str).unwrap_or("cp037");
    let machine =
        Machine { little_endian: false, hexadecimal_float: true, ..Machine::of(CodePage::named(page).ok()?) };
    let layout =
        Layout::parse(&fs::read_to_string(folder.join("layout.cpy")).unwrap(), "a.cpy", Dialect::default())
            .ok()?;
    let (table, _) = toml::de::DeTable::parse_recoverable(&text);
    let mut section = crate::section::Section::root(&text, "a.toml", table.get_ref()).section("copybook");
    let mut options = FileOptions::read(&mut section);
    if own.get("variable_occurs").and_then(toml::Value::as_str) == Some("shift") {
        let plan = Plan::new(&layout, &PlanOptions { moving: true, ..PlanOptions::default() }).ok()?;
        options = options.ending_with(Lists::of(&plan.nodes, &machine)?);
    }
    (!section.problems.has_errors()).then_some((options, layout, machine))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_of_a_file_gives_the_same_records(
        case in 0usize..1000,
        piece in 1usize..40,
        times in 1usize..4,
        changed in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let folders = folders("copybook");
        let folder = &folders[case % folders.len()];
        let Some((options, layout, machine)) = options_of(folder) else { return Ok(()) };
        let mut data = bytes_of(&fs::read_to_string(folder.join("records.hex")).unwrap()).repeat(times);
        if let Some((index, byte)) = changed && !data.is_empty() {
            let place = index.index(data.len());
            data[place] = byte;
        }
        let base = tempdir().unwrap();
        let file = base.path().join("a.dat");
        fs::write(&file, &data).unwrap();
        let framing = || options.framing(&layout, &machine);
        let (Ok(whole), Ok(pieces)) = (framing(), framing()) else { return Ok(()) };
        let window = options.window;
        let expected = divided(&file, whole, window, None);
        prop_assert_eq!(divided(&file, pieces, window, Some(piece)), expected, "{}", folder.display());
    }
}
