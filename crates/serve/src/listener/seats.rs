//! How many connections each body has open: a shared count with a limit for each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections by certificate.
#[derive(Clone, Default)]
pub(super) struct Seats(Arc<Mutex<HashMap<Vec<u8>, usize>>>);

/// One open connection; given back when dropped.
pub(super) struct Seat {
    seats: Seats,
    certificate: Vec<u8>,
}

impl Seats {
    /// A seat for one more connection with this certificate, unless it has as many as it may.
    pub(super) fn take(&self, certificate: &[u8], most: usize) -> Option<Seat> {
        let mut taken = self.lock();
        let count = taken.entry(certificate.to_vec()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { seats: self.clone(), certificate: certificate.to_vec() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
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
    use super::Seats;

    #[test]
    fn a_place_is_given_back_and_forgotten() {
        let seats = Seats::default();
        let first = seats.take(b"a", 1);
        assert!(first.is_some() && seats.take(b"a", 1).is_none() && seats.take(b"b", 1).is_some());
        drop(first);
        assert!(seats.lock().is_empty());
        assert!(seats.take(b"a", 1).is_some());
    }
}
