//! Patience, with time moved by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use concordat_record::Problem;

use super::{BreakerRule, Caller, Failure, Patience, Retry, Time};

/// Time that passes only by sleeping.
#[derive(Debug, Default)]
struct HandTime(Mutex<Vec<u64>>);

impl Time for HandTime {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.lock().unwrap().iter().sum())
    }

    fn sleep(&self, pause: Duration) {
        self.0.lock().unwrap().push(pause.as_millis() as u64);
    }
}

fn caller(retries: u32, rate: u64) -> (Caller, Arc<HandTime>) {
    let time = Arc::new(HandTime::default());
    let patience = Patience {
        timeout: Duration::from_secs(10),
        retry: Retry { retries, ..Retry::default() },
        breaker: BreakerRule { failures: 5, rest: Duration::from_mins(1) },
        spacing: Duration::from_millis(rate),
    };
    (Caller::at(patience, time.clone()), time)
}

fn overload(after: Option<u64>) -> Failure {
    let problem = Problem::new("http.status", "the server is overloaded");
    Failure { after: after.map(Duration::from_secs), ..Failure::passing(problem) }
}

fn slept(time: &HandTime) -> Vec<u64> {
    time.0.lock().unwrap().clone()
}

#[test]
fn what_may_pass_is_tried_again_after_longer_and_longer_pauses() {
    let (caller, time) = caller(3, 0);
    let mut attempts = 0;
    let answer = caller.call(None, |_| {
        attempts += 1;
        if attempts < 4 { Err(overload(None)) } else { Ok("rows") }
    });
    assert_eq!(answer.unwrap(), "rows");
    assert_eq!(slept(&time), [1000, 2000, 4000]);
    let problem = caller.call(None, |_| Err::<(), _>(overload(Some(7)))).unwrap_err();
    assert_eq!(problem.sentence, "the server is overloaded, 4 times");
    assert_eq!(slept(&time)[3..], [7000, 7000, 7000]);
}

#[test]
fn what_lasts_is_not_tried_again_and_hours_are_not_waited_for() {
    let (caller, time) = caller(3, 0);
    for failure in [Failure::lasting(Problem::new("http.status", "no such page")), overload(Some(7200))] {
        let mut failure = Some(failure);
        let problem = caller.call(None, |_| Err::<(), _>(failure.take().unwrap())).unwrap_err();
        assert!(!problem.sentence.contains("times"), "{problem}");
    }
    assert!(slept(&time).is_empty());
}

#[test]
fn a_question_has_its_answer_or_problem_in_time() {
    let (caller, time) = caller(10, 0);
    let mut allowed = Vec::new();
    let deadline = Some(caller.deadline(None));
    let answer = caller.call(deadline, |left| {
        allowed.push(left.as_millis());
        time.sleep(Duration::from_millis(100));
        Err::<(), _>(overload(None))
    });
    assert!(answer.is_err());
    assert_eq!(allowed, [10_000, 8900, 6800, 2700]);
    assert!(time.now() < Duration::from_secs(10));
}

#[test]
fn a_server_that_keeps_failing_is_left_alone_and_tried_once_after_a_rest() {
    let (caller, time) = caller(0, 0);
    let fail = || caller.call(None, |_| Err::<(), _>(overload(None))).unwrap_err().code;
    for _ in 0..5 {
        assert_eq!(fail(), "http.status");
    }
    time.sleep(Duration::from_secs(59));
    let mut asked = false;
    let ask = caller.call(None, |_| {
        asked = true;
        Ok(())
    });
    let problem = ask.unwrap_err();
    assert_eq!(problem.sentence, "the server failed 5 times in a row and is left alone for another 1 s");
    assert!(!asked, "nothing is asked meanwhile");
    time.sleep(Duration::from_secs(1));
    assert_eq!(fail(), "http.status", "one request is let through");
    assert_eq!(fail(), "service.resting");
    time.sleep(Duration::from_mins(1));
    assert!(caller.call(None, |_| Ok(())).is_ok());
    assert_eq!(fail(), "http.status", "a success closes the matter");
}

#[test]
fn requests_keep_their_distance() {
    let (caller, time) = caller(0, 250);
    for _ in 0..3 {
        caller.call(None, |_| Ok(())).unwrap();
    }
    assert_eq!(slept(&time), [250, 250]);
}
