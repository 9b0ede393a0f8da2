//! `make bench-reports`: how long reports take over many visits, against their statements alone.

mod data;

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use data::Amount;
use jiff::{ToSpan as _, civil::Date};
use nagare_api::{Asked, BareReport};
use nagare_schema::SiteId;
use serde::Serialize;

use super::summary::{median, p95};
use crate::{ADMIN_TOKEN, ClickHouse, Matomo, Stack, until, workspace};

const SITES: usize = 10;
const DAYS: i32 = 90;
const REPORTS: [&str; 12] = [
    "VisitsSummary.get",
    "VisitTime.getVisitInformationPerServerTime",
    "Actions.get",
    "Actions.getPageUrls",
    "Actions.getEntryPageTitles",
    "Actions.getSiteSearchKeywords",
    "Referrers.getReferrerType",
    "Referrers.getWebsites",
    "UserCountry.getCity",
    "DevicesDetection.getBrowsers",
    "Events.getCategory",
    "Goals.get",
];
/// A tenth of all visits.
const SEGMENT: &str = "countryCode==de";
/// A report is asked this often before it is measured, and this often to measure it.
const WARM: usize = 2;
const ROUNDS: usize = 20;
/// Rounds of a report end after this long, when there were enough for a median.
const REPORT_WITHIN: Duration = Duration::from_secs(15);
const ROUNDS_MIN: usize = 5;
const P95_MS_MAX: f64 = 150.0;
const P95_MS_MAX_OF_SEGMENT: f64 = 1500.0;
/// Over HTTP by the statements alone, without a segment.
const RATIO_MAX: f64 = 1.5;
/// Merges after loading may take this long.
const MERGED_WITHIN: Duration = Duration::from_secs(600);

#[derive(Debug, Serialize)]
struct Figure {
    report: &'static str,
    period: &'static str,
    segment: &'static str,
    visits: u64,
    p50_ms: f64,
    p95_ms: f64,
    sql_p50_ms: f64,
    sql_p95_ms: f64,
    /// Of the two p95.
    ratio: f64,
    kept: bool,
}

/// Loads so many visits and measures all reports; true when every bound is kept.
pub(super) async fn measure(visits: u64) -> anyhow::Result<bool> {
    let stack = Stack::up().await?;
    let mut sites = Vec::new();
    for number in 0..SITES {
        sites.push(stack.matomo().add_site(&format!("Site {number}"), &[]).await?);
    }
    let goal = [("name", "read"), ("matchAttribute", "url"), ("pattern", "story"), ("patternType", "contains")];
    stack.matomo().add_goal(sites[0], &goal).await?;
    let clickhouse = stack.clickhouse()?;
    let amount = Amount { visits, last: Date::constant(2026, 3, 31), days: DAYS };
    load(&clickhouse, &sites, amount).await?;
    let bench = Bench {
        bare: clickhouse::Client::default().with_url(clickhouse.url()).with_database("nagare"),
        matomo: stack.matomo(),
        site: sites[0],
        visits,
    };
    let mut figures = Vec::new();
    let range = format!("{},{}", amount.first()?, amount.last);
    let day = amount.last.checked_sub(10.days())?.to_string();
    for report in REPORTS {
        for (period, date) in [("day", &day), ("month", &day), ("range", &range)] {
            for segment in ["", SEGMENT] {
                figures.push(bench.figure(report, (period, date), segment).await?);
            }
        }
    }
    write(&figures)?;
    Ok(figures.iter().all(|figure| figure.kept))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
async fn load(clickhouse: &ClickHouse, sites: &[u32], amount: Amount) -> anyhow::Result<()> {
    let begun = Instant::now();
    data::load(clickhouse, sites, amount).await?;
    let actions = clickhouse.number("SELECT count() FROM actions").await?;
    let seconds = begun.elapsed().as_secs_f64();
    until("merges to end", MERGED_WITHIN, || async {
        Ok((clickhouse.number("SELECT count() FROM system.merges").await? == 0).then_some(()))
    })
    .await?;
    let bytes = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'nagare'";
    let mib = clickhouse.number(bytes).await? >> 20;
    println!("{} visits, {actions} actions, {} days, {mib} MiB, loaded in {seconds:.0} s", amount.visits, amount.days);
    Ok(())
}

struct Bench {
    bare: clickhouse::Client,
    matomo: Matomo,
    site: u32,
    visits: u64,
}

impl Bench {
    /// Both by turns, so that what else the machine does meets both.
    #[expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
    async fn figure(
        &self,
        report: &'static str,
        (period, date): (&'static str, &str),
        segment: &'static str,
    ) -> anyhow::Result<Figure> {
        let asked = Asked {
            report,
            site: SiteId(self.site),
            period,
            date,
            segment: Some(segment).filter(|text| !text.is_empty()),
        };
        let bare = BareReport::new(&self.bare, asked).await?;
        let path = format!(
            "/index.php?module=API&method={report}&idSite={}&period={period}&date={date}&segment={segment}\
             &format=json&token_auth={ADMIN_TOKEN}",
            self.site
        );
        let (mut over_http, mut alone, begun) = (Vec::new(), Vec::new(), Instant::now());
        for round in 0..WARM + ROUNDS {
            if round >= WARM + ROUNDS_MIN && begun.elapsed() > REPORT_WITHIN {
                break;
            }
            let (http, sql) = (self.ask(&path).await.context(report)?, run(&bare).await.context(report)?);
            if round >= WARM {
                over_http.push(http);
                alone.push(sql);
            }
        }
        let (http, sql) = (p95(over_http.clone()), p95(alone.clone()));
        let kept = match segment {
            "" => http <= P95_MS_MAX && http <= RATIO_MAX * sql,
            _ => http <= P95_MS_MAX_OF_SEGMENT,
        };
        let (p50_ms, sql_p50_ms) = (median(over_http), median(alone));
        let verdict = if kept { "" } else { "  MISSED" };
        println!(
            "{report:<44} {period:<6} {segment:<16} p50 {p50_ms:>8.1} ms  p95 {http:>8.1} ms  sql {sql_p50_ms:>8.1} {sql:>8.1} ms  ratio {:.2}{verdict}",
            http / sql
        );
        Ok(Figure {
            report,
            period,
            segment,
            visits: self.visits,
            p50_ms,
            p95_ms: http,
            sql_p50_ms,
            sql_p95_ms: sql,
            ratio: http / sql,
            kept,
        })
    }

    async fn ask(&self, path: &str) -> anyhow::Result<f64> {
        let begun = Instant::now();
        let answer = self.matomo.get(path).await?;
        let spent = begun.elapsed().as_secs_f64() * 1000.0;
        ensure!(answer.len() > 2 && !answer.starts_with(r#"{"result":"error"#), "{answer}");
        Ok(spent)
    }
}

async fn run(bare: &BareReport) -> anyhow::Result<f64> {
    let begun = Instant::now();
    bare.run().await?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

fn write(figures: &[Figure]) -> anyhow::Result<()> {
    let folder = workspace().join("target/bench");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    fs::write(folder.join("reports.json"), serde_json::to_string_pretty(figures)? + "\n")?;
    Ok(())
}
