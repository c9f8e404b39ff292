//! Which panics end the process: all of our code. Those of libraries that our readers catch are problems of the file, as in production.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// What a library said last, for a panic that nobody catches.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Sets the hook, in the place of libFuzzer's own, for which every panic is a crash.
pub fn catch_ours() {
    set_hook(Box::new(|panic| {
        if is_of_a_library(panic) {
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
            return;
        }
        let trace = std::backtrace::Backtrace::force_capture();
        eprintln!("==ERROR: {panic}\n{trace}");
        std::process::abort();
    }));
}

/// Ends the process when a panic of a library gets as far as this.
pub fn show_uncaught(work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        eprintln!("==ERROR: nobody caught {}", LAST.lock().unwrap_or_else(PoisonError::into_inner));
        std::process::abort();
    }
}

/// Libraries lie in the registry's folder. The standard library names its caller where it can; where it cannot, the fault is ours.
fn is_of_a_library(panic: &PanicHookInfo<'_>) -> bool {
    panic.location().is_some_and(|location| location.file().contains("/registry/src/"))
}
