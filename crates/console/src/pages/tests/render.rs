//! Every page from samples, and from samples in which every text is hostile.

use askama::Template;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{ask, exchange, exchanges, failure, help, home, sign_in};
use super::html::check_page;
use crate::view::{Exchange, ExchangePage, Home, ProofState, Questions, UnifiedView, Verification};

const HOSTILE: &str = "<script>alert('1')</script>\"'><img src=x onerror=alert(2)>&amp;";

/// The same view with markup in every text that may hold anything. Texts with a form of their own (identifiers,
/// dates, words of an enumeration) refuse the change and stay; property paths are of the vocabulary and stay too.
fn hostile<T: Serialize + DeserializeOwned>(view: &T) -> T {
    let mut value = serde_json::to_value(view).unwrap();
    let pointers = texts(&value, "");
    assert!(!pointers.is_empty());
    for pointer in pointers.into_iter().filter(|pointer| !pointer.ends_with("/path")) {
        let text = value.pointer_mut(&pointer).unwrap();
        let kept = std::mem::replace(text, Value::String(HOSTILE.into()));
        if serde_json::from_value::<T>(value.clone()).is_err() {
            *value.pointer_mut(&pointer).unwrap() = kept;
        }
    }
    assert!(value.to_string().contains("<script>"));
    serde_json::from_value(value).unwrap()
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    match value {
        Value::String(_) => vec![pointer.to_owned()],
        Value::Array(parts) => {
            parts.iter().enumerate().flat_map(|(i, part)| texts(part, &format!("{pointer}/{i}"))).collect()
        }
        Value::Object(parts) => parts
            .iter()
            .flat_map(|(name, part)| {
                texts(part, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")))
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_page_is_well_made_from_samples_and_from_hostile_texts() {
    let home = Home::sample();
    let questions = Questions::sample();
    let view = UnifiedView::sample();
    let none = UnifiedView::sample_without_answers();
    let exchange = Exchange::sample();
    let refused = Exchange::sample_refused();
    let log = ExchangePage::sample();
    let hold = Verification::sample();
    let fail = Verification::sample_failed();
    let wrong: &[(&str, &str)] =
        &[("case", HOSTILE), ("legalName", ""), ("registeredAddress.postName", HOSTILE)];
    let pages: Vec<(&str, Result<String, askama::Error>)> = vec![
        ("sign-in", sign_in::SignInPage::sample(false).render()),
        ("sign-in, wrong", sign_in::SignInPage::sample(true).render()),
        ("home", home::HomePage::of(home.clone()).render()),
        ("home, empty", home::HomePage::of(Home::sample_empty()).render()),
        ("home, hostile", home::HomePage::of(hostile(&home)).render()),
        ("ask", ask::AskPage::of(questions.clone(), None).render()),
        ("ask, wrong", ask::AskPage::of(questions.clone(), Some(wrong)).render()),
        ("ask, hostile", ask::AskPage::of(hostile(&questions), Some(&[])).render()),
        ("answers", ask::AnswersPage::of(view.clone()).render()),
        ("answers, hostile", ask::AnswersPage::of(hostile(&view)).render()),
        ("answers, none", ask::AnswersPage::of(none.clone()).render()),
        ("answers, none, hostile", ask::AnswersPage::of(hostile(&none)).render()),
        ("exchanges", exchanges::ExchangesPage::of(log.clone(), 1, &[]).render()),
        (
            "exchanges, middle",
            exchanges::ExchangesPage::of(log.clone(), 30, &[("outcome", "refused")]).render(),
        ),
        ("exchanges, empty", exchanges::ExchangesPage::of(ExchangePage::sample_empty(), 1, &[]).render()),
        ("exchanges, hostile", exchanges::ExchangesPage::of(hostile(&log), 1, &[("from", HOSTILE)]).render()),
        ("exchange", exchange::OneExchangePage::of(exchange.clone(), None).render()),
        ("exchange, refused", exchange::OneExchangePage::of(refused.clone(), None).render()),
        ("exchange, verified", exchange::OneExchangePage::of(exchange.clone(), Some(hold.clone())).render()),
        ("exchange, not verified", exchange::OneExchangePage::of(exchange.clone(), Some(fail)).render()),
        (
            "exchange, hostile",
            exchange::OneExchangePage::of(hostile(&refused), Some(hostile(&hold))).render(),
        ),
        ("help", help::HelpPage::sample(true).render()),
        ("help, signed out", help::HelpPage::sample(false).render()),
        ("failure", failure::FailurePage::sample(true).render()),
        ("failure, signed out", failure::FailurePage::sample(false).render()),
    ];
    for (name, html) in pages {
        check_page(name, &html.unwrap());
    }
}

#[test]
fn facts_of_a_reply_that_does_not_verify_are_not_shown() {
    let mut view = UnifiedView::sample();
    for reply in &mut view.replies {
        reply.proof = ProofState::Failed("the answer is not signed".into());
    }
    let html = ask::AnswersPage::of(view).render().unwrap();
    check_page("failed", &html);
    for words in ["1 June 1987", "Recognised<", "What we know now"] {
        assert!(!html.contains(words), "{words}");
    }
    assert!(html.contains("Does not verify") && html.contains("The answer is not signed."));
}

#[test]
fn wherever_a_match_shows_the_page_says_what_it_is_worth() {
    for html in [
        ask::AskPage::of(Questions::sample(), None).render().unwrap(),
        ask::AnswersPage::of(UnifiedView::sample()).render().unwrap(),
        ask::AnswersPage::of(UnifiedView::sample_without_answers()).render().unwrap(),
        exchange::OneExchangePage::of(Exchange::sample(), None).render().unwrap(),
        help::HelpPage::sample(true).render().unwrap(),
    ] {
        assert!(html.to_lowercase().contains("a match is a lead, not a decision"));
    }
}
