//! Names of columns that stand in one or several rows.

/// The names in rows one above the other, joined from the top. A name that spans columns stands above the first of them only, so an
/// empty cell takes the one to its left, in all rows but the last.
pub(crate) fn joined(rows: &[Vec<String>]) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &[String], column: usize| row.get(column).map_or("", |text| text.trim()).to_owned();
    let Some((last, upper)) = rows.split_last() else { return Vec::new() };
    let spanned = |row: &Vec<String>, column: usize| {
        let filled = (0..=column).rev().map(|column| cell(row, column)).find(|text| !text.is_empty());
        filled.filter(|_| column < row.len()).unwrap_or_default()
    };
    (0..width)
        .map(|column| {
            let own = cell(last, column);
            let mut parts: Vec<String> = Vec::new();
            for row in upper {
                // Without a name of its own, a column belongs to nothing on its left.
                let text = if own.is_empty() { cell(row, column) } else { spanned(row, column) };
                if !text.is_empty() && !parts.contains(&text) {
                    parts.push(text);
                }
            }
            if !own.is_empty() && !parts.contains(&own) {
                parts.push(own);
            }
            parts.join(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn names_in_several_rows_are_joined_from_the_top() {
        let rows = |rows: &[&str]| -> Vec<Vec<String>> {
            rows.iter().map(|row| row.split(',').map(str::to_owned).collect()).collect()
        };
        for (header, expected) in [
            (rows(&["a,b"]), "a|b"),
            (
                rows(&[",Population,,Area", "name,male,female,land"]),
                "name|Population male|Population female|Area land",
            ),
            (rows(&["Year,2020,,2021,", ",a,b,a,b"]), "Year|2020 a|2020 b|2021 a|2021 b"),
            (rows(&["id,name", "id,name"]), "id|name"),
            (rows(&["Amount,", "EUR,date"]), "Amount EUR|Amount date"),
        ] {
            assert_eq!(joined(&header).join("|"), expected);
        }
    }
}
