//! The integration tests. `cargo test -p nagare-tests --test it -- NAME` runs some of them.

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
mod release;
mod reports;
mod retention;
mod run;
mod scale;
mod security;
mod subjects;
mod tidy;
mod world;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use world::World;

fn main() -> ExitCode {
    let world = World::new();
    let light = [
        tidy::trials(),
        fuzz::trials(),
        release::trials(),
        journeys::trials(&world),
        bad_input::trials(&world),
        security::light_trials(&world),
        consistency::trials(&world),
        reports::trials(&world),
        import::trials(&world),
        clients::trials(&world),
        live::trials(&world),
    ];
    let people = [
        document::trials(),
        erasure::trials(),
        numbers::trials(),
        retention::trials(),
        security::trials(),
        subjects::trials(),
    ];
    let people = people.into_iter().flatten().collect();
    let heavy = [people, browser::trials(), rebuild::trials(), lifecycle::trials(), scale::trials(), faults::trials()];
    run::all(&Arguments::from_args(), world, light, heavy)
}
