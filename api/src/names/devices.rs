//! Names of systems, browsers and brands by the short codes of `tracking.md` §8.5; what has no code in
//! these lists is called as it is stored.

const SYSTEMS: &[(&str, &str, &str)] = &[
    ("AND", "Android", "Android"),
    ("BOT", "Bot", "Bot"),
    ("BLB", "BlackBerry OS", "BlackBerry"),
    ("BSD", "FreeBSD", "Unix"),
    ("CES", "CentOS", "GNU/Linux"),
    ("COS", "Chrome OS", "Chrome OS"),
    ("DEB", "Debian", "GNU/Linux"),
    ("FED", "Fedora", "GNU/Linux"),
    ("HAR", "HarmonyOS", "Android"),
    ("IOS", "iOS", "iOS"),
    ("IPA", "iPadOS", "iOS"),
    ("LIN", "GNU/Linux", "GNU/Linux"),
    ("MAC", "Mac", "Mac"),
    ("PS3", "PlayStation", "Gaming Console"),
    ("TIZ", "Tizen", "Mobile Gaming Console"),
    ("UBT", "Ubuntu", "GNU/Linux"),
    ("UNK", "Unknown", "Unknown"),
    ("WII", "Nintendo", "Gaming Console"),
    ("WIN", "Windows", "Windows"),
    ("WMO", "Windows Mobile", "Windows Mobile"),
    ("WPH", "Windows Phone", "Windows Mobile"),
];

const BROWSERS: &[(&str, &str)] = &[
    ("AN", "Android Browser"),
    ("BB", "BlackBerry Browser"),
    ("CH", "Chrome"),
    ("CI", "Chrome Mobile iOS"),
    ("CM", "Chrome Mobile"),
    ("CR", "Chromium"),
    ("CV", "Chrome Webview"),
    ("EP", "GNOME Web"),
    ("FF", "Firefox"),
    ("FM", "Firefox Mobile"),
    ("IE", "Internet Explorer"),
    ("IM", "IE Mobile"),
    ("KO", "Konqueror"),
    ("MF", "Mobile Safari"),
    ("OI", "Opera Mini"),
    ("OM", "Opera Mobile"),
    ("OP", "Opera"),
    ("PS", "Microsoft Edge"),
    ("RM", "RockMelt"),
    ("SB", "Samsung Browser"),
    ("SF", "Safari"),
    ("UC", "UC Browser"),
    ("UNK", "Unknown"),
    ("VI", "Vivaldi"),
    ("YA", "Yandex Browser"),
];

const BRANDS: &[(&str, &str)] = &[
    ("AP", "Apple"),
    ("BB", "BlackBerry"),
    ("GO", "Google"),
    ("HT", "HTC"),
    ("HU", "Huawei"),
    ("LG", "LG"),
    ("MR", "Motorola"),
    ("NO", "Nokia"),
    ("SA", "Samsung"),
    ("SO", "Sony"),
    ("XI", "Xiaomi"),
];

fn find<'a>(list: &[(&'a str, &'a str)], code: &'a str) -> Option<&'a str> {
    list.iter().find(|(own, _)| *own == code).map(|(_, name)| *name)
}

/// The name of a system.
pub(crate) fn system(code: &str) -> &str {
    SYSTEMS.iter().find(|(own, _, _)| *own == code).map_or(or_unknown(code), |(_, name, _)| name)
}

/// The family of a system.
pub(crate) fn family(code: &str) -> &str {
    SYSTEMS.iter().find(|(own, _, _)| *own == code).map_or(or_unknown(code), |(_, _, family)| family)
}

/// The name of a browser, or of the app that the visit came with.
pub(crate) fn browser(code: &str) -> &str {
    find(BROWSERS, code).unwrap_or(or_unknown(code))
}

/// The browser has a code.
pub(crate) fn is_listed_browser(code: &str) -> bool {
    find(BROWSERS, code).is_some()
}

/// The name of a brand.
pub(crate) fn brand(code: &str) -> &str {
    find(BRANDS, code).unwrap_or(or_unknown(code))
}

/// The name of an engine, with browsers that are known for it.
pub(crate) fn engine_name(engine: &str) -> String {
    let browsers = match engine {
        "Blink" => "Chrome, Opera",
        "Gecko" => "Firefox",
        "KHTML" => "Konqueror",
        "Presto" => "Opera",
        "Trident" => "IE",
        "WebKit" => "Safari",
        other => return or_unknown(other).to_owned(),
    };
    format!("{engine} ({browsers})")
}

fn or_unknown(code: &str) -> &str {
    if code.is_empty() { super::UNKNOWN } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_5_codes_have_names() {
        assert_eq!(
            (system("WIN"), family("UBT"), browser("CH"), brand("AP")),
            ("Windows", "GNU/Linux", "Chrome", "Apple")
        );
        assert_eq!((browser("Some App"), is_listed_browser("Some App"), brand("")), ("Some App", false, "Unknown"));
        assert_eq!((engine_name("Gecko"), engine_name("")), ("Gecko (Firefox)".to_owned(), "Unknown".to_owned()));
    }
}
