//! Ranges of addresses (`tracking.md` §4.4).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A set of addresses of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRange {
    /// IPv4.
    V4 {
        /// Its bits that count.
        network: u32,
        /// Which bits count.
        mask: u32,
    },
    /// IPv6.
    V6 {
        /// Its bits that count.
        network: u128,
        /// Which bits count.
        mask: u128,
    },
}

impl AddressRange {
    /// A single address, a CIDR block, or trailing wildcards (`192.168.*.*`, `2001:db8:*`).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((address, prefix)) = text.split_once('/') {
            return Self::of(address.parse().ok()?, prefix.parse().ok()?);
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Self::of(address, if address.is_ipv4() { 32 } else { 128 });
        }
        let separator = if text.contains(':') { ':' } else { '.' };
        let mut groups: Vec<&str> = text.split(separator).collect();
        let all = groups.len();
        while groups.last() == Some(&"*") {
            groups.pop();
        }
        if groups.len() == all || groups.iter().any(|group| group.is_empty()) {
            return None;
        }
        let known = u8::try_from(groups.len()).ok()?;
        if separator == ':' {
            let address: Ipv6Addr = format!("{}::", groups.join(":")).parse().ok()?;
            return Self::of(address.into(), known.checked_mul(16)?);
        }
        groups.resize(4, "0");
        let address: Ipv4Addr = groups.join(".").parse().ok()?;
        (all == 4).then(|| Self::of(address.into(), known * 8)).flatten()
    }

    /// The block of an address and a prefix length; host bits are ignored.
    pub fn of(address: IpAddr, prefix: u8) -> Option<Self> {
        match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32_u32.checked_sub(prefix.into())?).unwrap_or(0);
                Some(Self::V4 { network: u32::from(address) & mask, mask })
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128_u32.checked_sub(prefix.into())?).unwrap_or(0);
                Some(Self::V6 { network: u128::from(address) & mask, mask })
            }
        }
    }

    /// True when the address is in the range; IPv4 ranges hold no IPv6 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { network, mask }, IpAddr::V4(address)) => u32::from(address) & mask == *network,
            (Self::V6 { network, mask }, IpAddr::V6(address)) => u128::from(address) & mask == *network,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, inside: &[&str], outside: &[&str]) {
        let range = AddressRange::parse(range).unwrap();
        for address in inside {
            assert!(range.holds(address.parse().unwrap()), "{address}");
        }
        for address in outside {
            assert!(!range.holds(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn section_4_4_ranges() {
        check("10.1.2.3", &["10.1.2.3"], &["10.1.2.4", "::1"]);
        check("10.1.2.3/8", &["10.9.9.9"], &["11.0.0.0"]);
        check("0.0.0.0/0", &["255.255.255.255"], &["::"]);
        check("192.168.*.*", &["192.168.7.7"], &["192.169.0.0"]);
        check("192.168.1.*", &["192.168.1.200"], &["192.168.2.1"]);
        check("2001:db8:*", &["2001:db8:1::1"], &["2001:db9::"]);
        check("2001:db8::/32", &["2001:db8::1"], &["2001:db9::"]);
    }

    #[test]
    fn section_4_4_what_is_no_range() {
        for text in ["", "*", "x", "10.0.0.0/33", "10.*", "*.1.2.3", "::*", "10.0.0.300"] {
            assert_eq!(AddressRange::parse(text), None, "{text}");
        }
    }
}
