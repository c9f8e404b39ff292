//! Scripts at the practice host.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use concordat_tn3270::host::{Manners, PracticeHost};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::cases::{check, folders, outcome};
use crate::services::testing;
use crate::{Asking, Source};

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
    assert_eq!(source.check_asking(&folder, &["name"]).0, []);
    assert_eq!(source.check_asking(&folder, &["nam"]).0[0].code, "service.unknown-parameter");
    let columns = source.answer_columns(&folder).unwrap().unwrap();
    let ask = |name: &str| source.ask(&folder, &Asking::with([("name".into(), name.into())]));
    let answer = ask("hospital trust 5").unwrap().batch;
    assert_eq!((answer.num_rows(), answer.schema()), (1, columns));
    assert_eq!(ask("no such name").unwrap().batch.num_rows(), 0);
    let problem = ask("x".repeat(31).as_str()).unwrap_err();
    assert_eq!((problem.code, problem.place.field.as_deref()), ("tn3270.field-too-short", Some("step 2")));
}

/// A host that shows one screen to whoever comes, encrypted.
fn encrypted_host(configuration: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(configuration.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // Erase/Write with the keyboard freed, and two letters. Whoever does not trust us hears nothing.
            if stream.write_all(b"\xf5\xc2\xc8\xc9\xff\xef").and_then(|()| stream.flush()).is_ok() {
                let _ = stream.read_to_end(&mut Vec::new());
            }
        }
    });
    port
}

#[test]
fn an_encrypted_host_is_trusted_by_its_authority_only() {
    let (configuration, authority) = testing::encrypted();
    let port = encrypted_host(configuration);
    let base = tempfile::tempdir().unwrap();
    fs::write(base.path().join("ca.pem"), authority).unwrap();
    let read = |options: &str| {
        let text = format!(
            "kind = \"tn3270\"\n[tn3270]\nhost = \"localhost\"\nport = {port}\nretries = 0\n{options}\n[[tn3270.step]]\n\
             expect = {{ row = 1, column = 1, text = \"HI\" }}\n[[tn3270.column]]\nname = \"a\"\nrow = 1\ncolumn = 1\nlength = 4\n"
        );
        outcome(&text, base.path())
    };
    assert!(read("").starts_with("error[tn3270.cannot-connect]"), "{}", read(""));
    assert_eq!(read("ca_file = \"ca.pem\""), "a: Utf8\n{\"a\":\"HI\",\"_record_number\":1}\n");
}
