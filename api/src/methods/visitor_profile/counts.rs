//! What a visitor did, in numbers.

use super::{Frequencies, list, number, text, values};
use crate::value::{Record, Value};

/// Sales: goals by these names instead of numbers.
const SALES: [&str; 2] = ["ecommerceOrder", "ecommerceAbandonedCart"];

/// Everything that was done in the visits.
fn done(visits: &[Record]) -> impl Iterator<Item = &Record> {
    visits.iter().flat_map(|visit| list(visit, "actionDetails"))
}

fn of_type<'a>(visits: &'a [Record], kind: &'static str) -> impl Iterator<Item = &'a Record> {
    done(visits).filter(move |action| text(action, "type") == kind)
}

fn sum(visits: &[Record], name: &str) -> i64 {
    visits.iter().filter_map(|visit| visit.number(name)).sum::<f64>() as i64
}

/// The pages that were seen, the most frequent first.
pub(super) fn pages(visits: &[Record]) -> Frequencies<'_> {
    Frequencies::of(of_type(visits, "action").map(|page| text(page, "url")).filter(|url| !url.is_empty())).sorted()
}

/// Milliseconds that pages took to load, of those that tell.
pub(super) fn load_times(visits: &[Record]) -> impl Iterator<Item = f64> {
    of_type(visits, "action").filter_map(|page| page.number("pageLoadTimeMilliseconds"))
}

/// Sets the sums.
pub(super) fn fill(record: &mut Record, visits: &[Record]) {
    let pages = pages(visits);
    let timed = load_times(visits).count();
    record.set("totalVisits", number(visits.len()));
    record.set("totalVisitDuration", sum(visits, "visitDuration"));
    record.set("totalActions", sum(visits, "actions"));
    record.set("totalOutlinks", number(of_type(visits, "outlink").count()));
    record.set("totalDownloads", number(of_type(visits, "download").count()));
    record.set("totalSearches", number(of_type(visits, "search").count()));
    record.set("totalPageViews", number(of_type(visits, "action").count()));
    record.set("totalUniquePageViews", number(pages.0.len()));
    record.set("totalRevisitedPages", number(pages.0.iter().filter(|(_, count)| *count > 1).count()));
    record.set("totalPageViewsWithTiming", number(timed));
    record.set("totalPageViewsWithLoadTime", number(timed));
    let searches = Frequencies::of(of_type(visits, "search").map(|search| text(search, "siteSearchKeyword")));
    record.set("searches", values(searches.sorted().records("keyword", "searches")));
    let goals = by_goal(visits, |_| 1.0);
    record.set("totalGoalConversions", number(of_type(visits, "goal").count()));
    record.set("totalConversionsByGoal", goals.clone());
    record.set("totalEvents", number(of_type(visits, "event").count()));
    let is_located = visits.iter().any(|visit| visit.number("latitude").is_some());
    record.set("hasLatLong", i64::from(is_located));
    if !goals.is_empty() {
        record.set("totalRevenueByGoal", by_goal(visits, |goal| goal.number("revenue").unwrap_or(0.0)));
    }
}

/// A sum over the conversions of each goal.
fn by_goal(visits: &[Record], of: impl Fn(&Record) -> f64) -> Record {
    let mut sums = Record::default();
    for action in done(visits) {
        let sale = SALES.into_iter().find(|kind| text(action, "type") == *kind).map(str::to_owned);
        let goal = action.number("goalId").map(|id| id.to_string());
        if let Some(name) = sale.or(goal).map(|goal| format!("idgoal={goal}")) {
            let sum = sums.number(&name).unwrap_or(0.0) + of(action);
            sums.set(name, Value::number(sum));
        }
    }
    sums
}
