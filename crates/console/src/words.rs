//! How values are said to people: numbers, days, certainty, facts.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{Datelike, NaiveDate};
use concordat_record::{Timestamp, Vocabulary};
use serde_json::Value;

use crate::view::{HealthState, Outcome, OutcomeKind, ProofState, ProviderReply, Side};

/// Said wherever somebody might take a match for a decision.
pub(crate) const LEAD: &str = "A match is a lead, not a decision.";

/// A moment, for people and for machines.
#[derive(Template)]
#[template(source = r#"<time datetime="{{ exact }}">{{ text }}</time>"#, ext = "html")]
pub(crate) struct Moment {
    exact: String,
    text: String,
}

impl HtmlSafe for Moment {}

/// A word with a colour; the word alone says it all.
#[derive(Template)]
#[template(source = r#"<strong class="tag tag-{{ tone }}">{{ text }}</strong>"#, ext = "html")]
pub(crate) struct Tag {
    tone: &'static str,
    text: &'static str,
}

impl HtmlSafe for Tag {}

/// `23 November 2026, 09:12 UTC`
pub(crate) fn moment(moment: &Timestamp) -> Moment {
    let exact = moment.to_string();
    let clock = exact.get(11..16).unwrap_or_default().to_owned();
    Moment { text: format!("{}, {clock} UTC", day(&moment.date())), exact }
}

/// `23 November 2026, 09:12:07 UTC`, where the order of events matters.
pub(crate) fn moment_to_the_second(moment: &Timestamp) -> Moment {
    let exact = moment.to_string();
    let clock = exact.get(11..19).unwrap_or_default().to_owned();
    Moment { text: format!("{}, {clock} UTC", day(&moment.date())), exact }
}

/// `23 November 2026`
pub(crate) fn day(date: &NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", date.day(), date.year())
}

/// `1,482`
pub(crate) fn count(number: &u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 record`, `2 records`
pub(crate) fn counted(number: &u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if *number == 1 { one } else { many })
}

/// A share of 0 to 1 as `98.7 %`, rounded down: what is not whole must not look whole.
pub(crate) fn percent(share: &f64) -> String {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    match (share * 1000.0).floor() / 10.0 {
        whole if share >= 1.0 => format!("{whole:.0}\u{a0}%"),
        99.9.. => "over\u{a0}99.9\u{a0}%".into(),
        tenths => format!("{tenths:.1}\u{a0}%"),
    }
}

/// A match probability in words.
pub(crate) fn certainty(probability: &f64) -> &'static str {
    match *probability {
        p if p >= 0.999 => "Almost certain",
        p if p >= 0.99 => "Very likely",
        p if p >= 0.9 => "Likely",
        p if p >= 0.5 => "Possible",
        _ => "Doubtful",
    }
}

/// What one comparison says, in words. A weight of 3 bits makes the odds eight times better.
pub(crate) fn strength(weight: &f64) -> &'static str {
    match *weight {
        w if w >= 6.0 => "speaks strongly for it",
        w if w >= 1.0 => "speaks for it",
        w if w > -1.0 => "says little",
        w if w > -6.0 => "speaks against it",
        _ => "speaks strongly against it",
    }
}

/// A match weight with its sign, `+9.8`.
pub(crate) fn weight(weight: &f64) -> String {
    format!("{weight:+.1}").replace('-', "\u{2212}")
}

/// A bar of a chart from −15 to +15 bits: where it begins and how long it is, in hundredths of the chart.
pub(crate) fn bar(weight: &f64) -> (u32, u32) {
    const FULL: f64 = 15.0;
    let length =
        if weight.is_finite() { (weight.abs().min(FULL) / FULL * 50.0).round().max(1.0) } else { 1.0 };
    let begin = if *weight < 0.0 { 50.0 - length } else { 50.0 };
    (begin as u32, length as u32)
}

/// A fact's value, as an answer to its question.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Null => "The record does not say".into(),
        Value::Bool(true) => "Yes".into(),
        Value::Bool(false) => "No".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.parse::<NaiveDate>().map_or_else(|_| text.clone(), |date| day(&date)),
        Value::Array(parts) => parts.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::Object(parts) => parts
            .iter()
            .map(|(name, part)| format!("{name}: {}", self::value(part)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The words of a problem or a refusal as a sentence of a page: with a capital letter and a final stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut text = capital(words.trim());
    if !text.is_empty() && !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How people call a property: its label in the vocabulary, or the path itself when it is not there.
pub(crate) fn property(class: &str, path: &str) -> String {
    let title = Vocabulary::core().path(class, path).map_or(path, |path| path.title);
    capital(title)
}

/// `Working`, `Soon to do`, `Not working`
pub(crate) fn health(state: &HealthState) -> Tag {
    match state {
        HealthState::Ok => Tag { tone: "good", text: "Working" },
        HealthState::Attention => Tag { tone: "warn", text: "Needs attention" },
        HealthState::Problem => Tag { tone: "bad", text: "Not working" },
    }
}

/// How urgent a task is.
pub(crate) fn urgency(state: &HealthState) -> Tag {
    match state {
        HealthState::Ok => Tag { tone: "plain", text: "When you can" },
        HealthState::Attention => Tag { tone: "warn", text: "Soon" },
        HealthState::Problem => Tag { tone: "bad", text: "Today" },
    }
}

/// What became of an exchange.
pub(crate) fn outcome_kind(outcome: &OutcomeKind) -> Tag {
    let text = outcome_word(outcome);
    match outcome {
        OutcomeKind::Answered => Tag { tone: "good", text },
        OutcomeKind::NotRecognised => Tag { tone: "plain", text },
        OutcomeKind::Refused => Tag { tone: "bad", text },
        OutcomeKind::Unanswered => Tag { tone: "warn", text },
    }
}

/// The same as a bare word.
pub(crate) fn outcome_word(outcome: &OutcomeKind) -> &'static str {
    match outcome {
        OutcomeKind::Answered => "Answered",
        OutcomeKind::NotRecognised => "Not recognised",
        OutcomeKind::Refused => "Refused",
        OutcomeKind::Unanswered => "No reply",
    }
}

/// What came back from one provider. A reply that does not verify is nothing else, whatever it says.
pub(crate) fn reply(reply: &ProviderReply) -> Tag {
    match reply.outcome {
        _ if !reply.is_trusted() => Tag { tone: "bad", text: "Does not verify" },
        Outcome::Recognised { .. } => Tag { tone: "good", text: "Recognised" },
        Outcome::NotRecognised => Tag { tone: "plain", text: "Not recognised" },
        Outcome::Refused { .. } => Tag { tone: "bad", text: "Refused" },
        Outcome::Unreachable { .. } => Tag { tone: "warn", text: "No reply" },
    }
}

/// Whether an exchange is proven.
pub(crate) fn proof(state: &ProofState) -> Tag {
    match state {
        ProofState::Verified => Tag { tone: "good", text: "Verified" },
        ProofState::Failed(_) => Tag { tone: "bad", text: "Does not verify" },
        ProofState::Absent(_) => Tag { tone: "plain", text: "None" },
    }
}

/// One step of a verification.
pub(crate) fn holds(holds: &bool) -> Tag {
    if *holds { Tag { tone: "good", text: "Holds" } } else { Tag { tone: "bad", text: "Fails" } }
}

/// Who asked whom, from where this body stands.
pub(crate) fn side(side: &Side) -> &'static str {
    match side {
        Side::Asked => "We asked",
        Side::Answered => "We were asked by",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_482, "1,482"), (1_234_567, "1,234,567")] {
            assert_eq!(count(&number), text);
        }
        assert_eq!(counted(&1, "record", "records"), "1 record");
    }

    #[test]
    fn what_is_not_whole_does_not_look_whole() {
        for (share, text) in [
            (1.0, "100 %"),
            (0.999_999, "over 99.9 %"),
            (0.999, "over 99.9 %"),
            (0.998_9, "99.8 %"),
            (0.5, "50.0 %"),
            (0.0, "0.0 %"),
            (-3.0, "0.0 %"),
            (f64::NAN, "0.0 %"),
        ] {
            assert_eq!(percent(&share).replace('\u{a0}', " "), text, "{share}");
        }
    }

    #[test]
    fn a_fact_is_an_answer() {
        for (given, text) in [
            (json!(true), "Yes"),
            (json!(null), "The record does not say"),
            (json!("1987-06-01"), "1 June 1987"),
            (json!(["2-year", false]), "2-year, No"),
            (json!(1987), "1987"),
        ] {
            assert_eq!(value(&given), text);
        }
    }

    #[test]
    fn a_bar_stays_in_its_chart_whatever_the_weight() {
        for given in [0.0, 3.2, -2.1, 40.0, -40.0, f64::INFINITY, f64::NAN] {
            let (begin, length) = bar(&given);
            assert!(begin + length <= 100 && length >= 1, "{given}: {begin} {length}");
        }
    }

    #[test]
    fn times_say_their_zone() {
        let time = "2026-11-23T09:12:07.123Z".parse().unwrap();
        assert_eq!(
            moment(&time).render().unwrap(),
            r#"<time datetime="2026-11-23T09:12:07.123Z">23 November 2026, 09:12 UTC</time>"#
        );
    }

    #[test]
    fn problems_become_sentences() {
        for (words, text) in [("it is locked", "It is locked."), ("Why?", "Why?"), ("", ""), ("été", "Été.")]
        {
            assert_eq!(sentence(words), text);
        }
    }

    #[test]
    fn properties_have_the_words_of_the_vocabulary() {
        assert_eq!(property("LegalEntity", "registeredAddress.postCode"), "Post code");
        assert_eq!(property("LegalEntity", "no.such"), "No.such");
    }
}
