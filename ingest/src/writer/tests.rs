//! Appends, retries and the spool, against a log in memory.

use std::time::Duration;

use axum::http::StatusCode;
use nagare_schema::DropReason;

use super::*;
use crate::fake::{Mood, Stage, answer, config};

/// A hit on site 1 that is told apart by its title.
fn hit(title: &str) -> axum::http::Request<axum::body::Body> {
    let path = format!("/matomo.php?idsite=1&rec=1&action_name={title}");
    axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap()
}

fn titles(stage: &Stage) -> Vec<String> {
    stage.log.hits().iter().map(|hit| hit.title.as_deref().unwrap_or_default().to_owned()).collect()
}

/// Waits until the spool is empty again.
async fn spool_is_empty(stage: &Stage) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while stage.intake.metrics.spool_bytes.get() > 0 {
        assert!(Instant::now() < deadline, "the spool does not empty");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_append_without_answer_is_repeated_with_its_counter() {
    let stage = Stage::new();
    stage.log.set(Mood::LosesOneAnswer);
    assert_eq!(stage.send(hit("a")).await.status, StatusCode::OK);
    assert_eq!(stage.send(hit("b")).await.status, StatusCode::OK);
    assert_eq!(stage.log.counters(), [1, 1, 2], "the repeat is told by its counter");
    assert_eq!(stage.intake.metrics.append_retries.get(), 1);
    assert_eq!(stage.intake.metrics.accepted.get(), 2);
    stage.assert_balanced();
}

#[tokio::test(start_paused = true)]
async fn hits_that_arrive_during_an_append_leave_as_one_message() {
    let stage = Stage::new();
    stage.log.set(Mood::Hangs);
    let first = tokio::spawn(answer(stage.router(), hit("first")));
    while stage.log.state().tries == 0 {
        tokio::task::yield_now().await;
    }
    let later: Vec<_> =
        ["b", "c", "d"].map(|title| tokio::spawn(answer(stage.router(), hit(title)))).into_iter().collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    stage.log.set(Mood::Confirms);
    assert_eq!(first.await.unwrap().status, StatusCode::OK);
    for answer in later {
        assert_eq!(answer.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(stage.log.counters(), [1, 2]);
    assert_eq!(titles(&stage), ["first", "b", "c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_spools_and_the_spool_leaves_in_order() {
    let stage = Stage::new();
    stage.log.set(Mood::Down);
    for title in ["a", "b", "c"] {
        assert_eq!(stage.send(hit(title)).await.status, StatusCode::OK, "spooled is stored");
    }
    assert_eq!(stage.log.hits().len(), 0);
    assert_eq!(stage.intake.metrics.spooled_batches.get(), 3);
    stage.log.set(Mood::LosesOneAnswer);
    assert_eq!(stage.send(hit("d")).await.status, StatusCode::OK);
    spool_is_empty(&stage).await;
    assert_eq!(stage.send(hit("e")).await.status, StatusCode::OK);
    let mut counters = stage.log.counters();
    assert_eq!(counters.remove(0), 1, "the lost answer of the first");
    assert_eq!(counters, [1, 2, 3, 4, 5]);
    assert_eq!(titles(&stage)[1..], ["a", "b", "c", "d", "e"]);
    stage.assert_balanced();
}

#[tokio::test(start_paused = true)]
async fn a_full_spool_refuses_and_asks_to_come_back() {
    let stage = Stage::with(config(|_| {}), 0);
    stage.log.set(Mood::Down);
    let refused = stage.send(hit("a")).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(stage.dropped(DropReason::SpoolFull), 1);
    let bulk = stage.post("/matomo.php", r#"{"requests":["?idsite=1&rec=1"]}"#).await;
    assert_eq!(bulk.status, StatusCode::SERVICE_UNAVAILABLE);
    stage.log.set(Mood::Confirms);
    assert_eq!(stage.send(hit("b")).await.status, StatusCode::OK);
    stage.assert_balanced();
}

#[tokio::test(start_paused = true)]
async fn draining_settles_what_waits_and_keeps_the_spool() {
    let stage = Stage::new();
    stage.log.set(Mood::Down);
    let waiting = tokio::spawn(answer(stage.router(), hit("a")));
    while stage.log.state().tries == 0 {
        tokio::task::yield_now().await;
    }
    let (intake, router) = (stage.intake.clone(), stage.router());
    let folder = stage.drain().await;
    assert_eq!(waiting.await.unwrap().status, StatusCode::OK);
    assert_eq!(intake.metrics.spooled_batches.get(), 1);
    assert_eq!(answer(router, hit("late")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let left: u64 = walk(folder.path());
    assert_eq!(left, intake.metrics.spool_bytes.get().cast_unsigned(), "the next process sends it");
    assert!(left > 0);
}

fn walk(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { entry.metadata().unwrap().len() }).sum()
}

#[tokio::test(start_paused = true)]
async fn a_large_bulk_request_is_split_into_messages_and_confirmed_whole() {
    let stage = Stage::new();
    let requests = vec!["\"?idsite=1&rec=1\""; 2500].join(",");
    let answer = stage.post("/matomo.php", format!("{{\"requests\":[{requests}]}}")).await;
    assert_eq!(answer.text(), r#"{"status":"success","tracked":2500,"invalid":0}"#);
    let state = stage.log.state();
    assert_eq!(state.stored.iter().map(|(_, batch)| batch.hits.len()).sum::<usize>(), 2500);
    assert!(state.stored.len() >= 3, "at most {} hits each", HitId::BATCH_MAX);
    assert!(state.stored.iter().all(|(_, batch)| batch.hits.len() <= HitId::BATCH_MAX && batch.config_revision == 1));
}
