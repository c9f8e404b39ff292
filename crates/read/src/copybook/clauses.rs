//! The clauses of a data description entry: one list, one function for each.
#![expect(clippy::unnecessary_wraps, reason = "all clauses of the list have one shape")]

use concordat_record::Problem;

use super::parser::Parser;
use super::picture::Picture;
use super::syntax::{Clauses, Named, OccursClause, SignClause, USAGES, Usage};
use super::text::{Token, TokenKind};

type ReadClause = fn(&mut Parser<'_>, &Token, &mut Clauses) -> Result<(), Problem>;

/// Every word that begins a clause, with what reads the rest of it.
const CLAUSES: &[(&str, ReadClause)] = &[
    ("REDEFINES", redefines),
    ("PIC", picture),
    ("PICTURE", picture),
    ("USAGE", usage),
    ("SIGN", sign),
    ("LEADING", sign_place),
    ("TRAILING", sign_place),
    ("OCCURS", occurs),
    ("SYNC", synchronized),
    ("SYNCHRONIZED", synchronized),
    ("JUST", justified),
    ("JUSTIFIED", justified),
    ("BLANK", blank),
    ("VALUE", value),
    ("VALUES", value),
    ("IS", read_over),
    ("EXTERNAL", read_over),
    ("GLOBAL", read_over),
];

/// Usages that a record in a file cannot have, or that are not read.
const REFUSED: [&str; 10] = [
    "INDEX",
    "POINTER",
    "POINTER-32",
    "PROCEDURE-POINTER",
    "FUNCTION-POINTER",
    "OBJECT",
    "DISPLAY-1",
    "BINARY-CHAR",
    "BINARY-LONG",
    "GROUP-USAGE",
];

/// The clause or usage that a word begins, if it is a keyword and so cannot be a name.
pub(crate) fn keyword(word: &str) -> Option<()> {
    let word = word.to_ascii_uppercase();
    let known = CLAUSES.iter().any(|(name, _)| *name == word) || USAGES.iter().any(|(name, _)| *name == word);
    known.then_some(())
}

/// Reads the clause that begins with `token`.
pub(crate) fn clause(parser: &mut Parser<'_>, token: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    let word = token.text.to_ascii_uppercase();
    if token.kind == TokenKind::Word {
        if let Some((_, read)) = CLAUSES.iter().find(|(name, _)| *name == word) {
            parser.advance();
            return read(parser, token, clauses);
        }
        if USAGES.iter().any(|(name, _)| *name == word) || REFUSED.contains(&word.as_str()) {
            return usage(parser, token, clauses);
        }
    }
    let known: Vec<&str> =
        CLAUSES.iter().map(|(name, _)| *name).chain(USAGES.iter().map(|(name, _)| *name)).collect();
    Err(parser.unknown_word(token, "a clause such as PIC, USAGE, OCCURS, REDEFINES, or a full stop", &known))
}

fn redefines(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    let mark = parser.peek().map(|token| token.mark).unwrap_or_default();
    let name = parser.name("the name that is redefined")?;
    clauses.redefines = Some(Named { name, mark });
    Ok(())
}

fn picture(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["IS"]);
    let Some(token) = parser.peek().filter(|token| token.kind == TokenKind::Word) else {
        return Err(parser.wrong_next("a picture such as X(10) or S9(7)V99"));
    };
    match Picture::parse(&token.text) {
        Ok(picture) => {
            parser.advance();
            clauses.picture = Some((picture, token.mark));
            Ok(())
        }
        Err(sentence) => Err(parser.at(token.mark, "copybook.bad-picture", &sentence)),
    }
}

fn usage(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["IS"]);
    let words: Vec<&str> = USAGES.iter().map(|(name, _)| *name).collect();
    let Some(token) = parser.peek() else { return Err(parser.wrong_next("a usage")) };
    let word = token.text.to_ascii_uppercase();
    if REFUSED.contains(&word.as_str()) {
        let sentence = format!("the usage `{word}` is not read");
        return Err(parser
            .at(token.mark, "copybook.usage-not-read", &sentence)
            .advise("describe its bytes as PIC X(n) or as a binary number"));
    }
    match USAGES.iter().find(|(name, _)| *name == word) {
        Some((_, usage)) => {
            parser.advance();
            clauses.usage = Some((*usage, token.mark));
            Ok(())
        }
        None => Err(parser.unknown_word(token, "a usage such as DISPLAY, COMP, COMP-3", &words)),
    }
}

fn sign(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["IS"]);
    match parser.take_any(&["LEADING", "TRAILING"]) {
        Some(token) => sign_place(parser, token, clauses),
        None => Err(parser.wrong_next("LEADING or TRAILING")),
    }
}

fn sign_place(parser: &mut Parser<'_>, token: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    let separate = parser.take_any(&["SEPARATE"]).is_some();
    if separate {
        parser.take_any(&["CHARACTER"]);
    }
    clauses.sign = Some((SignClause { leading: token.is("LEADING"), separate }, token.mark));
    Ok(())
}

fn occurs(parser: &mut Parser<'_>, token: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    let first = count(parser)?;
    let range = if parser.take_any(&["TO"]).is_some() { Some(count(parser)?) } else { None };
    parser.take_any(&["TIMES"]);
    let depending = if parser.take_any(&["DEPENDING"]).is_some() {
        parser.take_any(&["ON"]);
        let mark = parser.peek().map(|token| token.mark).unwrap_or_default();
        Some(Named { name: parser.name("the field that holds the number of occurrences")?, mark })
    } else {
        None
    };
    keys_and_indexes(parser)?;
    let (least, most) = match range {
        Some(most) => (first, most),
        None if depending.is_some() => (0, first),
        None => (first, first),
    };
    if most == 0 || least > most {
        let sentence = format!("an entry cannot occur {least} to {most} times");
        return Err(parser.at(token.mark, "copybook.bad-occurs", &sentence));
    }
    clauses.occurs = Some(OccursClause { least, most, depending });
    Ok(())
}

fn count(parser: &mut Parser<'_>) -> Result<usize, Problem> {
    const MOST: usize = 1 << 20;
    match parser.peek().and_then(|token| token.text.parse().ok()).filter(|count| *count <= MOST) {
        Some(count) => {
            parser.advance();
            Ok(count)
        }
        None => Err(parser.wrong_next("a number of occurrences")),
    }
}

/// `ASCENDING KEY IS a b`, `INDEXED BY i j`: they say nothing about the bytes.
fn keys_and_indexes(parser: &mut Parser<'_>) -> Result<(), Problem> {
    loop {
        if parser.take_any(&["ASCENDING", "DESCENDING"]).is_some() {
            parser.take_any(&["KEY"]);
            parser.take_any(&["IS"]);
        } else if parser.take_any(&["INDEXED"]).is_some() {
            parser.take_any(&["BY"]);
        } else {
            return Ok(());
        }
        parser.name("a name")?;
        while parser.peek().is_some_and(is_free_word) {
            parser.advance();
        }
    }
}

fn is_free_word(token: &Token) -> bool {
    const FOLLOWING: [&str; 3] = ["ASCENDING", "DESCENDING", "INDEXED"];
    token.kind == TokenKind::Word
        && keyword(&token.text).is_none()
        && !FOLLOWING.iter().any(|word| token.is(word))
}

fn synchronized(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["LEFT", "RIGHT"]);
    clauses.synchronized = true;
    Ok(())
}

fn justified(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["RIGHT"]);
    clauses.justified = true;
    Ok(())
}

fn blank(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["WHEN"]);
    if parser.take_any(&["ZERO", "ZEROS", "ZEROES"]).is_none() {
        return Err(parser.wrong_next("ZERO"));
    }
    clauses.blank_when_zero = true;
    Ok(())
}

fn value(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["IS", "ARE"]);
    let mut values = Vec::new();
    while let Some(token) = parser.peek() {
        let ends = token.kind == TokenKind::Stop
            || (token.kind == TokenKind::Word && keyword(&token.text).is_some());
        if ends {
            break;
        }
        values.push(token.text.clone());
        parser.advance();
    }
    if values.is_empty() {
        return Err(parser.wrong_next("a value"));
    }
    clauses.value = values;
    Ok(())
}

/// A word that says nothing about the bytes.
fn read_over(_: &mut Parser<'_>, _: &Token, _: &mut Clauses) -> Result<(), Problem> {
    Ok(())
}

/// Whether a usage needs no picture.
pub(crate) fn needs_no_picture(usage: Usage) -> bool {
    matches!(usage, Usage::Float | Usage::Double)
}
