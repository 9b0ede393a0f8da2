//! The texts that made-up visitors are made of.

/// Browsers as they name themselves.
pub(super) const USER_AGENTS: [&str; 10] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
];

/// Languages. Three of them and the eight plugin flags make a device nobody else has, so that
/// the fingerprint never joins two visitors.
pub(super) const LANGUAGES: [&str; 32] = [
    "de-de", "fr-fr", "es-es", "it-it", "nl-nl", "pl-pl", "pt-br", "sv-se", "da-dk", "fi-fi", "nb-no", "cs-cz",
    "hu-hu", "el-gr", "tr-tr", "ja-jp", "ko-kr", "th-th", "vi-vn", "en-us", "en-gb", "en-au", "en-ca", "fr-ca",
    "es-mx", "de-at", "de-ch", "nl-be", "pt-pt", "ru-ru", "uk-ua", "ro-ro",
];

/// Plugin flags of a tracking request, one bit of the device each.
pub(super) const FLAGS: [&str; 8] = ["fla", "java", "qt", "realp", "pdf", "wma", "ag", "cookie"];

/// Sections of the made-up site.
pub(super) const SECTIONS: [&str; 8] =
    ["news", "sport", "culture", "science", "weather", "opinion", "local", "archive"];

/// Pages of a section.
pub(super) const PAGES_PER_SECTION: u64 = 24;

/// Where visits come from, encoded; empty is direct.
pub(super) const REFERRERS: [&str; 6] = [
    "",
    "",
    "https%3A%2F%2Fwww.google.com%2F",
    "https%3A%2F%2Fblog.example.net%2Fpost%2F7",
    "https%3A%2F%2Fwww.facebook.com%2F",
    "https%3A%2F%2Fduckduckgo.com%2F",
];

/// What is searched for on the site.
pub(super) const KEYWORDS: [&str; 6] = ["election", "storm", "recipes", "train+times", "obituaries", "chess"];

/// Categories and actions of events.
pub(super) const EVENTS: [(&str, &str); 4] =
    [("video", "play"), ("video", "pause"), ("share", "copy+link"), ("newsletter", "subscribe")];
