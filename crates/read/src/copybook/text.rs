//! The text of a copybook as words with their places: columns, comments, continuation, literals.
//!
//! Reference format after IBM Enterprise COBOL, Language Reference, "Reference format": in fixed format the columns 1–6 hold a
//! sequence number or a change tag, 7 an indicator, 8–72 the text, 73–80 an identification. In free format everything
//! is text. Left out: COPY and REPLACING, and the pseudo-text that goes with them.

use concordat_record::{Place, Problem, Problems};

/// How the columns of a copybook are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceFormat {
    /// Found out from the text: free when a level number begins in columns 1 to 7.
    #[default]
    Auto,
    /// Columns 7 to 72.
    Fixed,
    /// All columns.
    Free,
}

/// A line and a column, both counted from one; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub line: u32,
    pub column: u32,
}

impl Mark {
    pub fn place(self, file: &str) -> Place {
        Place::file(file).line(self.line.into()).column(self.column.into())
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word, number or picture: anything up to a space.
    Word,
    /// A text in quotation marks, without them.
    Literal,
    /// The full stop that ends an entry.
    Stop,
}

/// A piece of a copybook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub text: String,
    pub mark: Mark,
}

impl Token {
    /// Whether it is a given keyword, in any case.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }
}

#[derive(Clone, Copy)]
struct Letter {
    letter: char,
    mark: Mark,
}

/// Splits a copybook into tokens.
pub(crate) fn tokens(text: &str, format: ReferenceFormat, file: &str) -> (Vec<Token>, Problems) {
    let free = match format {
        ReferenceFormat::Free => true,
        ReferenceFormat::Fixed => false,
        ReferenceFormat::Auto => text.lines().any(begins_in_margin) || announces_free(text),
    };
    let mut problems = Problems::none();
    let letters = if free { free_letters(text) } else { fixed_letters(text) };
    let tokens = split(&letters, file, &mut problems);
    (tokens, problems)
}

/// Whether a level number of one or two digits and a name begin in columns 1 to 7, where fixed format has no text.
fn begins_in_margin(line: &str) -> bool {
    let indent = line.chars().take_while(|c| *c == ' ').count();
    let mut words = line.split_whitespace();
    let (Some(level), Some(name)) = (words.next(), words.next()) else { return false };
    indent < 7
        && !line.contains('\t')
        && level.len() <= 2
        && level.bytes().all(|byte| byte.is_ascii_digit())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn announces_free(text: &str) -> bool {
    text.lines().take(10).any(|line| {
        let line = line.to_ascii_uppercase();
        line.contains("SOURCE")
            && line.contains("FORMAT")
            && line.contains("FREE")
            && line.contains(['>', '$'])
    })
}

fn free_letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    for (number, line) in (1u32..).zip(text.lines()) {
        let first = line.trim_start();
        if !first.starts_with('*') && !first.starts_with(">>") && !first.starts_with('$') {
            let marked = (1u32..).zip(line.chars());
            letters.extend(
                marked.map(|(column, letter)| Letter { letter, mark: Mark { line: number, column } }),
            );
        }
        letters.push(line_end(number, line));
    }
    letters
}

fn line_end(number: u32, line: &str) -> Letter {
    let column = u32::try_from(line.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
    Letter { letter: '\n', mark: Mark { line: number, column } }
}

/// The text area of each line; a continued line joins the one before it without a break.
fn fixed_letters(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    for (number, line) in (1u32..).zip(text.lines()) {
        let (indicator, area) = text_area(number, line);
        match indicator {
            '*' | '/' | '$' | 'D' | 'd' => continue,
            '-' => continue_line(&mut letters, &area),
            _ if area.iter().map(|l| l.letter).collect::<String>().trim_start().starts_with(">>") => continue,
            _ => letters.extend(area),
        }
        letters.push(line_end(number, line));
    }
    letters
}

/// The indicator of a line and its columns 8 to 72. A tab moves to the next column after a multiple of eight.
fn text_area(number: u32, line: &str) -> (char, Vec<Letter>) {
    let mut indicator = ' ';
    let mut area = Vec::new();
    let mut position = 1usize;
    for (column, letter) in (1u32..).zip(line.chars()) {
        let mark = Mark { line: number, column };
        match position {
            _ if letter == '\t' => area.push(Letter { letter: ' ', mark }),
            1..=6 => {}
            7 => indicator = letter,
            8..=72 => area.push(Letter { letter, mark }),
            _ => break,
        }
        position = if letter == '\t' { position.div_ceil(8) * 8 + 1 } else { position + 1 };
    }
    (indicator, area)
}

/// Joins a line with `-` in column 7 to the text before it: a word goes on at the first letter; an open literal goes on
/// after the quotation mark that the line begins with.
fn continue_line(letters: &mut Vec<Letter>, area: &[Letter]) {
    if letters.last().is_some_and(|last| last.letter == '\n') {
        letters.pop();
    }
    let begin = letters.iter().rposition(|letter| letter.letter == '\n').map_or(0, |end| end + 1);
    let open = open_quote(letters.iter().skip(begin));
    if open.is_none() {
        while letters.last().is_some_and(|last| last.letter == ' ') {
            letters.pop();
        }
    }
    let mut rest = area.iter().skip_while(|letter| letter.letter == ' ').peekable();
    if open.is_some() {
        rest.next_if(|letter| Some(letter.letter) == open);
    }
    letters.extend(rest);
}

fn open_quote<'a>(letters: impl Iterator<Item = &'a Letter>) -> Option<char> {
    letters.fold(None, |open, letter| match (open, letter.letter) {
        (None, '"' | '\'') => Some(letter.letter),
        (Some(quote), letter) if quote == letter => None,
        (open, _) => open,
    })
}

fn split(letters: &[Letter], file: &str, problems: &mut Problems) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = letters;
    while let Some((first, after)) = rest.split_first() {
        match first.letter {
            c if c.is_whitespace() || c == ',' || c == ';' => rest = after,
            '*' if after.first().is_some_and(|next| next.letter == '>') => {
                let end = after.iter().position(|letter| letter.letter == '\n').unwrap_or(after.len());
                rest = after.get(end..).unwrap_or_default();
            }
            '"' | '\'' => rest = literal(first, after, file, &mut tokens, problems),
            _ => rest = word(rest, &mut tokens),
        }
    }
    tokens
}

fn literal<'a>(
    quote: &Letter,
    after: &'a [Letter],
    file: &str,
    tokens: &mut Vec<Token>,
    problems: &mut Problems,
) -> &'a [Letter] {
    let mut text = String::new();
    let mut letters = after.iter().enumerate().peekable();
    while let Some((index, letter)) = letters.next() {
        if letter.letter == '\n' {
            break;
        }
        if letter.letter != quote.letter {
            text.push(letter.letter);
        } else if letters.next_if(|(_, next)| next.letter == quote.letter).is_some() {
            text.push(quote.letter);
        } else {
            tokens.push(Token { kind: TokenKind::Literal, text, mark: quote.mark });
            return after.get(index + 1..).unwrap_or_default();
        }
    }
    problems.push(
        Problem::new("copybook.open-literal", "a literal begins here and does not end on its line")
            .at(quote.mark.place(file))
            .advise(
                "close it with the same quotation mark, or continue it with `-` in column 7 of the next line",
            ),
    );
    let end = after.iter().position(|letter| letter.letter == '\n').unwrap_or(after.len());
    after.get(end..).unwrap_or_default()
}

/// A word reaches to the next space; a full stop, comma or semicolon at its end is not part of it.
fn word<'a>(letters: &'a [Letter], tokens: &mut Vec<Token>) -> &'a [Letter] {
    let length = letters
        .iter()
        .position(|letter| letter.letter.is_whitespace() || letter.letter == '"' || letter.letter == '\'')
        .unwrap_or(letters.len());
    let (word, rest) = letters.split_at(length);
    let text: String = word.iter().map(|letter| letter.letter).collect();
    let bare = text.trim_end_matches([',', ';', '.']);
    let mark = word.first().map(|letter| letter.mark).unwrap_or_default();
    if !bare.is_empty() {
        tokens.push(Token { kind: TokenKind::Word, text: bare.to_owned(), mark });
    }
    if text[bare.len()..].contains('.') {
        let stop = word.get(bare.chars().count()).map_or(mark, |letter| letter.mark);
        tokens.push(Token { kind: TokenKind::Stop, text: ".".into(), mark: stop });
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::{ReferenceFormat, TokenKind, tokens};

    fn words(text: &str) -> String {
        let (tokens, problems) = tokens(text, ReferenceFormat::Auto, "a.cpy");
        let shown: Vec<String> = tokens
            .iter()
            .map(|token| match token.kind {
                TokenKind::Literal => format!("\"{}\"", token.text),
                _ => token.text.clone(),
            })
            .chain(problems.into_iter().map(|problem| problem.to_string()))
            .collect();
        shown.join("|")
    }

    #[test]
    fn columns_comments_tabs_and_continuation_are_read_as_cobol_has_them() {
        for (text, expected) in [
            ("000100 01  REC.                                                         IDENT001", "01|REC|."),
            ("CHG123 01  REC.\n      * a comment\n           05 A PIC X.", "01|REC|.|05|A|PIC|X|."),
            ("\t01\tREC.", "01|REC|."),
            ("01 REC. *> a note\n  05 A PIC X(3).", "01|REC|.|05|A|PIC|X(3)|."),
            ("       05 A PIC 9(3).99.", "05|A|PIC|9(3).99|."),
            ("       88 B VALUE 'it''s', \"x.y\".", "88|B|VALUE|\"it's\"|\"x.y\"|."),
            ("       05 LONG-NA\n      -    ME PIC X.", "05|LONG-NAME|PIC|X|."),
            ("       05 A VALUE 'ab\n      -    'cd'.", "05|A|VALUE|\"abcd\"|."),
            ("      D05 DEBUG PIC X.\n       05 A PIC X.", "05|A|PIC|X|."),
            ("", ""),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_literal_left_open_is_shown_where_it_begins() {
        let (_, problems) = tokens("       05 A VALUE 'ab.\n", ReferenceFormat::Auto, "a.cpy");
        assert_eq!(problems.0[0].place.to_string(), "a.cpy:1:19");
    }
}
