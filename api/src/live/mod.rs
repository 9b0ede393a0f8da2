//! The live socket: what happens on a site now, pushed (design §9).

mod hub;
mod socket;
mod sum;

pub(crate) use hub::Hub;
pub(crate) use socket::upgrade;
