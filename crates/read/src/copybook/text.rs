//! The text of a copybook as words with their places: words, literals, pseudo-text delimiters, full stops.
//!
//! IBM Enterprise COBOL, Language Reference, "Character-strings" and "Separators". A word that holds `:`, `(` or `)` comes in
//! pieces, because COPY … REPLACING compares these text words; [`glued`] joins them again.

use concordat_record::{Place, Problem, Problems};

use super::reference::{Columns, Letter, PADDING, ReferenceFormat, letters};

/// A file, and a line and a column in it, both counted from one; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    /// The index in [`Files`].
    pub file: u16,
    pub line: u32,
    pub column: u32,
}

/// The files that the text of a copybook came from, as problems name them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(pub Vec<String>);

impl Files {
    /// The place of a mark.
    pub fn place(&self, mark: Mark) -> Place {
        let file = self.0.get(usize::from(mark.file)).map_or("", String::as_str);
        let place = Place::file(file);
        if mark.line == 0 { place } else { place.line(mark.line.into()).column(mark.column.into()) }
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word, number or picture: anything up to a space.
    Word,
    /// A text in quotation marks, without them.
    Literal,
    /// The digits of a literal such as `X'F1'`.
    Hexadecimal,
    /// `==`, before and behind pseudo-text.
    Delimiter,
    /// The full stop that ends an entry.
    Stop,
    /// A quotation mark that nothing closes.
    Open,
}

/// A piece of a copybook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub text: String,
    pub mark: Mark,
    /// Whether it follows the token before it without a space.
    pub joined: bool,
}

impl Token {
    /// Whether it is a given keyword, in any case.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it is the same text word, as COPY … REPLACING compares them.
    pub fn is_same(&self, other: &Token) -> bool {
        self.kind == other.kind
            && match self.kind {
                TokenKind::Literal => self.text == other.text,
                _ => self.text.eq_ignore_ascii_case(&other.text),
            }
    }
}

/// Splits a copybook into tokens.
pub(crate) fn tokens(text: &str, format: ReferenceFormat, columns: Columns, file: u16) -> Vec<Token> {
    let letters = letters(text, format, columns, file);
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = letters.as_slice();
    let mut joined = false;
    while let Some((first, after)) = rest.split_first() {
        let known = tokens.len();
        match first.letter {
            c if c.is_whitespace() || c == ',' || c == ';' || c == PADDING => rest = after,
            '*' if after.first().is_some_and(|next| next.letter == '>') => {
                let end = after.iter().position(|letter| letter.letter == '\n').unwrap_or(after.len());
                rest = after.get(end..).unwrap_or_default();
            }
            '"' | '\'' => rest = literal(first, after, joined, &mut tokens),
            _ => rest = word(rest, joined, &mut tokens),
        }
        joined = tokens.len() > known;
    }
    tokens
}

/// The open literals among tokens, as problems; the others go on.
pub(crate) fn without_open_literals(
    tokens: Vec<Token>,
    files: &Files,
    problems: &mut Problems,
) -> Vec<Token> {
    let (open, good): (Vec<Token>, Vec<Token>) =
        tokens.into_iter().partition(|token| token.kind == TokenKind::Open);
    problems.extend(open.into_iter().map(|token| {
        Problem::new("copybook.open-literal", "a literal begins here and does not end on its line")
            .at(files.place(token.mark))
            .advise(
                "close it with the same quotation mark, or continue it with `-` in column 7 of the next line",
            )
    }));
    good
}

/// The words of one piece of text joined again: `:`, `TAG`, `:`, `-NAME` became `ABC`, `-NAME`, and is one word.
pub(crate) fn glued(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match out.last_mut() {
            Some(last) if token.joined && token.kind == TokenKind::Word && last.kind == TokenKind::Word => {
                last.text.push_str(&token.text);
            }
            _ => out.push(token),
        }
    }
    out
}

fn literal<'a>(quote: &Letter, after: &'a [Letter], joined: bool, tokens: &mut Vec<Token>) -> &'a [Letter] {
    let mut text = String::new();
    let mut letters = after.iter().enumerate().peekable();
    let mut kind = TokenKind::Open;
    let mut used = after.len();
    while let Some((index, letter)) = letters.next() {
        used = index;
        if letter.letter == '\n' {
            break;
        }
        if letter.letter != quote.letter {
            text.push(letter.letter);
        } else if letters.next_if(|(_, next)| next.letter == quote.letter).is_some() {
            text.push(quote.letter);
        } else {
            (kind, used) = (TokenKind::Literal, index + 1);
            break;
        }
    }
    let mut token = Token { kind, text, mark: quote.mark, joined };
    if let Some(prefix) = tokens.pop_if(|last| joined && kind == TokenKind::Literal && is_prefix(last)) {
        // X'F1F2' is a literal of its own; N'…', G'…', U'…' and Z'…' are texts.
        if prefix.text.to_ascii_uppercase().ends_with('X') {
            token.kind = TokenKind::Hexadecimal;
        }
        (token.mark, token.joined) = (prefix.mark, prefix.joined);
    }
    tokens.push(token);
    after.get(used..).unwrap_or_default()
}

fn is_prefix(token: &Token) -> bool {
    ["X", "N", "G", "U", "Z", "NX", "UX", "L"].iter().any(|prefix| token.is(prefix))
}

/// A word reaches to the next space; a full stop, comma or semicolon at its end is not part of it.
fn word<'a>(letters: &'a [Letter], joined: bool, tokens: &mut Vec<Token>) -> &'a [Letter] {
    let is_delimiter = |index: usize| {
        let letter = |index: usize| letters.get(index).map(|letter| letter.letter);
        letter(index) == Some('=') && letter(index + 1) == Some('=')
    };
    if is_delimiter(0) {
        let mark = letters.first().map(|letter| letter.mark).unwrap_or_default();
        tokens.push(Token { kind: TokenKind::Delimiter, text: "==".into(), mark, joined });
        return letters.get(2..).unwrap_or_default();
    }
    let ends = |(index, letter): (usize, &Letter)| {
        let c = letter.letter;
        (c.is_whitespace() || c == '"' || c == '\'' || c == PADDING || is_delimiter(index)).then_some(index)
    };
    let length = letters.iter().enumerate().find_map(ends).unwrap_or(letters.len());
    let (word, rest) = letters.split_at(length);
    let bare = word.iter().rposition(|letter| !",;.".contains(letter.letter)).map_or(0, |last| last + 1);
    let (bare, marks) = word.split_at(bare);
    pieces(bare, joined, tokens);
    if let Some(stop) = marks.iter().find(|letter| letter.letter == '.') {
        let joined = !bare.is_empty() || joined;
        tokens.push(Token { kind: TokenKind::Stop, text: ".".into(), mark: stop.mark, joined });
    }
    rest
}

/// A word in the pieces that COPY … REPLACING compares: `:`, `(` and `)` stand for themselves.
fn pieces(word: &[Letter], joined: bool, tokens: &mut Vec<Token>) {
    let stands_alone = |letter: &Letter| ":()".contains(letter.letter);
    let chunks = word.chunk_by(|a, b| !stands_alone(a) && !stands_alone(b));
    for (index, chunk) in chunks.enumerate() {
        tokens.push(Token {
            kind: TokenKind::Word,
            text: chunk.iter().map(|letter| letter.letter).collect(),
            mark: chunk.first().map(|letter| letter.mark).unwrap_or_default(),
            joined: joined || index > 0,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, ReferenceFormat, Token, TokenKind, glued, tokens};

    fn shown(tokens: Vec<Token>) -> String {
        let shown: Vec<String> = glued(tokens)
            .iter()
            .map(|token| match token.kind {
                TokenKind::Literal => format!("\"{}\"", token.text),
                TokenKind::Hexadecimal => format!("X\"{}\"", token.text),
                TokenKind::Open => format!("open at {}:{}", token.mark.line, token.mark.column),
                _ => token.text.clone(),
            })
            .collect();
        shown.join("|")
    }

    fn words(text: &str) -> String {
        shown(tokens(text, ReferenceFormat::Auto, Columns::default(), 0))
    }

    #[test]
    fn columns_comments_tabs_and_continuation_are_read_as_cobol_has_them() {
        let long = "       05 A VALUE 'ab\n      -    'cd'.";
        for (text, expected) in [
            ("000100 01  REC.                                                         IDENT001", "01|REC|."),
            ("CHG123 01  REC.\n      * a comment\n           05 A PIC X.", "01|REC|.|05|A|PIC|X|."),
            ("*------ it's a box -----*\n       01  REC.", "01|REC|."),
            ("\t01\tREC.", "01|REC|."),
            ("01 REC. *> a note\n  05 A PIC X(3).", "01|REC|.|05|A|PIC|X(3)|."),
            ("       05 A PIC 9(3).99.", "05|A|PIC|9(3).99|."),
            ("       88 B VALUE 'it''s', \"x.y\".", "88|B|VALUE|\"it's\"|\"x.y\"|."),
            ("       88 B VALUE X'F1', N'a' Z\"b\".", "88|B|VALUE|X\"F1\"|\"a\"|\"b\"|."),
            ("       05 LONG-NA\n\n      * between\n      -    ME PIC X.", "05|LONG-NAME|PIC|X|."),
            (long, &format!("05|A|VALUE|\"ab{}cd\"|.", " ".repeat(51))),
            ("      D05 DEBUG PIC X.\n       05 A PIC X.", "05|A|PIC|X|."),
            ("      /\n       05 A PIC X.", "05|A|PIC|X|."),
            ("      >>SOURCE FORMAT IS FREE\n05 A PIC X.", "05|A|PIC|X|."),
            ("      $SET SOURCEFORMAT\"FREE\"\n* note\n05 A PIC X.", "05|A|PIC|X|."),
            ("       COPY A REPLACING ==:T:-X== BY ====.", "COPY|A|REPLACING|==|:T:-X|==|BY|==|==|."),
            ("       05 A VALUE 'ab.\n", "05|A|VALUE|open at 1:19"),
            ("", ""),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_bounds_of_the_text_can_be_moved() {
        let read = |first, last, text| shown(tokens(text, ReferenceFormat::Auto, Columns { first, last }, 0));
        assert_eq!(read(3, 20, "1 05 A PIC X(3).    IGNORED"), "05|A|PIC|X(3)|.");
        assert_eq!(read(3, 20, " *05 A PIC X."), "");
        assert_eq!(read(1, 12, "05 A PIC X. seq"), "05|A|PIC|X|.");
        assert_eq!(read(8, 255, &format!("       05 A{:70}PIC X.", "")), "05|A|PIC|X|.");
    }
}
