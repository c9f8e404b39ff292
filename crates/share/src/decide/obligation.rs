//! What must be done with a permit before facts leave: the annotations of an agreement's `permit`.
//!
//! An obligation that this program does not know could not be fulfilled, so it denies.

/// All obligations. To add one: a field here, a line in [`Obligations::of`], its check in
/// [`Permit::release`](super::Permit::release) and its annotation in the compiled agreement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Obligations {
    /// Least probability of the match.
    pub(super) threshold: f64,
    /// Whether a person must have confirmed the match.
    pub(super) confirmed_by_person: bool,
}

impl Obligations {
    /// The obligations in a permit's annotations; a sentence when one is unknown, malformed or missing.
    pub(super) fn of<'a>(annotations: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let (mut threshold, mut confirmed_by_person) = (None, None);
        for (key, value) in annotations {
            match key {
                "agreement" => {}
                "threshold" => threshold = value.parse().ok().filter(|share| (0.0..=1.0).contains(share)),
                "confirmed_by_person" => confirmed_by_person = value.parse().ok(),
                unknown => {
                    return Err(format!("`@{unknown}` is an obligation that this program does not know"));
                }
            }
        }
        match (threshold, confirmed_by_person) {
            (Some(threshold), Some(confirmed_by_person)) => Ok(Self { threshold, confirmed_by_person }),
            _ => Err("an obligation is missing or malformed".into()),
        }
    }
}
