//! The lines of a copybook as the letters of its text: which columns count, comments, continuation.
//!
//! Reference format after IBM Enterprise COBOL, Language Reference, "Reference format": in fixed format the columns 1–6 hold a
//! sequence number or a change tag, 7 an indicator, 8–72 the text, 73–80 an identification. In free format everything is text.
//! The bounds of the text can be moved. Debugging lines (`D` in column 7) are comments, as they are to a compiler unless it is
//! told otherwise.

use super::text::Mark;

/// How the columns of a copybook are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceFormat {
    /// Found out from the text: free when a level number begins in columns 1 to 7.
    #[default]
    Auto,
    /// An indicator in column 7 and text in columns 8 to 72, unless [`Columns`] says otherwise.
    Fixed,
    /// All columns.
    Free,
}

/// The columns that hold the text in fixed format, both counted from one. The indicator stands before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The first column of the text.
    pub first: usize,
    /// The last column of the text.
    pub last: usize,
}

impl Default for Columns {
    fn default() -> Self {
        Self { first: 8, last: 72 }
    }
}

/// Where lines reach further than this, nothing is filled up to their last column.
const WIDEST: usize = 1024;

/// A letter of the text and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Letter {
    pub letter: char,
    pub mark: Mark,
}

/// The letters of the text of a file; lines end with `\n`.
pub(crate) fn letters(text: &str, format: ReferenceFormat, columns: Columns, file: u16) -> Vec<Letter> {
    let free = is_free(text, format, columns);
    let mut page = Page { free, columns, letters: Vec::with_capacity(text.len()) };
    for (number, line) in (1u32..).zip(text.lines()) {
        let mark = |column: u32| Mark { file, line: number, column };
        let marked: Vec<Letter> = (1u32..)
            .zip(line.chars())
            .map(|(column, letter)| Letter { letter, mark: mark(column) })
            .collect();
        let end = Letter { letter: '\n', mark: mark(marked.len() as u32 + 1) };
        page.line(line, &expanded(&marked), end);
    }
    page.letters
}

fn is_free(text: &str, format: ReferenceFormat, columns: Columns) -> bool {
    match format {
        ReferenceFormat::Free => true,
        ReferenceFormat::Fixed => false,
        ReferenceFormat::Auto => columns == Columns::default() && text.lines().any(begins_in_margin),
    }
}

/// The lines, from one, of which a word goes on behind the last column of the text, so that the rest of it is lost.
pub(crate) fn cut_lines(text: &str, format: ReferenceFormat, columns: Columns) -> Vec<u64> {
    if is_free(text, format, columns) {
        return Vec::new();
    }
    let is_cut = |line: &str| {
        let marked: Vec<Letter> =
            line.chars().map(|letter| Letter { letter, mark: Mark::default() }).collect();
        let line = expanded(&marked);
        let is_word = |at: usize| line.get(at).is_some_and(|letter| !letter.letter.is_whitespace());
        is_word(columns.last.saturating_sub(1)) && is_word(columns.last)
    };
    (1..).zip(text.lines()).filter(|(_, line)| is_cut(line)).map(|(number, _)| number).collect()
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

/// Tabs as the spaces up to the next column after a multiple of eight.
fn expanded(line: &[Letter]) -> Vec<Letter> {
    let mut out: Vec<Letter> = Vec::with_capacity(line.len());
    for letter in line {
        if letter.letter == '\t' {
            let width = 8 - out.len() % 8;
            out.extend(std::iter::repeat_n(Letter { letter: ' ', ..*letter }, width));
        } else {
            out.push(*letter);
        }
    }
    out
}

/// What has been read of a file.
struct Page {
    free: bool,
    columns: Columns,
    letters: Vec<Letter>,
}

impl Page {
    fn line(&mut self, line: &str, letters: &[Letter], end: Letter) {
        let first = line.trim_start();
        if let Some(free) = directive(line) {
            self.free = free;
        } else if self.free {
            if !first.starts_with(['*', '$']) && !first.starts_with(">>") {
                self.letters.extend(letters);
            }
            self.letters.push(end);
        } else if line.starts_with("-INC ") || first.starts_with("++INCLUDE ") {
            // What library managers put in place of COPY may begin in any column.
            self.letters.extend(letters);
            self.letters.push(end);
        } else {
            self.fixed_line(letters, end);
        }
    }

    fn fixed_line(&mut self, line: &[Letter], end: Letter) {
        let Columns { first, last } = self.columns;
        let indicator = match first.checked_sub(2) {
            Some(index) => line.get(index).map_or(' ', |letter| letter.letter),
            None => ' ',
        };
        let area = line.get(first.saturating_sub(1)..last.min(line.len())).unwrap_or_default();
        match indicator {
            _ if is_starred(line, indicator) || is_compiler_line(area) => return,
            '*' | '/' | '$' | 'D' | 'd' => return,
            '-' => self.continuation(area),
            _ => self.letters.extend(area),
        }
        // A literal that the line leaves open reaches to its last column.
        if last < WIDEST && self.open_quote().is_some() {
            let missing = (last + 1).saturating_sub(first).saturating_sub(area.len());
            self.letters.extend(std::iter::repeat_n(Letter { letter: PADDING, ..end }, missing));
        }
        self.letters.push(end);
    }

    /// Joins a line with `-` in column 7 to the text before it: a word goes on at the first letter; an open literal goes on
    /// after the quotation mark that the line begins with.
    fn continuation(&mut self, area: &[Letter]) {
        let is_blank = |letter: &Letter| letter.letter == ' ' || letter.letter == '\n';
        // Blank lines may stand between.
        while self.letters.last().is_some_and(|last| last.letter == '\n') {
            self.letters.pop();
            let begin = self.line_begin();
            if self.letters.get(begin..).is_some_and(|line| line.iter().all(is_blank)) {
                self.letters.truncate(begin);
            }
        }
        let open = self.open_quote();
        if open.is_none() {
            let end = self.letters.iter().rposition(|letter| !is_blank(letter)).map_or(0, |last| last + 1);
            self.letters.truncate(end);
        }
        for letter in self.letters.iter_mut().rev().take_while(|letter| letter.letter == PADDING) {
            letter.letter = ' ';
        }
        let mut rest = area.iter().skip_while(|letter| letter.letter == ' ').peekable();
        if open.is_some() {
            rest.next_if(|letter| Some(letter.letter) == open);
        }
        self.letters.extend(rest);
    }

    /// Where the last line begins.
    fn line_begin(&self) -> usize {
        self.letters.iter().rposition(|letter| letter.letter == '\n').map_or(0, |end| end + 1)
    }

    /// The quotation mark of a literal that the last line leaves open.
    fn open_quote(&self) -> Option<char> {
        let line = self.letters.get(self.line_begin()..).unwrap_or_default();
        line.iter().fold(None, |open, letter| match (open, letter.letter) {
            (None, '"' | '\'') => Some(letter.letter),
            (Some(quote), letter) if quote == letter => None,
            (open, _) => open,
        })
    }
}

/// Stands for the spaces up to the last column behind a literal left open; they count only if the next line continues it.
pub(crate) const PADDING: char = '\u{0}';

/// Whether a line switches to free format, or back to fixed: `>>SOURCE FORMAT IS FREE`, `$SET SOURCEFORMAT"FREE"`.
fn directive(line: &str) -> Option<bool> {
    let begin = line.find(">>").or_else(|| line.find('$'))?;
    let words = line.get(begin..)?.to_ascii_uppercase();
    let plain: String = words.chars().filter(char::is_ascii_alphabetic).collect();
    let format = plain.strip_prefix("SET").unwrap_or(&plain).strip_prefix("SOURCEFORMAT")?;
    match format.strip_prefix("IS").unwrap_or(format) {
        "FREE" => Some(true),
        "FIXED" | "VARIABLE" => Some(false),
        _ => None,
    }
}

/// Whether a comment begins in column 1, where a sequence number would be; a change tag may begin with a star, too.
fn is_starred(line: &[Letter], indicator: char) -> bool {
    let letter = |index: usize| line.get(index).map_or(' ', |letter| letter.letter);
    letter(0) == '*' && (!letter(1).is_alphanumeric() || indicator != ' ')
}

/// A compiler directive in the text area.
fn is_compiler_line(area: &[Letter]) -> bool {
    let text: String =
        area.iter().map(|letter| letter.letter).skip_while(|letter| *letter == ' ').take(2).collect();
    text == ">>"
}
