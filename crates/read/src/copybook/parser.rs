//! Reads data description entries. Every mistake is reported; after one, reading goes on behind the next full stop.
//!
//! IBM Enterprise COBOL, Language Reference, "DATA DIVISION--data description entry". Levels 66 (RENAMES) and 77 are read over: a
//! renaming adds no bytes, and a 77 is never part of a record. Left out, and said so: COPY, pointers, indexes, objects.

use concordat_record::{Problem, Problems, nearest};

use super::clauses::clause;
use super::syntax::{Clauses, ConditionName, Entry};
use super::text::{Mark, ReferenceFormat, Token, TokenKind, tokens};

/// Groups nest no deeper than this; COBOL has 49 levels.
const DEEPEST: usize = 49;

/// Reads the text of a copybook into its top entries.
pub(crate) fn parse(text: &str, format: ReferenceFormat, file: &str) -> Result<Vec<Entry>, Problems> {
    let (tokens, problems) = tokens(text, format, file);
    let mut parser = Parser { tokens: &tokens, next: 0, file, problems };
    let entries = parser.entries();
    let mut problems = parser.problems;
    if entries.is_empty() && !problems.has_errors() {
        problems.push(
            Problem::new("copybook.empty", "there is no data description in the copybook")
                .at(concordat_record::Place::file(file))
                .advise("it should begin with an entry such as `01  CUSTOMER-RECORD.`"),
        );
    }
    problems.or(entries)
}

/// A place in the tokens and the problems found so far.
pub(crate) struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    pub file: &'a str,
    pub problems: Problems,
}

impl<'a> Parser<'a> {
    fn entries(&mut self) -> Vec<Entry> {
        let mut open: Vec<Entry> = Vec::new();
        let mut roots = Vec::new();
        while let Some(token) = self.peek() {
            match self.sentence(token) {
                Ok(Sentence::Entry(entry)) => {
                    while open.last().is_some_and(|above| above.level >= entry.level) {
                        close(&mut open, &mut roots);
                    }
                    if open.len() == DEEPEST {
                        self.problems.push(self.at(
                            entry.mark,
                            "copybook.too-deep",
                            "groups are nested too deep",
                        ));
                    } else {
                        open.push(*entry);
                    }
                }
                Ok(Sentence::Condition(condition, mark)) => match open.last_mut() {
                    Some(above) => above.conditions.push(condition),
                    None => self.problems.push(self.at(
                        mark,
                        "copybook.stray-condition",
                        "a condition (level 88) has no field above it",
                    )),
                },
                Ok(Sentence::ReadOver) => {}
                Ok(Sentence::End) => break,
                Err(problem) => {
                    self.problems.push(problem);
                    self.skip_sentence();
                }
            }
        }
        while !open.is_empty() {
            close(&mut open, &mut roots);
        }
        roots
    }

    /// One sentence, up to and with its full stop.
    fn sentence(&mut self, first: &Token) -> Result<Sentence, Problem> {
        const HEADINGS: [&str; 11] = [
            "IDENTIFICATION",
            "ID",
            "ENVIRONMENT",
            "DATA",
            "FILE",
            "WORKING-STORAGE",
            "LOCAL-STORAGE",
            "LINKAGE",
            "FD",
            "SD",
            "PROGRAM-ID",
        ];
        const LISTING: [&str; 4] = ["EJECT", "SKIP1", "SKIP2", "SKIP3"];
        if LISTING.iter().any(|word| first.is(word)) {
            self.next += 1;
            self.take_stop();
            return Ok(Sentence::ReadOver);
        }
        if first.is("PROCEDURE") {
            return Ok(Sentence::End);
        }
        if HEADINGS.iter().any(|word| first.is(word)) {
            self.skip_sentence();
            return Ok(Sentence::ReadOver);
        }
        if first.is("COPY") || first.is("REPLACE") {
            return Err(self
                .wrong_word(first, "a level number")
                .advise("COPY and REPLACE are not expanded: put the copied text in their place"));
        }
        let level = self.level(first)?;
        match level {
            88 => self.condition().map(|condition| Sentence::Condition(condition, first.mark)),
            66 | 77 => {
                self.skip_sentence();
                Ok(Sentence::ReadOver)
            }
            _ => self.entry(level, first.mark).map(|entry| Sentence::Entry(Box::new(entry))),
        }
    }

    fn level(&mut self, token: &Token) -> Result<u8, Problem> {
        let level = match token.kind {
            TokenKind::Word if token.text.len() <= 2 => token.text.parse().ok(),
            _ => None,
        };
        match level {
            Some(level @ (1..=49 | 66 | 77 | 88)) => {
                self.next += 1;
                Ok(level)
            }
            _ => Err(self.wrong_word(token, "a level number (01 to 49, 66, 77 or 88)")),
        }
    }

    fn entry(&mut self, level: u8, mark: Mark) -> Result<Entry, Problem> {
        let name = match self.peek() {
            Some(token) if token.is("FILLER") => {
                self.next += 1;
                None
            }
            Some(token)
                if token.kind == TokenKind::Word && super::clauses::keyword(&token.text).is_none() =>
            {
                self.next += 1;
                Some(self.checked_name(token)?)
            }
            _ => None,
        };
        let mut clauses = Clauses::default();
        while let Some(token) = self.peek() {
            if token.kind == TokenKind::Stop {
                self.next += 1;
                return Ok(Entry { level, name, mark, clauses, parts: Vec::new(), conditions: Vec::new() });
            }
            clause(self, token, &mut clauses)?;
        }
        self.problems.push(
            self.at(mark, "copybook.open-entry", "this entry does not end with a full stop")
                .advise("end every entry with `.`"),
        );
        Ok(Entry { level, name, mark, clauses, parts: Vec::new(), conditions: Vec::new() })
    }

    fn checked_name(&self, token: &Token) -> Result<String, Problem> {
        let letter = |c: char| c.is_alphanumeric() || "-_#@$:".contains(c);
        if token.text.chars().all(letter) && token.text.chars().any(char::is_alphabetic) {
            return Ok(token.text.to_ascii_uppercase());
        }
        Err(self.wrong_word(token, "a data name (letters, digits and hyphens)"))
    }

    fn condition(&mut self) -> Result<ConditionName, Problem> {
        let name = self.name("the name of a condition")?;
        self.take_any(&["VALUE", "VALUES"]).ok_or_else(|| self.wrong_next("VALUE"))?;
        self.take_any(&["IS", "ARE"]);
        let mut values: Vec<(String, Option<String>)> = Vec::new();
        while let Some(token) = self.peek() {
            self.next += 1;
            if token.kind == TokenKind::Stop {
                break;
            }
            if token.is("THRU") || token.is("THROUGH") {
                let end = self.peek().filter(|token| token.kind != TokenKind::Stop);
                let (Some(end), Some(last)) = (end, values.last_mut()) else {
                    return Err(self.wrong_next("a value on both sides of THRU"));
                };
                last.1 = Some(end.text.clone());
                self.next += 1;
            } else {
                values.push((token.text.clone(), None));
            }
        }
        Ok(ConditionName { name, values })
    }

    pub fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    pub fn advance(&mut self) {
        self.next += 1;
    }

    /// Takes the next word if it is one of the given.
    pub fn take_any(&mut self, keywords: &[&str]) -> Option<&'a Token> {
        let token = self.peek().filter(|token| keywords.iter().any(|keyword| token.is(keyword)))?;
        self.next += 1;
        Some(token)
    }

    /// Takes a name that is no keyword.
    pub fn name(&mut self, expected: &str) -> Result<String, Problem> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Word => {
                let name = self.checked_name(token)?;
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.wrong_next(expected)),
        }
    }

    fn take_stop(&mut self) {
        if self.peek().is_some_and(|token| token.kind == TokenKind::Stop) {
            self.next += 1;
        }
    }

    fn skip_sentence(&mut self) {
        while let Some(token) = self.peek() {
            self.next += 1;
            if token.kind == TokenKind::Stop {
                return;
            }
        }
    }

    /// A problem with the next token, or with the end of the text.
    pub fn wrong_next(&self, expected: &str) -> Problem {
        if let Some(token) = self.peek() {
            return self.wrong_word(token, expected);
        }
        let mark = self.tokens.last().map(|token| token.mark).unwrap_or_default();
        self.at(mark, "copybook.ends-early", &format!("the copybook ends where {expected} was expected"))
    }

    pub fn wrong_word(&self, token: &Token, expected: &str) -> Problem {
        let sentence = format!("found `{}` where {expected} was expected", token.text);
        self.at(token.mark, "copybook.unexpected-word", &sentence)
    }

    /// A problem with a word that is none of the known.
    pub fn unknown_word(&self, token: &Token, expected: &str, known: &[&str]) -> Problem {
        let problem = self.wrong_word(token, expected);
        match nearest(&token.text, known.iter().copied()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem,
        }
    }

    pub fn at(&self, mark: Mark, code: &'static str, sentence: &str) -> Problem {
        Problem::new(code, sentence).at(mark.place(self.file))
    }
}

enum Sentence {
    Entry(Box<Entry>),
    Condition(ConditionName, Mark),
    ReadOver,
    End,
}

/// The innermost open entry is complete: it belongs to the one above it, or is a root.
fn close(open: &mut Vec<Entry>, roots: &mut Vec<Entry>) {
    if let Some(done) = open.pop() {
        open.last_mut().map_or(roots, |above| &mut above.parts).push(done);
    }
}
