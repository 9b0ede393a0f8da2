//! What is kept of hits that are refused (`tracking.md` §4, §4.7).

use nagare_runtime::Refused;
use nagare_schema::{DropReason, Entity, FailureKind, SiteId, TrackingFailure, UnixMillis};

use super::{Browser, request};
use crate::fake::NOW;

/// The failures that requests to `/matomo.php` leave.
async fn failures(browser: &mut Browser, queries: &[&str]) -> Vec<TrackingFailure> {
    for query in queries {
        let answer = browser.stage.send(request(&format!("/matomo.php?{query}"), &[])).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    let mut noted = Vec::new();
    while let Ok(failure) = browser.stage.failures.try_recv() {
        noted.push(failure);
    }
    noted
}

#[tokio::test]
async fn section_4_refused_hits_are_counted_by_site_and_reason() {
    let browser = Browser::new();
    browser.get("ua=Googlebot", &[]).await;
    browser.get("ua=Googlebot", &[]).await;
    browser.get("country=de", &[]).await;
    browser.stage.get("/matomo.php?idsite=77&rec=1").await;
    let counted: Vec<_> = browser.stage.intake.refusals.take().into_iter().collect();
    let [((site, day), refused)] = counted.as_slice() else { panic!("{counted:?}") };
    assert_eq!((*site, day.to_string().as_str()), (SiteId(1), "2023-11-14"));
    assert_eq!(*refused, Refused::from([(DropReason::Bot, 2), (DropReason::Unauthorized, 1)]));
}

#[tokio::test]
async fn section_4_7_unknown_sites_and_missing_tokens_are_noted_without_tokens() {
    let mut browser = Browser::new();
    let token = "abcdefabcdefabcdefabcdefabcdefab";
    let noted = failures(
        &mut browser,
        &[
            &format!("idsite=77&rec=1&url=http%3A%2F%2Fx.example%2F&token_auth=secret&_id={token}"),
            "idsite=1&rec=1&cip=1.2.3.4&token_auth=wrong",
        ],
    )
    .await;
    let [unknown, unauthorised] = noted.as_slice() else { panic!("{noted:?}") };
    assert_eq!((unknown.site, unknown.kind, unknown.at), (SiteId(77), FailureKind::UnknownSite, NOW));
    assert_eq!(unknown.page, "http://x.example/");
    assert!(unknown.request.contains("idsite=77") && !unknown.request.contains("secret"), "{}", unknown.request);
    assert!(!unknown.request.contains(token), "{}", unknown.request);
    assert_eq!((unauthorised.site, unauthorised.kind), (SiteId(1), FailureKind::NotAuthenticated));
}

#[tokio::test]
async fn section_4_7_hits_that_would_be_excluded_are_no_failures() {
    let mut browser = Browser::new();
    assert!(failures(&mut browser, &["idsite=77&rec=1&ua=Googlebot", "idsite=77", "idsite=x&rec=1"]).await.is_empty());
}

#[tokio::test]
async fn section_4_7_the_first_failure_of_two_days_stays() {
    let known_for = |ms: i64| {
        Browser::with(|config| {
            let failure = TrackingFailure {
                site: SiteId(77),
                kind: FailureKind::UnknownSite,
                at: UnixMillis(NOW.0 - ms),
                request: String::new(),
                page: String::new(),
            };
            let entity = Entity::Failure(failure);
            config.apply(2, &entity.key(), Some(entity));
        })
    };
    let query = &["idsite=77&rec=1"];
    assert!(failures(&mut known_for(1000), query).await.is_empty());
    assert_eq!(failures(&mut known_for(2 * 86_400_000 + 1), query).await.len(), 1);
}
