//! `nagare up`: the whole product on one machine.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use axum::Router;
use clap::Args;
use nagare_api::{Api, ApiOptions};
use nagare_ingest::{Ingest, IngestOptions};
use nagare_processor::ProcessorOptions;
use nagare_projector::{ProjectorOptions, RetentionOptions};
use nagare_runtime::{
    ClockOptions, ConnectionOptions, Context, ErasureListOptions, Lifecycle, LogOptions, ServeOptions, serve,
};
use nagare_schema::SiteId;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    embedded::{Embedded, EmbeddedOptions, device_patterns},
    first_start::{Created, FirstStart, create, random_hex, tell, tell_created},
    migrate::migrate,
    restored::erase_again,
    role::{DRAIN_MAX, listen},
};

/// The only processor and projector of the machine: under this name a restart takes over at once.
const MEMBER: &str = "up";
/// The list of erasures, in the data folder unless it is kept elsewhere.
const ERASURES_FILE: &str = "erasures.jsonl";
/// Bytes of a master key.
const MASTER_KEY_BYTES: usize = 32;
/// Bytes of HITS and of EVENTS on one machine.
const LOG_BYTES_MAX: i64 = 64 << 30;

/// Options of `nagare up`.
#[derive(Debug, Clone, Args)]
pub struct UpOptions {
    /// Folder of everything that is kept.
    #[arg(long, env = "NAGARE_DATA", default_value = "data")]
    data: PathBuf,
    /// Address of tracking, API, live socket and dashboard.
    #[arg(long, env = "NAGARE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Port of NATS on loopback; free when not given.
    #[arg(long, env = "NAGARE_NATS_PORT")]
    nats_port: Option<u16>,
    /// HTTP port of ClickHouse on loopback; free when not given.
    #[arg(long, env = "NAGARE_CLICKHOUSE_HTTP_PORT")]
    clickhouse_http_port: Option<u16>,
    /// Native port of ClickHouse on loopback; free when not given.
    #[arg(long, env = "NAGARE_CLICKHOUSE_TCP_PORT")]
    clickhouse_tcp_port: Option<u16>,
    /// Bytes of HITS and of EVENTS, each, before appends are refused.
    #[arg(long, env = "NAGARE_LOG_BYTES_MAX", default_value_t = LOG_BYTES_MAX)]
    log_bytes_max: i64,
    #[command(flatten)]
    retention: RetentionOptions,
    #[command(flatten)]
    erasures: ErasureListOptions,
    #[command(flatten)]
    clock: ClockOptions,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(flatten)]
    first: FirstStart,
    #[command(flatten)]
    ingest: IngestOptions,
    #[command(flatten)]
    api: ApiOptions,
}

impl UpOptions {
    fn brokers(&self) -> EmbeddedOptions {
        EmbeddedOptions {
            data: self.data.clone(),
            nats_port: self.nats_port,
            clickhouse_http_port: self.clickhouse_http_port,
            clickhouse_tcp_port: self.clickhouse_tcp_port,
        }
    }

    fn log(&self) -> LogOptions {
        LogOptions { log_replicas: 1, log_bytes_max: self.log_bytes_max }
    }
}

/// Starts everything, serves until told to stop, drains and stops in the order of the flow.
///
/// # Errors
/// When something cannot start, or fails later.
pub async fn up(options: UpOptions) -> Result<()> {
    let listener = listen(options.listen).await?;
    let brokers = Embedded::start(options.brokers()).await?;
    let outcome = Box::pin(serve_on(&brokers, listener, options)).await;
    brokers.stop().await;
    outcome
}

async fn serve_on(brokers: &Embedded, listener: TcpListener, options: UpOptions) -> Result<()> {
    let connection = ConnectionOptions {
        nats_url: brokers.nats_url().to_owned(),
        clickhouse_url: brokers.clickhouse_url().to_owned(),
        clickhouse_database: "nagare".to_owned(),
        clickhouse_user: String::new(),
        clickhouse_password: String::new(),
        clickhouse_cluster: String::new(),
    };
    migrate(&connection).await?;
    let mut lifecycle = Lifecycle::default();
    let context = Context::connect(&connection, &options.log(), lifecycle.stop()).await?;
    let context = context.with_clock(options.clock.start());
    let created = create(&context, &options.first).await?;
    let mut ingest_options = options.ingest;
    ingest_options.spool = options.data.join("spool");
    // What `make setup` installed, when nothing is given.
    ingest_options.device_dir = ingest_options.device_dir.or_else(device_patterns);
    let device_dir = ingest_options.device_dir.clone();
    let ingest = Box::pin(Ingest::start(&context, ingest_options)).await?;
    let mut api_options = options.api;
    if !api_options.vault.is_given() {
        api_options.vault.master_key_file = Some(own_master_key(&options.data)?);
    }
    let api = Box::pin(Api::start(&context, api_options)).await?;
    let member = MEMBER.to_owned();
    let processor_options = ProcessorOptions { member: member.clone(), device_dir };
    lifecycle.spawn("processor", nagare_processor::run(context.clone(), processor_options));
    let mut erasures = options.erasures;
    let list = erasures.erasures_file.get_or_insert_with(|| options.data.join(ERASURES_FILE)).clone();
    let projector_options = ProjectorOptions { member, retention: options.retention, erasures };
    lifecycle.spawn("projector", nagare_projector::run(context.clone(), projector_options));
    // Before anybody can read what a restored backup brought back.
    erase_again(&context, &list).await?;
    let router = ingest.router().merge(api.router());
    let front = Front::open(listener, &context, router, options.serve);
    greet(options.listen, &created);
    let outcome = front.until_told_to_stop(&mut lifecycle).await;
    ingest.drain().await;
    ensure!(lifecycle.drain(DRAIN_MAX).await, "not everything could be finished in {DRAIN_MAX:?}");
    outcome
}

/// The public listener: closed first when the product stops, so that no hit comes after the drain.
struct Front {
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Front {
    fn open(listener: TcpListener, context: &Context, router: Router, options: ServeOptions) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let observed = (vec![context.registry.clone()], context.health.clone());
        let serving = tokio::spawn(async move { serve(listener, router, observed, &options, stopped).await });
        Self { serving, stop }
    }

    async fn until_told_to_stop(mut self, lifecycle: &mut Lifecycle) -> Result<()> {
        let outcome = tokio::select! {
            outcome = lifecycle.run() => outcome.map_err(|why| anyhow!(why)),
            served = &mut self.serving => return served?.context("the listener failed"),
        };
        self.stop.cancel();
        self.serving.await?.context("the listener failed")?;
        outcome
    }
}

/// The file of this machine's master key, made at the first start and readable by its owner alone.
fn own_master_key(data: &Path) -> Result<PathBuf> {
    let path = data.join("master.key");
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    match new {
        Ok(mut file) => {
            writeln!(file, "{}", random_hex(MASTER_KEY_BYTES)).context("the master key cannot be written")?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).context("the master key cannot be made"),
    }
    Ok(path)
}

fn greet(listen: SocketAddr, created: &Created) {
    tell(&format!("\nNagare runs at http://{listen}/\n"));
    tell_created(created);
    if let Some(site) = created.site {
        tell(&format!("demo page   http://{listen}/demo"));
        tell(&format!("\nTracking code of site {site}:\n\n{}", tracking_code(listen, site)));
    }
}

fn tracking_code(listen: SocketAddr, site: SiteId) -> String {
    format!(
        "<script>\n  var _paq = window._paq = window._paq || [];\n  _paq.push(['trackPageView'], ['enableLinkTracking']);\n  \
         _paq.push(['setTrackerUrl', 'http://{listen}/matomo.php'], ['setSiteId', '{site}']);\n</script>\n\
         <script async src=\"http://{listen}/nagare.js\"></script>\n"
    )
}
