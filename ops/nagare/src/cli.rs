use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use nagare_runtime::{ConnectionOptions, LogOptions, init_logs};

use crate::{
    admin::{
        AuditCommand, RetentionCommand, SettingCommand, SiteCommand, SubjectCommand, TokenCommand, UserCommand,
        VaultCommand,
    },
    clickhouse_host::{self, ClickHouseHostArgs},
    embedded::{self, BrokerGuardArgs, BrokersArgs},
    first_start::FirstStart,
    import::ImportOptions,
    load::LoadOptions,
    rebuild::RebuildOptions,
    role::RoleOptions,
    tail::TailOptions,
    up::UpOptions,
    verify::VerifyOptions,
};

/// Web analytics as an event-sourced stream, speaking Matomo's protocols.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the whole product on this machine, brokers included.
    Up(Box<UpOptions>),
    /// Receives hits: Matomo's Tracking HTTP API to the log.
    Ingest(Box<RoleOptions<nagare_ingest::IngestOptions>>),
    /// Makes visits of hits.
    Processor(Box<RoleOptions<nagare_processor::ProcessorOptions>>),
    /// Brings events into the tables.
    Projector(Box<RoleOptions<nagare_projector::ProjectorOptions>>),
    /// Serves reports, live sockets and the dashboard.
    Api(Box<RoleOptions<nagare_api::ApiOptions>>),
    /// Creates what is missing: tables, streams, buckets, the deployment and its first superuser.
    Migrate {
        #[command(flatten)]
        connection: ConnectionOptions,
        #[command(flatten)]
        log: LogOptions,
        #[command(flatten)]
        first: FirstStart,
    },
    /// Recounts log and tables and compares them; exits 1 when they differ.
    Verify {
        #[command(flatten)]
        connection: ConnectionOptions,
        #[command(flatten)]
        log: LogOptions,
        #[command(flatten)]
        options: VerifyOptions,
    },
    /// Makes all visits anew of the archived hits, by the rules and goals of today.
    Rebuild {
        #[command(flatten)]
        connection: ConnectionOptions,
        #[command(flatten)]
        log: LogOptions,
        #[command(flatten)]
        options: RebuildOptions,
    },
    /// Prints stored hits or events as JSON, one message a line.
    Tail {
        #[command(flatten)]
        connection: ConnectionOptions,
        #[command(flatten)]
        log: LogOptions,
        #[command(flatten)]
        options: TailOptions,
    },
    /// Generates traffic and knows what the reports must show of it.
    Load(Box<LoadOptions>),
    /// Imports access logs; may be interrupted and repeated.
    Import(Box<ImportOptions>),
    /// Sites.
    #[command(subcommand)]
    Site(SiteCommand),
    /// Users.
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Settings, under Matomo's names.
    #[command(subcommand)]
    Setting(SettingCommand),
    /// The security log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Persons who ask what is known of them.
    #[command(subcommand)]
    Subject(SubjectCommand),
    /// What is removed for its age; the ages are settings.
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// What is sealed under the master key.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Starts the brokers alone.
    #[command(hide = true)]
    Brokers(BrokersArgs),
    /// Runs a broker that ends with its parent.
    #[command(hide = true)]
    BrokerGuard(BrokerGuardArgs),
    /// Serves ClickHouse from its library.
    #[command(hide = true)]
    ClickhouseHost(ClickHouseHostArgs),
}

/// Runs the command.
///
/// # Errors
/// What went wrong, for the operator.
pub fn run(cli: Cli) -> Result<ExitCode> {
    // These two become another program's process: no runtime, no logs of ours.
    let command = match cli.command {
        Command::BrokerGuard(args) => return embedded::guard(args).map(|()| ExitCode::SUCCESS),
        Command::ClickhouseHost(args) => return clickhouse_host::serve(args).map(|()| ExitCode::SUCCESS),
        command => command,
    };
    init_logs();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(Box::pin(dispatch(command)))
}

async fn dispatch(command: Command) -> Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Up(options) => Box::pin(crate::up::up(*options)).await.map(done),
        Command::Ingest(options) => Box::pin(crate::role::ingest(*options)).await.map(done),
        Command::Processor(options) => Box::pin(crate::role::processor(*options)).await.map(done),
        Command::Projector(options) => Box::pin(crate::role::projector(*options)).await.map(done),
        Command::Api(options) => Box::pin(crate::role::api(*options)).await.map(done),
        Command::Migrate { connection, log, first } => {
            Box::pin(crate::first_start::prepare(&connection, &log, &first)).await.map(done)
        }
        Command::Verify { connection, log, options } => Box::pin(crate::verify::run(&connection, &log, &options)).await,
        Command::Rebuild { connection, log, options } => {
            Box::pin(crate::rebuild::run(&connection, &log, &options)).await.map(done)
        }
        Command::Tail { connection, log, options } => {
            Box::pin(crate::tail::run(&connection, &log, &options)).await.map(done)
        }
        Command::Load(options) => Box::pin(crate::load::run(*options)).await.map(done),
        Command::Import(options) => Box::pin(crate::import::run(*options)).await.map(done),
        Command::Site(command) => Box::pin(crate::admin::site(command)).await.map(done),
        Command::User(command) => Box::pin(crate::admin::user(command)).await.map(done),
        Command::Token(command) => Box::pin(crate::admin::token(command)).await.map(done),
        Command::Setting(command) => Box::pin(crate::admin::setting(command)).await.map(done),
        Command::Audit(command) => Box::pin(crate::admin::audit(command)).await.map(done),
        Command::Subject(command) => Box::pin(crate::admin::subject(command)).await.map(done),
        Command::Retention(command) => Box::pin(crate::admin::retention(command)).await.map(done),
        Command::Vault(command) => Box::pin(crate::admin::vault(command)).await.map(done),
        Command::Brokers(args) => Box::pin(embedded::run_brokers(args)).await.map(done),
        // Handled before the runtime began.
        Command::BrokerGuard(_) | Command::ClickhouseHost(_) => Ok(ExitCode::SUCCESS),
    }
}
