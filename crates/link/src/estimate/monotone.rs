//! A better level may never weigh less than a worse one.

use super::em::LevelParameters;

/// With fewer pairs in a pool, its u is a guess.
const FEW_PAIRS: f64 = 1_000.0;

/// Makes m / u fall, or stay, from level to level by pooling neighbours that violate it (pool adjacent violators,
/// Ayer et al. 1955). Sums of m and of u stay as they are; within a pool m and u are in proportion. Where u rests on few
/// of the `pairs` it follows m, else m follows u.
pub(super) fn monotone(levels: &mut [LevelParameters], pairs: f64) {
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(levels.len());
    for level in levels.iter() {
        let mut pool = (level.m, level.u, 1);
        while let Some(before) = pools.pop_if(|before| before.0 * pool.1 < pool.0 * before.1) {
            pool = (pool.0 + before.0, pool.1 + before.1, pool.2 + before.2);
        }
        pools.push(pool);
    }
    let mut rest = levels.iter_mut();
    for (m, u, length) in pools {
        for level in rest.by_ref().take(length) {
            if length == 1 {
                continue;
            }
            if u * pairs < FEW_PAIRS {
                level.u = u * (level.m / m);
            } else {
                level.m = m * (level.u / u);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LevelParameters, monotone};

    #[test]
    fn a_better_level_never_weighs_less() {
        for (before, ratios) in [
            (vec![(0.5, 0.1), (0.3, 0.2), (0.2, 0.7)], vec![5.0, 1.5, 0.2857]),
            (vec![(0.1, 0.1), (0.6, 0.1), (0.3, 0.8)], vec![3.5, 3.5, 0.375]),
            (vec![(0.1, 0.3), (0.3, 0.3), (0.6, 0.4)], vec![1.0, 1.0, 1.0]),
        ] {
            let mut levels: Vec<_> =
                before.iter().map(|&(m, u)| LevelParameters { m, u, q: Vec::new() }).collect();
            monotone(&mut levels, 1e6);
            for (level, ratio) in levels.iter().zip(&ratios) {
                assert!((level.m / level.u - ratio).abs() < 1e-3, "{before:?} became {levels:?}");
            }
            let sum: f64 = levels.iter().map(|level| level.m).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }
}
