//! `nagare migrate`: brings ClickHouse's tables to what this release expects.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use clickhouse::{Client, Row, sql::Identifier};
use nagare_runtime::{ConnectionOptions, connect_clickhouse};
use nagare_schema::{Migration, Topology, migrations};
use serde::Serialize;

/// A row of `schema_migrations`.
#[derive(Row, Serialize)]
struct Applied<'a> {
    number: u32,
    name: &'a str,
}

/// Creates the database if it does not exist and applies what is missing, in order; returns the numbers
/// of what was applied. Two processes may do so at once: every statement creates only what is not there,
/// and a migration is noted after its last statement.
///
/// # Errors
/// When ClickHouse cannot be reached or refuses a statement.
pub(crate) async fn migrate(options: &ConnectionOptions) -> Result<Vec<u32>> {
    let client = connect_clickhouse(options);
    let topology = options.topology();
    create_database(&client, options).await?;
    let applied = applied(&client).await?;
    let mut now = Vec::new();
    for migration in migrations().iter().filter(|migration| !applied.contains(&migration.number)) {
        apply(&client, migration, &topology).await?;
        tracing::info!(number = migration.number, name = migration.name, "migration applied");
        now.push(migration.number);
    }
    Ok(now)
}

async fn create_database(client: &Client, options: &ConnectionOptions) -> Result<()> {
    // The client's own database may not exist yet.
    let client = client.clone().with_database("default");
    let name = Identifier(&options.clickhouse_database);
    let created = match options.clickhouse_cluster.as_str() {
        "" => client.query("CREATE DATABASE IF NOT EXISTS ?").bind(name),
        cluster => client.query("CREATE DATABASE IF NOT EXISTS ? ON CLUSTER ?").bind(name).bind(cluster),
    };
    created.execute().await.with_context(|| format!("cannot create the database {}", options.clickhouse_database))
}

async fn applied(client: &Client) -> Result<BTreeSet<u32>> {
    let exists: u8 =
        client.query("EXISTS TABLE schema_migrations").fetch_one().await.context("cannot ask ClickHouse")?;
    if exists == 0 {
        return Ok(BTreeSet::new());
    }
    let numbers = client.query("SELECT DISTINCT number FROM schema_migrations").fetch_all::<u32>().await;
    Ok(numbers.context("cannot read what was migrated")?.into_iter().collect())
}

async fn apply(client: &Client, migration: &Migration, topology: &Topology) -> Result<()> {
    let (number, name) = (migration.number, migration.name);
    for statement in migration.statements(topology) {
        // `query_raw`: a statement may hold question marks, and nothing is bound.
        let executed = client.query_raw(&statement).execute().await;
        executed.with_context(|| format!("migration {number} ({name}) failed at: {statement}"))?;
    }
    let client = client.clone().with_validation(false).with_setting("distributed_foreground_insert", "1");
    let mut insert = client.insert::<Applied<'_>>("schema_migrations").await?;
    insert.write(&Applied { number, name }).await?;
    insert.end().await.with_context(|| format!("cannot note migration {number}"))
}
