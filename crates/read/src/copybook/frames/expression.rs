//! Arithmetic on fields, as in `record_length_field = "ITEMS * 10 + 200"`: whole numbers, field names, `+ - * /` and parentheses.
//!
//! A minus with a letter or digit at both sides is a part of a COBOL name, as in `REC-LEN`.

use concordat_record::Problem;

/// An expression; fields are numbered as [`parse`] gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    Number(i64),
    Field(usize),
    Of(Box<Expression>, Operator, Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
}

impl Expression {
    /// Its value; none when a field has none, or a result leaves 64 bits, or something is divided by zero.
    pub fn value(&self, fields: &mut impl FnMut(usize) -> Option<i64>) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Field(index) => fields(*index),
            Self::Of(left, operator, right) => {
                let (left, right) = (left.value(fields)?, right.value(fields)?);
                match operator {
                    Operator::Plus => left.checked_add(right),
                    Operator::Minus => left.checked_sub(right),
                    Operator::Times => left.checked_mul(right),
                    Operator::Over => left.checked_div(right),
                }
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(i64),
    Name(String),
    Sign(char),
}

/// Deeper parentheses are no formula for a length.
const DEEPEST: usize = 32;

/// Reads an expression; gives it and the names of its fields.
pub(crate) fn parse(text: &str) -> Result<(Expression, Vec<String>), Problem> {
    let tokens = tokens(text)
        .ok_or_else(|| wrong(text, "only names, whole numbers, `+ - * /` and parentheses can stand in it"))?;
    let mut parser = Parser { text, tokens: tokens.into_iter().peekable(), names: Vec::new(), depth: 0 };
    let expression = parser.sum()?;
    match parser.tokens.next() {
        None => Ok((expression, parser.names)),
        Some(_) => Err(wrong(text, "it goes on where it should end")),
    }
}

fn wrong(text: &str, why: &str) -> Problem {
    Problem::new("source.expression", format!("`{text}` is no expression for a length: {why}"))
        .advise("write a field, or arithmetic on fields such as `ITEMS * 10 + 200`")
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = if first.is_ascii_alphabetic() || first == '@' {
            let name = &rest[usize::from(first == '@')..];
            let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
            let name = name[..end].trim_end_matches('-');
            tokens.push(Token::Name((!name.is_empty()).then(|| name.to_owned())?));
            name.len() + usize::from(first == '@')
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            tokens.push(Token::Number(rest[..end].parse().ok()?));
            end
        } else if "+-*/()".contains(first) {
            tokens.push(Token::Sign(first));
            1
        } else {
            return None;
        };
        rest = rest[end..].trim_start();
    }
    Some(tokens)
}

struct Parser<'a> {
    text: &'a str,
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    names: Vec<String>,
    depth: usize,
}

impl Parser<'_> {
    fn sign(&mut self, signs: &[(char, Operator)]) -> Option<Operator> {
        let Some(Token::Sign(found)) = self.tokens.peek() else { return None };
        let operator = signs.iter().find(|(sign, _)| sign == found)?.1;
        self.tokens.next();
        Some(operator)
    }

    fn sum(&mut self) -> Result<Expression, Problem> {
        let mut left = self.product()?;
        while let Some(operator) = self.sign(&[('+', Operator::Plus), ('-', Operator::Minus)]) {
            left = Expression::Of(left.into(), operator, self.product()?.into());
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, Problem> {
        let mut left = self.single()?;
        while let Some(operator) = self.sign(&[('*', Operator::Times), ('/', Operator::Over)]) {
            left = Expression::Of(left.into(), operator, self.single()?.into());
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Expression, Problem> {
        match self.tokens.next() {
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Name(name)) => {
                let known = self.names.iter().position(|known| known.eq_ignore_ascii_case(&name));
                let index = known.unwrap_or(self.names.len());
                if known.is_none() {
                    self.names.push(name);
                }
                Ok(Expression::Field(index))
            }
            Some(Token::Sign('(')) if self.depth < DEEPEST => {
                self.depth += 1;
                let inner = self.sum()?;
                self.depth -= 1;
                match self.tokens.next() {
                    Some(Token::Sign(')')) => Ok(inner),
                    _ => Err(wrong(self.text, "a parenthesis is not closed")),
                }
            }
            _ => Err(wrong(self.text, "a field or a number is missing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn arithmetic_follows_the_usual_order() {
        for (text, expected) in [
            ("7", Some(7)),
            ("F1", Some(3)),
            ("F1 * 10 + 200", Some(230)),
            ("200+F1*10", Some(230)),
            ("(F1 + 2) * (10 - 4)", Some(30)),
            ("@REC-LEN - 4", Some(96)),
            ("REC-LEN-4", None),
            ("REC-LEN / F1 / 2", Some(16)),
            ("rec-len/(F1-F1)", None),
            ("9223372036854775807 + 1", None),
        ] {
            let (expression, names) = parse(text).unwrap();
            let mut value = |index: usize| match names[index].as_str() {
                "F1" => Some(3),
                name if name.eq_ignore_ascii_case("REC-LEN") => Some(100),
                _ => None,
            };
            assert_eq!(expression.value(&mut value), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_arithmetic_is_refused() {
        for text in [
            "",
            "F1 +",
            "(F1",
            "F1)",
            "F1 F2",
            "F1 % 2",
            "99999999999999999999",
            "@",
            "'a'",
            &"(".repeat(100),
        ] {
            assert_eq!(parse(text).unwrap_err().code, "source.expression", "{text}");
        }
    }
}
