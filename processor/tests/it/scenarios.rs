//! Appendix C of the tracking specification, by number.

use std::sync::Arc;

use nagare_schema::{
    Action, ActionKind, ConfigId, Content, Device, Entity, EventDetail, Goal, GoalAttribute, GoalId, Hit, HitId,
    HitKind, Identity, Item, Order, ReferrerKind, Returning, Site, SiteId, SiteKind, Timings, VisitEvent, VisitorId,
};

use crate::site::{Shop, hit, page};

fn event(seconds: i64) -> Hit {
    let event = EventDetail { category: "c".into(), action: "a".into(), name: None, value: None };
    hit(HitKind::Event(Box::new(event)), seconds)
}

fn search(keyword: &str, seconds: i64) -> Hit {
    hit(HitKind::Search { keyword: keyword.into(), category: None, count: None }, seconds)
}

fn order(id: Option<&str>, items: &[(&str, u32)], seconds: i64) -> Hit {
    let item = |(sku, quantity): &(&str, u32)| Item {
        sku: (*sku).into(),
        name: "".into(),
        categories: Vec::new(),
        price: 10.0,
        quantity: *quantity,
        deleted: false,
    };
    let order = Box::new(Order {
        id: id.map(Into::into),
        subtotal: None,
        tax: None,
        shipping: None,
        discount: None,
        items: Some(items.iter().map(item).collect()),
    });
    hit(if id.is_some() { HitKind::Order(order) } else { HitKind::Cart(order) }, seconds)
}

fn from(referrer: &str, hit: Hit) -> Hit {
    Hit { referrer: Some(referrer.into()), ..hit }
}

fn names(action: &Action) -> (Option<&str>, Option<&str>) {
    (action.previous_url.as_ref().map(|url| url.name.as_ref()), action.previous_name.as_deref())
}

#[test]
fn c1_pages_and_events_make_one_visit() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), event(60), page("b", 100)]);
    let visit = shop.visit();
    assert_eq!((visit.actions, visit.interactions, visit.events, visit.total_time), (3, 2, 1, 101));
    assert_eq!(visit.entry_url.as_ref().unwrap().name.as_ref(), "shop.example/a");
    assert_eq!(visit.exit_url.as_ref().unwrap().name.as_ref(), "shop.example/b");
    let actions = shop.actions();
    assert_eq!(actions.iter().map(|a| a.time_spent_before).collect::<Vec<_>>(), [0, 60, 40]);
    assert_eq!(actions.iter().map(|a| a.position).collect::<Vec<_>>(), [Some(1), Some(1), Some(2)]);
    let previous: Vec<_> = actions.iter().map(|a| names(a).0).collect();
    assert_eq!(previous, [None, Some("shop.example/a"), Some("shop.example/a")]);
}

#[test]
fn c2_and_c3_half_an_hour_ends_a_visit() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), page("b", 1799)]);
    assert_eq!(shop.visit().total_time, 1800);
    let mut shop = Shop::new();
    shop.send([page("a", 0), page("b", 1800)]);
    let visits = shop.visits();
    assert_eq!(visits.len(), 2);
    let second = &visits[1];
    assert_eq!((second.returning, second.visit_count), (Returning::Returning, 2));
    assert_eq!((second.seconds_since_last, second.seconds_since_first), (Some(1800), Some(1800)));
}

#[test]
fn c4_to_c6_pings_lengthen_but_do_not_keep_alive() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), hit(HitKind::Ping, 1200)]);
    let visit = shop.visit();
    assert_eq!((visit.actions, visit.total_time, visit.last_at), (1, 1201, page("a", 0).at));
    shop.send([page("b", 1801)]);
    assert_eq!(shop.visits().len(), 2);

    let mut shop = Shop::new();
    shop.send([hit(HitKind::Ping, 0)]);
    assert!(shop.visits().is_empty());
    assert_eq!(shop.last_accepted(), None);
}

#[test]
fn c7_midnight_of_the_site_ends_a_visit() {
    let zone = Site { id: SiteId(1), timezone: "America/New_York".into(), ..Site::default() };
    let midnight = 16 * 3600; // noon UTC is 08:00 in New York in May
    let mut shop = Shop::with(zone.clone());
    shop.send([page("a", midnight - 10), page("b", midnight + 5)]);
    let visits = shop.visits();
    assert_eq!((visits.len(), visits[1].visit_count, visits[1].returning), (2, 2, Returning::Returning));
    assert_eq!(visits[1].day.0 - visits[0].day.0, 1);

    let anonymous =
        |hit: Hit, device| Hit { visitor: None, identity: Identity::None, config_id: ConfigId(device), ..hit };
    let mut shop = Shop::with(zone);
    // The salt changes at midnight, and with it the fingerprint (§2.2).
    shop.send([anonymous(page("a", midnight - 10), 1), anonymous(page("b", midnight + 5), 2)]);
    assert_eq!(shop.visits()[1].returning, Returning::New);
}

#[test]
fn c8_a_campaign_joins_a_direct_visit() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), page("?mtm_campaign=X", 10)]);
    let visit = shop.visit();
    assert_eq!((visit.referrer.kind, visit.referrer.name.as_ref()), (ReferrerKind::Campaign, "x"));
}

#[test]
fn c9_a_campaign_splits_another_visit() {
    let mut shop = Shop::new();
    shop.send([from("http://r.example/x", page("a", 0)), page("?mtm_campaign=X", 10)]);
    let kinds: Vec<_> = shop.visits().iter().map(|visit| visit.referrer.kind).collect();
    assert_eq!(kinds, [ReferrerKind::Website, ReferrerKind::Campaign]);
}

#[test]
fn c10_an_internal_click_with_the_campaign_still_in_the_url_stays() {
    let mut shop = Shop::new();
    let landing = "?mtm_campaign=X";
    shop.send([from("http://r.example/", page(landing, 0)), from("http://shop.example/", page(landing, 10))]);
    assert_eq!(shop.visit().referrer.keyword.as_ref(), "r.example");
}

#[test]
fn c11_a_manual_goal_is_a_visit_without_actions() {
    let mut shop = Shop::new();
    shop.goal(Goal { id: 1, ..Goal::default() });
    shop.send([hit(HitKind::Goal(GoalId(1)), 0)]);
    let visit = shop.visit();
    assert_eq!((visit.actions, visit.converted), (0, true));
    assert_eq!(shop.conversions().len(), 1);
    assert!(shop.actions().is_empty());
}

#[test]
fn c12_a_goal_counts_once_unless_it_says_otherwise() {
    for (allow_multiple, expected) in [(false, 1), (true, 2)] {
        let mut shop = Shop::new();
        let goal =
            Goal { id: 1, attribute: GoalAttribute::Url, pattern: "thanks".into(), allow_multiple, ..Goal::default() };
        shop.goal(goal);
        shop.send([page("thanks", 0), page("thanks", 10)]);
        assert_eq!(shop.conversions().len(), expected, "allow_multiple {allow_multiple}");
    }
}

#[test]
fn c13_an_order_makes_a_customer_two_visits_later() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), order(Some("O1"), &[("S", 1)], 10), page("b", 3600), page("c", 7200)]);
    let visits = shop.visits();
    let returning: Vec<_> = visits.iter().map(|visit| visit.returning).collect();
    assert_eq!(returning, [Returning::New, Returning::Returning, Returning::Customer]);
    let since: Vec<_> = visits.iter().map(|visit| visit.seconds_since_order).collect();
    assert_eq!(since, [Some(0), Some(3600), Some(7200)]);
}

#[test]
fn c14_a_cart_becomes_an_order() {
    let mut shop = Shop::new();
    shop.send([order(None, &[("S1", 1)], 0)]);
    assert_eq!((shop.visit().buyer, shop.conversions()[0].goal), (2, GoalId::CART));
    shop.send([order(None, &[("S1", 2), ("S2", 1)], 10)]);
    assert_eq!((shop.visit().buyer, shop.conversions()[0].items[0].quantity), (2, 2));
    assert_eq!(shop.visit().total_time, 11, "a cart is no conversion (§3.3)");
    shop.send([order(Some("O"), &[("S2", 1)], 20)]);
    assert_eq!(shop.visit().total_time, 23);
    let conversions = shop.conversions();
    assert_eq!(conversions.len(), 1);
    let placed = &conversions[0];
    assert_eq!((shop.visit().buyer, placed.goal, placed.order.as_deref()), (1, GoalId::ORDER, Some("O")));
    let items: Vec<_> = placed.items.iter().map(|item| (item.sku.as_ref(), item.deleted)).collect();
    assert_eq!(items, [("S1", true), ("S2", false)]);
}

#[test]
fn c16_a_search_is_between_pages() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), search("x", 10)]);
    assert_eq!(shop.visit().exit_url, None);
    shop.send([page("b", 20)]);
    let visit = shop.visit();
    assert_eq!((visit.actions, visit.interactions, visit.searches), (3, 3, 1));
    let last = shop.actions()[2];
    assert_eq!((names(last), last.time_spent_before, last.follows_search), ((None, Some("x")), 10, true));
}

#[test]
fn c17_an_older_hit_joins() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), page("b", -600)]);
    let visit = shop.visit();
    assert_eq!((visit.last_at, visit.total_time), (page("a", 0).at, 0));
    let late = shop.actions()[1];
    assert_eq!((late.at, late.time_spent_before), (page("b", -600).at, 0));
}

#[test]
fn c18_a_new_id_on_the_same_device_joins_unless_cookies_are_trusted() {
    let other = |hit: Hit| Hit { visitor: Some(VisitorId(0xbb)), ..hit };
    let mut shop = Shop::new();
    shop.send([page("a", 0), other(page("b", 60))]);
    assert_eq!(shop.visit().visitor, VisitorId(0xbb));
    let mut shop = Shop::with(Site { id: SiteId(1), kind: SiteKind::Intranet, ..Site::default() });
    shop.send([page("a", 0), other(page("b", 60))]);
    assert_eq!(shop.visits().len(), 2);
}

#[test]
fn c19_an_id_may_come_later() {
    let mut shop = Shop::new();
    shop.send([Hit { visitor: None, identity: Identity::None, ..page("a", 0) }]);
    assert!(!shop.visit().profilable);
    shop.send([page("b", 10), page("c", 20)]);
    let visit = shop.visit();
    assert_eq!((visit.visitor, visit.profilable, visit.actions), (VisitorId(0xaa), true, 3));
}

#[test]
fn c20_a_user_logs_in() {
    let user =
        |hit: Hit| Hit { visitor: Some(VisitorId(0x11)), identity: Identity::User, user_id: Some("u".into()), ..hit };
    let mut shop = Shop::new();
    shop.send([page("a", 0), user(page("b", 10)), page("c", 20)]);
    let visit = shop.visits().pop().unwrap();
    assert_eq!((visit.user_id.as_deref(), visit.actions), (Some("u"), 3));
}

#[test]
fn c22_and_c23_search_off_and_content_first() {
    let mut shop = Shop::with(Site { id: SiteId(1), site_search: false, ..Site::default() });
    shop.send([search("foo", 0)]);
    assert_eq!(shop.actions()[0].kind, ActionKind::PageView);

    let mut shop = Shop::new();
    let content = Content { name: "Ad".into(), piece: None, target: None, interaction: None };
    shop.send([hit(HitKind::Content(Box::new(content)), 0)]);
    let visit = shop.visit();
    assert_eq!((visit.actions, visit.interactions, &visit.entry_url), (0, 0, &None));
    assert_eq!(shop.actions()[0].kind, ActionKind::Content);
    shop.send([page("a", 60), page("b", 90)]);
    assert_eq!(shop.visit().entry_url.as_ref().unwrap().name.as_ref(), "shop.example/a");
}

/// Timings of the page views that were timed late, by action, as they stand.
fn late_timings(shop: &Shop) -> Vec<(HitId, Timings)> {
    let timed = shop.events.iter().filter_map(|event| match event {
        VisitEvent::PageTimed(timed) => Some((timed.action, timed.after)),
        _ => None,
    });
    timed.collect()
}

fn timed(hit: Hit, pageview_id: &str, timings: Timings) -> Hit {
    Hit { pageview_id: Some(pageview_id.into()), timings, ..hit }
}

#[test]
fn c24_a_later_hit_times_the_page() {
    let on_load = |on_load| Timings { on_load: Some(on_load), ..Timings::default() };
    let mut shop = Shop::new();
    shop.send([timed(page("a", 0), "P", Timings::default()), timed(event(5), "P", on_load(30))]);
    let page_id = shop.actions()[0].id;
    assert_eq!(late_timings(&shop), [(page_id, on_load(30))]);
    // What is told again replaces, what is not told again stays (§5.7); a ping may tell it, too.
    let server = Timings { server: Some(7), ..on_load(31) };
    shop.send([timed(hit(HitKind::Ping, 8), "P", server), timed(event(9), "P", on_load(32))]);
    let last = Timings { server: Some(7), ..on_load(32) };
    assert_eq!(late_timings(&shop)[1..], [(page_id, server), (page_id, last)]);
}

#[test]
fn late_timings_are_of_a_page_of_the_same_visit_that_the_whole_id_names() {
    let told = Timings { network: Some(3), ..Timings::default() };
    let none = Timings::default();
    let check = |hits: [Hit; 2], expected: usize| {
        let mut shop = Shop::new();
        shop.send(hits);
        assert_eq!(late_timings(&shop).len(), expected);
    };
    check([timed(page("a", 0), "abcdef", none), timed(event(5), "abcdef", told)], 1);
    check([timed(page("a", 0), "abcdefgh", none), timed(event(5), "abcdefgh", told)], 0);
    check([timed(page("a", 0), "abcdef", none), timed(event(5), "other", told)], 0);
    check([timed(page("a", 0), "abcdef", none), timed(event(5), "abcdef", none)], 0);
    check([timed(page("a", 0), "abcdef", told), timed(event(5), "abcdef", told)], 0);
    check([timed(page("a", 0), "abcdef", none), timed(event(1800), "abcdef", told)], 0);
    check([timed(page("a", 0), "abcdef", none), timed(page("b", 5), "abcdef", told)], 0);
    // Pages before the last one, also after a search and without a title, keep their place and name.
    let untitled = Hit { title: None, ..page("c", 2) };
    let mut shop = Shop::new();
    let pages = [timed(page("a", 0), "A", none), timed(page("b", 1), "B", none), timed(untitled, "C", none)];
    shop.send(pages).send([search("x", 3), timed(event(4), "A", told), timed(event(5), "B", told)]);
    shop.send([timed(event(6), "C", told)]);
    let ids: Vec<_> = shop.actions()[..3].iter().map(|action| action.id).collect();
    assert_eq!(late_timings(&shop), ids.into_iter().map(|id| (id, told)).collect::<Vec<_>>());
    let pages = shop.events.iter().filter_map(|event| match event {
        VisitEvent::PageTimed(page) => Some((page.url.as_ref()?.name.to_string(), page.name.as_ref()?.to_string())),
        _ => None,
    });
    let expected = [("shop.example/a", "Title a"), ("shop.example/b", "Title b"), ("shop.example/c", "")];
    assert_eq!(pages.collect::<Vec<_>>(), expected.map(|(url, name)| (url.to_owned(), name.to_owned())));
}

#[test]
fn c25_a_visit_can_be_forced() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), Hit { new_visit: true, ..page("b", 10) }]);
    let visits = shop.visits();
    assert_eq!((visits.len(), visits[1].visit_count, visits[1].returning), (2, 2, Returning::Returning));
}

/// §5.4: a search that the URL tells of.
#[test]
fn a_url_may_be_a_search() {
    let mut shop = Shop::new();
    shop.send([page("find?q=Red+Shoes", 0)]);
    let action = shop.actions()[0];
    assert_eq!((action.kind, action.name.as_deref(), &action.url), (ActionKind::Search, Some("Red Shoes"), &None));
}

/// §6.2 step 4: the own site is direct, another is a website, by host in lower case.
#[test]
fn referrers_are_told_apart() {
    let kind = |referrer: &str| {
        let mut shop = Shop::new();
        shop.send([from(referrer, page("a", 0))]);
        let referrer = shop.visit().referrer.clone();
        (referrer.kind, referrer.name.to_string())
    };
    assert_eq!(kind("http://www.shop.example/x"), (ReferrerKind::Direct, String::new()));
    assert_eq!(kind("http://News.Example/x"), (ReferrerKind::Website, "news.example".into()));
    assert_eq!(kind("http://search.yahoo.com/search?p=Red"), (ReferrerKind::Search, "Yahoo!".into()));
    assert_eq!(kind("https://t.co/abc"), (ReferrerKind::Social, "Twitter".into()));
    assert_eq!(kind("not a url"), (ReferrerKind::Direct, String::new()));
}

/// §6.2: what a referrer says is remembered only as long as the rules by which it was read.
#[test]
fn a_referrer_is_read_anew_when_the_rules_change() {
    let mut shop = Shop::new();
    let kind_at = |shop: &mut Shop, seconds: i64| {
        shop.send([from("http://news.example/x", Hit { new_visit: true, ..page("a", seconds) })]);
        shop.visits().last().unwrap().referrer.kind
    };
    assert_eq!(kind_at(&mut shop, 0), ReferrerKind::Website);
    let mut site = shop.config.sites[&SiteId(1)].as_ref().clone();
    site.excluded_referrers = vec!["news.example".into()];
    shop.configure(Entity::Site(site));
    assert_eq!(kind_at(&mut shop, 60), ReferrerKind::Direct);
}

/// §3.3: the resolution may be filled in, and nothing else of the device.
#[test]
fn an_unknown_resolution_is_filled_in() {
    let mut shop = Shop::new();
    let known = page("b", 10);
    let client = nagare_schema::Client { resolution: "10x10".into(), ..(*known.client).clone() };
    shop.send([page("a", 0), Hit { client: Arc::new(client), ..known }]);
    let visit = shop.visit();
    let Device { resolution, .. } = visit.device.as_ref();
    assert_eq!(resolution.as_ref(), "10x10");
}
