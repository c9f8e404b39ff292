//! The registry's files: a made-up register of charities, how it is mapped, and what was agreed about it.

use concordat_record::Subject;

pub const SOURCE: &str = "kind = \"csv\"\npath = \"legacy/charities.csv\"\n";

pub const REGISTER: &str = r#"title = "Charities"
class = "LegalEntity"
source = "charities"
key = "id"

[properties]
legalName = "trim(name)"
"registeredAddress.thoroughfare" = "street"
"registeredAddress.postName" = "town"
"registeredAddress.postCode" = "zip"
"registeredAddress.adminUnitL2" = "state"

[facts.isRegistered]
title = "Is it registered?"
type = "boolean"
sql = "status = 'active'"

[facts.income]
title = "Its income in US dollars"
type = "text"
sql = "income"

[facts.registeredSince]
title = "Since when?"
type = "text"
sql = "since"

[[check]]
name = "has a name"
sql = "legalName IS NOT NULL AND legalName <> ''"
severity = "required"
message = "a charity without a name cannot be recognised"

[[test]]
name = "an active charity"
given = { id = "1", name = "Harbor Trust", status = "active" }
expect = { legalName = "Harbor Trust", isRegistered = true }
"#;

pub const AGREEMENT: &str = r#"agreement = "grants-charities"
version = 1
title = "Registration of grant applicants"
summary = "The grants office asks whether an applicant is a registered charity, instead of asking for a letter."
provider = "US/GOV/REGISTRY/CHARITIES"
consumer = "US/GOV/GRANTS/OFFICE"
from = "2026-01-01"
until = "2026-12-31"
register = "charities"
purposes = [
  { name = "grant-eligibility", text = "Deciding whether an applicant may receive a grant.", legal_basis = "2 CFR 200.206" },
]
facts = [
  { name = "isRegistered", type = "boolean", why = "only registered charities may apply" },
  { name = "registeredSince", why = "the registration must be two years old" },
]
known = [
  "legalName",
  "registeredAddress.thoroughfare",
  "registeredAddress.postName",
  "registeredAddress.postCode",
  "registeredAddress.adminUnitL2",
]
[matching]
threshold = 0.9
confirmed_by_person = false
[limits]
per_day = 5
case_reference_required = true
"#;

/// The made-up charities, as CSV.
pub fn charities(count: usize) -> String {
    let mut text = "id,name,street,town,zip,state,status,since,income\n".to_owned();
    for number in 0..count {
        text += &charity(number);
    }
    text
}

pub fn charity(number: usize) -> String {
    let (name, street, town, zip) = (legal_name(number), street(number), town(number), zip(number));
    let status = if number % 7 == 6 { "struck off" } else { "active" };
    let income = 1000 * number + 17;
    format!("{number},{name},{street},{town},{zip},ME,{status},19{:02}-05-01,{income}\n", number % 100)
}

const FIRST: [&str; 12] = [
    "Harbor",
    "Bright River",
    "Old Mill",
    "Hill",
    "Cedar",
    "Copper",
    "Granite",
    "Juniper",
    "Lantern",
    "Meadow",
    "North Star",
    "Pine",
];
const SECOND: [&str; 5] = ["Trust", "Food Bank", "Music School", "Clinic", "Animal Rescue"];
const TOWNS: [(&str, &str); 4] =
    [("Portland", "04101"), ("Bangor", "04401"), ("Orono", "04473"), ("Bath", "04530")];

fn legal_name(number: usize) -> String {
    let series = match number / 60 {
        0 => String::new(),
        series => format!(" {series}"),
    };
    format!("{} {}{series}", FIRST[number % 12], SECOND[number / 12 % 5])
}

fn street(number: usize) -> String {
    format!("{} Quay Street", number + 1)
}

fn town(number: usize) -> &'static str {
    TOWNS[number % 4].0
}

fn zip(number: usize) -> &'static str {
    TOWNS[number % 4].1
}

/// A charity as a clerk would type it.
pub fn subject(number: usize) -> Subject {
    Subject::new(
        "LegalEntity",
        [
            ("legalName", legal_name(number)),
            ("registeredAddress.thoroughfare", street(number)),
            ("registeredAddress.postName", town(number).to_owned()),
            ("registeredAddress.postCode", zip(number).to_owned()),
            ("registeredAddress.adminUnitL2", "ME".to_owned()),
        ],
    )
}
