//! `make bench`: measures, prints, and writes `target/bench/summary.json`.

use std::process::ExitCode;

/// As in the product, so that memory is comparable.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    nagare_tests::bench::main()
}
