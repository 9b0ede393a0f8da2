//! Statements over products: items of orders and carts, and pages that show a product.

use super::{
    Part, Plan, Scope, Statement,
    clauses::{WINDOW, bind, bucket, segment_on},
};
use crate::{catalogue::ProductField, segment::Rows};

/// Expressions over `conversion_items` and over `actions`.
struct Columns {
    of_items: &'static str,
    of_views: &'static str,
    /// Which pages show a product.
    is_view: &'static str,
}

const fn columns(field: ProductField) -> Columns {
    match field {
        ProductField::Sku => Columns { of_items: "[sku]", of_views: "[product_sku]", is_view: "product_sku != ''" },
        ProductField::Name => Columns { of_items: "[name]", of_views: "[product_name]", is_view: "product_name != ''" },
        // A product of several categories counts in each.
        ProductField::Category => Columns {
            of_items: "if(empty(categories), [''], categories)",
            of_views: "if(empty(product_categories), [''], product_categories)",
            is_view: "(product_sku != '' OR product_name != '' OR notEmpty(product_categories))",
        },
    }
}

pub(super) fn by_field(scope: &Scope, field: ProductField) -> Plan {
    let columns = columns(field);
    vec![(Part::ProductSales, sales(scope, &columns)), (Part::ProductViews, views(scope, &columns))]
}

/// By product and goal: revenue, quantity, prices, orders. Items that were removed do not count.
fn sales(scope: &Scope, columns: &Columns) -> Statement {
    let sql = format!(
        "SELECT site_id, bucket, k0, k1, sum(amount), sum(pieces), sum(prices), count() FROM (\
         SELECT site_id, {bucket} AS bucket, k0, toString(goal) AS k1, sum(price_e4 * quantity * sign) AS amount, \
         sum(toInt64(quantity) * sign) AS pieces, sum(price_e4 * sign) AS prices \
         FROM conversion_items ARRAY JOIN {field} AS k0 WHERE {WINDOW} AND deleted = 0{segment} \
         GROUP BY site_id, day, bucket, k0, k1, visit_id, buster HAVING sum(sign) > 0) GROUP BY site_id, bucket, k0, k1",
        bucket = bucket(&scope.periods),
        field = columns.of_items,
        segment = segment_on(scope, Rows::Items),
    );
    bind(scope, sql, 2)
}

/// By product: views, visits, visitors, and the average price that was shown. As in Matomo days add
/// up, the averages too, and so do the places that a category may have among those of a page.
fn views(scope: &Scope, columns: &Columns) -> Statement {
    let sql = format!(
        "SELECT site_id, bucket, k0, sum(views), sum(visits), sum(visitors), sum(price) FROM (\
         SELECT site_id, {bucket} AS bucket, k0, count() AS views, uniqExact(visit_id) AS visits, \
         uniqExact(visitor_id) AS visitors, ifNull(avg(product_price), 0) AS price \
         FROM actions ARRAY JOIN {field} AS k0, arrayEnumerate({field}) AS place \
         WHERE {WINDOW} AND kind = 1 AND {is_view}{segment} GROUP BY site_id, day, bucket, k0, place) \
         GROUP BY site_id, bucket, k0",
        bucket = bucket(&scope.periods),
        field = columns.of_views,
        is_view = columns.is_view,
        segment = segment_on(scope, Rows::Actions),
    );
    bind(scope, sql, 1)
}
