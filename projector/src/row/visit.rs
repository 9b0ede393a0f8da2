use clickhouse::Row;
use nagare_schema::{PageUrl, UrlPrefix, Visit};
use serde::Serialize;

use super::{
    Sign,
    columns::{Named, Numbered, Slots, date, date_time, named, numbered, slots, text},
};

/// A row of `visits`.
#[derive(Debug, Clone, PartialEq, Row, Serialize)]
pub(crate) struct VisitRow<'a> {
    site_id: u32,
    day: u16,
    visit_id: u64,
    visitor_id: u64,
    config_id: u64,
    user_id: &'a str,
    address: &'a str,
    first_at: u32,
    last_at: u32,
    start_hour: u8,
    total_time: u32,
    actions: u32,
    interactions: u32,
    searches: u32,
    events: u32,
    entry_url: Option<&'a str>,
    entry_url_prefix: u8,
    entry_title: Option<&'a str>,
    exit_url: Option<&'a str>,
    exit_url_prefix: u8,
    exit_title: Option<&'a str>,
    returning: u8,
    visit_count: u32,
    seconds_since_first: Option<u32>,
    seconds_since_last: Option<u32>,
    seconds_since_order: Option<u32>,
    converted: u8,
    buyer: u8,
    profilable: u8,
    local_time: u32,
    referrer_type: u8,
    referrer_name: &'a str,
    referrer_keyword: &'a str,
    referrer_url: &'a str,
    campaign: Named<'a>,
    device_type: Option<u8>,
    device_brand: &'a str,
    device_model: &'a str,
    os: &'a str,
    os_version: &'a str,
    browser: &'a str,
    browser_version: &'a str,
    browser_engine: &'a str,
    client_type: Option<u8>,
    resolution: &'a str,
    plugins: u8,
    language: &'a str,
    country: &'a str,
    region: &'a str,
    city: &'a str,
    latitude: Option<f64>,
    longitude: Option<f64>,
    dimensions: Numbered<'a>,
    variables: Slots<'a>,
    sign: i8,
    version: u64,
}

impl<'a> VisitRow<'a> {
    pub(crate) fn new(sign: Sign, visit: &'a Visit) -> Self {
        let (referrer, device, place) = (&*visit.referrer, &*visit.device, &*visit.place);
        let custom = visit.custom.as_deref();
        Self {
            site_id: visit.site.0,
            day: date(visit.day),
            visit_id: visit.id.0,
            visitor_id: visit.visitor.0,
            config_id: visit.config_id.0,
            user_id: text(&visit.user_id),
            address: text(&visit.address),
            first_at: date_time(visit.first_at),
            last_at: date_time(visit.last_at),
            start_hour: visit.start_hour,
            total_time: visit.total_time,
            actions: visit.actions,
            interactions: visit.interactions,
            searches: visit.searches,
            events: visit.events,
            entry_url: page(&visit.entry_url),
            entry_url_prefix: prefix(&visit.entry_url),
            entry_title: visit.entry_title.as_deref(),
            exit_url: page(&visit.exit_url),
            exit_url_prefix: prefix(&visit.exit_url),
            exit_title: visit.exit_title.as_deref(),
            returning: visit.returning as u8,
            visit_count: visit.visit_count,
            seconds_since_first: visit.seconds_since_first,
            seconds_since_last: visit.seconds_since_last,
            seconds_since_order: visit.seconds_since_order,
            converted: u8::from(visit.converted),
            buyer: visit.buyer,
            profilable: u8::from(visit.profilable),
            local_time: visit.local_time.0,
            referrer_type: referrer.kind as u8,
            referrer_name: &referrer.name,
            referrer_keyword: &referrer.keyword,
            referrer_url: &referrer.url,
            campaign: named(&referrer.campaign),
            device_type: device.kind,
            device_brand: &device.brand,
            device_model: &device.model,
            os: &device.system,
            os_version: &device.system_version,
            browser: &device.browser,
            browser_version: &device.browser_version,
            browser_engine: &device.engine,
            client_type: device.client_kind,
            resolution: &device.resolution,
            plugins: device.plugins,
            language: &device.language,
            country: &place.country,
            region: &place.region,
            city: &place.city,
            latitude: place.latitude,
            longitude: place.longitude,
            dimensions: custom.map_or_else(Vec::new, |custom| numbered(&custom.dimensions)),
            variables: custom.map_or_else(Vec::new, |custom| slots(&custom.variables)),
            sign: sign as i8,
            version: visit.revision.0,
        }
    }
}

/// The dictionary name of a page.
pub(super) fn page(url: &Option<PageUrl>) -> Option<&str> {
    url.as_ref().map(|url| &*url.name)
}

/// The number of its prefix.
pub(super) fn prefix(url: &Option<PageUrl>) -> u8 {
    url.as_ref().map_or(UrlPrefix::None, |url| url.prefix) as u8
}
