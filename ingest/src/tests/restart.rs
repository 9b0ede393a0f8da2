//! What a process that ended leaves in its spool is sent by the next one.

use std::{sync::Arc, time::Duration};

use nagare_schema::{DropReason, HitBatch, Partition, ProducerId, Text, decode};
use prometheus::{IntGauge, Registry};
use tokio_util::sync::CancellationToken;

use super::Browser;
use crate::{
    fake::{FakeLog, Mood},
    metrics::Metrics,
    queue::Queues,
    spool::{Spool, SpoolSpace},
    writer::{SpoolAccess, Writer},
};

const SETTLED: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn the_next_process_resends_the_spool_as_it_was_before_its_own_hits() {
    let browser = Browser::new();
    browser.stage.log.set(Mood::Down);
    for title in ["one", "two"] {
        assert_eq!(browser.get(&format!("action_name={title}"), &[]).await.status, 200);
    }
    let own = browser.stage.intake.metrics.clone();
    assert_eq!((own.accepted.get(), own.dropped(DropReason::SpoolFull)), (2, 0));
    let folder = browser.stage.drain().await;

    let partition = nagare_schema::partition_of(nagare_schema::SiteId(1), 0, 2);
    let space = SpoolSpace::new(u64::MAX, IntGauge::new("spool", "help").unwrap());
    let mut spool = Spool::open(&folder.path().join(partition.to_string()), &space).unwrap();
    let left: HitBatch = decode(1, &spool.peek().unwrap().unwrap()).unwrap();
    assert_eq!((left.producer, left.counter), (ProducerId(7), 1));

    let (queues, mut inboxes) = Queues::new(1);
    let (log, draining) = (FakeLog::default(), CancellationToken::new());
    let writer = Writer {
        partition: Partition(0),
        log: log.clone(),
        spool: SpoolAccess::new(spool),
        producer: ProducerId(9),
        inbox: inboxes.remove(0),
        metrics: Arc::new(Metrics::register(&Registry::new()).unwrap()),
        draining: draining.clone(),
        counter: 0,
        waiting: None,
    };
    let mut newer = left.hits[0].clone();
    newer.title = Some("three".into());
    let stored = queues.submit(Partition(0), vec![newer], 1).unwrap();
    let running = tokio::spawn(writer.run());
    assert_eq!(tokio::time::timeout(SETTLED, stored).await.unwrap().unwrap(), Ok(()));
    let all_left = tokio::time::timeout(SETTLED, async {
        while log.hits().len() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    all_left.await.unwrap();
    draining.cancel();
    running.await.unwrap();
    let named: Vec<_> = log.state().stored.iter().map(|(_, batch)| (batch.producer.0, batch.counter)).collect();
    assert_eq!(named.first(), Some(&(7, 1)));
    assert_eq!(named.last(), Some(&(9, 1)));
    let titles: Vec<_> = log.hits().iter().filter_map(|hit| hit.title.clone()).collect();
    assert_eq!(titles, ["one".into(), "two".into(), "three".into()] as [Text; 3]);
}
