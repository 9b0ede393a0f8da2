//! Runs light tests side by side, and heavy ones one by one after them.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial, run};

use crate::world::{self, World};

/// Light tests at the same time.
const LIGHT_TEST_THREADS: usize = 3;

pub(crate) fn all<const L: usize, const H: usize>(
    arguments: &Arguments,
    world: World,
    light: [Vec<Trial>; L],
    heavy: [Vec<Trial>; H],
) -> ExitCode {
    let mut failed = run_with(arguments, arguments.test_threads.unwrap_or(LIGHT_TEST_THREADS), light);
    // What the light tests shared ends before the heavy ones need the machine for themselves.
    if let Some(stack) = world.take() {
        failed |= run_with(&whole(arguments), 1, [vec![world::teardown(stack)]]);
    }
    if run_with(arguments, 1, heavy) || failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn run_with<const N: usize>(arguments: &Arguments, threads: usize, trials: [Vec<Trial>; N]) -> bool {
    let arguments = Arguments { test_threads: Some(threads), ..arguments.clone() };
    run(&arguments, trials.into_iter().flatten().collect()).has_failed()
}

/// The teardown runs whatever tests were asked for by name.
fn whole(arguments: &Arguments) -> Arguments {
    Arguments { filter: None, exact: false, ..arguments.clone() }
}
