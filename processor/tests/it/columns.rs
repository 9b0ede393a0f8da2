//! What is stored of visits, actions and conversions, by the tables of the tracking specification.

use std::sync::Arc;

use nagare_schema::{
    ActionKind, Attribution, Content, EventDetail, Goal, GoalAttribute, GoalId, Hit, HitKind, Place, ReferrerKind,
    VisitorId,
};

use crate::site::{Shop, hit, page};

fn event(value: Option<f64>, seconds: i64) -> Hit {
    let event = EventDetail { category: "c".into(), action: "a".into(), name: Some("n".into()), value };
    hit(HitKind::Event(Box::new(event)), seconds)
}

fn content(seconds: i64) -> Hit {
    let content = Content { name: "banner".into(), piece: Some("piece".into()), target: None, interaction: None };
    hit(HitKind::Content(Box::new(content)), seconds)
}

fn search(seconds: i64) -> Hit {
    hit(HitKind::Search { keyword: "boots".into(), category: None, count: Some(0) }, seconds)
}

fn from(referrer: &str, hit: Hit) -> Hit {
    Hit { referrer: Some(referrer.into()), ..hit }
}

#[test]
fn section_2_4_an_id_that_comes_later_is_the_visits_and_actions_keep_theirs() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), Hit { visitor: Some(VisitorId(0xbb)), ..page("b", 10) }]);
    let ids: Vec<_> = shop.actions().iter().map(|action| action.visitor).collect();
    assert_eq!((shop.visit().visitor, ids), (VisitorId(0xbb), vec![VisitorId(0xaa), VisitorId(0xbb)]));
}

#[test]
fn section_2_5_a_hit_without_a_user_does_not_clear_it() {
    let mut shop = Shop::new();
    shop.send([Hit { user_id: Some("u".into()), ..page("a", 0) }, page("b", 10)]);
    assert_eq!(shop.visit().user_id.as_deref(), Some("u"));
}

/// The columns of a new visit by its first hit: actions, interactions, searches, events, and whether it
/// has a first page, a first title, a last page and a last title.
#[test]
fn section_3_2_a_new_visit_by_its_first_hit() {
    let check = |hit: Hit, counts: [u32; 4], pages: [bool; 4]| {
        let kind = hit.kind.clone();
        let mut shop = Shop::new();
        shop.send([hit]);
        let visit = shop.visit();
        assert_eq!([visit.actions, visit.interactions, visit.searches, visit.events], counts, "{kind:?}");
        let found = [
            visit.entry_url.is_some(),
            visit.entry_title.is_some(),
            visit.exit_url.is_some(),
            visit.exit_title.is_some(),
        ];
        assert_eq!(found, pages, "{kind:?}");
    };
    check(page("a", 0), [1, 1, 0, 0], [true, true, true, true]);
    check(search(0), [1, 1, 1, 0], [true, true, false, true]);
    check(event(None, 0), [1, 0, 0, 1], [false, false, false, false]);
    check(content(0), [0, 0, 0, 0], [false, false, false, false]);
    check(hit(HitKind::Outlink("http://out.example/".into()), 0), [1, 0, 0, 0], [false, false, false, false]);
    check(hit(HitKind::Download("http://site.example/f.zip".into()), 0), [1, 0, 0, 0], [false, false, false, false]);
}

#[test]
fn section_3_3_what_a_later_hit_changes_and_what_it_does_not() {
    let place = |country: &str| Arc::new(Place { country: country.into(), ..Place::default() });
    let mut shop = Shop::new();
    shop.send([Hit { place: place("de"), ..page("a", 0) }]);
    let first = shop.visit();
    shop.send([Hit { place: place("fr"), ..event(None, 10) }]);
    let second = shop.visit();
    assert_eq!(
        (&second.entry_url, &second.exit_url, &second.exit_title),
        (&first.entry_url, &first.exit_url, &first.exit_title)
    );
    assert_eq!((second.first_at, second.local_time, &*second.place.country), (first.first_at, first.local_time, "de"));
    shop.send([Hit { place: place("fr"), place_forced: true, ..page("b", 20) }]);
    let third = shop.visit();
    assert_eq!((&*third.place.country, third.entry_url == first.entry_url, third.total_time), ("fr", true, 21));
    let untitled = Hit { title: None, ..page("c", 30) };
    shop.send([untitled]);
    assert_eq!(shop.visit().exit_title, third.exit_title, "a page without a title leaves the last one");
}

#[test]
fn section_3_4_time_is_at_most_half_an_hour_and_never_negative() {
    let mut shop = Shop::new();
    shop.send([page("a", 100), page("b", 1899), page("c", 50)]);
    let spent: Vec<_> = shop.actions().iter().map(|action| action.time_spent_before).collect();
    assert_eq!(spent, [0, 1799, 0]);
}

/// Kind, whether there is a URL, and the name of each kind of action, and its position (§5.3).
#[test]
fn section_5_2_and_5_3_what_each_kind_of_action_stores() {
    let mut shop = Shop::new();
    let outlink = hit(HitKind::Outlink("http://Out.example/A?sid=1#x".into()), 3);
    let download = hit(HitKind::Download("http://site.example/f.zip".into()), 4);
    shop.send([event(None, 0), page("a", 1), search(2), outlink, download, content(5), event(Some(0.0), 6)]);
    let found: Vec<_> = shop
        .actions()
        .iter()
        .map(|action| (action.kind, action.url.is_some(), action.name.as_deref(), action.position))
        .collect();
    let expected = [
        (ActionKind::Event, true, Some("n"), None),
        (ActionKind::PageView, true, Some("Title a"), Some(1)),
        (ActionKind::Search, false, Some("boots"), Some(2)),
        (ActionKind::Outlink, true, None, Some(2)),
        (ActionKind::Download, true, None, Some(2)),
        (ActionKind::Content, true, None, Some(2)),
        (ActionKind::Event, true, Some("n"), Some(2)),
    ];
    assert_eq!(found, expected);
    let actions = shop.actions();
    assert_eq!(&*actions[3].url.as_ref().unwrap().name, "http://Out.example/A?sid=1#x", "a target is not normalised");
    assert_eq!(actions[6].event.as_ref().unwrap().value, Some(0.0), "§5.5: 0 is a value");
}

#[test]
fn section_5_9_custom_variables_are_the_visits_or_the_pages() {
    let pair = |value: &str| [(1, ("name".into(), value.into()))].into();
    let mut shop = Shop::new();
    let first = Hit { visit_variables: pair("old"), page_variables: pair("page"), ..page("a", 0) };
    shop.send([first, Hit { visit_variables: pair("new"), ..page("b", 1) }]);
    assert_eq!(&*shop.visit().custom.as_ref().unwrap().variables[&1].1, "new");
    let of_pages: Vec<_> = shop.actions().iter().map(|action| action.variables.len()).collect();
    assert_eq!(of_pages, [1, 0]);
}

#[test]
fn section_6_6_a_direct_visit_takes_the_referrer_of_a_later_hit_and_no_other_does() {
    let mut shop = Shop::new();
    let later = |seconds| from("http://news.example/", page("b", seconds));
    shop.send([page("a", 0), later(1), from("http://other.example/", page("c", 2))]);
    let referrer = &shop.visit().referrer;
    assert_eq!((referrer.kind, &*referrer.name), (ReferrerKind::Website, "news.example"));
}

#[test]
fn section_6_7_whom_a_conversion_is_attributed_to() {
    let credited = |landing: Hit, campaign: Option<&str>, referrer: Option<&str>| {
        let mut shop = Shop::new();
        shop.goal(Goal { id: 1, attribute: GoalAttribute::Manually, ..Goal::default() });
        let (campaign, referrer) = (campaign.map(Into::into), referrer.map(Into::into));
        let attribution = Attribution { campaign, keyword: Some("Word".into()), referrer };
        let goal = Hit { attribution: Some(Box::new(attribution)), ..hit(HitKind::Goal(GoalId(1)), 5) };
        shop.send([landing, goal]);
        let referrer = shop.conversions()[0].referrer.clone();
        (referrer.kind, referrer.name.to_string(), referrer.keyword.to_string())
    };
    let website = || from("http://news.example/", page("a", 0));
    let told = |kind, name: &str, keyword: &str| (kind, name.to_owned(), keyword.to_owned());
    let campaign = page("?mtm_campaign=Visit&mtm_kwd=own", 0);
    assert_eq!(credited(campaign, None, Some("http://x.example/")), told(ReferrerKind::Campaign, "visit", "own"));
    assert_eq!(credited(website(), Some("Spring"), None), told(ReferrerKind::Campaign, "spring", "word"));
    let engine = "https://www.google.com/search?q=Boots";
    assert_eq!(credited(page("a", 0), None, Some(engine)), told(ReferrerKind::Search, "Google", "boots"));
    assert_eq!(
        credited(website(), None, Some("http://shop.example/")),
        told(ReferrerKind::Website, "news.example", "")
    );
}

#[test]
fn section_7_3_and_7_5_all_goals_that_match_convert_each_with_its_revenue() {
    let goal = |id, attribute, pattern: &str, revenue| Goal {
        id,
        attribute,
        pattern: pattern.into(),
        revenue,
        ..Goal::default()
    };
    let mut shop = Shop::new();
    shop.goal(goal(1, GoalAttribute::Url, "thanks", 5.0));
    shop.goal(goal(2, GoalAttribute::Title, "title", 7.0));
    shop.goal(Goal { event_value_as_revenue: true, ..goal(3, GoalAttribute::EventCategory, "c", 1.0) });
    shop.goal(goal(4, GoalAttribute::Manually, "", 3.0));
    let manual = Hit { revenue: Some(1.239), ..hit(HitKind::Goal(GoalId(4)), 3) };
    shop.send([page("thanks", 0), event(Some(2.5), 1), search(2), manual]);
    let met: Vec<_> = shop.conversions().iter().map(|c| (c.goal.0, c.revenue, c.action.is_some())).collect();
    assert_eq!(met, [(1, 5.0, true), (2, 7.0, true), (3, 2.5, true), (4, 1.24, false)]);
    let seen: Vec<_> = shop.conversions().iter().map(|c| c.pageviews_before).collect();
    assert_eq!(seen, [Some(1), Some(1), Some(1), Some(1)], "§7.4: pages and not searches");
}
