//! libFuzzer at the targets of `concordat-fuzz`: one binary, the target is named by the environment variable `CONCORDAT_FUZZ`.
//!
//! With `CONCORDAT_FUZZ_LIST` it prints the targets and ends; with `CONCORDAT_FUZZ_SEEDS=FOLDER` it writes what the target begins with.
#![no_main]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers at a terminal")]

mod memory;
mod mutation;
mod panics;

use std::path::Path;
use std::sync::OnceLock;

use concordat_fuzz::{TARGETS, Target};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

#[global_allocator]
static COUNTED: memory::Counted = memory::Counted;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(init: begin(), |input: &[u8]| {
    if let Some(target) = TARGET.get() {
        memory::begin();
        panics::show_uncaught(|| (target.run)(input));
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    match TARGET.get().and_then(|target| target.foreign) {
        Some(is_foreign) => mutation::of_a_folder(data, size, max_size, seed, is_foreign),
        None => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
});

fn begin() {
    if std::env::var_os("CONCORDAT_FUZZ_LIST").is_some() {
        for target in TARGETS {
            println!("{}\t{}", target.name, target.about);
        }
        std::process::exit(0);
    }
    let name = std::env::var("CONCORDAT_FUZZ").unwrap_or_default();
    let Some(target) = Target::named(&name) else { fail(&format!("there is no target `{name}`")) };
    if let Some(folder) = std::env::var_os("CONCORDAT_FUZZ_SEEDS") {
        match write_seeds(target, Path::new(&folder)) {
            Ok(()) => std::process::exit(0),
            Err(error) => fail(&format!("the seeds of `{name}`: {error}")),
        }
    }
    mutation::keep_pool(target);
    panics::catch_ours();
    let _ = TARGET.set(target);
}

fn write_seeds(target: &Target, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for seed in target.seeds()? {
        std::fs::write(folder.join(seed.name), seed.bytes)?;
    }
    Ok(())
}

fn fail(sentence: &str) -> ! {
    eprintln!("error: {sentence}");
    std::process::exit(2);
}
