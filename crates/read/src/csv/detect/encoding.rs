//! How the letters of an unknown text are written.
//!
//! A byte order mark and valid UTF-8 are certain, zeros in every second byte nearly so. For one-byte encodings chardetng guesses the language
//! of the web; it does not know those of old Macintoshes and DOS, so the letters that each would give are judged: capitals and signs within
//! words are wrong.

use std::sync::Arc;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_16BE, UTF_16LE};

use crate::copybook::CodePage;
use crate::csv::coding::Coding;

/// The letters of a sample.
pub(crate) struct Letters {
    pub coding: Coding,
    pub text: String,
    /// What showed how they are written.
    pub evidence: String,
}

/// The letters of a sample; none when the bytes are not text.
pub(crate) fn letters(bytes: &[u8]) -> Option<Letters> {
    let (coding, evidence) = coding(bytes)?;
    let mut out = Vec::new();
    match coding.recoder() {
        Some(mut recoder) => recoder.recode(bytes, false, &mut out),
        None if coding.is_utf8() => out.extend_from_slice(bytes),
        None => {
            if let Coding::Within(encoding) = &coding {
                out.extend_from_slice(encoding.decode_without_bom_handling(bytes).0.as_bytes());
            }
        }
    }
    let text = String::from_utf8_lossy(&out).trim_start_matches('\u{feff}').to_owned();
    Some(Letters { coding, text, evidence })
}

fn coding(bytes: &[u8]) -> Option<(Coding, String)> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let evidence =
            format!("a byte order mark of {} stands at the beginning (encoding 100 % sure)", encoding.name());
        return Some((of(encoding), evidence));
    }
    if let Some((encoding, order)) = wide(bytes) {
        let evidence = format!("every second byte is zero, as in UTF-16 ({order}) (encoding 98 % sure)");
        return Some((Coding::Whole(encoding), evidence));
    }
    if let Some(page) = mainframe(bytes) {
        let evidence = format!(
            "the letters and line ends are those of EBCDIC; read as {} (encoding 85 % sure)",
            page.name()
        );
        return Some((Coding::Paged(Arc::new(page)), evidence));
    }
    if !is_text(bytes) {
        return None;
    }
    let complete = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    match (bytes.is_ascii(), complete) {
        (true, _) => Some((Coding::Utf8, "all bytes are ASCII, which is UTF-8 (encoding 95 % sure)".into())),
        (_, true) => Some((Coding::Utf8, "the bytes are valid UTF-8 (encoding 99 % sure)".into())),
        _ => Some(one_byte(bytes)),
    }
}

fn of(encoding: &'static Encoding) -> Coding {
    match encoding.name() {
        "UTF-8" => Coding::Utf8,
        "UTF-16LE" | "UTF-16BE" => Coding::Whole(encoding),
        _ => Coding::Within(encoding),
    }
}

/// UTF-16 without a mark, by the zeros of letters that are ASCII.
fn wide(bytes: &[u8]) -> Option<(&'static Encoding, &'static str)> {
    let zeros = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let half = bytes.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    if half > 4 && odd * 10 > half * 6 && even * 20 < half {
        return Some((UTF_16LE, "little-endian"));
    }
    if half > 4 && even * 10 > half * 6 && odd * 20 < half {
        return Some((UTF_16BE, "big-endian"));
    }
    None
}

/// Control characters that are in text: tab, line ends, form feed, end of file, and the separators of ASCII.
const IN_TEXT: &[u8] = b"\t\r\n\x0c\x1a\x1c\x1d\x1e\x1f";

fn is_text(bytes: &[u8]) -> bool {
    let mut controls = [0usize; 32];
    for byte in bytes.iter().filter(|byte| **byte < 0x20 && !IN_TEXT.contains(byte)) {
        if let Some(count) = controls.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    // One control character may be the delimiter, but not zero.
    let zeros = controls.first().copied().unwrap_or(0);
    let most = controls.iter().skip(1).max().copied().unwrap_or(0);
    let others = controls.iter().sum::<usize>() - most;
    !bytes.is_empty() && others * 200 <= bytes.len() && zeros * 500 <= bytes.len() && most * 3 <= bytes.len()
}

/// Text lines in EBCDIC: most bytes are its letters, digits and spaces, and its line ends come often enough.
fn mainframe(bytes: &[u8]) -> Option<CodePage> {
    const LONGEST_LINE: usize = 4000;
    let is_letter = |byte: &u8| {
        let is_sign = matches!(byte, 0x40 | 0x4a..=0x50 | 0x5a..=0x61 | 0x6a..=0x6f | 0x79..=0x7f);
        let is_small = matches!(byte, 0x81..=0x89 | 0x91..=0x99 | 0xa2..=0xa9);
        is_sign || is_small || matches!(byte, 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 | 0xf0..=0xf9)
    };
    let letters = bytes.iter().filter(|byte| is_letter(byte)).count();
    let ends = bytes.iter().filter(|byte| matches!(byte, 0x15 | 0x25)).count();
    let ascii = bytes.iter().filter(|byte| matches!(byte, b'\n' | b' ' | b'0'..=b'9')).count();
    let enough = bytes.len() > 20 && letters * 10 >= bytes.len() * 8 && ends * LONGEST_LINE > bytes.len();
    if !enough || ascii * 20 > bytes.len() {
        return None;
    }
    CodePage::named("cp037").ok()
}

/// The likeliest encoding of one byte a letter, or of several as East Asian ones have.
fn one_byte(bytes: &[u8]) -> (Coding, String) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let web = detector.guess(None, Utf8Detection::Deny);
    let web_score = plausibility(&web.decode_without_bom_handling(bytes).0);
    let mut best = (of(web), web_score);
    if web.is_single_byte() {
        let mac = plausibility(&MACINTOSH.decode_without_bom_handling(bytes).0);
        let others =
            [(Some(Coding::Within(MACINTOSH)), mac)].into_iter().chain(["cp850", "cp437"].map(|name| {
                let page = CodePage::named(name).ok().map(|page| Coding::Paged(Arc::new(page)));
                let mut text = Vec::new();
                if let Some(mut recoder) = page.as_ref().and_then(Coding::recoder) {
                    recoder.recode(bytes, true, &mut text);
                }
                (page, plausibility(&String::from_utf8_lossy(&text)))
            }));
        for (coding, score) in others {
            // The web's encodings are far more usual, so another has to be clearly better.
            if let Some(coding) = coding
                && score > best.1 + (score.abs() / 4).max(2)
            {
                best = (coding, score);
            }
        }
    }
    let name = best.0.name();
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let sure = 50 + 45 * high.min(50) / 50;
    let evidence =
        format!("{high} bytes are not UTF-8; their letters are likeliest in {name} (encoding {sure} % sure)");
    (best.0, evidence)
}

/// How well letters beyond ASCII stand among their neighbours: small ones in words speak for a text, capitals and signs in words against it.
fn plausibility(text: &str) -> i64 {
    let letters: Vec<char> = text.chars().collect();
    let mut score = 0;
    for (index, letter) in letters.iter().enumerate().filter(|(_, letter)| !letter.is_ascii()) {
        let before = index.checked_sub(1).and_then(|index| letters.get(index)).copied().unwrap_or(' ');
        let behind = letters.get(index + 1).copied().unwrap_or(' ');
        let in_small = before.is_lowercase() || (behind.is_lowercase() && before.is_uppercase());
        let in_capitals = before.is_uppercase() && !behind.is_lowercase();
        let within = before.is_alphabetic() && behind.is_alphabetic();
        score += match letter {
            'ß' if in_small => 2,
            _ if letter.is_lowercase() && (in_small || behind.is_lowercase()) => 2,
            _ if letter.is_lowercase() && in_capitals => -2,
            _ if letter.is_uppercase() && before.is_lowercase() => -3,
            _ if letter.is_uppercase() => 1,
            _ if letter.is_alphabetic() => 1,
            '\u{2500}'..='\u{259f}' | '\u{fffd}' | '\u{80}'..='\u{9f}' => -3,
            _ if within && *letter != '’' && *letter != '·' => -2,
            _ => 0,
        };
    }
    score
}

#[cfg(test)]
mod tests {
    use super::{coding, letters};
    use crate::copybook::CodePage;

    const GERMAN: &str = "Nummer;Straße;Ort\n1;Mühlenstraße 5;Köln\n2;Grüner Weg;Düsseldorf\n3;Am Hölzchen;Plön\n4;Äußere Straße;Görlitz\n";
    const FRENCH: &str = "numéro;rue;ville\n1;rue de l'église;Orléans\n2;allée des chênes;Besançon\n3;forêt;Évreux\n4;préfecture;Saint-Étienne\n";

    #[test]
    fn the_encoding_of_a_text_shows_in_its_letters() {
        for text in [GERMAN, FRENCH] {
            for name in ["windows-1252", "macintosh"] {
                let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
                let (bytes, ..) = encoding.encode(text);
                assert_eq!(letters(&bytes).unwrap().text, text, "{name}");
            }
            for name in ["cp850", "cp037"] {
                let bytes = CodePage::named(name).unwrap();
                let bytes: Vec<u8> = text
                    .chars()
                    .map(|letter| match letter {
                        '\n' if name == "cp037" => 0x15,
                        '\n' => b'\n',
                        other => bytes.encode(other.encode_utf8(&mut [0; 4])).unwrap()[0],
                    })
                    .collect();
                assert_eq!(letters(&bytes).unwrap().text, text, "{name}");
            }
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(letters(&little).unwrap().text, text);
            assert_eq!(letters(&big).unwrap().text, text);
        }
    }

    #[test]
    fn languages_of_the_web_are_told_apart() {
        for (name, text) in [
            ("windows-1251", "имя;город\nАнна;Москва\nИван;Санкт-Петербург\nОльга;Новосибирск\n"),
            ("windows-1250", "jméno;město\nJiří;Plzeň\nŽofie;České Budějovice\nŠtěpán;Třebíč\n"),
            ("windows-1253", "όνομα;πόλη\nΓιώργος;Αθήνα\nΜαρία;Θεσσαλονίκη\n"),
            ("shift_jis", "名前,都市\n山田太郎,東京\n鈴木花子,大阪\n佐藤次郎,名古屋\n"),
        ] {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, ..) = encoding.encode(text);
            assert_eq!(letters(&bytes).unwrap().text, text, "{name}");
        }
    }

    #[test]
    fn what_is_no_text_has_no_encoding() {
        assert!(coding(b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10").is_none());
        assert!(coding(b"").is_none());
        assert!(coding(b"a\x01b\nc\x01d\n").is_some());
    }
}
