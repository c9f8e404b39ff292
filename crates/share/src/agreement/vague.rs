//! Purposes that could mean anything are refused: a purpose limits, or it is none (GDPR art. 5(1)(b), "specified, explicit").
//!
//! This finds the common phrases, in English; it cannot judge whether an honest sentence is precise enough.

use concordat_record::Problem;

/// Phrases that take the limit away, as whole words.
const PHRASES: &[&str] = &[
    "any lawful purpose",
    "any lawful purposes",
    "any legal purpose",
    "any legitimate purpose",
    "any official purpose",
    "any other purpose",
    "any other purposes",
    "any purpose",
    "any purposes",
    "any reason",
    "all lawful purposes",
    "all purposes",
    "and other purposes",
    "and so on",
    "as appropriate",
    "as needed",
    "as required",
    "business purposes",
    "etc",
    "general purpose",
    "general purposes",
    "general use",
    "including but not limited to",
    "lawful purposes",
    "official purposes",
    "other purposes",
    "various purposes",
    "whatever",
    // What people leave standing in a draft.
    "lorem ipsum",
    "tbc",
    "tbd",
    "todo",
];

const FEWEST_WORDS: usize = 4;

/// The problem of a purpose's name or text that could mean anything.
pub(super) fn problem(key: &str, text: &str) -> Option<Problem> {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let whole = format!(" {} ", words.join(" "));
    if let Some(phrase) = PHRASES.iter().find(|phrase| whole.contains(&format!(" {phrase} "))) {
        return Some(
            Problem::new("share.vague-purpose", format!("a purpose with `{phrase}` allows everything"))
                .advise("say which task of which office the facts are used for"),
        );
    }
    (key == "text" && words.len() < FEWEST_WORDS).then(|| {
        Problem::new(
            "share.vague-purpose",
            format!("a purpose of fewer than {FEWEST_WORDS} words says too little"),
        )
        .advise("say which task of which office the facts are used for")
    })
}
