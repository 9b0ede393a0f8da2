//! Settings under Matomo's names that change what becomes of a hit (`tracking.md`, Appendix A).

use nagare_schema::{DropReason, VisitorId};

use super::{Browser, request};
use crate::fake::SUPER;

fn with(changes: &[(&str, &str)]) -> Browser {
    Browser::with_settings(|settings| changes.iter().for_each(|(name, text)| settings.named.set(name, text).unwrap()))
}

#[tokio::test]
async fn section_1_5_hits_of_a_bulk_request_may_need_a_token() {
    let tally = async |setting: &str, token: &str| {
        let browser = with(&[("Tracker.bulk_requests_require_authentication", setting)]);
        let body = format!("{{\"requests\":[\"?idsite=1&rec=1\"],\"token_auth\":\"{token}\"}}");
        browser.stage.post("/matomo.php", body).await.text().to_owned()
    };
    assert!(tally("0", "").await.contains("\"tracked\":1"));
    assert!(tally("1", "").await.contains("\"tracked\":0,\"invalid\":1"));
    assert!(tally("1", SUPER).await.contains("\"tracked\":1"));
}

#[tokio::test]
async fn section_1_6_authentication_can_be_switched_off() {
    let browser = with(&[("Tracker.tracking_requests_require_authentication", "0")]);
    assert_eq!(&*browser.hit("country=fr&cip=203.0.113.9").await.place.country, "fr");
}

#[tokio::test]
async fn section_1_9_texts_of_pages_may_be_shorter() {
    let browser = with(&[("Tracker.page_maximum_length", "20")]);
    let hit = browser.hit("url=http://site.example/a-long-path&action_name=a+title+of+many+words").await;
    assert_eq!(
        (hit.url.as_deref(), hit.title.as_deref()),
        (Some("http://site.example/"), Some("a title of many word"))
    );
    let browser = with(&[("Tracker.page_maximum_length", "4096")]);
    let title = "t".repeat(2000);
    assert_eq!(browser.hit(&format!("action_name={title}")).await.title.unwrap().len(), 1024);
}

#[tokio::test]
async fn section_2_6_a_cookie_of_this_server_follows_the_visitor() {
    let browser = with(&[("Tracker.use_third_party_id_cookie", "1")]);
    let kept = "_pk_uid=0%3DMDEyMzQ1Njc4OWFiY2RlZg%3D%3D";
    let set =
        async |query: &str, headers: &[(&str, &str)]| browser.get(query, headers).await.header("set-cookie").to_owned();
    let expected = format!("{kept}; Path=/; Max-Age=33955200; SameSite=Lax");
    assert_eq!(set("_id=0123456789abcdef", &[]).await, expected);
    let secure = [("cookie", kept), ("x-forwarded-proto", "https")];
    let expected = format!("{kept}; Path=/; Max-Age=33955200; SameSite=None; Secure");
    assert_eq!(set("_id=ffffffffffffffff", &secure).await, expected, "an id that is there is kept");
    let last = browser.stage.log.hits().pop().unwrap();
    assert_eq!(last.visitor, Some(VisitorId(0x0123_4567_89ab_cdef)), "§2.1: before `_id`");
    assert_eq!(set("_id=0123456789012345", &[]).await.split(';').next(), Some("_pk_uid=0%3D0123456789012345"));
    assert_eq!(set("", &[]).await, "", "nobody is known");
    let out = [("cookie", "matomo_ignore=ignore%3DKg%3D%3D; _pk_uid=0%3D0123456789012345")];
    assert_eq!(set("", &out).await, "");
    assert_eq!(Browser::new().get("_id=0123456789abcdef", &[]).await.header("set-cookie"), "", "off by default");
}

#[tokio::test]
async fn section_2_6_who_does_not_want_to_be_tracked_loses_the_cookie() {
    let browser = Browser::with_settings(|settings| {
        settings.do_not_track = true;
        settings.named.set("Tracker.use_third_party_id_cookie", "1").unwrap();
        settings.named.set("Tracker.cookie_name", "visitor").unwrap();
    });
    let headers = [("dnt", "1"), ("cookie", "visitor=0%3D0123456789012345")];
    let answer = browser.get("", &headers).await;
    assert_eq!(answer.header("set-cookie"), "visitor=; Path=/; Max-Age=0; SameSite=Lax");
}

#[tokio::test]
async fn section_4_spam_may_be_let_through() {
    let sent = async |setting: &str| {
        let browser = with(&[("Tracker.enable_spam_filter", setting)]);
        browser.stage.send(request("/matomo.php?idsite=1&rec=1&urlref=http://semalt.com/", &[])).await;
        browser.dropped(DropReason::ReferrerSpam)
    };
    assert_eq!((sent("1").await, sent("0").await), (1, 0));
}
