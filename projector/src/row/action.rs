use clickhouse::Row;
use nagare_schema::Action;
use serde::Serialize;

use super::{
    columns::{Numbered, Slots, date, date_time, numbered, slots, text},
    visit::{page, prefix},
};

/// A row of `actions`.
#[derive(Debug, Clone, PartialEq, Row, Serialize)]
pub(crate) struct ActionRow<'a> {
    site_id: u32,
    day: u16,
    hour: u8,
    visit_id: u64,
    action_id: u64,
    visitor_id: u64,
    at: u32,
    kind: u8,
    url: Option<&'a str>,
    url_prefix: u8,
    name: Option<&'a str>,
    previous_url: Option<&'a str>,
    previous_name: Option<&'a str>,
    follows_search: u8,
    time_spent_before: u32,
    position: Option<u32>,
    pageview_id: &'a str,
    search_category: &'a str,
    search_count: Option<u32>,
    event_category: &'a str,
    event_action: &'a str,
    event_value: Option<f64>,
    content_name: &'a str,
    content_piece: &'a str,
    content_target: &'a str,
    content_interaction: &'a str,
    product_sku: &'a str,
    product_name: &'a str,
    product_categories: Vec<&'a str>,
    product_price: Option<f64>,
    time_network: Option<u32>,
    time_server: Option<u32>,
    time_transfer: Option<u32>,
    time_dom_processing: Option<u32>,
    time_dom_completion: Option<u32>,
    time_on_load: Option<u32>,
    bandwidth: Option<u64>,
    dimensions: Numbered<'a>,
    variables: Slots<'a>,
}

impl<'a> ActionRow<'a> {
    pub(crate) fn new(action: &'a Action) -> Self {
        let (search, event) = (action.search.as_deref(), action.event.as_deref());
        let (content, product) = (action.content.as_deref(), action.product.as_deref());
        Self {
            site_id: action.site.0,
            day: date(action.day),
            hour: action.hour,
            visit_id: action.visit.0,
            action_id: action.id.0,
            visitor_id: action.visitor.0,
            at: date_time(action.at),
            kind: action.kind as u8,
            url: page(&action.url),
            url_prefix: prefix(&action.url),
            name: action.name.as_deref(),
            previous_url: page(&action.previous_url),
            previous_name: action.previous_name.as_deref(),
            follows_search: u8::from(action.follows_search),
            time_spent_before: action.time_spent_before,
            position: action.position,
            pageview_id: text(&action.pageview_id),
            search_category: search.map_or("", |search| text(&search.category)),
            search_count: search.and_then(|search| search.count),
            event_category: event.map_or("", |event| &event.category),
            event_action: event.map_or("", |event| &event.action),
            event_value: event.and_then(|event| event.value),
            content_name: content.map_or("", |content| &content.name),
            content_piece: content.map_or("", |content| text(&content.piece)),
            content_target: content.map_or("", |content| text(&content.target)),
            content_interaction: content.map_or("", |content| text(&content.interaction)),
            product_sku: product.map_or("", |product| text(&product.sku)),
            product_name: product.map_or("", |product| text(&product.name)),
            product_categories: product
                .map_or_else(Vec::new, |product| product.categories.iter().map(|category| &**category).collect()),
            product_price: product.and_then(|product| product.price),
            time_network: action.timings.network,
            time_server: action.timings.server,
            time_transfer: action.timings.transfer,
            time_dom_processing: action.timings.dom_processing,
            time_dom_completion: action.timings.dom_completion,
            time_on_load: action.timings.on_load,
            bandwidth: action.bandwidth,
            dimensions: numbered(&action.dimensions),
            variables: slots(&action.variables),
        }
    }
}
