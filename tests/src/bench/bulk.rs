use std::time::Instant;

use nagare_schema::{Topology, migrations};
use tokio::task::JoinSet;

use super::summary::{Bound, Summary, median};
use crate::{ClickHouse, LoadPlan, Metrics, Stack};

const ROUNDS: usize = 3;
/// Long against the wait of the last rows for their insert, which is part of what is measured.
const SECONDS: f64 = 20.0;
const HITS_PER_REQUEST: usize = 200;
const SITES: usize = 8;
/// Inserts at the same time: as many as there are partitions with traffic, as a rule.
const INSERTS_AT_ONCE: usize = 4;
const RATIO_MIN: f64 = 0.35;
/// What a real Matomo accepts in bulk, before archiving.
const MATOMO: f64 = 830.0;
/// Tables, and what orders their rows as they arrived.
const TABLES: [(&str, &str); 3] = [("hits", "hit_id"), ("visits", "version, sign"), ("actions", "action_id")];

/// Bulk hits from the request until they are in reports, against inserting the same rows straight
/// into the same tables with the same views: in blocks of the same size, order and format.
pub(super) async fn measure(summary: &mut Summary) -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let clickhouse = stack.clickhouse()?;
    // Rows that cancel each other stay apart, so that what is inserted again is what was inserted.
    clickhouse.text("SYSTEM STOP MERGES visits").await?;
    let mut sites = Vec::new();
    for number in 0..SITES {
        sites.push(stack.matomo().add_site(&format!("Site {number}"), &[]).await?);
    }
    let mut whole = Vec::new();
    for _ in 0..ROUNDS {
        whole.push(through_the_product(&stack, &sites).await?);
    }
    let metrics = stack.metrics().await?;
    let copies = Copies::read(&clickhouse, |table| rows_of_an_insert(&metrics, table)).await?;
    let hits = clickhouse.number("SELECT count() FROM hits").await? as f64;
    clickhouse.text("SYSTEM START MERGES visits").await?;
    let mut direct = Vec::new();
    for round in 0..ROUNDS {
        direct.push(hits / copies.insert(&clickhouse, round).await?);
    }
    let (whole, direct) = (median(whole), median(direct));
    let note = format!("{HITS_PER_REQUEST} hits a request; from the first request until all are in the tables");
    summary.add("bulk_hits_per_second_to_report", (whole, "hits/s"), Bound::AtLeast(MATOMO), &note);
    let sizes = TABLES.map(|(table, _)| format!("{} {table}", rows_of_an_insert(&metrics, table))).join(", ");
    let note = format!("the same rows straight into the same tables and views, rows an insert: {sizes}");
    summary.add("direct_insert_hits_per_second", (direct, "hits/s"), Bound::None, &note);
    summary.add("bulk_to_direct_insert_ratio", (whole / direct, ""), Bound::AtLeast(RATIO_MIN), "");
    stack.finish().await
}

/// Hits per second from the first request until all hits are in the tables.
async fn through_the_product(stack: &Stack, sites: &[u32]) -> anyhow::Result<f64> {
    let plan = LoadPlan {
        url: stack.url().to_owned(),
        sites: sites.to_vec(),
        rate: 0.0,
        seconds: SECONDS,
        visitors: 4000,
        connections: 8,
        bulk: HITS_PER_REQUEST,
    };
    let begun = Instant::now();
    let report = plan.run().await?;
    stack.caught_up().await?;
    Ok(report.summary.accepted as f64 / begun.elapsed().as_secs_f64())
}

/// Rows that the projector inserted into a table at a time, on average.
fn rows_of_an_insert(metrics: &Metrics, table: &str) -> usize {
    let label = format!("table=\"{table}\"");
    let rows = metrics.sum("nagare_projector_rows_total", &label);
    let inserts = metrics.sum("nagare_projector_insert_seconds_count", &label).max(1.0);
    format!("{:.0}", rows / inserts).parse().map_or(1, |rows: usize| rows.max(1))
}

/// The rows of all tables, in blocks as the projector sends them.
struct Copies {
    blocks: Vec<(&'static str, bytes::Bytes)>,
}

impl Copies {
    async fn read(clickhouse: &ClickHouse, rows_of: impl Fn(&str) -> usize) -> anyhow::Result<Self> {
        let mut blocks = Vec::new();
        for (table, arrival) in TABLES {
            let count = clickhouse.number(&format!("SELECT count() FROM {table}")).await?;
            let rows = rows_of(table);
            for offset in (0..usize::try_from(count)?).step_by(rows) {
                let part =
                    format!("SELECT * FROM {table} ORDER BY {arrival} LIMIT {rows} OFFSET {offset} FORMAT RowBinary");
                blocks.push((table, clickhouse.bytes(&part).await?));
            }
        }
        Ok(Self { blocks })
    }

    /// Inserts all blocks into a new database and returns the seconds it took.
    async fn insert(&self, clickhouse: &ClickHouse, round: usize) -> anyhow::Result<f64> {
        let database = format!("direct_{round}");
        clickhouse.text(&format!("CREATE DATABASE {database}")).await?;
        let target = clickhouse.database(&database);
        for statement in migrations().iter().flat_map(|migration| migration.statements(&Topology::Single)) {
            target.text(&statement).await?;
        }
        target.text("SYSTEM STOP MERGES visits").await?;
        let begun = Instant::now();
        let mut inserts = JoinSet::new();
        for (table, block) in self.blocks.clone() {
            if inserts.len() >= INSERTS_AT_ONCE {
                inserts.join_next().await.transpose()?.transpose()?;
            }
            let target = target.clone();
            inserts.spawn(async move { target.insert(&format!("INSERT INTO {table} FORMAT RowBinary"), block).await });
        }
        while let Some(inserted) = inserts.join_next().await {
            inserted??;
        }
        let seconds = begun.elapsed().as_secs_f64();
        clickhouse.text(&format!("DROP DATABASE {database}")).await?;
        Ok(seconds)
    }
}
