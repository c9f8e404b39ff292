//! A client of IBM 3270 terminals over Telnet: what a person at a green screen does, done by a program.
//!
//! [`Session::connect`] reaches a host (TN3270, RFC 1576; TN3270E, RFC 2355; TLS when told), [`Session::screen`] is what stands on
//! the screen, [`Session::type_at`] fills a field, [`Session::press`] sends a key, and [`Session::wait_for`] waits until the host has
//! answered. [`Terminal`] is the same without a network: bytes in, bytes out; tests and the fuzzer drive it.
//!
//! The data stream is that of the "3270 Data Stream Programmer's Reference" (GA23-0059). Left out on purpose: printers, graphics,
//! partitions, double-byte characters, file transfer (IND$FILE), and colours, which carry no data.

mod address;
mod attribute;
mod code_page;
#[cfg(any(test, feature = "host"))]
pub mod host;
mod key;
mod model;
mod query;
mod screen;
mod session;
mod stream;
mod telnet;
mod terminal;
#[cfg(test)]
mod tests;
mod tn3270e;
mod typing;
mod wire;

pub use attribute::Attribute;
pub use code_page::CodePage;
pub use key::Key;
pub use model::Model;
pub use screen::{Field, Position, Screen};
pub use session::{Host, Session};
pub use terminal::{Options, Terminal};
