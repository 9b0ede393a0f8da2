//! Names about orders, carts and products.

use crate::segment::field::{Category, Column, Field, Reading, Rows, Source, Suggestion};

const fn sale(name: &'static str, title: &'static str, source: Source) -> Field {
    Field::new(name, title, source).within(Category::Ecommerce)
}

const fn item(name: &'static str, title: &'static str, column: Column) -> Field {
    sale(name, title, Source::Column(Rows::Items, column.of("deleted = 0"))).suggesting(Suggestion::Nothing)
}

const fn viewed(name: &'static str, title: &'static str, column: Column) -> Field {
    sale(name, title, Source::Column(Rows::Actions, column.of("kind = 1")))
}

const fn revenue(name: &'static str, title: &'static str, guard: &'static str) -> Field {
    sale(name, title, Source::AnyRow(Rows::Conversions, Column::number("revenue_e4 / 10000").of(guard)))
        .metric()
        .reading(Reading::Amount)
        .suggesting(Suggestion::Nothing)
}

pub(super) const FIELDS: &[Field] = &[
    sale("orderId", "Order ID", Source::Column(Rows::Conversions, Column::text("order_id"))).metric(),
    revenue("revenueOrder", "Order Revenue", "goal = 0"),
    revenue("revenueAbandonedCart", "Abandoned Cart Revenue", "goal = -1"),
    item("productSku", "Product SKU", Column::exact("sku")),
    item("productName", "Product Name", Column::exact("name")),
    sale(
        "productCategory",
        "Product Category",
        Source::Slots(Rows::Items, Column::exact("categories[#]").of("deleted = 0")),
    )
    .suggesting(Suggestion::Nothing),
    item("productPrice", "Product Price", Column::number("price_e4 / 10000")).metric(),
    viewed("productViewSku", "Viewed Product SKU", Column::exact("product_sku")),
    viewed("productViewName", "Viewed Product Name", Column::exact("product_name")),
    viewed("productViewPrice", "Viewed Product Price", Column::number("product_price")).metric(),
    sale(
        "productViewCategory",
        "Viewed Product Category",
        Source::Slots(Rows::Actions, Column::exact("product_categories[#]").of("kind = 1")),
    ),
];
