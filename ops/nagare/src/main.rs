//! `nagare`: every role, the whole product on one machine, and the commands of its operators.

mod admin;
mod cli;
mod clickhouse_host;
mod embedded;
mod first_start;
mod import;
mod load;
mod migrate;
mod rebuild;
mod restored;
mod role;
mod tail;
mod up;
mod verify;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<std::process::ExitCode> {
    cli::run(cli::Cli::parse())
}
