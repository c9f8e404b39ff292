//! The clauses of a data description entry: one list, one function for each.
#![expect(clippy::unnecessary_wraps, reason = "all clauses of the list have one shape")]

use concordat_record::Problem;

use super::parser::Parser;
use super::picture::Picture;
use super::syntax::{Clauses, Constant, OccursClause, SignClause, USAGES, Usage};
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
    ("RENAMES", misplaced_renames),
    ("GROUP-USAGE", usage),
    ("SIGNED", signed),
    ("UNSIGNED", signed),
    ("IS", read_over),
    ("EXTERNAL", read_over),
    ("GLOBAL", read_over),
    ("VOLATILE", read_over),
];

/// Usages that are not read, and why.
const REFUSED: [(&str, &str); 5] = [
    ("OBJECT", "a reference to an object means nothing outside of its program"),
    ("FLOAT-DECIMAL-16", "decimal floating point is not read"),
    ("FLOAT-DECIMAL-34", "decimal floating point is not read"),
    ("FLOAT-EXTENDED", "floating point of more than 8 bytes is not read"),
    ("FLOAT-BINARY-128", "floating point of more than 8 bytes is not read"),
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
        if USAGES.iter().any(|(name, _)| *name == word) || REFUSED.iter().any(|(name, _)| *name == word) {
            return usage(parser, token, clauses);
        }
        if word == "DATE" {
            return date_format(parser);
        }
    }
    let known: Vec<&str> =
        CLAUSES.iter().map(|(name, _)| *name).chain(USAGES.iter().map(|(name, _)| *name)).collect();
    Err(parser.unknown_word(token, "a clause such as PIC, USAGE, OCCURS, REDEFINES, or a full stop", &known))
}

fn redefines(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    clauses.redefines = Some(parser.qualified("the name that is redefined")?);
    Ok(())
}

fn misplaced_renames(parser: &mut Parser<'_>, token: &Token, _: &mut Clauses) -> Result<(), Problem> {
    let problem = parser.wrong_word(token, "a clause of levels 01 to 49");
    Err(problem.advise("RENAMES belongs to level 66; to describe bytes anew, use REDEFINES"))
}

fn picture(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["IS"]);
    let Some(token) = parser.peek().filter(|token| token.kind == TokenKind::Word) else {
        return Err(parser.wrong_next("a picture such as X(10) or S9(7)V99"));
    };
    if clauses.picture.is_some() {
        return Err(parser.at(
            token.mark,
            "copybook.two-pictures",
            "an entry has one picture, and here is a second",
        ));
    }
    let text = parser.picture_text(&token.text);
    match Picture::parse(&text, parser.decimal_comma) {
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
    if let Some((_, why)) = REFUSED.iter().find(|(name, _)| *name == word) {
        let sentence = format!("the usage `{word}` is not read: {why}");
        return Err(parser
            .at(token.mark, "copybook.usage-not-read", &sentence)
            .advise("describe its bytes as PIC X(n)"));
    }
    let Some((_, usage)) = USAGES.iter().find(|(name, _)| *name == word) else {
        return Err(parser.unknown_word(token, "a usage such as DISPLAY, COMP, COMP-3", &words));
    };
    parser.advance();
    clauses.usage = Some((*usage, token.mark));
    if *usage == Usage::Packed && parser.take_any(&["WITH", "NO"]).is_some() {
        // PACKED-DECIMAL WITH NO SIGN
        parser.take_any(&["NO"]);
        parser.take_any(&["SIGN"]).ok_or_else(|| parser.wrong_next("SIGN"))?;
        clauses.usage = Some((Usage::PackedUnsigned, token.mark));
    }
    Ok(())
}

/// `SIGNED` or `UNSIGNED` behind BINARY-LONG and the like.
fn signed(parser: &mut Parser<'_>, token: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    match &mut clauses.usage {
        Some((Usage::Sized(_, signed), _)) => {
            *signed = token.is("SIGNED");
            Ok(())
        }
        _ => Err(parser.wrong_word(token, "a usage such as BINARY-LONG before it")),
    }
}

/// `DATE FORMAT IS YYYYXX`, which older compilers had for two-digit years: it says nothing about the bytes.
fn date_format(parser: &mut Parser<'_>) -> Result<(), Problem> {
    parser.advance();
    parser.take_any(&["FORMAT"]).ok_or_else(|| parser.wrong_next("FORMAT"))?;
    parser.take_any(&["IS"]);
    parser.advance();
    Ok(())
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
    let mut depending = None;
    loop {
        keys_and_indexes(parser)?;
        if parser.take_any(&["DEPENDING"]).is_none() {
            break;
        }
        parser.take_any(&["ON"]);
        depending = Some(parser.qualified("the field that holds the number of occurrences")?);
    }
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
    if let Some(token) = parser.peek().filter(|token| token.is("UNBOUNDED")) {
        return Err(parser
            .at(
                token.mark,
                "copybook.unbounded",
                "a table without a greatest number of occurrences is not read",
            )
            .advise("write the greatest number of occurrences that the file has"));
    }
    let word = parser.peek().filter(|token| token.kind == TokenKind::Word);
    match word.and_then(|token| parser.whole_number(&token.text)).filter(|count| *count <= MOST) {
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
        parser.qualified("a name")?;
        while parser.peek().is_some_and(is_free_word) {
            parser.advance();
        }
    }
}

fn is_free_word(token: &Token) -> bool {
    const FOLLOWING: [&str; 4] = ["ASCENDING", "DESCENDING", "INDEXED", "DEPENDING"];
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

/// What a program stores there at first. An unknown word counts as text: it says nothing about the bytes of a file.
fn value(parser: &mut Parser<'_>, _: &Token, clauses: &mut Clauses) -> Result<(), Problem> {
    parser.take_any(&["IS", "ARE"]);
    let mut values = Vec::new();
    while let Some(token) = parser.peek() {
        let ends = token.kind == TokenKind::Stop
            || (token.kind == TokenKind::Word && keyword(&token.text).is_some());
        if ends {
            break;
        }
        values.push(parser.constant().unwrap_or_else(|_| {
            parser.advance();
            Constant::Text(token.text.clone())
        }));
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
