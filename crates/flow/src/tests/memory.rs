//! What a node remembers, and for how long.

use super::bodies::*;

#[tokio::test]
async fn what_has_expired_is_forgotten_while_the_node_runs() {
    let (bodies, charities, grants) = Bodies::running();
    let entries =
        |node: &crate::Node, space: &str| node.exchanges.entries_before(space, None, 100).unwrap().len();
    grants.ask(question()).await.unwrap();
    assert_eq!((entries(&charities, "nonce"), entries(&charities, "exchange-number")), (1, 1));
    // A nonce is of no use once its message is too old; exchange numbers are kept for a week.
    for (seconds, expected) in [(60, (2, 2)), (60 * 60, (1, 3)), (8 * 24 * 60 * 60, (1, 1))] {
        for place in [&bodies.charities, &bodies.grants] {
            place.clock.advance_seconds(seconds);
        }
        grants.ask(question()).await.unwrap();
        assert_eq!((entries(&charities, "nonce"), entries(&charities, "exchange-number")), expected);
    }
}

#[tokio::test]
async fn an_agreement_without_a_limit_counts_nothing() {
    let bodies = Bodies::refreshed();
    bodies.agree("grants-charities", &replaced(AGREEMENT, &[("per_day = 5\n", "")]));
    let (charities, grants) = (bodies.charities.start(), bodies.grants.start());
    for _ in 0..7 {
        grants.ask(question()).await.unwrap();
    }
    let now = charities.now();
    assert_eq!(charities.let_through_today(&name("grants-charities"), now).unwrap(), 0);
}
