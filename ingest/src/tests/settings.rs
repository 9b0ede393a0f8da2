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

#[tokio::test]
async fn section_1_4_origins_that_are_listed_may_read_answers_to_get() {
    let allowed = async |domains: &str, origin: &str| {
        let browser = with(&[("General.cors_domains", domains)]);
        let answer = browser.get("", &[("origin", origin)]).await;
        (answer.header("vary").to_owned(), answer.header("access-control-allow-origin").to_owned())
    };
    let listed = "https://a.example, https://b.example";
    let (vary, b) = ("origin".to_owned(), "https://b.example");
    assert_eq!(allowed(listed, b).await, (vary.clone(), b.to_owned()));
    assert_eq!(allowed(listed, "https://c.example").await, (vary.clone(), String::new()));
    assert_eq!(allowed("*", b).await, (vary, b.to_owned()));
    assert_eq!(allowed("", b).await, (String::new(), String::new()), "off by default");
}

#[tokio::test]
async fn section_1_4_another_image_may_be_answered() {
    const PIXEL: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let kind = async |image: &str| {
        let browser = with(&[("Tracker.custom_image", image)]);
        let answer = browser.get("", &[]).await;
        (answer.header("content-type").to_owned(), answer.body.len())
    };
    assert_eq!(kind(PIXEL).await, ("image/png".to_owned(), 70));
    assert_eq!(kind("PHNjcmlwdD4=").await, ("image/gif".to_owned(), 43), "only images");
    assert_eq!(kind("not base64").await, ("image/gif".to_owned(), 43));
}

#[tokio::test]
async fn section_2_6_a_bulk_request_keeps_the_cookie_of_its_last_visitor() {
    let set = async |on: &str| {
        let browser = with(&[("Tracker.use_third_party_id_cookie", on)]);
        let hits = ["0123456789012345", "1234567890123456", ""].map(|id| format!("\"?idsite=1&rec=1&_id={id}\""));
        let answer = browser.stage.post("/matomo.php", format!("{{\"requests\":[{}]}}", hits.join(","))).await;
        assert!(answer.text().contains("\"tracked\":3"), "{}", answer.text());
        answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    };
    assert_eq!(set("1").await, "_pk_uid=0%3D1234567890123456");
    assert_eq!(set("0").await, "", "off by default");
}

#[tokio::test]
async fn section_6_3_campaigns_are_sent_under_the_names_of_the_settings() {
    let browser =
        with(&[("Tracker.campaign_var_name", "cmp, mtm_campaign"), ("Tracker.campaign_keyword_var_name", "kw.d")]);
    let sent = async |query: &str| {
        let campaign = browser.hit(query).await.campaign;
        ["cmp", "mtm_campaign", "kw.d", "kw_d"].map(|name| campaign.get(name).cloned().unwrap_or_default())
    };
    assert_eq!(sent("cmp=Spring&cmp=May%20sale&kw_d=x").await, ["May sale", "", "", ""]);
    assert_eq!(sent("cmp[]=Spring&mtm_campaign=Fall").await, ["", "Fall", "", ""]);
    let body = r#"{"requests":[{"idsite":1,"rec":1,"cmp":"June","kw.d":"ferry"}]}"#;
    browser.stage.post("/matomo.php", body.to_owned()).await;
    let hit = browser.stage.log.hits().pop().unwrap();
    assert_eq!((hit.campaign["cmp"].as_str(), hit.campaign["kw.d"].as_str()), ("June", "ferry"));
    assert_eq!(Browser::new().hit("cmp=Spring").await.campaign.len(), 0, "no name of a campaign by default");
}
