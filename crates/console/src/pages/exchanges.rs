//! The exchange log: rows, filters, pages.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;

use super::frame::{Frame, Section, show};
use super::visitor::Staff;
use super::{Console, failure};
use crate::fields::{FieldErrors, Fields};
use crate::view::{ExchangeFilter, ExchangePage, OutcomeKind};
use crate::words;

#[derive(Template)]
#[template(path = "exchanges.html")]
pub(super) struct ExchangesPage {
    frame: Frame,
    fields: Fields,
    errors: FieldErrors,
    filter: ExchangeFilter,
    number: u64,
    page: ExchangePage,
}

/// A link to a page of the log.
struct PageLink {
    text: String,
    address: String,
    here: bool,
}

/// `GET /exchanges?party=…&outcome=…&from=…&until=…&page=…`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    Staff(who): Staff,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let fields = Fields(query.map(|Query(pairs)| pairs).unwrap_or_default());
    let (filter, errors) = read(&fields);
    let number = fields.get("page").parse().unwrap_or(1).max(1);
    match console.office.exchanges(filter.clone(), number).await {
        Ok(page) => {
            let frame = Frame::new(&console, "Exchange log", Section::Exchanges, Some(who))
                .failed(!errors.0.is_empty());
            show(StatusCode::OK, &ExchangesPage { frame, fields, errors, filter, number, page })
        }
        Err(problem) => failure::problem(&console, who, &problem),
    }
}

/// The filter of an address. What cannot be read does not filter, and the page says so.
fn read(fields: &Fields) -> (ExchangeFilter, FieldErrors) {
    let mut errors = FieldErrors::default();
    let from = date(fields, "from", &mut errors);
    let mut until = date(fields, "until", &mut errors);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        errors.push("until", "The last day must not be before the first");
        until = None;
    }
    let outcome = OutcomeKind::ALL.into_iter().find(|outcome| outcome.key() == fields.get("outcome"));
    (ExchangeFilter { party: fields.get("party").parse().ok(), outcome, from, until }, errors)
}

fn date(fields: &Fields, name: &str, errors: &mut FieldErrors) -> Option<NaiveDate> {
    let text = fields.get(name);
    if text.is_empty() {
        return None;
    }
    let date = text.parse().ok();
    if date.is_none() {
        errors.push(name, "Enter a day as year-month-day, such as 2026-11-23");
    }
    date
}

impl ExchangesPage {
    fn pages(&self) -> u64 {
        self.page.total.div_ceil(self.page.page_size.max(1)).max(1)
    }

    /// The pages to link to: the first, the last and those around this one; none stands for a gap.
    fn numbers(&self) -> Vec<Option<u64>> {
        let last = self.pages();
        let near = self.number.saturating_sub(1)..=self.number.saturating_add(1);
        let shown: BTreeSet<u64> =
            [1, last].into_iter().chain(near).filter(|number| (1..=last).contains(number)).collect();
        let mut numbers = Vec::new();
        let mut before = 0;
        for number in shown {
            if number > before + 1 {
                numbers.push(None);
            }
            numbers.push(Some(number));
            before = number;
        }
        numbers
    }

    /// The same as links.
    fn links(&self) -> Vec<Option<PageLink>> {
        let link = |number| PageLink {
            text: words::count(&number),
            address: self.address(number),
            here: number == self.number,
        };
        self.numbers().into_iter().map(|number| number.map(link)).collect()
    }

    fn newer(&self) -> Option<String> {
        (self.number > 1).then(|| self.address(self.pages().min(self.number - 1)))
    }

    fn older(&self) -> Option<String> {
        (self.number < self.pages()).then(|| self.address(self.number + 1))
    }

    /// The address of another page under the same filter. Each part is made of unreserved characters and `/`.
    fn address(&self, number: u64) -> String {
        let mut address = format!("/exchanges?page={number}");
        let parts = [
            ("party", self.filter.party.as_ref().map(ToString::to_string)),
            ("outcome", self.filter.outcome.map(|outcome| outcome.key().to_owned())),
            ("from", self.filter.from.map(|date| date.to_string())),
            ("until", self.filter.until.map(|date| date.to_string())),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ = write!(address, "&{name}={value}");
            }
        }
        address
    }

    fn is_filtered(&self) -> bool {
        self.filter != ExchangeFilter::default()
    }

    fn is_party(&self, body: &concordat_record::BodyId) -> bool {
        self.filter.party.as_ref() == Some(body)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    fn is_outcome(&self, outcome: &OutcomeKind) -> bool {
        self.filter.outcome == Some(*outcome)
    }
}

#[cfg(test)]
impl ExchangesPage {
    pub(super) fn of(page: ExchangePage, number: u64, query: &[(&str, &str)]) -> Self {
        let fields = Fields(query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
        let (filter, errors) = read(&fields);
        let frame = Frame::sample("Exchange log", Section::Exchanges, true).failed(!errors.0.is_empty());
        Self { frame, fields, errors, filter, number, page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pagination_shows_the_ends_and_the_neighbours_and_stays_short() {
        for (total, number, expected) in [
            (0, 1, "1"),
            (25, 1, "1"),
            (26, 1, "1 2"),
            (100, 2, "1 2 3 4"),
            (1_482, 30, "1 … 29 30 31 … 60"),
            (1_482, 60, "1 … 59 60"),
            (1_482, 999, "1 … 60"),
        ] {
            let page = ExchangePage { total, ..ExchangePage::sample_empty() };
            let numbers = ExchangesPage::of(page, number, &[]).numbers();
            let text: Vec<String> = numbers.iter().map(|n| n.map_or("…".into(), |n| n.to_string())).collect();
            assert_eq!(text.join(" "), expected);
        }
    }

    #[test]
    fn a_filter_is_kept_from_page_to_page_and_nonsense_is_named() {
        let page = ExchangesPage::of(
            ExchangePage::sample(),
            1,
            &[("party", "US/GOV/TREASURY/EXEMPT"), ("outcome", "refused"), ("from", "2026-11-01")],
        );
        assert_eq!(
            page.address(2),
            "/exchanges?page=2&party=US/GOV/TREASURY/EXEMPT&outcome=refused&from=2026-11-01"
        );
        let page = ExchangesPage::of(
            ExchangePage::sample(),
            1,
            &[("party", "\"><script>"), ("outcome", "x"), ("from", "soon"), ("until", "2026-02-30")],
        );
        assert!(!page.is_filtered());
        assert_eq!(page.errors.0.len(), 2);
        let page =
            ExchangesPage::of(ExchangePage::sample(), 1, &[("from", "2026-11-02"), ("until", "2026-11-01")]);
        assert_eq!(page.errors.of("until"), Some("The last day must not be before the first"));
    }
}
