//! The Merkle tree of RFC 6962 §2.1, kept as tiles of eight levels (C2SP tlog-tiles).
//!
//! [`TileTree`] is one tile with the nodes inside it; [`Edge`] the unfinished tiles at the right of a growing tree, which is all
//! that has to be remembered to append; [`inclusion_path`] and [`root_of_path`] make and check proofs. Nothing here reads a file:
//! whoever holds tiles implements [`Subtrees`].

use concordat_record::Problem;
use concordat_sign::sha256;

/// SHA-256.
pub(crate) type Hash = [u8; 32];

/// Hashes in a full tile.
pub(crate) const TILE_WIDTH: usize = 256;
/// Levels of the tree in one tile.
const TILE_HEIGHT: u32 = 8;

/// RFC 6962 §2.1: the hash of a leaf is SHA-256(0x00 ‖ entry).
pub(crate) fn leaf_hash(entry: &[u8]) -> Hash {
    let mut bytes = Vec::with_capacity(entry.len() + 1);
    bytes.push(0);
    bytes.extend_from_slice(entry);
    sha256(&bytes)
}

/// RFC 6962 §2.1: the hash of a node is SHA-256(0x01 ‖ left ‖ right).
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// The root of the tree without leaves.
pub(crate) fn empty_root() -> Hash {
    sha256(b"")
}

/// One tile: up to 256 hashes and the nodes above them inside the tile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TileTree {
    /// Row 0 holds the hashes, row 8 at most one: the root of a full tile.
    rows: [Vec<Hash>; TILE_HEIGHT as usize + 1],
}

impl TileTree {
    pub(crate) fn of(hashes: &[Hash]) -> Self {
        let mut tile = Self::default();
        for hash in hashes {
            tile.push(*hash);
        }
        tile
    }

    pub(crate) fn hashes(&self) -> &[Hash] {
        &self.rows[0]
    }

    fn into_hashes(self) -> Vec<Hash> {
        let [hashes, ..] = self.rows;
        hashes
    }

    /// A node: row 0 is the lowest.
    pub(crate) fn node(&self, row: u32, index: u64) -> Option<Hash> {
        self.rows.get(row as usize)?.get(usize::try_from(index).ok()?).copied()
    }

    fn push(&mut self, hash: Hash) {
        let mut hash = hash;
        for row in &mut self.rows {
            row.push(hash);
            match row.as_slice() {
                [.., left, right] if row.len() % 2 == 0 => hash = node_hash(left, right),
                _ => return,
            }
        }
    }

    fn root_if_full(&self) -> Option<Hash> {
        self.rows[TILE_HEIGHT as usize].first().copied()
    }

    /// The complete subtrees in it from right to left, the smallest first: one for each bit of its width.
    fn complete_subtrees(&self) -> impl Iterator<Item = &Hash> {
        self.rows.iter().filter(|row| row.len() % 2 == 1).filter_map(|row| row.last())
    }
}

/// A tile that has become full: its level, its number in the level, its hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FullTile {
    pub level: u8,
    pub number: u64,
    pub hashes: Vec<Hash>,
}

/// The right edge of a growing tree: the unfinished tile of each level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edge {
    size: u64,
    levels: Vec<TileTree>,
}

impl Edge {
    /// The edge of a tree of some size, from the hashes of its unfinished tiles; none when their widths do not fit the size.
    pub(crate) fn of(size: u64, tiles: &[Vec<Hash>]) -> Option<Self> {
        let levels: Vec<TileTree> = tiles.iter().map(|hashes| TileTree::of(hashes)).collect();
        let fits = (0u8..).zip(&levels).all(|(level, tile)| tile.hashes().len() == edge_width(size, level))
            && levels_of(size) as usize == levels.len();
        fits.then_some(Self { size, levels })
    }

    /// Leaves in the tree.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The unfinished tile of each level, empty ones too, the lowest level first.
    pub(crate) fn levels(&self) -> &[TileTree] {
        &self.levels
    }

    /// Appends the hash of a leaf; gives the tiles that became full by it.
    pub(crate) fn push(&mut self, leaf: Hash) -> Vec<FullTile> {
        self.size += 1;
        let mut full = Vec::new();
        let mut hash = leaf;
        for level in 0..levels_of(self.size) {
            if self.levels.len() == level as usize {
                self.levels.push(TileTree::default());
            }
            let Some(tile) = self.levels.get_mut(level as usize) else { break };
            tile.push(hash);
            let Some(root) = tile.root_if_full() else { break };
            let number = tile_number(self.size, level) - 1;
            full.push(FullTile { level, number, hashes: std::mem::take(tile).into_hashes() });
            hash = root;
        }
        full
    }

    /// The root hash of the whole tree (RFC 6962 §2.1): the complete subtrees, joined from the right.
    pub(crate) fn root(&self) -> Hash {
        self.levels
            .iter()
            .flat_map(TileTree::complete_subtrees)
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root)
    }

    /// A node in the unfinished tile of a level.
    fn node(&self, level: u8, row: u32, index: u64) -> Option<Hash> {
        self.levels.get(level as usize)?.node(row, index)
    }
}

/// How many levels of tiles a tree has.
pub(crate) fn levels_of(size: u64) -> u8 {
    (0..8).take_while(|level| size >> (8 * level) > 0).count() as u8
}

/// The number of the unfinished tile of a level, which is how many full ones there are (tlog-tiles, "Merkle Tree").
pub(crate) fn tile_number(size: u64, level: u8) -> u64 {
    size.checked_shr(TILE_HEIGHT * (u32::from(level) + 1)).unwrap_or(0)
}

/// Hashes in the unfinished tile of a level: floor(size / 256^level) mod 256 (tlog-tiles, "Partial Tiles").
pub(crate) fn edge_width(size: u64, level: u8) -> usize {
    (size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0) % TILE_WIDTH as u64) as usize
}

/// Where the hashes of complete subtrees are looked up.
pub(crate) trait Subtrees {
    /// A node of a full tile.
    fn full_tile_node(&self, level: u8, number: u64, row: u32, index: u64) -> Result<Hash, Problem>;
}

/// The audit path of a leaf, from its sibling up to the root's child (RFC 6962 §2.1.1).
///
/// # Errors
/// `prove.not-logged` when there is no such leaf; whatever goes wrong in looking up a tile.
pub(crate) fn inclusion_path(index: u64, edge: &Edge, tiles: &dyn Subtrees) -> Result<Vec<Hash>, Problem> {
    if index >= edge.size() {
        return Err(not_logged(index, edge.size()));
    }
    let (mut low, mut high) = (0, edge.size());
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + largest_power_below(high - low);
        if index < middle {
            path.push(range_hash(middle, high, edge, tiles)?);
            high = middle;
        } else {
            path.push(range_hash(low, middle, edge, tiles)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

pub(crate) fn not_logged(index: u64, size: u64) -> Problem {
    Problem::new(
        "prove.not-logged",
        format!("there is no leaf {index}: the log has {size}, counted from zero"),
    )
}

/// MTH(D[low:high]) where `low` is a multiple of the largest power of two in the range.
fn range_hash(low: u64, high: u64, edge: &Edge, tiles: &dyn Subtrees) -> Result<Hash, Problem> {
    let length = high - low;
    if length.is_power_of_two() {
        return subtree(length.trailing_zeros(), low / length, edge, tiles);
    }
    let middle = low + largest_power_below(length);
    Ok(node_hash(&range_hash(low, middle, edge, tiles)?, &range_hash(middle, high, edge, tiles)?))
}

/// The hash of the complete subtree of `2^height` leaves that stands at `index` among its like.
fn subtree(height: u32, index: u64, edge: &Edge, tiles: &dyn Subtrees) -> Result<Hash, Problem> {
    let (level, row) = ((height / TILE_HEIGHT) as u8, height % TILE_HEIGHT);
    let in_tile = TILE_HEIGHT - row;
    let (number, index) = (index >> in_tile, index & ((1 << in_tile) - 1));
    if number == tile_number(edge.size(), level) {
        let missing = || Problem::new("prove.tile-damaged", "a node of the log's tree is missing");
        return edge.node(level, row, index).ok_or_else(missing);
    }
    tiles.full_tile_node(level, number, row, index)
}

/// The largest power of two below a number above one.
fn largest_power_below(number: u64) -> u64 {
    1 << (u64::BITS - 1 - (number - 1).leading_zeros())
}

/// The root that an audit path leads to, none when its length does not fit (RFC 9162 §2.1.3.2).
pub(crate) fn root_of_path(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in path {
        if last == 0 {
            return None;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests;
