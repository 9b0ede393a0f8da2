//! Every report that the server tells of answers with the columns that it tells of.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use futures_util::{StreamExt as _, stream};
use jiff::{Timestamp, tz::TimeZone};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Matomo, unix_now};
use serde_json::Value;

use crate::{
    consistency::send_traffic,
    world::{SiteUnderTest, World, shared},
};

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![shared(world, "reports::every_report_answers_with_its_columns", every_report_answers_with_its_columns)]
}

/// Days before today that the range takes in.
const RANGE_DAYS: i64 = 10;
const DAY_S: i64 = 86_400;
/// Most of the traffic, from the base tables.
const SEGMENT: &str = "countryCode==fr,countryCode==de";
const AT_THE_SAME_TIME: usize = 4;
/// What descriptors tell of and answers never have: `reports.md` §5.1, §5.3, §9 and §13.
const LEFT_OUT: [(&str, &str); 5] = [
    ("Actions.get", "avg_time_generation"),
    ("API.get", "avg_time_generation"),
    ("Actions.getSiteSearchCategories", "exit_rate"),
    ("CustomVariables.getCustomVariables", "nb_uniq_visitors"),
    ("MultiSites.getOne", "label"),
];
/// Samples for trying out a client: they have no figures of visits.
const SAMPLES: &str = "ExampleUI.";
/// Distinct counts that years and ranges do not have (`reporting-api.md` §11).
const UNIQUES: [&str; 2] = ["nb_uniq_visitors", "nb_users"];
const FAILURES_SHOWN: usize = 40;

async fn every_report_answers_with_its_columns(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[("ecommerce", "1")]).await?;
    let matomo = site.matomo();
    let goal = [("name", "shop"), ("matchAttribute", "url"), ("pattern", "/shop"), ("patternType", "contains")];
    matomo.add_goal(site.id, &goal).await?;
    for scope in ["visit", "action"] {
        add_dimension(&matomo, site.id, scope).await?;
    }
    // Until the day before ended: none of its hours is still to come, whatever the time is now.
    let now = unix_now();
    let yesterday = now - now % DAY_S - 1;
    send_traffic(&site.tracker(), yesterday).await?;
    send_rest(&site, yesterday).await?;
    site.stack.caught_up().await?;
    let date = |at: i64| anyhow::Ok(Timestamp::from_second(at)?.to_zoned(TimeZone::UTC).date().to_string());
    let (day, range) = (date(yesterday)?, format!("{},{}", date(yesterday - RANGE_DAYS * DAY_S)?, date(yesterday)?));
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (period, date) in [("day", &day), ("week", &day), ("month", &day), ("year", &day), ("range", &range)] {
        let of_period = Period { matomo: &matomo, site: site.id.to_string(), period, date };
        for (asked, failure) in of_period.failures().await? {
            failures.entry(failure).or_default().push(asked);
        }
    }
    let shown = failures.iter().map(|(failure, asked)| format!("{failure}: {}", asked.join(", ")));
    let shown: Vec<String> = shown.take(FAILURES_SHOWN).collect();
    ensure!(shown.is_empty(), "{} answers lack something\n{}", failures.len(), shown.join("\n"));
    Ok(())
}

async fn add_dimension(matomo: &Matomo, site: u32, scope: &str) -> anyhow::Result<()> {
    let site = site.to_string();
    let parameters = [("idSite", site.as_str()), ("name", scope), ("scope", scope), ("active", "1")];
    matomo.call("CustomDimensions.configureNewCustomDimension", &parameters).await.map(drop)
}

/// One visit with what random traffic does not have.
async fn send_rest(site: &SiteUnderTest<'_>, at: i64) -> anyhow::Result<()> {
    let page = |url: &str, more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        let fixed = [("_id", "00000000000000ff"), ("country", "fr"), ("url", url), ("lang", "fr-fr"), ("pdf", "1")];
        fixed.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let timings = [("pv_id", "abcdef"), ("pf_net", "10"), ("pf_srv", "20"), ("pf_tfr", "30"), ("pf_dm1", "40")];
    let rest =
        [("pf_dm2", "50"), ("pf_onl", "60"), ("bw_bytes", "5000"), ("dimension1", "gold"), ("dimension2", "red")];
    let origin = "https://x.example/a/1?mtm_campaign=c&mtm_kwd=k&mtm_source=s&mtm_medium=m&mtm_content=n&mtm_cid=i\
                  &mtm_group=g&mtm_placement=p";
    let mut hits = vec![
        page(origin, &[&timings[..], &rest[..], &[("action_name", "A")]].concat()),
        page("https://x.example/a/2", &[("search", "shoes"), ("search_cat", "wear"), ("search_count", "0")]),
        page("https://x.example/a/3", &[("action_name", "Found"), ("cvar", r#"{"1":["colour","red"]}"#)]),
        page("https://x.example/a/3", &[("e_c", "video"), ("e_a", "play"), ("e_n", "film"), ("e_v", "3")]),
        page("https://x.example/a/3", &[("c_n", "ad"), ("c_p", "banner"), ("c_t", "https://y.example/")]),
        page("https://x.example/a/3", &[("c_n", "ad"), ("c_p", "banner"), ("c_i", "click")]),
        page("https://x.example/shop/1", &[("action_name", "Shop"), ("_pks", "s"), ("_pkn", "T"), ("_pkc", "c")]),
        page("https://x.example/a/3", &[("idgoal", "0"), ("revenue", "7"), ("ec_items", r#"[["s","T","c",7,1]]"#)]),
    ];
    for (hit, second) in hits.iter_mut().zip(0..) {
        hit.push(("cdt", (at - 60 + second).to_string()));
    }
    site.tracker().with_token(ADMIN_TOKEN).bulk(&hits).await
}

/// What the reports of a site are asked for.
struct Period<'a> {
    matomo: &'a Matomo,
    site: String,
    period: &'a str,
    date: &'a str,
}

/// What a report is said to be.
struct Described {
    method: String,
    parameters: Vec<(String, String)>,
    columns: BTreeSet<String>,
    below: Option<String>,
}

impl Period<'_> {
    async fn failures(&self) -> anyhow::Result<Vec<(String, String)>> {
        let asked = self.asked(&[("showSubtableReports", "1"), ("idSites", &self.site)]);
        let listed = self.call("API.getReportMetadata", &asked).await?;
        let reports: Vec<Described> = listed.as_array().into_iter().flatten().map(Described::read).collect();
        ensure!(reports.len() > 70, "{} reports are told of", reports.len());
        let by_method: BTreeMap<&str, &Described> =
            reports.iter().map(|report| (report.method.as_str(), report)).collect();
        let subtables: BTreeSet<&str> = reports.iter().filter_map(|report| report.below.as_deref()).collect();
        let whole = reports.iter().filter(|report| !subtables.contains(report.method.as_str()));
        let whole = whole.filter(|report| !report.method.starts_with(SAMPLES));
        let asked = whole.flat_map(|report| variants().into_iter().map(move |variant| (report, variant)));
        let failures = stream::iter(asked).map(|(report, variant)| self.check(report, variant, &by_method));
        Ok(failures.buffer_unordered(AT_THE_SAME_TIME).concat().await)
    }

    fn asked(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let fixed = [("idSite", self.site.as_str()), ("period", self.period), ("date", self.date)];
        fixed.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    async fn call(&self, method: &str, parameters: &[(String, String)]) -> anyhow::Result<Value> {
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.matomo.call(method, &parameters).await
    }

    /// What is wrong with a report and with the one that is below its rows, after what was asked.
    async fn check(
        &self,
        report: &Described,
        variant: Vec<(&'static str, &'static str)>,
        reports: &BTreeMap<&str, &Described>,
    ) -> Vec<(String, String)> {
        let fixed = [("filter_limit", "-1"), ("filter_add_columns_when_show_all_columns", "0"), ("enhanced", "1")];
        let mut asked = self.asked(&fixed);
        asked.extend(variant.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let found = self.one(report, &asked).await;
        let below = report.below.as_deref().and_then(|below| reports.get(below));
        let id = found.as_ref().ok().and_then(first_subtable);
        let mut failures: Vec<String> = found.err().into_iter().collect();
        if let (Some(below), Some(id)) = (below, id) {
            asked.push(("idSubtable".to_owned(), id.to_string()));
            failures.extend(self.one(below, &asked).await.err());
        }
        let asked = variant.iter().fold(self.period.to_owned(), |asked, (name, _)| asked + " " + name);
        failures.into_iter().map(|failure| (asked.clone(), failure)).collect()
    }

    /// The answer of a report that has all its columns.
    async fn one(&self, report: &Described, asked: &[(String, String)]) -> Result<Value, String> {
        let asked = [asked, &report.parameters].concat();
        let answer = self.call(&report.method, &asked).await.map_err(|error| format!("{error:#}"))?;
        let mut columns = BTreeSet::new();
        collect(&answer, &mut columns);
        let is_long = matches!(self.period, "year" | "range");
        let is_unique = |column: &str| UNIQUES.iter().any(|name| column.starts_with(name));
        let expected = report.columns.iter().filter(|column| !(is_long && is_unique(column)));
        let lacking: Vec<&String> = expected.filter(|column| !columns.contains(*column)).collect();
        if lacking.is_empty() { Ok(answer) } else { Err(format!("{} lacks {lacking:?}", report.method)) }
    }
}

/// Plain, with a segment, flat and expanded.
fn variants() -> Vec<Vec<(&'static str, &'static str)>> {
    let shapes = [None, Some(("flat", "1")), Some(("expanded", "1"))];
    let segments = [None, Some(("segment", SEGMENT))];
    let pairs = shapes.iter().flat_map(|shape| segments.iter().map(move |segment| (shape, segment)));
    pairs.map(|(shape, segment)| shape.iter().chain(segment).copied().collect()).collect()
}

impl Described {
    fn read(descriptor: &Value) -> Self {
        let text = |name: &str| descriptor[name].as_str().unwrap_or_default().to_owned();
        let names = |name: &str| descriptor[name].as_object().into_iter().flat_map(|object| object.keys().cloned());
        let parameters = descriptor["parameters"].as_object().into_iter().flatten();
        let module = text("module");
        let has_dimension = descriptor["dimension"].is_string();
        let mut columns: BTreeSet<String> = names("metrics").chain(names("processedMetrics")).collect();
        columns.extend(has_dimension.then(|| "label".to_owned()));
        let method = format!("{module}.{}", text("action"));
        columns.retain(|column| !LEFT_OUT.contains(&(method.as_str(), column)));
        Self {
            method,
            parameters: parameters
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            columns,
            below: descriptor["actionToLoadSubTables"].as_str().map(|action| format!("{module}.{action}")),
        }
    }
}

/// The columns of all rows, those below others included.
fn collect(answer: &Value, columns: &mut BTreeSet<String>) {
    match answer {
        Value::Array(rows) => rows.iter().for_each(|row| collect(row, columns)),
        Value::Object(row) => {
            columns.extend(row.keys().cloned());
            row.get("subtable").into_iter().for_each(|below| collect(below, columns));
        }
        _ => {}
    }
}

fn first_subtable(answer: &Value) -> Option<u64> {
    answer.as_array()?.iter().find_map(|row| row["idsubdatatable"].as_u64())
}
