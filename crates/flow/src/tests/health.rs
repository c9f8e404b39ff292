//! How a node says that it is, in sentences that a person can act on.

use super::bodies::*;
use crate::{Node, State};

/// State and sentence of a part; none when health does not speak of it.
fn part(node: &Node, name: &str) -> Option<(State, String)> {
    let part = node.health().parts.into_iter().find(|part| part.name == name)?;
    Some((part.state, part.sentence))
}

/// How a part is after the folders and the clock have been changed.
fn check(change: impl FnOnce(&Bodies), name: &str, state: State, words: &str) {
    let bodies = Bodies::refreshed();
    change(&bodies);
    let (found, sentence) = part(&bodies.charities.start(), name).unwrap();
    assert_eq!(found, state, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

fn days(count: i64) -> impl FnOnce(&Bodies) {
    move |bodies| bodies.charities.clock.advance_seconds(count * 24 * 60 * 60)
}

#[test]
fn a_node_that_can_answer_says_so() {
    check(|_| {}, "Charities", State::Ok, "60 records");
    check(|_| {}, "Federation", State::Ok, "3 bodies are listed");
    check(|_| {}, "Exchange log", State::Ok, "0 entries");
}

#[test]
fn a_register_that_cannot_be_asked_says_why_and_what_to_do() {
    let never = |bodies: &Bodies| std::fs::remove_dir_all(bodies.charities.folder.join("data")).unwrap();
    check(never, "Charities", State::Problem, "no snapshot yet");
    let other_rules = |bodies: &Bodies| {
        bodies.charities.alter("links/charities.toml", "label = \"same name\"", "label = \"equal name\"");
    };
    check(other_rules, "Charities", State::Problem, "run `concordat refresh`");
    let model_gone = |bodies: &Bodies| {
        let model = super::refresh::standing(&bodies.charities).unwrap().model.unwrap();
        std::fs::remove_file(bodies.charities.folder.join(model)).unwrap();
    };
    check(model_gone, "Charities", State::Problem, "cannot be asked");
}

#[test]
fn what_somebody_should_look_at_soon_is_told_in_time() {
    check(days(50), "Charities", State::Attention, "refreshed on 2026-06-01");
    let bad = |bodies: &Bodies| {
        bodies.charities.write("legacy/charities.csv", charities(60) + &charity(3));
        bodies.charities.refresh().unwrap();
    };
    check(bad, "Charities", State::Attention, "1 in quarantine");
    check(days(190), "Registration of grant applicants", State::Attention, "ends on 2026-12-31");
    check(days(5 * 365), "Federation", State::Problem, "not valid now");
    let none = Bodies::refreshed();
    assert_eq!(part(&none.charities.start(), "Registration of grant applicants"), None);
}
