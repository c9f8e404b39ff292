//! The folder that a benchmark runs in, with what it needs: laid out from the example, under the target folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;

use crate::machine::{COBOL, provide};
use crate::servers::Servers;
use crate::{Outcome, example, workspace};

/// How often the extract is repeated, so that it is large enough to measure.
const TIMES: usize = 10;
/// The extract, in the folder of a benchmark that reads it.
const EXTRACT: &str = "legacy/eo-master.dat";

/// The folder of a benchmark, before anything is prepared in it.
pub fn folder(name: &str) -> Outcome<PathBuf> {
    let folder = workspace::target().join("bench").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The Treasury's source with its extract repeated.
pub fn extract(folder: &Path, _data: Option<&Path>) -> Outcome {
    copy_unpacked(&example().join("treasury"), folder)?;
    let once = fs::read(folder.join(EXTRACT))?;
    let mut file = File::create(folder.join(EXTRACT))?;
    for _ in 0..TIMES {
        file.write_all(&once)?;
    }
    Ok(())
}

/// How many records the customer master file has.
const CUSTOMERS: &str = "2000000";

/// A customer master file of a mainframe, written by a COBOL program; the same one each time.
pub fn customers(folder: &Path, _data: Option<&Path>) -> Outcome {
    let peers = workspace::root().join("xtask/src/bench/peers");
    for file in ["customers.cpy", "customers.toml"] {
        fs::copy(peers.join(file), folder.join(file))?;
    }
    let program = compiled(&peers.join("customers.cob"), folder)?;
    let mut generate = Command::new(program);
    workspace::output(generate.arg(CUSTOMERS).current_dir(folder))?;
    Ok(())
}

/// A COBOL program, compiled into a folder. Signs in DISPLAY numbers are overpunched as on a mainframe.
pub fn compiled(source: &Path, folder: &Path) -> Outcome<PathBuf> {
    provide(&[COBOL])?;
    let program = folder.join(source.file_stem().unwrap_or_default());
    let mut compile = Command::new(COBOL.name);
    compile
        .args(["-x", "-free", "-O2", "-fno-binary-truncate", "-fsign=EBCDIC", "-o"])
        .arg(&program)
        .arg(source);
    workspace::output(&mut compile)?;
    Ok(program)
}

/// The records of the extract, decoded, as Parquet.
pub fn decoded_records(folder: &Path, data: Option<&Path>) -> Outcome {
    extract(folder, data)?;
    concordat(folder, &["read", "sources/eo-master.toml", "--output", "parquet", "-o", "eo-master.parquet"])
}

/// The two bodies of the example's batch, refreshed, and the true pairs; of all states when published data is given.
pub fn registers(folder: &Path, data: Option<&Path>) -> Outcome {
    let made = folder.join("made");
    if let Some(data) = data {
        example::of_all_states(data, &made)?;
    }
    fs::copy(example().join("truth.csv"), folder.join("truth.csv"))?;
    for body in ["education", "treasury"] {
        copy_unpacked(&example().join(body), &folder.join(body))?;
    }
    if made.exists() {
        copy_unpacked(&made, folder)?;
        fs::remove_dir_all(&made)?;
    }
    for body in ["education", "treasury"] {
        concordat(folder, &["refresh", "--body", body])?;
    }
    Ok(())
}

/// The demo, laid out and refreshed.
pub fn demo(folder: &Path, _data: Option<&Path>) -> Outcome {
    concordat(folder, &["demo", "--once", "--fresh", "--folder", "demo"])
}

/// Rows of the table that is read from a database server.
const ROWS: u32 = 2_000_000;

/// A PostgreSQL server with one large table; beside it a source file, and scripts that copy the table with the server's own client.
pub fn database(folder: &Path) -> Outcome<Servers> {
    let servers = Servers::postgres()?;
    let (address, ca_file) = servers.postgres_address()?;
    let [host, port, user, password] = address;
    fs::write(folder.join("password"), &password)?;
    let source = format!(
        "kind = \"postgres\"\n[postgres]\nhost = \"{host}\"\nport = {port}\nuser = \"{user}\"\npassword = {{ file = \"password\" }}\n\
         ca_file = \"{ca_file}\"\ndatabase = \"postgres\"\ntable = \"customer\"\n"
    );
    fs::write(folder.join("customer.toml"), source)?;
    let psql = format!(
        "PGPASSWORD={password} psql 'host={host} port={port} user={user} dbname=postgres sslmode=verify-full sslrootcert={ca_file}' -Xq"
    );
    let table = format!(
        "CREATE TABLE customer AS SELECT i AS id, 7000000000 + i AS account, 'Customer number ' || i AS name, i % 997 || ' Main Street' AS street,
            'Springfield' AS city, to_char(i % 100000, 'FM00000')::char(5) AS postcode, '2000-01-01'::date + i % 9000 AS since,
            '2024-01-01'::timestamptz + i * interval '1 second' AS seen, (i * 1.37)::numeric(12,2) AS revenue, i % 5000 AS staff,
            i % 2 = 0 AS active, CASE WHEN i % 10 = 0 THEN NULL ELSE 'note ' || i % 100 END AS note
          FROM generate_series(1, {ROWS}) i; ANALYZE customer;"
    );
    fs::write(folder.join("table.sql"), table)?;
    workspace::output(
        Command::new("sh").args(["-c", &format!("{psql} -f '{}'", folder.join("table.sql").display())]),
    )?;
    for (name, form) in [("copy-text.sh", "text"), ("copy-binary.sh", "binary")] {
        let script = format!(
            "{psql} -c '\\copy customer TO /dev/null (FORMAT {form})' && echo 'benchmark: {ROWS} rows'\n"
        );
        fs::write(folder.join(name), script)?;
    }
    Ok(servers)
}

fn example() -> PathBuf {
    workspace::root().join("examples/grants")
}

/// Copies a folder, packed files unpacked and under their name without `.gz`.
fn copy_unpacked(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            copy_unpacked(&path, &to.join(name))?;
        } else if let Some(name) = name.strip_suffix(".gz") {
            std::io::copy(&mut GzDecoder::new(File::open(path)?), &mut File::create(to.join(name))?)?;
        } else {
            fs::copy(path, to.join(name))?;
        }
    }
    Ok(())
}

/// Runs the program in a folder to its end.
fn concordat(folder: &Path, arguments: &[&str]) -> Outcome {
    let output = Command::new(workspace::program()?).args(arguments).current_dir(folder).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
