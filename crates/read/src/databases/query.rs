//! Holds a query to be one statement that only reads, before a database sees it.
//!
//! A read-only session refuses writes too, where the database has such sessions. This refuses what they let pass (files
//! written by the server, locks), and it keeps a query whole, so that it can stand in parentheses within another one.

use concordat_record::Problem;

use super::lexer::{Quoting, Token, tokens};

/// Words that begin a query.
const BEGINNINGS: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];
/// Words that no query needs and that change something: `SELECT … INTO`, `FOR UPDATE`, writes behind `WITH`.
const CHANGES: [&str; 15] = [
    "INTO", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "REVOKE",
    "EXEC", "EXECUTE", "CALL", "LOCK",
];

/// The query without a closing semicolon.
///
/// # Errors
/// `database.not-a-query`: it is something else than one statement that reads rows.
pub(crate) fn one_query(query: &str, quoting: Quoting) -> Result<String, Problem> {
    let trimmed = query.trim().trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace());
    let refuse = |why: String| not_a_query(&why);
    if trimmed.contains('\0') {
        return Err(refuse("it holds a null character".into()));
    }
    let tokens = tokens(trimmed, quoting).map_err(|why| refuse(why.into()))?;
    let first = tokens.iter().find(|token| **token != Token::Mark(b'('));
    match first {
        Some(Token::Word(word)) if is_one_of(word, &BEGINNINGS) => {}
        Some(Token::Word(word)) => return Err(refuse(format!("it begins with `{word}`"))),
        _ => return Err(refuse("it begins with no word".into())),
    }
    let mut open = 0usize;
    for token in &tokens {
        match token {
            Token::Mark(b'(') => open += 1,
            Token::Mark(b')') => {
                open = open.checked_sub(1).ok_or_else(|| refuse("a `)` has no `(`".into()))?;
            }
            Token::Mark(b';') => return Err(refuse("a `;` stands within it".into())),
            Token::Word(word) if is_one_of(word, &CHANGES) => {
                return Err(refuse(format!("it says `{word}`")));
            }
            _ => {}
        }
    }
    if open > 0 {
        return Err(refuse("a `(` has no `)`".into()));
    }
    Ok(trimmed.into())
}

/// A query that is something else.
pub(crate) fn not_a_query(why: &str) -> Problem {
    Problem::new(
        "database.not-a-query",
        format!("the query is not one statement that only reads rows: {why}"),
    )
    .advise("write a single SELECT statement; put a name that is also a command into quotation marks")
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::one_query;
    use crate::databases::lexer::Quoting;

    #[test]
    fn queries_that_read_are_taken_without_their_semicolon() {
        for query in [
            "SELECT 1",
            " select * from t where a = 'insert;' ; \n",
            "WITH a AS (SELECT 1) SELECT * FROM a -- end",
            "(SELECT 1) UNION (SELECT 2)",
            "VALUES (1)",
            "SELECT \"delete\" FROM t",
            "SELECT replace(a, 'x', 'y') FROM t",
        ] {
            let taken = one_query(query, Quoting::Postgres);
            assert_eq!(taken.as_deref(), Ok(query.trim().trim_end_matches(['\n', ' ', ';'])), "{query}");
        }
    }

    #[test]
    fn whatever_could_change_something_is_refused() {
        for (query, why) in [
            ("DELETE FROM t", "it begins with `DELETE`"),
            ("SELECT 1; DROP TABLE t", "a `;` stands within it"),
            ("SELECT 1) TO PROGRAM 'x'", "a `)` has no `(`"),
            ("SELECT * FROM (t", "a `(` has no `)`"),
            ("SELECT * INTO u FROM t", "it says `INTO`"),
            ("SELECT * FROM t FOR UPDATE", "it says `UPDATE`"),
            ("WITH d AS (delete from t returning *) SELECT * FROM d", "it says `delete`"),
            ("", "it begins with no word"),
            ("SELECT 'a", "a quotation mark has no counterpart"),
            ("SET ROLE x", "it begins with `SET`"),
            ("SELECT '\0'", "it holds a null character"),
        ] {
            let problem = one_query(query, Quoting::Postgres).unwrap_err();
            assert_eq!(problem.code, "database.not-a-query");
            assert!(problem.sentence.ends_with(why), "{query}: {}", problem.sentence);
        }
    }
}
