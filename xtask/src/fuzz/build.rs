//! Builds the fuzzer: the ordinary profile, with coverage counted in the decoders.
//!
//! Every counter is looked at after every input, so they are put into the crates that decode, ours and those of others, and nowhere else.
//! Cargo has no setting for flags of some crates, but asks a wrapper to call the compiler: this program.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::{Outcome, workspace};

/// Set when this program is called by Cargo in the place of the compiler.
const WRAPS: &str = "CONCORDAT_XTASK_WRAPS_RUSTC";

/// Crates whose coverage is counted.
const COUNTED: &[&str] = &[
    "arrow_ipc",
    "calamine",
    "concordat_fetch",
    "concordat_read",
    "concordat_tn3270",
    "libbz2_rs_sys",
    "parquet",
    "quick_xml",
    "tar",
    "zip",
    "zlib_rs",
];

/// Counters of edges, tables of them, and what is compared with what (LLVM, "SanitizerCoverage").
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// What runs for every input and is not optimised in the ordinary profile, because nothing else runs it so often.
const HOT: &[&str] = &["calamine", "libfuzzer-sys", "quick-xml", "toml", "toml_parser", "winnow", "zip"];

/// Builds it and says where it is.
pub fn build(folder: &Path) -> Outcome<PathBuf> {
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--locked", "--package", "concordat-fuzz", "--features", "libfuzzer"]);
    for package in HOT {
        build.args(["--config", &format!("profile.dev.package.{package}.opt-level=3")]);
    }
    build.env("CARGO_TARGET_DIR", folder).env("RUSTC_WRAPPER", std::env::current_exe()?).env(WRAPS, "1");
    if !build.current_dir(workspace::root()).status()?.success() {
        return Err("the fuzzer does not build".into());
    }
    Ok(folder.join("debug/concordat-libfuzzer"))
}

/// Calls the compiler when this program stands in its place: `xtask RUSTC ARGUMENTS…`.
pub fn instead_of_the_compiler(arguments: &[String]) -> Option<ExitCode> {
    std::env::var_os(WRAPS)?;
    let (compiler, rest) = arguments.split_first()?;
    let mut call = Command::new(compiler);
    call.args(rest);
    let name = rest.iter().position(|argument| argument == "--crate-name").and_then(|at| rest.get(at + 1));
    if name.is_some_and(|name| COUNTED.contains(&name.as_str())) {
        call.args(COVERAGE);
    }
    let code = call.status().ok()?.code().and_then(|code| u8::try_from(code).ok());
    Some(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
