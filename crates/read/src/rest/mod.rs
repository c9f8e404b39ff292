//! Services that answer with JSON over HTTP: rows on pages, or the answer to one question.
//!
//! JSON is RFC 8259, pointers RFC 6901, links RFC 8288. Left out: writing to a service, OAuth flows (a token comes from outside), and
//! numbers beyond the precision of 64 bits, which JSON's own readers do not keep either.

mod configure;
mod kind;
mod pages;
mod paging;
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use kind::KIND;
