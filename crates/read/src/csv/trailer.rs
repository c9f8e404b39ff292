//! Trailer records: what they state of the records before them.

use super::scan::{Found, Piece, Scanner};
use super::settings::{Settings, TrailerRule};
use crate::control::{Exact, Total};

/// The totals of the trailer that begins at a place, and where the record behind it begins.
pub(super) fn read(
    rule: &TrailerRule,
    settings: &Settings,
    scanner: &Scanner,
    text: &[u8],
    at: usize,
) -> (usize, Vec<Total>) {
    // A trailer has fields of its own, as many as it likes.
    let mut scanner = scanner.clone();
    scanner.width = None;
    let mut pieces = Vec::new();
    let next = match scanner.record(text, at, true, &mut pieces) {
        Found::Record { next } | Found::Broken { next, .. } | Found::Comment { next } => next,
        Found::More => text.len(),
    };
    let stated = |field: usize| {
        let value = field_text(settings, text, pieces.get(field.checked_sub(1)?)?);
        let thousands = settings.spelling.thousands.as_ref().and_then(|mark| mark.chars().next());
        Exact::parse(&value, char::from(settings.spelling.decimal), thousands)
    };
    let totals = rule
        .totals
        .iter()
        .map(|(subject, field)| Total { subject: subject.clone(), stated: stated(*field) })
        .collect();
    (next, totals)
}

fn field_text(settings: &Settings, text: &[u8], piece: &Piece) -> String {
    let decoded = settings.coding.decoded(piece.of(text)).unwrap_or_default();
    String::from_utf8_lossy(&decoded).into_owned()
}
