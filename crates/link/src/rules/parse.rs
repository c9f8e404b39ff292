//! From the text of a rules file to [`Rules`], reporting all its problems.

use std::cell::RefCell;
use std::ops::Range;

use concordat_record::{Problem, Problems, Vocabulary};
use toml::de::{DeTable, DeValue};

use super::toml_reader::{At, Source, Table, number, unknown};
use super::{Comparison, Condition, Corpus, Level, Part, Rules, Training};
use crate::block::{Block, KEY_KINDS, Key};
use crate::compare::{KINDS, Kind};

/// More comparisons or levels than this do not fit a pattern of four bits each.
const MOST_COMPARISONS: usize = 16;
const MOST_LEVELS: usize = 14;

impl Rules {
    /// Parses and checks the text of a rules file; `file` names it in problems.
    ///
    /// # Errors
    /// All problems of the file, each with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        let source = Source { text, file, problems: RefCell::default() };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let problem = Problem::new("link.not-toml", error.message().to_lowercase());
            source.note(&error.span().unwrap_or_default(), problem);
        }
        let rules = if source.problems.borrow().has_errors() {
            None
        } else {
            Reader { source: &source, corpora: Vec::new() }.rules(&Table::new(&source, &document))
        };
        let problems = source.problems.take();
        match rules {
            Some(rules) => problems.or(rules),
            None => Err(problems),
        }
    }
}

struct Reader<'t> {
    source: &'t Source<'t>,
    corpora: Vec<Corpus>,
}

impl<'t> Reader<'t> {
    fn rules(mut self, table: &Table<'t>) -> Option<Rules> {
        table.allow(&[
            "title",
            "class",
            "threshold",
            "largest_block",
            "most_candidates",
            "block",
            "comparison",
            "training",
        ]);
        let title = table.required_text("title");
        let class = table.required_text("class");
        if let Some((class, span)) = &class
            && let Err(problem) = Vocabulary::core().class(class)
        {
            self.source.note(span, problem);
            return None;
        }
        let (class, _) = class?;
        let largest_block = table.whole("largest_block", (1, 1_000_000)).unwrap_or(500);
        for list in ["block", "comparison"] {
            table.require(list);
        }
        let blocks = table.tables("block").iter().map(|block| self.block(block, class)).collect();
        let comparisons: Vec<_> = table
            .tables("comparison")
            .iter()
            .filter_map(|comparison| self.comparison(comparison, class))
            .collect();
        self.distinct(&table.tables("block"));
        self.distinct(&table.tables("comparison"));
        if comparisons.len() > MOST_COMPARISONS {
            let sentence = format!("{} comparisons are more than {MOST_COMPARISONS}", comparisons.len());
            self.source.note(&table.span, Problem::new("link.too-many", sentence));
        }
        Some(Rules {
            title: title?.0.to_owned(),
            class: class.to_owned(),
            blocks,
            largest_block,
            most_candidates: table.whole("most_candidates", (1, 100_000)).unwrap_or(200),
            comparisons,
            training: training(table.table("training").as_ref()),
            threshold: table.number("threshold", (0.01, 1.0)).unwrap_or(0.5),
            corpora: self.corpora,
        })
    }

    fn distinct(&self, tables: &[Table<'t>]) {
        let mut seen = Vec::new();
        for (name, span) in tables.iter().filter_map(|table| table.text("name")) {
            if seen.contains(&name) {
                self.source.note(&span, Problem::new("link.name-twice", format!("`{name}` is there twice")));
            }
            seen.push(name);
        }
    }

    fn block(&mut self, table: &Table<'t>, class: &str) -> Block {
        table.allow(&["name", "keys"]);
        let name = table.required_text("name").map_or(String::new(), |(name, _)| name.to_owned());
        table.require("keys");
        let keys =
            table.texts("keys").into_iter().filter_map(|(text, span)| self.key(text, &span, class)).collect();
        Block { name, keys }
    }

    /// `kind(property, …)` or `kind(property, …, number)`.
    fn key(&mut self, text: &str, span: &Range<usize>, class: &str) -> Option<Key> {
        let form = text.trim().strip_suffix(')').and_then(|text| text.split_once('('));
        let Some((kind, arguments)) = form else {
            let problem = Problem::new("link.bad-key", format!("`{text}` is not a key expression"));
            self.source.note(
                span,
                problem.advise("write it as `words(legalName)` or `first_letters(familyName, 3)`"),
            );
            return None;
        };
        let kind = kind.trim();
        let Some(kind) = KEY_KINDS.iter().find(|known| known.name == kind) else {
            let known = KEY_KINDS.iter().map(|kind| kind.name);
            self.source.note(span, unknown("link.unknown-key-kind", "key expression", kind, known));
            return None;
        };
        let mut arguments: Vec<&str> =
            arguments.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let number = arguments.last().and_then(|last| last.parse::<usize>().ok());
        if number.is_some() {
            arguments.pop();
        }
        if number.is_some_and(|number| !(1..=32).contains(&number)) || number.is_some() != kind.takes_number {
            let wanted =
                if kind.takes_number { "needs a number from 1 to 32 at the end" } else { "takes no number" };
            self.source.note(span, Problem::new("link.bad-key", format!("`{}` {wanted}", kind.name)));
        }
        let properties =
            self.properties(arguments.iter().map(|property| (*property, span.clone())), class, span);
        let corpus = kind.counts_words.then(|| self.corpus("organisation-name", &properties));
        Some(Key { kind, properties, number: number.unwrap_or(0), corpus })
    }

    fn properties(
        &self,
        paths: impl Iterator<Item = At<&'t str>>,
        class: &str,
        span: &Range<usize>,
    ) -> Vec<String> {
        let mut properties = Vec::new();
        for (path, span) in paths {
            match Vocabulary::core().path(class, path) {
                Ok(_) => properties.push(path.to_owned()),
                Err(problem) => self.source.note(&span, problem),
            }
        }
        if properties.is_empty() && !self.source.problems.borrow().has_errors() {
            self.source.note(span, Problem::new("link.no-property", "no property is named"));
        }
        properties
    }

    /// The number of a corpus, which comparisons and keys over the same properties share.
    fn corpus(&mut self, kind: &'static str, properties: &[String]) -> usize {
        let corpus = Corpus { kind, properties: properties.to_vec() };
        self.corpora.iter().position(|known| *known == corpus).unwrap_or_else(|| {
            self.corpora.push(corpus);
            self.corpora.len() - 1
        })
    }

    fn comparison(&mut self, table: &Table<'t>, class: &str) -> Option<Comparison> {
        table.allow(&[
            "name",
            "compare",
            "properties",
            "repeats",
            "parts",
            "levels",
            "frequency",
            "estimate",
        ]);
        let name = table.required_text("name").map_or("", |(name, _)| name);
        let parts = match table.table("parts") {
            Some(parts) => {
                self.forbid_beside_parts(table);
                let each = parts.each();
                let part = |((name, _), value)| {
                    let part = parts.as_table(name, value)?;
                    part.allow(&["compare", "properties", "repeats"]);
                    self.part(name, &part, class)
                };
                each.into_iter().filter_map(part).collect()
            }
            None => vec![self.part(name, table, class)?],
        };
        let levels = self.levels(table, &parts);
        let frequency = table.flag("frequency").unwrap_or(false);
        if frequency && !parts.iter().all(|part: &Part| part.kind.weighs_rarity) {
            let sentence = format!("`{name}` compares values whose frequency is not counted");
            self.source.note(
                &table.span,
                Problem::new("link.no-frequency", sentence).advise("leave `frequency` out"),
            );
        }
        Some(Comparison {
            name: name.to_owned(),
            parts,
            levels,
            frequency,
            estimate: table.flag("estimate").unwrap_or(true),
        })
    }

    fn forbid_beside_parts(&self, table: &Table<'t>) {
        for key in ["compare", "properties"] {
            if table.each().iter().any(|((name, _), _)| *name == key) {
                let sentence = format!("`{key}` cannot stand beside `parts`");
                self.source.note(&table.span, Problem::new("link.contradiction", sentence));
            }
        }
    }

    fn part(&mut self, name: &str, table: &Table<'t>, class: &str) -> Option<Part> {
        let (kind, span) = table.required_text("compare")?;
        table.require("properties");
        let properties = self.properties(table.texts("properties").into_iter(), class, &table.span);
        let Some(kind) = KINDS.iter().copied().find(|known| known.name == kind) else {
            let known = KINDS.iter().map(|kind| kind.name);
            self.source.note(&span, unknown("link.unknown-comparison", "comparison", kind, known));
            return None;
        };
        let repeated = table.texts("repeats");
        if let Some((_, span)) = repeated.first().filter(|_| !kind.knows_repeats) {
            let sentence = format!("`{}` does not look at single words", kind.name);
            self.source.note(span, Problem::new("link.no-repeats", sentence).advise("leave `repeats` out"));
        }
        let repeats = if repeated.is_empty() {
            Vec::new()
        } else {
            self.properties(repeated.into_iter(), class, &span)
        };
        let corpus = kind.weighs_rarity.then(|| self.corpus(kind.name, &properties));
        Some(Part { name: name.to_owned(), kind, properties, repeats, corpus })
    }

    fn levels(&self, table: &Table<'t>, parts: &[Part]) -> Vec<Level> {
        table.require("levels");
        let tables = table.tables("levels");
        let count = tables.len();
        let levels: Vec<Level> = tables
            .iter()
            .enumerate()
            .filter_map(|(index, level)| self.level(level, parts, index + 1 == count))
            .collect();
        let total: f64 = levels.iter().map(|level| level.m).sum();
        if levels.len() == count && !(2..=MOST_LEVELS).contains(&count) {
            let sentence = format!("a comparison has 2 to {MOST_LEVELS} levels, not {count}");
            self.source.note(&table.span, Problem::new("link.level-count", sentence));
        } else if levels.len() == count && (total - 1.0).abs() > 0.011 {
            let problem =
                Problem::new("link.m-total", format!("the `m` of the levels add up to {total:.3}, not 1"));
            self.source.note(&table.span, problem.advise("`m` is the share of true matches at each level"));
        }
        levels
    }

    fn level(&self, table: &Table<'t>, parts: &[Part], last: bool) -> Option<Level> {
        table.allow(&["label", "m", "is", "at_least", "bits", "when"]);
        let label = table.required_text("label")?.0.to_owned();
        table.require("m");
        let m = table.number("m", (1e-6, 1.0))?;
        let any_of: Vec<Vec<Condition>> = if table.each().iter().any(|((key, _), _)| *key == "when") {
            let choices = table.one_or_more("when");
            choices.iter().map(|when| self.conditions(when, parts)).collect()
        } else {
            self.only_condition(table, parts).into_iter().map(|condition| vec![condition]).collect()
        };
        if any_of.is_empty() != last {
            let problem = if last {
                Problem::new("link.no-else", format!("the last level `{label}` must hold when no other does"))
                    .advise("leave its conditions out")
            } else {
                Problem::new("link.no-condition", format!("the level `{label}` has no condition"))
                    .advise("give it `is`, `at_least` or `when`; only the last level has none")
            };
            self.source.note(&table.span, problem);
        }
        Some(Level { label, any_of, m })
    }

    /// `is` or `at_least`, for a comparison of one part.
    fn only_condition(&self, table: &Table<'t>, parts: &[Part]) -> Option<Condition> {
        let bits = table.number("bits", (0.0, 64.0));
        let similarity = match table.text("is") {
            Some((grade, span)) => self.grade(grade, &span, parts.first()?.kind),
            None => table.number("at_least", (0.0, 1.0)).map(|number| number as f32),
        };
        if similarity.is_some() && parts.len() != 1 {
            let problem = Problem::new("link.which-part", "a comparison of several parts needs `when`");
            self.source.note(&table.span, problem.advise("write `when = { part = \"same\" }`"));
        }
        if bits.is_some() && parts.first().is_some_and(|part| !part.kind.weighs_rarity) {
            self.source.note(
                &table.span,
                Problem::new("link.no-frequency", "`bits` needs a comparison that weighs rarity"),
            );
        }
        (similarity.is_some() || bits.is_some()).then(|| Condition {
            part: 0,
            at_least: similarity.unwrap_or(0.0),
            bits: bits.unwrap_or(0.0) as f32,
        })
    }

    fn conditions(&self, when: &Table<'t>, parts: &[Part]) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for ((name, span), value) in when.each() {
            let Some(part) = parts.iter().position(|part| part.name == name) else {
                let known = parts.iter().map(|part| part.name.as_str());
                self.source.note(&span, unknown("link.unknown-part", "part", name, known));
                continue;
            };
            let at_least = match value.get_ref() {
                DeValue::String(grade) => {
                    parts.get(part).and_then(|part| self.grade(grade, &value.span(), part.kind))
                }
                other => number(other)
                    .filter(|number| (0.0..=1.0).contains(number))
                    .map(|number| number as f32)
                    .or_else(|| {
                        let sentence =
                            format!("`{name}` must be a degree of similarity, by name or between 0 and 1");
                        self.source.note(&value.span(), Problem::new("link.bad-condition", sentence));
                        None
                    }),
            };
            conditions.extend(at_least.map(|at_least| Condition { part, at_least, bits: 0.0 }));
        }
        conditions
    }

    fn grade(&self, word: &str, span: &Range<usize>, kind: &Kind) -> Option<f32> {
        let grade = kind.grades.iter().find(|grade| grade.name == word);
        if grade.is_none() {
            let known = kind.grades.iter().map(|grade| grade.name);
            self.source.note(
                span,
                unknown("link.unknown-grade", &format!("degree of `{}`", kind.name), word, known),
            );
        }
        grade.map(|grade| grade.similarity)
    }
}

fn training(table: Option<&Table<'_>>) -> Training {
    if let Some(table) = table {
        table.allow(&["share", "most_records", "pseudo_matches", "most_rounds"]);
    }
    let number =
        |key, bounds, otherwise| table.and_then(|table| table.number(key, bounds)).unwrap_or(otherwise);
    Training {
        share: number("share", (1e-6, 0.999), 0.5),
        most_records: number("most_records", (10.0, 1e7), 20_000.0) as usize,
        pseudo_matches: number("pseudo_matches", (0.0, 1e6), 200.0),
        most_rounds: number("most_rounds", (1.0, 10_000.0), 200.0) as usize,
    }
}
