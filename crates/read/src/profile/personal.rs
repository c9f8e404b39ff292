//! Which columns likely hold personal data, by their names and the forms of their values. A hint for the person who maps them and for the data
//! protection officer; that a column is not marked proves nothing.

/// Words of column names, and what they suggest. A name is cut at `_`; a word of several parts must stand in it in this order.
const WORDS: &[(&str, &[&str])] = &[
    (
        "date of birth",
        &["birth", "born", "dob", "birthdate", "geburtsdatum", "geboren", "naissance", "nacimiento"],
    ),
    (
        "name of a person",
        &[
            "surname",
            "lastname",
            "last_name",
            "family_name",
            "firstname",
            "first_name",
            "given_name",
            "forename",
            "middle_name",
            "maiden_name",
            "full_name",
            "person_name",
            "patient_name",
            "vorname",
            "nachname",
            "familienname",
            "prenom",
            "apellido",
            "contact_name",
            "contact_person",
        ],
    ),
    (
        "national number of a person",
        &[
            "ssn",
            "national_id",
            "personal_code",
            "personnummer",
            "social_security",
            "nino",
            "bsn",
            "codice_fiscale",
            "passport",
            "steuer_id",
        ],
    ),
    ("sex", &["sex", "gender", "geschlecht", "sexe"]),
    ("e-mail address", &["email", "e_mail", "mail"]),
    ("telephone number", &["phone", "telephone", "mobile", "telefon", "cell", "fax"]),
    ("bank account", &["iban", "account_number", "bank_account", "kontonummer"]),
    ("health", &["diagnosis", "disability", "icd", "blood", "medical"]),
    ("belief or origin", &["religion", "ethnicity", "race", "nationality", "konfession"]),
];

/// When so large a share of the values looks like an e-mail address, the column holds such.
const MOSTLY: f64 = 0.8;

/// What a column likely holds.
pub(super) fn personal(column: &str, values: &[String]) -> Option<&'static str> {
    let padded = format!("_{}_", column.to_lowercase());
    let by_name =
        WORDS.iter().find(|(_, words)| words.iter().any(|word| padded.contains(&format!("_{word}_"))));
    let emails = values.iter().filter(|value| is_email(value)).count();
    let by_form = !values.is_empty() && emails as f64 >= MOSTLY * values.len() as f64;
    by_name.map(|(what, _)| *what).or(by_form.then_some("e-mail address"))
}

fn is_email(value: &str) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains(['@', ' ']))
}
