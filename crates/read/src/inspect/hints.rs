//! Which column names suggest which property of the vocabulary: one list, read by people and by `inspect`.

/// A property and the column names that suggest it, the surest first.
pub(super) struct Hint {
    pub property: &'static str,
    pub names: &'static [&'static str],
}

/// Column names that only a register of people has.
pub(super) const PERSONAL: &[&str] = &[
    "birth",
    "born",
    "dob",
    "birthdate",
    "date_of_birth",
    "surname",
    "lastname",
    "last_name",
    "family_name",
    "firstname",
    "first_name",
    "given_name",
    "forename",
    "maiden_name",
    "gender",
    "sex",
    "vorname",
    "nachname",
    "geburtsdatum",
];

/// Properties of a legal entity.
pub(super) const LEGAL_ENTITY: &[Hint] = &[
    Hint {
        property: "legalName",
        names: &[
            "legal_name",
            "organisation_name",
            "organization_name",
            "company_name",
            "institution_name",
            "facility_name",
            "entity_name",
            "instnm",
            "firm_name",
            "name",
        ],
    },
    Hint {
        property: "legalIdentifier",
        names: &[
            "registration_number",
            "company_number",
            "ein",
            "tax_id",
            "vat_number",
            "unitid",
            "facility_id",
            "identifier",
            "number",
            "id",
        ],
    },
    Hint {
        property: "alternativeName",
        names: &["alternative_name", "trade_name", "sort_name", "alias", "ialias", "dba", "short_name"],
    },
    Hint {
        property: "registeredAddress.thoroughfare",
        names: &[
            "street",
            "street_address",
            "address_line_1",
            "address_1",
            "address",
            "addr",
            "thoroughfare",
            "strasse",
        ],
    },
    Hint {
        property: "registeredAddress.postName",
        names: &["city", "city_town", "town", "locality", "post_name", "municipality", "ort"],
    },
    Hint {
        property: "registeredAddress.postCode",
        names: &["post_code", "postcode", "zip_code", "zip", "postal_code", "zipcode", "plz"],
    },
    Hint {
        property: "registeredAddress.adminUnitL2",
        names: &["state", "stabbr", "province", "region", "county", "bundesland"],
    },
    Hint { property: "registeredAddress.adminUnitL1", names: &["country", "country_code", "nation"] },
    Hint {
        property: "registrationDate",
        names: &["registration_date", "date_registered", "incorporation_date", "founded"],
    },
    Hint { property: "legalEntityStatus", names: &["status", "company_status"] },
    Hint {
        property: "legalFormType",
        names: &["legal_form", "company_type", "organization_type", "organisation_type"],
    },
    Hint {
        property: "contactPoint.hasTelephone",
        names: &["telephone_number", "telephone", "phone_number", "phone", "gentele"],
    },
    Hint { property: "contactPoint.hasEmail", names: &["email", "e_mail", "email_address"] },
    Hint {
        property: "contactPoint.contactPage",
        names: &["website", "webaddr", "web_address", "url", "homepage"],
    },
];

/// Properties of a person.
pub(super) const PERSON: &[Hint] = &[
    Hint { property: "givenName", names: &["given_name", "first_name", "firstname", "forename", "vorname"] },
    Hint { property: "familyName", names: &["family_name", "last_name", "lastname", "surname", "nachname"] },
    Hint { property: "fullName", names: &["full_name", "name"] },
    Hint { property: "birthName", names: &["birth_name", "maiden_name"] },
    Hint {
        property: "dateOfBirth",
        names: &["date_of_birth", "birth_date", "birthdate", "dob", "born", "geburtsdatum"],
    },
    Hint { property: "dateOfDeath", names: &["date_of_death", "death_date"] },
    Hint { property: "sex", names: &["sex"] },
    Hint { property: "gender", names: &["gender"] },
    Hint {
        property: "identifier.notation",
        names: &["person_id", "national_id", "ssn", "identifier", "number", "id"],
    },
    Hint {
        property: "domicile.thoroughfare",
        names: &["street", "street_address", "address_line_1", "address_1", "address", "addr", "strasse"],
    },
    Hint {
        property: "domicile.postName",
        names: &["city", "town", "suburb", "locality", "municipality", "ort"],
    },
    Hint {
        property: "domicile.postCode",
        names: &["post_code", "postcode", "zip_code", "zip", "postal_code", "plz"],
    },
    Hint { property: "domicile.adminUnitL2", names: &["state", "province", "region", "county"] },
    Hint { property: "domicile.adminUnitL1", names: &["country", "country_code"] },
    Hint {
        property: "contactPoint.hasTelephone",
        names: &["telephone_number", "telephone", "phone_number", "phone"],
    },
    Hint { property: "contactPoint.hasEmail", names: &["email", "e_mail", "email_address"] },
];

/// How well a column name fits a hint, from 0 (not at all); the surest names count most.
pub(super) fn fit(column: &str, hint: &Hint) -> u32 {
    let score = |(place, name): (usize, &&str)| {
        let rank = 20u32.saturating_sub(place as u32);
        let words: Vec<&str> = column.split('_').collect();
        let wanted: Vec<&str> = name.split('_').collect();
        if column == *name {
            200 + rank
        } else if words.ends_with(&wanted) {
            100 + rank
        } else if wanted.len() > 1 && words.starts_with(&wanted) {
            50 + rank
        } else {
            0
        }
    };
    hint.names.iter().enumerate().map(score).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use concordat_record::Vocabulary;

    use super::{LEGAL_ENTITY, PERSON};

    #[test]
    fn every_hint_leads_to_a_value_of_the_vocabulary() {
        for (class, hints) in [("LegalEntity", LEGAL_ENTITY), ("Person", PERSON)] {
            for hint in hints {
                assert!(Vocabulary::core().path(class, hint.property).is_ok(), "{class} {}", hint.property);
            }
        }
    }
}
