use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{Broker, ClickHouse, Matomo, Metrics, Process, Tracker, free_port, nagare, process::is_alive, until};

/// Token of the superuser of every stack.
pub const ADMIN_TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Login of the superuser.
pub const ADMIN_LOGIN: &str = "root";
/// Password of the superuser.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

const READY_WITHIN: Duration = Duration::from_secs(90);
const STOP_WITHIN: Duration = Duration::from_secs(45);
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(60);

/// The whole product in one process, `nagare up`, on free ports in a temporary folder.
#[derive(Debug)]
pub struct Stack {
    process: Process,
    url: String,
    settings: Vec<(String, String)>,
    /// Goes last: it holds the log of the process.
    folder: TempDir,
}

impl Stack {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn up() -> anyhow::Result<Self> {
        Self::up_with(&[]).await
    }

    /// Starts it with more settings in its environment.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn up_with(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("nagare-up-").tempdir()?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let mut all = common_settings();
        all.push(("NAGARE_LISTEN".to_owned(), listen.clone()));
        all.push(("NAGARE_DATA".to_owned(), folder.path().join("data").display().to_string()));
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let process = start(folder.path(), &all)?;
        let mut stack = Self { process, folder, url: format!("http://{listen}"), settings: all };
        stack.ready().await?;
        Ok(stack)
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let matomo = self.matomo();
        let process = &mut self.process;
        until("nagare up to be ready", READY_WITHIN, || {
            let running = process.must_run();
            let matomo = &matomo;
            async move {
                // A process that ended is told by the look after the last one.
                running?;
                matomo.get("/health/ready").await.map(Some)
            }
        })
        .await
        .with_context(|| self.process.last_lines())
        .map(drop)
    }

    /// Where it serves.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// The Reporting API, as the superuser.
    pub fn matomo(&self) -> Matomo {
        Matomo::new(&self.url, ADMIN_TOKEN)
    }

    /// The Tracking API of a site.
    pub fn tracker(&self, site: u32) -> Tracker {
        Tracker::new(&self.url, site)
    }

    /// The tables.
    ///
    /// # Errors
    /// When the port of ClickHouse is not known.
    pub fn clickhouse(&self) -> anyhow::Result<ClickHouse> {
        let config = std::fs::read_to_string(self.data().join("clickhouse.xml"))?;
        let port = between(&config, "<http_port>", "</http_port>").context("no port in clickhouse.xml")?;
        Ok(ClickHouse::new(&format!("http://127.0.0.1:{port}")))
    }

    /// The address of NATS.
    ///
    /// # Errors
    /// When the port of NATS is not known.
    pub fn nats_url(&self) -> anyhow::Result<String> {
        let config = std::fs::read_to_string(self.data().join("nats.conf"))?;
        let address = between(&config, "listen: \"", "\"").context("no address in nats.conf")?;
        Ok(format!("nats://{address}"))
    }

    /// Runs a command of the binary against the brokers of this stack and returns what it prints.
    ///
    /// # Errors
    /// When it fails.
    pub async fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let (nats, clickhouse) = (self.nats_url()?, self.clickhouse()?);
        let brokers = [("NAGARE_NATS_URL", nats.as_str()), ("NAGARE_CLICKHOUSE_URL", clickhouse.url())];
        let output = run(arguments, &brokers).await?;
        ensure!(output.status.success(), "nagare {}:\n{}", arguments.join(" "), text_of(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts a further api, with settings of its own, on the brokers of this stack and waits until it is ready: where it serves.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn further_api(&self, settings: &[(&str, &str)]) -> anyhow::Result<(Process, String)> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new(nagare()?);
        command.arg("api").env("NAGARE_LISTEN", &listen).env("NAGARE_NATS_URL", self.nats_url()?);
        command.envs(settings.iter().copied());
        command.env("NAGARE_CLICKHOUSE_URL", self.clickhouse()?.url()).stdin(Stdio::null()).stdout(Stdio::null());
        let process = Process::start("api", &mut command, self.folder.path())?;
        let url = format!("http://{listen}");
        let matomo = Matomo::new(&url, ADMIN_TOKEN);
        until("a further api to be ready", READY_WITHIN, || async { matomo.get("/health/ready").await.map(Some) })
            .await?;
        Ok((process, url))
    }

    /// The metrics of all roles.
    ///
    /// # Errors
    /// When they are not answered.
    pub async fn metrics(&self) -> anyhow::Result<Metrics> {
        Ok(Metrics::new(self.matomo().get("/metrics").await?))
    }

    /// Process ids of the brokers.
    pub fn children(&self) -> Vec<u32> {
        let id = |name: &str| std::fs::read_to_string(self.data().join(name)).ok()?.trim().parse().ok();
        ["nats.pid", "clickhouse.pid"].into_iter().filter_map(id).collect()
    }

    /// Waits until none of these processes is left.
    ///
    /// # Errors
    /// When one still runs at the deadline.
    pub async fn gone(children: &[u32], deadline: Duration) -> anyhow::Result<()> {
        until("the brokers to be gone", deadline, || {
            let alive: Vec<_> = children.iter().filter(|id| is_alive(**id)).collect();
            std::future::ready(if alive.is_empty() { Ok(Some(())) } else { Err(anyhow::anyhow!("{alive:?} run")) })
        })
        .await
    }

    /// Ends it as `signal` does and starts it again with its data.
    ///
    /// # Errors
    /// When it does not stop or does not get ready again.
    pub async fn restart(&mut self, signal: Signal) -> anyhow::Result<()> {
        self.restart_after(signal, |_| Ok(())).await
    }

    /// Ends it as `signal` does, does something with its data folder, and starts it again.
    ///
    /// # Errors
    /// When it does not stop or does not get ready again, or something fails.
    pub async fn restart_after(
        &mut self,
        signal: Signal,
        act: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let status = self.process.stop(signal, STOP_WITHIN).await?;
        ensure!(signal == Signal::KILL || status.success(), "nagare up ended with {status}");
        act(&self.data())?;
        self.process = start(self.folder.path(), &self.settings)?;
        self.ready().await
    }

    /// Waits until every accepted hit is in the tables.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn caught_up(&self) -> anyhow::Result<()> {
        self.matomo().caught_up(CAUGHT_UP_WITHIN).await
    }

    /// Ends it: nothing was dead-lettered, tables and log agree, and it stops by itself.
    ///
    /// # Errors
    /// When one of these does not hold.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        self.caught_up().await?;
        let nats_url = self.nats_url()?;
        let dead = Broker::connect(&nats_url).await?.dead_letters().await?;
        ensure!(dead == 0, "{dead} messages were dead-lettered");
        verify(&nats_url, self.clickhouse()?.url()).await?;
        let status = self.process.stop(Signal::TERM, STOP_WITHIN).await?;
        ensure!(status.success(), "nagare up ended with {status}:\n{}", self.process.last_lines());
        Ok(())
    }
}

/// Runs `nagare verify`, which must find no difference.
pub(crate) async fn verify(nats_url: &str, clickhouse_url: &str) -> anyhow::Result<()> {
    let brokers = [("NAGARE_NATS_URL", nats_url), ("NAGARE_CLICKHOUSE_URL", clickhouse_url)];
    let output = run(&["verify"], &brokers).await?;
    ensure!(output.status.success(), "nagare verify found differences:\n{}", text_of(&output));
    Ok(())
}

/// Runs a command of the binary to its end.
pub(crate) async fn run<V: AsRef<OsStr>>(
    arguments: &[&str],
    settings: &[(&str, V)],
) -> anyhow::Result<std::process::Output> {
    let mut command = tokio::process::Command::new(nagare()?);
    command.args(arguments).envs(settings.iter().map(|(name, value)| (*name, value.as_ref())));
    command.stdin(Stdio::null()).kill_on_drop(true);
    Ok(command.output().await?)
}

pub(crate) fn text_of(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The superuser of every stack, no first site, and no limits of requests.
pub(crate) fn common_settings() -> Vec<(String, String)> {
    [
        ("NAGARE_ADMIN_TOKEN", ADMIN_TOKEN),
        ("NAGARE_ADMIN_LOGIN", ADMIN_LOGIN),
        ("NAGARE_ADMIN_EMAIL", "root@example.org"),
        ("NAGARE_ADMIN_PASSWORD", ADMIN_PASSWORD),
        ("NAGARE_INITIAL_SITE", "none"),
        // All tests come from one address: those about limits set their own.
        ("NAGARE_API_ADDRESS_REQUESTS_PER_SECOND", "0"),
        ("NAGARE_API_TOKEN_REQUESTS_PER_SECOND", "0"),
        ("NAGARE_API_SITE_REQUESTS_PER_SECOND", "0"),
        ("NAGARE_INGEST_ADDRESS_REQUESTS_PER_SECOND", "0"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn start(folder: &Path, settings: &[(String, String)]) -> anyhow::Result<Process> {
    let mut command = Command::new(nagare()?);
    command.arg("up").envs(settings.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::null());
    Process::start("up", &mut command, folder)
}

pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}
