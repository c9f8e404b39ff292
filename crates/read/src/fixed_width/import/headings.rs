//! What the columns of a layout table mean, by their headings and by what stands below them.

use concordat_record::{Place, Problem};

use super::problem;
use super::rows::Rows;
use crate::fixed_width::layout::{Column, LONGEST_RECORD, MOST_COLUMNS, Sign};
use crate::fixed_width::options::usual_type;
use crate::types::Type;

/// More digits than an exact number can have are not promised: the column is a text then.
const MOST_DIGITS: u8 = 38;

/// What a column of the table tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Name,
    /// `1-8`, or a first position.
    Position,
    Start,
    End,
    Length,
    Type,
    Decimals,
    /// The code of the kind of record.
    Record,
    Nulls,
}

/// Headings in small letters without anything else, several words written as one; the first that is there counts.
const HEADINGS: [(Meaning, &str); 9] = [
    (
        Meaning::Name,
        "name fieldname variablename variable varname var columnname columnheading colname \
         dataelement dataelementname dataitem element elementname item itemname field column \
         shortname mnemonic feld feldname spalte spaltenname champ nomduchamp campo nombre label \
         description title fielddescription",
    ),
    (
        Meaning::Start,
        "start startposition startpos startingposition startcolumn startcol startbyte \
         startlocation begin beginposition beginningposition beginpos begincolumn beg from von \
         first firstposition offset debut inicio anfang fromposition frompos fromcol",
    ),
    (
        Meaning::End,
        "end endposition endpos endingposition endcolumn endcol endbyte endlocation to bis stop \
         stopposition last lastposition fin ende toposition topos tocol thru",
    ),
    (
        Meaning::Length,
        "length len width size fieldlength fieldsize fieldwidth columnwidth bytes characters \
         chars maxlength maximumlength laenge lnge breite longueur longitud lg fldlen \
         variablelength numberofcharacters",
    ),
    (
        Meaning::Position,
        "position positions pos columns column cols col location locations loc bytes \
         fieldposition filepositions recordposition columnposition columnpositions \
         characterposition positionsinfile range stellen",
    ),
    (
        Meaning::Type,
        "type datatype fieldtype format dataformat fieldformat variabletype picture pic class typ \
         informat",
    ),
    (
        Meaning::Decimals,
        "decimals decimal dec decimalplaces implieddecimals implieddecimalplaces implieddecimal \
         scale places",
    ),
    (Meaning::Record, "recordtype rectype record segment segmenttype recordid recordcode satzart"),
    (Meaning::Nulls, "null nulls nullvalue missing missingvalue missingvalues na"),
];

/// Headings stand in one of the first rows.
const LOOKED_AT: usize = 60;

/// The columns that a table describes.
pub(super) fn columns(rows: &Rows, file: &str, codes: &[String]) -> Result<Vec<Column>, Problem> {
    let found = (0..rows.len().min(LOOKED_AT)).find_map(|row| Some((row, meanings(rows, row)?)));
    let Some((heading, meanings)) = found else {
        let sentence = format!("`{file}` has no headings that tell names and positions of columns");
        return Err(Problem::new("fixed-width.layout", sentence)
            .at(Place::file(file))
            .advise("the table needs headings such as name, start and length, or name and position (1-8)"));
    };
    let mut columns = Vec::new();
    let mut next = 0;
    for (index, row) in rows.iter().enumerate().skip(heading + 1) {
        let entry = Entry { row, meanings: &meanings };
        if !codes.is_empty() && entry.is_of_other(codes) {
            continue;
        }
        if let Some(column) = entry.column(next).map_err(|sentence| problem(sentence, file, index + 1))? {
            next = column.start + column.length;
            let place = Place { line: Some(index as u64 + 1), ..Place::file(file) };
            columns.push(Column { place, ..column });
        }
        if columns.len() >= MOST_COLUMNS {
            break;
        }
    }
    Ok(columns)
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What the columns mean if a row holds their headings; none when names or positions would be missing.
fn meanings(rows: &Rows, heading: usize) -> Option<Vec<(Meaning, usize)>> {
    let words: Vec<String> = rows.get(heading)?.iter().map(|cell| plain(cell)).collect();
    let below = |column: usize| {
        let cells = rows.iter().skip(heading + 1).filter_map(move |row| row.get(column));
        cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).take(200)
    };
    let are_positions = |column: usize| {
        let (all, right) = below(column)
            .fold((0, 0), |(all, right), cell| (all + 1, right + usize::from(range(cell).is_some())));
        all > 0 && right * 2 > all
    };
    let mut found: Vec<(Meaning, usize)> = Vec::new();
    for (meaning, known) in HEADINGS {
        let fits = |column: &usize| {
            let numeric =
                matches!(meaning, Meaning::Start | Meaning::End | Meaning::Length | Meaning::Position);
            let free = !found.iter().any(|(_, taken)| taken == column);
            free && match meaning {
                Meaning::Name => !are_positions(*column),
                _ if numeric => are_positions(*column),
                _ => true,
            }
        };
        let column = known.split(' ').find_map(|word| {
            (0..words.len())
                .find(|column| words.get(*column).is_some_and(|found| found == word) && fits(column))
        });
        found.extend(column.map(|column| (meaning, column)));
    }
    let has_length = found.iter().any(|(known, _)| *known == Meaning::Length);
    found.retain(|(meaning, column)| {
        // The columns may be numbered: 1, 2, 3 is no list of positions where lengths are told.
        let is_numbered = || below(*column).enumerate().all(|(index, cell)| cell.parse() == Ok(index + 1));
        !(*meaning == Meaning::Position && has_length && is_numbered())
    });
    let has = |meaning: Meaning| found.iter().any(|(known, _)| *known == meaning);
    let has_place = has(Meaning::Start) || has(Meaning::Position) || has(Meaning::Length);
    (has(Meaning::Name) && has_place).then_some(found)
}

/// `1-8`, `1 – 8`, `1 to 8`, `9`: first and last position, from 1.
fn range(text: &str) -> Option<(usize, Option<usize>)> {
    let text = text.trim().trim_start_matches(['@', '(']).trim_end_matches([')', '.', ':']);
    let digits = |text: &str| text.trim().parse::<usize>().ok().filter(|number| *number <= LONGEST_RECORD);
    if let Some(number) = digits(text) {
        return Some((number, None));
    }
    let split = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (first, rest) = text.split_at(split);
    let lower = rest.trim().to_ascii_lowercase();
    let last = ["through", "thru", "to", "-", "–", "—", ":", "..", "bis", "/"]
        .iter()
        .find_map(|mark| lower.strip_prefix(mark))?;
    Some((digits(first)?, Some(digits(last)?)))
}

/// A row of the table.
struct Entry<'a> {
    row: &'a [String],
    meanings: &'a [(Meaning, usize)],
}

impl Entry<'_> {
    fn cell(&self, meaning: Meaning) -> &str {
        let column = self.meanings.iter().find(|(known, _)| *known == meaning).map(|(_, column)| *column);
        column.and_then(|column| self.row.get(column)).map_or("", |cell| cell.trim())
    }

    fn is_of_other(&self, codes: &[String]) -> bool {
        let code = self.cell(Meaning::Record);
        !code.is_empty() && !codes.iter().any(|known| known == code)
    }

    /// The column of a row; none when the row describes none, as titles between the columns and remarks below them.
    fn column(&self, next: usize) -> Result<Option<Column>, String> {
        let name = self.cell(Meaning::Name);
        let number = |meaning: Meaning| range(self.cell(meaning)).map(|(number, _)| number);
        let (position, length) = (range(self.cell(Meaning::Position)), number(Meaning::Length));
        let first = number(Meaning::Start).or(position.map(|(first, _)| first));
        let last = number(Meaning::End).or(range(self.cell(Meaning::Start)).and_then(|(_, last)| last));
        let last = last.or(position.and_then(|(_, last)| last));
        if name.is_empty() || (first.is_none() && length.is_none()) {
            return Ok(None);
        }
        let start = match first {
            Some(0) => {
                return Err(format!("the column `{name}` begins at position 0, and positions count from 1"));
            }
            Some(first) => first - 1,
            None => next,
        };
        let length = match (length, last) {
            (Some(length), Some(last)) if start + length != last => {
                return Err(format!(
                    "the column `{name}` is said to have {length} positions, and to go from {} to {last}",
                    start + 1
                ));
            }
            (Some(length), _) => length,
            (None, Some(last)) if last > start => last - start,
            (None, Some(last)) => {
                return Err(format!("the column `{name}` goes from {} to {last}", start + 1));
            }
            (None, None) => 1,
        };
        let decimals = number(Meaning::Decimals).and_then(|places| u8::try_from(places).ok());
        let (of, implied_places, sign) = described_type(self.cell(Meaning::Type), length, decimals);
        let nulls = self.cell(Meaning::Nulls);
        let nulls =
            nulls.split([',', ';', '|']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
        Ok(Some(Column {
            name: name.into(),
            start,
            length,
            of,
            implied_places,
            sign,
            nulls: nulls.collect(),
            trim: None,
            place: Place::default(),
        }))
    }
}

/// The type that a table says, as far as it is sure. What is only called numeric stays text: it may be a code with zeros before it.
pub(super) fn described_type(text: &str, length: usize, decimals: Option<u8>) -> (Type, Option<u8>, Sign) {
    let text = text.trim();
    if let Some(of) = Type::parse(&text.to_ascii_lowercase()) {
        return (of, None, Sign::Written);
    }
    let upper = text.to_ascii_uppercase().replace("CCYY", "YYYY");
    if let Some(pattern) = date_pattern(&upper) {
        return (Type::Date(pattern), None, Sign::Written);
    }
    if let Some((digits, places, signed)) = picture(&upper).filter(|(digits, ..)| *digits <= MOST_DIGITS) {
        let sign = if signed { Sign::Overpunched } else { Sign::Written };
        let of = if places == 0 && digits <= 18 {
            Type::Integer
        } else {
            Type::Decimal(digits.max(1), places as i8)
        };
        return (of, Some(places), sign);
    }
    if matches!(plain(text).as_str(), "int" | "integer" | "long" | "smallint" | "bigint" | "wholenumber") {
        return (Type::Integer, None, Sign::Written);
    }
    let width_and_places = || {
        let digits = upper.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let (_, places) = digits.trim_end_matches(|letter: char| !letter.is_ascii_digit()).split_once('.')?;
        places.parse::<u8>().ok()
    };
    let is_text = upper.starts_with(['A', 'C', 'X', 'S', '$']);
    let places = decimals
        .or_else(|| if is_text { None } else { width_and_places() })
        .filter(|places| (1..=MOST_DIGITS).contains(places));
    match places.and_then(|places| usual_type(length, Some(places), Sign::Written)) {
        Some(of) => (of, places, Sign::Written),
        None => (Type::Text, None, Sign::Written),
    }
}

/// The pattern of a date in what a table says of a type, such as `Date (YYYYMMDD)`.
fn date_pattern(upper: &str) -> Option<String> {
    let words = upper.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-/.".contains(letter)));
    let mut patterns = words.filter(|word| word.contains("YY") && word.contains("MM") && word.contains("DD"));
    let pattern = patterns.next()?;
    Type::parse(&format!("date({pattern})")).map(|_| pattern.to_owned())
}

/// Digits, places behind the point, and whether there is a sign, of a COBOL picture such as `S9(7)V99`.
fn picture(upper: &str) -> Option<(u8, u8, bool)> {
    let text = upper.trim_start_matches("PIC").trim().trim_end_matches('.');
    let (signed, body) = text.strip_prefix('S').map_or((false, text), |body| (true, body));
    if !body.starts_with('9') && !body.starts_with("V9") {
        return None;
    }
    let (whole, places) = body.split_once('V').unwrap_or((body, ""));
    let (whole, places) = (nines(whole)?, nines(places)?);
    Some((whole.checked_add(places)?, places, signed))
}

/// How many digits `9(5)99` has.
fn nines(text: &str) -> Option<u8> {
    let mut digits = 0u8;
    let mut rest = text;
    while let Some(behind) = rest.strip_prefix('9') {
        rest = behind;
        let count = match rest.strip_prefix('(') {
            Some(repeated) => {
                let (count, behind) = repeated.split_once(')')?;
                rest = behind;
                count.trim().parse().ok()?
            }
            None => 1,
        };
        digits = digits.checked_add(count)?;
    }
    rest.is_empty().then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::{columns, described_type, range};
    use crate::types::Type;

    fn table(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    fn shown(text: &str) -> String {
        match columns(&table(text), "layout.csv", &[]) {
            Ok(columns) => columns
                .iter()
                .map(|column| {
                    format!("{} {}+{} {}", column.name, column.start, column.length, column.of.written())
                })
                .collect::<Vec<_>>()
                .join("; "),
            Err(problem) => problem.sentence,
        }
    }

    #[test]
    fn tables_as_agencies_publish_them_are_understood() {
        for (text, expected) in [
            ("name,start,length\na,1,3\nb,4,2", "a 0+3 text; b 3+2 text"),
            ("Field Name,Begin,End,Type\nA,1,3,Char\nB,4,9,N 6.2", "A 0+3 text; B 3+6 decimal(6,2)"),
            ("Variable,Columns,Format\nYEAR,1-4,integer\nAGE,5,Num", "YEAR 0+4 integer; AGE 4+1 text"),
            ("Column,Name,Width\n1,A,3\n2,B,2", "A 0+3 text; B 3+2 text"),
            ("Column,Position\nA,1-3\nB,4-5", "A 0+3 text; B 3+2 text"),
            (
                "Layout of the file 2020\n\nPosition,Description,Length,Data Type\n1-8,Date of birth,8,Date (CCYYMMDD)\nPart 2\n9 to 17,Amount,9,S9(7)V99\nFiller is blank",
                "Date of birth 0+8 date(YYYYMMDD); Amount 8+9 decimal(9,2)",
            ),
            ("Feldname,Stellen,Länge\nPLZ,1-5,5", "PLZ 0+5 text"),
            ("Name,Start,Length,Decimals\nA,1,9,2", "A 0+9 decimal(9,2)"),
            ("name,start,end\na,1,5\nb,6,3", "the column `b` goes from 6 to 3"),
            (
                "name,start,end,length\na,1,5,4",
                "the column `a` is said to have 4 positions, and to go from 1 to 5",
            ),
            ("name,start,length\na,0,5", "the column `a` begins at position 0, and positions count from 1"),
            ("a,b\n1,2", "`layout.csv` has no headings that tell names and positions of columns"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn positions_are_read_in_any_of_their_spellings() {
        for (text, expected) in [
            ("1-8", Some((1, Some(8)))),
            ("1 – 8", Some((1, Some(8)))),
            ("1 thru 8", Some((1, Some(8)))),
            ("12", Some((12, None))),
            ("@12", Some((12, None))),
            ("12 characters", None),
            ("1-x", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(range(text), expected, "{text}");
        }
    }

    #[test]
    fn types_are_only_what_a_table_is_sure_of() {
        for (text, length, decimals, expected) in [
            ("N", 5, None, "text"),
            ("Numeric", 9, Some(2), "decimal(9,2)"),
            ("9(5)", 5, None, "integer"),
            ("PIC 9(7)V99.", 9, None, "decimal(9,2)"),
            ("F8.2", 8, None, "decimal(8,2)"),
            ("$20.", 20, None, "text"),
            ("X(10)", 10, None, "text"),
            ("MM/DD/YYYY", 10, None, "date(MM/DD/YYYY)"),
            ("decimal(9,2)", 9, None, "decimal(9,2)"),
            ("boolean", 1, None, "boolean"),
            ("F90.50", 90, None, "text"),
            ("Numeric", 60, Some(50), "text"),
            ("9(30)V9(20)", 50, None, "text"),
        ] {
            let (of, ..): (Type, _, _) = described_type(text, length, decimals);
            assert_eq!(of.written(), expected, "{text}");
        }
    }
}
