//! From agreement to text: what a draft looks like before people read and sign it.

use std::fmt::Write;

use super::Agreement;
use crate::document::quoted;

impl Agreement {
    /// The agreement as a commented TOML text; [`Agreement::parse`] gives the same agreement again.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_to(&mut text);
        text
    }

    fn write_to(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "# A data-sharing agreement. Both bodies sign exactly this text; any change needs a new signature."
        )?;
        writeln!(text, "agreement = {}", quoted(self.name.as_str()))?;
        writeln!(text, "version = {}", self.version)?;
        writeln!(text, "title = {}", quoted(&self.title))?;
        writeln!(text, "summary = {}", quoted(&self.summary))?;
        writeln!(text, "\n# Who answers, and who asks.")?;
        writeln!(text, "provider = {}", quoted(self.provider.as_str()))?;
        writeln!(text, "consumer = {}", quoted(self.consumer.as_str()))?;
        writeln!(text, "\n# First and last day in force, in UTC.")?;
        writeln!(text, "from = \"{}\"", self.from)?;
        writeln!(text, "until = \"{}\"", self.until)?;
        writeln!(text, "\n# The provider's register that is asked.")?;
        writeln!(text, "register = {}", quoted(self.register.as_str()))?;
        writeln!(
            text,
            "\n# What the consumer may tell about the subject, so that the provider can recognise it."
        )?;
        writeln!(text, "known = [")?;
        for path in &self.known {
            writeln!(text, "  {},", quoted(path))?;
        }
        writeln!(text, "]")?;
        self.write_tables(text)
    }

    fn write_tables(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\n# What for. A question names one of these.")?;
        for purpose in &self.purposes {
            writeln!(text, "[[purposes]]\nname = {}", quoted(purpose.name.as_str()))?;
            writeln!(text, "text = {}", quoted(&purpose.text))?;
            if let Some(basis) = &purpose.legal_basis {
                writeln!(text, "legal_basis = {}", quoted(basis))?;
            }
            writeln!(text)?;
        }
        writeln!(text, "# What may be learnt, each with its reason. Nothing else ever leaves the provider.")?;
        for grant in &self.facts {
            writeln!(text, "[[facts]]\nname = {}", quoted(grant.name.as_str()))?;
            writeln!(text, "title = {}", quoted(&grant.title))?;
            writeln!(text, "type = \"{}\"", grant.datatype)?;
            writeln!(text, "why = {}\n", quoted(&grant.why))?;
        }
        writeln!(
            text,
            "# How surely the subject must be recognised (0 to 1), and whether a person must confirm it."
        )?;
        writeln!(text, "[matching]\nthreshold = {:?}", self.matching.threshold)?;
        writeln!(text, "confirmed_by_person = {}", self.matching.confirmed_by_person)?;
        writeln!(text, "\n# Most questions in a day (UTC), and whether each must name its case.")?;
        writeln!(text, "[limits]")?;
        if let Some(per_day) = self.limits.per_day {
            writeln!(text, "per_day = {per_day}")?;
        }
        writeln!(text, "case_reference_required = {}", self.limits.case_reference_required)
    }
}
