use clickhouse::Row;
use nagare_schema::{Conversion, Item};
use serde::Serialize;

use super::{
    Sign,
    columns::{Named, Numbered, Slots, date, date_time, named, numbered, slots, ten_thousandths, text},
    visit::{page, prefix},
};

/// A row of `conversions`.
#[derive(Debug, Clone, PartialEq, Row, Serialize)]
pub(crate) struct ConversionRow<'a> {
    site_id: u32,
    day: u16,
    hour: u8,
    visit_id: u64,
    goal: i32,
    buster: u64,
    visitor_id: u64,
    at: u32,
    url: Option<&'a str>,
    url_prefix: u8,
    action_id: u64,
    order_id: &'a str,
    revenue_e4: i64,
    subtotal_e4: i64,
    tax_e4: i64,
    shipping_e4: i64,
    discount_e4: i64,
    items: u32,
    pageviews_before: Option<u32>,
    returning: u8,
    visit_count: u32,
    seconds_since_first: Option<u32>,
    seconds_since_order: Option<u32>,
    referrer_type: u8,
    referrer_name: &'a str,
    referrer_keyword: &'a str,
    referrer_url: &'a str,
    campaign: Named<'a>,
    device_type: Option<u8>,
    device_brand: &'a str,
    device_model: &'a str,
    browser: &'a str,
    client_type: Option<u8>,
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

impl<'a> ConversionRow<'a> {
    pub(crate) fn new(sign: Sign, conversion: &'a Conversion) -> Self {
        let (referrer, device, place) = (&*conversion.referrer, &*conversion.device, &*conversion.place);
        let custom = conversion.custom.as_deref();
        let quantities = conversion.items.iter().filter(|item| !item.deleted).map(|item| item.quantity);
        Self {
            site_id: conversion.site.0,
            day: date(conversion.day),
            hour: conversion.hour,
            visit_id: conversion.visit.0,
            goal: conversion.goal.0,
            buster: conversion.buster,
            visitor_id: conversion.visitor.0,
            at: date_time(conversion.at),
            url: page(&conversion.url),
            url_prefix: prefix(&conversion.url),
            action_id: conversion.action.map_or(0, |action| action.0),
            order_id: text(&conversion.order),
            revenue_e4: ten_thousandths(conversion.revenue),
            subtotal_e4: ten_thousandths(conversion.subtotal.unwrap_or(0.0)),
            tax_e4: ten_thousandths(conversion.tax.unwrap_or(0.0)),
            shipping_e4: ten_thousandths(conversion.shipping.unwrap_or(0.0)),
            discount_e4: ten_thousandths(conversion.discount.unwrap_or(0.0)),
            items: quantities.fold(0, u32::saturating_add),
            pageviews_before: conversion.pageviews_before,
            returning: conversion.returning as u8,
            visit_count: conversion.visit_count,
            seconds_since_first: conversion.seconds_since_first,
            seconds_since_order: conversion.seconds_since_order,
            referrer_type: referrer.kind as u8,
            referrer_name: &referrer.name,
            referrer_keyword: &referrer.keyword,
            referrer_url: &referrer.url,
            campaign: named(&referrer.campaign),
            device_type: device.kind,
            device_brand: &device.brand,
            device_model: &device.model,
            browser: &device.browser,
            client_type: device.client_kind,
            country: &place.country,
            region: &place.region,
            city: &place.city,
            latitude: place.latitude,
            longitude: place.longitude,
            dimensions: custom.map_or_else(Vec::new, |custom| numbered(&custom.dimensions)),
            variables: custom.map_or_else(Vec::new, |custom| slots(&custom.variables)),
            sign: sign as i8,
            version: conversion.revision.0,
        }
    }
}

/// A row of `conversion_items`.
#[derive(Debug, Clone, PartialEq, Row, Serialize)]
pub(crate) struct ConversionItemRow<'a> {
    site_id: u32,
    day: u16,
    visit_id: u64,
    goal: i32,
    buster: u64,
    line: u16,
    visitor_id: u64,
    at: u32,
    order_id: &'a str,
    sku: &'a str,
    name: &'a str,
    categories: Vec<&'a str>,
    price_e4: i64,
    quantity: u32,
    deleted: u8,
    sign: i8,
    version: u64,
}

impl<'a> ConversionItemRow<'a> {
    /// The row of the item at `line` of a conversion.
    pub(crate) fn new(sign: Sign, conversion: &'a Conversion, line: usize, item: &'a Item) -> Self {
        Self {
            site_id: conversion.site.0,
            day: date(conversion.day),
            visit_id: conversion.visit.0,
            goal: conversion.goal.0,
            buster: conversion.buster,
            line: u16::try_from(line).unwrap_or(u16::MAX),
            visitor_id: conversion.visitor.0,
            at: date_time(conversion.at),
            order_id: text(&conversion.order),
            sku: &item.sku,
            name: &item.name,
            categories: item.categories.iter().map(|category| &**category).collect(),
            price_e4: ten_thousandths(item.price),
            quantity: item.quantity,
            deleted: u8::from(item.deleted),
            sign: sign as i8,
            version: conversion.revision.0,
        }
    }
}
