//! No code: see the reason in `Cargo.toml`.
