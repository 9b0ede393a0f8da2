//! UserCountry (`reports.md` §7).

use super::{About, Described, Dimension, Flatten, Key, Level, Report, Sort, Source, Visits};
use crate::{
    names::{UNKNOWN, continent, country, region},
    shape::url_encode,
    value::Value,
};

/// The code of what is unknown.
const NO_CODE: &str = "xx";
const LOGO_HEIGHT: i64 = 16;

const COUNTRY: &[Level] = &[Level::new(&[Key::Country], describe_country).with_goals()];
const CONTINENT: &[Level] = &[Level::new(&[Key::Country], describe_continent).with_goals().grouped(to_continent)];
const REGION: &[Level] =
    &[Level::new(&[Key::Country, Key::Region], describe_region).with_goals().grouped(known_region)];
const CITY: &[Level] =
    &[Level::new(&[Key::Country, Key::Region, Key::City], describe_city).with_goals().grouped(known_city).long()];

const fn report(
    name: &'static str,
    dimension: Dimension,
    levels: &'static [Level],
    keys: &'static [&'static str],
) -> Report {
    Report { flatten: Flatten::Levels(keys), ..Report::of_visits(name, Visits::by(dimension, levels)) }
}

pub(super) const REPORTS: &[Report] = &[
    report("UserCountry.getCountry", Dimension::Country, COUNTRY, &["UserCountry_Country"]),
    report("UserCountry.getContinent", Dimension::Country, CONTINENT, &["UserCountry_Continent"]),
    report("UserCountry.getRegion", Dimension::City, REGION, &["UserCountry_Region"]),
    report("UserCountry.getCity", Dimension::City, CITY, &["UserCountry_City"]),
    Report { sort: Sort::VISITS, ..Report::plain("UserCountry.getNumberOfDistinctCountries", Source::CountryCount) },
];

fn or_unknown(code: &str) -> &str {
    if code.is_empty() { NO_CODE } else { code }
}

fn flag(country: &str) -> String {
    format!("plugins/Morpheus/icons/dist/flags/{country}.png")
}

fn describe_country(about: &About<'_>) -> Described {
    let code = or_unknown(about.key(0));
    Described::new(country(code))
        .with("code", code)
        .with("logo", flag(code))
        .with("segment", format!("countryCode=={code}"))
        .with("logoHeight", LOGO_HEIGHT)
}

fn to_continent(keys: &mut Vec<String>) {
    if let [key] = keys.as_mut_slice() {
        *key = continent(key).to_owned();
    }
}

fn describe_continent(about: &About<'_>) -> Described {
    Described::new(about.key(0)).with("code", about.key(0))
}

/// A region is only known by its code: visits without one are one row.
fn known_region(keys: &mut Vec<String>) {
    if let [country, region] = keys.as_mut_slice()
        && region.is_empty()
    {
        country.clear();
    }
}

/// So is a city by its name.
fn known_city(keys: &mut Vec<String>) {
    if let [country, region, city] = keys.as_mut_slice()
        && city.is_empty()
    {
        country.clear();
        region.clear();
    }
}

fn describe_region(about: &About<'_>) -> Described {
    let (country_code, code) = (or_unknown(about.key(0)), about.key(1));
    let name = region(country_code, code).unwrap_or(UNKNOWN);
    let country_name = country(country_code);
    if code.is_empty() {
        return place(Described::new(UNKNOWN), country_code, code);
    }
    let segment = format!("regionCode=={};countryCode=={country_code}", url_encode(code));
    place(Described::new(format!("{name}, {country_name}")).with("segment", segment), country_code, code)
}

/// What rows of regions and cities tell of where they are.
fn place(described: Described, country_code: &str, region_code: &str) -> Described {
    described
        .with("region", or_unknown(region_code))
        .with("country", country_code)
        .with("country_name", country(country_code))
        .with("region_name", region(country_code, region_code).unwrap_or(UNKNOWN))
        .with("logo", flag(country_code))
}

fn describe_city(about: &About<'_>) -> Described {
    let (country_code, region_code, city) = (or_unknown(about.key(0)), about.key(1), about.key(2));
    if city.is_empty() {
        let unknown = Described::new(UNKNOWN).with("city_name", UNKNOWN).with("city", NO_CODE);
        return place(unknown, country_code, region_code);
    }
    let mut parts = vec![city];
    parts.extend(region(country_code, region_code));
    parts.push(country(country_code));
    let mut described = Described::new(parts.join(", "));
    if let Some((latitude, longitude)) = about.note.split_once(' ') {
        let number = |text: &str| Value::number(text.parse().unwrap_or(0.0));
        described = described.with("lat", number(latitude)).with("long", number(longitude));
    }
    let (city_code, region_key) = (url_encode(city), url_encode(region_code));
    let segment = format!("city=={city_code};regionCode=={region_key};countryCode=={country_code}");
    place(described.with("segment", segment).with("city_name", city), country_code, region_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(describe: fn(&About<'_>) -> Described, keys: &[&str], label: &str, segment: Option<&str>) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let about = About { keys: &keys, note: "1.5 2", ..About::default() };
        let described = describe(&about);
        assert_eq!(described.label, label);
        assert_eq!(described.metadata.get("segment").and_then(Value::as_text).as_deref(), segment);
    }

    #[test]
    fn section_7_places_are_named_by_their_parts() {
        check(describe_country, &[""], "Unknown", Some("countryCode==xx"));
        check(describe_region, &["us", "VA"], "Virginia, United States", Some("regionCode==VA;countryCode==us"));
        check(describe_region, &["", ""], "Unknown", None);
        check(
            describe_city,
            &["sg", "", "Singapore"],
            "Singapore, Singapore",
            Some("city==Singapore;regionCode==;countryCode==sg"),
        );
        check(describe_city, &["", "", ""], "Unknown", None);
    }
}
