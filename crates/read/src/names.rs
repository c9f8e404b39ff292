//! Names of legacy fields turned into names that SQL reads without quotation marks.

use std::collections::{HashMap, HashSet};

/// A name in lower snake case: letters, digits and single `_`, beginning with a letter.
///
/// `EO-NAME` → `eo_name`, `Facility ID` → `facility_id`, `LegalName` → `legal_name`, `2020 total` → `column_2020_total`.
/// Letters with marks keep their base letter where there is one (`Straße` → `strasse`); others are kept as they are.
pub(crate) fn snake_case(name: &str) -> String {
    let mut words = String::new();
    let mut last = ' ';
    let mut letters = name.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|next| next.is_lowercase());
        let hump = letter.is_uppercase()
            && (last.is_lowercase()
                || (last.is_ascii_digit() && next_is_lower)
                || (last.is_uppercase() && next_is_lower));
        if !letter.is_alphanumeric() || hump {
            words.push('_');
        }
        if letter.is_alphanumeric() {
            push_plain(&mut words, letter);
        }
        last = letter;
    }
    let joined: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    let joined = joined.join("_");
    match joined.chars().next() {
        None => "column".into(),
        Some(first) if first.is_numeric() => format!("column_{joined}"),
        Some(_) => joined,
    }
}

/// Adds a letter in lower case, without its mark when it is a letter of Latin-1.
fn push_plain(out: &mut String, letter: char) {
    const FOLDED: [(&str, &str); 13] = [
        ("àáâãåÀÁÂÃÅ", "a"),
        ("äæÄÆ", "ae"),
        ("çÇ", "c"),
        ("èéêëÈÉÊË", "e"),
        ("ìíîïÌÍÎÏ", "i"),
        ("ñÑ", "n"),
        ("òóôõÒÓÔÕ", "o"),
        ("öøÖØ", "oe"),
        ("ùúûÙÚÛ", "u"),
        ("üÜ", "ue"),
        ("ýÿÝ", "y"),
        ("ß", "ss"),
        ("ðÐ", "d"),
    ];
    match FOLDED.iter().find(|(letters, _)| letters.contains(letter)) {
        Some((_, plain)) => out.push_str(plain),
        None => out.extend(letter.to_lowercase()),
    }
}

/// Unique names for items that each have a chain of names, outermost first: the last one where it is unique, else as many of
/// the groups around it as are needed, else a number at the end.
pub(crate) fn unique_names(chains: &[Vec<&str>]) -> Vec<String> {
    let mut depth = vec![1usize; chains.len()];
    loop {
        let names: Vec<String> =
            chains.iter().zip(&depth).map(|(chain, depth)| qualified(chain, *depth)).collect();
        let mut count: HashMap<&str, usize> = HashMap::new();
        for name in &names {
            *count.entry(name).or_default() += 1;
        }
        let mut deepened = false;
        for (index, name) in names.iter().enumerate() {
            if count.get(name.as_str()).is_some_and(|count| *count > 1) && depth[index] < chains[index].len()
            {
                depth[index] += 1;
                deepened = true;
            }
        }
        if !deepened {
            return numbered(names);
        }
    }
}

fn qualified(chain: &[&str], depth: usize) -> String {
    snake_case(&chain[chain.len().saturating_sub(depth)..].join("_"))
}

fn numbered(names: Vec<String>) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    let all: HashSet<String> = names.iter().cloned().collect();
    names
        .into_iter()
        .map(|name| {
            let mut unique = name.clone();
            let mut number = 1;
            while taken.contains(&unique) || (number > 1 && all.contains(&unique)) {
                number += 1;
                unique = format!("{name}_{number}");
            }
            taken.insert(unique.clone());
            unique
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{snake_case, unique_names};

    #[test]
    fn any_name_becomes_one_that_sql_reads_unquoted() {
        for (name, expected) in [
            ("EO-NAME", "eo_name"),
            ("Facility ID", "facility_id"),
            ("City/Town", "city_town"),
            ("LegalName", "legal_name"),
            ("HTTPServer", "http_server"),
            ("C18BASIC", "c18basic"),
            ("LEVEL_", "level"),
            ("_record_number", "record_number"),
            ("2020 total", "column_2020_total"),
            ("Straße (Größe)", "strasse_groesse"),
            ("", "column"),
            ("%%", "column"),
        ] {
            assert_eq!(snake_case(name), expected, "{name}");
        }
    }

    #[test]
    fn the_same_name_in_two_groups_is_told_apart_by_the_group() {
        let chains = vec![
            vec!["REC", "HOME", "STREET"],
            vec!["REC", "WORK", "STREET"],
            vec!["REC", "NAME"],
            vec!["NAME"],
            vec!["A"],
            vec!["A"],
        ];
        let expected = ["home_street", "work_street", "rec_name", "name", "a", "a_2"];
        assert_eq!(unique_names(&chains), expected);
    }
}
