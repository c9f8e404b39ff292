//! `links/REGISTER.subjects.csv`: a sample of subjects like those that others will ask about, to learn from.
//!
//! Without it, how telling each agreement is comes from the register alone and the rules' own figures, and probabilities
//! stay cautious. The columns are named by property path; values are text. Nothing of the sample is published or kept:
//! the model holds figures and nobody's name.

use std::collections::BTreeMap;

use concordat_record::{Place, Problem, Vocabulary};

/// The subjects of a sample, each with what is known of it.
#[derive(Clone, Debug, Default)]
pub struct SampleSubjects(pub Vec<BTreeMap<String, String>>);

impl SampleSubjects {
    /// Reads a sample of subjects of a class.
    ///
    /// # Errors
    /// `body.subjects-malformed` with the line; `vocabulary.unknown-property` for a column that is no property of the class.
    pub fn parse(text: &str, class: &str, file: &str) -> Result<Self, Problem> {
        let malformed = |error: &csv::Error| {
            let place =
                error.position().map_or_else(|| Place::file(file), |at| Place::file(file).line(at.line()));
            Problem::new("body.subjects-malformed", format!("the sample of subjects is not CSV: {error}"))
                .at(place)
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().map_err(|error| malformed(&error))?.clone();
        for column in &columns {
            Vocabulary::core()
                .path(class, column)
                .map_err(|problem| problem.at(Place::file(file).line(1)))?;
        }
        let mut subjects = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|error| malformed(&error))?;
            let known = columns.iter().zip(&row).filter(|(_, value)| !value.trim().is_empty());
            subjects.push(known.map(|(column, value)| (column.to_owned(), value.to_owned())).collect());
        }
        Ok(Self(subjects))
    }
}

#[cfg(test)]
mod tests {
    use super::SampleSubjects;

    #[test]
    fn a_sample_is_read_by_property_or_says_what_is_wrong() {
        let read = |text: &str| SampleSubjects::parse(text, "LegalEntity", "links/x.subjects.csv");
        let sample = read("legalName,registeredAddress.postCode\nOak Hall,10117\nElm House,\n").unwrap();
        assert_eq!(sample.0.len(), 2);
        assert_eq!(sample.0[0]["registeredAddress.postCode"], "10117");
        assert!(!sample.0[1].contains_key("registeredAddress.postCode"));
        let problem = read("leaglName\nOak Hall\n").unwrap_err();
        assert_eq!((problem.code, problem.place.line), ("vocabulary.unknown-property", Some(1)));
        let problem = read("legalName\nOak Hall,10117\n").unwrap_err();
        assert_eq!((problem.code, problem.place.line), ("body.subjects-malformed", Some(2)));
    }
}
