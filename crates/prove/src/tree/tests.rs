use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// RFC 6962 §2.1, word for word: slow and plainly right.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// RFC 6962 §2.1.1, word for word.
fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - middle, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// Full tiles in memory.
#[derive(Default)]
struct Kept(HashMap<(u8, u64), TileTree>);

impl Subtrees for Kept {
    fn full_tile_node(&self, level: u8, number: u64, row: u32, index: u64) -> Result<Hash, Problem> {
        Ok(self.0[&(level, number)].node(row, index).unwrap())
    }
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

fn grown(leaves: &[Hash]) -> (Edge, Kept) {
    let (mut edge, mut kept) = (Edge::default(), Kept::default());
    for leaf in leaves {
        for tile in edge.push(*leaf) {
            kept.0.insert((tile.level, tile.number), TileTree::of(&tile.hashes));
        }
    }
    (edge, kept)
}

fn check(size: u64, index: u64) {
    let leaves = leaves(size);
    let (edge, kept) = grown(&leaves);
    let root = naive_root(&leaves);
    assert_eq!(edge.root(), root, "root of {size}");
    let path = inclusion_path(index, &edge, &kept).unwrap();
    assert_eq!(path, naive_path(index as usize, &leaves), "path of {index} in {size}");
    assert_eq!(root_of_path(leaves[index as usize], index, size, &path), Some(root));
}

/// The known answers of RFC 6962 implementations for the empty tree and the empty leaf.
#[test]
fn the_smallest_trees_hash_as_the_standard_says() {
    let hex = |hash: Hash| crate::Digest(hash).to_string();
    assert_eq!(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hex(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(Edge::default().root(), empty_root());
}

#[test]
fn every_leaf_of_every_small_tree_has_a_path_that_leads_to_its_root() {
    for size in 1..40 {
        (0..size).for_each(|index| check(size, index));
    }
}

#[test]
fn trees_around_the_width_of_tiles_are_right() {
    for size in [255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_049] {
        for index in [0, 1, 255, 256, size - 2, size - 1] {
            if index < size {
                check(size, index);
            }
        }
    }
}

#[test]
fn an_edge_is_found_again_from_its_tiles() {
    for size in [0, 1, 255, 256, 257, 65_536, 65_537] {
        let (edge, _) = grown(&leaves(size));
        let tiles: Vec<Vec<Hash>> = edge.levels().iter().map(|tile| tile.hashes().to_vec()).collect();
        assert_eq!(Edge::of(size, &tiles), Some(edge), "{size}");
        assert_eq!(Edge::of(size + 1, &tiles), None, "{size}");
    }
}

#[test]
fn no_leaf_beyond_the_tree_has_a_path() {
    let (edge, kept) = grown(&leaves(3));
    assert_eq!(inclusion_path(3, &edge, &kept).unwrap_err().code, "prove.not-logged");
    assert_eq!(root_of_path(leaf_hash(b""), 0, 0, &[]), None);
}

proptest! {
    #[test]
    fn any_tree_agrees_with_the_slow_one(size in 1u64..2_000, at in any::<u64>()) {
        check(size, at % size);
    }

    #[test]
    fn a_path_that_was_changed_leads_elsewhere(
        size in 2u64..600, at in any::<u64>(), place in any::<usize>(), bit in 0u8..8, byte in 0usize..32,
    ) {
        let leaves = leaves(size);
        let (edge, kept) = grown(&leaves);
        let index = at % size;
        let leaf = leaves[index as usize];
        let root = Some(edge.root());
        let path = inclusion_path(index, &edge, &kept).unwrap();
        let place = place % path.len();

        let mut flipped = path.clone();
        flipped[place][byte] ^= 1 << bit;
        prop_assert_ne!(root_of_path(leaf, index, size, &flipped), root);
        let mut longer = path.clone();
        longer.insert(place, leaf);
        prop_assert_ne!(root_of_path(leaf, index, size, &longer), root);
        let mut shorter = path.clone();
        shorter.remove(place);
        prop_assert_ne!(root_of_path(leaf, index, size, &shorter), root);
        let elsewhere = (index + 1) % size;
        prop_assert_ne!(root_of_path(leaf, elsewhere, size, &path), root);
    }
}
