//! One subject and a whole register are compared by the same arithmetic.

use concordat_link::{Choice, Model, Recogniser, Records};

use super::bodies::*;
use crate::match_batch;

#[test]
fn a_register_matched_with_itself_links_every_record_to_itself() {
    let bodies = Bodies::refreshed();
    let body = bodies.charities.body().unwrap();
    let register = name("charities");
    let matched = match_batch((&body, &register), (&body, &register)).unwrap();
    assert_eq!(matched.left_keys.len(), 60);
    assert!(matched.links.len() > 50, "{} links", matched.links.len());
    assert!(matched.links.iter().all(|(left, right)| left == right), "{:?}", matched.links);
}

#[tokio::test]
async fn an_answer_is_as_sure_as_the_batch() {
    let (_bodies, charities, _grants) = Bodies::running();
    let register = name("charities");
    let snapshot = charities.shelf.snapshot(&register).unwrap().unwrap();
    let (_keys, records) =
        crate::batch::records((charities.body(), &register), &charities.body().links[&register].rules)
            .unwrap();
    let rules = charities.body().links[&register].rules.clone();
    let file = charities.body().path(snapshot.model.unwrap());
    let model = Model::from_json(&std::fs::read_to_string(file).unwrap()).unwrap();
    let recogniser = Recogniser::new(rules.clone(), &model).unwrap();
    for number in 0..60 {
        let subject = subject(number);
        let mut one = Records::new(&rules.properties());
        one.push(&subject);
        let linked = recogniser.link(&one, &records, 0.0, Choice::BestOfLeft);
        let (on_shelf, reading) = charities.shelf.register(&register, charities.body()).unwrap();
        let single = on_shelf.recognise(&reading, &subject).unwrap().unwrap();
        let pair = linked.pairs.first().unwrap();
        assert_eq!((u64::from(pair.right), pair.weight), (single.row, single.matched.weight), "{number}");
        assert!((pair.probability - single.matched.probability).abs() < 1e-12, "{number}");
    }
}
