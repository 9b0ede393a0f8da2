//! What a query may ask for: dimensions and metrics of visits.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    catalogue::{Dimension, Key, referrer_names},
    names::{DEVICE_TYPES, brand, browser, system},
};

/// Something that visits are grouped by.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) key: Key,
    /// The rollup that holds it for every visit; `None` where only the visits themselves do.
    pub(super) rollup: Option<Dimension>,
    /// A stored value as it is told.
    pub(super) told: fn(&str) -> String,
}

const fn field(name: &'static str, about: &'static str, key: Key, rollup: Option<Dimension>) -> Field {
    Field { name, about, key, rollup, told: str::to_owned }
}

impl Field {
    const fn named(self, told: fn(&str) -> String) -> Self {
        Self { told, ..self }
    }
}

fn device_type(number: &str) -> String {
    let name = number.parse::<usize>().ok().and_then(|number| DEVICE_TYPES.get(number));
    name.copied().unwrap_or_default().to_owned()
}

fn visitor_type(number: &str) -> String {
    match number {
        "0" => "new",
        "1" => "returning",
        _ => "returningCustomer",
    }
    .to_owned()
}

pub(super) const FIELDS: &[Field] = &[
    field("country", "ISO 3166-1 code, lower case", Key::Country, Some(Dimension::City)),
    field("region", "ISO 3166-2 code within the country", Key::Region, Some(Dimension::City)),
    field("city", "name of the city", Key::City, Some(Dimension::City)),
    field("language", "code of the language", Key::Language, Some(Dimension::Language)),
    field("device_type", "kind of device", Key::DeviceType, Some(Dimension::DeviceType)).named(device_type),
    field("device_brand", "maker of the device", Key::Brand, Some(Dimension::DeviceModel))
        .named(|code| brand(code).to_owned()),
    field("device_model", "model of the device", Key::Model, Some(Dimension::DeviceModel)),
    field("system", "operating system", Key::Os, Some(Dimension::Os)).named(|code| system(code).to_owned()),
    field("system_version", "its version", Key::OsVersion, Some(Dimension::Os)),
    field("browser", "browser", Key::Browser, Some(Dimension::Browser)).named(|code| browser(code).to_owned()),
    field("browser_version", "its version", Key::BrowserVersion, Some(Dimension::Browser)),
    field("browser_engine", "its engine", Key::Engine, Some(Dimension::Engine)),
    field("resolution", "width and height of the screen", Key::Resolution, Some(Dimension::Configuration)),
    field("referrer_type", "kind of referrer", Key::ReferrerType, Some(Dimension::Referrer))
        .named(|kind| referrer_names(kind).1.to_owned()),
    field("referrer_name", "engine, network, website or campaign", Key::ReferrerName, Some(Dimension::Referrer)),
    field("referrer_keyword", "what was searched", Key::ReferrerKeyword, Some(Dimension::Referrer)),
    field("referrer_url", "page with the link", Key::ReferrerUrl, None),
    field("visitor_type", "new, returning or returningCustomer", Key::Returning, Some(Dimension::Returning))
        .named(visitor_type),
    field("weekday", "1 is Monday", Key::Weekday, Some(Dimension::All)),
    field("hour", "hour of the first action, in the zone of the site", Key::StartHour, Some(Dimension::StartHour)),
    field("local_hour", "the same by the clock of the visitor", Key::LocalHour, Some(Dimension::LocalHour)),
    field("user", "user id", Key::User, None),
];

/// Sums and distinct counts of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Numbers {
    /// Visits, actions, seconds, bounces, converted visits.
    pub(super) sums: [f64; 5],
    /// Visitors, users, most actions of a visit.
    pub(super) uniques: [f64; 3],
}

/// A number of a group of visits.
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) of: fn(&Numbers) -> f64,
}

const fn metric(name: &'static str, about: &'static str, of: fn(&Numbers) -> f64) -> Metric {
    Metric { name, about, of }
}

fn per(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

pub(super) const METRICS: &[Metric] = &[
    metric("visits", "visits", |numbers| numbers.sums[0]),
    metric("visitors", "different visitors of the period", |numbers| numbers.uniques[0]),
    metric("users", "different user ids of the period", |numbers| numbers.uniques[1]),
    metric("actions", "actions", |numbers| numbers.sums[1]),
    metric("seconds", "seconds that the visits lasted", |numbers| numbers.sums[2]),
    metric("bounces", "visits of one action", |numbers| numbers.sums[3]),
    metric("converted_visits", "visits that met a goal", |numbers| numbers.sums[4]),
    metric("max_actions", "most actions of a visit", |numbers| numbers.uniques[2]),
    metric("bounce_rate", "bounces per visit", |numbers| per(numbers.sums[3], numbers.sums[0])),
    metric("actions_per_visit", "actions per visit", |numbers| per(numbers.sums[1], numbers.sums[0])),
    metric("seconds_per_visit", "seconds per visit", |numbers| per(numbers.sums[2], numbers.sums[0])),
    metric("conversion_rate", "converted visits per visit", |numbers| per(numbers.sums[4], numbers.sums[0])),
];

/// What queries can be made of.
#[derive(Serialize, ToSchema)]
pub(super) struct Vocabulary {
    dimensions: Vec<Word>,
    metrics: Vec<Word>,
}

/// The name of a dimension or metric.
#[derive(Serialize, ToSchema)]
struct Word {
    name: &'static str,
    about: &'static str,
}

impl Vocabulary {
    pub(super) fn all() -> Self {
        Self {
            dimensions: FIELDS.iter().map(|field| Word { name: field.name, about: field.about }).collect(),
            metrics: METRICS.iter().map(|metric| Word { name: metric.name, about: metric.about }).collect(),
        }
    }
}

/// The rollup that holds all of these together, for every visit.
pub(super) fn rollup_of(fields: &[&Field]) -> Option<Dimension> {
    let first = fields.first().map_or(Some(Dimension::All), |field| field.rollup)?;
    fields.iter().all(|field| field.rollup == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        names.extend(METRICS.iter().map(|metric| metric.name));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn fields_of_one_rollup_are_read_from_it() {
        let of = |names: &[&str]| {
            let fields: Vec<&Field> =
                names.iter().filter_map(|name| FIELDS.iter().find(|field| field.name == *name)).collect();
            rollup_of(&fields)
        };
        assert_eq!(of(&[]), Some(Dimension::All));
        assert_eq!(of(&["country", "city"]), Some(Dimension::City));
        assert_eq!((of(&["country", "browser"]), of(&["user"])), (None, None));
    }

    #[test]
    fn rates_of_nothing_are_zero() {
        for metric in METRICS {
            assert_eq!((metric.of)(&Numbers::default()), 0.0, "{}", metric.name);
        }
    }
}
