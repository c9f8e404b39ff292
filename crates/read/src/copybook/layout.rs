//! A copybook with places: every field with its offset, length and coding.

use std::fmt;

use concordat_record::{Place, Problem, Problems, nearest};

use super::coding::{BinarySize, ByteOrder, Coding, Sign};
use super::parser::parse;
use super::picture::Category;
use super::syntax::{ConditionName, Entry, SignClause, Usage};
use super::text::ReferenceFormat;

/// How a copybook is to be read, where dialects differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// How its columns are used.
    pub reference_format: ReferenceFormat,
    /// How long binary numbers are.
    pub binary_size: BinarySize,
}

/// The records that a copybook describes.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The bytes of one record.
    pub record_length: usize,
    /// The top entries (01 levels). A second one describes the same bytes anew.
    pub fields: Vec<Field>,
}

/// One entry: a group or a value.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its level number.
    pub level: u8,
    /// Its COBOL name; none for FILLER.
    pub name: Option<String>,
    /// Where it begins in the record, from zero; the first one, when it occurs several times.
    pub offset: usize,
    /// Its bytes; of one occurrence, slack bytes included.
    pub length: usize,
    /// How often it occurs, when it has an OCCURS clause.
    pub occurs: Option<Occurs>,
    /// The COBOL name of the field whose bytes it describes anew.
    pub redefines: Option<String>,
    /// Its picture, as written.
    pub picture: Option<String>,
    /// What it consists of.
    pub content: Content,
    /// Names for some of its values (level 88).
    pub conditions: Vec<ConditionName>,
    /// Its line in the copybook, from one.
    pub line: u32,
}

/// What a field consists of.
#[derive(Clone, Debug)]
pub enum Content {
    /// Other fields.
    Group(Vec<Field>),
    /// One value.
    Value(Coding),
}

/// How often a field occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurs {
    /// At least.
    pub least: usize,
    /// At most; so much room it has in the record.
    pub most: usize,
    /// The COBOL name of the field that holds how often in this record.
    pub depending: Option<String>,
}

impl Field {
    /// Its bytes with all occurrences.
    pub fn total_length(&self) -> usize {
        self.length.saturating_mul(self.occurs.as_ref().map_or(1, |occurs| occurs.most))
    }

    /// Its parts; none for a value.
    pub fn parts(&self) -> &[Field] {
        match &self.content {
            Content::Group(parts) => parts,
            Content::Value(_) => &[],
        }
    }
}

/// A record longer than this is a slip in the copybook.
const LONGEST_RECORD: usize = 1 << 26;

impl Layout {
    /// Reads a copybook.
    ///
    /// # Errors
    /// All its problems, each with line, column, the offending word and what was expected.
    pub fn parse(text: &str, file: &str, dialect: Dialect) -> Result<Self, Problems> {
        let entries = parse(text, dialect.reference_format, file)?;
        let mut placing = Placing { file, binary_size: dialect.binary_size, problems: Problems::none() };
        let (mut fields, _) = placing.fields(&entries, 0, Inherited::default());
        for field in fields.iter_mut().skip(1).filter(|field| field.level == 1) {
            describe_anew(field);
        }
        let ends = fields.iter().map(|field| field.offset.saturating_add(field.total_length()));
        let record_length = ends.max().unwrap_or(0);
        if record_length > LONGEST_RECORD {
            let sentence = format!("a record would have {record_length} bytes; {LONGEST_RECORD} is the most");
            placing.problems.push(Problem::new("copybook.too-long", sentence).at(Place::file(file)));
        }
        placing.problems.or(Self { record_length, fields })
    }

    /// The first field with a COBOL name (any case), with the groups around it, outermost first.
    pub fn find(&self, name: &str) -> Option<Vec<&Field>> {
        fn search<'a>(fields: &'a [Field], name: &str, way: &mut Vec<&'a Field>) -> bool {
            for field in fields {
                way.push(field);
                let found = field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name));
                if found || search(field.parts(), name, way) {
                    return true;
                }
                way.pop();
            }
            false
        }
        let mut way = Vec::new();
        search(&self.fields, name, &mut way).then_some(way)
    }

    /// The COBOL names of all fields.
    pub fn names(&self) -> Vec<&str> {
        fn collect<'a>(fields: &'a [Field], names: &mut Vec<&'a str>) {
            for field in fields {
                names.extend(field.name.as_deref());
                collect(field.parts(), names);
            }
        }
        let mut names = Vec::new();
        collect(&self.fields, &mut names);
        names
    }
}

/// The usage and sign of a group hold for what is in it.
#[derive(Clone, Copy, Default)]
struct Inherited {
    usage: Option<Usage>,
    sign: Option<SignClause>,
}

struct Placing<'a> {
    file: &'a str,
    binary_size: BinarySize,
    problems: Problems,
}

impl Placing<'_> {
    /// Places entries one behind the other from an offset; gives them, and where they end.
    fn fields(&mut self, entries: &[Entry], start: usize, above: Inherited) -> (Vec<Field>, usize) {
        let mut fields: Vec<Field> = Vec::new();
        let mut end = start;
        for entry in entries {
            let offset = match self.redefined(entry, &fields) {
                Some(offset) => offset,
                None if entry.clauses.synchronized => self.aligned(entry, end, above),
                None => end,
            };
            let field = self.field(entry, offset, above);
            end = end.max(offset.saturating_add(field.total_length()));
            fields.push(field);
        }
        (fields, end)
    }

    /// Where the field begins that an entry describes anew.
    fn redefined(&mut self, entry: &Entry, before: &[Field]) -> Option<usize> {
        let named = entry.clauses.redefines.as_ref()?;
        let found = before.iter().rev().find(|field| field.name.as_ref() == Some(&named.name));
        if found.is_none() {
            let names = before.iter().filter_map(|field| field.name.as_deref());
            let problem = Problem::new(
                "copybook.unknown-redefined",
                format!(
                    "`{}` is not an earlier field of the same group, so it cannot be redefined",
                    named.name
                ),
            )
            .at(named.mark.place(self.file));
            self.problems.push(match nearest(&named.name, names) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
        found.map(|field| field.offset)
    }

    /// The next offset at which a SYNCHRONIZED number may begin: a half word, a word, or a double word for COMP-2.
    fn aligned(&mut self, entry: &Entry, offset: usize, above: Inherited) -> usize {
        offset.checked_next_multiple_of(self.alignment(entry, above)).unwrap_or(offset)
    }

    fn alignment(&self, entry: &Entry, above: Inherited) -> usize {
        let usage = entry.clauses.usage.map(|(usage, _)| usage).or(above.usage);
        let digits = match entry.clauses.picture.as_ref().map(|(picture, _)| picture.category) {
            Some(Category::Number { digits, .. }) => digits,
            _ => 0,
        };
        match usage {
            Some(Usage::Binary | Usage::Native | Usage::LittleEndian) => {
                usize::from(self.binary_size.bytes(digits)).min(4)
            }
            Some(Usage::Float) => 4,
            Some(Usage::Double) => 8,
            _ => 1,
        }
    }

    fn field(&mut self, entry: &Entry, offset: usize, above: Inherited) -> Field {
        let clauses = &entry.clauses;
        let inherited = Inherited {
            usage: clauses.usage.map(|(usage, _)| usage).or(above.usage),
            sign: clauses.sign.map(|(sign, _)| sign).or(above.sign),
        };
        let (content, mut length) = if entry.parts.is_empty() {
            self.value(entry, inherited)
        } else {
            if let Some((picture, mark)) = &clauses.picture {
                let sentence = format!("a group has no picture, but `{}` stands here", picture.text);
                let advice = "remove the picture, or check the level numbers below";
                self.problem(*mark, "copybook.group-with-picture", sentence, advice);
            }
            let (parts, end) = self.fields(&entry.parts, offset, inherited);
            (Content::Group(parts), end.saturating_sub(offset))
        };
        if clauses.occurs.is_some() {
            let slack = self.largest_alignment(entry, above);
            length = length.checked_next_multiple_of(slack).unwrap_or(length);
        }
        Field {
            level: entry.level,
            name: entry.name.clone(),
            offset,
            length,
            occurs: clauses.occurs.as_ref().map(|occurs| Occurs {
                least: occurs.least,
                most: occurs.most,
                depending: occurs.depending.as_ref().map(|named| named.name.clone()),
            }),
            redefines: clauses.redefines.as_ref().map(|named| named.name.clone()),
            picture: clauses.picture.as_ref().map(|(picture, _)| picture.text.clone()),
            content,
            conditions: entry.conditions.clone(),
            line: entry.mark.line,
        }
    }

    /// Slack bytes make every occurrence begin where its synchronized numbers need it.
    fn largest_alignment(&self, entry: &Entry, above: Inherited) -> usize {
        let own = if entry.clauses.synchronized { self.alignment(entry, above) } else { 1 };
        let inherited =
            Inherited { usage: entry.clauses.usage.map(|(usage, _)| usage).or(above.usage), sign: None };
        entry.parts.iter().map(|part| self.largest_alignment(part, inherited)).fold(own, usize::max)
    }

    fn value(&mut self, entry: &Entry, inherited: Inherited) -> (Content, usize) {
        let clauses = &entry.clauses;
        let usage = inherited.usage.unwrap_or(Usage::Display);
        let Some((picture, mark)) = &clauses.picture else {
            if !super::clauses::needs_no_picture(usage) {
                let name = entry.name.as_deref().unwrap_or("FILLER");
                let sentence = format!("`{name}` has neither a picture nor parts below it");
                self.problem(entry.mark, "copybook.no-picture", sentence, "give it a PIC clause");
            }
            let double = usage == Usage::Double;
            return (
                Content::Value(if double { Coding::Double } else { Coding::Float }),
                if double { 8 } else { 4 },
            );
        };
        match coding(
            picture.category,
            picture.size,
            usage,
            inherited.sign,
            clauses.justified,
            self.binary_size,
        ) {
            Ok((coding, length)) => (Content::Value(coding), length),
            Err(sentence) => {
                let mark = clauses.usage.map_or(*mark, |(_, mark)| mark);
                self.problem(
                    mark,
                    "copybook.usage-and-picture",
                    sentence,
                    "check picture and usage of this entry",
                );
                (Content::Value(Coding::Text { justified: false }), picture.size)
            }
        }
    }

    fn problem(&mut self, mark: super::text::Mark, code: &'static str, sentence: String, advice: &str) {
        self.problems.push(Problem::new(code, sentence).at(mark.place(self.file)).advise(advice));
    }
}

/// A second 01 level of a file describes the same record area.
fn describe_anew(field: &mut Field) {
    fn shift(field: &mut Field, by: usize) {
        field.offset = field.offset.saturating_sub(by);
        if let Content::Group(parts) = &mut field.content {
            for part in parts {
                shift(part, by);
            }
        }
    }
    let by = field.offset;
    shift(field, by);
}

fn coding(
    category: Category,
    size: usize,
    usage: Usage,
    sign: Option<SignClause>,
    justified: bool,
    binary_size: BinarySize,
) -> Result<(Coding, usize), String> {
    let Category::Number { digits, scale, signed } = category else {
        return match (category, usage) {
            (Category::National, Usage::Display | Usage::National) => {
                Ok((Coding::National, size.saturating_mul(2)))
            }
            (Category::Text, Usage::Display) => Ok((Coding::Text { justified }, size)),
            (Category::Edited { digits, scale }, Usage::Display) => {
                Ok((Coding::Edited { digits, scale }, size))
            }
            _ => Err("only a numeric picture (9, S, V, P) can have this usage".into()),
        };
    };
    let binary = |order| {
        let bytes = binary_size.bytes(digits);
        Ok((Coding::Binary { digits, scale, signed, bytes, order }, usize::from(bytes)))
    };
    match usage {
        Usage::Display => {
            let sign = match sign {
                _ if !signed => Sign::Unsigned,
                Some(SignClause { leading, separate: true }) => Sign::Separate { leading },
                Some(SignClause { leading, separate: false }) => Sign::Overpunched { leading },
                None => Sign::Overpunched { leading: false },
            };
            let sign_byte = usize::from(matches!(sign, Sign::Separate { .. }));
            Ok((Coding::Zoned { digits, scale, sign }, size + sign_byte))
        }
        Usage::Binary => binary(ByteOrder::Big),
        Usage::Native => binary(ByteOrder::Machine),
        Usage::LittleEndian => binary(ByteOrder::Little),
        Usage::Packed => {
            Ok((Coding::Packed { digits, scale, signed, sign_nibble: true }, usize::from(digits) / 2 + 1))
        }
        Usage::PackedUnsigned => {
            let length = usize::from(digits).div_ceil(2);
            Ok((Coding::Packed { digits, scale, signed: false, sign_nibble: false }, length))
        }
        Usage::Float | Usage::Double => Err("COMP-1 and COMP-2 have no picture".into()),
        Usage::National => Err("a number in national digits is not read".into()),
    }
}

/// A table for people: offset, length, level and name, picture, what it holds.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} {:>6}  {:<40} {:<16} holds", "offset", "length", "field", "picture")?;
        for field in &self.fields {
            write_field(f, field, 0)?;
        }
        write!(f, "{:>7} bytes in a record", self.record_length)
    }
}

fn write_field(f: &mut fmt::Formatter<'_>, field: &Field, depth: usize) -> fmt::Result {
    let name = field.name.as_deref().unwrap_or("FILLER");
    let name = format!("{:indent$}{:02} {name}", "", field.level, indent = depth * 2);
    let mut holds = vec![match &field.content {
        Content::Group(_) => "group".to_owned(),
        Content::Value(coding) => coding.name().to_owned(),
    }];
    holds.extend(field.occurs.as_ref().map(|occurs| match &occurs.depending {
        Some(depending) => format!("{} to {} by {depending}", occurs.least, occurs.most),
        None => format!("{} times", occurs.most),
    }));
    holds.extend(field.redefines.as_ref().map(|redefined| format!("redefines {redefined}")));
    let holds = holds.join(", ");
    let picture = field.picture.as_deref().unwrap_or_default();
    writeln!(f, "{:>7} {:>6}  {name:<40} {picture:<16} {holds}", field.offset, field.length)?;
    field.parts().iter().try_for_each(|part| write_field(f, part, depth + 1))
}
