//! Who a visitor is: first and last visit, devices, places, variables.

use jiff::civil::Date;

use super::{Frequencies, counts, list, text, values};
use crate::{
    names::UNKNOWN,
    shape::pretty,
    value::{Record, Value},
};

/// What shops tell of a visitor.
const SALES: [&str; 6] = [
    "totalEcommerceRevenue",
    "totalEcommerceConversions",
    "totalEcommerceItems",
    "totalAbandonedCartsRevenue",
    "totalAbandonedCarts",
    "totalAbandonedCartsItems",
];
const MS: f64 = 1000.0;

/// Sets what follows the list of visits.
pub(super) fn fill(record: &mut Record, visits: &[Record], listed: Value, today: Date) {
    let (times, count) = counts::load_times(visits).fold((0.0, 0_u32), |(sum, count), ms| (sum + ms, count + 1));
    if count > 0 {
        let seconds = times / f64::from(count) / MS;
        record.set("averagePageLoadTime", Value::number((seconds * 100.0).round() / 100.0));
    }
    let total_s = record.number("totalVisitDuration").unwrap_or(0.0);
    record.set("totalVisitDurationPretty", pretty::duration(total_s));
    let user = visits.iter().map(|visit| text(visit, "userId")).find(|user| !user.is_empty());
    record.set("userId", user.map_or(Value::Int(0), Value::from));
    for (name, visit) in [("firstVisit", visits.last()), ("lastVisit", visits.first())] {
        if let Some(visit) = visit {
            record.set(name, end(visit, today));
        }
    }
    record.set("visitsAggregated", listed);
    record.set("visitedPages", values(counts::pages(visits).records("url", "count")));
    record.set("devices", devices(visits));
    record.set("continents", continents(visits));
    record.set("countries", countries(visits));
    for name in SALES {
        if let Some(value) = visits.first().and_then(|visit| visit.get(name)) {
            record.set(name, value.clone());
        }
    }
    let variables = variables(visits);
    if !variables.is_empty() {
        record.set("customVariables", Record::default().with("visit", values(variables)));
    }
}

/// The first or the last visit.
fn end(visit: &Record, today: Date) -> Record {
    let date = text(visit, "serverDate");
    let mut record = Record::default().with("date", date);
    if let Ok(day) = date.parse::<Date>() {
        record.set("prettyDate", day.strftime("%b %-d, %Y").to_string());
        record.set("daysAgo", i64::from((today - day).get_days()));
    }
    record
        .with("referrerType", text(visit, "referrerType"))
        .with("referrerUrl", text(visit, "referrerUrl"))
        .with("referralSummary", referral(visit))
}

/// The referrer in a line.
fn referral(visit: &Record) -> String {
    let (name, keyword) = (text(visit, "referrerName"), text(visit, "referrerKeyword"));
    match (name, keyword) {
        ("", _) => text(visit, "referrerTypeName").to_owned(),
        (name, "") => format!("{}: {name}", text(visit, "referrerTypeName")),
        (name, keyword) => format!("{}: {name} ({keyword})", text(visit, "referrerTypeName")),
    }
}

fn among<'a>(visits: &'a [Record], column: &'static str, value: &'a str) -> impl Iterator<Item = &'a Record> {
    visits.iter().filter(move |visit| text(visit, column) == value)
}

/// Visits by a place: a record each, the rarest first.
fn by_place(visits: &[Record], column: &'static str, as_name: &'static str) -> Vec<Record> {
    Frequencies::of(visits.iter().map(|visit| text(visit, column))).rarest_first().records(as_name, "nb_visits")
}

/// Visits by a column: a record each, the latest visit's first.
fn by(visits: &[Record], column: &'static str, as_name: &'static str, count: &'static str) -> Vec<Record> {
    Frequencies::of(visits.iter().map(|visit| text(visit, column))).records(as_name, count)
}

fn devices(visits: &[Record]) -> Value {
    let kinds = by(visits, "deviceType", "type", "count").into_iter().map(|record| {
        let kind = text(&record, "type").to_owned();
        let icon = among(visits, "deviceType", &kind).next().map_or("", |visit| text(visit, "deviceTypeIcon"));
        let names: Vec<String> = among(visits, "deviceType", &kind).map(device).collect();
        let names = Frequencies::of(names.iter().map(String::as_str)).records("name", "count");
        record.with("icon", icon).with("devices", values(names))
    });
    values(kinds.collect())
}

fn device(visit: &Record) -> String {
    match text(visit, "deviceBrand") {
        "" | UNKNOWN => text(visit, "deviceModel").to_owned(),
        brand => format!("{brand} {}", text(visit, "deviceModel")),
    }
}

fn continents(visits: &[Record]) -> Value {
    let continents = by_place(visits, "continentCode", "continent").into_iter().map(|record| {
        let code = text(&record, "continent").to_owned();
        let name = among(visits, "continentCode", &code).next().map_or("", |visit| text(visit, "continent"));
        record.with("prettyName", name)
    });
    values(continents.collect())
}

fn countries(visits: &[Record]) -> Value {
    let countries = by_place(visits, "countryCode", "country").into_iter().map(|record| {
        let code = text(&record, "country").to_owned();
        let one = among(visits, "countryCode", &code).next();
        let mut record = record
            .with("flag", one.map_or("", |visit| text(visit, "countryFlag")))
            .with("prettyName", one.map_or("", |visit| text(visit, "country")));
        let cities = among(visits, "countryCode", &code).map(|visit| text(visit, "city"));
        let cities = Frequencies::of(cities.filter(|city| !city.is_empty()));
        if !cities.0.is_empty() {
            let names = cities.0.iter().map(|(city, _)| Value::from(*city));
            record.set("cities", Value::List(names.collect()));
        }
        record
    });
    values(countries.collect())
}

/// The custom variables of the visits, by their names.
fn variables(visits: &[Record]) -> Vec<Record> {
    let slots = || visits.iter().flat_map(|visit| list(visit, "customVariables"));
    let pairs: Vec<(&str, &str)> = slots().filter_map(pair).collect();
    let names = Frequencies::of(pairs.iter().map(|(name, _)| *name));
    let of_name = |name: &str| {
        let own = pairs.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value);
        Frequencies::of(own).records("value", "count")
    };
    names
        .0
        .iter()
        .map(|(name, _)| Record::default().with("name", *name).with("values", values(of_name(name))))
        .collect()
}

/// Name and value of a slot.
fn pair(slot: &Record) -> Option<(&str, &str)> {
    let mut texts = slot.iter().map(|(_, value)| match value {
        Value::Text(text) => text.as_str(),
        _ => "",
    });
    Some((texts.next()?, texts.next()?))
}
