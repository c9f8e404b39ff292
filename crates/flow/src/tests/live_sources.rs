//! Live registers behind each kind of source that is no REST service: SOAP, a green screen, a database.
//!
//! Servers of databases are asked in the tests of `read`; to a register they are what SQLite is.

use std::fmt::Write;

use concordat_record::Subject;
use concordat_tn3270::host::{Manners, PracticeHost};

use super::bodies::*;
use super::legacy::Legacy;
use crate::{Ask, check};

const COLUMNS: [&str; 9] = ["id", "name", "street", "town", "zip", "state", "status", "since", "income"];

/// What becomes of questions about some subjects, one after the other.
async fn ended_with(bodies: &Bodies, subjects: &[Subject]) -> Vec<String> {
    let (charities, grants) = (bodies.charities.start(), bodies.grants.start());
    let mut told = Vec::new();
    for subject in subjects {
        told.push(ended(&grants.ask(Ask { subject: subject.clone(), ..question() }).await));
    }
    let logged = subjects.len() as u64;
    assert_eq!((charities.log_state().unwrap().0, grants.log_state().unwrap().0), (logged, logged));
    assert!(!bodies.charities.folder.join("data/snapshots").exists(), "nothing of the source is kept");
    told
}

/// Checking the folder of the registry finds nothing.
fn is_sound(bodies: &Bodies) {
    let checked = check(&bodies.charities.folder, &*bodies.charities.clock);
    assert_eq!(checked.problems.to_string(), "");
    assert!(checked.is_sound());
}

/// A subject whose name is another one.
fn named(name: &str) -> Subject {
    let mut subject = subject(3);
    for known in subject.known.iter_mut().filter(|known| known.property == "legalName") {
        known.value = name.into();
    }
    subject
}

/// SQL that makes the table of charities, with some twice.
fn table(numbers: &[usize]) -> String {
    let mut sql = format!("CREATE TABLE charity ({} TEXT);", COLUMNS.join(" TEXT, "));
    for number in numbers {
        let values = charity(*number).trim().replace(',', "', '");
        write!(sql, "INSERT INTO charity VALUES ('{values}');").unwrap();
    }
    sql + "CREATE INDEX by_name ON charity (name, state);"
}

fn database(options: &str, sql: &str) -> Bodies {
    let source = format!("kind = \"sqlite\"\npath = \"legacy/charities.db\"\n[sqlite]\n{options}\n");
    let bodies = Bodies::asked(&source, "most_records = 3");
    let file = bodies.charities.folder.join("legacy/charities.db");
    rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
    bodies
}

const BY_COLUMNS: &str = "table = \"charity\"\nasked_by = [\"name\", \"state\"]";
const BY_QUERY: &str =
    "query = \"SELECT * FROM charity WHERE name = :name COLLATE NOCASE AND state = :state\"";

#[tokio::test]
async fn a_database_is_asked_by_columns_or_a_query() {
    for options in [BY_COLUMNS, BY_QUERY] {
        let bodies = database(options, &table(&[3, 4, 40, 40, 40, 40]));
        is_sound(&bodies);
        let hostile = named("Hill Trust' OR '1'='1");
        let told = ended_with(&bodies, &[subject(3), subject(17), subject(40), hostile, named("\0")]).await;
        let expected =
            ["answered", "not-recognised", "subject-too-vague", "not-recognised", "subject-too-vague"];
        assert_eq!(told, expected, "{options}");
    }
}

#[tokio::test]
async fn a_database_that_is_gone_or_has_lost_its_table_is_a_refusal() {
    let bodies = database(BY_COLUMNS, &table(&[3]));
    let (_charities, grants) = (bodies.charities.start(), bodies.grants.start());
    let file = bodies.charities.folder.join("legacy/charities.db");
    let mut told = vec![ended(&grants.ask(question()).await)];
    rusqlite::Connection::open(&file).unwrap().execute_batch("DROP TABLE charity").unwrap();
    told.push(ended(&grants.ask(question()).await));
    std::fs::remove_file(file).unwrap();
    told.push(ended(&grants.ask(question()).await));
    assert_eq!(told, ["answered", "source-unavailable", "source-unavailable"]);
    let alarm = bodies.wire.last().alarm.unwrap();
    assert!(alarm.sentence.ends_with("read.no-such-file"), "{alarm}");
}

#[test]
fn parameters_that_are_not_those_of_the_database_are_told_by_the_check() {
    let told = |options: &str| {
        let bodies = database(options, &table(&[3]));
        let checked = check(&bodies.charities.folder, &*bodies.charities.clock);
        let line = |problem: &concordat_record::Problem| format!("{} {}", problem.code, problem.place);
        checked.problems.0.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        told("table = \"charity\"\nasked_by = [\"name\", \"status\"]"),
        [
            "service.unknown-parameter registers/charities.toml:43:9",
            "service.no-parameter registers/charities.toml:38:2"
        ]
    );
    assert_eq!(told("table = \"charity\"").last().unwrap(), "source.not-live registers/charities.toml:38:2");
    let no_column = told(&BY_COLUMNS.replace("\"state\"]", "\"sate\"]"));
    assert!(
        no_column.contains(&"database.no-such-column legacy/charities.db, field \"asked_by\"".into()),
        "{no_column:?}"
    );
}

/// A description of a service that finds charities.
fn wsdl() -> String {
    let element = |name: &&str| format!("<s:element name=\"{name}\" type=\"s:string\"/>");
    let (asked, told): (String, String) =
        (["name", "state"].iter().map(element).collect(), COLUMNS.iter().map(element).collect());
    let sequence = |inner: &str| format!("<s:complexType><s:sequence>{inner}</s:sequence></s:complexType>");
    let rows = sequence(&format!(
        "<s:element name=\"charity\" minOccurs=\"0\" maxOccurs=\"unbounded\">{}</s:element>",
        sequence(&told)
    ));
    format!(
        r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://www.w3.org/2001/XMLSchema"
          xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:charities" targetNamespace="urn:charities">
        <types><s:schema elementFormDefault="qualified" targetNamespace="urn:charities">
          <s:element name="Find">{}</s:element><s:element name="Found">{rows}</s:element></s:schema></types>
        <message name="In"><part name="parameters" element="t:Find"/></message>
        <message name="Out"><part name="parameters" element="t:Found"/></message>
        <portType name="P"><operation name="Find"><input message="t:In"/><output message="t:Out"/></operation></portType>
        <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
          <operation name="Find"><soap:operation soapAction="urn:Find"/><input><soap:body use="literal"/></input>
          <output><soap:body use="literal"/></output></operation></binding>
        <service name="S"><port name="Port" binding="t:B"><soap:address location="http://127.0.0.1/find"/></port></service>
        </definitions>"#,
        sequence(&asked)
    )
}

/// A service that gives these charities to whoever asks.
fn soap(status: u16, numbers: &[usize]) -> (Bodies, Legacy) {
    let row = |number: &usize| {
        let values = charity(*number);
        let cells = COLUMNS.iter().zip(values.trim().split(','));
        let cells: Vec<String> = cells.map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
        format!("<charity>{}</charity>", cells.concat())
    };
    let rows: String = numbers.iter().map(row).collect();
    let answer = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
         <Found xmlns=\"urn:charities\">{rows}</Found></e:Body></e:Envelope>"
    );
    let legacy = Legacy::start(move |_| (status, answer.clone()));
    let source = format!(
        "kind = \"soap\"\n[soap]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"off\"\nwsdl = \"legacy/charities.wsdl\"\n\
         operation = \"Find\"\nretries = 0\n",
        legacy.port
    );
    let bodies = Bodies::asked(&source, "most_records = 3");
    bodies.charities.write("legacy/charities.wsdl", wsdl());
    (bodies, legacy)
}

#[tokio::test]
async fn a_soap_service_is_asked_with_what_the_question_tells() {
    for (status, numbers, expected) in [
        (200, &[3, 40][..], "answered"),
        (200, &[40], "not-recognised"),
        (200, &[], "not-recognised"),
        (200, &[3, 4, 5, 6], "subject-too-vague"),
        (503, &[3], "source-unavailable"),
    ] {
        let (bodies, legacy) = soap(status, numbers);
        is_sound(&bodies);
        assert_eq!(ended_with(&bodies, &[subject(3)]).await, [expected], "{status} {numbers:?}");
        let asked = legacy.asked().join("\n");
        assert!(asked.contains(">Hill Trust</") && asked.contains(">ME</"), "{asked}");
    }
}

/// The screens of a register of organisations: from the logon to what is known of one.
const SCREENS: &str = r#"
nothing = { row = 24, column = 2, text = "EOR010I" }
retries = 0
parameters = { state = "" }
[[tn3270.step]]
expect = { row = 1, column = 2, text = "EOR00" }
type = [{ row = 5, column = 18, value = "DEMO" }, { row = 6, column = 18, secret = { file = "keys/host" } }]
press = "enter"
[[tn3270.step]]
expect = { row = 1, column = 2, text = "EOR10" }
type = [{ row = 5, column = 18, value = "{name}" }, { row = 6, column = 18, value = "{state}" }]
press = "enter"
[[tn3270.step]]
expect = { row = 1, column = 2, text = "EOR30" }
"#;

fn green_screen(port: u16) -> Bodies {
    let column = |(row, name): (usize, &str)| {
        format!("[[tn3270.column]]\nname = \"{name}\"\nrow = {row}\ncolumn = 18\nlength = 31\n")
    };
    let columns: String = ["id", "name", "state", "since", "income"]
        .into_iter()
        .enumerate()
        .map(|(at, name)| column((5 + at, name)))
        .collect();
    let source = format!(
        "kind = \"tn3270\"\n[tn3270]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"off\"\n{SCREENS}{columns}"
    );
    let bodies = Bodies::asked(&source, "");
    bodies.charities.write("keys/host", "GREEN");
    for (from, to) in [
        ("\"registeredAddress.thoroughfare\" = \"street\"\n", ""),
        ("\"registeredAddress.postName\" = \"town\"\n", ""),
        ("\"registeredAddress.postCode\" = \"zip\"\n", ""),
        ("sql = \"status = 'active'\"", "sql = \"id <> ''\""),
        (", status = \"active\" }", " }"),
    ] {
        bodies.charities.alter("registers/charities.toml", from, to);
    }
    bodies
}

#[tokio::test]
async fn a_green_screen_is_walked_through_for_a_question() {
    let manners = Manners { extended: true, organisations: 30, ..Manners::default() };
    let host = PracticeHost::start(0, manners).unwrap();
    let bodies = green_screen(host.port());
    let of = |name: &str, state: &str| {
        Subject::new("LegalEntity", [("legalName", name), ("registeredAddress.adminUnitL2", state)])
    };
    let subjects = [
        of("Hospital Trust 5", "OH"),
        of("Maple Hospital Trust 5", "OH"),
        of("Nobody", "OH"),
        of("A name that is longer than its field", "OH"),
    ];
    assert_eq!(
        ended_with(&bodies, &subjects).await,
        ["not-recognised", "answered", "not-recognised", "subject-too-vague"]
    );
}

#[tokio::test]
async fn a_host_that_is_gone_or_does_not_let_us_in_is_a_refusal() {
    let host = PracticeHost::start(0, Manners { organisations: 3, ..Manners::default() }).unwrap();
    let wrong = green_screen(host.port());
    wrong.charities.write("keys/host", "WRONG");
    for bodies in [green_screen(1), wrong] {
        assert_eq!(ended_with(&bodies, &[subject(3)]).await, ["source-unavailable"]);
    }
}
