//! SOAP services, described by a WSDL that is read when it is needed: the request is built from the operation's schema, the rows of the
//! response become columns with the types of the schema.
//!
//! SOAP 1.1 (W3C Note of 2000) and 1.2 (W3C Recommendation of 2007), WSDL 1.1 with its bindings for both, XML Schema 1.0, WS-Security
//! UsernameToken Profile 1.1.1 (OASIS). Styles document/literal and rpc/literal; rpc/encoded where it is simple. Left out: WSDL 2.0,
//! WS-Addressing, signed and encrypted messages, attachments (MTOM), checks of a response against its schema beyond the types of columns.

mod call;
mod columns;
mod configure;
mod documents;
mod kind;
mod propose;
mod request;
mod response;
mod schema;
mod security;
mod shape;
mod simple;
#[cfg(test)]
mod tests;
mod wsdl;
mod xml;

pub(crate) use kind::KIND;
