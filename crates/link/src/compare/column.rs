//! Prepared values of one side, behind one door for all comparisons.

use std::any::Any;

use rayon::prelude::*;

use super::{Comparator, Likeness, Values};
use crate::counts::{Counts, Tally};

/// Prepared values of one comparison, by number.
pub(crate) struct Prepared(Box<dyn Any + Send + Sync>);

/// What the record or records with a number hold.
pub(crate) type ValuesOf<'a, 't> = dyn Fn(usize) -> Values<'t> + Sync + 'a;

/// A comparison whose kind of value is forgotten; what it prepares only it can read.
pub(crate) trait AnyComparator: Send + Sync {
    /// Prepares values number 0 to `length`.
    fn prepare_all(&self, length: usize, values: &ValuesOf<'_, '_>, counts: &Counts) -> Prepared;

    /// How alike value `l` of `left` and value `r` of `right` are; none if one is missing or they cannot be compared.
    fn likeness_of(&self, left: &Prepared, l: u32, right: &Prepared, r: u32) -> Option<Likeness>;

    /// The words and values of one record that are to be counted.
    fn tally_of(&self, texts: &[&str], tally: &mut Tally);
}

/// Below this many values, waking the other threads costs more than it saves.
const WORTH_SHARING: usize = 2_000;

impl<C: Comparator> AnyComparator for C {
    fn prepare_all(&self, length: usize, values: &ValuesOf<'_, '_>, counts: &Counts) -> Prepared {
        let one = |index: usize| {
            let values = values(index);
            if values.texts.is_empty() { None } else { self.prepare(&values, counts) }
        };
        let prepared: Vec<Option<C::Value>> = if length < WORTH_SHARING {
            (0..length).map(one).collect()
        } else {
            (0..length).into_par_iter().map(one).collect()
        };
        Prepared(Box::new(prepared))
    }

    fn likeness_of(&self, left: &Prepared, l: u32, right: &Prepared, r: u32) -> Option<Likeness> {
        let left = left.0.downcast_ref::<Vec<Option<C::Value>>>()?.get(l as usize)?.as_ref()?;
        let right = right.0.downcast_ref::<Vec<Option<C::Value>>>()?.get(r as usize)?.as_ref()?;
        self.likeness(left, right)
    }

    fn tally_of(&self, texts: &[&str], tally: &mut Tally) {
        self.tally(texts, tally);
    }
}
