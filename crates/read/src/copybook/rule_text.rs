//! Conditions on fields as a source file writes them: `ORG-TYPE in ("1", "5") and not (AMOUNT > 100 or IS-CLOSED)`.
//!
//! Comparisons are `= <> < <= > >=` and `in (…)`; `not`, `and`, `or` (also `! && ||`) and parentheses join them. A name alone is a
//! condition-name (level 88) of the copybook.

/// A condition, read but not yet held against a copybook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    /// A field is one of some values, or stands in another relation to the only one.
    Compare {
        field: String,
        relation: Relation,
        values: Vec<String>,
    },
    /// A condition-name.
    Named(String),
}

/// How a field stands to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Is,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

/// Deeper parentheses are no rule.
const DEEPEST: usize = 32;

/// Reads a condition.
///
/// # Errors
/// What was expected, and what was found.
pub(crate) fn parse(text: &str) -> Result<Condition, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0 };
    let condition = parser.any()?;
    match parser.peek() {
        None => Ok(condition),
        Some(token) => Err(format!("found `{}` where `and`, `or` or the end was expected", token.text)),
    }
}

#[derive(Debug)]
struct Token {
    text: String,
    is_literal: bool,
}

impl Token {
    fn is(&self, words: &[&str]) -> bool {
        !self.is_literal && words.iter().any(|word| self.text.eq_ignore_ascii_case(word))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 15] =
        ["<=", ">=", "<>", "!=", "==", "&&", "||", "<", ">", "=", "!", "(", ")", ",", "\u{ac}"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, is_literal, after) = if first == '"' || first == '\'' {
            let body = rest.get(1..).unwrap_or_default();
            let Some((literal, after)) = body.split_once(first) else {
                return Err(format!("a value begins with {first} and does not end"));
            };
            (literal, true, after)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            let (sign, after) = rest.split_at(sign.len());
            (sign, false, after)
        } else {
            let ends = |c: char| c.is_whitespace() || "<>=!(),&|\"'".contains(c);
            let length = rest.find(ends).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length.max(1).min(rest.len()));
            (word, false, after)
        };
        tokens.push(Token { text: token.to_owned(), is_literal });
        rest = after.trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, words: &[&str]) -> Option<&'a Token> {
        let token = self.peek().filter(|token| token.is(words))?;
        self.next += 1;
        Some(token)
    }

    fn expected(&self, what: &str) -> String {
        match self.peek() {
            Some(token) => format!("found `{}` where {what} was expected", token.text),
            None => format!("it ends where {what} was expected"),
        }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.all()?];
        while self.take(&["or", "||"]).is_some() {
            all.push(self.all()?);
        }
        Ok(single(all, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.take(&["and", "&&"]).is_some() {
            all.push(self.one()?);
        }
        Ok(single(all, Condition::All))
    }

    fn one(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("parentheses and `not` are nested too deep".into());
        }
        let condition = if self.take(&["not", "!"]).is_some() {
            Condition::Not(Box::new(self.one()?))
        } else if self.take(&["("]).is_some() {
            let inner = self.any()?;
            self.take(&[")"]).ok_or_else(|| self.expected("`)`"))?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, String> {
        let begins_name = |c: char| c.is_alphanumeric() || c == '_';
        let Some(token) =
            self.peek().filter(|token| !token.is_literal && token.text.starts_with(begins_name))
        else {
            return Err(self.expected("the name of a field"));
        };
        self.next += 1;
        let mut field = token.text.clone();
        while self.take(&["of"]).is_some() {
            let group = self.peek().ok_or_else(|| self.expected("the name of a group"))?;
            field = format!("{field} OF {}", group.text);
            self.next += 1;
        }
        let negated = self.take(&["not"]).is_some();
        let Some(relation) = self.peek().and_then(relation) else {
            return if negated { Err(self.expected("a comparison")) } else { Ok(Condition::Named(field)) };
        };
        self.next += 1;
        let (relation, is_not, is_list) = relation;
        let values = if is_list { self.list()? } else { vec![self.value()?] };
        let compare = Condition::Compare { field, relation, values };
        Ok(if negated ^ is_not { Condition::Not(Box::new(compare)) } else { compare })
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        self.take(&["("]).ok_or_else(|| self.expected("`(`"))?;
        let mut values = vec![self.value()?];
        while self.take(&[","]).is_some() {
            values.push(self.value()?);
        }
        self.take(&[")"]).ok_or_else(|| self.expected("`,` or `)`"))?;
        Ok(values)
    }

    fn value(&mut self) -> Result<String, String> {
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        let token = self.peek().filter(|token| token.is_literal || is_number(&token.text));
        let token = token.ok_or_else(|| self.expected("a number or a text in quotation marks"))?;
        self.next += 1;
        Ok(token.text.clone())
    }
}

/// The relation of a sign, whether it is turned round, and whether a list follows.
fn relation(token: &Token) -> Option<(Relation, bool, bool)> {
    if token.is_literal {
        return None;
    }
    match token.text.to_ascii_lowercase().as_str() {
        "=" | "==" | "is" => Some((Relation::Is, false, false)),
        "<>" | "!=" => Some((Relation::Is, true, false)),
        "<" => Some((Relation::Less, false, false)),
        "<=" => Some((Relation::LessOrIs, false, false)),
        ">" => Some((Relation::More, false, false)),
        ">=" => Some((Relation::MoreOrIs, false, false)),
        "in" => Some((Relation::Is, false, true)),
        _ => None,
    }
}

fn single(mut all: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    match (all.len(), all.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            all.extend(last);
            several(all)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn rules_are_read_or_said_to_be_wrong() {
        for (text, expected) in [
            ("A = 1", r#"Compare { field: "A", relation: Is, values: ["1"] }"#),
            ("A<>'x y'", r#"Not(Compare { field: "A", relation: Is, values: ["x y"] })"#),
            (
                "A in (1, 'b') && !C",
                r#"All([Compare { field: "A", relation: Is, values: ["1", "b"] }, Not(Named("C"))])"#,
            ),
            ("A-B of C >= -1.5", r#"Compare { field: "A-B OF C", relation: MoreOrIs, values: ["-1.5"] }"#),
            (
                "A not in (1) or (B and C)",
                r#"Any([Not(Compare { field: "A", relation: Is, values: ["1"] }), All([Named("B"), Named("C")])])"#,
            ),
            ("", "it ends where the name of a field was expected"),
            ("A =", "it ends where a number or a text in quotation marks was expected"),
            ("A = B", "found `B` where a number or a text in quotation marks was expected"),
            ("A in (1", "it ends where `,` or `)` was expected"),
            ("A = 1 B", "found `B` where `and`, `or` or the end was expected"),
            ("A = 'x", "a value begins with ' and does not end"),
            (&"(".repeat(99), "parentheses and `not` are nested too deep"),
        ] {
            let found = parse(text).map_or_else(|sentence| sentence, |condition| format!("{condition:?}"));
            assert_eq!(found, expected, "{text}");
        }
    }
}
