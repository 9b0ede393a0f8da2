use serde::Deserialize;

use super::{
    Done,
    custom::{self, Dimensions, Variables},
    shown::Shown,
    spent,
    visit::VisitRow,
};
use crate::{
    catalogue::referrer_names,
    shape::pretty,
    value::{Record, Value},
};

const ORDER: i32 = 0;
const CART: i32 = -1;

/// One row of `plan::visit_actions`, its columns in order.
#[derive(Debug, Deserialize)]
pub(super) struct ActionRow {
    pub(super) visit: u64,
    pub(super) id: u64,
    #[serde(skip)]
    pub(super) number: u64,
    pub(super) at: i64,
    pub(super) kind: u8,
    url: String,
    url_prefix: u8,
    name: String,
    /// The key of the text that it is about.
    pub(super) text: Option<u64>,
    #[serde(skip)]
    pub(super) text_number: Option<u64>,
    pub(super) spent_before_s: u32,
    position: Option<u32>,
    pageview: String,
    search_category: String,
    search_count: Option<u32>,
    event_category: String,
    event_action: String,
    event_value: Option<f64>,
    content_name: String,
    content_piece: String,
    content_target: String,
    content_interaction: String,
    bandwidth: Option<u64>,
    product_sku: String,
    product_name: String,
    product_categories: Vec<String>,
    product_price: Option<f64>,
    dimensions: Dimensions,
    variables: Variables,
    /// Of a page whose timings are all known (`reports.md` §12).
    load_ms: Option<u64>,
}

/// One row of `plan::visit_conversions`, its columns in order.
#[derive(Debug, Deserialize)]
pub(super) struct ConversionRow {
    pub(super) visit: u64,
    pub(super) goal: i32,
    pub(super) at: i64,
    buster: u64,
    url: String,
    url_prefix: u8,
    action: u64,
    order: String,
    revenue_e4: i64,
    subtotal_e4: i64,
    tax_e4: i64,
    shipping_e4: i64,
    discount_e4: i64,
    items: u32,
    referrer_type: String,
    referrer_name: String,
    referrer_keyword: String,
}

/// One row of `plan::visit_items`, its columns in order.
#[derive(Debug, Deserialize)]
pub(super) struct ItemRow {
    pub(super) visit: u64,
    goal: i32,
    buster: u64,
    sku: String,
    name: String,
    categories: Vec<String>,
    price_e4: i64,
    quantity: u32,
}

/// Where a thing that was done stands among the others: its time, the action that it is or that caused it,
/// and whether it is the conversion. A conversion that no action caused comes first in its second.
type Place = (i64, u64, bool);

/// What was done in a visit, by time; a conversion follows the action that caused it.
pub(super) fn details(done: &Done, visit: &VisitRow, shown: &Shown<'_>) -> Vec<Value> {
    let mut placed: Vec<(Place, Record)> = Vec::with_capacity(done.actions.len() + done.conversions.len());
    for (at, action) in done.actions.iter().enumerate() {
        placed.push(((action.at, action.id, false), action.record(spent::on(done, at, visit), shown)));
    }
    for conversion in &done.conversions {
        placed.push(((conversion.at, conversion.action, true), conversion.record(done, shown)));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, record)| record.into()).collect()
}

impl ActionRow {
    fn type_name(&self) -> &'static str {
        match self.kind {
            1 => "action",
            2 => "outlink",
            3 => "download",
            8 => "search",
            10 => "event",
            _ => "13",
        }
    }

    fn record(&self, spent_s: Option<u32>, shown: &Shown<'_>) -> Record {
        let url = shown.address(self.url_prefix, &self.url);
        let mut record = Record::default().with("type", self.type_name()).with("url", url.as_str());
        if self.kind != 10 {
            record.set("pageTitle", if matches!(self.kind, 1 | 8) { self.name.as_str() } else { "" });
        }
        record.set("pageIdAction", self.text_number.map_or(Value::Null, |id| Value::Int(id.cast_signed())));
        if !self.pageview.is_empty() {
            record.set("idpageview", self.pageview.as_str());
        }
        record.set("serverTimePretty", shown.time(self.at));
        record.set("pageId", self.number.cast_signed());
        if self.kind == 10 {
            record.set("eventCategory", self.event_category.as_str());
            record.set("eventAction", self.event_action.as_str());
        }
        if self.kind == 13 {
            record.set("contentName", self.content_name.as_str());
            record.set("contentPiece", self.content_piece.as_str());
            record.set("contentTarget", self.content_target.as_str());
            record.set("contentInteraction", self.content_interaction.as_str());
        }
        let load_ms = self.load_ms.filter(|load_ms| *load_ms > 0);
        if let Some(load_ms) = load_ms {
            record.set("pageLoadTime", pretty::duration(load_ms as f64 / 1000.0));
        }
        self.product(&mut record);
        record.set("bandwidth", self.bandwidth.map_or(Value::Null, |bytes| Value::Int(bytes.cast_signed())));
        if let Some(spent_s) = spent_s {
            record.set("timeSpent", i64::from(spent_s));
            record.set("timeSpentPretty", pretty::duration(f64::from(spent_s)));
        }
        if let Some(load_ms) = load_ms {
            record.set("pageLoadTimeMilliseconds", load_ms.cast_signed());
        }
        record.set("pageviewPosition", self.position.map_or(Value::Null, |position| Value::Int(position.into())));
        self.describe(&mut record, &url);
        if !self.product_categories.is_empty() {
            record.set("productViewCategories", texts(&self.product_categories));
        }
        record.set("bandwidth_pretty", pretty::bytes(self.bandwidth.unwrap_or(0) as f64));
        record.set("timestamp", self.at);
        custom::dimensions(&mut record, &self.dimensions);
        if !self.variables.is_empty() {
            record.set("customVariables", custom::variables(&self.variables, "customVariablePage"));
        }
        record
    }

    /// The product that the page shows.
    fn product(&self, record: &mut Record) {
        if let Some(price) = self.product_price {
            record.set("productViewPrice", Value::number(price));
        }
        if !self.product_name.is_empty() {
            record.set("productViewName", self.product_name.as_str());
        }
        if !self.product_sku.is_empty() {
            record.set("productViewSku", self.product_sku.as_str());
        }
    }

    fn describe(&self, record: &mut Record, url: &str) {
        let (icon, title, subtitle) = match self.kind {
            1 => ("action", self.name.clone(), url.to_owned()),
            2 => ("link", "Outlink".to_owned(), url.to_owned()),
            3 => ("download", "Download".to_owned(), url.to_owned()),
            8 => ("search", "Site Search".to_owned(), self.name.clone()),
            10 => {
                let subtitle = format!("Category: \"{}', Action: \"{}\"", self.event_category, self.event_action);
                ("event", "Event".to_owned(), subtitle)
            }
            _ if self.content_interaction.is_empty() => {
                ("contentimpression", "Content Impression".to_owned(), self.content_subtitle())
            }
            _ => {
                let title = format!("Content Interaction ({})", self.content_interaction);
                ("contentinteraction", title, self.content_subtitle())
            }
        };
        let image = |kind: &str| format!("plugins/Morpheus/images/{icon}.{kind}");
        // A page is called by its title before its icon, and so is an event that is nothing but its category and
        // action; all else after it.
        if self.kind == 1 || (self.kind == 10 && url.is_empty() && self.name.is_empty()) {
            record.set("title", title.as_str());
            record.set("subtitle", subtitle.as_str());
        }
        record.set("icon", if self.kind == 1 { String::new() } else { image("png") });
        record.set("iconSVG", image("svg"));
        record.set("title", title);
        record.set("subtitle", subtitle);
        if self.kind == 10 && !self.name.is_empty() {
            record.set("eventName", self.name.as_str());
        }
        if let Some(value) = self.event_value {
            record.set("eventValue", Value::number(value));
        }
        if self.kind == 8 {
            record.set("siteSearchKeyword", self.name.as_str());
            record.set("siteSearchCategory", self.search_category.as_str());
            record.set("siteSearchCount", self.search_count.map_or(Value::Null, |count| Value::Int(count.into())));
        }
    }

    fn content_subtitle(&self) -> String {
        let parts = [self.content_name.as_str(), self.content_piece.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" - ")
    }
}

fn texts(texts: &[String]) -> Value {
    Value::List(texts.iter().cloned().map(Value::from).collect())
}

pub(super) fn money(amount_e4: i64) -> f64 {
    amount_e4 as f64 / 10_000.0
}

impl ConversionRow {
    fn record(&self, done: &Done, shown: &Shown<'_>) -> Record {
        let mut record = match self.goal {
            ORDER | CART => self.sale(done, shown),
            _ => self.goal(done, shown),
        };
        record.set("serverTimePretty", shown.time(self.at));
        record.set("timestamp", self.at);
        record
    }

    fn referrer(&self, record: &mut Record) {
        record.set("referrerType", referrer_names(&self.referrer_type).1);
        record.set("referrerName", self.referrer_name.as_str());
        record.set("referrerKeyword", self.referrer_keyword.as_str());
    }

    fn goal(&self, done: &Done, shown: &Shown<'_>) -> Record {
        let name = done.goal_names.get(&self.goal).cloned().unwrap_or_default();
        let revenue = money(self.revenue_e4);
        let action = done.actions.iter().find(|action| action.id == self.action);
        let mut record = Record::default()
            .with("type", "goal")
            .with("goalName", name.as_str())
            .with("goalId", i64::from(self.goal))
            .with("revenue", Value::number(revenue))
            .with("goalPageId", action.map_or(Value::Null, |action| Value::Int(action.number.cast_signed())))
            .with("url", shown.address(self.url_prefix, &self.url));
        self.referrer(&mut record);
        icons(&mut record, "goal");
        let amount = shown.money(revenue);
        record.set("title", "Goal conversion");
        record.set("subtitle", if revenue == 0.0 { name } else { format!("{name} ({amount} revenue)") });
        record
    }

    fn sale(&self, done: &Done, shown: &Shown<'_>) -> Record {
        let is_order = self.goal == ORDER;
        let amount = |amount_e4: i64| Value::number(money(amount_e4));
        let mut record = Record::default();
        record.set("type", if is_order { "ecommerceOrder" } else { "ecommerceAbandonedCart" });
        if is_order {
            record.set("orderId", self.order.as_str());
        }
        record.set("revenue", amount(self.revenue_e4));
        if is_order {
            record.set("revenueSubTotal", amount(self.subtotal_e4));
            record.set("revenueTax", amount(self.tax_e4));
            record.set("revenueShipping", amount(self.shipping_e4));
            record.set("revenueDiscount", amount(self.discount_e4));
        }
        record.set("items", i64::from(self.items));
        self.referrer(&mut record);
        let items: Vec<&ItemRow> = done.items.iter().filter(|item| item.belongs_to(self)).collect();
        record.set("itemDetails", Value::List(items.iter().map(|item| item.record().into()).collect()));
        icons(&mut record, if is_order { "ecommerceOrder" } else { "ecommerceAbandonedCart" });
        record.set("title", if is_order { format!("Ordered ({})", self.order) } else { "Abandoned Cart".to_owned() });
        let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let revenue = shown.money(money(self.revenue_e4));
        record.set("subtitle", format!("{revenue} revenue - {} items: {})", self.items, names.join(", ")));
        record
    }
}

fn icons(record: &mut Record, name: &str) {
    record.set("icon", format!("plugins/Morpheus/images/{name}.png"));
    record.set("iconSVG", format!("plugins/Morpheus/images/{name}.svg"));
}

impl ItemRow {
    fn belongs_to(&self, conversion: &ConversionRow) -> bool {
        (self.goal, self.buster) == (conversion.goal, conversion.buster)
    }

    fn record(&self) -> Record {
        Record::default()
            .with("itemSKU", self.sku.as_str())
            .with("itemName", self.name.as_str())
            .with("itemCategory", self.categories.first().cloned().unwrap_or_default())
            .with("price", Value::number(money(self.price_e4)))
            .with("quantity", i64::from(self.quantity))
            .with("categories", texts(&self.categories))
    }
}
