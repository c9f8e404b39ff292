//! An agreement in a few lines for people.

use chrono::NaiveDate;

use super::Agreement;

impl Agreement {
    /// Label and text of each line of a summary: who, what, why, until when.
    pub fn plain(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("Who asks", self.consumer.to_string()),
            ("Who answers", self.provider.to_string()),
            ("From which register", self.register.to_string()),
        ];
        for purpose in &self.purposes {
            let basis = purpose.legal_basis.as_ref().map(|basis| format!(" ({basis})")).unwrap_or_default();
            lines.push(("What for", format!("{}{basis}", purpose.text)));
        }
        for grant in &self.facts {
            lines.push(("What may be learnt", format!("{}: {}", grant.name, grant.why)));
        }
        lines.push(("What may be told", self.known.join(", ")));
        lines.push(("How sure", self.plain_matching()));
        lines.push(("When", format!("{} to {}", plain_date(self.from), plain_date(self.until))));
        if let Some(per_day) = self.limits.per_day {
            lines.push(("How often", format!("at most {per_day} questions a day")));
        }
        if self.limits.case_reference_required {
            lines.push(("Case", "each question names the case that causes it".into()));
        }
        lines
    }

    fn plain_matching(&self) -> String {
        let sure = format!("a match must be at least {} % sure", rounded_percent(self.matching.threshold));
        if self.matching.confirmed_by_person { sure + ", and a person must confirm it" } else { sure }
    }
}

fn plain_date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// Percent with as many decimal places as the threshold needs, at most four: 0.9 is `90`, 0.995 is `99.5`.
fn rounded_percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
