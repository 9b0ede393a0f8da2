use nagare_schema::{ConfigId, Site, UnixSeconds, VisitorId, ZoneClock};
use serde::Deserialize;

use super::{
    Done, action,
    custom::{self, Dimensions, Variables},
};
use crate::{
    catalogue::referrer_names,
    shape::pretty,
    value::{Record, Value},
};

const DAY_S: u32 = 86_400;
/// Plugins with their bit, as they are listed.
const PLUGINS: [(&str, u8); 8] = [
    ("cookie", 7),
    ("flash", 0),
    ("java", 1),
    ("pdf", 2),
    ("quicktime", 3),
    ("realplayer", 4),
    ("silverlight", 5),
    ("windowsmedia", 6),
];
/// Device types by number.
const DEVICES: [&str; 14] = [
    "Desktop",
    "Smartphone",
    "Tablet",
    "Feature phone",
    "Console",
    "Tv",
    "Car browser",
    "Smart display",
    "Camera",
    "Portable media player",
    "Phablet",
    "Smart speaker",
    "Wearable",
    "Peripheral",
];

/// One row of `plan::visit_log`, its columns in order.
#[derive(Debug, Deserialize)]
pub(super) struct VisitRow {
    pub(super) site: u32,
    pub(super) id: u64,
    pub(super) visitor: u64,
    config: u64,
    user: String,
    address: String,
    first_at: i64,
    last_at: i64,
    total_time: u32,
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
const UNKNOWN: &str = "Unknown";

fn or_unknown(text: &str) -> &str {
    if text.is_empty() { UNKNOWN } else { text }
}

impl VisitRow {
    /// The visit as a client sees it; without what tells who it was unless `is_named`.
    pub(super) fn record(&self, site: &Site, done: &Done, is_named: bool) -> Record {
        let clock = ZoneClock::new(&site.timezone);
        let named = |text: String| if is_named { text } else { String::new() };
        let goals = done.conversions.iter().filter(|conversion| conversion.goal > 0).count();
        let mut record = Record::default()
            .with("idSite", i64::from(self.site))
            .with("idVisit", self.id.cast_signed())
            .with("visitIp", named(self.address.clone()))
            .with("visitorId", named(VisitorId(self.visitor).to_string()))
            .with("fingerprint", named(ConfigId(self.config).to_string()))
            .with("actionDetails", Value::List(action::details(done, site, &clock)))
            .with("goalConversions", i64::try_from(goals).unwrap_or(i64::MAX))
            .with("siteCurrency", site.currency.as_str())
            .with("siteCurrencySymbol", pretty::currency_symbol(&site.currency));
        self.times(&mut record, site, &clock);
        record.set("userId", named(self.user.clone()));
        self.visitor(&mut record);
        self.referrer(&mut record);
        self.device(&mut record);
        if site.ecommerce {
            done.sales.fill(&mut record);
        }
        record.set("events", i64::from(self.events));
        self.place(&mut record);
        custom::dimensions(&mut record, &self.dimensions);
        record.set("customVariables", custom::variables(&self.variables, "customVariable"));
        record
    }

    fn times(&self, record: &mut Record, site: &Site, clock: &ZoneClock) {
        let (first, last) = (clock.local(UnixSeconds(self.first_at)), clock.local(UnixSeconds(self.last_at)));
        let pretty_date = "%A, %B %-d, %Y";
        let utc = ZoneClock::new("UTC").local(UnixSeconds(self.last_at));
        record.set("serverDate", last.strftime("%Y-%m-%d").to_string());
        record.set("visitServerHour", i64::from(last.hour()));
        record.set("lastActionTimestamp", self.last_at);
        record.set("lastActionDateTime", utc.strftime("%Y-%m-%d %H:%M:%S").to_string());
        record.set("siteName", site.name.as_str());
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
        let sale = if self.buyer == 1 { "ecommerceOrder" } else { "ecommerceAbandonedCart" };
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

    fn referrer(&self, record: &mut Record) {
        let (label, name) = referrer_names(&self.referrer_type);
        record.set("referrerType", name);
        record.set("referrerTypeName", label);
        record.set("referrerName", self.referrer_name.as_str());
        record.set("referrerKeyword", self.referrer_keyword.as_str());
        record.set("referrerKeywordPosition", Value::Null);
        record.set("referrerUrl", self.referrer_url.as_str());
        record.set("referrerSearchEngineUrl", Value::Null);
        record.set("referrerSearchEngineIcon", Value::Null);
        record.set("referrerSocialNetworkUrl", Value::Null);
        record.set("referrerSocialNetworkIcon", Value::Null);
    }

    fn device(&self, record: &mut Record) {
        let kind = self.device_type.parse::<usize>().ok().and_then(|kind| DEVICES.get(kind)).copied();
        let kind = kind.unwrap_or(UNKNOWN);
        let model = match (self.device_model.as_str(), kind) {
            ("", UNKNOWN) => UNKNOWN.to_owned(),
            ("", kind) => format!("Generic {kind}"),
            (model, _) => model.to_owned(),
        };
        let versioned = |name: &str, version: &str| format!("{name} {version}").trim_end().to_owned();
        let icon = |kind: &str, name: &str| format!("{ICONS}/{kind}/{name}.png");
        record.set("languageCode", self.language.as_str());
        record.set("language", or_unknown(&self.language));
        record.set("deviceType", kind);
        record.set("deviceTypeIcon", icon("devices", &kind.to_lowercase().replace(' ', "_")));
        record.set("deviceBrand", or_unknown(&self.device_brand));
        record.set("deviceModel", model);
        record.set("operatingSystem", versioned(or_unknown(&self.os), &self.os_version));
        record.set("operatingSystemName", or_unknown(&self.os));
        record.set("operatingSystemIcon", icon("os", &self.os));
        record.set("operatingSystemCode", self.os.as_str());
        record.set("operatingSystemVersion", self.os_version.as_str());
        record.set("browserFamily", self.engine.as_str());
        record.set("browserFamilyDescription", or_unknown(&self.engine));
        record.set("browser", versioned(or_unknown(&self.browser), &self.browser_version));
        record.set("browserName", or_unknown(&self.browser));
        record.set("browserIcon", icon("browsers", &self.browser));
        record.set("browserCode", self.browser.as_str());
        record.set("browserVersion", self.browser_version.as_str());
    }

    fn place(&self, record: &mut Record) {
        let seconds = self.since_last_s;
        let plugins = PLUGINS.iter().filter(|(_, bit)| self.plugins >> bit & 1 == 1);
        let plugins: Vec<&str> = plugins.map(|(name, _)| *name).collect();
        let degrees =
            |degrees: Option<f64>| degrees.map_or(Value::Null, |degrees| Value::Text(format!("{degrees:.6}")));
        let time = self.local_time;
        let country = or_unknown(&self.country);
        let location: Vec<&str> = [self.city.as_str(), country].into_iter().filter(|part| !part.is_empty()).collect();
        let known = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        record.set("continent", UNKNOWN);
        record.set("continentCode", "unk");
        record.set("country", country);
        record.set("countryCode", self.country.as_str());
        record.set("countryFlag", format!("{ICONS}/flags/{}.png", self.country));
        record.set("region", known(&self.region));
        record.set("regionCode", known(&self.region));
        record.set("city", known(&self.city));
        record.set("location", location.join(", "));
        record.set("latitude", degrees(self.latitude));
        record.set("longitude", degrees(self.longitude));
        record.set("visitLocalTime", format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60));
        record.set("visitLocalHour", i64::from(time / 3600));
        record.set("daysSinceLastVisit", i64::from(seconds.unwrap_or(0) / DAY_S));
        record.set("secondsSinceLastVisit", i64::from(seconds.unwrap_or(0)));
        record.set("resolution", self.resolution.as_str());
        record.set("plugins", plugins.join(", "));
        let icons = plugins.iter().map(|name| {
            let icon = Record::default().with("pluginIcon", format!("{ICONS}/plugins/{name}.png"));
            Value::Record(icon.with("pluginName", *name))
        });
        record.set("pluginsIcons", Value::List(icons.collect()));
    }
}
