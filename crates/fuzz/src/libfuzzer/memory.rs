//! Memory that is counted: an input that takes more than is allowed ends the process, as a crash would.

#![expect(unsafe_code, reason = "an allocator is unsafe by its nature")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The system's allocator, with a limit on what is in use at once.
pub struct Counted;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
/// What was in use before the input.
static BEFORE: AtomicUsize = AtomicUsize::new(usize::MAX / 2);
static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// What one input may take, in megabytes: `CONCORDAT_FUZZ_MEMORY`, 256 by default.
static LIMIT: OnceLock<usize> = OnceLock::new();
const LIMIT_MB: usize = 256;

/// Begins an input.
pub fn begin() {
    LIMIT.get_or_init(|| {
        let told = std::env::var("CONCORDAT_FUZZ_MEMORY").ok().and_then(|told| told.parse().ok());
        told.unwrap_or(LIMIT_MB) << 20
    });
    BEFORE.store(IN_USE.load(Ordering::Relaxed), Ordering::Relaxed);
}

fn take(size: usize) {
    let used = IN_USE.fetch_add(size, Ordering::Relaxed) + size;
    let Some(limit) = LIMIT.get() else { return };
    if used.saturating_sub(BEFORE.load(Ordering::Relaxed)) > *limit && !IS_TOLD.swap(true, Ordering::Relaxed)
    {
        let trace = std::backtrace::Backtrace::force_capture();
        eprintln!("==ERROR: {used} bytes in use, the last {size} of them at\n{trace}");
        std::process::abort();
    }
}

// SAFETY: every call goes to the system's allocator with the arguments it came with.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        take(size);
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}
