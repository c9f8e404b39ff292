//! Months by name, in the languages that files of public bodies are written in.

/// The names of each month in lower case: English, German, French, Spanish, Italian, Portuguese, Dutch, Danish and Norwegian, Swedish,
/// Polish. Abbreviations of three letters and more are recognised by themselves; the others stand here.
const NAMES: [&[&str]; 12] = [
    &[
        "january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia",
        "styczeń",
    ],
    &[
        "february",
        "februar",
        "feber",
        "février",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
        "lutego",
        "luty",
    ],
    &["march", "märz", "mrz", "mars", "marzo", "março", "maart", "mrt", "marts", "marca", "marzec"],
    &["april", "avril", "abril", "aprile", "kwietnia", "kwiecień"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "maj", "maja"],
    &["june", "juni", "juin", "junio", "giugno", "junho", "czerwca", "czerwiec"],
    &["july", "juli", "juillet", "julio", "luglio", "julho", "lipca", "lipiec"],
    &["august", "août", "agosto", "augustus", "augusti", "sierpnia", "sierpień"],
    &["september", "septembre", "septiembre", "setiembre", "settembre", "setembro", "września", "wrzesień"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "października", "październik"],
    &["november", "novembre", "noviembre", "novembro", "listopada", "listopad"],
    &[
        "december",
        "dezember",
        "décembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "desember",
        "grudnia",
        "grudzień",
    ],
];

/// The number of a month, from one, by its name or an abbreviation that no other month has.
pub(super) fn month_of(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    let fits = |names: &&[&str]| names.iter().any(|name| name.starts_with(&word));
    let mut found = NAMES.iter().enumerate().filter(|(_, names)| fits(names));
    let exact = NAMES.iter().position(|names| names.contains(&word.as_str()));
    let ((Some(month), ..) | (None, Some((month, _)), None)) = (exact, found.next(), found.next()) else {
        return None;
    };
    u32::try_from(month + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::month_of;

    #[test]
    fn a_month_is_known_by_its_name_or_an_abbreviation_that_only_it_has() {
        for (word, month) in [
            ("Jan", Some(1)),
            ("FEBRUARY", Some(2)),
            ("févr", Some(2)),
            ("Mär", Some(3)),
            ("mars", Some(3)),
            ("avr", Some(4)),
            ("MAI", Some(5)),
            ("juin", Some(6)),
            ("juil", Some(7)),
            ("jui", None),
            ("août", Some(8)),
            ("Sept", Some(9)),
            ("Okt", Some(10)),
            ("nov", Some(11)),
            ("Dez", Some(12)),
            ("ma", None),
            ("Monday", None),
            ("", None),
        ] {
            assert_eq!(month_of(word), month, "{word}");
        }
    }
}
