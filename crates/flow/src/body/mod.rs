//! A body's folder: everything a body decides, as plain text (DESIGN §4).

mod files;
mod folder;
mod settings;

pub(crate) use files::read_text;
pub(crate) use folder::{ANSWERS, EXCHANGES, did_you_mean, digest};
pub use folder::{Body, LinkFile, RegisterFile, SourceFile};
pub use settings::Settings;
