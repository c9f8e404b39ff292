//! What drivers and databases say through ODBC, for people: what happened and what to do.
//!
//! Microsoft, "ODBC Error Codes": the state tells what happened, the message is the database's own.

use concordat_record::Problem;
use odbc_api::{Error, environment};

use super::kind::OdbcOptions;

/// Who was asked, and what must not be repeated.
pub(crate) struct Asked<'a> {
    pub options: &'a OdbcOptions,
    pub password: Option<&'a str>,
}

impl Asked<'_> {
    /// What a failure means.
    pub fn failed(&self, error: &Error) -> Problem {
        let place = self.options.place();
        let Error::Diagnostics { record, .. } = error else {
            return self.without_diagnostics(error);
        };
        let (state, message) = (record.state.as_str(), self.said(&record.message));
        let user = self.options.user.as_deref().unwrap_or_default();
        let problem = |code, sentence: String, field: &str, advice: &str| {
            let place = if field.is_empty() { place.clone() } else { place.clone().field(field) };
            Problem::new(code, sentence).at(place).advise(advice)
        };
        match state {
            "IM002" | "IM003" | "IM004" => self.no_driver(&message),
            // unixODBC says so when the library of a driver is missing.
            "01000" if message.contains("Can't open lib") => self.no_driver(&message),
            "28000" => problem(
                "database.sign-in",
                format!("the database does not let `{user}` in: {message}"),
                "user",
                "check `user` and what is kept under `password`",
            ),
            "HYT00" | "HYT01" => problem(
                "database.timeout",
                format!("the database did not answer in time: {message}"),
                "",
                "set a larger `connect_timeout` or `answer_timeout`",
            ),
            _ if state.starts_with("08") => problem(
                "database.refused",
                format!("the database cannot be reached: {message}"),
                "attributes",
                "check the server and the port among the `attributes`, and whether the database is running",
            ),
            // A message about data quotes it, and it may be personal.
            _ if state.starts_with("22") => problem(
                "database.failed",
                format!("a value made the query fail (SQLSTATE {state})"),
                "query",
                "cast or filter such values in the query",
            ),
            "42501" => problem(
                "database.no-permission",
                format!("`{user}` may not do this: {message}"),
                "user",
                "ask for the right to select from the table",
            ),
            "25006" => problem(
                "database.not-a-query",
                format!("the query does not only read rows: {message}"),
                "query",
                "write a single SELECT statement",
            ),
            _ if state.starts_with("42") => problem(
                "database.bad-query",
                format!("the database does not accept it: {message}"),
                "query",
                "try it with a program of the database itself",
            ),
            _ => problem(
                "database.failed",
                format!("the driver says: {message} (SQLSTATE {state})"),
                "",
                "the log of the database tells more",
            ),
        }
    }

    fn without_diagnostics(&self, error: &Error) -> Problem {
        let place = self.options.place();
        if let Error::TooLargeValueForBuffer { .. } = error {
            return Problem::new("odbc.too-long", "a value is longer than its column can be")
                .at(place)
                .advise("set `rows_at_once = 1`, which reads values of any length");
        }
        Problem::new("database.failed", "the driver manager does not work as it should")
            .at(place)
            .advise("check the driver with `isql` of the package unixodbc")
    }

    fn no_driver(&self, message: &str) -> Problem {
        let drivers = environment().and_then(odbc_api::Environment::drivers).unwrap_or_default();
        let names: Vec<&str> = drivers.iter().map(|driver| driver.description.as_str()).collect();
        let advice = match concordat_record::nearest(&self.options.shown, names.iter().copied()) {
            Some(near) if near != self.options.shown => format!("did you mean `{near}`?"),
            _ if names.is_empty() => "no driver is installed: `odbcinst -q -d` lists them".into(),
            _ => format!("the drivers are {}", names.join(", ")),
        };
        let sentence =
            format!("there is no ODBC driver `{}` that can be loaded: {message}", self.options.shown);
        Problem::new("odbc.no-such-driver", sentence).at(self.options.place().field("driver")).advise(advice)
    }

    /// A message in one line, without the password, should a driver repeat what it was told.
    fn said(&self, message: &[u8]) -> String {
        let text = String::from_utf8_lossy(message);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.password.filter(|password| !password.is_empty()) {
            Some(password) => text.replace(password, "…"),
            None => text,
        }
    }
}
