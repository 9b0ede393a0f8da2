use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Broker, ClickHouse, Matomo, Metrics, Process, Tracker, free_port, nagare,
    process::{is_alive, signal_id},
    stack::{ADMIN_TOKEN, common_settings, run, text_of, verify},
    until,
};

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(45);
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(90);

/// A broker of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokerKind {
    /// The log.
    Nats,
    /// The tables.
    ClickHouse,
}

/// A role of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleKind {
    /// HTTP to hits.
    Ingest,
    /// Hits to events.
    Processor,
    /// Events to rows.
    Projector,
    /// Reports.
    Api,
}

/// What a cluster consists of.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Name and kind of each role process.
    pub roles: Vec<(&'static str, RoleKind)>,
    /// Further settings of all processes.
    pub settings: Vec<(&'static str, String)>,
}

impl Default for Layout {
    fn default() -> Self {
        let roles = vec![
            ("ingest", RoleKind::Ingest),
            ("processor", RoleKind::Processor),
            ("projector", RoleKind::Projector),
            ("api", RoleKind::Api),
        ];
        Self { roles, settings: Vec::new() }
    }
}

/// The product as an operator runs it: each role its own process, beside the brokers.
#[derive(Debug)]
pub struct Cluster {
    // Roles go before the brokers they need, and the folder goes last: it holds their logs.
    roles: BTreeMap<String, RoleProcess>,
    nats: BrokerProcess,
    clickhouse: BrokerProcess,
    settings: Vec<(String, String)>,
    folder: TempDir,
}

#[derive(Debug)]
struct BrokerProcess {
    kind: BrokerKind,
    port: u16,
    other_port: u16,
    process: Process,
    id: u32,
}

#[derive(Debug)]
struct RoleProcess {
    kind: RoleKind,
    port: u16,
    settings: Vec<(String, String)>,
    process: Process,
}

impl Cluster {
    /// Starts brokers and roles and waits until all are ready.
    ///
    /// # Errors
    /// When one does not get ready.
    pub async fn up(layout: Layout) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("nagare-cluster-").tempdir()?;
        let nats = BrokerProcess::start(BrokerKind::Nats, (free_port()?, free_port()?), folder.path())?;
        let clickhouse = BrokerProcess::start(BrokerKind::ClickHouse, (free_port()?, free_port()?), folder.path())?;
        let mut settings = common_settings();
        settings.push(("NAGARE_NATS_URL".to_owned(), format!("nats://127.0.0.1:{}", nats.port)));
        settings.push(("NAGARE_CLICKHOUSE_URL".to_owned(), format!("http://127.0.0.1:{}", clickhouse.port)));
        settings.extend(layout.settings.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let mut cluster = Self { folder, nats, clickhouse, roles: BTreeMap::new(), settings };
        cluster.command(&["migrate"]).await?;
        for (name, kind) in layout.roles {
            cluster.add_role(name, kind, &[])?;
        }
        for name in cluster.roles.keys().cloned().collect::<Vec<_>>() {
            cluster.ready(&name).await?;
        }
        Ok(cluster)
    }

    /// Runs a command of the binary against the brokers.
    ///
    /// # Errors
    /// When it fails.
    pub async fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let settings: Vec<_> = self.settings.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let output = run(arguments, &settings).await?;
        ensure!(output.status.success(), "nagare {arguments:?}: {}", text_of(&output));
        Ok(text_of(&output))
    }

    /// Starts one more role process, with further settings of its own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn add_role(&mut self, name: &str, kind: RoleKind, settings: &[(&str, String)]) -> anyhow::Result<()> {
        let port = free_port()?;
        let mut all = self.settings.clone();
        all.push(("NAGARE_LISTEN".to_owned(), format!("127.0.0.1:{port}")));
        all.push(("NAGARE_MEMBER".to_owned(), name.to_owned()));
        all.push(("NAGARE_SPOOL".to_owned(), self.folder.path().join(format!("spool-{name}")).display().to_string()));
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let process = start_role(name, kind, &all, self.folder.path())?;
        self.roles.insert(name.to_owned(), RoleProcess { kind, port, settings: all, process });
        Ok(())
    }

    /// Waits until a role is ready.
    ///
    /// # Errors
    /// When it is not by the deadline.
    pub async fn ready(&mut self, name: &str) -> anyhow::Result<()> {
        let matomo = Matomo::new(&self.url(name)?, ADMIN_TOKEN);
        let process = &mut self.role(name)?.process;
        let seen = until(&format!("{name} to be ready"), READY_WITHIN, || {
            let running = process.must_run();
            let matomo = &matomo;
            async move {
                running?;
                matomo.get("/health/ready").await.map(Some)
            }
        })
        .await;
        seen.map(drop).with_context(|| self.roles.get(name).map(|role| role.process.last_lines()).unwrap_or_default())
    }

    /// Where a role listens.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn url(&self, name: &str) -> anyhow::Result<String> {
        let role = self.roles.get(name).with_context(|| format!("no role {name}"))?;
        Ok(format!("http://127.0.0.1:{}", role.port))
    }

    /// The process of a role.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn process_id(&self, name: &str) -> anyhow::Result<u32> {
        Ok(self.roles.get(name).with_context(|| format!("no role {name}"))?.process.id())
    }

    /// `kill -9` of a role.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn kill(&mut self, name: &str) -> anyhow::Result<()> {
        self.role(name)?.process.kill()
    }

    /// Stops a role as an operator does, and waits for its end.
    ///
    /// # Errors
    /// When it does not stop by itself, or with an error.
    pub async fn stop(&mut self, name: &str) -> anyhow::Result<()> {
        let status = self.role(name)?.process.stop(Signal::TERM, STOP_WITHIN).await?;
        ensure!(status.success(), "{name} ended with {status}");
        Ok(())
    }

    /// Sends a signal to a role.
    ///
    /// # Errors
    /// When it is gone.
    pub fn signal(&mut self, name: &str, signal: Signal) -> anyhow::Result<()> {
        self.role(name)?.process.signal(signal)
    }

    /// Starts a role again that was killed or stopped; further settings replace those it had.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&mut self, name: &str, settings: &[(&str, String)]) -> anyhow::Result<()> {
        let folder = self.folder.path().to_owned();
        let role = self.role(name)?;
        for (name, value) in settings {
            role.settings.retain(|(known, _)| known != name);
            role.settings.push(((*name).to_owned(), value.clone()));
        }
        role.process = start_role(name, role.kind, &role.settings, &folder)?;
        Ok(())
    }

    /// `kill -9` of a broker itself; it is started again at once.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill_broker(&mut self, kind: BrokerKind) -> anyhow::Result<()> {
        let folder = self.folder.path().to_owned();
        let broker = self.broker_process(kind);
        broker.id = broker.current_id(&folder)?;
        signal_id(broker.id, Signal::KILL)
    }

    /// `kill -9` of a broker, which then stays away.
    ///
    /// # Errors
    /// When it does not go.
    pub async fn take_broker_away(&mut self, kind: BrokerKind) -> anyhow::Result<()> {
        let folder = self.folder.path().to_owned();
        let broker = self.broker_process(kind);
        let id = broker.current_id(&folder)?;
        broker.process.kill()?;
        let gone = || std::future::ready(Ok((!is_alive(id)).then_some(())));
        until("the broker to be gone", Duration::from_secs(20), gone).await
    }

    /// Starts a broker that was taken away, with its data and on its port.
    ///
    /// # Errors
    /// When it does not start.
    pub fn bring_broker_back(&mut self, kind: BrokerKind) -> anyhow::Result<()> {
        let folder = self.folder.path().to_owned();
        let broker = self.broker_process(kind);
        *broker = BrokerProcess::start(kind, (broker.port, broker.other_port), &folder)?;
        Ok(())
    }

    /// The port of NATS, for a proxy before it.
    pub fn nats_port(&self) -> u16 {
        self.nats.port
    }

    /// The log, as an operator sees it.
    ///
    /// # Errors
    /// When NATS does not answer.
    pub async fn broker(&self) -> anyhow::Result<Broker> {
        Broker::connect(&format!("nats://127.0.0.1:{}", self.nats.port)).await
    }

    /// The tables.
    pub fn clickhouse(&self) -> ClickHouse {
        ClickHouse::new(&format!("http://127.0.0.1:{}", self.clickhouse.port))
    }

    /// The Reporting API, as the superuser.
    ///
    /// # Errors
    /// When there is no role `api`.
    pub fn matomo(&self) -> anyhow::Result<Matomo> {
        Ok(Matomo::new(&self.url("api")?, ADMIN_TOKEN))
    }

    /// The Tracking API of a site.
    ///
    /// # Errors
    /// When there is no role `ingest`.
    pub fn tracker(&self, site: u32) -> anyhow::Result<Tracker> {
        Ok(Tracker::new(&self.url("ingest")?, site))
    }

    /// Creates sites, and waits until the tracker knows them.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn add_sites(&self, count: usize) -> anyhow::Result<Vec<u32>> {
        let matomo = self.matomo()?;
        let mut sites = Vec::new();
        for number in 0..count {
            sites.push(matomo.add_site(&format!("Site {number}"), &[]).await?);
        }
        if let Some(last) = sites.last() {
            let tracker = self.tracker(*last)?;
            // A ping without a visit is stored nowhere but tells whether the site is known.
            until("ingest to know the sites", READY_WITHIN, || async { tracker.hit(&[("ping", "1")]).await.map(Some) })
                .await?;
        }
        Ok(sites)
    }

    /// The metrics of a role.
    ///
    /// # Errors
    /// When they are not answered.
    pub async fn metrics(&self, name: &str) -> anyhow::Result<Metrics> {
        let role = Matomo::new(&self.url(name)?, ADMIN_TOKEN);
        Ok(Metrics::new(role.get("/metrics").await?))
    }

    /// Waits until every accepted hit is in the tables.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn caught_up(&self) -> anyhow::Result<()> {
        let matomo = self.matomo()?;
        // The api itself may be coming back.
        until("the tables to catch up", CAUGHT_UP_WITHIN, || async {
            matomo.caught_up(CAUGHT_UP_WITHIN / 4).await.map(Some)
        })
        .await
    }

    /// Ends it: as many messages were dead-lettered as expected, and tables and log agree.
    ///
    /// # Errors
    /// When one of these does not hold.
    pub async fn finish(mut self, dead_letters: u64) -> anyhow::Result<()> {
        self.caught_up().await?;
        for (name, role) in &mut self.roles {
            role.process.must_run().with_context(|| name.clone())?;
        }
        let dead = self.broker().await?.dead_letters().await?;
        ensure!(dead == dead_letters, "{dead} messages were dead-lettered, not {dead_letters}");
        let nats_url = format!("nats://127.0.0.1:{}", self.nats.port);
        verify(&nats_url, self.clickhouse().url()).await
    }

    fn role(&mut self, name: &str) -> anyhow::Result<&mut RoleProcess> {
        self.roles.get_mut(name).with_context(|| format!("no role {name}"))
    }

    fn broker_process(&mut self, kind: BrokerKind) -> &mut BrokerProcess {
        match kind {
            BrokerKind::Nats => &mut self.nats,
            BrokerKind::ClickHouse => &mut self.clickhouse,
        }
    }
}

impl BrokerKind {
    fn name(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::ClickHouse => "clickhouse",
        }
    }
}

impl BrokerProcess {
    fn start(kind: BrokerKind, ports: (u16, u16), folder: &Path) -> anyhow::Result<Self> {
        let name = kind.name();
        let (port, other_port) = (ports.0.to_string(), ports.1.to_string());
        let mut command = Command::new(nagare()?);
        command.args(["brokers", "--only", name, "--data"]).arg(folder.join(name));
        match kind {
            BrokerKind::Nats => command.args(["--nats-port", &port]),
            BrokerKind::ClickHouse => {
                command.args(["--clickhouse-http-port", &port, "--clickhouse-tcp-port", &other_port])
            }
        };
        // Its input stays open: it ends with it.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start(&format!("broker-{name}"), &mut command, folder)?;
        let stdout = process.child().stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line).with_context(|| process.last_lines())?;
        let id = told[name]["pid"].as_u64().and_then(|id| u32::try_from(id).ok()).context("no process id")?;
        Ok(Self { kind, port: ports.0, other_port: ports.1, process, id })
    }

    /// The broker may have been started again since.
    fn current_id(&self, folder: &Path) -> anyhow::Result<u32> {
        let name = self.kind.name();
        let file = folder.join(name).join(format!("{name}.pid"));
        Ok(std::fs::read_to_string(file).ok().and_then(|id| id.trim().parse().ok()).unwrap_or(self.id))
    }
}

impl RoleKind {
    fn command(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Processor => "processor",
            Self::Projector => "projector",
            Self::Api => "api",
        }
    }
}

fn start_role(name: &str, kind: RoleKind, settings: &[(String, String)], folder: &Path) -> anyhow::Result<Process> {
    let mut command = Command::new(nagare()?);
    command.arg(kind.command()).envs(settings.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::null());
    Process::start(name, &mut command, folder)
}
