//! One role as a process of its own.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, anyhow, ensure};
use axum::Router;
use clap::Args;
use nagare_api::{Api, ApiOptions};
use nagare_ingest::{Ingest, IngestOptions};
use nagare_processor::ProcessorOptions;
use nagare_projector::ProjectorOptions;
use nagare_runtime::{ClockOptions, ConnectionOptions, Context, Lifecycle, LogOptions, ServeOptions, serve};
use tokio::net::TcpListener;

/// Time a role gets to finish what it began when it is told to stop.
pub const DRAIN_MAX: Duration = Duration::from_secs(20);

/// Options of a role.
#[derive(Debug, Clone, Args)]
pub struct RoleOptions<Own: Args> {
    /// Address of its requests, its health and its metrics.
    #[arg(long, env = "NAGARE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    connection: ConnectionOptions,
    #[command(flatten)]
    log: LogOptions,
    #[command(flatten)]
    clock: ClockOptions,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(flatten)]
    own: Own,
}

/// A role that has connected.
struct Begun {
    lifecycle: Lifecycle,
    context: Context,
    listener: TcpListener,
    serve: ServeOptions,
}

impl Begun {
    async fn new<Own: Args>(options: &RoleOptions<Own>) -> Result<Self> {
        let listener = listen(options.listen).await?;
        let lifecycle = Lifecycle::default();
        let context = Context::connect(&options.connection, &options.log, lifecycle.stop())
            .await?
            .with_clock(options.clock.start());
        Ok(Self { lifecycle, context, listener, serve: options.serve.clone() })
    }

    /// Serves until the process is to stop, then drains.
    async fn serve(mut self, router: Router) -> Result<()> {
        let observed = (vec![self.context.registry.clone()], self.context.health.clone());
        let (listener, options, stop) = (self.listener, self.serve, self.context.stop.clone());
        self.lifecycle.spawn("http", async move { serve(listener, router, observed, &options, stop).await });
        let outcome = self.lifecycle.run().await;
        ensure!(self.lifecycle.drain(DRAIN_MAX).await, "not everything could be finished in {DRAIN_MAX:?}");
        outcome.map_err(|why| anyhow!(why))
    }
}

/// Binds an address.
///
/// # Errors
/// When it is taken.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// `nagare ingest`
pub async fn ingest(options: RoleOptions<IngestOptions>) -> Result<()> {
    let begun = Begun::new(&options).await?;
    let ingest = Box::pin(Ingest::start(&begun.context, options.own)).await?;
    let outcome = begun.serve(ingest.router()).await;
    ingest.drain().await;
    outcome
}

/// `nagare processor`
pub async fn processor(options: RoleOptions<ProcessorOptions>) -> Result<()> {
    let begun = Begun::new(&options).await?;
    begun.lifecycle.spawn("processor", nagare_processor::run(begun.context.clone(), options.own));
    begun.serve(Router::new()).await
}

/// `nagare projector`
pub async fn projector(options: RoleOptions<ProjectorOptions>) -> Result<()> {
    let begun = Begun::new(&options).await?;
    begun.lifecycle.spawn("projector", nagare_projector::run(begun.context.clone(), options.own));
    begun.serve(Router::new()).await
}

/// `nagare api`
pub async fn api(options: RoleOptions<ApiOptions>) -> Result<()> {
    let begun = Begun::new(&options).await?;
    let api = Box::pin(Api::start(&begun.context, options.own)).await?;
    begun.serve(api.router()).await
}
