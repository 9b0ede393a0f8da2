//! What a visitor of a shop ordered and left in carts, ever.

use serde::Deserialize;

use super::action::money;
use crate::value::{Record, Value};

/// One row of `plan::visitor_sales`, its columns in order.
#[derive(Debug, Deserialize)]
pub(super) struct SalesRow {
    pub(super) site: u32,
    pub(super) visitor: u64,
    goal: i32,
    count: i64,
    revenue_e4: i64,
    items: i64,
}

/// Count, revenue and items.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: i64,
    revenue_e4: i64,
    items: i64,
}

/// The orders and carts of a visitor.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct VisitorSales {
    orders: Sums,
    carts: Sums,
}

impl VisitorSales {
    pub(super) fn add(&mut self, row: &SalesRow) {
        let sums = if row.goal < 0 { &mut self.carts } else { &mut self.orders };
        *sums = Sums { count: row.count, revenue_e4: row.revenue_e4, items: row.items };
    }

    pub(super) fn fill(&self, record: &mut Record) {
        record.set("totalEcommerceRevenue", Value::number(money(self.orders.revenue_e4)));
        record.set("totalEcommerceConversions", self.orders.count);
        record.set("totalEcommerceItems", self.orders.items);
        record.set("totalAbandonedCartsRevenue", Value::number(money(self.carts.revenue_e4)));
        record.set("totalAbandonedCarts", self.carts.count);
        record.set("totalAbandonedCartsItems", self.carts.items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_carts_are_told_apart() {
        let mut sales = VisitorSales::default();
        for (goal, count) in [(0, 2), (-1, 1)] {
            sales.add(&SalesRow { site: 1, visitor: 1, goal, count, revenue_e4: count * 15_000, items: 3 });
        }
        let mut record = Record::default();
        sales.fill(&mut record);
        let numbers: Vec<Option<f64>> = record.iter().map(|(_, value)| value.as_number()).collect();
        assert_eq!(numbers, [3.0, 2.0, 3.0, 1.5, 1.0, 3.0].map(Some));
    }
}
