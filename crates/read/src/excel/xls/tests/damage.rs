//! Workbooks that lie or are damaged: a problem each, or fewer rows, and never a panic, a hang or more memory than the file is worth.

use std::fs::{self, File};

use super::super::super::book::Book;
use super::super::super::cell::Area;
use super::writer::{cell, compound, formats, label, number, part, plain, record, text, words};
use super::{head, hidden_and_merged};
use tempfile::tempdir;

/// Reads all there is; what comes out does not matter, but that it ends.
fn survive(bytes: &[u8]) {
    let base = tempdir().unwrap();
    let path = base.path().join("a.xls");
    fs::write(&path, bytes).unwrap();
    let Ok(mut book) = Book::open(File::open(&path).unwrap(), "a.xls") else { return };
    for sheet in book.sheets() {
        let _ = book.layout(&sheet.name);
        let mut cells = 0;
        let _ = book.rows(&sheet.name, Area::ALL, |row| {
            cells += row.cells.len();
            Ok(true)
        });
        assert!(cells <= bytes.len(), "more cells than bytes");
    }
}

/// A workbook with one of everything.
fn everything() -> Vec<u8> {
    let shared = [&2u32.to_le_bytes()[..], &2u32.to_le_bytes(), &text("Zoë"), &text("Łódź")].concat();
    let shared = [
        vec![record(0x0022, &words(&[1])), record(0x041e, &[words(&[164]), text("dd\\.mm\\.yyyy")].concat())],
        formats(&[0, 14, 164]),
        vec![record(0x00fc, &shared), record(0x003c, &[0; 4])],
    ]
    .concat();
    let mut sheet = vec![record(0x0200, &[0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0, 0])];
    sheet.extend(hidden_and_merged());
    let formula = [0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
    sheet.extend([
        cell(0x00fd, 3, 0, &[1, 0, 0, 0]),
        number(3, 1, 2, 45_443.0),
        cell(0x0205, 3, 2, &[1, 1]),
        record(0x00bd, &[words(&[4, 0, 1, 2, 3, 1, 2, 4]), words(&[1])].concat()),
        part(0x0600, 0x0020, &[label(1, 1, "chart")]),
        cell(6, 5, 0, &formula),
        record(0x0207, &text("given")),
    ]);
    plain(&shared, &sheet)
}

/// Pseudo-random numbers that are the same each time (Marsaglia, "Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

#[test]
fn any_bytes_changed_are_survived() {
    const ODD: [u8; 8] = [0x00, 0xff, 0xfe, 0x7f, 0x80, 0x01, 0x09, 0x3c];
    for seed in 1..4000u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut bytes = everything();
        for _ in 0..=random.below(12) {
            // The header and the directory are a small part of the file, and the most dangerous one.
            let bound = if random.below(3) == 0 { 600 } else { bytes.len() };
            let (at, width) = (random.below(bound), 1 + random.below(4));
            let byte =
                if random.below(2) == 0 { ODD[random.below(ODD.len())] } else { random.below(256) as u8 };
            let end = (at + width).min(bytes.len());
            bytes[at..end].fill(byte);
        }
        survive(&bytes);
    }
}

#[test]
fn a_file_cut_anywhere_is_survived() {
    let bytes = everything();
    for length in 0..bytes.len() {
        survive(&bytes[..length]);
    }
}

/// A place in a compound file, and what is written there.
#[test]
fn lies_about_sectors_are_survived() {
    let large = compound(&[("Workbook", [super::workbook(0x0600, &[], &[]), vec![0; 5000]].concat())]);
    for bytes in [everything(), large] {
        // Of the header: shift, directory, length below which streams are small, small table, further tables, first table.
        for at in [30, 48, 56, 60, 68, 72, 76] {
            for lie in [0, 1, 2, 5, 0x7fff_ffff, 0xffff_fff9, 0xffff_fffa, 0xffff_fffe, u32::MAX] {
                let mut bytes = bytes.clone();
                bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                survive(&bytes);
            }
        }
        // Each word of the table, which is the last sector.
        let table = bytes.len() - 512;
        for word in 0..24 {
            for lie in [0, word, word + 1, 0x00ff_ffff, 0xffff_fffe, u32::MAX] {
                let mut bytes = bytes.clone();
                let at = table + 4 * word as usize;
                bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                survive(&bytes);
            }
        }
    }
}

#[test]
fn lengths_and_counts_that_lie_take_no_memory() {
    for records in [
        // A sheet of all rows and columns that holds one cell.
        vec![record(0x0200, &[0xff; 14]), head(1), label(65_535, 255, "far")],
        vec![record(0x00e5, &[0xff; 2])],
        vec![record(0x007d, &[0xff; 12]), record(0x0208, &[0xff; 16])],
        vec![cell(0x0204, 0, 0, &[0xff, 0xff, 1])],
        vec![record(0x00bd, &[0; 5]), record(0x00bd, &[]), record(0x0203, &[]), record(0x0205, &[0])],
        vec![words(&[0x0809, 0]); 10_000],
        // A workbook that lists a sheet which is not there.
        vec![record(0x0085, &[0xff; 10])],
    ] {
        survive(&plain(&[], &records));
        survive(&plain(&records, &records));
    }
}

#[test]
fn a_row_of_the_same_cell_over_and_over_is_one_cell() {
    let long = [&1u32.to_le_bytes()[..], &1u32.to_le_bytes(), &words(&[8000]), &[0], &[b'a'; 8000]].concat();
    let sheet: Vec<_> = (0..3000).map(|_| cell(0x00fd, 1, 0, &[0; 4])).collect();
    let found = super::read(&plain(&[record(0x00fc, &long)], &[vec![head(1)], sheet].concat()), "");
    assert_eq!(found.matches("aaaa").count(), 2000, "one cell of 8000 letters");
}
