//! Makes spoiled files: clean tables, written with all kinds of marks, and then spoiled in one way each.

/// A spoiled file with its truth.
pub(super) struct Polluted {
    pub name: String,
    /// What was done to it.
    pub pollution: String,
    pub bytes: Vec<u8>,
    pub encoding: &'static str,
    pub delimiter: String,
    pub quote: char,
    /// Whether quotation marks stand around fields in it.
    pub has_quotes: bool,
    pub names: Vec<String>,
    /// The records as they should be read.
    pub rows: Vec<Vec<String>>,
}

/// Numbers that are the same each time (D. Knuth's MMIX generator).
pub(super) struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one_of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len() as u64) as usize]
    }
}

/// How a clean table is written.
#[derive(Clone)]
struct Style {
    delimiter: &'static str,
    quote: char,
    /// Whether every cell is in quotation marks, and not only those that need it.
    quotes_all: bool,
    escape: Option<char>,
    line_end: &'static str,
}

struct Clean {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

const WORDS: [&str; 14] = [
    "bridge",
    "north gate",
    "water supply",
    "O'Brien",
    "school, primary",
    "old town hall",
    "ferry: line 2",
    "harbour; east",
    "a \"new\" road",
    "museum",
    "market - weekly",
    "library",
    "Café Zürich",
    "parks & gardens",
];
const CITIES: [&str; 8] =
    ["Springfield", "Köln", "San José", "Bristol", "Tromsø", "Clinton", "Łódź", "Porto"];
const STREETS: [&str; 5] =
    ["Main Street 5", "12 High Road", "Rue de la Gare 7", "Am Markt 1", "Elm Avenue 99"];

/// Makes a row of its number.
type MakeRow<'a> = Box<dyn FnMut(usize, &mut Chance) -> Vec<String> + 'a>;

fn clean(kind: u64, rows: usize, chance: &mut Chance) -> Clean {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let date = |chance: &mut Chance| {
        format!("{:04}-{:02}-{:02}", 1990 + chance.below(35), 1 + chance.below(12), 1 + chance.below(28))
    };
    let (names, row): (Vec<String>, MakeRow<'_>) = match kind {
        0 => (
            texts(&[
                "DATE",
                "TIME",
                "Qty",
                "PRODUCTID",
                "Price",
                "ProductType",
                "Description",
                "URL",
                "Comments",
            ]),
            Box::new(|index, chance| {
                vec![
                    date(chance),
                    format!("{:02}:{:02}", chance.below(24), chance.below(60)),
                    chance.below(200).to_string(),
                    format!("P-{:05}", chance.below(99_999)),
                    format!("{}.{:02}", chance.below(500), chance.below(100)),
                    chance.one_of(&["Furniture", "Paper", "Phones and Accessories"]).into(),
                    chance.one_of(&WORDS).into(),
                    format!("https://shop.example/p/{index}"),
                    if index % 3 == 0 {
                        String::new()
                    } else {
                        format!("{} {}", chance.one_of(&WORDS), chance.one_of(&WORDS))
                    },
                ]
            }),
        ),
        1 => (
            texts(&["name", "city", "street", "kind"]),
            Box::new(|_, chance| {
                vec![
                    format!(
                        "{} {}",
                        chance.one_of(&["Anna", "Jörg", "Maria", "Tom"]),
                        chance.one_of(&["Smith", "Lindqvist", "Pérez", "de Boer"])
                    ),
                    chance.one_of(&CITIES).into(),
                    chance.one_of(&STREETS).into(),
                    chance.one_of(&["owner", "tenant", "guest"]).into(),
                ]
            }),
        ),
        2 => (
            texts(&["id", "Betrag", "Anteil", "Datum", "Zeichen"]),
            Box::new(|index, chance| {
                vec![
                    (1000 + index).to_string(),
                    format!("{}.{:03},{:02}", 1 + chance.below(99), chance.below(1000), chance.below(100)),
                    format!("{},{}", chance.below(100), chance.below(10)),
                    format!(
                        "{:02}.{:02}.{}",
                        1 + chance.below(28),
                        1 + chance.below(12),
                        1990 + chance.below(30)
                    ),
                    format!("{}{}", chance.one_of(&["A", "B", "C"]), chance.below(100)),
                ]
            }),
        ),
        _ => (
            texts(&["code", "label", "2019", "2020", "2021"]),
            Box::new(|index, chance| {
                let mut row = vec![format!("{:04}", index * 7 % 9999), chance.one_of(&WORDS).into()];
                row.extend((0..3).map(|_| chance.below(100_000).to_string()));
                row
            }),
        ),
    };
    let mut row = row;
    let rows = (0..rows).map(|index| row(index, chance)).collect();
    Clean { names, rows }
}

impl Style {
    fn cell(&self, text: &str, has_quotes: &mut bool) -> String {
        let needs = text.contains(self.delimiter) || text.contains(self.quote) || text.contains(['\n', '\r']);
        if !needs && !self.quotes_all {
            return text.to_owned();
        }
        *has_quotes = true;
        let doubled = match self.escape {
            None => format!("{0}{0}", self.quote),
            Some(escape) => format!("{escape}{}", self.quote),
        };
        format!("{0}{1}{0}", self.quote, text.replace(self.quote, &doubled))
    }

    fn line(&self, cells: &[String], has_quotes: &mut bool) -> String {
        let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell, has_quotes)).collect();
        cells.join(self.delimiter)
    }
}

const STYLES: [Style; 18] = [
    style(",", '"', false, None, "\n"),
    style(",", '"', false, None, "\r\n"),
    style(",", '"', true, None, "\r\n"),
    style(",", '\'', false, None, "\n"),
    style(",", '"', true, Some('\\'), "\n"),
    style(",", '"', false, None, "\r"),
    style(";", '"', false, None, "\r\n"),
    style(";", '"', true, None, "\n"),
    style(";", '\'', true, None, "\n"),
    style("\t", '"', false, None, "\n"),
    style("|", '"', false, None, "\n"),
    style("|", '"', true, Some('\\'), "\r\n"),
    style(":", '"', true, None, "\n"),
    style(" ", '"', true, None, "\n"),
    style("^", '"', false, None, "\n"),
    style("~", '"', false, None, "\n"),
    style("||", '"', false, None, "\n"),
    style("\u{1f}", '"', false, None, "\n"),
];

const fn style(
    delimiter: &'static str,
    quote: char,
    quotes_all: bool,
    escape: Option<char>,
    line_end: &'static str,
) -> Style {
    Style { delimiter, quote, quotes_all, escape, line_end }
}

/// What is done to a file.
const POLLUTIONS: [&str; 20] = [
    "none",
    "no final line end",
    "two final line ends",
    "no header",
    "one record",
    "title lines",
    "title lines, empty line",
    "comment lines",
    "two header rows",
    "footnotes",
    "a delimiter less",
    "a delimiter more",
    "a quotation mark more",
    "a second table",
    "empty columns",
    "delimiters at line ends",
    "spaces around",
    "windows-1252",
    "utf-16",
    "line ends in values",
];

/// All spoiled files.
pub(super) fn polluted() -> Vec<Polluted> {
    let mut all = Vec::new();
    let mut chance = Chance(7);
    for pollution in POLLUTIONS {
        for (index, style) in STYLES.iter().enumerate() {
            // Every style meets every kind of table, but not with everything that is done to it.
            let kind = (index + all.len() / STYLES.len()) as u64 % 4;
            let rows = [30, 84, 12][(index + kind as usize) % 3];
            let table = clean(kind, rows, &mut chance);
            let Style { delimiter, quote, quotes_all, escape, line_end } = style;
            let marks = format!("{delimiter:?} {quote} {quotes_all} {escape:?} {line_end:?}");
            all.push(spoil(
                pollution,
                format!("{pollution}, {marks}, kind {kind}"),
                style,
                table,
                &mut chance,
            ));
        }
    }
    all
}

#[expect(clippy::too_many_lines, reason = "a list of what can be done to a file")]
fn spoil(pollution: &str, name: String, style: &Style, table: Clean, chance: &mut Chance) -> Polluted {
    let Clean { names, mut rows } = table;
    let mut style = style.clone();
    let mut has_quotes = false;
    let owned = |text: &str| text.to_owned();
    if pollution == "one record" {
        rows.truncate(1);
    }
    if pollution == "line ends in values" {
        style.line_end = "\n";
        for row in rows.iter_mut().step_by(4) {
            if let Some(cell) = row.get_mut(1) {
                *cell = format!("{cell}\nand more");
            }
        }
    }
    if pollution == "empty columns" {
        for row in &mut rows {
            row.insert(2, String::new());
        }
    }
    let mut header = names.clone();
    if pollution == "empty columns" {
        header.insert(2, String::new());
    }
    let mut lines: Vec<String> = Vec::new();
    match pollution {
        "title lines" => {
            lines.extend(["Report of the registry".to_owned(), "as of 2024-01-31 (final)".to_owned()]);
        }
        "title lines, empty line" => {
            lines.extend(["Report of the registry, all offices".to_owned(), String::new()]);
        }
        "comment lines" => {
            lines.extend(["# made by the registry".to_owned(), "# version 2; final".to_owned()]);
        }
        _ => {}
    }
    if pollution == "two header rows" {
        let upper: Vec<String> =
            (0..header.len()).map(|index| owned(["Basic", "Further"][usize::from(index > 1)])).collect();
        lines.push(style.line(&upper, &mut has_quotes));
    }
    if pollution != "no header" {
        lines.push(style.line(&header, &mut has_quotes));
    }
    let first = lines.len();
    lines.extend(rows.iter().map(|row| style.line(row, &mut has_quotes)));
    let victim = first + chance.below(rows.len() as u64) as usize;
    let middle = first + rows.len() / 2;
    match pollution {
        "comment lines" => lines.insert(middle, "# page 2".into()),
        "footnotes" => {
            lines.extend([String::new(), "Source: registry of the city".into(), "n/a: not available".into()]);
        }
        "a delimiter less" => {
            let row = &mut rows[victim - first];
            let cell = row.pop().unwrap_or_default();
            // The last two cells become one.
            let joined = format!("{}{cell}", row.pop().unwrap_or_default())
                .replace(style.delimiter, "")
                .replace(style.quote, "");
            row.push(joined);
            lines[victim] = style.line(row, &mut has_quotes);
        }
        "a delimiter more" => {
            let row = &mut rows[victim - first];
            row.insert(1, String::new());
            lines[victim] = style.line(row, &mut has_quotes);
        }
        "a quotation mark more" => {
            let row = &mut rows[victim - first];
            row[1] = "value".into();
            let whole = style.line(row, &mut has_quotes);
            row[1] = format!("va{}lue", style.quote);
            lines[victim] = whole.replacen("value", &row[1], 1);
        }
        "a second table" => {
            lines.push(String::new());
            let other = [["office", "clerks"], ["north", "12"], ["south", "7"]];
            lines.extend(other.iter().map(|row| style.line(&row.map(owned), &mut has_quotes)));
        }
        "delimiters at line ends" => lines.iter_mut().for_each(|line| line.push_str(style.delimiter)),
        "spaces around" if style.delimiter != " " && style.delimiter != "\t" => {
            let spaced = format!("{} ", style.delimiter);
            if style.quotes_all {
                let between = format!("{0}{1}{0}", style.quote, style.delimiter);
                let wider = format!("{0}{1}{0}", style.quote, spaced);
                for line in &mut lines {
                    *line = line.replace(&between, &wider);
                }
            } else {
                for (line, row) in lines.iter_mut().skip(first).zip(&rows) {
                    let cells: Vec<String> =
                        row.iter().map(|cell| style.cell(cell, &mut has_quotes)).collect();
                    *line = cells.join(&spaced);
                }
            }
        }
        _ => {}
    }
    let mut text = lines.join(style.line_end);
    match pollution {
        "no final line end" => {}
        "two final line ends" => text.push_str(&style.line_end.repeat(2)),
        _ => text.push_str(style.line_end),
    }
    let (bytes, encoding) = match pollution {
        "windows-1252" => {
            let text = text.replace('Ł', "L").replace("ódź", "odz");
            for cell in rows.iter_mut().flatten() {
                *cell = cell.replace("Łódź", "Lodz");
            }
            (encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(), "windows-1252")
        }
        "utf-16" => (
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            "utf-16",
        ),
        _ => (text.into_bytes(), "utf-8"),
    };
    Polluted {
        name,
        pollution: pollution.into(),
        bytes,
        encoding,
        delimiter: style.delimiter.into(),
        quote: style.quote,
        has_quotes,
        names,
        rows,
    }
}
