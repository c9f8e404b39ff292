//! Reads data description entries. Every mistake is reported; after one, reading goes on behind the next full stop.
//!
//! IBM Enterprise COBOL, Language Reference, "DATA DIVISION--data description entry". What surrounds the entries in a program is
//! read over: division and section headings, file descriptions, listing control. So is level 77, which is never part of a
//! record. The constants of level 78 (Micro Focus) and `CONSTANT` (ISO/IEC 1989:2014 §13.10) are put where their names stand.

use std::collections::HashMap;

use concordat_record::{Problem, Problems, nearest};

use super::clauses::{clause, keyword};
use super::syntax::{Clauses, ConditionName, ConditionValue, Constant, Entry, Named, Renaming};
use super::text::{Files, Mark, Token, TokenKind};

/// Groups nest no deeper than this; COBOL has 49 levels.
const DEEPEST: usize = 49;

/// Reads the words of a copybook into its top entries. Of a program with files those count that describe files.
pub(crate) fn parse(tokens: &[Token], files: &Files, decimal_comma: bool) -> (Vec<Entry>, Problems) {
    let mut parser = Parser {
        tokens,
        next: 0,
        files,
        problems: Problems::none(),
        decimal_comma,
        constants: HashMap::new(),
        is_file_section: false,
    };
    let mut entries = parser.entries();
    if entries.iter().any(|(of_file, _)| *of_file) {
        entries.retain(|(of_file, _)| *of_file);
    }
    (entries.into_iter().map(|(_, entry)| entry).collect(), parser.problems)
}

/// A place in the tokens and the problems found so far.
pub(crate) struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    pub files: &'a Files,
    pub problems: Problems,
    /// Whether `,` is the decimal point.
    pub decimal_comma: bool,
    /// The constants that have names, by upper-case name.
    constants: HashMap<String, Constant>,
    /// Whether the entries describe the records of files.
    is_file_section: bool,
}

/// A top entry, and whether it describes the records of a file.
type Root = (bool, Entry);

impl<'a> Parser<'a> {
    fn entries(&mut self) -> Vec<Root> {
        let mut open: Vec<Entry> = Vec::new();
        let mut roots: Vec<Root> = Vec::new();
        // Level 77 has its own conditions, which are read over with it.
        let mut after_single = false;
        while let Some(token) = self.peek() {
            match self.sentence(token) {
                Ok(Sentence::Entry(entry)) => {
                    after_single = false;
                    while open.last().is_some_and(|above| above.level >= entry.level) {
                        self.close(&mut open, &mut roots);
                    }
                    if open.len() == DEEPEST {
                        let sentence = "groups are nested too deep";
                        self.problems.push(self.at(entry.mark, "copybook.too-deep", sentence));
                    } else {
                        open.push(*entry);
                    }
                }
                Ok(Sentence::Condition(condition, mark)) => match open.last_mut() {
                    _ if after_single => {}
                    Some(above) => above.conditions.push(condition),
                    None => {
                        let sentence = "a condition (level 88) has no field above it";
                        self.problems.push(self.at(mark, "copybook.stray-condition", sentence));
                    }
                },
                Ok(Sentence::Renaming(renaming)) => {
                    if let Some(record) = open.first_mut() {
                        record.renames.push(renaming);
                    } else {
                        let sentence = "a renaming (level 66) has no record above it";
                        self.problems.push(self.at(renaming.mark, "copybook.stray-renaming", sentence));
                    }
                }
                Ok(Sentence::Single) => after_single = true,
                Ok(Sentence::Heading(section)) => {
                    while !open.is_empty() {
                        self.close(&mut open, &mut roots);
                    }
                    self.is_file_section = section.unwrap_or(self.is_file_section);
                }
                Ok(Sentence::ReadOver) => {}
                Err(problem) => {
                    self.problems.push(problem);
                    self.skip_sentence();
                }
            }
        }
        while !open.is_empty() {
            self.close(&mut open, &mut roots);
        }
        roots
    }

    /// The innermost open entry is complete: it belongs to the one above it, or is a root.
    fn close(&self, open: &mut Vec<Entry>, roots: &mut Vec<Root>) {
        let Some(done) = open.pop() else { return };
        match open.last_mut() {
            Some(above) => above.parts.push(done),
            None => roots.push((self.is_file_section, done)),
        }
    }

    /// One sentence, up to and with its full stop.
    fn sentence(&mut self, first: &'a Token) -> Result<Sentence, Problem> {
        if let Some(sentence) = self.surroundings(first) {
            return Ok(sentence);
        }
        match self.level(first)? {
            88 => self.condition().map(|condition| Sentence::Condition(condition, first.mark)),
            66 => self.renaming(first.mark).map(Sentence::Renaming),
            77 => {
                self.skip_sentence();
                Ok(Sentence::Single)
            }
            78 => {
                let name = self.name("the name of a constant")?;
                self.take_any(&["VALUE"]).ok_or_else(|| self.wrong_next("VALUE"))?;
                self.take_any(&["IS"]);
                self.named_constant(name)
            }
            level => self.entry(level, first.mark),
        }
    }

    /// What stands around entries in a program.
    fn surroundings(&mut self, first: &Token) -> Option<Sentence> {
        const LISTING: [&str; 4] = ["EJECT", "SKIP1", "SKIP2", "SKIP3"];
        const HEADINGS: [&str; 9] =
            ["DATA", "FILE", "WORKING-STORAGE", "LOCAL-STORAGE", "LINKAGE", "FD", "SD", "RD", "CD"];
        const OPTIONS: [&str; 2] = ["CBL", "PROCESS"];
        let is_any = |words: &[&str]| words.iter().any(|word| first.is(word));
        if is_any(&LISTING) || first.is("TITLE") {
            self.next += 1;
            if first.is("TITLE") && self.peek().is_some_and(|token| token.kind == TokenKind::Literal) {
                self.next += 1;
            }
            self.take_stop();
            return Some(Sentence::ReadOver);
        }
        if is_any(&OPTIONS) {
            while self
                .peek()
                .is_some_and(|token| (token.mark.file, token.mark.line) == (first.mark.file, first.mark.line))
            {
                self.next += 1;
            }
            return Some(Sentence::ReadOver);
        }
        if is_any(&HEADINGS) {
            self.skip_sentence();
            let is_section =
                self.tokens.get(self.next.wrapping_sub(2)).is_some_and(|token| token.is("SECTION"));
            return Some(Sentence::Heading(is_section.then(|| first.is("FILE"))));
        }
        if first.kind == TokenKind::Stop {
            self.next += 1;
            return Some(Sentence::ReadOver);
        }
        None
    }

    fn level(&mut self, token: &Token) -> Result<u8, Problem> {
        match level_of(token) {
            Some(level) => {
                self.next += 1;
                Ok(level)
            }
            None => Err(self.wrong_word(token, "a level number (01 to 49, 66, 77 or 88)")),
        }
    }

    fn entry(&mut self, level: u8, mark: Mark) -> Result<Sentence, Problem> {
        let name = match self.peek() {
            Some(token) if token.is("FILLER") => {
                self.next += 1;
                None
            }
            Some(token) if token.kind == TokenKind::Word && keyword(&token.text).is_none() => {
                self.next += 1;
                Some(self.checked_name(token)?)
            }
            _ => None,
        };
        if let (Some(name), Some(_)) = (&name, self.take_any(&["CONSTANT"])) {
            self.take_any(&["IS"]);
            self.take_any(&["GLOBAL"]);
            self.take_any(&["AS"]);
            return self.named_constant(name.clone());
        }
        let clauses = Clauses::default();
        let mut entry = Entry {
            level,
            name,
            mark,
            clauses,
            parts: Vec::new(),
            conditions: Vec::new(),
            renames: Vec::new(),
        };
        while let Some(token) = self.peek() {
            if token.kind == TokenKind::Stop {
                self.next += 1;
                return Ok(Sentence::Entry(Box::new(entry)));
            }
            if self.begins_entry(token) {
                break;
            }
            clause(self, token, &mut entry.clauses)?;
        }
        self.problems.push(
            self.at(mark, "copybook.open-entry", "this entry does not end with a full stop")
                .advise("end every entry with `.`"),
        );
        Ok(Sentence::Entry(Box::new(entry)))
    }

    /// Whether the next entry begins where a full stop is missing: a level number at the beginning of a line.
    fn begins_entry(&self, token: &Token) -> bool {
        let before = self.next.checked_sub(1).and_then(|before| self.tokens.get(before));
        let is_first = before.is_some_and(|before| before.mark.line != token.mark.line);
        is_first && level_of(token).is_some() && token.text.len() == 2
    }

    fn checked_name(&self, token: &Token) -> Result<String, Problem> {
        let letter = |c: char| c.is_alphanumeric() || "-_#@$:".contains(c);
        if token.text.chars().all(letter) && token.text.chars().any(char::is_alphabetic) {
            return Ok(token.text.to_ascii_uppercase());
        }
        Err(self.wrong_word(token, "a data name (letters, digits and hyphens)"))
    }

    fn named_constant(&mut self, name: String) -> Result<Sentence, Problem> {
        let value = self.constant()?;
        self.constants.insert(name, value);
        self.skip_sentence();
        Ok(Sentence::ReadOver)
    }

    fn renaming(&mut self, mark: Mark) -> Result<Renaming, Problem> {
        let name = self.name("a new name")?;
        self.take_any(&["RENAMES"]).ok_or_else(|| self.wrong_next("RENAMES"))?;
        let first = self.qualified("the name of what is renamed")?;
        let last = match self.take_any(&["THRU", "THROUGH"]) {
            Some(_) => Some(self.qualified("the name of the last renamed field")?),
            None => None,
        };
        match self.peek() {
            Some(token) if token.kind == TokenKind::Stop => self.next += 1,
            _ => return Err(self.wrong_next("THRU or a full stop")),
        }
        Ok(Renaming { name, mark, first, last })
    }

    fn condition(&mut self) -> Result<ConditionName, Problem> {
        let name = self.name("the name of a condition")?;
        self.take_any(&["VALUE", "VALUES"]).ok_or_else(|| self.wrong_next("VALUE"))?;
        self.take_any(&["IS", "ARE"]);
        let mut values: Vec<ConditionValue> = Vec::new();
        while let Some(token) = self.peek() {
            if token.kind == TokenKind::Stop {
                self.next += 1;
                break;
            }
            if token.is("WHEN") || token.is("FALSE") {
                // WHEN SET TO FALSE says what a program stores, not what the condition means.
                self.skip_sentence();
                break;
            }
            if token.is("THRU") || token.is("THROUGH") {
                self.next += 1;
                let end = self.peek().filter(|token| token.kind != TokenKind::Stop);
                let (Some(_), false) = (end, values.is_empty()) else {
                    return Err(self.wrong_next("a value on both sides of THRU"));
                };
                let end = self.constant()?;
                if let Some(last) = values.last_mut() {
                    last.last = Some(end);
                }
            } else {
                values
                    .extend(self.constants()?.into_iter().map(|first| ConditionValue { first, last: None }));
            }
        }
        if values.is_empty() {
            return Err(self.wrong_next("a value"));
        }
        Ok(ConditionName { name, values })
    }

    /// Takes a literal, a figurative constant or the name of a constant.
    pub fn constant(&mut self) -> Result<Constant, Problem> {
        let Some(token) = self.peek() else { return Err(self.wrong_next("a literal")) };
        let constant = match token.kind {
            TokenKind::Literal => Some(Constant::Text(token.text.clone())),
            TokenKind::Hexadecimal => bytes(&token.text).map(Constant::Bytes),
            TokenKind::Word if token.is("ALL") => {
                self.next += 1;
                return Ok(match self.constant()? {
                    Constant::Text(text) => Constant::All(text),
                    other => other,
                });
            }
            TokenKind::Word => Constant::figurative(&token.text)
                .or_else(|| self.constants.get(&token.text.to_ascii_uppercase()).cloned())
                .or_else(|| number(&token.text, self.decimal_comma)),
            _ => None,
        };
        let known = ["SPACES", "ZEROS", "LOW-VALUES", "HIGH-VALUES", "QUOTES"];
        let constant = constant.ok_or_else(|| {
            self.unknown_word(token, "a literal, or a constant such as SPACES or ZEROS", &known)
        })?;
        self.next += 1;
        Ok(constant)
    }

    /// The same; numbers may also be separated by commas alone.
    fn constants(&mut self) -> Result<Vec<Constant>, Problem> {
        if let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word && !self.decimal_comma)
        {
            let numbers: Option<Vec<Constant>> =
                token.text.split(',').map(|part| number(part, false)).collect();
            if let Some(numbers) = numbers.filter(|numbers| numbers.len() > 1) {
                self.next += 1;
                return Ok(numbers);
            }
        }
        self.constant().map(|constant| vec![constant])
    }

    /// The number that a word is or names.
    pub fn whole_number(&self, word: &str) -> Option<usize> {
        match self.constants.get(&word.to_ascii_uppercase()) {
            Some(Constant::Number(number)) => number.parse().ok(),
            _ => word.parse().ok(),
        }
    }

    /// A picture with the constants it names in brackets put in: `X(NAME-LENGTH)`.
    pub fn picture_text(&self, picture: &str) -> String {
        if self.constants.is_empty() {
            return picture.to_owned();
        }
        let put = |part: &str| match part.split_once(')') {
            Some((name, rest)) => match self.whole_number(name) {
                Some(number) => format!("{number}){rest}"),
                None => part.to_owned(),
            },
            None => part.to_owned(),
        };
        picture.split('(').map(put).collect::<Vec<_>>().join("(")
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

    /// Takes a name.
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

    /// Takes a name and the groups that qualify it: `A OF B IN C`.
    pub fn qualified(&mut self, expected: &str) -> Result<Named, Problem> {
        let mark = self.peek().map(|token| token.mark).unwrap_or_default();
        let mut name = self.name(expected)?;
        while self.take_any(&["OF", "IN"]).is_some() {
            name.push_str(" OF ");
            name.push_str(&self.name("the name of a group")?);
        }
        Ok(Named { name, mark })
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
        Problem::new(code, sentence).at(self.files.place(mark))
    }
}

enum Sentence {
    Entry(Box<Entry>),
    Condition(ConditionName, Mark),
    Renaming(Renaming),
    /// A level 77.
    Single,
    /// What ends a record: the description of a file, or a section, which is that of files or not.
    Heading(Option<bool>),
    ReadOver,
}

fn level_of(token: &Token) -> Option<u8> {
    match token.kind {
        TokenKind::Word if token.text.len() <= 2 && token.text.bytes().all(|byte| byte.is_ascii_digit()) => {
            token.text.parse().ok().filter(|level| matches!(level, 1..=49 | 66 | 77 | 78 | 88))
        }
        _ => None,
    }
}

/// A numeric literal, with `.` as its decimal point.
fn number(word: &str, decimal_comma: bool) -> Option<Constant> {
    let word = if decimal_comma { word.replace(',', ".") } else { word.to_owned() };
    let digits = word.strip_prefix(['+', '-']).unwrap_or(&word);
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.matches('.').count() <= 1;
    is_number.then(|| Constant::Number(word.strip_prefix('+').unwrap_or(&word).to_owned()))
}

/// The bytes of hexadecimal digits, two for each.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
            _ => None,
        })
        .collect()
}
