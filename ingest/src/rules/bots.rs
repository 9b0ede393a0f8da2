//! Bots by address (`tracking.md` §4.1), and, where no patterns are installed, by the names that the
//! most frequent ones give themselves.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::LazyLock,
};

use aho_corasick::AhoCorasick;

use super::AddressRange;

/// Parts of the user agents of robots, without regard to case.
const NAMES: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "mediapartners-google",
    "google-inspectiontool",
    "googleother",
    "google-read-aloud",
    "developers.google.com/+/web/snippet",
    "google-site-verification",
    "feedfetcher",
    "facebookexternalhit",
    "meta-externalagent",
    "bingpreview",
    "ia_archiver",
    "archive.org",
    "chrome-lighthouse",
    "pingdom",
    "statuscake",
    "newrelicpinger",
    "ahrefs",
    "semrush",
    "screaming frog",
    "siteimprove",
    "heritrix",
    "nutch",
    "nagios",
    "chatgpt-user",
    "mistralai-user",
    "claude-user",
    "perplexity-user",
    "google-notebooklm",
    "gemini-deep-research",
    "anthropic-ai",
    "embedly",
    "skypeuripreview",
    "w3c_validator",
    "validator.nu",
    "scrapy",
    "duckduckgo-favicons",
];

/// Devices whose name only sounds like one.
const NO_BOT: &str = "cubot";

/// Networks of search engines, as first address and prefix length.
const NETWORKS: &[([u8; 4], u8)] = &[
    ([216, 239, 32, 0], 19),
    ([64, 233, 160, 0], 19),
    ([66, 249, 80, 0], 20),
    ([72, 14, 192, 0], 18),
    ([209, 85, 128, 0], 17),
    ([66, 102, 0, 0], 20),
    ([74, 125, 0, 0], 16),
    ([64, 18, 0, 0], 20),
    ([207, 126, 144, 0], 20),
    ([173, 194, 0, 0], 16),
    ([64, 4, 0, 0], 18),
    ([65, 52, 0, 0], 14),
    ([157, 54, 0, 0], 15),
    ([157, 56, 0, 0], 14),
    ([157, 60, 0, 0], 16),
    ([207, 46, 0, 0], 16),
    ([207, 68, 128, 0], 18),
    ([207, 68, 192, 0], 20),
    ([131, 253, 26, 0], 20),
    ([131, 253, 24, 0], 20),
    ([72, 30, 198, 0], 20),
    ([72, 30, 196, 0], 20),
    ([98, 137, 207, 0], 20),
    ([1, 202, 218, 8], 32),
];
/// How many of them, from the first, are Google's.
const GOOGLE_NETWORKS: usize = 10;

static NAMED: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(NAMES).ok());

static RANGES: LazyLock<Vec<AddressRange>> = LazyLock::new(|| {
    let ranges = NETWORKS.iter().map(|(first, prefix)| AddressRange::of(IpAddr::V4(Ipv4Addr::from(*first)), *prefix));
    ranges.flatten().collect()
});

/// A checksum of the names.
pub(crate) fn names_version() -> u32 {
    let mut version = crc32fast::Hasher::new();
    NAMES.iter().for_each(|name| version.update(name.as_bytes()));
    version.finalize()
}

/// A checksum of the networks.
pub(crate) fn networks_version() -> u32 {
    let mut version = crc32fast::Hasher::new();
    NETWORKS.iter().for_each(|(first, prefix)| version.update(&[first.as_slice(), &[*prefix]].concat()));
    version.finalize()
}

/// True when the user agent names a robot.
pub(crate) fn is_bot_agent(user_agent: &str) -> bool {
    let Some(named) = NAMED.as_ref() else { return false };
    named.find_iter(user_agent).any(|found| {
        let start = found.end().saturating_sub(NO_BOT.len());
        !user_agent.get(start..found.end()).is_some_and(|word| word.eq_ignore_ascii_case(NO_BOT))
    })
}

/// True when the address belongs to a search engine; `data_saver` lifts Google's, which also relay people.
pub(crate) fn is_bot_address(address: IpAddr, data_saver: bool) -> bool {
    let lifted = if data_saver { GOOGLE_NETWORKS } else { 0 };
    match RANGES.iter().position(|range| range.holds(address)) {
        Some(found) => found >= lifted,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_1_names_of_robots() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; Baiduspider/2.0)",
            "facebookexternalhit/1.1",
            "Firefox/6.0 Google (+https://developers.google.com/+/web/snippet/)",
        ] {
            assert!(is_bot_agent(agent), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/124.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 10; CUBOT_X30) AppleWebKit/537.36",
            "Matomo/LogImport",
            "curl/8.0",
            "",
        ] {
            assert!(!is_bot_agent(agent), "{agent}");
        }
    }

    #[test]
    fn section_4_1_networks_of_robots() {
        let google = "66.249.81.1".parse().unwrap();
        assert!(is_bot_address(google, false));
        assert!(!is_bot_address(google, true));
        assert!(is_bot_address("65.55.1.1".parse().unwrap(), true));
        assert!(!is_bot_address("127.0.0.1".parse().unwrap(), false));
        assert!(!is_bot_address("::1".parse().unwrap(), false));
    }
}
