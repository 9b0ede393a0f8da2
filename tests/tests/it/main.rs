//! The integration tests. `cargo test -p nagare-tests --test it -- NAME` runs some of them.

mod access;
mod accounts;
mod bad_input;
mod browser;
mod clients;
mod consistency;
mod document;
mod erasure;
mod faults;
mod fuzz;
mod import;
mod journeys;
mod lifecycle;
mod live;
mod numbers;
mod rebuild;
mod reports;
mod rotation;
mod scale;
mod subjects;
mod tidy;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial, run};
use world::World;

/// Light tests at the same time.
const LIGHT_TEST_THREADS: usize = 3;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let world = World::new();
    let light = [
        tidy::trials(),
        fuzz::trials(),
        journeys::trials(&world),
        bad_input::trials(&world),
        consistency::trials(&world),
        reports::trials(&world),
        import::trials(&world),
        clients::trials(&world),
        live::trials(&world),
    ];
    let people = [
        access::trials(),
        accounts::trials(),
        document::trials(),
        erasure::trials(),
        numbers::trials(),
        rotation::trials(),
        subjects::trials(),
    ];
    let people = people.into_iter().flatten().collect();
    let heavy = [people, browser::trials(), rebuild::trials(), lifecycle::trials(), scale::trials(), faults::trials()];
    let mut failed = run_with(&arguments, arguments.test_threads.unwrap_or(LIGHT_TEST_THREADS), light);
    // What the light tests shared ends before the heavy ones need the machine for themselves.
    if let Some(stack) = world.take() {
        failed |= run_with(&whole(&arguments), 1, [vec![world::teardown(stack)]]);
    }
    if run_with(&arguments, 1, heavy) || failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn run_with<const N: usize>(arguments: &Arguments, threads: usize, trials: [Vec<Trial>; N]) -> bool {
    let arguments = Arguments { test_threads: Some(threads), ..arguments.clone() };
    run(&arguments, trials.into_iter().flatten().collect()).has_failed()
}

/// The teardown runs whatever tests were asked for by name.
fn whole(arguments: &Arguments) -> Arguments {
    Arguments { filter: None, exact: false, ..arguments.clone() }
}
