//! The pages for people: sign in, see how this node does, ask about a subject, look into the exchange log and verify a proof.
//!
//! Everything is rendered here, on the server, from the plain structs of [`view`]; no page needs JavaScript and none
//! may load it. What the pages show comes through one narrow door, the trait [`Office`], which the program implements
//! over the use cases. Left out on purpose: any decision about what may be shared (that is the providers'), storage,
//! and the interfaces for systems.
//!
//! * [`router`] makes the routes; [`Access`] says who may sign in.
//! * `pages/` has one file for each page, `templates/` its HTML, `assets/` the one style sheet and the mark.
//! * `guard` holds the rules that every request meets: headers, same origin, size.

mod access;
mod assets;
mod fields;
mod guard;
mod office;
mod pages;
pub mod view;
mod words;

pub use access::Access;
pub use office::{Office, Reply};
pub use pages::router;
