use std::fmt::Write as _;

use super::infer;
use crate::clues::Sample;
use crate::copybook::CodePage;

fn inferred(text: &str) -> Option<Vec<(usize, usize)>> {
    let sample = Sample { name: "a.txt".into(), bytes: text.as_bytes().to_vec(), size: text.len() as u64 };
    infer(&sample).map(|found| found.columns)
}

#[test]
fn columns_begin_where_something_changes_in_all_lines() {
    let people = "00017MILLER    1980010100012\n00018BO        1975123199812\n00019SCHNEIDER 1990063000007\n00020LI        2001022900300\n";
    assert_eq!(inferred(people), Some(vec![(0, 5), (5, 15), (15, 28)]));
    let spaced = "AB   12  x\nCDE   3  y\nF   456  z\nGH    7  x\n";
    assert_eq!(inferred(spaced), Some(vec![(0, 4), (4, 9), (9, 10)]));
}

#[test]
fn letters_of_dos_are_told_from_those_of_windows() {
    let names = ["Müller", "Björn", "Jäger", "Übelhör", "Weiß", "Strauß", "Göbel", "Hämmerle"];
    for encoding in ["cp850", "windows-1252", "utf-8"] {
        let page = CodePage::named(encoding).unwrap();
        let bytes: Vec<u8> = (0..40)
            .flat_map(|index| {
                let name = format!("{:<12}", names[index % names.len()]);
                [format!("{index:05}").into_bytes(), page.encode(&name).unwrap(), b"NY\n".to_vec()].concat()
            })
            .collect();
        let sample = Sample { name: "a.txt".into(), size: bytes.len() as u64, bytes };
        assert_eq!(infer(&sample).unwrap().encoding, encoding);
    }
}

/// Records whose numbers stand side by side.
fn records(line: impl Fn(u32) -> String) -> String {
    (0..200).fold(String::new(), |mut all, index| {
        let _ = writeln!(all, "{}", line(index));
        all
    })
}

#[test]
fn numbers_side_by_side_are_told_apart_by_dates_zeros_and_blanks() {
    // Digits without an order.
    let any = |index: u32, digits: usize| {
        let number =
            u64::from(index).wrapping_mul(2_654_435_761).wrapping_mul(97) % 10_u64.pow(digits as u32);
        format!("{number:0digits$}")
    };
    let dates = records(|index| {
        format!(
            "{}{:04}{:02}{:02}{}",
            any(index, 7),
            1950 + index % 60,
            1 + index % 12,
            1 + index % 28,
            any(index + 9, 5)
        )
    });
    assert_eq!(inferred(&dates), Some(vec![(0, 7), (7, 15), (15, 20)]));
    let alone = records(|index| {
        format!(
            "{:04}{:02}{:02} {:04}{:02}",
            1950 + index % 60,
            1 + index % 12,
            1 + index % 28,
            1990 + index % 30,
            1 + index % 12
        )
    });
    assert_eq!(inferred(&alone), Some(vec![(0, 9), (9, 15)]), "a date is not taken apart");
    let zeros = records(|index| format!("{}{:010}{:08}", any(index, 6), index * 7, index * 31));
    assert_eq!(inferred(&zeros), Some(vec![(0, 6), (6, 16), (16, 24)]));
    let blanks = records(|index| format!("{}{:>4}{:>3}", any(index, 6), index * 7, index));
    assert_eq!(inferred(&blanks), Some(vec![(0, 6), (6, 10), (10, 13)]));
    let behind_letter =
        records(|index| format!("{}{:>4} note", if index % 3 == 0 { 'M' } else { 'F' }, index * 7));
    assert_eq!(inferred(&behind_letter), Some(vec![(0, 1), (1, 6), (6, 10)]));
    let leading = records(|index| format!("{:>6}{:<8}x", index, ["Ann", "Bob"][index as usize % 2]));
    assert_eq!(
        inferred(&leading),
        Some(vec![(0, 6), (6, 14), (14, 15)]),
        "blanks before a number are its own"
    );
    let code = records(|index| format!("K{}{:<6}", any(index, 4), ["ab", "abcd"][index as usize % 2]));
    assert_eq!(
        inferred(&code),
        Some(vec![(0, 5), (5, 11)]),
        "a letter that is always the same begins a code"
    );
}

#[test]
fn blanks_that_are_cut_off_at_the_ends_of_lines_do_no_harm() {
    let cut = records(|index| {
        format!(
            "{index:06} {:<8}{}",
            ["Ann", "Barbara"][index as usize % 2],
            ["", "note"][index as usize % 2]
        )
        .trim_end()
        .to_owned()
    });
    assert_eq!(inferred(&cut), Some(vec![(0, 7), (7, 15), (15, 19)]));
}

#[test]
fn a_rule_of_dashes_shows_the_columns_and_what_stands_above_it_their_names() {
    let report =
        format!("CASE   NAME\n------ ----------\n{}", records(|index| format!("{index:06} name {index}")));
    let sample =
        Sample { name: "a.txt".into(), bytes: report.clone().into_bytes(), size: report.len() as u64 };
    let found = infer(&sample).unwrap();
    assert_eq!((found.columns, found.skip_lines), (vec![(0, 7), (7, 17)], 2));
    assert_eq!(found.names.unwrap(), ["CASE", "NAME"]);
}

#[test]
fn prose_programs_and_delimited_text_have_no_columns() {
    for text in [
        "a,b,cccc,d\ne,f,gggg,h\ni,j,kkkk,l\nm,n,oooo,p\n",
        "short\nlines\nof\na poem\nthat is longer here\n",
        "",
        "one line only of some length\n",
        include_str!("mod.rs"),
        include_str!("../../../../../README.md"),
        include_str!("../../../../../LICENSE"),
    ] {
        assert_eq!(inferred(text), None, "{text}");
    }
}
