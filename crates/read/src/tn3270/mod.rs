//! Green screens: a recorded script of screens walks to the records of a 3270 host, and reads them from rows and columns.
//!
//! The terminal is the crate `concordat-tn3270`. Left out: keeping a session between questions (each logs on anew, so that nobody's screen
//! is left open), and screens whose rows overlap from page to page.

mod configure;
mod kind;
mod script;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use kind::KIND;
