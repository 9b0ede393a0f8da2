#![doc = include_str!("../README.md")]

mod batch;
mod collect;
mod config;
mod erase;
mod erase_log;
mod error;
mod fetch;
mod insert;
mod ledger;
mod metrics;
mod numbers;
mod pace;
mod partition;
mod projection;
mod removal;
mod retention;
mod row;
mod run;

pub use config::{ProjectorOptions, RetentionOptions};
pub use error::ProjectorError;
pub use insert::Filler;
pub use run::run;
