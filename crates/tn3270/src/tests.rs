//! The client at its practice host, and at hosts that misbehave.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use proptest::prelude::*;

use crate::host::{Manners, PracticeHost};
use crate::{CodePage, Host, Key, Model, Options, Position, Screen, Session, Terminal};

const PATIENCE: Duration = Duration::from_secs(20);

fn at(row: usize, column: usize) -> Position {
    Position { row, column }
}

fn connect(port: u16, options: Options) -> Session {
    let host = Host { name: "127.0.0.1".into(), port, tls: None };
    Session::connect(&host, options, PATIENCE).unwrap()
}

fn shows(session: &mut Session, row: usize, column: usize, text: &str) {
    let wanted = |screen: &Screen| screen.text(at(row, column), text.len()).is_ok_and(|found| found == text);
    session.wait_for(PATIENCE, Duration::ZERO, wanted).unwrap();
}

#[test]
fn a_walk_from_logon_to_one_organisation_and_through_a_list() {
    for extended in [false, true] {
        for wanted in [false, true] {
            let manners = Manners { extended, organisations: 30, ..Manners::default() };
            let host = PracticeHost::start(0, manners).unwrap();
            let mut session = connect(host.port(), Options { tn3270e: wanted, ..Options::default() });
            shows(&mut session, 1, 2, "EOR00");
            session.type_at(at(5, 18), "DEMO").unwrap();
            session.tab();
            assert_eq!(session.screen().cursor(), at(6, 18));
            session.type_text("GREEN").unwrap();
            assert_eq!(session.screen().line(6), " PASSWORD . . .", "a password is not shown");
            session.press(Key::Enter).unwrap();
            shows(&mut session, 1, 2, "EOR10");
            session.type_at(at(5, 18), "c").unwrap();
            session.press(Key::Enter).unwrap();
            shows(&mut session, 1, 2, "EOR20");
            assert_eq!(session.screen().text(at(5, 4), 9).unwrap(), "100000007");
            session.press(Key::Pf(8)).unwrap();
            shows(&mut session, 22, 60, "END OF LIST");
            session.type_at(at(5, 2), "s").unwrap();
            session.press(Key::Enter).unwrap();
            shows(&mut session, 1, 2, "EOR30");
            assert!(
                session.screen().line(6).starts_with(" NAME . . . . .  "),
                "{}",
                session.screen().line(6)
            );
        }
    }
}

#[test]
fn a_terminal_that_is_in_use_is_named() {
    let host = PracticeHost::start(0, Manners { extended: true, ..Manners::default() }).unwrap();
    let options = Options { terminal_name: Some("TERM9999".into()), ..Options::default() };
    let problem = connect(host.port(), options).wait_for(PATIENCE, Duration::ZERO, |_| true).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "error[tn3270.refused-terminal]: the host does not give us the terminal `TERM9999`: it is in use"
    );
}

/// What becomes of a connection to a host that says something and hears no answer.
fn against(said: &[u8], hang_up: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let said = said.to_vec();
    let host = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&said).unwrap();
        if !hang_up {
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let mut session = connect(port, Options::default());
    let waited = session.wait_for(Duration::from_millis(300), Duration::ZERO, |screen| screen.line(1) == "A");
    drop(session);
    host.join().unwrap();
    waited.unwrap_err().to_string().replace(&port.to_string(), "PORT")
}

#[test]
fn hosts_that_misbehave_are_explained() {
    for (said, hang_up, expected) in [
        (
            &b"No more\r\nsessions today.\r\n"[..],
            true,
            "error[tn3270.disconnected]: `127.0.0.1:PORT` hung up; it said: No more sessions today.",
        ),
        (
            b"",
            false,
            "error[tn3270.timeout]: `127.0.0.1:PORT` has not shown a screen within 0.3 s\n  \
             try: check that the port is that of a 3270 host, and whether it speaks TLS",
        ),
        (
            b"\xf5\xc0\xc2\xff\xef",
            false,
            "error[tn3270.timeout]: `127.0.0.1:PORT` has not freed the keyboard within 0.3 s\n  \
             try: the host may be slow: allow more time",
        ),
        (
            b"\xf5\xc2\xc2\xff\xef",
            false,
            "error[tn3270.timeout]: `127.0.0.1:PORT` does not show the screen that was expected within 0.3 s\n  \
             try: look at the screen with a terminal program",
        ),
        (
            b"\x77\xff\xef",
            false,
            "error[tn3270.bad-stream]: the host sent what is no 3270 data stream: the command 77",
        ),
        (
            b"\xf5\xc2\x11\x5d\xff\xef",
            false,
            "error[tn3270.bad-stream]: the host sent what is no 3270 data stream: the order Set Buffer Address is cut off",
        ),
        (
            b"\xf5\xc2\x11\x6d\x40\xff\xef",
            false,
            "error[tn3270.bad-stream]: the host sent what is no 3270 data stream: the order Set Buffer Address goes to \
             address 2880, beyond the 24 rows of 80 columns\n  try: the host may believe that the terminal is larger: set its `model`",
        ),
    ] {
        assert_eq!(against(said, hang_up), expected, "{}", said.escape_ascii());
    }
    let endless = vec![0xc1; 70_000];
    assert!(against(&endless, true).starts_with("error[tn3270.record-too-long]"));
}

/// A terminal that was told a data stream.
fn told(streams: &[&[u8]], model: Model) -> Terminal {
    let mut terminal = Terminal::new(Options { model, ..Options::default() });
    for stream in streams {
        terminal.receive(stream).unwrap();
        terminal.receive(&[0xff, 0xef]).unwrap();
    }
    terminal
}

#[test]
fn orders_write_what_the_manual_says() {
    let lines = |streams: &[&[u8]]| {
        let terminal = told(streams, Model::Two);
        let lines = terminal.screen().lines();
        lines[..3].iter().map(|line| line.replace(' ', ".")).collect::<Vec<_>>().join("|")
    };
    // Erase/Write, Set Buffer Address to row 2, and on from there.
    assert_eq!(lines(&[b"\xf5\xc2\xc1\x11\xc1\x50\xc2\xc3"]), "A|BC|");
    // Repeat to Address: the stop is not written to.
    assert_eq!(lines(&[b"\xf5\xc2\x3c\x40\xc5\x60"]), "-----||");
    // Write goes on where the cursor stands; Insert Cursor put it there.
    assert_eq!(lines(&[b"\xf5\xc2\xc1\x13\xc2", b"\xf1\xc2\xc3"]), "AC||");
    // Start Field takes a position; Program Tab goes to the next open field, and blanks behind characters.
    assert_eq!(
        lines(&[b"\xf5\xc2\x1d\x60\xc1\xc1\xc1\x1d\x40\xc2\xc2", b"\xf1\xc2\xc3\x05\xc4"]),
        "C....DB||"
    );
    assert_eq!(lines(&[b"\xf5\xc2\x1d\x60\xc1\xc1\xc1\x1d\x40\xc2\xc2", b"\xf1\xc2\x05\xc4"]), ".AAA.DB||");
    // Erase Unprotected to Address leaves labels alone.
    assert_eq!(lines(&[b"\xf5\xc2\x1d\x60\xc1\x1d\x40\xc2\xc2\x11\x40\x40\x12\x40\x40"]), ".A||");
    // Erase All Unprotected, then the tag of the field is gone.
    assert_eq!(lines(&[b"\xf5\xc2\x1d\x60\xc1\x1d\xc1\xc2\xc2", b"\x6f"]), ".A||");
    // Start Field Extended without a field attribute, Set Attribute, Graphic Escape, hidden text.
    assert_eq!(lines(&[b"\xf5\xc2\x29\x01\x42\xf4\xc1\x28\x41\xf1\xc2\x08\xa2\x1d\x4c\xc3"]), ".AB─||");
    // Modify Field shows what was hidden.
    assert_eq!(lines(&[b"\xf5\xc2\x1d\x4c\xc3\x11\x40\x40\x2c\x01\xc0\x40"]), ".C||");
}

#[test]
fn the_larger_screen_is_there_when_the_host_asks_for_it() {
    let terminal = told(&[b"\x7e\xc2\xc1"], Model::Five);
    assert_eq!((terminal.screen().rows(), terminal.screen().columns()), (27, 132));
    let terminal = told(&[b"\x7e\xc2\xc1", b"\xf5\xc2\xc1"], Model::Five);
    assert_eq!((terminal.screen().rows(), terminal.screen().columns()), (24, 80));
}

#[test]
fn what_was_typed_goes_to_the_host_and_nothing_else() {
    let page = b"\xf5\xc2\x1d\xf0\xc1\x1d\x40\x00\x00\x00\x1d\xf0\x1d\x40\xc2\x1d\xf0";
    let press = |key: Key, typed: &str| {
        let mut terminal = told(&[page], Model::Two);
        if !typed.is_empty() {
            terminal.type_at(at(1, 4), typed).unwrap();
        }
        terminal.press(key).unwrap();
        assert!(terminal.is_locked());
        assert_eq!(terminal.press(key).unwrap_err().code, "tn3270.keyboard-locked");
        terminal.take_outgoing()
    };
    assert_eq!(press(Key::Enter, ""), b"\x7d\x40\x40\xff\xef");
    assert_eq!(press(Key::Enter, "XY"), b"\x7d\x40\xc5\x11\x40\xc3\xe7\xe8\xff\xef");
    // A full field: the cursor skips the label to the next field.
    assert_eq!(press(Key::Pf(3), "XYZ"), b"\xf3\x40\xc8\x11\x40\xc3\xe7\xe8\xe9\xff\xef");
    assert_eq!(press(Key::Pa(1), "XY"), b"\x6c\xff\xef");
    assert_eq!(press(Key::Clear, "XY"), b"\x6d\xff\xef");
    let mut terminal = told(&[page], Model::Two);
    for (position, text, code) in [
        (at(1, 2), "X", "tn3270.protected"),
        (at(1, 3), "X", "tn3270.protected"),
        (at(1, 4), "WXYZ", "tn3270.field-too-short"),
        (at(25, 1), "X", "tn3270.no-such-position"),
        (at(0, 1), "X", "tn3270.no-such-position"),
        (at(1, 4), "€", "tn3270.not-in-code-page"),
    ] {
        assert_eq!(terminal.type_at(position, text).unwrap_err().code, code);
    }
    let advice = terminal.type_at(at(1, 2), "X").unwrap_err().advice.unwrap();
    assert_eq!(advice, "open fields begin at row 1, column 4 (3 long); row 1, column 9 (1 long)");
}

#[test]
fn hosts_that_read_the_screen_are_answered() {
    let mut terminal = told(&[b"\xf5\xc2\x1d\xc1\xc1", b"\xf2", b"\xf6", b"\x6e"], Model::Two);
    let sent = terminal.take_outgoing();
    let records: Vec<&[u8]> = sent.split(|byte| *byte == 0xef).collect();
    assert!(records[0].starts_with(b"\x60\x40\x40\x1d\xc1\xc1\x00"), "the buffer");
    assert_eq!(records[1], b"\x60\x40\x40\x11\x40\xc1\xc1\xff");
    assert_eq!(records[2], records[1]);
}

#[test]
fn a_code_page_of_ones_own_reads_and_types() {
    let mut chars = [' '; 256];
    chars[0xc1] = 'Ж';
    let mut terminal = Terminal::new(Options { code_page: CodePage::new(chars), ..Options::default() });
    terminal.receive(b"\xf5\xc2\xc1\x13\xff\xef").unwrap();
    assert_eq!(terminal.screen().line(1), "Ж");
    terminal.type_text("Ж").unwrap();
    assert_eq!(terminal.screen().line(1), "ЖЖ");
}

/// Bytes that are likely to mean something to a terminal.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(vec![
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x07, 0x08, 0x11, 0x12, 0x13, 0x18, 0x19, 0x1d, 0x28, 0x29, 0x2c,
        0x3c, 0x40, 0x5d, 0x7e, 0x7f, 0xc0, 0xc2, 0xf0, 0xf1, 0xf2, 0xf3, 0xf5, 0xf6, 0xfa, 0xfb, 0xfd, 0xef,
        0xff,
    ]);
    prop::collection::vec(prop_oneof![4 => telling, 1 => any::<u8>()], 0..600)
}

proptest! {
    #[test]
    fn no_stream_breaks_the_terminal(bytes in streams(), key in 1u8..24, row in 0usize..30, column in 0usize..90) {
        for model in [Model::Two, Model::Five] {
            let mut terminal = Terminal::new(Options { model, ..Options::default() });
            let _ = terminal.receive(&bytes);
            let _ = terminal.type_at(at(row, column), "TEXT");
            let _ = terminal.press(Key::Pf(key));
            terminal.tab();
            terminal.screen().lines();
            terminal.screen().fields();
            prop_assert!(terminal.take_outgoing().len() < 1 << 22);
        }
    }

    #[test]
    fn a_stream_means_the_same_in_any_pieces(bytes in streams(), cut in 0usize..600) {
        let cut = cut.min(bytes.len());
        let mut whole = Terminal::new(Options::default());
        let mut pieces = Terminal::new(Options::default());
        let outcome = whole.receive(&bytes).is_ok();
        let in_pieces = pieces.receive(&bytes[..cut]).and_then(|()| pieces.receive(&bytes[cut..])).is_ok();
        prop_assert_eq!(outcome, in_pieces);
        prop_assert_eq!(whole.screen().lines(), pieces.screen().lines());
        prop_assert_eq!(whole.take_outgoing(), pieces.take_outgoing());
    }
}
