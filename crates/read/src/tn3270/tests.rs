//! Scripts at the practice host.

use std::fs;
use std::path::Path;

use concordat_tn3270::host::{Manners, PracticeHost};

use crate::Source;
use crate::cases::{check, folders, outcome};

fn host() -> PracticeHost {
    PracticeHost::start(0, Manners { extended: true, organisations: 30, ..Manners::default() }).unwrap()
}

#[test]
fn cases() {
    let host = host();
    let port = host.port().to_string();
    for folder in folders("tn3270") {
        let source = fs::read_to_string(folder.join("source.toml")).unwrap().replace("PORT", &port);
        check(&folder, &outcome(&source, &folder).replace(&port, "PORT"));
    }
}

#[test]
fn a_question_walks_to_its_answer() {
    let host = host();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/tn3270/one-organisation");
    let text =
        fs::read_to_string(folder.join("source.toml")).unwrap().replace("PORT", &host.port().to_string());
    let source = Source::parse(&text, "source.toml").unwrap();
    assert_eq!(source.parameters(std::path::Path::new(".")).unwrap(), ["name"]);
    let ask = |name: &str| source.ask(&folder, &[("name".into(), name.into())]);
    assert_eq!(ask("hospital trust 5").unwrap().batch.num_rows(), 1);
    assert_eq!(ask("no such name").unwrap().batch.num_rows(), 0);
    let problem = ask("x".repeat(31).as_str()).unwrap_err();
    assert_eq!((problem.code, problem.place.field.as_deref()), ("tn3270.field-too-short", Some("step 2")));
}
