//! Rules of the tracking specification beyond its scenarios, by section.

use nagare_schema::{
    Attribution, Bot, BotRule, CustomDimension, DimensionScope, Entity, Extraction, ExtractionSource, Goal,
    GoalAttribute, GoalId, Hit, HitKind, Identity, Order, ReferrerKind, ReferrerReduction, Settings, SiteId, VisitorId,
};

use crate::site::{Shop, hit, page};

fn order(id: &str, seconds: i64) -> Hit {
    let order = Order {
        id: Some(id.into()),
        subtotal: None,
        tax: None,
        shipping: None,
        discount: None,
        items: Some(Vec::new()),
    };
    hit(HitKind::Order(Box::new(order)), seconds)
}

fn other(visitor: u64, hit: Hit) -> Hit {
    Hit { visitor: Some(VisitorId(visitor)), config_id: nagare_schema::ConfigId(visitor), ..hit }
}

fn orders(shop: &Shop) -> usize {
    shop.conversions().iter().filter(|conversion| conversion.goal == GoalId::ORDER).count()
}

fn with_settings(settings: Settings) -> Shop {
    let mut shop = Shop::new();
    shop.configure(Entity::Settings(settings));
    shop
}

#[test]
fn section_7_7_and_c15_an_order_counts_once_on_its_site() {
    let mut shop = Shop::new();
    shop.send([order("O", 0), order("O", 10), other(0xbb, order("O", 20)), order("P", 30)]);
    assert_eq!(orders(&shop), 2);
    let mut shop = Shop::new();
    shop.orders.insert((SiteId(1), nagare_processor::order_hash("O")));
    shop.send([order("O", 0)]);
    assert_eq!((orders(&shop), shop.visit().converted), (0, true), "the visit has taken note of it");
}

#[test]
fn section_7_7_a_forgotten_visit_leaves_its_orders_to_the_tables() {
    let mut shop = Shop::new();
    shop.send([order("O", 0)]);
    let key = (SiteId(1), nagare_processor::order_hash("O"));
    assert!(shop.state.has_order(key));
    shop.state.forget(nagare_schema::UnixMillis(i64::MAX));
    assert!(!shop.state.has_order(key));
}

#[test]
fn section_5_8_dimensions_are_those_of_the_site_and_scope() {
    let mut shop = Shop::new();
    let extraction = |source, pattern: &str| Extraction { source, pattern: pattern.into() };
    for (id, scope, active, extractions) in [
        (1, DimensionScope::Visit, true, vec![extraction(ExtractionSource::UrlParam, "plan")]),
        (2, DimensionScope::Action, true, vec![extraction(ExtractionSource::Url, r"shop\.example\/(\w+)")]),
        (3, DimensionScope::Action, true, vec![extraction(ExtractionSource::ActionName, "^Title (.+)")]),
        (4, DimensionScope::Visit, false, Vec::new()),
    ] {
        let dimension = CustomDimension { id, scope, active, extractions, ..CustomDimension::default() };
        shop.configure(Entity::Dimension(SiteId(1), dimension));
    }
    let sent = |hit: Hit, values: &[(u32, &str)]| Hit {
        dimensions: values.iter().map(|(id, value)| (*id, (*value).into())).collect(),
        ..hit
    };
    shop.send([sent(page("a?plan=gold%20card", 0), &[(2, "own"), (4, "x"), (9, "y")])]);
    let visit = shop.visit();
    let custom = visit.custom.as_ref().unwrap();
    assert_eq!(custom.dimensions.iter().map(|(id, value)| (*id, &**value)).collect::<Vec<_>>(), [(1, "gold card")]);
    let found: Vec<_> = shop.actions()[0].dimensions.iter().map(|(id, value)| (*id, value.to_string())).collect();
    assert_eq!(found, [(2, "own".to_owned()), (3, "a?plan=gold card".to_owned())]);
    shop.send([sent(page("b", 10), &[(1, "")])]);
    let cleared = shop.visit().custom.as_ref().unwrap().dimensions.get(&1).map(|value| value.to_string());
    assert_eq!(cleared.as_deref(), Some(""), "an empty value clears");
    assert_eq!(shop.actions()[1].dimensions.get(&2).map(|value| &**value), Some("b"));
}

#[test]
fn section_1_10_titles() {
    let title = |text: &str, delimiter: &str| {
        let mut settings = Settings::default();
        settings.named.set("General.action_title_category_delimiter", delimiter).unwrap();
        let mut shop = with_settings(settings);
        shop.send([Hit { title: Some(text.into()), ..page("a", 0) }]);
        shop.actions()[0].name.as_deref().unwrap_or_default().to_owned()
    };
    assert_eq!(title("0", ""), "");
    assert_eq!(title(" a /  b ", ""), "a /  b");
    assert_eq!(title(" a / / b /", "/"), "a/b");
}

#[test]
fn section_9_referrers_are_reduced_when_stored() {
    let stored = |reduction| {
        let mut shop = with_settings(Settings { referrer_reduction: reduction, ..Settings::default() });
        shop.send([Hit { referrer: Some("http://u:p@r.example/x/y?q=1#f".into()), ..page("a", 0) }]);
        let referrer = shop.visit().referrer.clone();
        (referrer.kind, referrer.name.to_string(), referrer.url.to_string())
    };
    let website = |name: &str, url: &str| (ReferrerKind::Website, name.to_owned(), url.to_owned());
    assert_eq!(stored(ReferrerReduction::ExcludeQuery), website("r.example", "http://u:p@r.example/x/y"));
    assert_eq!(stored(ReferrerReduction::ExcludePath), website("r.example", "http://r.example/"));
    assert_eq!(stored(ReferrerReduction::ExcludeAll), website("", ""));
}

#[test]
fn section_6_3_campaigns_have_details_and_advertisements_a_name() {
    let referrer = |landing: &str, from: &str| {
        let mut shop = Shop::new();
        shop.send([Hit { referrer: Some(from.into()), ..page(landing, 0) }]);
        shop.visit().referrer.clone()
    };
    let campaign = referrer("?utm_campaign=Spring&utm_source=News&mtm_medium=Mail&utm_id=7", "");
    let details: Vec<_> = campaign.campaign.iter().map(|(column, value)| (&**column, &**value)).collect();
    assert_eq!(details, [("id", "7"), ("medium", "mail"), ("source", "news")]);
    let shown = "http://googleads.g.doubleclick.net/pagead/ads?url=http%3A%2F%2FBlog.example%2Fx&ad_type=text";
    let advertised = referrer("a", shown);
    assert_eq!((&*advertised.name, &*advertised.keyword), ("adwords (text)", "(adwords) blog.example"));
}

#[test]
fn section_6_2_the_stored_url_has_no_noise() {
    let mut shop = Shop::new();
    shop.send([Hit { referrer: Some("https://www.facebook.com/l.php?u=1&h=2&p=3".into()), ..page("a", 0) }]);
    assert_eq!(&*shop.visit().referrer.url, "https://www.facebook.com/l.php?u=1");
}

#[test]
fn section_12_1_an_assistant_is_credited_before_a_campaign_cookie() {
    let mut shop = Shop::new();
    shop.goal(Goal { id: 1, attribute: GoalAttribute::Url, pattern: "thanks".into(), ..Goal::default() });
    let attribution = Attribution { campaign: Some("spring".into()), ..Attribution::default() };
    let landing = Hit { referrer: Some("https://chatgpt.com/".into()), ..page("thanks", 0) };
    shop.send([Hit { attribution: Some(Box::new(attribution)), ..landing }]);
    assert_eq!(shop.conversions()[0].referrer.kind, ReferrerKind::Assistant);
}

#[test]
fn section_3_3_a_goal_met_again_lengthens_the_visit_too() {
    let mut shop = Shop::new();
    shop.goal(Goal { id: 1, attribute: GoalAttribute::Url, pattern: "shop".into(), ..Goal::default() });
    shop.send([page("a", 0), page("b", 180)]);
    assert_eq!((shop.visit().total_time, shop.conversions().len()), (182, 1));
}

#[test]
fn section_3_1_rules_5_to_8_may_be_switched() {
    let visits = |name: &str, value: &str, hits: Vec<Hit>| {
        let mut settings = Settings::default();
        settings.named.set(name, value).unwrap();
        let mut shop = with_settings(settings);
        shop.send(hits);
        shop.visits().len()
    };
    let from = |referrer: &str, hit: Hit| Hit { referrer: Some(referrer.into()), ..hit };
    let night = vec![page("a", 12 * 3600 - 10), page("b", 12 * 3600 + 10)];
    assert_eq!(visits("Tracker.create_new_visit_after_midnight", "1", night.clone()), 2);
    assert_eq!(visits("Tracker.create_new_visit_after_midnight", "0", night), 1);
    let campaigns = vec![page("?mtm_campaign=x", 0), page("?mtm_campaign=y", 10)];
    assert_eq!(visits("Tracker.create_new_visit_when_campaign_changes", "0", campaigns), 1);
    let websites = vec![page("a", 0), from("http://r.example/", page("b", 10))];
    assert_eq!(visits("Tracker.create_new_visit_when_website_referrer_changes", "0", websites.clone()), 1);
    assert_eq!(visits("Tracker.create_new_visit_when_website_referrer_changes", "1", websites), 2);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// §5.8, §6: whatever a tracker sends as page, title and referrer is decided without a panic.
    #[test]
    fn arbitrary_texts_are_decided(url in ".{0,80}", title in ".{0,40}", referrer in "(https?://)?[a-z.]{0,20}[/?&=#%a-z0-9]{0,40}") {
        let mut shop = Shop::new();
        let extractions = vec![Extraction { source: ExtractionSource::Url, pattern: "(.)".into() }];
        let dimension = CustomDimension { id: 1, scope: DimensionScope::Action, extractions, ..CustomDimension::default() };
        shop.configure(Entity::Dimension(SiteId(1), dimension));
        shop.send([Hit { url: Some(url.into()), title: Some(title.into()), referrer: Some(referrer.into()), ..page("", 0) }]);
        proptest::prop_assert_eq!(shop.visits().len(), 1);
    }
}

fn with_named(name: &str, value: &str) -> Shop {
    let mut settings = Settings::default();
    settings.named.set(name, value).unwrap();
    with_settings(settings)
}

#[test]
fn appendix_a_a_visit_may_end_sooner_but_not_later_than_it_is_held() {
    for (setting, visits) in [("60", 2), ("1800", 1), ("90000", 1)] {
        let mut shop = with_named("Tracker.visit_standard_length", setting);
        shop.send([page("a", 0), page("b", 60)]);
        assert_eq!(shop.visits().len(), visits, "{setting}");
    }
    let mut shop = with_named("Tracker.visit_standard_length", "90000");
    shop.send([page("a", 0), page("b", 1800)]);
    assert_eq!(shop.visits().len(), 2);
}

#[test]
fn section_2_3_a_visit_with_too_many_actions_is_not_found() {
    for (setting, visits) in [("2", 2), ("0", 1), ("10000", 1)] {
        let mut shop = with_named("Tracker.create_new_visit_after_x_actions", setting);
        shop.send([page("a", 0), page("b", 1), page("c", 2)]);
        assert_eq!(shop.visits().len(), visits, "{setting}");
    }
}

#[test]
fn section_3_2_a_visit_of_one_page_lasts_as_long_as_settings_say() {
    let mut shop = with_named("Tracker.default_time_one_page_visit", "7");
    shop.send([page("a", 0)]);
    assert_eq!(shop.visit().total_time, 7);
    shop.send([page("b", 20)]);
    assert_eq!(shop.visit().total_time, 21);
}

#[test]
fn section_2_5_another_user_begins_a_visit_where_user_ids_give_no_visitor_ids() {
    let of = |user: &str, seconds| Hit { user_id: Some(user.into()), ..page("a", seconds) };
    let mut shop = with_named("Tracker.enable_userid_overwrites_visitorid", "0");
    shop.send([page("a", 0), of("u", 10), of("u", 20), of("v", 30)]);
    assert_eq!(shop.visits().iter().map(|visit| visit.actions).collect::<Vec<_>>(), [3, 1]);
    let mut shop = Shop::new();
    shop.send([of("u", 10), of("v", 30)]);
    assert_eq!(shop.visits().len(), 1);
}

#[test]
fn c21_a_click_inside_content_is_an_outlink() {
    let mut shop = Shop::new();
    shop.send([page("a", 0), hit(HitKind::Outlink("http://out.example/".into()), 5)]);
    let kinds: Vec<_> = shop.actions().iter().map(|action| action.kind).collect();
    assert_eq!(kinds, [nagare_schema::ActionKind::PageView, nagare_schema::ActionKind::Outlink]);
    let outlink = shop.actions()[1];
    assert_eq!((outlink.content.as_ref(), outlink.name.as_ref()), (None, None));
}

#[test]
fn section_2_3_a_device_may_be_looked_back_for_longer_than_a_visit_may_be_idle() {
    let known = |look_back: &str| {
        let mut settings = Settings::default();
        settings.named.set("Tracker.visit_standard_length", "600").unwrap();
        settings.named.set("Tracker.window_look_back_for_visitor", look_back).unwrap();
        let mut shop = with_settings(settings);
        let nameless = |seconds| Hit { visitor: None, identity: Identity::None, ..page("a", seconds) };
        shop.send([nameless(0), nameless(900)]);
        shop.visits()[1].visit_count
    };
    assert_eq!((known("0"), known("1200")), (1, 2));
}

/// §4.1
#[test]
fn hits_of_robots_belong_to_no_visit_and_change_none() {
    let mut shop = Shop::new();
    let bot = Some(Bot { rule: BotRule::Network, version: 1 });
    shop.send([page("a", 0), Hit { bot, ..page("b", 10) }, page("c", 20)]);
    let visit = shop.visit();
    assert_eq!((visit.actions, visit.exit_url.as_ref().unwrap().name.as_ref()), (2, "shop.example/c"));
    assert_eq!(shop.actions().iter().map(|action| action.time_spent_before).collect::<Vec<_>>(), [0, 20]);
}
