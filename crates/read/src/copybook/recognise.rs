//! Whether a file is written in EBCDIC, as a mainframe writes it.

use super::diagnose::{is_ascii_text, is_ebcdic_text, share};
use crate::clues::{Clue, Sample};

/// A mainframe file shows in its bytes: EBCDIC spaces, digits and letters, hardly any ASCII.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    let bytes: Vec<u8> = sample.bytes.iter().copied().filter(|byte| *byte != 0).collect();
    if bytes.is_empty() {
        return None;
    }
    let (ebcdic, ascii) = (share(&bytes, is_ebcdic_text), share(&bytes, is_ascii_text));
    let spaces = share(&bytes, |byte| byte == 0x40);
    let ascii_lines = share(&bytes, |byte| byte == b'\n' || byte == b' ');
    if ebcdic < 0.5 || ebcdic < ascii + 0.2 || spaces <= ascii_lines {
        return None;
    }
    Some(Clue {
        confidence: (0.3 + 0.7 * ebcdic).min(0.99),
        evidence: vec![
            format!(
                "{:.0} % of the bytes are EBCDIC letters, digits and spaces, {:.0} % ASCII ones",
                ebcdic * 100.0,
                ascii * 100.0
            ),
            format!("{:.0} % of the bytes are the EBCDIC space (40)", spaces * 100.0),
        ],
    })
}
