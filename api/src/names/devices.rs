//! Names of systems, browsers and brands by the short codes of `tracking.md` §8.5; what has no code in
//! these lists is called as it is stored.

use nagare_device::names::{brands, browsers, systems};

/// The code of what is not known, where codes are shown.
pub(crate) const UNKNOWN_CODE: &str = "UNK";
/// The system of robots.
const ROBOT: &str = "BOT";

/// The name of a system.
pub(crate) fn system(code: &str) -> &str {
    systems().of_code(code).map_or_else(|| as_stored(code), |named| named.name)
}

/// The family of a system.
pub(crate) fn family(code: &str) -> &str {
    systems().of_code(code).map_or_else(|| as_stored(code), |named| named.family)
}

/// The name of a browser, or of the app that the visit came with.
pub(crate) fn browser(code: &str) -> &str {
    browsers().of_code(code).map_or_else(|| as_stored(code), |named| named.name)
}

/// The browser has a code.
pub(crate) fn is_listed_browser(code: &str) -> bool {
    code == UNKNOWN_CODE || browsers().of_code(code).is_some()
}

/// The name of a brand.
pub(crate) fn brand(code: &str) -> &str {
    brands().of_code(code).map_or_else(|| as_stored(code), |named| named.name)
}

/// The name of a model: what is only known by its kind has capitals.
pub(crate) fn model(model: &str) -> String {
    let kind = model.strip_prefix("generic ");
    kind.map_or_else(|| model.to_owned(), |kind| format!("Generic {}", super::capitalised(kind)))
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
        other => return as_stored(other).to_owned(),
    };
    format!("{engine} ({browsers})")
}

fn as_stored(code: &str) -> &str {
    match code {
        "" | UNKNOWN_CODE => super::UNKNOWN,
        ROBOT => "Bot",
        code => code,
    }
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
        assert_eq!((system("BOT"), system("UNK"), browser("UNK")), ("Bot", "Unknown", "Unknown"));
        assert_eq!((browser("Some App"), is_listed_browser("Some App"), brand("")), ("Some App", false, "Unknown"));
        assert_eq!((model("generic desktop"), model("iPhone")), ("Generic Desktop".to_owned(), "iPhone".to_owned()));
        assert_eq!((engine_name("Gecko"), engine_name("")), ("Gecko (Firefox)".to_owned(), "Unknown".to_owned()));
    }
}
