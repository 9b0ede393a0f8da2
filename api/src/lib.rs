#![doc = include_str!("../README.md")]

mod account;
mod auth;
mod bare;
mod catalogue;
mod consistency;
mod dashboard;
mod delivery;
mod describe;
mod endpoint;
mod error;
mod format;
pub mod fuzz;
mod limit;
mod live;
mod methods;
mod metrics;
mod names;
mod numberer;
mod opt_out;
mod options;
mod page_name;
mod period;
mod permission;
mod plan;
mod query;
mod request;
mod rest;
mod segment;
mod server;
mod shape;
#[cfg(test)]
mod snapshot;
mod subject;
mod table;
mod value;

pub use account::reset_link;
pub use auth::{generate_token, hash_password, second_factor_place, token_hash};
pub use bare::{Asked, BareReport};
pub use consistency::{Difference, compare_sources};
pub use error::ApiError;
pub use options::ApiOptions;
pub use permission::Permission;
pub use server::Api;
pub use subject::{Erased, SubjectVisit, Subjects};
