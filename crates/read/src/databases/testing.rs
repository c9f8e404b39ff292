//! Tests against real servers: `cargo xtask test` starts them and says where they are.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use arrow::array::Array;
use arrow::util::display::array_value_to_string;

use crate::{Asking, Source};

/// A server for tests: `CONCORDAT_TEST_POSTGRES` or `CONCORDAT_TEST_MYSQL` as `host port user password`, and the file of the
/// authority that issued its certificate in `CONCORDAT_TEST_CA`.
pub(crate) struct TestServer {
    pub host: String,
    pub port: String,
    pub user: String,
    pub password: String,
    pub ca_file: String,
}

impl TestServer {
    /// The server that a variable of the environment names. A test that needs it is ignored unless it is asked for, and then fails without.
    pub fn server(variable: &str) -> Self {
        let missing = |name: &str| format!("{name} is not set: run `cargo xtask test databases`");
        let written = env::var(variable).unwrap_or_else(|_| panic!("{}", missing(variable)));
        let parts: Vec<&str> = written.split(' ').collect();
        let [host, port, user, password] = parts[..] else { panic!("{variable}: `host port user password`") };
        let ca_file =
            env::var("CONCORDAT_TEST_CA").unwrap_or_else(|_| panic!("{}", missing("CONCORDAT_TEST_CA")));
        let [host, port, user, password] = [host, port, user, password].map(str::to_owned);
        Self { host, port, user, password, ca_file }
    }

    /// Runs a client program with a script, as the owner of the database.
    pub fn script(program: &mut Command, script: &str) -> String {
        use std::io::Write;
        use std::process::Stdio;
        let mut child = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program:?}: {error}"));
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}\n{error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The options of a connection, in a source file.
    pub fn options(&self, kind: &str, database: &str) -> String {
        let Self { host, port, user, ca_file, .. } = self;
        format!(
            "kind = \"{kind}\"\n[{kind}]\nhost = \"{host}\"\nport = {port}\nuser = \"{user}\"\npassword = {{ file = \"password\" }}\nca_file = \"{ca_file}\"\ndatabase = \"{database}\"\n"
        )
    }
}

/// The values of the column `name` in an answer to a question, or the code and sentence of the problem.
pub(crate) fn names(source: &Source, base: &Path, given: &[(&str, &str)]) -> String {
    let given: Vec<_> = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let asking = Asking { within: Some(Duration::from_secs(2)), most_records: 50, ..Asking::with(given) };
    match source.ask(base, &asking) {
        Ok(answer) => {
            let names = answer.batch.column_by_name("name").unwrap();
            let name = |row| array_value_to_string(names, row).unwrap();
            (0..names.len()).map(name).collect::<Vec<_>>().join(", ")
        }
        Err(problem) => format!("{}: {}", problem.code, problem.sentence),
    }
}
