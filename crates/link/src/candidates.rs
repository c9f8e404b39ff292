//! Which records of the register a subject is compared with: those that share its blocking keys, the likeliest first.

/// The records that share most keys, at most `most` of them, ascending; of equals, the lower numbers.
///
/// `shared` holds each record once for every key that it shares. Returns whether some had to be left out.
pub(crate) fn shortlist<T: Copy + Ord>(shared: &mut Vec<T>, most: usize) -> bool {
    shared.sort_unstable();
    let mut counted: Vec<(usize, T)> =
        shared.chunk_by(|a, b| a == b).filter_map(|run| Some((run.len(), *run.first()?))).collect();
    let shortened = counted.len() > most;
    if shortened {
        counted.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        counted.truncate(most);
    }
    shared.clear();
    shared.extend(counted.into_iter().map(|(_, record)| record));
    shared.sort_unstable();
    shortened
}
