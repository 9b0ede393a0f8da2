//! The integration tests. `cargo test -p nagare-tests --test it -- NAME` runs some of them.

mod access;
mod accounts;
mod attack;
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
mod limits;
mod live;
mod numbers;
mod openid;
mod rebuild;
mod release;
mod reports;
mod retention;
mod rotation;
mod run;
mod scale;
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
        attack::trials(&world),
        consistency::trials(&world),
        reports::trials(&world),
        import::trials(&world),
        clients::trials(&world),
        live::trials(&world),
    ];
    let people = [
        access::trials(),
        accounts::trials(),
        attack::heavy_trials(),
        document::trials(),
        erasure::trials(),
        limits::trials(),
        numbers::trials(),
        openid::trials(),
        retention::trials(),
        rotation::trials(),
        subjects::trials(),
    ];
    let people = people.into_iter().flatten().collect();
    let heavy = [people, browser::trials(), rebuild::trials(), lifecycle::trials(), scale::trials(), faults::trials()];
    run::all(&Arguments::from_args(), world, light, heavy)
}
