//! A report in one sentence, for phones.

use nagare_schema::ScheduledReport;

use super::about;
use crate::{
    error::Fault,
    methods::{Call, nested, report::today},
    period::{self, PeriodKind},
    shape::pretty,
    table::Answer,
    value::{Record, Value},
};

/// Report about one site, and about all.
const ONE: &str = "MultiSites_getOne";

/// What is told of a site: column, its evolution, the text, and whether it is money. Those after the
/// first two are told when there is something to tell.
const METRICS: [(&str, &str, &str); 6] = [
    ("nb_visits", "visits_evolution", "{} Visits"),
    ("nb_actions", "actions_evolution", "{} Actions"),
    ("revenue", "revenue_evolution", "Revenue: {}"),
    ("nb_conversions", "nb_conversions_evolution", "{} Goal conversions"),
    ("ecommerce_revenue", "ecommerce_revenue_evolution", "Product Revenue: {}"),
    ("orders", "orders_evolution", "{} Ecommerce Orders"),
];
/// Metrics that are told even when they are 0.
const ALWAYS: usize = 2;

/// The text of a report.
pub(super) async fn text(call: &Call<'_>, report: &ScheduledReport, period: &str, date: &str) -> Result<String, Fault> {
    let periods = period::parse(period, date, today(call, &[report.site]))?;
    let first = periods.list.first().ok_or_else(|| Fault::missing("date"))?;
    let told = match first.kind {
        PeriodKind::Week => first.pretty().replacen("Week", "week", 1),
        _ => first.pretty(),
    };
    let params = about(report, period, date).with("enhanced", "1");
    let is_one = report.reports.iter().any(|id| id == ONE);
    let method = if is_one { "MultiSites.getOne" } else { "MultiSites.getAll" };
    let symbol = |site: u32| {
        let site = call.caller.config.sites.get(&nagare_schema::SiteId(site));
        pretty::currency_symbol(site.map_or("USD", |site| site.currency.as_str()))
    };
    let sentences = match nested::ask(call, method, &params).await? {
        Answer::Simple(Some(record)) => vec![sentence(&record, symbol(report.site.0))],
        Answer::Table(table) => table
            .rows
            .iter()
            .map(|row| {
                let site =
                    row.metadata.get("idsite").and_then(Value::as_text).and_then(|site| site.parse().ok()).unwrap_or(0);
                format!("{}: {}", row.label(), sentence(&row.columns, symbol(site)))
            })
            .collect(),
        _ => Vec::new(),
    };
    let sentences: Vec<String> = [told].into_iter().chain(sentences).collect();
    Ok(sentences.join(". "))
}

/// `11 Visits (+100%), 43 Actions (+100%)`
fn sentence(record: &Record, symbol: &str) -> String {
    let told = METRICS.iter().enumerate().filter_map(|(at, (column, evolution, text))| {
        let number = record.number(column).unwrap_or_default();
        if at >= ALWAYS && number == 0.0 {
            return None;
        }
        let shown = if column.ends_with("revenue") { pretty::money(number, symbol) } else { number.to_string() };
        let change = record.number(evolution).unwrap_or_default();
        let sign = if change < 0.0 { "" } else { "+" };
        Some(format!("{} ({sign}{})", text.replace("{}", &shown), pretty::percent(change)))
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    /// `reports.md` §19
    #[test]
    fn only_the_first_two_metrics_are_told_when_they_are_zero() {
        let record = Record::default()
            .with("nb_visits", 11)
            .with("nb_actions", 0)
            .with("visits_evolution", 1)
            .with("actions_evolution", Value::Float(-0.05))
            .with("revenue", 0)
            .with("orders", 2)
            .with("orders_evolution", 0);
        assert_eq!(sentence(&record, "$"), "11 Visits (+100%), 0 Actions (-5%), 2 Ecommerce Orders (+0%)");
    }
}
