//! The visits of `make bench-reports`, made by the engine itself out of numbers.

use anyhow::ensure;
use jiff::{ToSpan as _, civil::Date};

use crate::ClickHouse;

const STATEMENTS: &str = include_str!("data.sql");
/// What the statements call; they end with the benchmark's server.
const FUNCTIONS: [&str; 6] = [
    "visitor_of AS visit -> 1 + cityHash64(visit, 1) % {visitors}",
    // Eight of ten visits are of the first site.
    "site_of AS (visit, sites) -> toUInt32(if(cityHash64(visit, 9) % 10 < 8, sites[1], \
     sites[2 + cityHash64(visit, 10) % (length(sites) - 1)]))",
    "count_of AS visit -> toUInt32(1 + cityHash64(visit, 11) % 7)",
    "first_of AS (visit, day) -> toDateTime(day, 'UTC') + toUInt32(cityHash64(visit, 12) % 86000)",
    // Few of 2,000 pages have most of the views.
    "page_of AS (visit, place) -> concat('daily.example/section-', \
     toString(toUInt32(2000 * pow(cityHash64(visit, place, 13) % 1000000 / 1000000, 3)) % 40), '/story-', \
     toString(toUInt32(2000 * pow(cityHash64(visit, place, 13) % 1000000 / 1000000, 3))))",
    "title_of AS page -> concat('About ', page)",
];
/// Visits of one visitor, on average.
const VISITS_EACH: u64 = 4;

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    pub(super) visits: u64,
    pub(super) last: Date,
    pub(super) days: i32,
}

impl Amount {
    pub(super) fn first(&self) -> anyhow::Result<Date> {
        Ok(self.last.checked_sub((self.days - 1).days())?)
    }
}

/// Fills the base tables, and by their views the rollups, a day at a time.
pub(super) async fn load(clickhouse: &ClickHouse, sites: &[u32], amount: Amount) -> anyhow::Result<()> {
    for function in FUNCTIONS {
        let function = function.replace("{visitors}", &(amount.visits / VISITS_EACH).max(1).to_string());
        clickhouse.text(&format!("CREATE OR REPLACE FUNCTION {function}")).await?;
    }
    let (mut day, days) = (amount.first()?, u64::try_from(amount.days)?);
    let count = amount.visits / days;
    for number in 0..days {
        let values = [
            ("{site}", format!("{sites:?}")),
            ("{day}", day.to_string()),
            ("{first}", (1 + number * count).to_string()),
            ("{count}", count.to_string()),
        ];
        for statement in STATEMENTS.split(';').filter(|text| text.contains("INSERT")) {
            let filled = |text: String, (name, value): &(&str, String)| text.replace(name, value);
            clickhouse.text(&values.iter().fold(statement.to_owned(), filled)).await?;
        }
        day = day.tomorrow()?;
    }
    let found = clickhouse.number("SELECT count() FROM visits").await?;
    ensure!(u64::try_from(found)? == count * days, "{found} visits are in the table");
    Ok(())
}
