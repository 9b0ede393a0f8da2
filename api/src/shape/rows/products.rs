//! Products (`reports.md` §11.4).

use std::collections::BTreeMap;

use super::{View, goals::CART, goals::ORDER, quotient, round};
use crate::{
    catalogue::ProductField,
    plan::Part,
    query::{Fact, Facts},
    shape::encode::url_encode,
    table::{Row, Table},
    value::{Record, Value},
};

/// What is known of one product.
#[derive(Default)]
struct Product<'a> {
    sales: Option<&'a Fact>,
    views: Option<&'a Fact>,
}

pub(super) fn table(facts: &Facts, field: ProductField, view: &View<'_>) -> Table {
    let goal = if view.goals.carts { CART } else { ORDER }.to_string();
    let mut products: BTreeMap<&str, Product<'_>> = BTreeMap::new();
    for fact in facts.get(&Part::ProductSales).into_iter().flatten() {
        if let [key, own] = fact.keys.as_slice()
            && *own == goal
        {
            products.entry(key).or_default().sales = Some(fact);
        }
    }
    for fact in facts.get(&Part::ProductViews).into_iter().flatten() {
        if let Some(key) = fact.keys.first() {
            products.entry(key).or_default().views = Some(fact);
        }
    }
    // What was sold comes first.
    let (sold, viewed): (Vec<_>, Vec<_>) = products.iter().partition(|(_, product)| product.sales.is_some());
    let rows = sold.into_iter().chain(viewed).map(|(key, product)| {
        let label = if key.is_empty() { undefined(field) } else { key };
        let mut columns = Record::default().with("label", label);
        product.fill(&mut columns, view);
        let segment = format!("{}=={}", segment_name(field), url_encode(label));
        Row { columns, metadata: Record::default().with("segment", segment), ..Row::default() }
    });
    Table { rows: rows.collect(), ..Table::default() }
}

fn undefined(field: ProductField) -> &'static str {
    match field {
        ProductField::Sku => "Product SKU not defined",
        ProductField::Name => "Product Name not defined",
        ProductField::Category => "Product Category not defined",
    }
}

fn segment_name(field: ProductField) -> &'static str {
    match field {
        ProductField::Sku => "productSku",
        ProductField::Name => "productName",
        ProductField::Category => "productCategory",
    }
}

impl Product<'_> {
    fn fill(&self, columns: &mut Record, view: &View<'_>) {
        let number = |fact: Option<&Fact>, at: usize| fact.map_or(0.0, |fact| fact.number(at));
        let money = |at: usize| number(self.sales, at) / 10_000.0;
        let (revenue, quantity, prices) = (money(0), number(self.sales, 1), money(2));
        let orders = number(self.sales, 3);
        if self.sales.is_some() {
            columns.set("revenue", Value::number(round(revenue, 2)));
            columns.set("quantity", Value::number(quantity));
            if view.shows_raw {
                columns.set("price", Value::number(round(prices, 2)));
            }
            if !view.goals.carts {
                columns.set("orders", Value::number(orders));
            }
        }
        let [views, visits, visitors] = [0, 1, 2].map(|at| number(self.views, at));
        if self.views.is_some() {
            columns.set("nb_visits", Value::number(visits));
            if view.is_day {
                columns.set("nb_uniq_visitors", Value::number(visitors));
            }
            columns.set("nb_actions", Value::number(views));
            if !view.is_day {
                columns.set("sum_daily_nb_uniq_visitors", Value::number(visitors));
            }
        }
        if self.sales.is_some() && view.goals.carts {
            columns.set("abandoned_carts", Value::number(orders));
        }
        let price = match self.sales {
            Some(_) => quotient(prices, orders, 2),
            None => round(number(self.views, 3), 2),
        };
        columns.set("avg_price", Value::number(price));
        columns.set("avg_quantity", Value::number(quotient(quantity, orders, 1)));
        columns.set("conversion_rate", Value::number(quotient(orders, visits, 4)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::rows::GoalView;

    fn fact(keys: &[&str], numbers: &[f64]) -> Fact {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Fact { site: 1, bucket: String::new(), keys, numbers: numbers.iter().map(|number| Some(*number)).collect() }
    }

    fn check(carts: bool, expected: [&[&str]; 2]) {
        let sales = vec![fact(&["b", "0"], &[30_000.0, 3.0, 15_000.0, 2.0]), fact(&["b", "-1"], &[1.0; 4])];
        let views = vec![fact(&["a"], &[4.0, 2.0, 1.0, 2.5])];
        let facts = Facts::from([(Part::ProductSales, sales), (Part::ProductViews, views)]);
        let view = View { is_day: true, goals: GoalView { carts, ..GoalView::default() }, ..View::default() };
        let table = table(&facts, ProductField::Sku, &view);
        let rows: Vec<Vec<String>> = table
            .rows
            .iter()
            .map(|row| row.columns.iter().map(|(name, value)| format!("{name} {}", value.as_text().unwrap())).collect())
            .collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn products_are_sold_left_or_only_viewed() {
        let viewed: &[&str] = &[
            "label a",
            "nb_visits 2",
            "nb_uniq_visitors 1",
            "nb_actions 4",
            "avg_price 2.5",
            "avg_quantity 0",
            "conversion_rate 0",
        ];
        let sold = ["label b", "revenue 3", "quantity 3", "orders 2", "avg_price 0.75", "avg_quantity 1.5"];
        check(false, [&[&sold[..], &["conversion_rate 0"]].concat(), viewed]);
        let left = ["label b", "revenue 0", "quantity 1", "abandoned_carts 1", "avg_price 0", "avg_quantity 1"];
        check(true, [&[&left[..], &["conversion_rate 0"]].concat(), viewed]);
    }
}
