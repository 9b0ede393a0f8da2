use std::fmt::Write;

use jiff::civil::date;
use nagare_schema::{Config, DimensionScope, SiteId, UnixSeconds, VisitId};

use super::*;
use crate::{
    catalogue::{of_custom_dimension, reports},
    period,
    segment::{Context, Rows, Suggested},
    snapshot,
};

fn scope(period: &str, dates: &str) -> Scope {
    Scope::new(&[SiteId(1), SiteId(2)], period::parse(period, dates, date(2024, 3, 31)).unwrap())
}

fn segment(text: &str) -> Segment {
    let context =
        Context { config: &Config::default(), sites: &[SiteId(1), SiteId(2)], is_user: true, hides_visitors: false };
    Segment::parse(Some(text), context).unwrap().unwrap()
}

fn segmented(scope: Scope) -> Scope {
    Scope { segment: Some(segment("countryCode==fr' OR 1;referrerType==search;pageUrl=@x")), ..scope }
}

fn text(report: &str, scope: &Scope) -> String {
    text_of(reports().find(|known| known.name == report).unwrap(), scope)
}

fn text_of(report: &Report, scope: &Scope) -> String {
    plan(report, scope).into_iter().fold(String::new(), |mut text, (part, statement)| {
        writeln!(text, "-- {part:?}, {} keys\n{statement}", statement.keys).unwrap();
        text
    })
}

/// One file for each report of this kind: exact days, sketched weeks, a segmented range.
fn check(report: &str, file: &str) {
    let sketched = Scope { distinct: Distinct::Sketch, ..scope("week", "2024-01-01,2024-01-31") };
    let range = segmented(scope("range", "2024-01-01,2024-01-31"));
    let texts = [
        ("exact days", text(report, &scope("day", "2024-01-01,2024-01-02"))),
        ("sketched weeks", text(report, &sketched)),
        ("a segmented range", text(report, &range)),
    ];
    let texts: Vec<String> =
        texts.into_iter().map(|(title, text)| format!("-- # {report}: {title}\n\n{text}")).collect();
    snapshot::check(&format!("src/plan/snapshots/{file}.sql"), &texts.join("\n"));
}

#[test]
fn visit_summary() {
    check("VisitsSummary.get", "visit_summary");
}

#[test]
fn visits_by_keys() {
    check("Referrers.getReferrerType", "visits_by_keys");
}

#[test]
fn custom_dimensions() {
    for (dimension, file) in [(DimensionScope::Visit, "visit_dimension"), (DimensionScope::Action, "action_dimension")]
    {
        let scope = Scope { custom: Some(3), ..scope("day", "2024-01-01,2024-01-02") };
        let text = text_of(of_custom_dimension(dimension), &scope);
        snapshot::check(&format!("src/plan/snapshots/{file}.sql"), &text);
    }
}

#[test]
fn pages() {
    check("Actions.getPageUrls", "page_urls");
    check("Actions.getExitPageTitles", "exit_page_titles");
}

#[test]
fn clicks_and_totals() {
    check("Actions.getDownloads", "downloads");
    check("Actions.get", "action_summary");
    check("PagePerformance.get", "page_timings");
    check("Bandwidth.get", "bandwidth");
}

#[test]
fn actions_by_their_own_keys() {
    check("Events.getCategory", "event_categories");
    check("Contents.getContentPieces", "content_pieces");
    check("Actions.getSiteSearchNoResultKeywords", "searches_without_result");
}

#[test]
fn transitions_of_a_page() {
    let on = |field, page| transitions(&segmented(scope("day", "2024-01-01")), field, page);
    let both =
        on(crate::catalogue::PageField::Url, "x.org/a").into_iter().chain(on(crate::catalogue::PageField::Title, "A"));
    let texts: Vec<String> = both.map(|(part, statement)| format!("-- {part:?}\n{statement}")).collect();
    snapshot::check("src/plan/snapshots/transitions.sql", &texts.join("\n"));
}

#[test]
fn goals_and_products() {
    check("Goals.get", "goals");
    check("Goals.getDaysToConversion", "days_to_conversion");
    check("Goals.getItemsCategory", "product_categories");
}

#[test]
fn visit_log_and_counters() {
    let log = VisitLog {
        sites: vec![SiteId(1)],
        window: Some((UnixSeconds(1_704_067_200), UnixSeconds(1_704_240_000))),
        segment: None,
        after: UnixSeconds(0),
        limit: 10,
        offset: 5,
        ascending: false,
        with_actions: true,
        beyond: None,
    };
    let visits = LoggedVisits {
        sites: log.sites.clone(),
        ids: vec![VisitId(7), VisitId(9)],
        from: UnixSeconds(1_704_067_200),
        to: UnixSeconds(1_704_070_800),
    };
    let statements = [
        counters(&log.sites, UnixSeconds(1_704_067_200), None),
        counters(&log.sites, UnixSeconds(1_704_067_200), Some(&segment("pageUrl==x.org/a"))),
        visit_log(&log),
        visit_log(&VisitLog { segment: Some(segment("actions>3;pageTitle!=a")), ..log.clone() }),
        visit_log(&VisitLog { window: None, ascending: true, ..log.clone() }),
        visit_log(&VisitLog { beyond: Some((UnixSeconds(1_704_067_200), VisitId(7))), ..log.clone() }),
        visit_actions(&visits, 500),
        visit_conversions(&visits),
        visit_items(&visits),
        visit_numbers(&visits, true),
    ];
    let texts: Vec<String> = statements.iter().map(Statement::to_string).collect();
    snapshot::check("src/plan/snapshots/live.sql", &texts.join("\n"));
}

#[test]
fn section_7_suggested_values() {
    let config = Config::default();
    let context = Context { config: &config, sites: &[SiteId(1)], is_user: true, hides_visitors: false };
    let names = ["city", "visitorId", "latitude", "actionUrl", "customVariableName2", "visitConvertedGoalId"];
    let texts = names.map(|name| {
        let columns = Suggested::find(name, context).and_then(|suggested| suggested.columns(context)).unwrap();
        format!("-- # {name}\n\n{}", suggested_values(&columns, &[SiteId(1)], date(2024, 3, 1)))
    });
    snapshot::check("src/plan/snapshots/suggest.sql", &texts.join("\n"));
}

#[test]
fn values_are_bound_and_never_part_of_the_text() {
    for report in reports() {
        for (_, statement) in plan(report, &segmented(scope("day", "2024-01-01,2024-01-02"))) {
            assert!(!statement.sql.contains("fr' OR 1") && !statement.sql.contains("2024-"), "{}", report.name);
            assert!(
                !statement.sql.contains('?'),
                "the client takes a question mark for a placeholder: {}",
                report.name
            );
            for (name, _) in &statement.params {
                assert!(statement.sql.contains(&format!("{{{name}:")), "{} binds {name} in vain", report.name);
            }
        }
    }
}

/// The condition of a definition on visits, on actions and on conversions.
#[test]
fn segments() {
    let definitions = [
        "browserCode==FF,browserCode==CH;actions>=2",
        "city!=;userId==",
        "visitDuration!=0;resolution!@x",
        "pageUrl==http://x.org/a,pageTitle=^a;actionServerHour<5",
        "pageUrl!=x.org/a;pageTitle!@b",
        "pageUrl!=x.org/a,pageTitle!@b",
        "actionUrl==http://x.org/a",
        "actionUrl!=http://x.org/a",
        "customVariableName!=a;customVariablePageValue2=$b",
        "pageUrl==x,visitConvertedGoalId==1;eventCategory==c,countryCode==fr",
        "orderId==;productPrice>5",
        "revenueOrder>10;productViewCategory==a",
        "visitorId==33c31e01394bdc63;visitorId=@33;visitIp>=1.2.3.4;deviceType=^1",
        "daysSinceFirstVisit==2;visitorType==returning,visitorType==customer",
    ];
    let text = |definition: &&str| {
        let scope = Scope { segment: Some(segment(definition)), ..scope("day", "2024-01-01,2024-01-02") };
        let on = |rows| clauses::segment_on(&scope, rows);
        let rows = [Rows::Visits, Rows::Actions, Rows::Conversions];
        let conditions: Vec<String> = rows.into_iter().map(|rows| format!("{rows:?}:{}\n", on(rows))).collect();
        format!("-- # {definition}\n{}", conditions.concat())
    };
    let texts: Vec<String> = definitions.iter().map(text).collect();
    snapshot::check("src/plan/snapshots/segments.sql", &texts.join("\n"));
}
