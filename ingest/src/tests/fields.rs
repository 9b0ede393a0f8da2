//! What parameters become in a hit (`tracking.md` §1.7 to §1.10, §2, §5 to §9).

use nagare_schema::{GoalId, Hit, HitKind, Identity, LocalTime, UnixSeconds, VisitorId};
use serde_json::json;

use super::{AGENT, Browser, request};
use crate::fake::{NOW, SUPER};

const NOW_S: i64 = NOW.0 / 1000;

#[tokio::test]
async fn section_1_7_a_full_page_view() {
    let browser = Browser::new();
    let query = "url=http%3A%2F%2Fx.test%2Fa%3Fb%3Dc&action_name=A+%26amp%3B+B&urlref=http://r.test/&_id=1234567890abcdef\
        &uid=&pv_id=abc123&h=25&m=9&s=8&res=1920x1080&pdf=1&cookie=1&lang=fr-FR,fr;q=0.9&new_visit=1&cs=utf-8\
        &pf_net=1&pf_onl=6&dimension2=red&cvar={\"1\":[\"n\",\"v\"]}&mtm_campaign=Spring&_rcn=Ca%2520mp&bw_bytes=900&revenue=1.5";
    let hit = browser.hit(query).await;
    assert_eq!(hit.site.0, 1);
    assert_eq!((hit.at, hit.received_at), (UnixSeconds(NOW_S), NOW));
    assert_eq!(hit.kind, HitKind::PageView);
    assert_eq!(hit.url.as_deref(), Some("http://x.test/a?b=c"));
    assert_eq!(hit.title.as_deref(), Some("A & B"));
    assert_eq!(hit.referrer.as_deref(), Some("http://r.test/"));
    assert_eq!((hit.visitor.unwrap().0, hit.identity), (0x1234_5678_90ab_cdef, Identity::Cookie));
    assert_eq!(hit.user_id, None);
    assert_eq!(hit.pageview_id.as_deref(), Some("abc123"));
    assert_eq!(hit.local_time, LocalTime(9 * 60 + 8), "an hour of 25 is 0");
    assert_eq!(&*hit.client.resolution, "1920x1080");
    assert_eq!(hit.client.plugins, 0b1000_0100);
    assert_eq!(&*hit.client.language, "fr-fr,fr");
    assert_eq!(&*hit.client.user_agent, AGENT);
    assert_eq!(&*hit.place.country, "fr");
    assert!(hit.new_visit && !hit.place_forced);
    assert_eq!((hit.timings.network, hit.timings.server, hit.timings.on_load), (Some(1), None, Some(6)));
    assert_eq!(hit.dimensions.get(&2).map(|value| &**value), Some("red"));
    assert_eq!(hit.page_variables.get(&1).map(|(name, value)| (&**name, &**value)), Some(("n", "v")));
    assert_eq!(hit.campaign.get("mtm_campaign").map(String::as_str), Some("Spring"));
    assert_eq!(hit.attribution.as_ref().unwrap().campaign.as_deref(), Some("Ca mp"));
    assert_eq!((hit.bandwidth, hit.revenue), (Some(900), Some(1.5)));
}

#[tokio::test]
async fn section_9_the_address_is_masked_before_it_leaves() {
    let browser = Browser::new();
    assert_eq!(browser.hit("").await.address.as_deref(), Some("198.51.0.0"));
    let query = "cip=2001:db8:1:2:3::4&TOKEN";
    assert_eq!(browser.hit(query).await.address.as_deref(), Some("2001:db8:1::"));
    assert_eq!(browser.hit("cip=nonsense&TOKEN").await.address.as_deref(), Some("0.0.0.0"));
    let browser = Browser::with_settings(|settings| settings.mask_bytes = 0);
    assert_eq!(browser.hit("").await.address.as_deref(), Some("198.51.100.77"));
}

#[tokio::test]
async fn section_1_2_headers_stand_in_for_parameters() {
    let browser = Browser::new();
    let headers = [("referer", "http://page.test/"), ("accept-language", "de-AT"), ("sec-ch-ua", "\"B\";v=\"1\"")];
    browser.get("ua=&lang=", &headers).await;
    browser.get("urlref=http://r.test/&ua=Own&uadata={\"platform\":\"P\"}", &headers).await;
    let hits = browser.stage.log.hits();
    assert_eq!(hits[0].url.as_deref(), Some("http://page.test/"));
    assert_eq!(&*hits[0].place.country, "at");
    assert_eq!(hits[0].client.hints.as_deref(), Some(r#"{"brands":[{"brand":"B","version":"1"}]}"#));
    assert_eq!(hits[1].url, None, "a referrer is there, so the header is none");
    assert_eq!(&*hits[1].client.user_agent, "Own");
    assert_eq!(hits[1].client.hints.as_deref(), Some(r#"{"platform":"P"}"#));
}

#[tokio::test]
async fn section_1_8_the_effective_time() {
    let browser = Browser::new();
    let token = "&TOKEN";
    for (query, at) in [
        (String::new(), NOW_S),
        (format!("cdt={}", NOW_S - 86_399), NOW_S - 86_399),
        (format!("cdt={}", NOW_S + 1), NOW_S),
        (format!("cdt={}", NOW.0), NOW_S),
        ("cdt=nonsense".to_owned(), NOW_S),
        (format!("cdt={}{token}", NOW_S - 20 * 365 * 86_400), NOW_S),
        ("cdo=60".to_owned(), NOW_S - 60),
        ("cdo=-60".to_owned(), NOW_S - 60),
        (format!("cdt={}&cdo=60", NOW_S - 60), NOW_S - 120),
        (format!("cdt=2011-04-05+00:11:42{token}"), 1_301_962_302),
        (format!("cdo=-9223372036854775808{token}"), NOW_S),
    ] {
        assert_eq!(browser.hit(&query).await.at, UnixSeconds(at), "{query}");
    }
    assert_eq!(browser.get(&format!("cdt={}", NOW_S - 86_400), &[]).await.status, 400);
}

#[tokio::test]
async fn section_1_7_the_local_time_defaults_to_the_hit() {
    let browser = Browser::new();
    assert_eq!(browser.hit("").await.local_time, LocalTime(22 * 3600 + 13 * 60 + 20));
    assert_eq!(browser.hit("h=1&m=2&s=3").await.local_time, LocalTime(3723));
}

#[tokio::test]
async fn section_5_1_the_rightmost_kind_wins() {
    let browser = Browser::new();
    type IsKind = fn(&Hit) -> bool;
    let steps: [(&str, IsKind); 9] = [
        ("", |hit| hit.kind == HitKind::PageView),
        ("search=%20x%20&search_cat=c&search_count=3", |hit| {
            let expected = HitKind::Search { keyword: "x".into(), category: Some("c".into()), count: Some(3) };
            hit.kind == expected
        }),
        (
            "c_n=name&c_p=p",
            |hit| matches!(&hit.kind, HitKind::Content(content) if content.piece.as_deref() == Some("p")),
        ),
        ("e_c=c&e_a=a&e_n=n&e_v=0", |hit| matches!(&hit.kind, HitKind::Event(event) if event.value == Some(0.0))),
        ("link=http://out.test/", |hit| hit.kind == HitKind::Outlink("http://out.test/".into())),
        ("download=http://x.test/f.zip", |hit| hit.kind == HitKind::Download("http://x.test/f.zip".into())),
        ("idgoal=1", |hit| hit.kind == HitKind::Goal(GoalId(1))),
        ("idgoal=0", |hit| matches!(&hit.kind, HitKind::Cart(cart) if cart.id.is_none())),
        ("ping=1", |hit| hit.kind == HitKind::Ping),
    ];
    let mut query = String::new();
    for (more, is_expected) in steps {
        query = format!("{query}&{more}");
        let hit = browser.hit(&query).await;
        assert!(is_expected(&hit), "{query}: {:?}", hit.kind);
    }
    assert_eq!(browser.hit("ca=1&e_c=c&e_a=a").await.url, None);
    assert_eq!(browser.hit("e_c=only").await.kind, HitKind::PageView);
}

#[tokio::test]
async fn section_5_7_negative_timings_are_refused_on_page_views_only() {
    let browser = Browser::new();
    assert_eq!(browser.hit("ping=1&pf_net=-5").await.timings.network, None);
    assert_eq!(browser.hit("pf_net=-1").await.timings.network, None);
}

#[tokio::test]
async fn section_7_6_an_order_with_its_items() {
    let browser = Browser::new();
    let items = "[[\"S1\",\"Na%26amp;me\",[\"a\",\"\",0,\"b\"],\"9.999\",2],[\"\"],[[\"x\",\"y\"],\"\",\"c\",\"z\",0]]";
    let hit =
        browser.hit(&format!("idgoal=0&ec_id=O1&revenue=20&ec_st=18&ec_tx=1&ec_sh=2&ec_dt=1&ec_items={items}")).await;
    let HitKind::Order(order) = &hit.kind else { panic!("{:?}", hit.kind) };
    assert_eq!((order.id.as_deref(), order.subtotal, order.discount), (Some("O1"), Some(18.0), Some(1.0)));
    let found: Vec<_> = order.items.as_ref().unwrap().iter().collect();
    let line = |at: usize| {
        (&*found[at].sku, &*found[at].name, found[at].categories.len(), found[at].price, found[at].quantity)
    };
    assert_eq!(found.len(), 2, "without a SKU there is no item");
    assert_eq!(line(0), ("S1", "Na&me", 2, 10.0, 2));
    assert_eq!(line(1), ("x,y", "", 1, 0.0, 1));
    for (items, expected) in [("45", None), ("[[", Some(0)), ("", Some(0)), ("{\"k\":[\"S\"]}", Some(1))] {
        let hit = browser.hit(&format!("idgoal=0&ec_items={items}")).await;
        let HitKind::Cart(cart) = &hit.kind else { panic!("{:?}", hit.kind) };
        assert_eq!(cart.items.as_ref().map(Vec::len), expected, "{items}");
    }
}

#[tokio::test]
async fn section_7_6_a_huge_order_stays_within_a_message() {
    let browser = Browser::new();
    let text = "x".repeat(1000);
    let line = json!([text, text, [text, text, text, text, text], 1, 1]);
    let items: Vec<_> = std::iter::repeat_n(&line, 600).collect();
    let bulk = json!({ "requests": [{ "idsite": 1, "rec": 1, "idgoal": 0, "ec_id": "O", "ec_items": items }] });
    assert_eq!(browser.stage.post("/matomo.php", bulk.to_string()).await.status, 200);
    for hit in browser.stage.log.hits() {
        assert!(hit.size_bound() < nagare_schema::MESSAGE_BYTES_MAX);
        let encoded = nagare_schema::encode(&hit).unwrap();
        assert!(encoded.len() <= hit.size_bound(), "{} > {}", encoded.len(), hit.size_bound());
    }
}

#[tokio::test]
async fn section_2_2_the_fingerprint_tells_devices_sites_and_days_apart() {
    let browser = Browser::new();
    let token = "TOKEN";
    let base = browser.hit("lang=en").await.config_id;
    assert_eq!(
        browser.hit("lang=en&res=1x1&url=http://y.test/").await.config_id,
        base,
        "resolution and page are no inputs"
    );
    let day_ago = NOW_S - 86_400;
    let others = [
        "lang=de".to_owned(),
        "lang=en&ua=Other".to_owned(),
        "lang=en&pdf=1".to_owned(),
        format!("lang=en&cip=198.51.100.78&{token}"),
        format!("lang=en&cdt={day_ago}&{token}"),
    ];
    for query in others {
        assert_ne!(browser.hit(&query).await.config_id, base, "{query}");
    }
    browser.stage.send(request("/matomo.php?idsite=2&rec=1&lang=en", &[])).await;
    assert_ne!(browser.stage.log.hits().pop().unwrap().config_id, base);
    let browser = Browser::with_settings(|settings| settings.locate_masked = true);
    let masked = browser.hit("lang=en").await.config_id;
    assert_eq!(browser.hit(&format!("lang=en&cip=198.51.200.1&{token}")).await.config_id, masked);
}

#[tokio::test]
async fn section_8_3_places_may_be_overridden() {
    let browser = Browser::new();
    let token = "TOKEN";
    let hit = browser.hit(&format!("country=FR&region=idf&city=Paris&lat=48.85661&long=2.3522&{token}")).await;
    assert!(hit.place_forced);
    assert_eq!((&*hit.place.country, &*hit.place.region, &*hit.place.city), ("fr", "idf", "Paris"));
    assert_eq!((hit.place.latitude, hit.place.longitude), (Some(48.857), Some(2.352)));
    let hit = browser.hit(&format!("lat=99&long=x&{token}")).await;
    assert_eq!((hit.place.latitude, hit.place.longitude), (Some(99.0), None));
}

#[tokio::test]
async fn every_text_of_a_hit_is_bounded() {
    let browser = Browser::new();
    let long = "\u{20ac}".repeat(5000);
    let fields: serde_json::Map<_, _> = crate::params::Name::ALL
        .iter()
        .filter(|(name, _)| {
            use crate::params::Name as N;
            !matches!(
                name,
                N::Site
                    | N::Record
                    | N::InstallCheck
                    | N::Download
                    | N::Outlink
                    | N::EventCategory
                    | N::ForcedId
                    | N::Goal
            )
        })
        .map(|(_, text)| ((*text).to_owned(), json!(long)))
        .chain((1..200).map(|id| (format!("dimension{id}"), json!(long))))
        .chain([("idsite".to_owned(), json!(1)), ("rec".to_owned(), json!(1)), ("token_auth".to_owned(), json!(SUPER))])
        .collect();
    let answer = browser.stage.post("/matomo.php", json!({ "requests": [fields] }).to_string()).await;
    assert_eq!(answer.text(), r#"{"status":"success","tracked":1,"invalid":0}"#);
    let hit = browser.stage.log.hits().pop().unwrap();
    assert!(hit.url.as_ref().unwrap().len() <= 1024);
    assert!(hit.title.as_ref().unwrap().len() <= 1024);
    assert!(hit.referrer.as_ref().unwrap().len() <= 2048);
    assert!(hit.client.user_agent.len() <= 1024);
    assert_eq!(hit.user_id.as_ref().unwrap().chars().count(), 200);
    assert!(hit.dimensions.len() <= 64);
    assert!(nagare_schema::encode(&hit).unwrap().len() < 128 * 1024);
}

#[tokio::test]
async fn section_2_1_the_first_id_that_is_there_counts() {
    let browser = Browser::new();
    let (user, forced, cookie) = ("uid=u&", "cid=1111111111111111&", "_id=2222222222222222333&");
    for (query, visitor, identity) in [
        (format!("{user}{forced}{cookie}"), Some(0x51e6_9892_ab49_df85), Identity::User),
        (format!("{forced}{cookie}"), Some(0x1111_1111_1111_1111), Identity::Forced),
        (cookie.to_owned(), Some(0x2222_2222_2222_2222), Identity::Cookie),
        ("_id=short".to_owned(), None, Identity::None),
        (String::new(), None, Identity::None),
    ] {
        let hit = browser.hit(&query).await;
        assert_eq!((hit.visitor, hit.identity), (visitor.map(VisitorId), identity), "{query}");
    }
}

#[tokio::test]
async fn section_5_5_and_5_6_blank_names_are_refused() {
    let browser = Browser::new();
    for query in ["e_c=%20&e_a=a", "e_c=c&e_a=%20", "c_n=%20"] {
        assert_eq!(browser.get(query, &[]).await.status, 400, "{query}");
    }
    let hit = browser.hit("e_c=%20c%20&e_a=%20a&e_v=x").await;
    let HitKind::Event(event) = hit.kind else { panic!("no event") };
    assert_eq!((&*event.category, &*event.action, event.value), ("c", "a", None));
}
