use std::sync::atomic::{AtomicU8, Ordering};

use concordat_record::{FixedClock, Timestamp};

use super::*;

/// Never the same bytes twice.
struct Counter(AtomicU8);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::SeqCst));
    }
}

fn access() -> (Access, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_000_000)));
    let access = Access::new(clock.clone(), Arc::new(Counter(AtomicU8::new(1))))
        .person("Robin Sample", "a-long-random-code-1")
        .person("Kim Sample", "a-long-random-code-2");
    (access, clock)
}

#[test]
fn a_code_opens_a_session_of_its_person_and_spaces_around_it_do_not_matter() {
    let (access, _) = access();
    for (code, user) in [("a-long-random-code-1", "Robin Sample"), (" a-long-random-code-2\n", "Kim Sample")]
    {
        let key = access.sign_in(code, None).unwrap();
        assert_eq!(access.signed_in(&key).unwrap().user, user);
    }
}

#[test]
fn each_sign_in_has_a_new_key_and_a_new_token() {
    let (access, _) = access();
    let first = access.sign_in("a-long-random-code-1", None).unwrap();
    let second = access.sign_in("a-long-random-code-1", None).unwrap();
    assert_ne!(first.as_str(), second.as_str());
    assert_ne!(access.signed_in(&first).unwrap().token, access.signed_in(&second).unwrap().token);
}

#[test]
fn a_wrong_code_opens_nothing() {
    let (access, _) = access();
    for code in ["", "a-long-random-code-", "a-long-random-code-12", "A-LONG-RANDOM-CODE-1"] {
        assert_eq!(access.sign_in(code, None).err(), Some(SignInError::Wrong), "{code}");
    }
}

#[test]
fn guessing_is_stopped_for_the_guesser_alone_and_only_for_a_while() {
    let (access, clock) = access();
    let guesser: Option<IpAddr> = Some([10, 0, 0, 1].into());
    for _ in 0..10 {
        assert_eq!(access.sign_in("guess", guesser).err(), Some(SignInError::Wrong));
    }
    let stopped = access.sign_in("a-long-random-code-1", guesser).err();
    assert_eq!(stopped, Some(SignInError::TooMany { wait_seconds: 300 }));
    assert!(access.sign_in("a-long-random-code-1", Some([10, 0, 0, 2].into())).is_ok());
    clock.advance_seconds(300);
    assert!(access.sign_in("a-long-random-code-1", guesser).is_ok());
}

#[test]
fn many_senders_do_not_fill_the_memory_and_do_not_lock_out_those_already_known() {
    let (access, _) = access();
    for number in 0..10_000_u32 {
        let _ = access.sign_in("guess", Some(std::net::Ipv4Addr::from_bits(number).into()));
    }
    assert!(access.sign_in("a-long-random-code-1", Some(std::net::Ipv4Addr::from_bits(7).into())).is_ok());
}

#[test]
fn an_idle_session_ends_and_a_used_one_lives_on_until_its_longest() {
    let (access, clock) = access();
    let key = access.sign_in("a-long-random-code-1", None).unwrap();
    for _ in 0..20 {
        clock.advance_seconds(29 * 60);
        assert!(access.signed_in(&key).is_some());
    }
    clock.advance_seconds(29 * 60);
    assert!(access.signed_in(&key).is_none(), "ten hours are over");

    let key = access.sign_in("a-long-random-code-1", None).unwrap();
    clock.advance_seconds(30 * 60);
    assert!(access.signed_in(&key).is_none());
}

#[test]
fn signing_out_ends_the_session_on_the_server() {
    let (access, _) = access();
    let key = access.sign_in("a-long-random-code-1", None).unwrap();
    access.sign_out(&key);
    assert!(access.signed_in(&key).is_none());
}

#[test]
fn the_cookie_is_for_this_body_alone_and_out_of_reach_of_scripts() {
    let body: BodyId = "US/GOV/GRANTS/OFFICE".parse().unwrap();
    let (access, _) = access();
    let key = SessionKey::from_cookie("k");
    assert_eq!(
        access.cookie(&body, Some(&key)),
        "concordat-US.GOV.GRANTS.OFFICE=k; Path=/; HttpOnly; SameSite=Strict"
    );
    assert_eq!(
        access.over_https().cookie(&body, None),
        "__Host-concordat-US.GOV.GRANTS.OFFICE=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0"
    );
}
