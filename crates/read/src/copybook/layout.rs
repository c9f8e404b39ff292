//! A copybook with places: every field with its offset, length and coding.

use std::fmt;

use concordat_record::{Place, Problem, Problems, nearest};

use super::coding::{BinarySize, ByteOrder, Coding, Sign, binary_digits, fewest_bytes};
use super::copy::Expansion;
use super::library::{CopyText, Library, NoLibrary};
use super::parser::parse;
use super::picture::{Category, Picture};
use super::reference::{Columns, ReferenceFormat, cut_lines};
use super::syntax::{ConditionName, Constant, Entry, Renaming, SignClause, Usage};
use super::text::{Files, glued, without_open_literals};

/// How a copybook is to be read, where dialects differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// How its columns are used.
    pub reference_format: ReferenceFormat,
    /// Which columns hold the text in fixed format.
    pub columns: Columns,
    /// How long binary numbers are.
    pub binary_size: BinarySize,
    /// Whether `,` is the decimal point of pictures and numbers (DECIMAL-POINT IS COMMA).
    pub decimal_comma: bool,
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
    /// What a program stores in it at first (VALUE); several for a table.
    pub value: Vec<Constant>,
    /// Other names for bytes of it (level 66); only records have them.
    pub renames: Vec<Field>,
    /// Whether spaces stand for zero (BLANK WHEN ZERO).
    pub blank_when_zero: bool,
    /// Its line in its file, from one.
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

/// What is wrong in a line that is too long for fixed format is mostly that.
fn advise_of_cut_lines(problems: &mut [Problem], source: &CopyText, dialect: Dialect) {
    let cut = cut_lines(&source.text, dialect.reference_format, dialect.columns);
    let of_cut_line = problems.iter_mut().filter(|problem| {
        let place = &problem.place;
        place.file.as_deref() == Some(source.file.as_str())
            && place.line.is_some_and(|line| cut.contains(&line))
    });
    for problem in of_cut_line {
        problem.advice = Some(format!(
            "the line goes on behind column {}, where the text ends in fixed format: break it, or set `last_column` or `reference_format = \"free\"`",
            dialect.columns.last
        ));
    }
}

/// A record longer than this is a slip in the copybook.
const LONGEST_RECORD: usize = 1 << 26;

impl Layout {
    /// Reads a copybook that copies no other.
    ///
    /// # Errors
    /// All its problems, each with line, column, the offending word and what was expected.
    pub fn parse(text: &str, file: &str, dialect: Dialect) -> Result<Self, Problems> {
        Self::read(&[CopyText { file: file.into(), text: text.into() }], &NoLibrary, dialect)
    }

    /// Reads copybooks together, with what they copy. Records (01 levels) of all of them describe the same bytes.
    ///
    /// # Errors
    /// All their problems, each with file, line, column, the offending word and what was expected.
    pub fn read(sources: &[CopyText], library: &dyn Library, dialect: Dialect) -> Result<Self, Problems> {
        let mut problems = Problems::none();
        let mut layout = Self { record_length: 0, fields: Vec::new() };
        let whole = sources.first().map_or_else(Place::default, |source| Place::file(&source.file));
        for source in sources {
            let known = problems.0.len();
            let mut files = Files::default();
            let format = (dialect.reference_format, dialect.columns);
            let mut expansion = Expansion::new(library, format, &mut files, &mut problems);
            let tokens = expansion.text(source);
            let decimal_comma = dialect.decimal_comma || expansion.decimal_comma;
            let tokens = glued(without_open_literals(tokens, &files, &mut problems));
            let (entries, found) = parse(&tokens, &files, decimal_comma);
            // What is missing because it could not be read would be reported a second time.
            problems.extend(found);
            let is_whole = !problems.has_errors();
            let mut placed = Problems::none();
            layout.place(&entries, &files, dialect.binary_size, &mut placed);
            problems.extend(
                placed.into_iter().filter(|problem| is_whole || problem.code != "copybook.no-picture"),
            );
            advise_of_cut_lines(problems.0.get_mut(known..).unwrap_or_default(), source, dialect);
        }
        let ends = layout.fields.iter().map(|field| field.offset.saturating_add(field.total_length()));
        layout.record_length = ends.max().unwrap_or(0);
        if layout.fields.is_empty() && !problems.has_errors() {
            problems.push(
                Problem::new("copybook.empty", "there is no data description in the copybook")
                    .at(whole.clone())
                    .advise("it should begin with an entry such as `01  CUSTOMER-RECORD.`"),
            );
        }
        if layout.record_length > LONGEST_RECORD {
            let sentence =
                format!("a record would have {} bytes; {LONGEST_RECORD} is the most", layout.record_length);
            problems.push(Problem::new("copybook.too-long", sentence).at(whole));
        }
        problems.or(layout)
    }

    /// Places the entries of one copybook. Every record begins at the beginning; other entries follow what is there.
    fn place(&mut self, entries: &[Entry], files: &Files, binary_size: BinarySize, problems: &mut Problems) {
        let mut placing = Placing { files, binary_size, problems: Problems::none() };
        for entry in entries {
            let last = self.fields.iter().map(|field| field.offset.saturating_add(field.total_length()));
            let end = if entry.level == 1 { 0 } else { last.max().unwrap_or(0) };
            let above = Inherited::default();
            let offset =
                placing.redefined(entry, &self.fields).unwrap_or_else(|| placing.aligned(entry, end, above));
            let mut field = placing.field(entry, offset, above);
            field.renames =
                entry.renames.iter().filter_map(|renaming| placing.renamed(renaming, &field)).collect();
            self.fields.push(field);
        }
        problems.extend(placing.problems);
    }

    /// Keeps only the records (01 levels) with these names.
    ///
    /// # Errors
    /// The first name that no record has.
    pub fn keep_records(&mut self, names: &[String]) -> Result<(), Problem> {
        let is_named = |field: &Field, name: &str| {
            field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        for name in names {
            if !self.fields.iter().any(|field| is_named(field, name)) {
                let sentence = format!("the copybook has no record `{name}`");
                let known = self.fields.iter().filter_map(|field| field.name.as_deref());
                let problem = Problem::new("source.unknown-field", sentence);
                return Err(match nearest(name, known) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem.advise("name an entry of level 01"),
                });
            }
        }
        self.fields.retain(|field| names.iter().any(|name| is_named(field, name)));
        self.record_length = self.fields.iter().map(Field::total_length).max().unwrap_or(0);
        Ok(())
    }

    /// The first field with a COBOL name (any case), with the groups around it, outermost first. The name may be qualified by
    /// groups: `CITY OF ADDRESS`.
    pub fn find(&self, name: &str) -> Option<Vec<&Field>> {
        fn is_named(field: &Field, name: &str) -> bool {
            field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        }
        fn search<'a>(fields: &'a [Field], name: &str, groups: &[&str], way: &mut Vec<&'a Field>) -> bool {
            for field in fields {
                way.push(field);
                let mut above = way.iter().rev().skip(1);
                let found = is_named(field, name)
                    && groups.iter().all(|group| above.any(|around| is_named(around, group)));
                if found || search(field.parts(), name, groups, way) {
                    return true;
                }
                way.pop();
            }
            false
        }
        let words: Vec<&str> = name.split_whitespace().collect();
        let names: Vec<&str> = words.iter().copied().step_by(2).collect();
        let is_qualified = words
            .iter()
            .skip(1)
            .step_by(2)
            .all(|word| ["OF", "IN"].iter().any(|of| of.eq_ignore_ascii_case(word)));
        let (name, groups) = names.split_first().filter(|_| is_qualified)?;
        let mut way = Vec::new();
        search(&self.fields, name, groups, &mut way).then_some(way)
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

/// The usage, sign and alignment of a group hold for what is in it.
#[derive(Clone, Copy, Default)]
struct Inherited {
    usage: Option<Usage>,
    sign: Option<SignClause>,
    synchronized: bool,
}

impl Inherited {
    /// What holds for an entry and what is in it.
    fn within(self, entry: &Entry) -> Self {
        let clauses = &entry.clauses;
        Self {
            usage: clauses.usage.map(|(usage, _)| usage).or(self.usage),
            sign: clauses.sign.map(|(sign, _)| sign).or(self.sign),
            synchronized: clauses.synchronized || self.synchronized,
        }
    }
}

struct Placing<'a> {
    files: &'a Files,
    binary_size: BinarySize,
    problems: Problems,
}

impl Placing<'_> {
    /// Places entries one behind the other from an offset; gives them, and where they end.
    fn fields(&mut self, entries: &[Entry], start: usize, above: Inherited) -> (Vec<Field>, usize) {
        let mut fields: Vec<Field> = Vec::new();
        let mut end = start;
        for entry in entries {
            let redefined = self.redefined(entry, &fields);
            let offset = redefined.unwrap_or_else(|| self.aligned(entry, end, above));
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
            .at(self.files.place(named.mark));
            self.problems.push(match nearest(&named.name, names) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
        found.map(|field| field.offset)
    }

    /// The next offset at which an entry may begin: slack bytes before a group are those of the first number in it.
    fn aligned(&self, entry: &Entry, offset: usize, above: Inherited) -> usize {
        let mut first = entry;
        let mut around = above;
        while let Some(part) = first.parts.first() {
            around = around.within(first);
            first = part;
        }
        offset.checked_next_multiple_of(self.alignment(first, around)).unwrap_or(offset)
    }

    /// What the offset of a SYNCHRONIZED number is a multiple of: a half word, a word, or a double word for COMP-2.
    fn alignment(&self, entry: &Entry, above: Inherited) -> usize {
        let own = above.within(entry);
        if !own.synchronized || !entry.parts.is_empty() {
            return 1;
        }
        let (digits, signed) = match entry.clauses.picture.as_ref().map(|(picture, _)| picture.category) {
            Some(Category::Number { digits, signed, .. }) => (digits, signed),
            _ => (0, false),
        };
        match own.usage {
            Some(Usage::Binary | Usage::Native | Usage::LittleEndian) => {
                let bytes = usize::from(self.binary_size.bytes(digits, signed));
                // IBM aligns double words of binary numbers as words; GnuCOBOL does not.
                if self.binary_size == BinarySize::Ibm { bytes.min(4) } else { aligned_alone(bytes) }
            }
            Some(Usage::Sized(bytes, _) | Usage::Opaque(bytes)) => usize::from(bytes),
            Some(Usage::Float) => 4,
            Some(Usage::Double) => 8,
            _ => 1,
        }
    }

    fn field(&mut self, entry: &Entry, offset: usize, above: Inherited) -> Field {
        let clauses = &entry.clauses;
        let inherited = above.within(entry);
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
            value: clauses.value.clone(),
            renames: Vec::new(),
            blank_when_zero: clauses.blank_when_zero,
            line: entry.mark.line,
        }
    }

    /// A new name for bytes of a record: with the value of one field, else as text, as COBOL has it.
    fn renamed(&mut self, renaming: &Renaming, record: &Field) -> Option<Field> {
        let record = Layout { record_length: 0, fields: vec![record.clone()] };
        let mut find = |named: &super::syntax::Named| {
            let found = record.find(&named.name);
            if found.is_none() {
                let sentence =
                    format!("`{}` is no field of the record above, so it cannot be renamed", named.name);
                let problem =
                    Problem::new("copybook.unknown-renamed", sentence).at(self.files.place(named.mark));
                self.problems.push(match nearest(&named.name, record.names()) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem,
                });
            }
            found.and_then(|way| way.last().copied())
        };
        let first = find(&renaming.first)?;
        let last = match &renaming.last {
            Some(last) => find(last)?,
            None => first,
        };
        let end = last.offset.saturating_add(last.total_length());
        let length = end.saturating_sub(first.offset);
        if length == 0 {
            let sentence = format!("`{}` begins behind the end of what it renames", renaming.name);
            self.problem(
                renaming.mark,
                "copybook.bad-renames",
                sentence,
                "name the first field before the last",
            );
            return None;
        }
        let text = Content::Value(Coding::Text { justified: false });
        let content = match &first.content {
            Content::Value(_) if renaming.last.is_none() => first.content.clone(),
            _ => text,
        };
        Some(Field {
            level: 66,
            name: Some(renaming.name.clone()),
            offset: first.offset,
            length,
            occurs: None,
            redefines: None,
            picture: None,
            content,
            conditions: Vec::new(),
            value: Vec::new(),
            renames: Vec::new(),
            blank_when_zero: false,
            line: renaming.mark.line,
        })
    }

    /// Slack bytes make every occurrence begin where its synchronized numbers need it.
    fn largest_alignment(&self, entry: &Entry, above: Inherited) -> usize {
        let within = above.within(entry);
        let own = self.alignment(entry, above);
        entry.parts.iter().map(|part| self.largest_alignment(part, within)).fold(own, usize::max)
    }

    fn value(&mut self, entry: &Entry, inherited: Inherited) -> (Content, usize) {
        let clauses = &entry.clauses;
        let usage = inherited.usage.unwrap_or(Usage::Display);
        let Some((picture, mark)) = &clauses.picture else {
            let Some((coding, length)) = without_picture(usage) else {
                let name = entry.name.as_deref().unwrap_or("FILLER");
                let sentence = format!("`{name}` has neither a picture nor parts below it");
                self.problem(entry.mark, "copybook.no-picture", sentence, "give it a PIC clause");
                return (Content::Value(Coding::Bytes), 0);
            };
            return (Content::Value(coding), length);
        };
        match coding(picture, usage, inherited.sign, clauses.justified, self.binary_size) {
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
        self.problems.push(Problem::new(code, sentence).at(self.files.place(mark)).advise(advice));
    }
}

/// Numbers of 2, 4 or 8 bytes can be aligned; others stand where they are.
fn aligned_alone(bytes: usize) -> usize {
    if matches!(bytes, 2 | 4 | 8) { bytes } else { 1 }
}

/// What a usage alone describes, and its bytes.
fn without_picture(usage: Usage) -> Option<(Coding, usize)> {
    match usage {
        Usage::Float => Some((Coding::Float, 4)),
        Usage::Double => Some((Coding::Double, 8)),
        Usage::Sized(bytes, signed) => {
            let digits = if bytes == 8 && signed { 18 } else { binary_digits(bytes) };
            let coding = Coding::Binary { digits, scale: 0, signed, bytes, order: ByteOrder::Machine };
            Some((coding, usize::from(bytes)))
        }
        Usage::Opaque(bytes) => Some((Coding::Bytes, usize::from(bytes))),
        _ => None,
    }
}

fn coding(
    picture: &Picture,
    usage: Usage,
    sign: Option<SignClause>,
    justified: bool,
    binary_size: BinarySize,
) -> Result<(Coding, usize), String> {
    let size = picture.size;
    match (picture.category, usage) {
        (Category::Number { digits, scale, signed }, usage) => {
            number(digits, scale, usage, place_of_sign(signed, sign), binary_size)
        }
        (Category::National, Usage::Display | Usage::National) | (Category::Text, Usage::National) => {
            Ok((Coding::National, size.saturating_mul(2)))
        }
        (Category::Dbcs, Usage::Display | Usage::Dbcs) | (Category::National, Usage::Dbcs) => {
            Ok((Coding::Dbcs, size.saturating_mul(2)))
        }
        // A character of UTF-8 may take four bytes, and IBM keeps room for that.
        (Category::Utf8, Usage::Display | Usage::Utf8) => Ok((Coding::Utf8, size.saturating_mul(4))),
        (Category::Text, Usage::Utf8) => Ok((Coding::Utf8, size)),
        (Category::Text, Usage::Display) => Ok((Coding::Text { justified }, size)),
        (Category::Text, Usage::Binary) => Ok((Coding::Bytes, size)),
        (Category::Text, Usage::Unsigned | Usage::Native | Usage::LittleEndian) if size <= 16 => {
            let (digits, order) = (binary_digits(size as u8), byte_order(usage));
            Ok((Coding::Binary { digits, scale: 0, signed: false, bytes: size as u8, order }, size))
        }
        (Category::Edited { digits, scale, signed }, Usage::Display) => {
            let sign = place_of_sign(signed, sign);
            let sign_byte = usize::from(matches!(sign, Sign::Separate { .. }));
            Ok((Coding::Edited { digits, scale, mask: picture.mask.clone(), sign }, size + sign_byte))
        }
        (Category::ExternalFloat { scale }, Usage::Display) => Ok((Coding::ExternalFloat { scale }, size)),
        _ => Err("only a numeric picture (9, S, V, P) can have this usage".into()),
    }
}

fn place_of_sign(signed: bool, clause: Option<SignClause>) -> Sign {
    match clause {
        _ if !signed => Sign::Unsigned,
        Some(SignClause { leading, separate: true }) => Sign::Separate { leading },
        Some(SignClause { leading, separate: false }) => Sign::Overpunched { leading },
        None => Sign::Overpunched { leading: false },
    }
}

fn byte_order(usage: Usage) -> ByteOrder {
    match usage {
        Usage::Native | Usage::Sized(..) => ByteOrder::Machine,
        Usage::LittleEndian => ByteOrder::Little,
        _ => ByteOrder::Big,
    }
}

fn number(
    digits: u8,
    scale: i8,
    usage: Usage,
    sign: Sign,
    binary_size: BinarySize,
) -> Result<(Coding, usize), String> {
    let signed = sign != Sign::Unsigned;
    let places = usize::from(digits) + usize::from(matches!(sign, Sign::Separate { .. }));
    match usage {
        Usage::Display => Ok((Coding::Zoned { digits, scale, sign }, places)),
        Usage::National => Ok((Coding::NationalDigits { digits, scale, sign }, places * 2)),
        Usage::Binary | Usage::Native | Usage::LittleEndian | Usage::Unsigned => {
            let bytes = match usage {
                Usage::Unsigned => fewest_bytes(digits, signed),
                _ => binary_size.bytes(digits, signed),
            };
            let order = byte_order(usage);
            Ok((Coding::Binary { digits, scale, signed, bytes, order }, usize::from(bytes)))
        }
        Usage::Packed => {
            Ok((Coding::Packed { digits, scale, signed, sign_nibble: true }, usize::from(digits) / 2 + 1))
        }
        Usage::PackedUnsigned => {
            let length = usize::from(digits).div_ceil(2);
            Ok((Coding::Packed { digits, scale, signed: false, sign_nibble: false }, length))
        }
        Usage::Float | Usage::Double => Err("COMP-1 and COMP-2 have no picture".into()),
        Usage::Sized(..) | Usage::Opaque(_) => Err("this usage has no picture".into()),
        Usage::Dbcs | Usage::Utf8 => Err("a number cannot have this usage".into()),
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
    if !field.value.is_empty() {
        holds.push(format!("at first {}", joined(&field.value)));
    }
    let holds = holds.join(", ");
    let picture = field.picture.as_deref().unwrap_or_default();
    writeln!(f, "{:>7} {:>6}  {name:<40} {picture:<16} {holds}", field.offset, field.length)?;
    for condition in &field.conditions {
        let name = format!("{:indent$}88 {}", "", condition.name, indent = depth * 2 + 2);
        writeln!(f, "{:14}  {name:<40} {:16} {}", "", "", joined(&condition.values))?;
    }
    field.parts().iter().chain(&field.renames).try_for_each(|part| write_field(f, part, depth + 1))
}

/// Values with spaces between; of many, the first ones.
fn joined(values: &[impl fmt::Display]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = values.iter().take(SHOWN).map(ToString::to_string).collect();
    if values.len() > SHOWN {
        shown.push(format!("and {} more", values.len() - SHOWN));
    }
    shown.join(" ")
}
