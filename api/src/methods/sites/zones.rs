//! Time zones and currencies that sites can have.

use std::collections::BTreeMap;

use nagare_schema::{Settings, ZoneClock};

use super::currency;
use crate::{
    error::Fault,
    methods::{Call, Method, at_once, change_settings},
    permission::Permission,
    shape::pretty::currency_symbol,
    table::Answer,
    value::{Record, Value},
};

/// Hours by which fixed offsets differ from UTC.
const OFFSETS: std::ops::RangeInclusive<i32> = -12..=14;

pub(in crate::methods) const METHODS: &[Method] = &[
    Method::configuration("SitesManager.getTimezonesList", Permission::None, |_, _| at_once(Ok(zones()))),
    Method::configuration("SitesManager.getTimezoneName", Permission::None, |call, _| {
        at_once(call.params.required("timezone").map(|zone| Value::from(name_of(zone))))
    }),
    Method::configuration("SitesManager.isTimezoneSupportEnabled", Permission::SomeView, |_, _| {
        at_once(Ok(Value::Bool(true)))
    }),
    Method::configuration("SitesManager.getCurrencyList", Permission::None, |_, _| {
        at_once(Ok(currencies(|code, name| format!("{name} ({})", currency_symbol(code)))))
    }),
    Method::configuration("SitesManager.getCurrencySymbols", Permission::None, |_, _| {
        at_once(Ok(currencies(|code, _| currency_symbol(code).to_owned())))
    }),
    Method::configuration("SitesManager.getDefaultTimezone", Permission::None, |call, _| {
        at_once(Ok(call.caller.config.settings.default_timezone.as_str().into()))
    }),
    Method::configuration("SitesManager.getDefaultCurrency", Permission::SomeAdmin, |call, _| {
        at_once(Ok(call.caller.config.settings.default_currency.as_str().into()))
    }),
    Method::configuration("SitesManager.setDefaultTimezone", Permission::Superuser, |call, _| {
        Box::pin(set(call, "defaultTimezone", checked_zone, |settings, zone| settings.default_timezone = zone))
    }),
    Method::configuration("SitesManager.setDefaultCurrency", Permission::Superuser, |call, _| {
        Box::pin(set(call, "defaultCurrency", checked_currency, |settings, code| settings.default_currency = code))
    }),
];

async fn set(
    call: Call<'_>,
    name: &'static str,
    checked: fn(&str) -> Result<String, Fault>,
    store: fn(&mut Settings, String),
) -> Result<Answer, Fault> {
    let value = checked(call.params.required(name)?)?;
    change_settings(call.directory, |settings| {
        store(settings, value.clone());
        Ok(())
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}

/// The name of a time zone that exists.
pub(super) fn checked_zone(zone: &str) -> Result<String, Fault> {
    if ZoneClock::is_known(zone) {
        return Ok(zone.to_owned());
    }
    Err(Fault::new(format!("The timezone \"{zone}\" is not valid. Please enter a valid timezone.")))
}

/// The code of a currency.
pub(super) fn checked_currency(code: &str) -> Result<String, Fault> {
    if currency::is_code(code) {
        return Ok(code.to_owned());
    }
    Err(Fault::new(format!("The currency \"{code}\" is not valid, e.g. 'USD', 'EUR'.")))
}

/// What people call a time zone: its city.
fn name_of(zone: &str) -> String {
    zone.rsplit_once('/').map_or(zone, |(_, city)| city).replace('_', " ")
}

/// Zones by continent, then fixed offsets.
fn zones() -> Value {
    let mut by_continent: BTreeMap<String, Record> = BTreeMap::new();
    for zone in jiff::tz::db().available() {
        let id = zone.as_str();
        if let Some((continent, _)) = id.split_once('/').filter(|(continent, _)| is_continent(continent)) {
            by_continent.entry(continent.to_owned()).or_default().set(id.to_owned(), name_of(id));
        }
    }
    let offset = |hours: i32| if hours == 0 { "UTC".to_owned() } else { format!("UTC{hours:+}") };
    let offsets: Record = OFFSETS.map(|hours| (offset(hours), Value::from(offset(hours)))).collect();
    by_continent.into_iter().chain([("UTC".to_owned(), offsets)]).collect::<Record>().into()
}

fn is_continent(name: &str) -> bool {
    const CONTINENTS: [&str; 10] =
        ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];
    CONTINENTS.contains(&name)
}

/// Currencies by code, sorted by name.
fn currencies(shown: impl Fn(&str, &str) -> String) -> Value {
    let mut known = currency::CURRENCIES.to_vec();
    known.sort_by_key(|(_, name)| *name);
    known.into_iter().map(|(code, name)| (code, Value::from(shown(code, name)))).collect::<Record>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §21
    #[test]
    fn zones_are_listed_by_continent_and_all_exist() {
        let Value::Record(zones) = zones() else { panic!("a record") };
        let Some(Value::Record(europe)) = zones.get("Europe") else { panic!("a continent") };
        assert_eq!(europe.get("Europe/Paris"), Some(&"Paris".into()));
        let Some(Value::Record(offsets)) = zones.get("UTC") else { panic!("offsets") };
        assert!(offsets.len() == 27 && offsets.iter().all(|(zone, _)| ZoneClock::is_known(zone)));
        assert_eq!(name_of("America/New_York"), "New York");
    }

    /// `reports.md` §21
    #[test]
    fn currencies_are_sorted_by_name() {
        let Value::Record(list) = currencies(|_, name| name.to_owned()) else { panic!("a record") };
        let names: Vec<_> = list.iter().filter_map(|(_, name)| name.as_text()).collect();
        assert!(names.is_sorted() && list.get("USD") == Some(&"US Dollar".into()));
    }
}
