//! ClickHouse for one machine: the `clickhouse` program, or this binary hosting the library.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::broker::{Blueprint, Broker, StopBy, start_on_free_ports};
use super::data::DataDir;
use super::locate::{self, ClickHouseEngine};
use super::probe::Probe;
use super::tether::Tether;

/// Ports to serve on. One left out is chosen freely.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ClickHousePorts {
    /// HTTP.
    pub(super) http: Option<u16>,
    /// The native protocol.
    pub(super) tcp: Option<u16>,
}

/// Starts it and waits until it answers.
pub(super) async fn start(data: &DataDir, ports: ClickHousePorts) -> Result<Broker> {
    let engine = locate::clickhouse()?;
    start_on_free_ports([ports.http, ports.tcp], |[http, tcp]| {
        let path = data.join("clickhouse");
        fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let config_file = data.join("clickhouse.xml");
        fs::write(&config_file, config(http, tcp, &path, &config_file))
            .with_context(|| format!("cannot write {}", config_file.display()))?;
        let tether = Tether::arguments(&data.join("clickhouse.lock"));
        let (args, stop_by) = match &engine {
            ClickHouseEngine::Program(program) => (program_args(tether, program, &config_file), StopBy::Terminating),
            ClickHouseEngine::Library(library) => {
                let mut args = vec!["clickhouse-host".into()];
                args.extend(tether);
                for (name, value) in [
                    ("--lib", library.into()),
                    ("--data", path.clone().into()),
                    ("--http", OsString::from(http.to_string())),
                    ("--tcp", OsString::from(tcp.to_string())),
                    ("--config-file", config_file.into()),
                ] {
                    args.extend([OsString::from(name), value]);
                }
                (args, StopBy::ClosingInput)
            }
        };
        Ok(Blueprint {
            name: "clickhouse",
            args,
            log: data.join("clickhouse.log"),
            pid_file: data.join("clickhouse.pid"),
            ports: vec![http, tcp],
            probe: Probe::ClickHouse { port: http, path },
            stop_by,
        })
    })
    .await
}

/// Where HTTP clients connect.
pub(super) fn url(ports: &[u16]) -> String {
    format!("http://127.0.0.1:{}", ports[0])
}

fn program_args(tether: [OsString; 4], program: &Path, config_file: &Path) -> Vec<OsString> {
    let mut args = vec!["broker-guard".into()];
    args.extend(tether);
    args.extend(["--".into(), program.into(), "server".into(), "--config-file".into(), config_file.into()]);
    args
}

/// For a small idle server on two or more cores: caches of tens of megabytes instead of
/// five gigabytes, few background threads, and none of the system logs (they write
/// several times a second even when nothing happens; no section, no log).
///
/// What was merged or erased leaves the disk within two minutes: parts are synced before they are used.
///
/// Rows are written again when about twelve parts of a size have gathered, not five: half the merging,
/// for twice as many parts, of which there are few.
///
/// Two merge threads take at most four merges at once, so that small merges go on beside
/// a large one and queries keep the cores they need. The free-entries settings are the
/// server's defaults scaled down to that pool; larger ones stop it from starting.
fn config(http: u16, tcp: u16, path: &Path, config_file: &Path) -> String {
    let path = escaped(path);
    let users = escaped(config_file);
    format!(
        r#"<!-- Written by nagare at every start. -->
<clickhouse>
    <logger><level>warning</level><console>true</console></logger>
    <display_name>nagare</display_name>
    <listen_host>127.0.0.1</listen_host>
    <http_port>{http}</http_port>
    <tcp_port>{tcp}</tcp_port>
    <path>{path}/</path>
    <tmp_path>{path}/tmp/</tmp_path>
    <user_files_path>{path}/user_files/</user_files_path>
    <format_schema_path>{path}/format_schemas/</format_schema_path>

    <mark_cache_size>67108864</mark_cache_size>
    <primary_index_cache_size>67108864</primary_index_cache_size>
    <index_mark_cache_size>8388608</index_mark_cache_size>
    <uncompressed_cache_size>0</uncompressed_cache_size>
    <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
    <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>

    <background_pool_size>2</background_pool_size>
    <os_threads_nice_value_merge_mutate>15</os_threads_nice_value_merge_mutate>
    <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
    <background_schedule_pool_size>4</background_schedule_pool_size>
    <merge_tree>
        <fsync_after_insert>1</fsync_after_insert>
        <fsync_part_directory>1</fsync_part_directory>
        <merge_selector_base>12</merge_selector_base>
        <old_parts_lifetime>60</old_parts_lifetime>
        <cleanup_delay_period>10</cleanup_delay_period>
        <max_cleanup_delay_period>30</max_cleanup_delay_period>
        <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
        <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
        <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
    </merge_tree>

    <user_directories><users_xml><path>{users}</path></users_xml></user_directories>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <users>
        <default>
            <password/>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </default>
    </users>
</clickhouse>
"#
    )
}

fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
