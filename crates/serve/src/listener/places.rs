//! How many connections each body has open: a shared count with a limit for each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections by certificate.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<Vec<u8>, usize>>>);

/// One open connection; given back when dropped.
pub(super) struct Place {
    places: Places,
    certificate: Vec<u8>,
}

impl Places {
    /// A place for one more connection with this certificate, unless it has as many as it may.
    pub(super) fn take(&self, certificate: &[u8], most: usize) -> Option<Place> {
        let mut taken = self.lock();
        let count = taken.entry(certificate.to_vec()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), certificate: certificate.to_vec() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.certificate) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.certificate);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn a_place_is_given_back_and_forgotten() {
        let places = Places::default();
        let first = places.take(b"a", 1);
        assert!(first.is_some() && places.take(b"a", 1).is_none() && places.take(b"b", 1).is_some());
        drop(first);
        assert!(places.lock().is_empty());
        assert!(places.take(b"a", 1).is_some());
    }
}
