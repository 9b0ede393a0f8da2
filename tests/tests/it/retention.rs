//! How long visits and reports are kept (product.md V6).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Matomo, Rest, Stack, unix_now, until};
use serde_json::{Value, json};

use crate::{consistency::send_traffic, world::alone};

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("retention::old_visits_go_and_their_reports_stay", removal)]
}

const DAY_S: i64 = 24 * 3600;
/// How old the old traffic is.
const AGE_DAYS: i64 = 70;
/// A removal is told half a minute before it begins, and pauses between its steps.
const REMOVED_WITHIN: Duration = Duration::from_secs(150);
/// Tables that hold facts of visits, by day.
const TABLES: [&str; 5] = ["visits", "actions", "page_timings", "conversions", "conversion_items"];
/// Reports that the days add up to.
const REPORTS: [&str; 15] = [
    "VisitsSummary.get",
    "VisitFrequency.get",
    "Actions.get",
    "Actions.getPageUrls",
    "Actions.getPageTitles",
    "Actions.getEntryPageUrls",
    "PagePerformance.get",
    "Events.getCategory",
    "Contents.getContentNames",
    "Referrers.getWebsites",
    "Referrers.getKeywords",
    "UserCountry.getCountry",
    "UserId.getUsers",
    "DevicesDetection.getBrowsers",
    "Goals.get",
];

struct Old {
    stack: Stack,
    site: u32,
    /// The days of the old traffic.
    days: String,
}

impl Old {
    async fn report(&self, method: &str) -> anyhow::Result<Value> {
        let site = self.site.to_string();
        let of = [("idSite", site.as_str()), ("period", "range"), ("date", self.days.as_str()), ("filter_limit", "-1")];
        self.stack.matomo().call(method, &of).await
    }

    async fn reports(&self) -> anyhow::Result<Vec<Value>> {
        let mut answers = Vec::new();
        for method in REPORTS {
            answers.push(self.report(method).await?);
        }
        Ok(answers)
    }

    async fn unchanged(&self, before: &[Value], when: &str) -> anyhow::Result<()> {
        for ((method, before), after) in REPORTS.iter().zip(before).zip(self.reports().await?) {
            ensure!(is_kept("", before, &after), "{method} differs {when}:\n{before}\n{after}");
        }
        Ok(())
    }

    /// Rows of old days, by table.
    async fn rows(&self, table: &str, date: &str) -> anyhow::Result<i64> {
        let from = day(unix_now() - 40 * DAY_S);
        let sql = format!("SELECT count() FROM {table} WHERE site_id = {} AND {date} < '{from}'", self.site);
        self.stack.clickhouse()?.number(&sql).await
    }

    async fn without_visits(&self, when: &str) -> anyhow::Result<()> {
        for table in TABLES {
            let rows = self.rows(table, "day").await?;
            ensure!(rows == 0, "{rows} old rows of {table} {when}");
        }
        let hits = self.rows("hits", "toDate(at)").await?;
        ensure!(hits == 0, "{hits} old hits {when}");
        let visits = self.report("Live.getLastVisitsDetails").await?;
        ensure!(visits == json!([]), "visits are listed {when}: {visits}");
        Ok(())
    }

    /// Sets the ages and removes what is older: the records of it.
    async fn remove(&self, ages: &Value) -> anyhow::Result<Vec<Value>> {
        let rest = Rest::new(self.stack.url());
        let known = records(&rest).await?.len();
        let set = rest.send("PUT", "/api/v1/retention", ADMIN_TOKEN, ages).await?;
        ensure!(set.status == 200 && set.body == *ages, "{set:?}");
        let asked = rest.send("POST", "/api/v1/retention/removals", ADMIN_TOKEN, &Value::Null).await?;
        ensure!(asked.status == 202, "{asked:?}");
        until("what is old to be removed", REMOVED_WITHIN, || async {
            let found = records(&rest).await?;
            let new = &found[..found.len() - known];
            let kinds = [&ages["visit_days"], &ages["report_months"]].into_iter().filter(|age| !age.is_null()).count();
            let ended = new.iter().filter(|record| record["rows"].is_object()).count();
            Ok((ended == kinds).then(|| new.to_vec()))
        })
        .await
    }
}

/// True when numbers are the same; how many visitors there were may be a few off, as told by sketches.
fn is_kept(column: &str, before: &Value, after: &Value) -> bool {
    const OFF_MAX: f64 = 0.05;
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| is_kept("", before, after))
        }
        (Value::Object(before), Value::Object(after)) => {
            let kept = |(column, before): (&String, &Value)| {
                // How pages led to goals is told by the visits, and goes with them.
                column == "goals" || after.get(column).is_some_and(|after| is_kept(column, before, after))
            };
            before.iter().all(kept)
        }
        (before, after) if column.contains("uniq") || column.contains("users") => {
            let (before, after) = (before.as_f64().unwrap_or(-1.0), after.as_f64().unwrap_or(-1.0));
            (before - after).abs() <= (before * OFF_MAX).max(2.0)
        }
        (before, after) => before == after,
    }
}

async fn records(rest: &Rest) -> anyhow::Result<Vec<Value>> {
    let listed = rest.send("GET", "/api/v1/retention/removals", ADMIN_TOKEN, &Value::Null).await?;
    listed.body.as_array().cloned().with_context(|| format!("no records: {listed:?}"))
}

fn day(at: i64) -> String {
    let at = jiff::Timestamp::from_second(at).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

/// A site with traffic of now, and of long ago.
async fn site_with_traffic() -> anyhow::Result<Old> {
    let stack = Stack::up().await?;
    let matomo: Matomo = stack.matomo();
    let site = matomo.add_site("Kept", &[("ecommerce", "1")]).await?;
    let goal = [("name", "shop"), ("matchAttribute", "url"), ("pattern", "/shop"), ("patternType", "contains")];
    matomo.add_goal(site, &goal).await?;
    let long_ago = unix_now() - AGE_DAYS * DAY_S;
    send_traffic(&stack.tracker(site), long_ago).await?;
    send_traffic(&stack.tracker(site), unix_now()).await?;
    stack.caught_up().await?;
    let days = format!("{},{}", day(long_ago - 10 * DAY_S), day(long_ago + DAY_S));
    Ok(Old { stack, site, days })
}

async fn removal() -> anyhow::Result<()> {
    let old = site_with_traffic().await?;
    let (before, recent) = (old.reports().await?, young(&old).await?);
    ensure!(old.rows("visits", "day").await? > 0 && old.rows("hits", "toDate(at)").await? > 0, "no old visits");
    refused(&old).await?;
    let ages = json!({"visit_days": 40, "report_months": null, "keeps_basics": true, "every_days": 7});
    let records = old.remove(&ages).await?;
    ensure!(records[0]["what"] == "visits" && records[0]["by"] == "root", "{records:?}");
    ensure!(records[0]["rows"]["visits"].as_u64() > Some(0) && records[1]["rows"].is_null(), "{records:?}");
    old.without_visits("after the removal").await?;
    old.unchanged(&before, "after the removal").await?;
    ensure!(young(&old).await? == recent, "visits that are kept differ");
    old.stack.command(&["rebuild", "--from-hits"]).await?;
    old.without_visits("after a rebuild").await?;
    old.unchanged(&before, "after a rebuild").await?;
    told(&old).await?;
    reports_go_too(&old).await?;
    old.stack.finish().await
}

/// The visits of now.
async fn young(old: &Old) -> anyhow::Result<Value> {
    let site = old.site.to_string();
    let of = [("idSite", site.as_str()), ("period", "range"), ("date", "last8"), ("filter_limit", "-1")];
    old.stack.matomo().call("VisitsSummary.get", &of).await
}

/// Nobody but superusers, and no age of nothing.
async fn refused(old: &Old) -> anyhow::Result<()> {
    let rest = Rest::new(old.stack.url());
    let ages = json!({"visit_days": 0, "report_months": null, "keeps_basics": true, "every_days": 7});
    for (method, path, bearer, body, expected) in [
        ("PUT", "/api/v1/retention", ADMIN_TOKEN, &ages, 400),
        ("PUT", "/api/v1/retention", "", &ages, 401),
        ("GET", "/api/v1/retention", "", &Value::Null, 401),
        ("GET", "/api/v1/retention/removals", "", &Value::Null, 401),
        ("POST", "/api/v1/retention/removals", "", &Value::Null, 401),
    ] {
        let status = rest.send(method, path, bearer, body).await?.status;
        ensure!(status == expected, "{method} {path}: {status}");
    }
    Ok(())
}

/// The security log and the command line tell of the removal.
async fn told(old: &Old) -> anyhow::Result<()> {
    let rest = Rest::new(old.stack.url());
    let log = rest.send("GET", "/api/v1/audit", ADMIN_TOKEN, &Value::Null).await?.body;
    let entries = log.as_array().context("no security log")?;
    let entry = entries.iter().find(|entry| entry["entry"]["action"] == "retention.removed");
    ensure!(entry.is_some_and(|entry| entry["entry"]["actor"] == "root"), "{log}");
    let listed = old.stack.command(&["retention", "list"]).await?;
    ensure!(listed.lines().count() == 2 && listed.contains("\"rows\":null"), "{listed}");
    Ok(())
}

/// Reports go by their own age; the numbers of the whole site may stay.
async fn reports_go_too(old: &Old) -> anyhow::Result<()> {
    let (visits, pages) = (old.report("VisitsSummary.getVisits").await?, old.report("Actions.getPageUrls").await?);
    ensure!(visits["value"].as_u64() > Some(0) && pages != json!([]), "{visits} {pages}");
    let ages = json!({"visit_days": null, "report_months": 2, "keeps_basics": true, "every_days": 7});
    old.remove(&ages).await?;
    ensure!(old.report("VisitsSummary.getVisits").await? == visits, "the visits of the site are gone");
    let pages = old.report("Actions.getPageUrls").await?;
    ensure!(pages == json!([]), "pages are still there: {pages}");
    let ages = json!({"visit_days": null, "report_months": 2, "keeps_basics": false, "every_days": 7});
    old.remove(&ages).await?;
    let rows = old.rows("visit_rollup", "day").await?;
    ensure!(rows == 0, "{rows} rows of old reports");
    Ok(())
}
