//! Which partition a hit goes to. Fixed per deployment: changing it would split visitors.

use crate::{Partition, SiteId};

/// Partitions a deployment may have at most: seven bits of a [`crate::HitId`].
pub const PARTITIONS_MAX: usize = 128;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// `hash(site, shard) mod partitions` (design §4). `shard` is 0 for a site with one shard, else
/// the visitor's hash modulo the site's shards. The hash is FNV-1a over both as little-endian
/// bytes, finished by a multiply-shift so that small site ids spread.
pub fn partition_of(site: SiteId, shard: u32, partitions: u16) -> Partition {
    let bytes = site.0.to_le_bytes().into_iter().chain(shard.to_le_bytes());
    let hash = bytes.fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Partition(((u128::from(mixed) * u128::from(partitions.max(1))) >> 64) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_site_never_changes() {
        let placed: Vec<u16> = (1..=8).map(|site| partition_of(SiteId(site), 0, 8).0).collect();
        assert_eq!(placed, PLACED_ONCE, "a changed hash would split the visits of every deployment");
    }

    const PLACED_ONCE: [u16; 8] = [4, 6, 1, 1, 0, 4, 0, 0];

    #[test]
    fn sites_spread_over_the_partitions() {
        let mut counts = [0_u32; 8];
        for site in 1..=8000 {
            counts[usize::from(partition_of(SiteId(site), 0, 8).0)] += 1;
        }
        assert!(counts.iter().all(|n| (800..1200).contains(n)), "{counts:?}");
    }
}
