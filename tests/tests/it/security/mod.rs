//! Who may come in, who may do what, and how much of it.

mod access;
mod accounts;
mod attack;
mod limits;
mod openid;
mod rotation;

use libtest_mimic::Trial;

use crate::world::World;

pub(crate) fn light_trials(world: &World) -> Vec<Trial> {
    attack::trials(world)
}

pub(crate) fn trials() -> Vec<Trial> {
    [
        access::trials(),
        accounts::trials(),
        attack::heavy_trials(),
        limits::trials(),
        openid::trials(),
        rotation::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
