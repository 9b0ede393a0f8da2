//! Who is erased leaves no byte behind, and nobody else notices (product.md V5).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_schema::{EventBatch, HitBatch, STREAM_EVENTS, STREAM_HITS, VisitorId};
use nagare_tests::{ADMIN_TOKEN, Broker, Rest, Stack, Tracker, unix_now, until};
use rustix::process::Signal;
use serde::Serialize;
use serde_json::Value;

use crate::{consistency::alike, world::alone};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("erasure::no_byte_of_a_person_is_left_after_an_erasure_under_load", no_byte_is_left),
        alone("erasure::a_restored_backup_brings_nobody_back", a_restored_backup_brings_nobody_back),
    ]
}

const VISITOR: &str = "7a3f9c1de58b2064";
const OTHER: &str = "1122334455667788";
const USER: &str = "jane.doe.4711@person.test";
const ADDRESS: &str = "203.0.113.77";
/// After so long a visit has ended for good.
const ENDED_S: i64 = 4 * 3600;
/// All tables that hold rows.
const TABLES: &str = "SELECT name FROM system.tables WHERE database = 'nagare' AND engine LIKE '%MergeTree'";
const GONE_WITHIN: Duration = Duration::from_secs(150);

async fn no_byte_is_left() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let matomo = stack.matomo();
    let site = matomo.add_site("Site", &[]).await?;
    matomo.call("PrivacyManager.setAnonymizeIpSettings", &[("anonymizeIPEnable", "0")]).await?;
    let tracker = stack.tracker(site).with_token(ADMIN_TOKEN);
    send(&tracker, unix_now() - ENDED_S).await?;
    let load = Load::begin(&tracker);
    stack.caught_up().await?;
    let person = Person::of_user(&stack, site).await?;
    ensure!(person.messages(&stack).await? > 2, "the log does not tell of the person");
    ensure!(person.rows(&stack).await? > 0, "the tables do not tell of the person");
    for stream in [STREAM_HITS, STREAM_EVENTS] {
        let told = files_with(folder(&stack)?, USER.as_bytes())?;
        ensure!(told.iter().any(|file| file.contains(stream)), "{stream} holds packed bytes only: {told:?}");
    }
    let before = others(&stack, site).await?;
    // Erased twice over: a second erasure erases what the first repeated in the log.
    erase(&stack, site, &format!("visitorId%3D%3D{OTHER_PERSON}")).await?;
    erase(&stack, site, &format!("userId%3D%3D{USER}")).await?;
    load.end().await?;
    stack.caught_up().await?;
    ensure!(others(&stack, site).await? == before, "the numbers of others are not what they were");
    ensure!(person.messages(&stack).await? == 0, "the log still tells of the person");
    ensure!(person.rows(&stack).await? == 0, "the tables still tell of the person");
    old_parts_gone(&stack).await?;
    for needle in person.needles {
        let held = files_with(folder(&stack)?, &needle)?;
        ensure!(held.is_empty(), "{} is in {held:?}", String::from_utf8_lossy(&needle));
    }
    alike(&stack, site).await?;
    stack.finish().await
}

/// What was erased after a backup was made is erased again when it is restored, before anybody can read it.
async fn a_restored_backup_brings_nobody_back() -> anyhow::Result<()> {
    let kept = tempfile::tempdir()?;
    let (list, backup) = (kept.path().join("erasures.jsonl"), kept.path().join("backup"));
    let mut stack = Stack::up_with(&[("NAGARE_ERASURES_FILE", &list.display().to_string())]).await?;
    let site = stack.matomo().add_site("Site", &[]).await?;
    stack.matomo().call("PrivacyManager.setAnonymizeIpSettings", &[("anonymizeIPEnable", "0")]).await?;
    let tracker = stack.tracker(site).with_token(ADMIN_TOKEN);
    send(&tracker, unix_now() - ENDED_S).await?;
    stack.caught_up().await?;
    let person = Person::of_user(&stack, site).await?;
    stack.restart_after(Signal::TERM, |data| copy(data, &backup)).await?;
    ensure!(person.rows(&stack).await? > 0, "the backup does not tell of the person");
    erase(&stack, site, &format!("userId%3D%3D{USER}")).await?;
    let listed = fs::read(&list)?;
    ensure!(!listed.is_empty(), "the erasure is not listed");
    ensure!(!person.needles.iter().any(|needle| holds(&listed, needle)), "the list tells whom it is about");
    let restore = |data: &Path| {
        fs::remove_dir_all(data)?;
        copy(&backup, data)
    };
    stack.restart_after(Signal::TERM, restore).await?;
    ensure!(person.rows(&stack).await? == 0, "the tables tell of the person again");
    ensure!(person.messages(&stack).await? == 0, "the log tells of the person again");
    others(&stack, site).await?;
    // The log gives ids anew: whoever has those of the erased is not erased with them.
    tracker.hit(&[("_id", OTHER), ("url", "https://site.example/now")]).await?;
    stack.restart(Signal::TERM).await?;
    stack.caught_up().await?;
    let sql = format!("SELECT toInt64(count()) FROM nagare.hits WHERE site_id = {site}");
    let hits = stack.clickhouse()?.number(&sql).await?;
    ensure!(hits == 11, "{hits} hits of others");
    stack.finish().await
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let copied = Command::new("cp").arg("--archive").arg(from).arg(to).status()?;
    ensure!(copied.success(), "{} is not copied", from.display());
    Ok(())
}

/// Somebody else who is erased first.
const OTHER_PERSON: &str = "99aabbccddeeff01";

/// Three visitors in the same messages of the log.
async fn send(tracker: &Tracker, at: i64) -> anyhow::Result<()> {
    for minute in 0..5 {
        let page = |visitor: &str, user: &str, address: &str| {
            vec![
                ("_id", visitor.to_owned()),
                ("uid", user.to_owned()),
                ("cip", address.to_owned()),
                ("url", format!("https://site.example/{minute}")),
                ("cdt", (at + minute * 60).to_string()),
            ]
        };
        let hits =
            [page(VISITOR, USER, ADDRESS), page(OTHER, "", "198.51.100.7"), page(OTHER_PERSON, "", "198.51.100.8")];
        tracker.bulk(&hits).await?;
    }
    Ok(())
}

/// Hits of many visitors, all the time.
pub(crate) struct Load {
    ends: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Load {
    pub(crate) fn begin(tracker: &Tracker) -> Self {
        let (tracker, ends) = (tracker.clone(), Arc::new(AtomicBool::new(false)));
        let until = ends.clone();
        let task = tokio::spawn(async move {
            let mut number = 0_u64;
            while !until.load(Ordering::Relaxed) {
                number += 1;
                let visitor = format!("{:016x}", 0xf00d_0000 + number % 50);
                tracker.hit(&[("_id", &visitor), ("url", "https://site.example/now")]).await?;
            }
            Ok(())
        });
        Self { ends, task }
    }

    pub(crate) async fn end(self) -> anyhow::Result<()> {
        self.ends.store(true, Ordering::Relaxed);
        self.task.await?.context("a hit was refused")
    }
}

async fn erase(stack: &Stack, site: u32, segment: &str) -> anyhow::Result<()> {
    let path = format!("/api/v1/sites/{site}/subjects?segment={segment}");
    let erased = Rest::new(stack.url()).send("DELETE", &path, ADMIN_TOKEN, &Value::Null).await?;
    ensure!(erased.status == 200 && erased.body["visits"] == 1, "{erased:?}");
    stack.command(&["subject", "verify", &erased.text("receipt")?]).await.map(drop)
}

/// Visits and actions of those who were there before and stay.
async fn others(stack: &Stack, site: u32) -> anyhow::Result<(i64, i64)> {
    let clickhouse = stack.clickhouse()?;
    let of = format!("site_id = {site} AND visitor_id = reinterpretAsUInt64(reverse(unhex('{OTHER}')))");
    let visits = clickhouse.number(&format!("SELECT sum(sign) FROM nagare.visits WHERE {of}")).await?;
    let actions = clickhouse.number(&format!("SELECT sum(sign * actions) FROM nagare.visits WHERE {of}")).await?;
    ensure!(actions == 5, "{actions} actions of {visits} visits");
    Ok((visits, actions))
}

fn folder(stack: &Stack) -> anyhow::Result<PathBuf> {
    Ok(stack.data().parent().context("no folder")?.to_owned())
}

/// The person.
struct Person {
    /// What identifies them, as texts.
    words: Vec<String>,
    /// And in all other ways of writing it.
    needles: Vec<Vec<u8>>,
}

impl Person {
    async fn of_user(stack: &Stack, site: u32) -> anyhow::Result<Self> {
        let path = format!("/api/v1/sites/{site}/subjects?segment=userId%3D%3D{USER}");
        let found = Rest::new(stack.url()).send("GET", &path, ADMIN_TOKEN, &Value::Null).await?;
        let told = found.body[0]["visitor"].as_str().context("nobody is found")?.to_owned();
        let visitor: VisitorId = told.parse()?;
        let words = vec![told, VISITOR.to_owned(), USER.to_owned(), ADDRESS.to_owned()];
        let mut needles: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        needles.extend([visitor.0.to_le_bytes().to_vec(), visitor.0.to_be_bytes().to_vec()]);
        needles.push(visitor.0.to_string().into_bytes());
        Ok(Self { words, needles })
    }

    /// How many messages of the log tell of them.
    async fn messages(&self, stack: &Stack) -> anyhow::Result<usize> {
        let broker = Broker::connect(&stack.nats_url()?).await?;
        let hits = broker.facts::<HitBatch>(STREAM_HITS).await?;
        let events = broker.facts::<EventBatch>(STREAM_EVENTS).await?;
        let hits = hits.iter().filter(|batch| self.is_told_by(batch)).count();
        Ok(hits + events.iter().filter(|batch| self.is_told_by(batch)).count())
    }

    fn is_told_by(&self, fact: &impl Serialize) -> bool {
        let text = serde_json::to_string(fact).unwrap_or_default();
        self.words.iter().any(|word| text.contains(word))
    }

    /// Rows that hold any of it, of all tables.
    async fn rows(&self, stack: &Stack) -> anyhow::Result<i64> {
        let clickhouse = stack.clickhouse()?;
        let mut rows = 0;
        for table in clickhouse.text(TABLES).await?.lines() {
            for needle in &self.needles {
                let hex: String = needle.iter().map(|byte| format!("{byte:02x}")).collect();
                let holds = format!("position(formatRow('RowBinary', *), unhex('{hex}')) > 0");
                rows +=
                    clickhouse.number(&format!("SELECT toInt64(count()) FROM nagare.{table} WHERE {holds}")).await?;
            }
        }
        Ok(rows)
    }
}

/// ClickHouse removes what it has rewritten after a while, which a test need not wait for.
async fn old_parts_gone(stack: &Stack) -> anyhow::Result<()> {
    let clickhouse = stack.clickhouse()?;
    for table in clickhouse.text(TABLES).await?.lines() {
        clickhouse.text(&format!("ALTER TABLE nagare.{table} MODIFY SETTING old_parts_lifetime = 1")).await?;
    }
    let sql = "SELECT table, name, modification_time, remove_time, refcount, now() FROM system.parts \
               WHERE database = 'nagare' AND NOT active";
    until("old parts to be gone", GONE_WITHIN, || {
        let clickhouse = clickhouse.clone();
        async move {
            let parts = clickhouse.text(sql).await?;
            ensure!(parts.is_empty(), "old parts are left:\n{parts}");
            Ok(Some(()))
        }
    })
    .await
}

/// The files below a folder that hold these bytes.
fn files_with(folder: impl AsRef<Path>, needle: &[u8]) -> anyhow::Result<Vec<String>> {
    let mut held = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        // Files come and go while the brokers run.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            held.extend(files_with(&path, needle).unwrap_or_default());
        } else if kind.is_file() && holds(&fs::read(&path).unwrap_or_default(), needle) {
            held.push(path.display().to_string());
        }
    }
    Ok(held)
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}
