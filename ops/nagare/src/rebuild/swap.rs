//! The rebuilt tables in the place of the live ones.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use clickhouse::{Client, sql::Identifier};
use nagare_runtime::ConnectionOptions;
use nagare_schema::Day;

/// Facts that are dated by day: what was removed of them does not come back.
const FACTS: [&str; 5] = ["visits", "actions", "page_timings", "conversions", "conversion_items"];
/// Reports of days whose visits are gone: they are kept as they are.
const ROLLUPS: [&str; 3] = ["visit_rollup", "action_rollup", "conversion_rollup"];

/// All days are kept from here on: nothing was removed.
const FOREVER: Day = Day(i32::MIN);

/// The live tables, and those beside them.
pub(super) struct Databases {
    live: String,
    beside: String,
}

impl Databases {
    pub(super) fn of(connection: &ConnectionOptions) -> Self {
        let live = connection.clickhouse_database.clone();
        Self { beside: format!("{live}_rebuild"), live }
    }

    /// The database that is filled.
    pub(super) fn beside(&self) -> &str {
        &self.beside
    }

    /// Drops it, with what an earlier rebuild left in it.
    pub(super) async fn drop_beside(&self, client: &Client) -> Result<()> {
        let dropped = client.query("DROP DATABASE IF EXISTS ? SYNC").bind(Identifier(&self.beside)).execute().await;
        dropped.with_context(|| format!("cannot drop the database {}", self.beside))
    }

    /// Leaves days as they are that were removed for their age: no visits before `visits_from`, and the reports
    /// that are kept of all days before one of the two.
    pub(super) async fn keep_removed(&self, client: &Client, (visits_from, reports_from): (Day, Day)) -> Result<()> {
        let delete = async |table: &str, before: Day| {
            let sql = "ALTER TABLE ?.? DELETE WHERE day < toDate(?) SETTINGS mutations_sync = 2";
            let query = client.query(sql).bind(Identifier(&self.beside)).bind(Identifier(table));
            query.bind(before.to_string()).execute().await.with_context(|| format!("cannot clear old days of {table}"))
        };
        if visits_from > FOREVER {
            for table in FACTS {
                delete(table, visits_from).await?;
            }
        }
        let whole_from = visits_from.max(reports_from);
        if whole_from == FOREVER {
            return Ok(());
        }
        for table in ROLLUPS {
            delete(table, whole_from).await?;
            client
                .query("INSERT INTO ?.? SELECT * FROM ?.? WHERE day < toDate(?)")
                .bind(Identifier(&self.beside))
                .bind(Identifier(table))
                .bind(Identifier(&self.live))
                .bind(Identifier(table))
                .bind(whole_from.to_string())
                .execute()
                .await
                .with_context(|| format!("cannot keep the reports of {table}"))?;
        }
        Ok(())
    }

    /// Puts the rows of every table beside in the place of the live ones: a month at a time, each at
    /// once. Views stay where they are; they are not told.
    pub(super) async fn exchange(&self, client: &Client) -> Result<()> {
        for table in self.tables(client).await? {
            let (rebuilt, live) =
                (partitions(client, &self.beside, &table).await?, partitions(client, &self.live, &table).await?);
            for partition in &rebuilt {
                client
                    .query("ALTER TABLE ?.? REPLACE PARTITION ID ? FROM ?.?")
                    .bind(Identifier(&self.live))
                    .bind(Identifier(&table))
                    .bind(partition)
                    .bind(Identifier(&self.beside))
                    .bind(Identifier(&table))
                    .execute()
                    .await
                    .with_context(|| format!("cannot replace {partition} of {table}"))?;
            }
            for partition in live.difference(&rebuilt) {
                client
                    .query("ALTER TABLE ?.? DROP PARTITION ID ?")
                    .bind(Identifier(&self.live))
                    .bind(Identifier(&table))
                    .bind(partition)
                    .execute()
                    .await
                    .with_context(|| format!("cannot drop {partition} of {table}"))?;
            }
        }
        Ok(())
    }

    /// The tables that hold rows of hits.
    async fn tables(&self, client: &Client) -> Result<Vec<String>> {
        const SQL: &str = "SELECT name FROM system.tables WHERE database = ? AND engine LIKE '%MergeTree' \
             AND name != 'schema_migrations' ORDER BY name";
        client.query(SQL).bind(&self.beside).fetch_all().await.context("cannot list the tables")
    }
}

async fn partitions(client: &Client, database: &str, table: &str) -> Result<BTreeSet<String>> {
    const SQL: &str = "SELECT DISTINCT partition_id FROM system.parts WHERE active AND database = ? AND table = ?";
    let found = client.query(SQL).bind(database).bind(table).fetch_all::<String>().await;
    Ok(found.with_context(|| format!("cannot list the parts of {table}"))?.into_iter().collect())
}
