//! COPY and REPLACE: the text of a copybook with everything that it copies in place, and replaced as it says.
//!
//! IBM Enterprise COBOL, Language Reference, "COPY statement" and "REPLACE statement"; LEADING and TRAILING partial words as
//! ISO/IEC 1989:2014 §7.2.3 and 7.2.4 have them. `EXEC SQL INCLUDE`, `++INCLUDE` and `-INC` are COPY by other names; other EXEC
//! statements are left out. Copied text may copy again, with replacing at every level.

use concordat_record::{Problem, Problems};

use super::library::{CopyText, Library};
use super::program::{data_division, has_decimal_comma};
use super::reference::{Columns, ReferenceFormat};
use super::replace::{Replacement, Replacing};
use super::text::{Files, Token, TokenKind, tokens};

/// Copies nest no deeper than this.
const DEEPEST: usize = 32;
/// More tokens than this come from a copybook that copies the same again and again.
const MOST_TOKENS: usize = 1 << 21;
/// A file counts for so many tokens, so that empty ones cannot be read without end.
const COST_OF_FILE: usize = 128;

/// Puts copied text in place.
pub(crate) struct Expansion<'a> {
    pub library: &'a dyn Library,
    pub format: ReferenceFormat,
    pub columns: Columns,
    pub files: &'a mut Files,
    pub problems: &'a mut Problems,
    /// Whether a program among the texts says that `,` is its decimal point.
    pub decimal_comma: bool,
    /// How many tokens all copies together may still have.
    left: usize,
    /// The files being read, outermost first.
    open: Vec<String>,
}

impl<'a> Expansion<'a> {
    pub fn new(
        library: &'a dyn Library,
        (format, columns): (ReferenceFormat, Columns),
        files: &'a mut Files,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            library,
            format,
            columns,
            files,
            problems,
            decimal_comma: false,
            left: MOST_TOKENS,
            open: Vec::new(),
        }
    }

    /// The tokens of a text with everything in place.
    pub fn text(&mut self, source: &CopyText) -> Vec<Token> {
        let tokens = self.file(source);
        self.replaced(tokens)
    }

    fn file(&mut self, source: &CopyText) -> Vec<Token> {
        let file = u16::try_from(self.files.0.len()).unwrap_or(u16::MAX);
        self.files.0.push(source.file.clone());
        let tokens = tokens(&source.text, self.format, self.columns, file);
        self.decimal_comma |= has_decimal_comma(&tokens);
        let tokens = data_division(tokens);
        self.open.push(source.file.clone());
        let expanded = self.expanded(&tokens);
        self.open.pop();
        expanded
    }

    fn expanded(&mut self, tokens: &[Token]) -> Vec<Token> {
        let mut out = Vec::with_capacity(tokens.len());
        let mut at = Cursor { tokens, next: 0 };
        while let Some(token) = at.peek() {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            if !begins_copy(token, at.rest()) {
                out.push(token.clone());
                at.next += 1;
                continue;
            }
            match at.copy() {
                Ok(Some(copy)) => out.extend(self.copied(&copy)),
                Ok(None) => {}
                Err(Expected(what)) => {
                    let place = at.peek().or(tokens.last()).map(|token| token.mark).unwrap_or_default();
                    let found = at.peek().map_or("the end", |token| token.text.as_str());
                    self.problems.push(
                        Problem::new(
                            "copybook.unexpected-word",
                            format!("found `{found}` where {what} was expected"),
                        )
                        .at(self.files.place(place)),
                    );
                    at.skip_sentence();
                }
            }
        }
        out
    }

    fn copied(&mut self, copy: &Copy<'_>) -> Vec<Token> {
        self.left = self.left.saturating_sub(COST_OF_FILE);
        let asking = self.open.last().cloned().unwrap_or_default();
        let found = self.library.find(&copy.name.text, copy.library.as_deref(), &asking);
        let found = found.and_then(|found| {
            if self.open.contains(&found.file) {
                let way: Vec<&str> =
                    self.open.iter().map(String::as_str).chain([found.file.as_str()]).collect();
                let sentence = format!("`{}` copies itself: {}", found.file, way.join(" copies "));
                return Err(Problem::new("copybook.cyclic-copy", sentence)
                    .advise("take one of the COPY statements out"));
            }
            if self.open.len() == DEEPEST {
                return Err(Problem::new("copybook.too-deep", "COPY statements are nested too deep"));
            }
            Ok(found)
        });
        match found {
            Ok(found) => {
                let mut expanded = copy.replacing.apply(&self.file(&found));
                if let Some(first) = expanded.first_mut() {
                    first.joined = false;
                }
                if expanded.len() > self.left {
                    self.left = 0;
                    let sentence = "the copied text is too long: something copies the same again and again";
                    self.problems.push(
                        Problem::new("copybook.too-long", sentence).at(self.files.place(copy.name.mark)),
                    );
                } else {
                    self.left -= expanded.len();
                }
                expanded
            }
            Err(problem) => {
                let place = self.files.place(copy.name.mark);
                self.problems.push(problem.at(place));
                Vec::new()
            }
        }
    }

    /// The tokens with REPLACE statements carried out and taken out.
    fn replaced(&mut self, tokens: Vec<Token>) -> Vec<Token> {
        if !tokens.iter().any(|token| token.is("REPLACE")) {
            return tokens;
        }
        let mut out = Vec::with_capacity(tokens.len());
        let mut current = Replacing::default();
        let mut at = Cursor { tokens: &tokens, next: 0 };
        while let Some(token) = at.peek() {
            if !token.is("REPLACE") {
                let length =
                    at.rest().iter().position(|token| token.is("REPLACE")).unwrap_or(at.rest().len());
                out.extend(current.apply(at.rest().get(..length).unwrap_or_default()));
                at.next += length;
                continue;
            }
            match at.replace() {
                Ok(replacing) => current = replacing,
                Err(Expected(what)) => {
                    let sentence = format!("{what} was expected in a REPLACE statement");
                    let place = at.peek().unwrap_or(token).mark;
                    let problem = Problem::new("copybook.unexpected-word", sentence);
                    self.problems.push(problem.at(self.files.place(place)));
                    at.skip_sentence();
                }
            }
        }
        out
    }
}

/// Whether a COPY, or a statement that is the same or left out, begins here.
fn begins_copy(token: &Token, rest: &[Token]) -> bool {
    let by_another_name = ["++INCLUDE", "-INC"].iter().any(|word| token.is(word));
    let exec = (token.is("EXEC") || token.is("EXECUTE"))
        && rest.get(1).is_some_and(|token| ["SQL", "CICS", "DLI"].iter().any(|word| token.is(word)));
    token.is("COPY") || by_another_name || exec
}

/// A COPY statement.
struct Copy<'a> {
    name: &'a Token,
    library: Option<String>,
    replacing: Replacing,
}

/// What was expected where something else stands.
struct Expected(&'static str);

/// A place in tokens.
struct Cursor<'a> {
    tokens: &'a [Token],
    next: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.next..).unwrap_or_default()
    }

    fn take(&mut self, words: &[&str]) -> Option<&'a Token> {
        let token = self.peek().filter(|token| words.iter().any(|word| token.is(word)))?;
        self.next += 1;
        Some(token)
    }

    fn take_kind(&mut self, kind: TokenKind) -> Option<&'a Token> {
        let token = self.peek().filter(|token| token.kind == kind)?;
        self.next += 1;
        Some(token)
    }

    fn skip_sentence(&mut self) {
        while let Some(token) = self.peek() {
            self.next += 1;
            if token.kind == TokenKind::Stop {
                return;
            }
        }
    }

    /// A statement that copies; none when it is one to leave out.
    fn copy(&mut self) -> Result<Option<Copy<'a>>, Expected> {
        if self.take(&["EXEC", "EXECUTE"]).is_some() {
            return self.exec();
        }
        self.next += 1;
        let name = self.name("the name of a copybook")?;
        let library = match self.take(&["OF", "IN"]) {
            Some(_) => Some(self.name("the name of a library")?.text.clone()),
            None => None,
        };
        if self.take(&["SUPPRESS"]).is_some() {
            self.take(&["PRINTING"]);
        }
        let replacing =
            if self.take(&["REPLACING"]).is_some() { self.replacements()? } else { Replacing::default() };
        if self.take_kind(TokenKind::Stop).is_none()
            && self.peek().is_some_and(|next| next.mark.line == name.mark.line)
        {
            return Err(Expected("the full stop that ends COPY, or REPLACING"));
        }
        Ok(Some(Copy { name, library, replacing }))
    }

    /// `EXEC SQL INCLUDE name END-EXEC`; every other EXEC statement is passed over.
    fn exec(&mut self) -> Result<Option<Copy<'a>>, Expected> {
        self.next += 1;
        let copy = match self.take(&["INCLUDE"]) {
            Some(_) => {
                let name = self.name("the name of a copybook")?;
                // Db2 itself supplies these; they are no part of a record.
                let supplied = name.is("SQLCA") || name.is("SQLDA");
                (!supplied).then_some(Copy { name, library: None, replacing: Replacing::default() })
            }
            None => None,
        };
        while let Some(token) = self.peek() {
            self.next += 1;
            if token.is("END-EXEC") {
                self.take_kind(TokenKind::Stop);
                return Ok(copy);
            }
        }
        Err(Expected("END-EXEC"))
    }

    /// A name may hold `:` or brackets, and then comes in pieces; no library has such names.
    fn name(&mut self, expected: &'static str) -> Result<&'a Token, Expected> {
        let token = self.peek().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Literal));
        self.next += usize::from(token.is_some());
        token.ok_or(Expected(expected))
    }

    /// `REPLACE ==a== BY ==b== … .` or `REPLACE OFF.`
    fn replace(&mut self) -> Result<Replacing, Expected> {
        self.next += 1;
        self.take(&["LAST"]);
        self.take(&["ALSO"]);
        let replacing =
            if self.take(&["OFF"]).is_some() { Replacing::default() } else { self.replacements()? };
        self.take_kind(TokenKind::Stop).ok_or(Expected("a full stop"))?;
        Ok(replacing)
    }

    fn replacements(&mut self) -> Result<Replacing, Expected> {
        let mut all = Vec::new();
        loop {
            let part = self.take(&["LEADING", "TRAILING"]);
            let pattern = self.operand()?;
            self.take(&["BY"]).ok_or(Expected("BY"))?;
            let by = self.operand()?;
            if pattern.is_empty() {
                return Err(Expected("something to replace between == and =="));
            }
            all.push(match part {
                None => Replacement::Words { pattern, by },
                Some(part) => Replacement::Part {
                    leading: part.is("LEADING"),
                    pattern: pattern.iter().map(|token| token.text.as_str()).collect(),
                    by: by.iter().map(|token| token.text.as_str()).collect(),
                },
            });
            if self.peek().is_none_or(|next| next.kind == TokenKind::Stop) {
                return Ok(Replacing(all));
            }
        }
    }

    /// Pseudo-text, a literal, or a word or identifier in all its pieces.
    fn operand(&mut self) -> Result<Vec<Token>, Expected> {
        if self.take_kind(TokenKind::Delimiter).is_some() {
            let length = self.rest().iter().position(|token| token.kind == TokenKind::Delimiter);
            let length = length.ok_or(Expected("the == that ends the text to replace"))?;
            let text = self.rest().get(..length).unwrap_or_default().to_vec();
            self.next += length + 1;
            return Ok(text);
        }
        let mut operand = vec![self.name("text between == and ==, a word or a literal")?.clone()];
        while let Some(next) = self.peek() {
            let qualified = next.is("OF") || next.is("IN");
            let subscripts = next.text == "(";
            if next.kind == TokenKind::Word && (next.joined || qualified || subscripts) {
                operand.push(next.clone());
                self.next += 1;
                if qualified {
                    operand.push(self.name("a name")?.clone());
                }
            } else {
                break;
            }
        }
        Ok(operand)
    }
}
