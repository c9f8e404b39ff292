//! From a layout to columns: groups are flattened, OCCURS becomes a list, REDEFINES a choice between descriptions.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field as ArrowField, FieldRef, Fields};
use concordat_record::{Place, Problem, Problems, nearest};

use super::code_page::CodePage;
use super::coding::Coding;
use super::layout::{Content, Field, Layout, Occurs};
use super::nulls::NullRules;
use super::rule::{Rule, RuleText, Selector};
use super::varying::{item_varies, varying_lists};
use crate::names::unique_names;
use crate::section::Written;

/// What decodes the columns of a scope: the whole record, or one occurrence of a group.
#[derive(Debug)]
pub(crate) enum Node {
    /// One column of values.
    Value(ValueNode),
    /// One column of lists.
    List(ListNode),
    /// A list that has no name, and nothing named in it: no column, but what follows moves with it.
    Room(ListNode),
    /// The columns of several descriptions of the same bytes.
    Choice(Vec<Alternative>),
    /// Whether a condition (level 88) is true.
    Condition(ConditionNode),
}

#[derive(Debug)]
pub(crate) struct ConditionNode {
    /// The COBOL name of the field.
    pub field: String,
    /// From the beginning of the scope.
    pub offset: usize,
    pub rule: Rule,
    /// Whether a record is at fault where it is not true, instead of a column that tells.
    pub is_required: bool,
}

#[derive(Debug)]
pub(crate) struct ValueNode {
    /// The COBOL name.
    pub field: String,
    /// From the beginning of the scope.
    pub offset: usize,
    pub length: usize,
    pub coding: Coding,
    /// What is read otherwise than in other fields.
    pub reading: Option<Box<Reading>>,
}

/// What the source file, or a clause of the copybook, says about one field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub page: Option<CodePage>,
    pub nulls: Option<NullRules>,
    /// Whether spaces are zero (BLANK WHEN ZERO).
    pub blank_is_zero: bool,
}

/// What becomes of condition-names (level 88).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Conditions {
    /// They stand in the layout.
    #[default]
    Listed,
    /// Each is a column that is true or false.
    Columns,
    /// A record with a value that none of its field's names stands for is rejected.
    Required,
}

#[derive(Debug)]
pub(crate) struct ListNode {
    pub field: String,
    /// Where the first occurrence begins, from the beginning of the scope.
    pub offset: usize,
    /// From one occurrence to the next.
    pub stride: usize,
    pub occurs: Occurs,
    /// The field that holds how many occurrences count.
    pub depending: Option<Counter>,
    /// Whether what follows moves when there are fewer occurrences than there can be.
    pub moves: bool,
    /// Whether occurrences move each other, because lists in them do.
    pub item_moves: bool,
    /// Whether something in it is decided by a field outside of it.
    pub asks_record: bool,
    /// What one occurrence holds; a single value when it is no group.
    pub item: Vec<Node>,
    /// The Arrow field of one occurrence.
    pub item_field: FieldRef,
}

/// What says how many occurrences there are.
#[derive(Debug)]
pub(crate) struct Counter {
    pub selector: Selector,
    /// The number for each text, where the field holds words; empty where it holds the number.
    pub table: HashMap<String, usize>,
}

/// One description of bytes that have several.
#[derive(Debug)]
pub(crate) struct Alternative {
    pub field: String,
    /// From the beginning of the scope.
    pub offset: usize,
    pub nodes: Vec<Node>,
    /// When it holds; without one, whenever it can be decoded.
    pub rule: Option<Rule>,
}

/// The columns of a layout and how to decode them.
#[derive(Debug)]
pub(crate) struct Plan {
    pub nodes: Vec<Node>,
    pub fields: Vec<ArrowField>,
}

/// What the source file says about the columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlanOptions {
    /// Which description of the same bytes holds, by the COBOL name of the description.
    pub rules: Vec<RuleText>,
    /// Whether level 66 makes columns.
    pub renames: bool,
    /// Whether what follows a list of varying length moves with it, as IBM has it.
    pub moving: bool,
    pub conditions: Conditions,
    /// The code page of single fields, or of all in a group, by COBOL name.
    pub pages: Vec<(Written<String>, CodePage)>,
    /// The same for what counts as nothing.
    pub nulls: Vec<(Written<String>, NullRules)>,
    /// What the texts of a field after DEPENDING ON stand for, by its COBOL name.
    pub counts: Vec<CountTable>,
}

/// A table of numbers of occurrences.
#[derive(Clone, Debug)]
pub(crate) struct CountTable {
    pub field: String,
    pub numbers: HashMap<String, usize>,
    pub place: Place,
}

impl Plan {
    /// Plans a layout.
    pub fn new(layout: &Layout, options: &PlanOptions) -> Result<Self, Problems> {
        let mut planner = Planner {
            layout,
            options,
            rules: HashMap::new(),
            reading: Reading::default(),
            problems: Problems::none(),
        };
        for rule in &options.rules {
            planner.rules.insert(rule.description.to_ascii_uppercase(), rule);
        }
        let mut scope = Scope::default();
        let nodes = planner.nodes(&layout.fields, &mut scope);
        for rule in planner.rules.values() {
            planner.problems.push(unused_rule(layout, rule));
        }
        planner.problems.extend(unused_counts(layout, options));
        planner.problems.extend(unknown_fields(layout, options));
        let fields = scope.fields();
        if fields.is_empty() && !planner.problems.has_errors() {
            let sentence = "the copybook names no field: everything in it is FILLER";
            planner.problems.push(Problem::new("copybook.no-field", sentence));
        }
        planner.problems.or(Self { nodes, fields })
    }

    /// Leaves out what holds no column that is needed; rules and counters read their fields from the record by themselves.
    pub fn keep(&mut self, is_needed: impl Fn(&str) -> bool) {
        let mut fields = std::mem::take(&mut self.fields).into_iter();
        self.nodes.retain(|node| {
            let own: Vec<ArrowField> = fields.by_ref().take(node.columns()).collect();
            // What others stand behind is needed to find them.
            let moves = node.moving_list().is_some();
            let is_required = matches!(node, Node::Condition(condition) if condition.is_required);
            let keep = moves || is_required || own.iter().any(|field| is_needed(field.name()));
            if keep {
                self.fields.extend(own);
            }
            keep
        });
    }
}

impl Node {
    /// The list that moves what follows it by how many occurrences it has.
    pub fn moving_list(&self) -> Option<&ListNode> {
        match self {
            Self::List(list) | Self::Room(list) => list.moves.then_some(list),
            Self::Value(_) | Self::Choice(_) | Self::Condition(_) => None,
        }
    }

    /// How many columns it decodes to.
    pub fn columns(&self) -> usize {
        match self {
            Self::Value(_) | Self::List(_) => 1,
            Self::Room(_) => 0,
            Self::Condition(condition) => usize::from(!condition.is_required),
            Self::Choice(alternatives) => {
                alternatives.iter().flat_map(|alternative| &alternative.nodes).map(Self::columns).sum()
            }
        }
    }
}

/// The columns of one scope while it is planned.
#[derive(Default)]
struct Scope<'a> {
    /// Where the scope begins in the record.
    origin: usize,
    /// The OCCURS fields around it.
    lists: Vec<&'a str>,
    /// The groups around the field being planned, within the scope.
    groups: Vec<&'a str>,
    columns: Vec<(Vec<&'a str>, DataType)>,
}

impl<'a> Scope<'a> {
    fn column(&mut self, name: &'a str, data_type: DataType) {
        let mut chain = self.groups.clone();
        chain.push(name);
        self.columns.push((chain, data_type));
    }

    fn fields(self) -> Vec<ArrowField> {
        let chains: Vec<Vec<&str>> = self.columns.iter().map(|(chain, _)| chain.clone()).collect();
        let names = unique_names(&chains);
        names
            .into_iter()
            .zip(self.columns)
            .map(|(name, (_, data_type))| ArrowField::new(name, data_type, true))
            .collect()
    }
}

struct Planner<'a> {
    layout: &'a Layout,
    options: &'a PlanOptions,
    /// The rules not yet met.
    rules: HashMap<String, &'a RuleText>,
    /// What holds for the groups around the field being planned.
    reading: Reading,
    problems: Problems,
}

impl<'a> Planner<'a> {
    fn nodes(&mut self, fields: &'a [Field], scope: &mut Scope<'a>) -> Vec<Node> {
        let mut nodes = Vec::new();
        for descriptions in descriptions(fields) {
            match descriptions.as_slice() {
                [single] => nodes.extend(self.field(single, scope)),
                several => {
                    let alternatives: Vec<Alternative> =
                        several.iter().filter_map(|field| self.alternative(field, scope)).collect();
                    if !alternatives.is_empty() {
                        nodes.push(Node::Choice(alternatives));
                    }
                }
            }
        }
        nodes
    }

    fn alternative(&mut self, field: &'a Field, scope: &mut Scope<'a>) -> Option<Alternative> {
        let nodes = self.field(field, scope);
        let name = field.name.clone().unwrap_or_else(|| "FILLER".into());
        let rule = self.rules.remove(&name).and_then(|text| {
            let rule = Rule::new(text, self.layout, &scope.lists, scope.origin);
            self.problems.keep(rule)
        });
        (!nodes.is_empty()).then_some(Alternative {
            field: name,
            offset: field.offset.saturating_sub(scope.origin),
            nodes,
            rule,
        })
    }

    fn field(&mut self, field: &'a Field, scope: &mut Scope<'a>) -> Vec<Node> {
        let around = self.reading.clone();
        self.reading = self.reading_of(field);
        let mut nodes = self.plain_field(field, scope);
        self.reading = around;
        if field.occurs.is_none() && self.options.conditions != Conditions::Listed {
            nodes.extend(self.conditions(field, scope));
        }
        nodes
    }

    /// What the source file says about a field, or about a group around it.
    fn reading_of(&self, field: &Field) -> Reading {
        let is_it = |name: &Written<String>| {
            field.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&name.value))
        };
        let page = self.options.pages.iter().find(|(name, _)| is_it(name)).map(|(_, page)| page.clone());
        let nulls = self.options.nulls.iter().find(|(name, _)| is_it(name)).map(|(_, nulls)| *nulls);
        Reading {
            page: page.or_else(|| self.reading.page.clone()),
            nulls: nulls.or(self.reading.nulls),
            blank_is_zero: field.blank_when_zero,
        }
    }

    /// How the value of a field is read, where that is not as everywhere.
    fn own_reading(&self) -> Option<Box<Reading>> {
        let Reading { page, nulls, blank_is_zero } = &self.reading;
        (page.is_some() || nulls.is_some() || *blank_is_zero).then(|| Box::new(self.reading.clone()))
    }

    /// The condition-names of a field.
    fn conditions(&mut self, field: &'a Field, scope: &mut Scope<'a>) -> Vec<Node> {
        let coding = match &field.content {
            Content::Value(coding) => coding.clone(),
            Content::Group(_) => Coding::Text { justified: false },
        };
        let offset = field.offset.saturating_sub(scope.origin);
        // It stands where its field does: behind all lists so far.
        let selector =
            Selector { from_record: false, behind: usize::MAX, offset, length: field.length, coding };
        let name = field.name.clone().unwrap_or_else(|| "FILLER".into());
        let rules = field.conditions.iter().map(|condition| Rule::of_condition(condition, &selector));
        let node = |rule, is_required| {
            Node::Condition(ConditionNode { field: name.clone(), offset, rule, is_required })
        };
        if self.options.conditions == Conditions::Required {
            let rules: Vec<Rule> = rules.collect();
            return if rules.is_empty() { Vec::new() } else { vec![node(Rule::Any(rules), true)] };
        }
        let nodes: Vec<Node> = rules.map(|rule| node(rule, false)).collect();
        field.conditions.iter().for_each(|condition| scope.column(&condition.name, DataType::Boolean));
        nodes
    }

    fn plain_field(&mut self, field: &'a Field, scope: &mut Scope<'a>) -> Vec<Node> {
        if let Some(occurs) = &field.occurs {
            return self.list(field, occurs, scope).into_iter().collect();
        }
        match &field.content {
            Content::Group(parts) => {
                let name = field.name.as_deref();
                scope.groups.extend(name);
                let mut nodes = self.nodes(parts, scope);
                if self.options.renames {
                    nodes.extend(field.renames.iter().flat_map(|renamed| self.field(renamed, scope)));
                }
                scope.groups.truncate(scope.groups.len() - usize::from(name.is_some()));
                nodes
            }
            Content::Value(coding) => {
                let Some(name) = field.name.as_deref() else { return Vec::new() };
                scope.column(name, coding.data_type());
                let offset = field.offset.saturating_sub(scope.origin);
                vec![Node::Value(ValueNode {
                    field: name.into(),
                    offset,
                    length: field.length,
                    coding: coding.clone(),
                    reading: self.own_reading(),
                })]
            }
        }
    }

    fn counter(&mut self, name: &str, scope: &Scope<'a>) -> Option<Counter> {
        let plain = name.split_whitespace().next().unwrap_or(name);
        let table = self.options.counts.iter().find(|table| table.field.eq_ignore_ascii_case(plain));
        let numbers = table.map(|table| table.numbers.clone()).unwrap_or_default();
        let selector = Selector::new(name, self.layout, &scope.lists, scope.origin);
        let selector =
            self.problems.keep(selector.and_then(|selector| selector.counting(table.is_some())))?;
        Some(Counter { selector, table: numbers })
    }

    fn list(&mut self, field: &'a Field, occurs: &'a Occurs, scope: &mut Scope<'a>) -> Option<Node> {
        let name = field.name.as_deref().unwrap_or("FILLER");
        let mut lists = scope.lists.clone();
        lists.push(name);
        let length = field.length;
        let mut inner = Scope { origin: field.offset, lists, ..Scope::default() };
        let (item, item_type) = match &field.content {
            Content::Group(parts) => {
                let nodes = self.nodes(parts, &mut inner);
                (nodes, DataType::Struct(Fields::from(inner.fields())))
            }
            Content::Value(coding) => {
                let node = ValueNode {
                    field: name.into(),
                    offset: 0,
                    length,
                    coding: coding.clone(),
                    reading: self.own_reading(),
                };
                (vec![Node::Value(node)], coding.data_type())
            }
        };
        let depending = occurs.depending.as_ref().and_then(|counter| self.counter(counter, scope));
        let has_column = match &item_type {
            DataType::Struct(fields) => !fields.is_empty(),
            _ => field.name.is_some(),
        };
        let item_field = Arc::new(ArrowField::new("item", item_type, true));
        let list = ListNode {
            field: name.into(),
            offset: field.offset.saturating_sub(scope.origin),
            stride: field.length,
            occurs: occurs.clone(),
            moves: self.options.moving && varying_lists(field) > 0,
            item_moves: self.options.moving && item_varies(field),
            asks_record: asks_record(&item),
            depending,
            item,
            item_field: item_field.clone(),
        };
        if has_column {
            scope.column(name, DataType::List(item_field));
            return Some(Node::List(list));
        }
        list.moves.then_some(Node::Room(list))
    }
}

/// The fields of a group, those together that describe the same bytes. Several 01 levels do so too.
pub(crate) fn descriptions(fields: &[Field]) -> Vec<Vec<&Field>> {
    let mut all: Vec<Vec<&Field>> = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let same = match &field.redefines {
            Some(redefined) => all
                .iter_mut()
                .rev()
                .find(|set| set.iter().any(|known| known.name.as_ref() == Some(redefined))),
            None if index > 0 && field.level == 1 => all.first_mut(),
            None => None,
        };
        match same {
            Some(set) => set.push(field),
            None => all.push(vec![field]),
        }
    }
    all
}

/// Whether a field of the record decides something in these nodes.
fn asks_record(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Value(_) => false,
        Node::Condition(condition) => condition.rule.asks_record(),
        Node::List(list) | Node::Room(list) => {
            list.asks_record || list.depending.as_ref().is_some_and(|counter| counter.selector.from_record)
        }
        Node::Choice(alternatives) => alternatives.iter().any(|alternative| {
            alternative.rule.as_ref().is_some_and(Rule::asks_record) || asks_record(&alternative.nodes)
        }),
    })
}

/// A problem for each field that the source file names and the copybook does not have.
fn unknown_fields(layout: &Layout, options: &PlanOptions) -> Problems {
    let pages = options.pages.iter().map(|(name, _)| name);
    let named = pages.chain(options.nulls.iter().map(|(name, _)| name));
    let unknown = named.filter(|name| layout.find(&name.value).is_none());
    let mut problems = Problems::none();
    for name in unknown {
        let sentence = format!("the copybook has no field `{}`", name.value);
        let problem = Problem::new("source.unknown-field", sentence).at(name.place.clone());
        problems.push(match nearest(&name.value.to_uppercase(), layout.names()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise("name a field or a group of the copybook"),
        });
    }
    problems
}

/// A problem for each table of counts whose field counts nothing.
fn unused_counts(layout: &Layout, options: &PlanOptions) -> Problems {
    fn counters<'a>(fields: &'a [Field], names: &mut Vec<&'a str>) {
        for field in fields {
            let depending = field.occurs.as_ref().and_then(|occurs| occurs.depending.as_deref());
            names.extend(depending.and_then(|name| name.split_whitespace().next()));
            counters(field.parts(), names);
        }
    }
    let mut known = Vec::new();
    counters(&layout.fields, &mut known);
    let mut problems = Problems::none();
    for table in &options.counts {
        if known.iter().any(|name| name.eq_ignore_ascii_case(&table.field)) {
            continue;
        }
        let sentence = format!("no list depends on a field `{}`", table.field);
        let problem = Problem::new("source.unknown-field", sentence).at(table.place.clone());
        problems.push(match nearest(&table.field.to_uppercase(), known.iter().copied()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise("name a field after DEPENDING ON"),
        });
    }
    problems
}

fn unused_rule(layout: &Layout, rule: &RuleText) -> Problem {
    let name = &rule.description;
    if layout.find(name).is_some() {
        let sentence =
            format!("`{name}` neither redefines a field nor is redefined, so there is nothing to choose");
        return Problem::new("source.needless-rule", sentence)
            .at(rule.place.clone())
            .advise("remove the rule");
    }
    let problem = Problem::new("source.unknown-field", format!("the copybook has no field `{name}`"));
    let problem = problem.at(rule.place.clone());
    match nearest(name, layout.names()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise("name a field that redefines another, or that is redefined"),
    }
}
