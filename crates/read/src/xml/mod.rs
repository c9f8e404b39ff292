//! XML (Extensible Markup Language 1.0, Namespaces in XML 1.0), streamed element by element.
//!
//! [`markup`] knows where elements end, [`scan`] finds those that are rows, [`discover`] finds columns in a sample, [`fill`] makes rows of
//! elements with quick-xml. Document types are never read, so there are no entities but the five of XML, and nothing is fetched.

mod attributes;
mod columns;
mod discover;
mod fill;
mod kind;
mod markup;
mod open;
mod path;
mod propose;
mod scan;
mod target;
#[cfg(test)]
mod tests;

pub(crate) use kind::KIND;
