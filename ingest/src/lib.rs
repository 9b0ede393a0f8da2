#![doc = include_str!("../README.md")]

mod agents;
mod append;
mod error;
mod failures;
#[cfg(test)]
mod fake;
pub mod fuzz;
mod http;
mod ingest;
mod intake;
mod limit;
mod metrics;
mod options;
mod params;
mod pipeline;
mod place;
mod queue;
mod reader;
mod refusals;
mod rules;
mod salt;
mod spool;
#[cfg(test)]
mod tests;
mod writer;

pub use error::IngestError;
pub use ingest::Ingest;
pub use options::IngestOptions;
pub use reader::HitReader;
