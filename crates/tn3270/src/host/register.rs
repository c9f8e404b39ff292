//! The application: logon, search, list with pages, one organisation.

use std::io;
use std::thread;
use std::time::Duration;

use super::Manners;
use super::line::Line;
use super::page::{Field, Input, Page};

const ENTER: u8 = 0x7d;
const CLEAR: u8 = 0x6d;
const PF3: u8 = 0xf3;
const PF7: u8 = 0xf7;
const PF8: u8 = 0xf8;
/// Lines of a list on one page.
const LINES: usize = 12;

/// One organisation; all are invented.
#[derive(Clone, Debug)]
struct Organisation {
    number: String,
    name: String,
    state: &'static str,
    since: String,
    revenue: String,
}

fn organisations(count: usize) -> Vec<Organisation> {
    const FIRST: [&str; 6] = ["LINDEN", "RIVERSIDE", "NORTH STAR", "HARBOUR", "MAPLE", "OLD MILL"];
    const SECOND: [&str; 5] = ["CLINIC", "FOUNDATION", "LIBRARY FRIENDS", "RELIEF FUND", "HOSPITAL TRUST"];
    const STATES: [&str; 4] = ["OH", "TX", "AK", "ME"];
    let organisation = |index: usize| Organisation {
        number: format!("{:09}", 100_000_007 + index * 7919),
        name: format!("{} {} {}", FIRST[index % 6], SECOND[index % 5], index + 1),
        state: STATES[index % 4],
        since: format!("{}-{:02}-{:02}", 1950 + index % 70, index % 12 + 1, index % 28 + 1),
        revenue: format!("{}.{:02}", (index * 1733) % 100_000, index % 100),
    };
    (0..count).map(organisation).collect()
}

/// What the terminal looks at.
enum View {
    Logon(&'static str),
    Search(&'static str),
    List { found: Vec<Organisation>, first: usize },
    Detail { found: Vec<Organisation>, first: usize, chosen: usize },
    Goodbye,
}

/// Serves one terminal until it leaves.
pub fn serve(line: &mut Line, manners: Manners) -> io::Result<()> {
    if line.terminal_type.contains("-E") {
        // Write Structured Field, Read Partition, Query: what can you do?
        line.send(&[0xf3, 0x00, 0x05, 0x01, 0xff, 0x02])?;
        let answer = line.receive()?;
        if answer.first() != Some(&0x88) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no answer to the query"));
        }
    }
    let known = organisations(manners.organisations);
    let mut view = View::Logon("");
    loop {
        line.send(page(&view).stream())?;
        if matches!(view, View::Goodbye) {
            return Ok(());
        }
        let input = Input::parse(&line.receive()?);
        if matches!(view, View::Search(_)) && input.key == ENTER {
            line.send(Page::over().field(24, 2, Field::Bright, "SEARCHING").stream())?;
            thread::sleep(manners.search.max(Duration::from_millis(1)));
        }
        view = next(view, &input, &known);
    }
}

fn next(view: View, input: &Input, known: &[Organisation]) -> View {
    match (view, input.key) {
        (View::Logon(_), ENTER) if input.field(5, 18) == "DEMO" && input.field(6, 18) == "GREEN" => {
            View::Search("")
        }
        (View::Logon(_), ENTER) => View::Logon("EOR004E USER ID OR PASSWORD NOT VALID"),
        (View::Logon(_) | View::Search(_), PF3) => View::Goodbye,
        (View::Search(_), ENTER) => search(input, known),
        (View::List { found, first }, PF8) => {
            let first = if first + LINES < found.len() { first + LINES } else { first };
            View::List { found, first }
        }
        (View::List { found, first }, PF7) => View::List { found, first: first.saturating_sub(LINES) },
        (View::List { .. }, PF3) => View::Search(""),
        (View::List { found, first }, ENTER) => {
            let marked = (0..LINES).find(|line| input.field(5 + line, 2).eq_ignore_ascii_case("s"));
            match marked.map(|line| first + line).filter(|chosen| *chosen < found.len()) {
                Some(chosen) => View::Detail { found, first, chosen },
                None => View::List { found, first },
            }
        }
        (View::Detail { found, first, .. }, PF3) => View::List { found, first },
        (_, CLEAR) => View::Logon(""),
        (view, _) => view,
    }
}

fn search(input: &Input, known: &[Organisation]) -> View {
    let (name, state) = (input.field(5, 18).to_uppercase(), input.field(6, 18).to_uppercase());
    let fits = |one: &&Organisation| one.name.contains(&name) && (state.is_empty() || one.state == state);
    let found: Vec<Organisation> = known.iter().filter(fits).cloned().collect();
    match found.as_slice() {
        [] => View::Search("EOR010I NO ORGANISATION FOUND"),
        [_] => View::Detail { found, first: 0, chosen: 0 },
        _ => View::List { found, first: 0 },
    }
}

fn page(view: &View) -> Page {
    let mut page = Page::new();
    let mut title = |id: &str, text: &str| {
        page.field(1, 2, Field::Label, id).field(1, 28, Field::Bright, text);
    };
    match view {
        View::Logon(message) => {
            title("EOR00", "EXEMPT ORGANISATIONS");
            page.field(5, 2, Field::Label, "USER ID  . . .").input(5, 18, 8, Field::Open);
            page.field(6, 2, Field::Label, "PASSWORD . . .").input(6, 18, 8, Field::Hidden);
            page.field(24, 2, Field::Bright, message).cursor(5, 18);
        }
        View::Search(message) => {
            title("EOR10", "ORGANISATION SEARCH");
            page.field(5, 2, Field::Label, "NAME . . . . .").input(5, 18, 30, Field::Open);
            page.field(6, 2, Field::Label, "STATE  . . . .").input(6, 18, 2, Field::Open);
            page.field(23, 2, Field::Label, "ENTER=SEARCH  PF3=LOGOFF");
            page.field(24, 2, Field::Bright, message).cursor(5, 18);
        }
        View::List { found, first } => {
            title("EOR20", "SEARCH RESULT");
            page.field(
                3,
                2,
                Field::Label,
                "S NUMBER    NAME                            ST  SINCE        REVENUE",
            );
            for (line, one) in found.iter().skip(*first).take(LINES).enumerate() {
                let row = 5 + line;
                let text = format!(
                    "{:<9} {:<31} {:<3} {:<10} {:>11}",
                    one.number, one.name, one.state, one.since, one.revenue
                );
                page.input(row, 2, 1, Field::Open).field(row, 4, Field::Label, &text);
            }
            let last = *first + LINES >= found.len();
            page.field(22, 60, Field::Bright, if last { "END OF LIST" } else { "MORE..." });
            page.field(23, 2, Field::Label, "ENTER=SELECT  PF3=BACK  PF7=UP  PF8=DOWN").cursor(5, 2);
        }
        View::Detail { found, chosen, .. } => {
            title("EOR30", "ORGANISATION");
            if let Some(one) = found.get(*chosen) {
                let values = [&one.number, &one.name, &one.state.to_owned(), &one.since, &one.revenue]
                    .map(String::clone);
                let labels = [
                    "NUMBER . . . .",
                    "NAME . . . . .",
                    "STATE  . . . .",
                    "EXEMPT SINCE .",
                    "REVENUE  . . .",
                ];
                for (row, (label, value)) in labels.iter().zip(values).enumerate() {
                    page.field(5 + row, 2, Field::Label, label).field(5 + row, 18, Field::Bright, &value);
                }
            }
            page.field(23, 2, Field::Label, "PF3=BACK");
        }
        View::Goodbye => title("EOR99", "GOODBYE"),
    }
    page
}
