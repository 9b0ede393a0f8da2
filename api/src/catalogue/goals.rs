//! Goals and products (`reports.md` §11.2–11.4).

use super::{Dimension, Flatten, GoalColumns, Key, ProductField, Ranges, Report, Sites, Sort, Source};
use crate::{permission::Permission, shape::Processed};

const REVENUE: Sort = Sort { column: "revenue", descending: true };

const fn report(name: &'static str, source: Source, sort: Sort, processed: &'static [Processed]) -> Report {
    let permission = Permission::View;
    Report { name, permission, source, processed, sort, flatten: Flatten::Unsupported, sites: Sites::Any }
}

const fn summary(name: &'static str, columns: GoalColumns) -> Report {
    report(name, Source::Goals(columns), Sort::VISITS, &[])
}

const fn ranges(name: &'static str, ranges: &'static Ranges) -> Report {
    report(name, Source::ConversionRanges(ranges), Sort::VISITS, &[])
}

const fn products(name: &'static str, field: ProductField) -> Report {
    let key: &'static [&'static str] = match field {
        ProductField::Sku => &["Ecommerce_ProductSku"],
        ProductField::Name => &["Ecommerce_ProductName"],
        ProductField::Category => &["Ecommerce_ProductCategory"],
    };
    Report { flatten: Flatten::Levels(key), ..report(name, Source::Products(field), REVENUE, &[]) }
}

static DAYS: Ranges = Ranges {
    dimension: Dimension::DaysSinceFirst,
    key: Key::DaysSinceFirst,
    labels: &[
        (0, "0 days"),
        (1, "1 day"),
        (2, "2 days"),
        (3, "3 days"),
        (4, "4 days"),
        (5, "5 days"),
        (6, "6 days"),
        (7, "7 days"),
        (8, "8-14 days"),
        (15, "15-30 days"),
        (31, "31-60 days"),
        (61, "61-120 days"),
        (121, "121-364 days"),
        (365, "365+ days"),
    ],
};

static VISITS: Ranges = Ranges {
    dimension: Dimension::VisitCount,
    key: Key::VisitCount,
    labels: &[
        (1, "1 visit"),
        (2, "2 visits"),
        (3, "3 visits"),
        (4, "4 visits"),
        (5, "5 visits"),
        (6, "6 visits"),
        (7, "7 visits"),
        (8, "8 visits"),
        (9, "9-14 visits"),
        (15, "15-25 visits"),
        (26, "26-50 visits"),
        (51, "51-100 visits"),
        (101, "101+ visits"),
    ],
};

pub(super) static REPORTS: &[Report] = &[
    summary("Goals.get", GoalColumns::ByVisitor),
    summary("Goals.getMetrics", GoalColumns::Plain),
    summary("Goals.getConversions", GoalColumns::Only("nb_conversions")),
    summary("Goals.getNbVisitsConverted", GoalColumns::Only("nb_visits_converted")),
    summary("Goals.getRevenue", GoalColumns::Only("revenue")),
    summary("Goals.getConversionRate", GoalColumns::OnlyByVisitor("conversion_rate")),
    ranges("Goals.getDaysToConversion", &DAYS),
    ranges("Goals.getVisitsUntilConversion", &VISITS),
    products("Goals.getItemsSku", ProductField::Sku),
    products("Goals.getItemsName", ProductField::Name),
    products("Goals.getItemsCategory", ProductField::Category),
];
