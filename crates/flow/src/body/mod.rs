//! A body's folder: everything a body decides, as plain text (DESIGN §4).

mod described;
mod files;
mod folder;
mod settings;
mod subjects;

pub use described::{LinkFile, RegisterFile, SourceFile};
pub(crate) use files::read_text;
pub use folder::Body;
pub(crate) use folder::{ANSWERS, EXCHANGES, did_you_mean, digest};
pub use settings::Settings;
pub use subjects::SampleSubjects;
