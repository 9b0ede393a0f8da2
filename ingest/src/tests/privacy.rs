//! Privacy at the edge (`tracking.md` §9, §12.3) through the router.

use nagare_schema::{HitKind, Identity};

use super::Browser;

#[tokio::test]
async fn section_9_a_user_id_may_be_a_pseudonym() {
    let plain = Browser::new().hit("uid=jane").await;
    let browser = Browser::with_settings(|settings| settings.pseudonymous_user_ids = true);
    let [first, second] = [browser.hit("uid=jane").await, browser.hit("uid=jane").await];
    assert_eq!(first.user_id.as_ref().unwrap().len(), 40);
    assert_eq!((&first.user_id, first.visitor), (&second.user_id, second.visitor));
    assert_ne!(first.visitor, plain.visitor, "the visitor is derived from the pseudonym");
}

#[tokio::test]
async fn section_9_an_order_id_may_be_random() {
    let browser = Browser::with_settings(|settings| settings.pseudonymous_order_ids = true);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let HitKind::Order(order) = browser.hit("idgoal=0&ec_id=O1").await.kind else { panic!("an order") };
        ids.push(order.id.unwrap());
    }
    assert_eq!(ids[0].len(), 40);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn section_9_cookies_may_be_ignored() {
    let browser = Browser::with_settings(|settings| settings.cookieless = true);
    assert_eq!(browser.hit("_id=1234567890abcdef").await.identity, Identity::None);
    assert_eq!(browser.hit("cid=1234567890abcdef").await.identity, Identity::Forced);
    assert_eq!(browser.hit("uid=u").await.identity, Identity::User);
}

#[tokio::test]
async fn section_12_3_random_fingerprints_know_nobody() {
    let browser = Browser::with_settings(|settings| settings.random_fingerprints = true);
    let [first, second] = [browser.hit("uid=u&_id=1234567890abcdef").await, browser.hit("uid=u").await];
    assert_ne!(first.config_id, second.config_id);
    assert_eq!((first.visitor, first.user_id.as_deref()), (None, Some("u")));
}
