//! Where a visit came from: its referrer, its place, the visit before (`reports.md` §12).

use super::{DAY_S, VisitRow, icon};
use crate::{
    catalogue::{KEYWORD_UNKNOWN, referrer_names},
    names,
    value::{Record, Value},
};

const NO_COUNTRY: &str = "xx";
/// Where one engine tells the position of the result that was followed.
const POSITION: (&str, &str) = ("Google", "cd");

fn known(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

fn maybe(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

impl VisitRow {
    pub(super) fn referrer(&self, record: &mut Record) {
        let (label, kind) = referrer_names(&self.referrer_type);
        let engine = names::engine(&self.referrer_name).filter(|_| kind == "search");
        let network = names::social(&self.referrer_name).filter(|_| matches!(kind, "social" | "assistant"));
        record.set("referrerType", kind);
        record.set("referrerTypeName", label);
        record.set("referrerName", self.referrer_name.as_str());
        record.set("referrerKeyword", self.keyword(kind));
        record.set("referrerKeywordPosition", engine.and_then(|_| self.position()).map_or(Value::Null, Value::Int));
        record.set("referrerUrl", self.referrer_url.as_str());
        record.set("referrerSearchEngineUrl", maybe(engine.map(|engine| format!("http://{}", engine.host))));
        record.set("referrerSearchEngineIcon", maybe(engine.map(|engine| icon("searchEngines", &engine.host))));
        record.set("referrerSocialNetworkUrl", maybe(network.map(|host| format!("http://{host}"))));
        record.set("referrerSocialNetworkIcon", maybe(network.map(|host| icon("socials", host))));
    }

    /// Engines rarely tell what was searched.
    fn keyword(&self, kind: &str) -> &str {
        if kind == "search" && self.referrer_keyword.is_empty() { KEYWORD_UNKNOWN } else { &self.referrer_keyword }
    }

    /// The place of the result that was followed, when the engine tells it.
    fn position(&self) -> Option<i64> {
        let (engine, parameter) = POSITION;
        let (_, query) = self.referrer_url.split_once('?').filter(|_| self.referrer_name == engine)?;
        let value = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == parameter);
        value?.1.parse().ok()
    }

    pub(super) fn place(&self, record: &mut Record) {
        let code = if self.country.is_empty() { NO_COUNTRY } else { self.country.as_str() };
        let country = names::country(code);
        let region = names::region(code, &self.region);
        let parts = [self.city.as_str(), region.unwrap_or_default(), country];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let degrees = |degrees: Option<f64>| maybe(degrees.map(|degrees| format!("{degrees:.6}")));
        record.set("continent", names::continent(code));
        record.set("continentCode", names::continent_code(code));
        record.set("country", country);
        record.set("countryCode", code);
        record.set("countryFlag", icon("flags", code));
        record.set("region", known(region.unwrap_or_default()));
        record.set("regionCode", known(&self.region));
        record.set("city", known(&self.city));
        record.set("location", parts.join(", "));
        record.set("latitude", degrees(self.latitude));
        record.set("longitude", degrees(self.longitude));
    }

    /// The clock of the visitor, and how long ago the visit before was.
    pub(super) fn before(&self, record: &mut Record) {
        let (time, seconds) = (self.local_time, self.since_last_s.unwrap_or(0));
        record.set("visitLocalTime", format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60));
        record.set("visitLocalHour", i64::from(time / 3600));
        record.set("daysSinceLastVisit", i64::from(seconds / DAY_S));
        record.set("secondsSinceLastVisit", i64::from(seconds));
    }
}
