//! Numbered ClickHouse migrations: append-only, expand then contract. One text serves a single node
//! and a cluster; [`Migration::statements`] fills in what differs.

/// How ClickHouse is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topology {
    /// One server.
    Single,
    /// A cluster: replicated local tables, and a distributed table over their shards.
    Cluster {
        /// Its name in `remote_servers`.
        name: String,
        /// The database: a distributed table names the one its local tables are in.
        database: String,
    },
}

/// One migration.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number, from 1 without gaps.
    pub number: u32,
    /// Its name.
    pub name: &'static str,
    sql: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal, $file:literal) => {
        Migration { number: $number, name: $name, sql: include_str!(concat!("../clickhouse/", $file)) }
    };
}

/// All migrations in order.
pub fn migrations() -> &'static [Migration] {
    const ALL: &[Migration] = &[
        migration!(1, "facts", "0001_facts.sql"),
        migration!(2, "rollups", "0002_rollups.sql"),
        migration!(3, "order_index", "0003_order_index.sql"),
        migration!(4, "page_timings", "0004_page_timings.sql"),
        migration!(5, "numbers", "0005_numbers.sql"),
        migration!(6, "bots", "0006_bots.sql"),
    ];
    ALL
}

impl Migration {
    /// The statements for a topology, in order.
    ///
    /// Placeholders: `{local:NAME}` the table rows are stored in, `{on_cluster}`, `{engine:NAME:ARGUMENTS}`
    /// the engine, `{distributed:NAME:KEY}` a statement that exists in a cluster only, as one with
    /// `{if_distributed:NAME}`, the distributed table, does.
    pub fn statements(&self, topology: &Topology) -> Vec<String> {
        self.sql
            .split(";\n")
            .map(without_comments)
            .filter(|statement| !statement.is_empty())
            .filter_map(|statement| fill_in(&statement, topology))
            .collect()
    }
}

/// A view by which the rows of one table become rows of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// Whose rows it reads.
    pub source: String,
    /// Whose rows it makes.
    pub target: String,
    select: String,
}

impl View {
    fn parse(statement: &str) -> Option<Self> {
        let (name, rest) = statement.strip_prefix("CREATE MATERIALIZED VIEW IF NOT EXISTS {local:")?.split_once('}')?;
        let (_, rest) = rest.split_once(" TO {local:")?;
        let (target, select) = rest.split_once("} AS\n")?;
        let (_, source) = select.split_once("FROM {local:")?;
        let (source, _) = source.split_once('}')?;
        let [name, source, target, select] = [name, source, target, select].map(str::to_owned);
        Some(Self { name, source, target, select })
    }

    /// What the view makes of `rows`, a table or a query in brackets, in place of its source.
    pub fn select_from(&self, rows: &str) -> String {
        self.select.replace(&format!("{{local:{}}}", self.source), rows)
    }
}

/// All views as they are after the last migration.
pub fn views() -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    for statement in migrations().iter().flat_map(|migration| migration.sql.split(";\n")) {
        if let Some(view) = View::parse(&without_comments(statement)) {
            views.retain(|known| known.name != view.name);
            views.push(view);
        }
    }
    views
}

impl Topology {
    /// The table in which the rows of `name` are stored.
    pub fn local(&self, name: &str) -> String {
        local(name, self)
    }

    /// `ON CLUSTER …` where there is one.
    pub fn on_cluster(&self) -> String {
        on_cluster(self)
    }
}

fn without_comments(statement: &str) -> String {
    let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
    lines.collect::<Vec<_>>().join("\n").trim().trim_end_matches(';').to_owned()
}

/// Replaces the placeholders; `None` when the statement does not exist in the topology.
fn fill_in(statement: &str, topology: &Topology) -> Option<String> {
    let mut filled = String::with_capacity(statement.len());
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((placeholder, remainder)) = after.split_once('}') else { break };
        filled.push_str(before);
        let mut parts = placeholder.split(':');
        let (kind, name, argument) = (parts.next(), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        match kind.unwrap_or("") {
            "local" => filled.push_str(&local(name, topology)),
            "on_cluster" => filled.push_str(&on_cluster(topology)),
            "engine" => filled.push_str(&engine(name, argument, topology)),
            "if_distributed" => filled.push_str(if_distributed(name, topology)?),
            "distributed" => filled.push_str(&distributed(name, argument, topology)?),
            _ => filled.push_str(&format!("{{{placeholder}}}")),
        }
        rest = remainder;
    }
    filled.push_str(rest);
    Some(filled.trim().to_owned())
}

fn local(name: &str, topology: &Topology) -> String {
    match topology {
        Topology::Single => name.to_owned(),
        Topology::Cluster { .. } => format!("{name}_local"),
    }
}

fn on_cluster(topology: &Topology) -> String {
    match topology {
        Topology::Single => String::new(),
        Topology::Cluster { name, .. } => format!("ON CLUSTER '{name}'"),
    }
}

/// `{shard}`, `{replica}`, `{database}` and `{table}` are filled in by the server.
fn engine(name: &str, arguments: &str, topology: &Topology) -> String {
    match topology {
        Topology::Single => format!("{name}({arguments})"),
        Topology::Cluster { .. } => {
            let separator = if arguments.is_empty() { "" } else { ", " };
            format!(
                "Replicated{name}('/clickhouse/tables/{{shard}}/{{database}}/{{table}}', \
                 '{{replica}}'{separator}{arguments})"
            )
        }
    }
}

fn if_distributed<'a>(name: &'a str, topology: &Topology) -> Option<&'a str> {
    (*topology != Topology::Single).then_some(name)
}

fn distributed(name: &str, key: &str, topology: &Topology) -> Option<String> {
    let Topology::Cluster { name: cluster, database } = topology else { return None };
    Some(format!(
        "CREATE TABLE IF NOT EXISTS {name} ON CLUSTER '{cluster}' AS {name}_local \
         ENGINE = Distributed('{cluster}', '{database}', {name}_local, {key})"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- A table.\nCREATE TABLE {local:x} {on_cluster} (a UInt8)\n\
        ENGINE = {engine:AggregatingMergeTree:} ORDER BY a;\n{distributed:x:rand()};\n";

    fn cluster() -> Topology {
        Topology::Cluster { name: "c".to_owned(), database: "d".to_owned() }
    }

    fn check(topology: &Topology, expected: &[&str]) {
        let migration = Migration { number: 1, name: "test", sql: TEXT };
        assert_eq!(migration.statements(topology), expected);
    }

    #[test]
    fn a_single_node_has_plain_engines_and_no_distributed_table() {
        check(&Topology::Single, &["CREATE TABLE x  (a UInt8)\nENGINE = AggregatingMergeTree() ORDER BY a"]);
    }

    #[test]
    fn a_cluster_has_replicated_local_tables_and_a_distributed_one() {
        check(
            &cluster(),
            &[
                "CREATE TABLE x_local ON CLUSTER 'c' (a UInt8)\n\
                 ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY a",
                "CREATE TABLE IF NOT EXISTS x ON CLUSTER 'c' AS x_local \
                 ENGINE = Distributed('c', 'd', x_local, rand())",
            ],
        );
    }

    #[test]
    fn numbers_have_no_gap_and_no_placeholder_is_left() {
        let cluster = cluster();
        for (index, migration) in migrations().iter().enumerate() {
            assert_eq!(migration.number as usize, index + 1);
            for statement in migration.statements(&Topology::Single) {
                assert!(!statement.contains('{'), "{statement}");
            }
            for statement in migration.statements(&cluster) {
                assert!(!statement.contains("{local") && !statement.contains("{engine"), "{statement}");
                assert!(!statement.contains("{if_distributed"), "{statement}");
            }
        }
    }

    #[test]
    fn every_view_is_known_with_its_source_and_its_target() {
        let views = views();
        let told: Vec<_> = views.iter().map(|view| format!("{} {} {}", view.name, view.source, view.target)).collect();
        let created = migrations().iter().map(|migration| migration.sql.matches("CREATE MATERIALIZED VIEW").count());
        assert_eq!(told.len(), created.sum::<usize>(), "{told:?}");
        assert!(told.contains(&"visit_rollup_view visits visit_rollup".to_owned()), "{told:?}");
        assert!(told.contains(&"page_timings_view page_timings action_rollup".to_owned()), "{told:?}");
        for view in &views {
            let select = view.select_from("(SELECT 1)");
            assert!(select.contains("FROM (SELECT 1)") && !select.contains("{local"), "{select}");
        }
    }
}
