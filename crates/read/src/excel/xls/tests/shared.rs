//! Texts that cells share, and that go on in other records wherever those begin.

use super::read;
use super::writer::{cell, plain, record, text, words};

/// What a text consists of: bytes that must stay together as they are, and letters, in front of which a record begins with a byte of its own.
enum Part {
    Plain(Vec<u8>),
    Letters(Vec<u16>),
}

/// Texts with fonts within them, of wide and narrow letters, and one that says how it is pronounced.
fn parts() -> Vec<Part> {
    let units = |text: &str| Part::Letters(text.encode_utf16().collect());
    let head = |count: u16, flags: u8| [&words(&[count])[..], &[flags]].concat();
    vec![
        Part::Plain(head(1, 0)),
        units("a"),
        Part::Plain([head(5, 8), words(&[1])].concat()),
        units("Zoë's"),
        Part::Plain(vec![1; 4]),
        Part::Plain([head(4, 4 | 1), vec![6, 0, 0, 0]].concat()),
        units("Łó𝄞"),
        Part::Plain(vec![2; 6]),
        Part::Plain(head(0, 0)),
        Part::Plain(head(3, 0)),
        units("end"),
    ]
}

/// The records of the texts, of which each letter, or each byte of the rest, may begin a new one: `cuts` says before which.
fn records(cuts: impl Fn(usize) -> bool, widens: bool) -> Vec<u8> {
    let mut all = vec![[&4u32.to_le_bytes()[..], &5u32.to_le_bytes()].concat()];
    let mut place = 0;
    let mut cut = |all: &mut Vec<Vec<u8>>| {
        place += 1;
        if cuts(place) {
            all.push(Vec::new());
            return true;
        }
        false
    };
    for part in parts() {
        match part {
            Part::Plain(bytes) => {
                for byte in bytes {
                    cut(&mut all);
                    all.last_mut().unwrap().push(byte);
                }
            }
            Part::Letters(units) => {
                let is_wide = units.iter().any(|unit| *unit > 0xff);
                let mut wide = is_wide;
                for unit in units {
                    if cut(&mut all) {
                        // A record may write the rest in another width.
                        wide = is_wide || widens;
                        all.last_mut().unwrap().push(u8::from(wide));
                    }
                    let bytes = unit.to_le_bytes();
                    all.last_mut().unwrap().extend(&bytes[..if wide { 2 } else { 1 }]);
                }
            }
        }
    }
    let kinds = std::iter::once(0x00fc).chain(std::iter::repeat(0x003c));
    kinds.zip(all).flat_map(|(kind, data)| record(kind, &data)).collect()
}

#[test]
fn shared_texts_are_the_same_wherever_they_are_split() {
    let shared = |row: u16, index: u32| cell(0x00fd, row, 0, &index.to_le_bytes());
    let sheet = [shared(0, 0), shared(1, 1), shared(2, 2), shared(3, 3), shared(4, 4)];
    let expected = "{\"a\":\"Zoë's\"\n{\"a\":\"Łó𝄞\"\n{\"a\":\"end\"";
    let check = |cuts: &dyn Fn(usize) -> bool, widens: bool| {
        assert_eq!(read(&plain(&[records(cuts, widens)], &sheet), ""), expected);
    };
    check(&|_| false, false);
    for widens in [false, true] {
        check(&|_| true, widens);
        for at in 1..60 {
            check(&|place| place == at, widens);
        }
        for every in 2..5 {
            check(&|place| place % every == 0, widens);
        }
    }
}

#[test]
fn a_number_of_texts_that_is_a_lie_takes_no_memory() {
    let lie = [&u32::MAX.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &text("a")].concat();
    let sheet = [cell(0x00fd, 0, 0, &[0; 4]), cell(0x0203, 1, 0, &1f64.to_le_bytes())];
    assert_eq!(read(&plain(&[record(0x00fc, &lie)], &sheet), ""), "{\"a\":1");
}

#[test]
fn more_shared_texts_than_can_be_held_are_a_problem() {
    let mut records = vec![record(0x00fc, &[0, 0, 0, 0, 0xff, 0xff, 0, 0])];
    let long = [&words(&[8000])[..], &[0], &[b'a'; 8000]].concat();
    records.extend((0..600).map(|_| record(0x003c, &long)));
    let found = read(&plain(&records, &[]), "");
    assert!(found.starts_with("error[excel.too-large]"), "{found}");
}

#[test]
fn a_long_text_of_a_formula_goes_on_in_another_record() {
    let formula = [0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
    let begin = [&words(&[5])[..], &[0], b"lo"].concat();
    let sheet = [
        super::head(1),
        cell(6, 1, 0, &formula),
        record(0x0207, &begin),
        record(0x003c, &[&[1][..], &words(&[0x6e, 0x67, 0x21])].concat()),
    ];
    assert_eq!(read(&plain(&[], &sheet), ""), "{\"a\":\"long!\"");
}
