//! Ranges of addresses as people write them: `1.2.3.4`, `1.2.3.0/24`, `1.2.*.*`, `2001:db8::/32`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::value::Value;

/// First and last address of a range; false when it is none.
pub(super) fn ends(range: &str) -> Value {
    let ends = parse(&range.replace('*', "0"), wildcard_bits(range));
    ends.map_or(Value::Bool(false), |ends| Value::List(ends.map(|address| address.to_string().into()).to_vec()))
}

/// Bits that the wildcards of an IPv4 address leave fixed.
fn wildcard_bits(range: &str) -> Option<u32> {
    const BITS: u32 = 8;
    let fixed = range.split('.').take_while(|part| *part != "*").count();
    range.contains('*').then(|| u32::try_from(fixed).unwrap_or(0) * BITS)
}

fn parse(text: &str, wildcard_bits: Option<u32>) -> Option<[IpAddr; 2]> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, wildcard_bits),
    };
    match address.parse().ok()? {
        IpAddr::V4(address) => {
            let rest = u32::MAX.checked_shr(bits.unwrap_or(Ipv4Addr::BITS)).unwrap_or(0);
            let address = address.to_bits();
            Some([address & !rest, address | rest].map(|bits| Ipv4Addr::from_bits(bits).into()))
        }
        IpAddr::V6(address) => {
            let rest = u128::MAX.checked_shr(bits.unwrap_or(Ipv6Addr::BITS)).unwrap_or(0);
            let address = address.to_bits();
            Some([address & !rest, address | rest].map(|bits| Ipv6Addr::from_bits(bits).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, expected: Option<[&str; 2]>) {
        let expected = expected.map_or(Value::Bool(false), |ends| Value::List(ends.map(Value::from).to_vec()));
        assert_eq!(ends(range), expected, "{range}");
    }

    /// `reports.md` §21
    #[test]
    fn a_range_has_two_ends() {
        check("1.2.3.4", Some(["1.2.3.4", "1.2.3.4"]));
        check("1.2.3.4/24", Some(["1.2.3.0", "1.2.3.255"]));
        check("1.2.*.*", Some(["1.2.0.0", "1.2.255.255"]));
        check("0.0.0.0/0", Some(["0.0.0.0", "255.255.255.255"]));
        check("2001:db8::/120", Some(["2001:db8::", "2001:db8::ff"]));
        for bad in ["", "1.2.3", "x/8", "1.2.3.4/x"] {
            check(bad, None);
        }
    }
}
