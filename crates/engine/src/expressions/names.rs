//! From text to a syntax tree in which every name is known.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::datatypes::Schema;
use concordat_record::{Place, Problem, nearest};
use datafusion_expr::Volatility;
use datafusion_sql::parser::DFParserBuilder;
use datafusion_sql::sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Query, Spanned,
    Value, VisitMut, VisitorMut,
};
use datafusion_sql::sqlparser::tokenizer::Span;

use super::wording;
use crate::{CodeLists, Engine};

/// Longer expressions are refused, in bytes: the parser's tree for `1+1+…` is as deep as the text is long.
const LONGEST: usize = 16 * 1024;

/// Deepest nesting of the syntax tree. Planning and evaluation recurse, the latter on threads that are not ours.
const DEEPEST: usize = 128;

/// Parses an expression and settles what its names mean.
pub(super) fn parse(
    engine: &Engine,
    lists: &Arc<CodeLists>,
    schema: &Schema,
    sql: &str,
) -> Result<Expr, Vec<Problem>> {
    if sql.trim().is_empty() {
        return Err(vec![Problem::new("engine.syntax", "the expression is empty")]);
    }
    if sql.len() > LONGEST {
        let sentence = format!("the expression is longer than {LONGEST} bytes");
        return Err(vec![
            Problem::new("engine.syntax", sentence).advise("use a code list, or a property for each part"),
        ]);
    }
    let deepest = engine.options.sql_parser.recursion_limit.get();
    let parser = DFParserBuilder::new(sql).with_recursion_limit(deepest).build();
    let parsed = parser.and_then(|mut parser| parser.parse_into_expr());
    let parsed = parsed.map_err(|error| vec![wording::syntax(&error)])?;
    if let Some(alias) = parsed.alias {
        let problem = Problem::new("engine.syntax", format!("`{alias}` after the end of the expression"));
        return Err(vec![at(problem, alias.span)]);
    }
    let mut expr = parsed.expr;
    let mut names = Names { engine, lists, schema, bound: HashSet::new(), depth: 0, problems: Vec::new() };
    let stopped = expr.visit(&mut names).is_break();
    if names.problems.is_empty() && !stopped { Ok(expr) } else { Err(names.problems) }
}

struct Names<'a> {
    engine: &'a Engine,
    lists: &'a CodeLists,
    schema: &'a Schema,
    /// Names that are not columns: parameters of lambdas, members of groups.
    bound: HashSet<String>,
    depth: usize,
    problems: Vec<Problem>,
}

impl VisitorMut for Names<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _query: &mut Query) -> ControlFlow<()> {
        let problem = Problem::new("engine.subquery", "an expression cannot ask another table");
        self.problems.push(problem.advise("use the fields of the record, and `code(…)` for code lists"));
        ControlFlow::Break(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let problem = Problem::new("engine.syntax", "the expression is nested too deeply");
            self.problems.push(problem.advise("use a code list, `IN (…)` or a property for each part"));
            return ControlFlow::Break(());
        }
        match expr {
            Expr::Lambda(lambda) => {
                self.bound.extend(lambda.params.iter().map(|parameter| parameter.name.value.clone()));
            }
            Expr::CompoundFieldAccess { access_chain, .. } => {
                for access in access_chain {
                    if let AccessExpr::Dot(Expr::Identifier(member)) = access {
                        self.bound.insert(member.value.clone());
                    }
                }
            }
            Expr::Function(function) => self.function(function),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        self.depth -= 1;
        match expr {
            Expr::Identifier(name) if !self.bound.contains(&name.value) => {
                if let Some(column) = self.column(name) {
                    *name = quoted(column, name.span);
                } else {
                    let name = name.clone();
                    self.unknown_field(&name.value, name.quote_style.is_some(), name.span);
                }
            }
            Expr::CompoundIdentifier(parts) => self.compound(&parts.clone(), expr),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Names<'_> {
    /// A dotted name is one column when there is such a column, else a member of a group.
    fn compound(&mut self, parts: &[Ident], expr: &mut Expr) {
        let path = parts.iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".");
        let span = expr.span();
        if let Some(column) = self.column(&Ident::new(&path)) {
            *expr = Expr::Identifier(quoted(column, span));
            return;
        }
        let Some((first, members)) = parts.split_first() else { return };
        if self.bound.contains(&first.value) {
            return;
        }
        match self.column(first) {
            Some(column) => {
                let mut parts = vec![quoted(column, first.span)];
                parts.extend(members.iter().map(|member| quoted(&member.value, member.span)));
                *expr = Expr::CompoundIdentifier(parts);
            }
            None => self.unknown_field(&path, false, span),
        }
    }

    /// The column a name stands for: the very same, else (without quotes) the only one that differs in case alone.
    fn column(&self, name: &Ident) -> Option<&str> {
        let names = || self.schema.fields().iter().map(|field| field.name().as_str());
        if let Some(same) = names().find(|column| *column == name.value) {
            return Some(same);
        }
        if name.quote_style.is_some() {
            return None;
        }
        let mut similar = names().filter(|column| column.eq_ignore_ascii_case(&name.value));
        similar.next().filter(|_| similar.next().is_none())
    }

    fn unknown_field(&mut self, name: &str, quoted: bool, span: Span) {
        let problem = Problem::new("engine.unknown-field", format!("there is no field `{name}`"));
        let known = || self.schema.fields().iter().map(|field| field.name().as_str());
        let problem = match nearest(name, known()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None if quoted => {
                problem.advise(format!("a text stands in single quotation marks, as `'{name}'`"))
            }
            None => problem.advise(listed(known())),
        };
        self.problems.push(at(problem, span));
    }

    fn function(&mut self, function: &Function) {
        let name = function.name.to_string().to_lowercase();
        let span = function.name.span();
        if function.over.is_some() || self.engine.aggregates.contains_key(&name) {
            let sentence = format!("`{name}` is computed over many records, and an expression sees one");
            self.problems.push(at(Problem::new("engine.aggregate", sentence), span));
        } else if let Some(known) = self.engine.functions.get(&name) {
            if known.signature().volatility != Volatility::Immutable {
                let sentence = format!("`{name}` gives something else each time it is called");
                let problem = Problem::new("engine.unsteady-function", sentence)
                    .advise("a mapping must give the same result whenever it is run");
                self.problems.push(at(problem, span));
            } else if name == "code" {
                self.code_list(function);
            }
        } else if !self.engine.higher_order.contains_key(&name) {
            let problem = Problem::new("engine.unknown-function", format!("there is no function `{name}`"));
            let problem = match nearest(&name, self.engine.functions.keys().map(String::as_str)) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            };
            self.problems.push(at(problem, span));
        }
    }

    /// The list that `code` looks into must be written out and known.
    fn code_list(&mut self, function: &Function) {
        let FunctionArguments::List(arguments) = &function.args else { return };
        let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(list))) = arguments.args.first() else { return };
        let span = list.span();
        let name = match list {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(name) => Some(name),
                _ => None,
            },
            _ => None,
        };
        let problem = match name {
            Some(name) if self.lists.contains(name) => return,
            Some(name) => {
                let problem =
                    Problem::new("engine.unknown-code-list", format!("there is no code list `{name}`"));
                match nearest(name, self.lists.names()) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem
                        .advise(format!("name its file under `[codes]`, as `{name} = \"codes/{name}.csv\"`")),
                }
            }
            None => {
                Problem::new("engine.unknown-code-list", "`code` needs the name of its list first, in quotes")
            }
        };
        self.problems.push(at(problem, span));
    }
}

fn quoted(name: &str, span: Span) -> Ident {
    Ident { value: name.into(), quote_style: Some('"'), span }
}

fn listed<'a>(known: impl Iterator<Item = &'a str>) -> String {
    const ENOUGH: usize = 30;
    let mut names: Vec<&str> = known.take(ENOUGH + 1).collect();
    let more = if names.len() > ENOUGH { ", …" } else { "" };
    names.truncate(ENOUGH);
    if names.is_empty() {
        "the source has no fields".into()
    } else {
        format!("known are {}{more}", names.join(", "))
    }
}

/// The problem at a place inside the expression, when the parser knows it.
fn at(problem: Problem, span: Span) -> Problem {
    if span.start.line == 0 {
        return problem;
    }
    problem.at(Place::default().line(span.start.line).column(span.start.column))
}
