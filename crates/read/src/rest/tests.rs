//! REST services: the cases, questions, encrypted connections.

use proptest::prelude::*;
use rustls::{ServerConnection, StreamOwned};

use super::rows::{Pointer, cell, rows, settle};
use crate::cases::{check, folders};
use crate::services::testing::{Reply, Web, encrypted, outcome, replies};
use crate::{Asking, Source};

#[test]
fn cases() {
    for folder in folders("rest") {
        check(&folder, &outcome(&folder));
    }
}

fn source(port: u16, options: &str) -> Source {
    let text =
        format!("kind = \"rest\"\n[rest]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"off\"\n{options}");
    Source::parse(&text, "source.toml").unwrap()
}

#[test]
fn a_question_is_asked_with_its_parameters() {
    let web = Web::start(replies("--- 200\n\n{\"name\": \"LINDEN\", \"beds\": 12}\n"));
    let source = source(
        web.port,
        "path = \"/o/{id}\"\nquery = { state = \"{state}\" }\nparameters = { state = \"OH\" }",
    );
    assert_eq!(source.parameters(std::path::Path::new(".")).unwrap(), ["id", "state"]);
    let ask = |given: &[(&str, &str)]| {
        let given: Vec<_> = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        source.ask(std::path::Path::new("."), &Asking::with(given))
    };
    let answer = ask(&[("id", "7/8")]).unwrap();
    assert_eq!((answer.batch.num_rows(), answer.batch.num_columns()), (1, 4));
    assert_eq!(web.asked(), "> GET /o/7%2F8?state=OH\n> accept: application/json\n");
    assert_eq!(ask(&[]).unwrap_err().code, "service.no-parameter");
    assert_eq!(ask(&[("name", "x")]).unwrap_err().code, "service.unknown-parameter");
}

#[test]
fn an_answer_of_more_records_than_wanted_is_none() {
    let web = Web::start(replies("--- 200\n\n[1, 2]\n--- 200\n\n[1, 2, 3]\n"));
    let source = source(web.port, "path = \"/\"");
    let ask = || source.ask(std::path::Path::new("."), &Asking { most_records: 2, ..Asking::with([]) });
    assert_eq!(ask().unwrap().batch.num_rows(), 2);
    assert_eq!(ask().unwrap_err().code, "service.too-many");
}

#[test]
fn what_is_wrong_with_a_question_is_known_before_it_is_asked() {
    let source = source(
        1,
        "path = \"/o/{id}/{year}\"\nquery = { state = \"{state}\" }\nparameters = { year = \"2026\" }",
    );
    let check = |names: &[&str]| -> Vec<String> {
        let found = source.check_asking(std::path::Path::new("."), names).into_iter();
        found.map(|problem| format!("{} {}", problem.code, problem.place)).collect()
    };
    assert_eq!(check(&["id", "state"]), Vec::<String>::new());
    let expected = [
        "service.unknown-parameter field \"stat\"",
        "service.no-parameter field \"id\"",
        "service.no-parameter field \"state\"",
    ];
    assert_eq!(check(&["stat"]), expected);
}

#[test]
fn the_columns_of_an_answer_are_known_when_all_have_places_and_types() {
    let columns = |options: &str| {
        let source = source(1, &format!("path = \"/\"\n{options}"));
        let columns = source.answer_columns(std::path::Path::new(".")).unwrap();
        columns.map(|columns| columns.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>())
    };
    let told = "columns = { town = \"/address/town\", beds = \"/beds\" }\n";
    assert_eq!(columns(told), None);
    assert_eq!(columns(&format!("{told}types = {{ beds = \"integer\" }}")), None);
    let all = columns(&format!("{told}types = {{ beds = \"integer\", town = \"text\" }}")).unwrap();
    assert_eq!(all[..2], ["town", "beds"]);
}

#[test]
fn a_server_that_is_gone_is_left_alone_after_some_questions() {
    let source = source(1, "path = \"/\"\nretries = 0\nbreaker_failures = 2");
    let ask = || source.ask(std::path::Path::new("."), &Asking::with([])).unwrap_err().code;
    assert_eq!([ask(), ask(), ask()], ["http.no-connection", "http.no-connection", "service.resting"]);
}

#[test]
fn an_encrypted_server_is_trusted_by_its_authority_only() {
    let (configuration, authority) = encrypted();
    let reply = Reply { status: 200, headers: Vec::new(), body: b"[{\"a\": 1}]".to_vec() };
    let web = Web::serve(vec![reply], move |stream| {
        StreamOwned::new(ServerConnection::new(configuration.clone()).unwrap(), stream)
    });
    let base = tempfile::tempdir().unwrap();
    std::fs::write(base.path().join("ca.pem"), authority).unwrap();
    let text = |options: &str| {
        format!(
            "kind = \"rest\"\n[rest]\nhost = \"localhost\"\nport = {}\npath = \"/\"\nretries = 0\n{options}",
            web.port
        )
    };
    let open = |options: &str| Source::parse(&text(options), "a.toml").unwrap().open(base.path());
    assert_eq!(open("").map(|_| ()).unwrap_err().code, "http.tls");
    let mut reader = open("ca_file = \"ca.pem\"").unwrap();
    assert_eq!(reader.next().unwrap().unwrap().batch.num_rows(), 1);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9/~-]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c/~]{1,2}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever comes, columns are found with unique names, and every row goes through or is a reject.
    #[test]
    fn any_json_becomes_rows(body in json()) {
        let rows = rows(&body, None).unwrap();
        let settled = settle(&rows, &[], &[]).unwrap();
        let (columns, pointers): (Vec<_>, Vec<Pointer>) = settled.into_iter().unzip();
        let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), columns.len());
        let mut table = crate::services::table::Table::new("test", columns);
        for row in &rows {
            let cells: Vec<_> = pointers.iter().map(|pointer| cell(row, pointer)).collect();
            table.push(&cells, Vec::new);
        }
        let batch = table.take().unwrap();
        prop_assert_eq!(batch.batch.num_rows() + batch.rejects.len(), rows.len());
    }
}

#[test]
fn a_response_that_is_too_large_is_refused_before_it_fills_the_memory() {
    let body = format!("[\"{}\"]", "x".repeat(2 << 20)).into_bytes();
    let web = Web::start(vec![Reply { status: 200, headers: Vec::new(), body }]);
    let source = source(web.port, "path = \"/\"\nmax_megabytes = 1");
    let problem = source.open(std::path::Path::new(".")).map(|_| ()).unwrap_err();
    assert_eq!(problem.sentence, "the response has more than 1 MiB");
}
