//! A legacy system of the registry: a service that is asked live, and writes down what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::bodies::{Bodies, charity};

/// A running service. Its thread ends with the tests.
pub struct Legacy {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Legacy {
    /// A service that answers every request with a status and what `answer` makes of its path; it may take its time.
    pub fn start(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (asked.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, answer) = (seen.clone(), answer.clone());
                thread::spawn(move || serve(&stream.unwrap(), &seen, &*answer));
            }
        });
        Self { port, asked }
    }

    /// A service that always has these records.
    pub fn with(records: impl Into<String>) -> Self {
        let records = records.into();
        Self::start(move |_| (200, records.clone()))
    }

    /// The paths that it was asked for, or what was sent to them.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<String>>, answer: &dyn Fn(&str) -> (u16, String)) {
    let mut stream = BufReader::new(stream);
    let (mut head, mut line) = (Vec::new(), String::new());
    while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
        head.push(std::mem::take(&mut line));
    }
    let Some(path) = head.first().and_then(|first| first.split(' ').nth(1)) else { return };
    let length =
        head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut sent = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut sent).unwrap();
    let path = if sent.is_empty() { path.to_owned() } else { String::from_utf8(sent).unwrap() };
    seen.lock().unwrap().push(path.clone());
    let (status, body) = answer(&path);
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Whatever\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    // Whoever asked may be gone.
    let _ = stream.into_inner().write_all(format!("{head}{body}").as_bytes());
}

/// The columns of the service's records, as its source file tells them.
pub const TOLD: &str = r#"[rest.columns]
id = "/id"
name = "/name"
street = "/street"
town = "/town"
zip = "/zip"
state = "/state"
status = "/status"
since = "/since"
income = "/income"
[rest.types]
id = "text"
name = "text"
street = "text"
town = "text"
zip = "text"
state = "text"
status = "text"
since = "text"
income = "text"
"#;

/// Charities as the service tells them.
pub fn records(numbers: &[usize]) -> String {
    const COLUMNS: [&str; 9] = ["id", "name", "street", "town", "zip", "state", "status", "since", "income"];
    let record = |number: &usize| {
        let line = charity(*number);
        let members = COLUMNS.iter().zip(line.trim().split(',')).map(|(name, value)| (*name, value));
        serde_json::to_value(members.collect::<std::collections::BTreeMap<_, _>>()).unwrap()
    };
    serde_json::to_string(&numbers.iter().map(record).collect::<Vec<_>>()).unwrap()
}

impl Bodies {
    /// The folders with the register asked live at a port of this machine; `options` are further ones of the source, `settings` of `[live]`.
    pub fn live(port: u16, options: &str, settings: &str) -> Self {
        let source = format!(
            "kind = \"rest\"\n[rest]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"off\"\npath = \"/charities\"\n\
             query = {{ name = \"{{name}}\", state = \"{{state}}\" }}\nretries = 0\n{options}\n{TOLD}"
        );
        Self::asked(&source, settings)
    }

    /// The folders with the register asked live by its name and state from a source.
    pub fn asked(source: &str, settings: &str) -> Self {
        let bodies = Self::new();
        bodies.charities.write("sources/charities.toml", source);
        let live = format!(
            "[live]\nrecords = 60\n{settings}\n[live.parameters]\nname = \"legalName\"\n\
             state = \"registeredAddress.adminUnitL2\"\n"
        );
        let register = bodies.charities.read("registers/charities.toml");
        bodies.charities.write("registers/charities.toml", register + &live);
        bodies
    }
}
