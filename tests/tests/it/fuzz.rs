//! A bounded number of inputs for every parser of what comes from outside.

use std::{
    panic::catch_unwind,
    time::{Duration, Instant},
};

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{
    fuzz::{PARSERS, Parser, input},
    workspace,
};
use rand::{SeedableRng as _, rngs::StdRng};

use crate::world::alone;

/// Inputs of each parser.
const INPUTS: usize = 3000;
/// Pieces of an input: words and bytes.
const PIECES_MAX: usize = 60;
/// Pieces of the inputs that are large, a few of each parser.
const LARGE_PIECES: usize = 50_000;
/// An input takes no longer, also where nothing is optimised.
const INPUT_TIME_MAX: Duration = Duration::from_secs(2);

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("fuzz::parsers_bear_any_input", parsers_bear_any_input),
        alone("fuzz::every_parser_has_a_target", every_parser_has_a_target),
    ]
}

async fn parsers_bear_any_input() -> anyhow::Result<()> {
    for parser in PARSERS {
        let seed: u64 = rand::random();
        let mut random = StdRng::seed_from_u64(seed);
        for number in 0..INPUTS {
            let pieces = if number % 1000 == 0 { LARGE_PIECES } else { PIECES_MAX };
            check(parser, &input(&mut random, parser.words, pieces))?;
        }
    }
    Ok(())
}

fn check(parser: Parser, input: &[u8]) -> anyhow::Result<()> {
    let began = Instant::now();
    let panicked = catch_unwind(|| (parser.read)(input)).is_err();
    let took = began.elapsed();
    let shown = || String::from_utf8_lossy(&input[..input.len().min(500)]).into_owned();
    ensure!(!panicked, "{} panics at {:?}", parser.name, shown());
    ensure!(took < INPUT_TIME_MAX, "{} takes {took:?} for {} bytes: {:?}", parser.name, input.len(), shown());
    Ok(())
}

async fn every_parser_has_a_target() -> anyhow::Result<()> {
    let folder = workspace().join("tests/fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml"))?;
    for Parser { name, .. } in PARSERS {
        let target = std::fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs")))?;
        ensure!(target.contains(&format!("\"{name}\"")), "the target {name} reads with another parser");
        ensure!(manifest.contains(&format!("name = \"{name}\"")), "{name} is missing in the manifest");
    }
    Ok(())
}
