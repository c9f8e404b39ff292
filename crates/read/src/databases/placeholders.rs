//! Named parameters of a query: `where name = :name` becomes `where name = $1`, as the database has its placeholders.
//!
//! A value never comes into the text of a statement: the database gets the two apart. A `:` with a letter right behind it begins a
//! parameter, except within texts, quoted names and comments, and in PostgreSQL's casts (`::`); a slice that ends with a name is
//! written with a space (`a[1: n]`).

use concordat_record::Problem;

use super::lexer::{Quoting, Token, placed_tokens};
use super::query::not_a_query;

/// A query with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub sql: String,
    /// The parameters, each once, in the order they are first named.
    pub names: Vec<String>,
    /// Which of them stands for each value that is handed over.
    pub order: Vec<usize>,
}

/// Puts placeholders for the parameters of a query.
///
/// # Errors
/// `database.not-a-query`: it is unclear where code begins and ends. `database.bad-query`: it has placeholders already, which nothing would
/// stand for, or the value of another.
pub(crate) fn placed(query: &str, quoting: Quoting) -> Result<Placed, Problem> {
    let tokens = placed_tokens(query, quoting).map_err(not_a_query)?;
    if (0..tokens.len()).any(|place| is_nameless(quoting, tokens.get(place..).unwrap_or_default())) {
        return Err(Problem::new(
            "database.bad-query",
            "the query has parameters without a name, such as `?` or `$1`",
        )
        .advise("name them: `:name`; or write the values into the query"));
    }
    let mut placed = Placed { sql: String::new(), names: Vec::new(), order: Vec::new() };
    let mut copied = 0;
    for (begin, end) in tokens.windows(2).filter_map(|pair| parameter(query, pair)) {
        placed.sql.push_str(query.get(copied..begin).unwrap_or_default());
        placed.take(query.get(begin + 1..end).unwrap_or_default(), quoting);
        copied = end;
    }
    placed.sql.push_str(query.get(copied..).unwrap_or_default());
    Ok(placed)
}

/// Whether code begins with a placeholder of the database's own: `?`, `$1`, and SQLite's `@name` and `$name`.
fn is_nameless(quoting: Quoting, tokens: &[(usize, Token<'_>)]) -> bool {
    let behind = |begin: usize| match tokens.get(1) {
        Some((next, Token::Word(word))) if *next == begin + 1 => *word,
        _ => "",
    };
    match (tokens.first(), quoting) {
        (Some((_, Token::Mark(b'?'))), quoting) => quoting != Quoting::Postgres,
        (Some((begin, Token::Mark(b'$'))), Quoting::Postgres) => {
            behind(*begin).starts_with(|letter: char| letter.is_ascii_digit())
        }
        (Some((begin, Token::Mark(b'$' | b'@'))), Quoting::Sqlite) => !behind(*begin).is_empty(),
        _ => false,
    }
}

/// Where a parameter begins and ends, if two tokens are one.
fn parameter(query: &str, pair: &[(usize, Token<'_>)]) -> Option<(usize, usize)> {
    let &[(begin, Token::Mark(b':')), (behind, Token::Word(name))] = pair else { return None };
    let is_cast = query.get(..begin)?.ends_with(':');
    let is_name = name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    (behind == begin + 1 && is_name && !is_cast).then_some((begin, behind + name.len()))
}

impl Placed {
    fn take(&mut self, name: &str, quoting: Quoting) {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        // Where placeholders have no numbers, a value is handed over for each of them.
        if known.is_none() || !is_numbered(quoting) {
            self.order.push(place);
        }
        // A placeholder must not grow together with a word before it.
        self.sql.push(' ');
        self.sql.push_str(&placeholder(quoting, place));
    }
}

fn is_numbered(quoting: Quoting) -> bool {
    matches!(quoting, Quoting::Postgres | Quoting::Sqlite)
}

/// How a database writes the place of a value: PostgreSQL 15, §4.1.2.4; SQLite, "Expression", §4; else that of ODBC and MySQL.
pub(crate) fn placeholder(quoting: Quoting, place: usize) -> String {
    match quoting {
        Quoting::Postgres => format!("${}", place + 1),
        Quoting::Sqlite => format!("?{}", place + 1),
        Quoting::MySql | Quoting::Unknown => "?".into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::placed;
    use crate::databases::lexer::Quoting;

    #[test]
    fn parameters_become_the_placeholders_of_each_database() {
        for (quoting, query, sql, names, order) in [
            (Quoting::Postgres, "a = :b AND c=:d", "a =  $1 AND c= $2", &["b", "d"][..], &[0, 1][..]),
            (Quoting::Postgres, "x=:a or y=:b or z=:a", "x= $1 or y= $2 or z= $1", &["a", "b"], &[0, 1]),
            (Quoting::MySql, "x=:a or y=:b or z=:a", "x= ? or y= ? or z= ?", &["a", "b"], &[0, 1, 0]),
            (Quoting::Sqlite, "between:low and:high", "between ?1 and ?2", &["low", "high"], &[0, 1]),
            (Quoting::Unknown, "a = :größe_1", "a =  ?", &["größe_1"], &[0]),
            (Quoting::Postgres, "a::text = :b::text", "a::text =  $1::text", &["b"], &[0]),
            (
                Quoting::Postgres,
                "':a' \":b\" $$:c$$ /* :d */ -- :e",
                "':a' \":b\" $$:c$$ /* :d */ -- :e",
                &[],
                &[],
            ),
            (Quoting::Postgres, "a[1:2] b[1: n] E'\\':c'", "a[1:2] b[1: n] E'\\':c'", &[], &[]),
            (Quoting::MySql, r"'\':a' := : b", r"'\':a' := : b", &[], &[]),
        ] {
            let found = placed(query, quoting).unwrap();
            assert_eq!(found.sql, sql);
            assert_eq!(
                (&found.names[..], &found.order[..]),
                (&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()[..], order),
                "{query}"
            );
        }
    }

    #[test]
    fn placeholders_that_are_there_already_are_refused() {
        for (quoting, query, is_refused) in [
            (Quoting::Postgres, "a = $1", true),
            (Quoting::Postgres, "a ? 'b' and c = '$1' and $$1$$ = d", false),
            (Quoting::MySql, "a = ?", true),
            (Quoting::MySql, "a = @b and c = '?'", false),
            (Quoting::Sqlite, "a = ?1", true),
            (Quoting::Sqlite, "a = @b", true),
            (Quoting::Sqlite, "a = $b", true),
            (Quoting::Unknown, "a = ?", true),
        ] {
            let found = placed(query, quoting).map_err(|problem| problem.code);
            assert_eq!(found.err(), is_refused.then_some("database.bad-query"), "{query}");
        }
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic_and_one_without_parameters_stays_as_it_is(query in "[a1:$'\"é \\[-]{0,20}") {
            for quoting in [Quoting::Postgres, Quoting::MySql, Quoting::Sqlite, Quoting::Unknown] {
                if let Ok(found) = placed(&query, quoting) {
                    prop_assert_eq!(found.names.is_empty(), found.sql == query);
                }
            }
        }
    }
}
