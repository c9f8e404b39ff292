//! What the number format of a cell makes of a number: a date, a time of day, or a plain number (ECMA-376, Part 1, sections 18.8.30 and
//! 18.8.31; [MS-XLS], section 2.4.126).

/// What a number in a cell shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shows {
    #[default]
    Number,
    /// A day, or a moment of it.
    Date,
    /// A time of day.
    Time,
    /// Hours, minutes or seconds that do not end at a day.
    Duration,
}

impl Shows {
    /// Of the formats that have a number and no code; some of those differ by country, and all of these are dates.
    pub fn of_number(number: u16) -> Self {
        match number {
            14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57 | 58 => Self::Date,
            18..=21 | 32 | 33 | 45 | 47 | 55 | 56 => Self::Time,
            46 => Self::Duration,
            _ => Self::Number,
        }
    }

    /// Of a format code. Only its first section counts, which is the one for positive numbers.
    pub fn of_code(code: &str) -> Self {
        let lower = code.trim().to_ascii_lowercase();
        if ["general", "standard"].iter().any(|word| lower.starts_with(word)) {
            return Self::Number;
        }
        let (mut has_date, mut has_time, mut has_month) = (false, false, false);
        let mut letters = lower.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                ';' => break,
                // The next letter stands for itself, for its width, or fills the cell.
                '\\' | '_' | '*' => drop(letters.next()),
                '"' => drop(letters.by_ref().find(|letter| *letter == '"')),
                '[' => {
                    let word: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    if !word.is_empty()
                        && ["h", "m", "s"].iter().any(|unit| word.replace(unit, "").is_empty())
                    {
                        return Self::Duration;
                    }
                }
                // Not of dates, but of numbers such as 1.5E+3.
                'e' if letters.peek().is_some_and(|next| matches!(next, '+' | '-')) => {}
                'y' | 'd' | 'e' | 'b' => has_date = true,
                'h' | 's' => has_time = true,
                'a' if letters.peek().is_some_and(|next| matches!(next, 'm' | '/')) => {
                    has_time = true;
                    while letters.next_if(|next| matches!(next, 'm' | '/' | 'p')).is_some() {}
                }
                'm' => has_month = true,
                _ => {}
            }
        }
        match (has_date, has_time, has_month) {
            (true, ..) | (false, false, true) => Self::Date,
            (false, true, _) => Self::Time,
            (false, false, false) => Self::Number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shows::{self, Date, Duration, Number, Time};

    #[test]
    fn dates_times_and_numbers_are_told_apart_by_their_formats() {
        for (code, expected) in [
            ("General", Number),
            ("GENERAL", Number),
            ("0.00%", Number),
            ("#,##0.00 [$€-407]", Number),
            ("0.00E+00", Number),
            ("0 \"days\"", Number),
            ("0.0\\d", Number),
            ("_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)", Number),
            ("#,##0*d", Number),
            ("[Red]0;[Blue]-0", Number),
            ("0;yyyy", Number),
            ("@", Number),
            ("", Number),
            ("\"never closed", Number),
            ("yyyy-mm-dd", Date),
            ("DD.MM.YYYY", Date),
            ("[$-409]d-mmm-yy;@", Date),
            ("mmm", Date),
            ("d/m/yy h:mm", Date),
            ("[$-411]ggge\"年\"m\"月\"d\"日\"", Date),
            ("h:mm AM/PM", Time),
            ("hh:mm:ss", Time),
            ("mm:ss.0", Time),
            ("[h]:mm:ss", Duration),
            ("[mm]:ss", Duration),
            ("[ss].00", Duration),
            ("[]0", Number),
        ] {
            assert_eq!(Shows::of_code(code), expected, "{code}");
        }
        for (number, expected) in
            [(0, Number), (9, Number), (14, Date), (22, Date), (21, Time), (46, Duration)]
        {
            assert_eq!(Shows::of_number(number), expected, "{number}");
        }
    }
}
