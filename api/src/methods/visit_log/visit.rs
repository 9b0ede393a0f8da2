mod client;
mod origin;

use nagare_schema::{ConfigId, UnixSeconds, VisitorId, ZoneClock};
use serde::Deserialize;

use super::{
    Done, action,
    custom::{self, Dimensions, Variables},
    shown::Shown,
};
use crate::{
    shape::pretty,
    value::{Record, Value},
};

const DAY_S: u32 = 86_400;
/// One row of `plan::visit_log`, its columns in order.
#[derive(Debug, Deserialize)]
pub(in crate::methods) struct VisitRow {
    pub(in crate::methods) site: u32,
    pub(in crate::methods) id: u64,
    #[serde(skip)]
    pub(super) number: u64,
    pub(in crate::methods) visitor: u64,
    config: u64,
    user: String,
    address: String,
    pub(in crate::methods) first_at: i64,
    pub(in crate::methods) last_at: i64,
    pub(super) total_time: u32,
    actions: u32,
    interactions: u32,
    searches: u32,
    events: u32,
    returning: u8,
    count: u32,
    since_first_s: Option<u32>,
    since_last_s: Option<u32>,
    since_order_s: Option<u32>,
    converted: u8,
    buyer: u8,
    local_time: u32,
    referrer_type: String,
    referrer_name: String,
    referrer_keyword: String,
    referrer_url: String,
    device_type: String,
    device_brand: String,
    device_model: String,
    os: String,
    os_version: String,
    browser: String,
    browser_version: String,
    engine: String,
    resolution: String,
    plugins: u8,
    language: String,
    country: String,
    region: String,
    city: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    dimensions: Dimensions,
    variables: Variables,
}

/// Where images are, below the root of the server.
const IMAGES: &str = "plugins/Morpheus/images";
const ICONS: &str = "plugins/Morpheus/icons/dist";

fn icon(folder: &str, name: &str) -> String {
    format!("{ICONS}/{folder}/{name}.png")
}

impl VisitRow {
    /// The visit as a client sees it; without what tells who it was unless `is_named`.
    pub(super) fn record(&self, shown: &Shown<'_>, done: &Done, is_named: bool) -> Record {
        let named = |text: String| if is_named { text } else { String::new() };
        let mut record = Record::default()
            .with("idSite", i64::from(self.site))
            .with("idVisit", self.number.cast_signed())
            .with("visitIp", named(self.address.clone()))
            .with("visitorId", named(VisitorId(self.visitor).to_string()))
            .with("fingerprint", named(ConfigId(self.config).to_string()))
            .with("actionDetails", Value::List(action::details(done, self, shown)))
            .with("goalConversions", i64::try_from(done.goals).unwrap_or(i64::MAX))
            .with("siteCurrency", shown.site.currency.as_str())
            .with("siteCurrencySymbol", shown.currency_symbol());
        self.times(&mut record, shown);
        record.set("userId", named(self.user.clone()));
        self.visitor(&mut record);
        self.referrer(&mut record);
        self.language(&mut record);
        self.device(&mut record);
        if shown.site.ecommerce {
            done.sales.fill(&mut record);
        }
        record.set("events", i64::from(self.events));
        self.place(&mut record);
        self.before(&mut record);
        self.plugins(&mut record);
        custom::dimensions(&mut record, &self.dimensions);
        record.set("customVariables", custom::variables(&self.variables, "customVariable"));
        record
    }

    fn times(&self, record: &mut Record, shown: &Shown<'_>) {
        let clock = &shown.clock;
        let (first, last) = (clock.local(UnixSeconds(self.first_at)), clock.local(UnixSeconds(self.last_at)));
        let pretty_date = "%A, %B %-d, %Y";
        let utc = ZoneClock::new("UTC").local(UnixSeconds(self.last_at));
        record.set("serverDate", last.strftime("%Y-%m-%d").to_string());
        record.set("visitServerHour", i64::from(last.hour()));
        record.set("lastActionTimestamp", self.last_at);
        record.set("lastActionDateTime", utc.strftime("%Y-%m-%d %H:%M:%S").to_string());
        record.set("siteName", shown.site.name.as_str());
        record.set("serverTimestamp", self.last_at);
        record.set("firstActionTimestamp", self.first_at);
        record.set("serverTimePretty", last.strftime("%H:%M:%S").to_string());
        record.set("serverDatePretty", last.strftime(pretty_date).to_string());
        record.set("serverDatePrettyFirstAction", first.strftime(pretty_date).to_string());
        record.set("serverTimePrettyFirstAction", first.strftime("%H:%M:%S").to_string());
    }

    fn visitor(&self, record: &mut Record) {
        let kind = match self.returning {
            0 => "new",
            1 => "returning",
            _ => "returningCustomer",
        };
        let buyer = match self.buyer {
            0 => "none",
            1 => "ordered",
            2 => "abandonedCart",
            _ => "orderedThenAbandonedCart",
        };
        let days = |seconds: Option<u32>| i64::from(seconds.unwrap_or(0) / DAY_S);
        let seconds = |seconds: Option<u32>| seconds.map_or(Value::Null, |seconds| Value::Int(seconds.into()));
        let icon = |is_shown: bool, path: String| if is_shown { Value::Text(path) } else { Value::Null };
        record.set("visitorType", kind);
        record.set("visitorTypeIcon", icon(self.returning > 0, "plugins/Live/images/returningVisitor.png".to_owned()));
        record.set("visitConverted", i64::from(self.converted));
        record.set("visitConvertedIcon", icon(self.converted > 0, format!("{IMAGES}/goal.svg")));
        record.set("visitCount", i64::from(self.count));
        record.set("visitEcommerceStatus", buyer);
        let sale = if self.buyer & 1 == 1 { "ecommerceOrder" } else { "ecommerceAbandonedCart" };
        record.set("visitEcommerceStatusIcon", icon(self.buyer > 0, format!("{IMAGES}/{sale}.svg")));
        record.set("daysSinceFirstVisit", days(self.since_first_s));
        record.set("secondsSinceFirstVisit", i64::from(self.since_first_s.unwrap_or(0)));
        record.set("daysSinceLastEcommerceOrder", days(self.since_order_s));
        record.set("secondsSinceLastEcommerceOrder", seconds(self.since_order_s));
        record.set("visitDuration", i64::from(self.total_time));
        record.set("visitDurationPretty", pretty::duration(f64::from(self.total_time)));
        record.set("searches", i64::from(self.searches));
        record.set("actions", i64::from(self.actions));
        record.set("interactions", i64::from(self.interactions));
    }
}
