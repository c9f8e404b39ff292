//! Splits SQL into what matters for judging a statement: words and marks; texts, quoted names and comments are passed over.
//!
//! Left out on purpose: grammar. The database parses the statement; this sees only what a database must never be asked to do.

/// How a database writes what is not code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// PostgreSQL 15, "Lexical Structure": `E'…\'…'`, `$tag$…$tag$`, nested comments.
    Postgres,
    /// MySQL 8.0, "Language Structure": backslashes in texts, `"` quotes a text, `#` begins a comment.
    MySql,
    /// SQLite, "SQLite Keywords" and "SQL Comment Syntax": `"…"`, `` `…` `` and `[…]` quote a name.
    Sqlite,
    /// Of an unknown database behind ODBC.
    Unknown,
}

/// A piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Word(&'a str),
    Mark(u8),
    /// A quoted text or name.
    Quoted,
}

/// The pieces of a statement.
///
/// # Errors
/// What makes it unclear where code begins and ends.
pub(crate) fn tokens(sql: &str, quoting: Quoting) -> Result<Vec<Token<'_>>, &'static str> {
    Ok(placed_tokens(sql, quoting)?.into_iter().map(|(_, token)| token).collect())
}

/// The same, each with the byte that it begins at.
pub(crate) fn placed_tokens(sql: &str, quoting: Quoting) -> Result<Vec<(usize, Token<'_>)>, &'static str> {
    let mut lexer = Lexer { sql, at: 0, quoting };
    let mut tokens = Vec::new();
    while let Some(byte) = lexer.peek(0) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => lexer.at += 1,
            _ if lexer.comment()? => {}
            _ => tokens.push((lexer.at, lexer.token(byte)?)),
        }
    }
    Ok(tokens)
}

struct Lexer<'a> {
    sql: &'a str,
    at: usize,
    quoting: Quoting,
}

impl<'a> Lexer<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.sql.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a str {
        self.sql.get(self.at..).unwrap_or_default()
    }

    /// Passes over a comment; false when there is none here.
    fn comment(&mut self) -> Result<bool, &'static str> {
        let rest = self.rest();
        let line = match self.quoting {
            // "The -- sequence must be followed by a whitespace or control character": else it is two minus signs.
            Quoting::MySql => {
                rest.starts_with('#')
                    || (rest.starts_with("--") && rest.as_bytes().get(2).is_none_or(|byte| *byte <= b' '))
            }
            _ => rest.starts_with("--"),
        };
        if line {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return Ok(true);
        }
        if !rest.starts_with("/*") {
            return Ok(false);
        }
        if rest.starts_with("/*!") || rest.starts_with("/*M!") {
            // MySQL runs what stands in such a comment.
            return Err("a comment that begins with `/*!` may hold code");
        }
        self.block_comment()?;
        Ok(true)
    }

    fn block_comment(&mut self) -> Result<(), &'static str> {
        let mut depth = 0usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") && (depth == 0 || self.quoting == Quoting::Postgres) {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("/*") && self.quoting == Quoting::Unknown {
                return Err("a comment within a comment ends at different places in different databases");
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else if self.peek(0).is_some() {
                self.at += 1;
                while !self.sql.is_char_boundary(self.at) {
                    self.at += 1;
                }
            } else {
                return Err("a comment has no end");
            }
        }
    }

    fn token(&mut self, first: u8) -> Result<Token<'a>, &'static str> {
        let backslashes = self.quoting == Quoting::MySql;
        match first {
            b'\'' => self.quoted(b'\'', backslashes),
            b'"' => self.quoted(b'"', backslashes),
            b'`' if self.quoting != Quoting::Postgres => self.quoted(b'`', false),
            b'[' if matches!(self.quoting, Quoting::Sqlite | Quoting::Unknown) => self.quoted(b']', false),
            b'$' if self.quoting == Quoting::Postgres && self.dollar_tag().is_some() => self.dollar_quoted(),
            _ if is_word(first) => Ok(self.word_or_escaped()?),
            mark => {
                self.at += 1;
                Ok(Token::Mark(mark))
            }
        }
    }

    fn word_or_escaped(&mut self) -> Result<Token<'a>, &'static str> {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| is_word(*byte) || *byte == b'$').count();
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        if self.quoting == Quoting::Postgres && word.eq_ignore_ascii_case("e") && self.peek(0) == Some(b'\'')
        {
            return self.quoted(b'\'', true);
        }
        Ok(Token::Word(word))
    }

    /// Passes over a text or name; a doubled mark within stands for itself.
    fn quoted(&mut self, end: u8, backslashes: bool) -> Result<Token<'a>, &'static str> {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && backslashes {
                self.at += 1;
            } else if byte == b'\\' && self.quoting == Quoting::Unknown {
                return Err(
                    "a backslash within quotation marks means different things to different databases",
                );
            } else if byte == end {
                if self.peek(0) != Some(end) {
                    return Ok(Token::Quoted);
                }
                self.at += 1;
            }
        }
        Err("a quotation mark has no counterpart")
    }

    /// `$$` or `$name$` at this place.
    fn dollar_tag(&self) -> Option<&'a str> {
        let rest = self.rest();
        let length = rest.bytes().skip(1).take_while(|byte| is_word(*byte)).count();
        let named = rest.as_bytes().get(1).is_none_or(|first| !first.is_ascii_digit());
        let tag = rest.get(..length + 2)?;
        (named && tag.ends_with('$')).then_some(tag)
    }

    fn dollar_quoted(&mut self) -> Result<Token<'a>, &'static str> {
        let tag = self.dollar_tag().unwrap_or("$$");
        self.at += tag.len();
        let length = self.rest().find(tag).ok_or("a text in `$` marks has no end")?;
        self.at += length + tag.len();
        Ok(Token::Quoted)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Quoting, Token, tokens};

    fn words(sql: &str, quoting: Quoting) -> Result<String, &'static str> {
        let shown = tokens(sql, quoting)?.into_iter().map(|token| match token {
            Token::Word(word) => word.to_owned(),
            Token::Mark(mark) => char::from(mark).to_string(),
            Token::Quoted => "…".into(),
        });
        Ok(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn texts_names_and_comments_are_told_from_code_as_each_database_does() {
        for (quoting, sql, expected) in [
            (Quoting::Postgres, "a 'b;''c' d", "a … d"),
            (Quoting::Postgres, r"'\' ; x", "… ; x"),
            (Quoting::Postgres, r"E'\' ; x' y", "… y"),
            (Quoting::Postgres, "a /* /* ; */ ; */ b -- ; c\n d", "a b d"),
            (Quoting::Postgres, "$$ ; ' $$ $t$ $$ ; $t$ $1", "… … $ 1"),
            (Quoting::Postgres, "\"a\"\";\" a$b$c", "… a$b$c"),
            (Quoting::MySql, r"'\' ; x' y", "… y"),
            (Quoting::MySql, r#""\" ; x" y # ; z"#, "… y"),
            (Quoting::MySql, "a--1 -- ; b", "a - - 1"),
            (Quoting::MySql, "`a;``` /* /* */ ;", "… ;"),
            (Quoting::Sqlite, "[a;b] `c;d` 'e;f'", "… … …"),
            (Quoting::Unknown, "größe -- x", "größe"),
        ] {
            assert_eq!(words(sql, quoting).as_deref(), Ok(expected), "{sql}");
        }
    }

    #[test]
    fn what_has_no_clear_end_is_refused() {
        for (quoting, sql) in [
            (Quoting::Postgres, "select 'a"),
            (Quoting::Postgres, "select /* a"),
            (Quoting::Postgres, "select $a$ b"),
            (Quoting::MySql, "select 1 /*! into outfile 'x' */"),
            (Quoting::MySql, r"select 'a\'"),
            (Quoting::Unknown, r"select 'a\' ; drop table x; --'"),
            (Quoting::Unknown, "select /* /* */ 1 */"),
        ] {
            assert!(tokens(sql, quoting).is_err(), "{sql}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_lexer_panic_or_hang(sql in ".*") {
            for quoting in [Quoting::Postgres, Quoting::MySql, Quoting::Sqlite, Quoting::Unknown] {
                let _ = tokens(&sql, quoting);
            }
        }
    }
}
