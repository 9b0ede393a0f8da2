//! `Live.getVisitorProfile` (`reports.md` §12): what is known of a visitor, added up from the visits as the
//! log shows them.

mod counts;
mod summary;

use jiff::civil::Date;
use nagare_schema::{SiteId, UnixSeconds, VisitorId, ZoneClock, named_setting};

use super::{
    Call,
    live::{first_of, latest_visitor, of_visitor, profile_enabled},
    visit_log::{self, Logged},
};
use crate::{
    error::Fault,
    permission::Granted,
    plan::VisitLog,
    segment::{self, Segment},
    shape::Columns,
    table::Answer,
    value::{Record, Value},
};

/// Visits that the profile lists unless the client says how many.
const LISTED_DEFAULT: usize = 10;
/// Visits that a profile adds up at most, whatever the setting says.
const VISITS_MAX: u64 = 1000;

pub(super) async fn answer(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    profile_enabled(&call, &granted.sites)?;
    let site = granted.one()?;
    let visitor = match call.params.filled("visitorId") {
        Some(visitor) => Some(visitor.to_owned()),
        None => latest_visitor(&call, &granted.sites).await?.map(|visitor| visitor.to_string()),
    };
    let Some(visitor) = visitor else { return Ok(nothing()) };
    let segment = of_visitor(&call, &granted.sites, &visitor)?;
    let wanted = call.caller.config.settings.named.number(&named_setting::PROFILE_VISITS_MAX);
    let max = u64::try_from(wanted).unwrap_or(VISITS_MAX).clamp(1, VISITS_MAX);
    let log = VisitLog { with_actions: true, ..VisitLog::of(&granted.sites, Some(segment), max + 1) };
    let mut visits = visit_log::read(&call, &log).await?;
    let has_more = visits.len() as u64 > max;
    visits.truncate(usize::try_from(max).unwrap_or(usize::MAX));
    let Some(latest) = visits.first() else { return Ok(nothing()) };
    let neighbours = [neighbour(&call, site, latest, false).await?, neighbour(&call, site, latest, true).await?];
    let profile = Profile {
        visitor,
        has_more,
        visits: visit_log::records(&call, &visits),
        listed: call.params.number("limitVisits").unwrap_or(LISTED_DEFAULT),
        today: today(&call, site),
        neighbours,
    };
    let mut record = profile.record();
    Columns::read(call.params, true).record(&mut record);
    Ok(Answer::Value(record.into()))
}

fn nothing() -> Answer {
    Answer::Value(Record::default().into())
}

fn today(call: &Call<'_>, site: SiteId) -> Date {
    let zone = call.caller.config.sites.get(&site).map_or("UTC", |site| site.timezone.as_str());
    ZoneClock::new(zone).local(UnixSeconds::from(call.now)).date()
}

/// The visitor of the next older visit of somebody else, or of the next newer one.
async fn neighbour(
    call: &Call<'_>,
    site: SiteId,
    latest: &Logged,
    ascending: bool,
) -> Result<Option<VisitorId>, Fault> {
    let others = format!("visitorId!={}", VisitorId(latest.visit.visitor));
    let others = Segment::parse(Some(&others), segment::Context::new(call.caller, &[site]))?;
    let log = VisitLog { ascending, beyond: Some(latest.place()), ..VisitLog::of(&[site], others, 1) };
    let found = if ascending { visit_log::read(call, &log).await?.pop() } else { first_of(call, log).await? };
    Ok(found.map(|found| VisitorId(found.visit.visitor)))
}

/// What a profile is made of.
struct Profile {
    visitor: String,
    has_more: bool,
    /// As the log shows them, the latest first.
    visits: Vec<Record>,
    /// Visits to be listed.
    listed: usize,
    today: Date,
    neighbours: [Option<VisitorId>; 2],
}

impl Profile {
    fn record(self) -> Record {
        let listed: Vec<Value> = self.visits.iter().take(self.listed).cloned().map(Value::Record).collect();
        let mut record =
            Record::default().with("visitorId", self.visitor.as_str()).with("hasMoreVisits", i64::from(self.has_more));
        counts::fill(&mut record, &self.visits);
        let listed_count = number(listed.len());
        record.set("lastVisits", Value::List(listed));
        summary::fill(&mut record, &self.visits, listed_count, self.today);
        for (name, neighbour) in ["nextVisitorId", "previousVisitorId"].into_iter().zip(self.neighbours) {
            if let Some(visitor) = neighbour {
                record.set(name, visitor.to_string());
            }
        }
        record
    }
}

fn number(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The text of a column of a visit or an action.
fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    match record.get(name) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// Records in the list that a column is.
fn list<'a>(record: &'a Record, name: &str) -> impl Iterator<Item = &'a Record> {
    let values: &[Value] = match record.get(name) {
        Some(Value::List(values)) => values,
        _ => &[],
    };
    values.iter().filter_map(|value| match value {
        Value::Record(record) => Some(record),
        _ => None,
    })
}

/// How often each text comes, in the order in which they first came.
#[derive(Default)]
struct Frequencies<'a>(Vec<(&'a str, i64)>);

impl<'a> Frequencies<'a> {
    fn of(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut own = Self::default();
        texts.for_each(|text| own.add(text));
        own
    }

    fn add(&mut self, text: &'a str) {
        match self.0.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => self.0.push((text, 1)),
        }
    }

    /// The most frequent first, then by text.
    fn sorted(mut self) -> Self {
        self.0.sort_by_key(|(text, count)| (std::cmp::Reverse(*count), *text));
        self
    }

    fn rarest_first(mut self) -> Self {
        self.0.sort_by_key(|(_, count)| *count);
        self
    }

    /// A record of each, by the names of its text and its count.
    fn records(&self, name: &'static str, count_name: &'static str) -> Vec<Record> {
        let record = |(text, count): &(&str, i64)| Record::default().with(name, *text).with(count_name, *count);
        self.0.iter().map(record).collect()
    }
}

fn values(records: Vec<Record>) -> Value {
    Value::List(records.into_iter().map(Value::Record).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(at: &str, pages: &[&str]) -> Record {
        let pages = pages.iter().map(|url| Record::default().with("type", "action").with("url", *url).into());
        let goal = Record::default().with("type", "goal").with("goalId", 2).with("revenue", 5);
        Record::default()
            .with("actionDetails", Value::List(pages.chain([goal.into()]).collect()))
            .with("serverDate", at)
            .with("visitDuration", 30)
            .with("actions", 2)
            .with("referrerType", "direct")
            .with("referrerTypeName", "Direct Entry")
            .with("countryCode", "fr")
            .with("country", "France")
            .with("city", "Paris")
            .with("continentCode", "eur")
            .with("continent", "Europe")
            .with("deviceType", "Desktop")
            .with("deviceModel", "Generic Desktop")
    }

    /// `reports.md` §12.
    #[test]
    fn a_profile_adds_up_visits() {
        let profile = Profile {
            visitor: "00000000000000ff".to_owned(),
            has_more: true,
            visits: vec![visit("2024-01-03", &["x", "y"]), visit("2024-01-01", &["y", "y"])],
            listed: 1,
            today: jiff::civil::date(2024, 1, 4),
            neighbours: [None, Some(VisitorId(1))],
        };
        let record = profile.record();
        let numbers = ["hasMoreVisits", "totalVisits", "totalVisitDuration", "totalPageViews", "totalUniquePageViews"];
        assert_eq!(numbers.map(|name| record.number(name).unwrap()), [1.0, 2.0, 60.0, 4.0, 2.0]);
        assert_eq!(record.number("totalRevisitedPages"), Some(1.0));
        let goals = Record::default().with("idgoal=2", 2);
        assert_eq!(record.get("totalConversionsByGoal"), Some(&goals.into()));
        let pages = [("y", 3), ("x", 1)]
            .map(|(url, count)| Value::Record(Record::default().with("url", url).with("count", count)));
        assert_eq!(record.get("visitedPages"), Some(&Value::List(pages.to_vec())));
        let country = list(&record, "countries").next().unwrap();
        let cities = Value::List(vec![Value::from("Paris")]);
        assert_eq!((text(country, "prettyName"), country.get("cities")), ("France", Some(&cities)));
        let Some(Value::Record(first)) = record.get("firstVisit") else { panic!("a first visit") };
        assert_eq!((text(first, "prettyDate"), first.number("daysAgo")), ("Jan 1, 2024", Some(3.0)));
        assert_eq!(text(&record, "previousVisitorId"), "0000000000000001");
        assert_eq!(record.number("visitsAggregated"), Some(1.0));
    }
}
