//! Hands on the wire, false papers and false clocks: nothing is believed, nothing is told, and somebody is told why.

mod papers;
mod replies;
mod requests;
