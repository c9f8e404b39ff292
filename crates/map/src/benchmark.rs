//! What mapping costs: run by `cargo xtask bench map`, in the folder where it has laid out the records.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use concordat_engine::{Engine, SnapshotReader};
use concordat_record::Problem;

use crate::{Mapping, Register};

#[test]
#[ignore = "a measurement: cargo xtask bench map"]
fn benchmark_map() {
    let treasury = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/grants/treasury");
    let text = fs::read_to_string(treasury.join("registers/exempt-organisations.toml")).unwrap();
    let load = |path: &str| {
        fs::read_to_string(treasury.join(path))
            .map_err(|_| Problem::new("body.missing-file", path.to_owned()))
    };
    let register = Register::parse(&text, "exempt-organisations.toml", &load).unwrap();
    let records = SnapshotReader::open(Path::new("eo-master.parquet"), None).unwrap();
    let mapping = Mapping::compile(&Engine::new(), &register, &records.schema()).unwrap();
    let (mut mapped, mut quarantined) = (0, 0);
    for batch in records {
        let outcome = mapping.map(&batch.unwrap()).unwrap();
        mapped += outcome.batch.num_rows();
        quarantined += outcome.quarantined.len();
        black_box(&outcome);
    }
    println!("benchmark: {} records", mapped + quarantined);
    println!("note: {mapped} mapped, {quarantined} quarantined");
}
