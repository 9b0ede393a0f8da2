//! Transitions (`reports.md` §15): what visitors did before and after a page.

use super::{Answering, Call, Method, report};
use crate::{
    catalogue::PageField,
    error::Fault,
    metrics::Family,
    page_name, period,
    permission::{Granted, Permission},
    plan::{self, Part, Scope},
    query::{Fact, Facts},
    segment::{self, Segment},
    table::{Answer, Row, Table},
    value::{Record, Value},
};

/// Rows of a group unless the request says how many; what is beyond is told as one.
const ROWS_DEFAULT: usize = 5;

const fn method(name: &'static str, action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>) -> Method {
    Method::new(name, Permission::View, Family::Report, action)
}

pub(super) const METHODS: &[Method] = &[
    method("Transitions.getTransitionsForPageUrl", |call, granted| {
        Box::pin(answer(call, granted, "pageUrl", PageField::Url))
    }),
    method("Transitions.getTransitionsForPageTitle", |call, granted| {
        Box::pin(answer(call, granted, "pageTitle", PageField::Title))
    }),
    method("Transitions.getTransitionsForAction", |call, granted| Box::pin(for_action(call, granted))),
    method("Transitions.isPeriodAllowed", |call, _| Box::pin(async move { is_period_allowed(&call) })),
    Method::new("Transitions.getTranslations", Permission::None, Family::Report, |_, _| {
        Box::pin(async { Ok(Answer::Value(translations().into())) })
    }),
];

async fn for_action(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let field = match call.params.required("actionType")? {
        "url" => PageField::Url,
        "title" => PageField::Title,
        _ => return Err(Fault::new("Unknown action type")),
    };
    answer(call, granted, "actionName", field).await
}

/// All periods are allowed.
fn is_period_allowed(call: &Call<'_>) -> Result<Answer, Fault> {
    call.params.required("period")?;
    call.params.required("date")?;
    Ok(Answer::Value(Value::Bool(true)))
}

async fn answer(call: Call<'_>, granted: Granted, parameter: &str, field: PageField) -> Result<Answer, Fault> {
    let params = call.params;
    let views = views(&call, granted, params.required(parameter)?, field).await?;
    let limit = params.number("limitBeforeGrouping").unwrap_or(ROWS_DEFAULT);
    let around = views.around(if limit == 0 { usize::MAX } else { limit });
    if around.views() == 0.0 {
        return Err(Fault::new("NoDataForAction"));
    }
    let parts = params.list("parts").unwrap_or_default();
    let shows = |part: &str| parts.is_empty() || parts.iter().any(|shown| shown == part || shown == "all");
    Ok(Answer::Value(around.record(views.date.clone(), &shows).into()))
}

/// The views of a page in one period.
pub(super) struct Views {
    date: String,
    page: String,
    facts: Facts,
}

pub(super) async fn views(call: &Call<'_>, granted: Granted, name: &str, field: PageField) -> Result<Views, Fault> {
    let params = call.params;
    let [site] = granted.sites.as_slice() else { return Err(Fault::new("Only one site can be asked for.")) };
    let periods = period::parse(params.required("period")?, params.required("date")?, report::today(call, &[*site]))?;
    let [period] = periods.list.as_slice() else { return Err(Fault::new("Only one period can be asked for.")) };
    let date = period.short();
    let page = match (field, call.caller.config.sites.get(site)) {
        (PageField::Url, Some(site)) => page_name::stored(name, site, &call.caller.config.settings),
        _ => name.trim().to_owned(),
    };
    let segment = Segment::parse(params.text("segment"), segment::Context::new(call.caller, &granted.sites))?;
    let scope = Scope { segment, levels: 1, ..Scope::new(&granted.sites, periods) };
    let facts = call.engine.run(plan::transitions(&scope, field, &page)).await?;
    Ok(Views { date, page, facts })
}

impl Views {
    fn around(&self, limit: usize) -> Around<'_> {
        Around { facts: &self.facts, page: &self.page, limit }
    }

    /// Pages, outlinks and downloads after the page, the most frequent first, at most so many.
    pub(super) fn following(&self, limit: usize) -> Vec<Record> {
        let around = self.around(limit);
        let (mut counts, _) = around.pages(Part::After);
        counts.extend(around.counts(Part::After, kind::OUTLINK));
        counts.extend(around.counts(Part::After, kind::DOWNLOAD));
        counts.sort_by(|a, b| b.1.total_cmp(&a.1));
        counts.truncate(limit);
        around.limited(counts).collect()
    }
}

/// `actions.kind`, as the plan tells it.
mod kind {
    pub(super) const PAGE: &str = "1";
    pub(super) const OUTLINK: &str = "2";
    pub(super) const DOWNLOAD: &str = "3";
    pub(super) const SEARCH: &str = "8";
}

/// Types of referrer: number, what it is called, short name.
const REFERRERS: [(&str, &str, &str); 5] = [
    ("1", "Direct entries", "direct"),
    ("2", "From search engines", "search"),
    ("3", "From websites", "website"),
    ("6", "From campaigns", "campaign"),
    ("7", "From social networks", "social"),
];

/// What is known about the views of a page.
struct Around<'a> {
    facts: &'a Facts,
    page: &'a str,
    limit: usize,
}

/// Names and how often each is meant.
type Counts = Vec<(String, f64)>;

impl<'a> Around<'a> {
    fn of(&self, part: Part) -> impl Iterator<Item = &'a Fact> {
        self.facts.get(&part).into_iter().flatten()
    }

    fn views(&self) -> f64 {
        self.of(Part::PageViews).map(|fact| fact.number(0)).sum()
    }

    /// Names of one kind, most frequent first.
    fn counts(&self, part: Part, kind: &str) -> Counts {
        let of_kind = self.of(part).filter_map(|fact| match fact.keys.as_slice() {
            [own, name] if own == kind => Some((name.clone(), fact.number(0))),
            _ => None,
        });
        let mut counts: Counts = of_kind.collect();
        counts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }

    /// Pages before or after this one, without itself, and how often it was itself.
    fn pages(&self, part: Part) -> (Counts, f64) {
        let (own, others): (Counts, Counts) =
            self.counts(part, kind::PAGE).into_iter().partition(|(name, _)| name == self.page);
        (others, total(&own))
    }

    fn record(&self, date: String, shows: &dyn Fn(&str) -> bool) -> Record {
        let mut record = Record::default().with("date", date);
        let (before, loops) = self.pages(Part::Before);
        let (after, _) = self.pages(Part::After);
        let searches = self.counts(Part::After, kind::SEARCH);
        let exits = self.views() - total(&after) - total(&searches) - loops;
        let (internal, following, external) =
            (shows("internalReferrers"), shows("followingActions"), shows("externalReferrers"));
        if internal {
            record.set("previousPages", self.rows(before));
            record.set("previousSiteSearches", self.rows(self.counts(Part::Before, kind::SEARCH)));
        }
        let mut metrics = Record::default();
        if internal {
            metrics.set("loops", Value::number(loops));
        }
        metrics.set("pageviews", Value::number(self.views()));
        if external {
            metrics.set("entries", Value::number(self.of(Part::EntrySums).map(|fact| fact.number(0)).sum()));
        }
        if following {
            metrics.set("exits", Value::number(exits.max(0.0)));
        }
        record.set("pageMetrics", metrics);
        if following {
            record.set("followingPages", self.rows(after));
            record.set("followingSiteSearches", self.rows(searches));
            record.set("outlinks", self.rows(self.counts(Part::After, kind::OUTLINK)));
            record.set("downloads", self.rows(self.counts(Part::After, kind::DOWNLOAD)));
        }
        if external {
            record.set("referrers", self.referrers());
        }
        record
    }

    /// The first rows; all others are told as one.
    fn limited(&self, mut counts: Counts) -> impl Iterator<Item = Record> {
        let others = counts.split_off(self.limit.min(counts.len()));
        if !others.is_empty() {
            counts.push(("Others".to_owned(), total(&others)));
        }
        counts
            .into_iter()
            .map(|(label, count)| Record::default().with("label", label).with("referrals", Value::number(count)))
    }

    fn rows(&self, counts: Counts) -> Value {
        table(self.limited(counts))
    }

    fn referrers(&self) -> Value {
        let rows = REFERRERS.into_iter().filter_map(|(kind, label, short)| {
            let counts = self.counts(Part::EntrySums, kind);
            let visits = total(&counts);
            let named = counts.into_iter().filter(|(name, _)| !name.is_empty()).collect();
            let details: Vec<Value> =
                if short == "direct" { Vec::new() } else { self.limited(named).map(Value::from).collect() };
            let row = Record::default().with("label", label).with("shortName", short);
            (visits > 0.0).then(|| row.with("visits", Value::number(visits)).with("details", Value::List(details)))
        });
        table(rows)
    }
}

fn total(counts: &Counts) -> f64 {
    counts.iter().map(|(_, count)| count).sum()
}

fn table(rows: impl Iterator<Item = Record>) -> Value {
    let rows = rows.map(|columns| Row { columns, ..Row::default() }).collect();
    Value::Answer(Box::new(Answer::Table(Table { rows, ..Table::default() })))
}

/// Texts of a page that shows transitions.
fn translations() -> Record {
    [
        ("pageviewsInline", "%s pageviews"),
        ("loopsInline", "%s page reloads"),
        ("fromPreviousPages", "From internal pages"),
        ("fromPreviousPagesInline", "%s from internal pages"),
        ("fromPreviousSiteSearches", "From internal search"),
        ("fromPreviousSiteSearchesInline", "%s from internal searches"),
        ("fromSearchEngines", "From search engines"),
        ("fromSearchEnginesInline", "%s from search engines"),
        ("fromSocialNetworks", "From social networks"),
        ("fromSocialNetworksInline", "%s from social networks"),
        ("fromWebsites", "From websites"),
        ("fromWebsitesInline", "%s from websites"),
        ("fromCampaigns", "From campaigns"),
        ("fromCampaignsInline", "%s from campaigns"),
        ("directEntries", "Direct entries"),
        ("directEntriesInline", "%s direct entries"),
        ("toFollowingPages", "To internal pages"),
        ("toFollowingPagesInline", "%s to internal pages"),
        ("toFollowingSiteSearches", "Internal searches"),
        ("toFollowingSiteSearchesInline", "%s internal searches"),
        ("downloads", "Downloads"),
        ("downloadsInline", "%s downloads"),
        ("outlinks", "Outlinks"),
        ("outlinksInline", "%s outlinks"),
        ("exits", "Exits"),
        ("exitsInline", "%s exits"),
        ("bouncesInline", "%s bounces"),
    ]
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(keys: &[&str], count: f64) -> Fact {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Fact { site: 1, bucket: String::new(), keys, numbers: vec![Some(count)] }
    }

    fn facts() -> Facts {
        Facts::from([
            (Part::PageViews, vec![fact(&[], 9.0)]),
            (
                Part::Before,
                vec![fact(&["1", "p"], 2.0), fact(&["1", "b"], 1.0), fact(&["1", "a"], 1.0), fact(&["8", "k"], 1.0)],
            ),
            (
                Part::After,
                vec![fact(&["1", "p"], 2.0), fact(&["1", "c"], 3.0), fact(&["8", "k"], 1.0), fact(&["2", "o"], 1.0)],
            ),
            (Part::EntrySums, vec![fact(&["1", ""], 1.0), fact(&["2", "Engine"], 2.0)]),
        ])
    }

    fn labels(record: &Record, name: &str) -> Vec<String> {
        match record.get(name) {
            Some(Value::Answer(answer)) => match answer.as_ref() {
                Answer::Table(table) => table.rows.iter().map(Row::label).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// `reports.md` §15
    #[test]
    fn a_page_has_what_was_before_and_after_it() {
        let facts = facts();
        let record = Around { facts: &facts, page: "p", limit: 1 }.record("d".to_owned(), &|_| true);
        assert_eq!(labels(&record, "previousPages"), ["a", "Others"]);
        assert_eq!(labels(&record, "outlinks"), ["o"]);
        assert_eq!(labels(&record, "referrers"), ["Direct entries", "From search engines"]);
        let Some(Value::Record(metrics)) = record.get("pageMetrics") else { panic!("metrics") };
        let numbers = ["loops", "pageviews", "entries", "exits"].map(|name| metrics.number(name));
        assert_eq!(numbers, [Some(2.0), Some(9.0), Some(3.0), Some(3.0)]);
    }

    /// `reports.md` §16
    #[test]
    fn what_follows_a_page_is_told_in_one_list() {
        let views = Views { date: String::new(), page: "p".to_owned(), facts: facts() };
        let told =
            |limit: usize| views.following(limit).iter().map(|row| row.get("label").cloned()).collect::<Vec<_>>();
        assert_eq!(told(300), [Some("c".into()), Some("o".into())]);
        assert_eq!(told(1), [Some("c".into())]);
    }

    #[test]
    fn only_the_parts_that_are_asked_for_are_shown() {
        let facts = facts();
        let record =
            Around { facts: &facts, page: "p", limit: 1 }.record("d".to_owned(), &|part| part == "followingActions");
        let names: Vec<&str> = record.iter().map(|(name, _)| name.as_ref()).collect();
        assert_eq!(names, ["date", "pageMetrics", "followingPages", "followingSiteSearches", "outlinks", "downloads"]);
    }
}
