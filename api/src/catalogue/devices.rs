//! DevicesDetection, DevicePlugins, Resolution (`reports.md` §8).

use super::{About, Columns, Described, Dimension, Flatten, Key, Level, Report, Sort, Source, Visits};
use crate::{
    names::{
        DEVICE_TYPES, UNKNOWN, UNKNOWN_CODE, brand, browser, capitalised, engine_name, family, is_listed_browser,
        model, system,
    },
    shape::url_encode,
};

/// Labels of resolutions are longer than that.
const RESOLUTION_CHARS_MIN: usize = 6;
/// All device types.
const TYPES: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"];

const TYPE: &[Level] = &[Level::new(&[Key::DeviceType], describe_type).with_goals()];
const BRAND: &[Level] = &[Level::new(&[Key::Brand], describe_brand).with_goals()];
const MODEL: &[Level] = &[Level::new(&[Key::Brand, Key::Model], describe_model).with_goals()];
const FAMILIES: &[Level] = &[Level::new(&[Key::Os], describe_family).grouped(to_family)];
const SYSTEMS: &[Level] = &[Level::new(&[Key::Os, Key::OsVersion], describe_system)];
const BROWSERS: &[Level] = &[Level::new(&[Key::Browser], describe_browser).with_goals()];
const VERSIONS: &[Level] = &[Level::new(&[Key::Browser, Key::BrowserVersion], describe_version)];
const ENGINES: &[Level] = &[Level::new(&[Key::Engine], describe_engine)];
const RESOLUTIONS: &[Level] = &[Level::new(&[Key::Resolution], describe_resolution).grouped(cut_short).without_empty()];
const CONFIGURATIONS: &[Level] =
    &[Level::new(&[Key::Os, Key::ConfiguredBrowser, Key::Resolution], describe_configuration)];

const fn report(name: &'static str, visits: Visits, keys: &'static [&'static str]) -> Report {
    Report { flatten: Flatten::Levels(keys), ..Report::of_visits(name, visits) }
}

const fn by(dimension: Dimension, levels: &'static [Level]) -> Visits {
    Visits::by(dimension, levels)
}

pub(super) const REPORTS: &[Report] = &[
    report(
        "DevicesDetection.getType",
        Visits { always: TYPES, columns: Columns::FewWithoutVisits, ..by(Dimension::DeviceType, TYPE) },
        &["DevicesDetection_DeviceType"],
    ),
    report("DevicesDetection.getBrand", by(Dimension::DeviceModel, BRAND), &["DevicesDetection_DeviceBrand"]),
    report("DevicesDetection.getModel", by(Dimension::DeviceModel, MODEL), &["DevicesDetection_DeviceModel"]),
    report("DevicesDetection.getOsFamilies", by(Dimension::Os, FAMILIES), &["DevicesDetection_Os"]),
    report("DevicesDetection.getOsVersions", by(Dimension::Os, SYSTEMS), &["DevicesDetection_OsVersion"]),
    report("DevicesDetection.getBrowsers", by(Dimension::Browser, BROWSERS), &["DevicesDetection_BrowserName"]),
    report(
        "DevicesDetection.getBrowserVersions",
        by(Dimension::Browser, VERSIONS),
        &["DevicesDetection_BrowserVersion"],
    ),
    report("DevicesDetection.getBrowserEngines", by(Dimension::Engine, ENGINES), &["DevicesDetection_BrowserEngine"]),
    Report { sort: Sort::VISITS, ..Report::plain("DevicePlugins.getPlugin", Source::Plugins) },
    report("Resolution.getResolution", by(Dimension::Configuration, RESOLUTIONS), &["Resolution_Resolution"]),
    report("Resolution.getConfiguration", by(Dimension::Configuration, CONFIGURATIONS), &["Resolution_Configuration"]),
];

fn icon(folder: &str, name: &str) -> String {
    format!("plugins/Morpheus/icons/dist/{folder}/{name}.png")
}

fn describe_type(about: &About<'_>) -> Described {
    let name = about.key(0).parse::<usize>().ok().and_then(|number| DEVICE_TYPES.get(number));
    let Some(name) = name else { return Described::new(UNKNOWN).with("logo", icon("devices", "unknown")) };
    Described::new(capitalised(name))
        .with("segment", format!("deviceType=={}", url_encode(name)))
        .with("logo", icon("devices", &name.replace(' ', "_")))
}

fn describe_brand(about: &About<'_>) -> Described {
    let name = brand(about.key(0));
    let logo = if name == UNKNOWN { "unk" } else { name };
    Described::new(name).with("logo", icon("brand", logo)).with("segment", format!("deviceBrand=={}", url_encode(name)))
}

fn describe_model(about: &About<'_>) -> Described {
    let (name, own) = (brand(about.key(0)), about.key(1));
    let label = match name {
        UNKNOWN if own.starts_with("generic ") => model(own),
        _ if own.is_empty() => format!("{name} - {UNKNOWN}"),
        _ => format!("{name} - {own}"),
    };
    let segment = format!("deviceBrand=={};deviceModel=={}", url_encode(name), url_encode(own));
    Described::new(label).with("segment", segment)
}

fn or_unknown_code(code: &str) -> &str {
    if code.is_empty() { UNKNOWN_CODE } else { code }
}

fn to_family(keys: &mut Vec<String>) {
    if let [key] = keys.as_mut_slice() {
        *key = family(key).to_owned();
    }
}

fn describe_family(about: &About<'_>) -> Described {
    let code = match about.key(0) {
        "Windows" => "WIN",
        "Mac" => "MAC",
        "GNU/Linux" => "LIN",
        "Android" => "AND",
        "iOS" => "IOS",
        "Chrome OS" => "COS",
        _ => UNKNOWN_CODE,
    };
    Described::new(about.key(0)).with("logo", icon("os", code))
}

fn with_version(name: &str, version: &str) -> String {
    format!("{name} {version}").trim_end().to_owned()
}

fn describe_system(about: &About<'_>) -> Described {
    let code = or_unknown_code(about.key(0));
    let is_named = !matches!(code, UNKNOWN_CODE | "BOT");
    let version = if is_named { about.key(1) } else { UNKNOWN_CODE };
    let label = if is_named { with_version(system(code), version) } else { system(code).to_owned() };
    let segment = format!("operatingSystemCode=={};operatingSystemVersion=={}", url_encode(code), url_encode(version));
    let logo = if is_named { code } else { UNKNOWN_CODE };
    Described::new(label).with("segment", segment).with("logo", icon("os", logo))
}

fn browser_logo(code: &str) -> String {
    icon("browsers", if is_listed_browser(code) { code } else { UNKNOWN_CODE })
}

fn describe_browser(about: &About<'_>) -> Described {
    let code = or_unknown_code(about.key(0));
    let described = Described::new(browser(code)).with("logo", browser_logo(code));
    if is_listed_browser(code) { described.with("segment", format!("browserCode=={code}")) } else { described }
}

fn describe_version(about: &About<'_>) -> Described {
    let (code, version) = (or_unknown_code(about.key(0)), about.key(1));
    let segment = format!("browserCode=={};browserVersion=={}", url_encode(code), url_encode(version));
    Described::new(with_version(browser(code), version)).with("segment", segment).with("logo", browser_logo(code))
}

fn describe_engine(about: &About<'_>) -> Described {
    Described::new(engine_name(about.key(0))).segment(format!("browserEngine=={}", url_encode(about.key(0))))
}

/// What is too short to be a resolution is no row.
fn cut_short(keys: &mut Vec<String>) {
    if let [key] = keys.as_mut_slice()
        && key.chars().count() < RESOLUTION_CHARS_MIN
    {
        key.clear();
    }
}

fn describe_resolution(about: &About<'_>) -> Described {
    Described::new(about.key(0)).segment(format!("resolution=={}", url_encode(about.key(0))))
}

fn describe_configuration(about: &About<'_>) -> Described {
    let (os, client) = (system(or_unknown_code(about.key(0))), browser(or_unknown_code(about.key(1))));
    Described::new(format!("{os} / {client} / {}", about.key(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(describe: fn(&About<'_>) -> Described, keys: &[&str], label: &str) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let about = About { keys: &keys, ..About::default() };
        assert_eq!(describe(&about).label, label);
    }

    #[test]
    fn section_8_devices_are_named() {
        check(describe_type, &["6"], "Car browser");
        check(describe_type, &[""], "Unknown");
        check(describe_brand, &["AP"], "Apple");
        check(describe_model, &["", "generic desktop"], "Generic Desktop");
        check(describe_model, &["AP", "iPhone"], "Apple - iPhone");
        check(describe_system, &["WIN", "10"], "Windows 10");
        check(describe_system, &["", ""], "Unknown");
        check(describe_version, &["FF", "3.6"], "Firefox 3.6");
        check(describe_configuration, &["WIN", "FF", "1024x768"], "Windows / Firefox / 1024x768");
    }
}
