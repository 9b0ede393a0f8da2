//! Exclusion (`tracking.md` §4) through the router: a refused hit is a success for its sender.

use nagare_schema::{BotRule, DropReason, Settings, Site};

use super::Browser;
use crate::fake::change_site;

/// A page view that settings, site, query or headers exclude.
#[derive(Default)]
struct Case {
    settings: Option<fn(&mut Settings)>,
    site: Option<fn(&mut Site)>,
    query: &'static str,
    headers: &'static [(&'static str, &'static str)],
}

async fn check(case: Case, expected: Option<DropReason>) {
    let browser = Browser::with(|config| {
        if let Some(change) = case.settings {
            let mut settings = Settings::default();
            change(&mut settings);
            config.settings = settings.into();
        }
        if let Some(change) = case.site {
            change_site(config, change);
        }
    });
    let answer = browser.get(case.query, case.headers).await;
    assert_eq!(answer.status, 200, "{}", case.query);
    assert_eq!(browser.stage.log.hits().len(), usize::from(expected.is_none()), "{}", case.query);
    if let Some(reason) = expected {
        assert_eq!(browser.dropped(reason), 1, "{reason:?}");
        assert_eq!(answer.headers.contains_key("tk"), reason == DropReason::DoNotTrack);
    }
    browser.stage.assert_balanced();
}

/// A hit is kept with the verdict, and counted by it.
async fn check_bot(query: &str, expected: Option<BotRule>) {
    let browser = Browser::new();
    let hit = browser.hit(query).await;
    assert_eq!(hit.bot.map(|bot| bot.rule), expected, "{query}");
    for rule in BotRule::ALL {
        assert_eq!(browser.stage.intake.metrics.bots(rule), u64::from(expected == Some(rule)), "{query}");
    }
    browser.stage.assert_balanced();
}

#[tokio::test]
async fn section_4_1_hits_of_bots_that_nobody_would_record_are_dropped() {
    let settings: Option<fn(&mut Settings)> = Some(|settings| settings.do_not_track = true);
    let headers = &[("dnt", "1")];
    check(Case { settings, headers, query: "ua=Googlebot", ..Case::default() }, Some(DropReason::Bot)).await;
    for query in ["ua=Googlebot&cid=short", "ua=Googlebot&idgoal=99", "ua=Googlebot&pf_srv=-2", "ua=Googlebot&rec=0"] {
        check(Case { query, ..Case::default() }, Some(DropReason::Bot)).await;
    }
}

#[tokio::test]
async fn section_4_1_bots() {
    let query = "ua=Mozilla/5.0+(compatible;+Googlebot/2.1)";
    check_bot(query, Some(BotRule::Name)).await;
    check_bot("ua=Googlebot&bots=1", None).await;
    let network = "cip=66.249.81.1&TOKEN";
    check_bot(network, Some(BotRule::Network)).await;
    let headers = &[("via", "1.1 Chrome-Compression-Proxy chrome-compression-proxy")];
    check(Case { query: network, headers, ..Case::default() }, None).await;
}

#[tokio::test]
async fn section_4_2_rec() {
    check(Case { query: "rec=0", ..Case::default() }, Some(DropReason::NotRecorded)).await;
}

#[tokio::test]
async fn section_4_3_do_not_track_is_honoured_when_it_is_set_so() {
    let on: Option<fn(&mut Settings)> = Some(|settings| settings.do_not_track = true);
    for headers in [&[("dnt", "1")], &[("x-do-not-track", "1")], &[("sec-gpc", "1")]] {
        check(Case { settings: on, headers, ..Case::default() }, Some(DropReason::DoNotTrack)).await;
        check(Case { headers, ..Case::default() }, None).await;
    }
    check(Case { settings: on, headers: &[("dnt", "0")], ..Case::default() }, None).await;
}

#[tokio::test]
async fn section_4_install_checks_and_opt_out() {
    check(Case { query: "tracker_install_check=abc", ..Case::default() }, Some(DropReason::InstallCheck)).await;
    let headers = &[("cookie", "a=b; matomo_ignore=ignore%3DKg%3D%3D")];
    check(Case { headers, ..Case::default() }, Some(DropReason::OptedOut)).await;
}

#[tokio::test]
async fn section_4_4_excluded_addresses() {
    let site: Option<fn(&mut Site)> = Some(|site| site.excluded_ips = vec!["198.51.100.*".to_owned()]);
    let settings: Option<fn(&mut Settings)> =
        Some(|settings| settings.excluded_ips = vec!["198.51.100.77/32".to_owned()]);
    check(Case { site, ..Case::default() }, Some(DropReason::ExcludedAddress)).await;
    check(Case { settings, ..Case::default() }, Some(DropReason::ExcludedAddress)).await;
    check(Case { site, settings, query: "cip=203.0.113.1&TOKEN", ..Case::default() }, None).await;
}

#[tokio::test]
async fn section_4_3_excluded_user_agents() {
    let site: Option<fn(&mut Site)> = Some(|site| site.excluded_user_agents = vec!["FIREFOX/125".to_owned()]);
    let settings: Option<fn(&mut Settings)> =
        Some(|settings| settings.excluded_user_agents = vec!["/gecko\\/\\d+/i".to_owned()]);
    check(Case { site, ..Case::default() }, Some(DropReason::ExcludedUserAgent)).await;
    check(Case { settings, ..Case::default() }, Some(DropReason::ExcludedUserAgent)).await;
    check(Case { site, settings, query: "ua=Other", ..Case::default() }, None).await;
}

#[tokio::test]
async fn section_4_referrer_spam_unknown_urls_and_prefetches() {
    check(Case { query: "urlref=http://semalt.com/", ..Case::default() }, Some(DropReason::ReferrerSpam)).await;
    let site: Option<fn(&mut Site)> = Some(|site| {
        site.exclude_unknown_urls = true;
        site.urls = vec!["https://known.test/shop".to_owned()];
    });
    check(Case { site, query: "url=http://www.known.test/shop/a", ..Case::default() }, None).await;
    check(Case { site, query: "url=http://known.test/", ..Case::default() }, Some(DropReason::UnknownUrl)).await;
    check(Case { site, ..Case::default() }, Some(DropReason::UnknownUrl)).await;
    for headers in [&[("x-purpose", "preview")], &[("x-purpose", "instant")], &[("x-moz", "prefetch")]] {
        check(Case { headers, ..Case::default() }, Some(DropReason::Prefetch)).await;
    }
}

#[tokio::test]
async fn section_0_3_an_unauthorised_override_of_a_bot_is_still_refused() {
    let browser = Browser::new();
    assert_eq!(browser.get("country=fr&ua=Googlebot/2.1", &[]).await.status, 400);
    assert_eq!(browser.dropped(DropReason::Unauthorized), 1);
}

#[tokio::test]
async fn section_4_2_excluded_requests() {
    let settings: Option<fn(&mut Settings)> = Some(|settings| settings.excluded_requests = vec!["uid==me".to_owned()]);
    check(Case { settings, query: "uid=Me", ..Case::default() }, Some(DropReason::ExcludedRequest)).await;
    check(Case { settings, query: "uid=you", ..Case::default() }, None).await;
}

#[tokio::test]
async fn section_12_2_requests_for_robots_alone_make_no_visits() {
    check(Case { query: "recMode=1", ..Case::default() }, Some(DropReason::NotRecorded)).await;
    check_bot("recMode=1&ua=Googlebot", Some(BotRule::Name)).await;
    check(Case { query: "recMode=2", ..Case::default() }, None).await;
    check_bot("recMode=2&ua=Googlebot", Some(BotRule::Name)).await;
}

#[tokio::test]
async fn section_1_4_nothing_is_recorded_when_settings_say_so() {
    let browser = Browser::with_settings(|settings| settings.named.set("Tracker.record_statistics", "0").unwrap());
    assert_eq!(browser.get("", &[]).await.status, 503);
    assert_eq!(browser.get("send_image=0", &[]).await.status, 204);
    assert_eq!((browser.stage.log.hits().len(), browser.dropped(DropReason::NotRecorded)), (0, 2));
}
