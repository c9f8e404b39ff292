//! The one statement that reads the rows: columns, conditions, order and limit, as far as the database can be asked for them
//! without changing what is read.
//!
//! What is left out here is done afterwards (`wanted`). So a condition is pushed down only when the database keeps at least
//! the rows that we would keep, and a limit only when it keeps exactly those.

use concordat_record::Problem;

use super::dialect::{Dialect, LimitStyle};
use super::values::ColumnType;
use crate::wanted::{Comparison, Condition, Wanted};

/// A column of a table or query, before it is known whether it is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// As the database has it.
    pub name: String,
    /// As batches have it.
    pub field: String,
    pub of: ColumnType,
    /// How a condition names it.
    pub raw: String,
    /// How its value is fetched: with a cast where the database's own text is wanted.
    pub fetched: String,
    /// Whether some values that are not null in the database are null here.
    pub makes_nulls: bool,
}

/// A statement, and which columns it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Select {
    pub sql: String,
    /// The columns by their place among the candidates.
    pub columns: Vec<usize>,
    /// The place of the cursor among them.
    pub cursor: Option<usize>,
}

/// The reading of some rows in order of a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    /// The place of the column among the candidates.
    pub column: usize,
    /// Rows from this value on.
    pub from: Option<&'a str>,
}

/// Builds the statement. `source` is a quoted table, or a query in parentheses with a name.
///
/// # Errors
/// `database.cursor-value`: the cursor cannot begin at the value that was given.
pub(crate) fn select(
    dialect: &Dialect,
    source: &str,
    candidates: &[Candidate],
    wanted: &Wanted,
    cursor: Option<Cursor<'_>>,
) -> Result<Select, Problem> {
    let is_cursor = |place: usize| cursor.is_some_and(|cursor| cursor.column == place);
    let mut columns: Vec<usize> = (0..candidates.len())
        .filter(|place| is_cursor(*place) || candidates.get(*place).is_some_and(|c| wanted.needs(&c.field)))
        .collect();
    if columns.is_empty() && !candidates.is_empty() {
        columns.push(0);
    }
    let (mut conditions, exact) = conditions(dialect, candidates, &wanted.conditions);
    let mut order = String::new();
    if let Some((cursor, column)) = cursor.and_then(|cursor| Some((cursor, candidates.get(cursor.column)?))) {
        if let Some(from) = cursor.from {
            let literal = literal(dialect, column.of, from).ok_or_else(|| no_beginning(column))?;
            // Rows of the same value may have been written after the last reading, so the value itself is read again.
            conditions.push(format!("{} >= {literal}", column.raw));
        }
        order = format!(" ORDER BY {}", column.raw);
    }
    let limit = wanted.limit.filter(|_| exact);
    let (before, behind) = limit.map_or_else(Default::default, |limit| limited(dialect.limit, limit));
    let fetched: Vec<&str> =
        columns.iter().filter_map(|place| candidates.get(*place)).map(|c| c.fetched.as_str()).collect();
    let filter =
        if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let sql = format!("SELECT {before}{} FROM {source}{filter}{order}{behind}", fetched.join(", "));
    let cursor = cursor.and_then(|cursor| columns.iter().position(|place| *place == cursor.column));
    Ok(Select { sql, columns, cursor })
}

fn no_beginning(column: &Candidate) -> Problem {
    let of = column.of.written();
    let sentence =
        format!("the column `{}` is a {of}: reading cannot go on from the value that was given", column.name);
    Problem::new("database.cursor-value", sentence)
        .advise("write whole numbers, `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`, as the column has it; or take another cursor")
}

fn limited(style: LimitStyle, limit: u64) -> (String, String) {
    match style {
        LimitStyle::Limit => (String::new(), format!(" LIMIT {limit}")),
        LimitStyle::FetchFirst => (String::new(), format!(" FETCH FIRST {limit} ROWS ONLY")),
        LimitStyle::Top => (format!("TOP {limit} "), String::new()),
        LimitStyle::First => (format!("FIRST {limit} "), String::new()),
        LimitStyle::Unknown => Default::default(),
    }
}

/// Those conditions that can be pushed down, and whether they keep exactly what all of them keep.
fn conditions(dialect: &Dialect, candidates: &[Candidate], wanted: &[Condition]) -> (Vec<String>, bool) {
    let mut pushed = Vec::new();
    let mut exact = true;
    for condition in wanted {
        let column = candidates.iter().find(|candidate| candidate.field == condition.column);
        match column.and_then(|column| push(dialect, column, condition)) {
            Some((sql, is_exact)) => {
                pushed.push(sql);
                exact &= is_exact;
            }
            None => exact = false,
        }
    }
    (pushed, exact)
}

/// A condition as SQL, and whether it keeps exactly what it should.
fn push(dialect: &Dialect, column: &Candidate, condition: &Condition) -> Option<(String, bool)> {
    let raw = &column.raw;
    let sign = match condition.comparison {
        Comparison::Null if column.makes_nulls => return None,
        Comparison::Null => return Some((format!("{raw} IS NULL"), true)),
        Comparison::NotNull => return Some((format!("{raw} IS NOT NULL"), !column.makes_nulls)),
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
    };
    let value = literal(dialect, column.of, &condition.value)?;
    if column.of != ColumnType::Text {
        return Some((format!("{raw} {sign} {value}"), true));
    }
    // Texts are compared by bytes here, and in a database by its collation, where more texts may be equal.
    match (condition.comparison, dialect.by_bytes) {
        (Comparison::Equal, collation) => {
            Some((format!("{} = {value}", column.fetched), collation.is_some()))
        }
        (_, Some(by_bytes)) => Some((format!("{}{by_bytes} {sign} {value}", column.fetched), true)),
        (_, None) => None,
    }
}

/// A value as SQL writes it; none where the database might read it otherwise than we do.
fn literal(dialect: &Dialect, of: ColumnType, value: &str) -> Option<String> {
    match of {
        ColumnType::Text => dialect.text(value),
        ColumnType::Integer | ColumnType::Unsigned => {
            digits_behind_the_point(value).filter(|d| *d == 0).map(|_| value.into())
        }
        ColumnType::Decimal(_, scale) => {
            let behind = digits_behind_the_point(value)?;
            i8::try_from(behind).is_ok_and(|behind| behind <= scale).then(|| value.into())
        }
        ColumnType::Double => digits_behind_the_point(value).map(|_| value.into()),
        ColumnType::Date => is_moment(value, false).then(|| dialect.moment(value))?,
        ColumnType::DateTime => is_moment(value, true).then(|| dialect.moment(value))?,
        ColumnType::Moment => {
            let value = without_zone(value);
            is_moment(value, true).then(|| dialect.moment(value))?
        }
        ColumnType::Boolean if dialect.by_bytes.is_some() => {
            matches!(value, "true" | "false").then(|| value.to_uppercase())
        }
        ColumnType::Boolean | ColumnType::Float | ColumnType::Binary | ColumnType::Time => None,
    }
}

/// Whether a value, just as it is, can be compared with a column of this type without being made another value. Not every database
/// reads the zone of a moment.
pub(crate) fn is_written_as(dialect: &Dialect, of: ColumnType, value: &str) -> bool {
    let is_literal = || without_zone(value) == value && literal(dialect, of, value).is_some();
    matches!(of, ColumnType::Text | ColumnType::Binary) || is_literal()
}

/// How many digits a plain number has behind its point; none when it is no plain number.
fn digits_behind_the_point(value: &str) -> Option<usize> {
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits =
        |text: &str| !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_digit());
    let behind = if unsigned.contains('.') { fraction.len() } else { 0 };
    (digits(whole) && digits(fraction)).then_some(behind)
}

/// A moment without what says that it is in UTC, as sessions are: `Z` as we write it, `+00` as PostgreSQL does.
fn without_zone(value: &str) -> &str {
    ["Z", "+00:00", "+00", " UTC"].iter().find_map(|zone| value.strip_suffix(zone)).unwrap_or(value)
}

/// Whether a value is `2024-12-31`, or also `2024-12-31 23:59:59.999999`.
fn is_moment(value: &str, with_time: bool) -> bool {
    let is_like = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(found, wanted)| match wanted {
                b'0' => found.is_ascii_digit(),
                mark => found == mark,
            })
    };
    if is_like(value, "0000-00-00") {
        return true;
    }
    let (time, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let whole = is_like(time, "0000-00-00 00:00:00") || is_like(time, "0000-00-00T00:00:00");
    with_time
        && whole
        && (1..=6).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Cursor, select};
    use crate::databases::dialect::{Dialect, LimitStyle};
    use crate::databases::lexer::Quoting;
    use crate::databases::values::ColumnType;
    use crate::wanted::{Condition, Wanted};

    #[expect(clippy::option_option, reason = "no cursor, one from the beginning, one from a value")]
    fn built(
        quoting: Quoting,
        by_bytes: Option<&'static str>,
        wanted: &Wanted,
        cursor: Option<Option<&str>>,
    ) -> String {
        let dialect = Dialect {
            quoting,
            name_marks: ('"', '"'),
            by_bytes,
            limit: LimitStyle::Limit,
            odbc_escapes: false,
        };
        let column = |name: &str, of, fetched: &str, makes_nulls| Candidate {
            name: name.into(),
            field: name.to_lowercase(),
            of,
            raw: format!("\"{name}\""),
            fetched: fetched.into(),
            makes_nulls,
        };
        let candidates = [
            column("ID", ColumnType::Integer, "\"ID\"", false),
            column("NAME", ColumnType::Text, "\"NAME\"", false),
            column("COST", ColumnType::Decimal(9, 2), "\"COST\"", false),
            column("SEEN", ColumnType::Moment, "\"SEEN\"", true),
            column("KEY", ColumnType::Text, "\"KEY\"::text", false),
        ];
        select(&dialect, "\"t\"", &candidates, wanted, cursor.map(|from| Cursor { column: 3, from }))
            .unwrap()
            .sql
    }

    fn wanted(columns: &[&str], conditions: &[&str], limit: Option<u64>) -> Wanted {
        let columns = (!columns.is_empty()).then(|| columns.iter().map(|name| (*name).to_owned()).collect());
        let conditions = conditions.iter().map(|text| Condition::parse(text).unwrap()).collect();
        Wanted { columns, conditions, limit, ..Wanted::default() }
    }

    const ALL: &str = "\"ID\", \"NAME\", \"COST\", \"SEEN\", \"KEY\"::text";

    #[test]
    fn columns_conditions_and_limits_go_to_the_database_where_it_judges_as_we_do() {
        for (columns, conditions, limit, expected) in [
            (&[][..], &[][..], None, format!("SELECT {ALL} FROM \"t\"")),
            (
                &["name"],
                &["id > 5"],
                Some(3),
                "SELECT \"ID\", \"NAME\" FROM \"t\" WHERE \"ID\" > 5 LIMIT 3".into(),
            ),
            (&["id"], &["id = 1 OR 1=1"], Some(3), "SELECT \"ID\" FROM \"t\"".into()),
            (
                &["id"],
                &["name = 'O''Neil'"],
                Some(3),
                "SELECT \"ID\", \"NAME\" FROM \"t\" WHERE \"NAME\" = 'O''Neil' LIMIT 3".into(),
            ),
            (
                &["id"],
                &["key < b"],
                Some(3),
                "SELECT \"ID\", \"KEY\"::text FROM \"t\" WHERE \"KEY\"::text COLLATE \"C\" < 'b' LIMIT 3"
                    .into(),
            ),
            (
                &["cost"],
                &["cost <= 1.25", "cost != 1.255"],
                Some(3),
                "SELECT \"COST\" FROM \"t\" WHERE \"COST\" <= 1.25".into(),
            ),
            (
                &["seen"],
                &["seen >= 2024-01-31T12:00:00.5"],
                None,
                "SELECT \"SEEN\" FROM \"t\" WHERE \"SEEN\" >= '2024-01-31 12:00:00.5'".into(),
            ),
            (
                &["seen"],
                &["seen < 2024-01-31T12:00:00Z", "seen > 2024-01-01 00:00:00+02"],
                None,
                "SELECT \"SEEN\" FROM \"t\" WHERE \"SEEN\" < '2024-01-31 12:00:00'".into(),
            ),
            (
                &["seen"],
                &["seen is null", "seen is not null"],
                Some(1),
                "SELECT \"SEEN\" FROM \"t\" WHERE \"SEEN\" IS NOT NULL".into(),
            ),
            (&["seen"], &["seen > infinity"], None, "SELECT \"SEEN\" FROM \"t\"".into()),
        ] {
            let found =
                built(Quoting::Postgres, Some(" COLLATE \"C\""), &wanted(columns, conditions, limit), None);
            assert_eq!(found, expected, "{columns:?} {conditions:?} {limit:?}");
        }
    }

    #[test]
    fn a_collation_that_cannot_be_switched_off_is_never_trusted_to_leave_rows_out() {
        for (condition, expected) in [
            ("name = x", "SELECT \"NAME\" FROM \"t\" WHERE \"NAME\" = 'x'"),
            ("name != x", "SELECT \"NAME\" FROM \"t\""),
            ("name >= x", "SELECT \"NAME\" FROM \"t\""),
            (r"name = \", r"SELECT `NAME` FROM"),
        ] {
            let found = built(Quoting::MySql, None, &wanted(&["name"], &[condition], Some(1)), None);
            if condition == r"name = \" {
                assert!(found.ends_with(r"'\\'"), "{found}");
            } else {
                assert_eq!(found, expected, "{condition}");
            }
        }
    }

    #[test]
    fn a_later_reading_begins_with_the_last_value_of_the_earlier_one() {
        let found =
            built(Quoting::Postgres, None, &wanted(&["id"], &[], Some(2)), Some(Some("2024-01-31 00:00:00")));
        let expected = "SELECT \"ID\", \"SEEN\" FROM \"t\" WHERE \"SEEN\" >= '2024-01-31 00:00:00' ORDER BY \"SEEN\" LIMIT 2";
        assert_eq!(found, expected);
        let first = built(Quoting::Postgres, None, &wanted(&["id"], &[], None), Some(None));
        assert_eq!(first, "SELECT \"ID\", \"SEEN\" FROM \"t\" ORDER BY \"SEEN\"");
    }
}
