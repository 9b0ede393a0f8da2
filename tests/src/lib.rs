#![doc = include_str!("../README.md")]

pub mod bench;

mod binary;
mod broker;
mod clickhouse;
mod cluster;
mod expectation;
pub mod fuzz;
mod load;
mod matomo;
mod metrics;
mod port;
mod process;
mod proxy;
mod rest;
mod socket;
mod stack;
mod tracker;
mod visits;
mod wait;

pub use binary::{nagare, workspace};
pub use broker::Broker;
pub use clickhouse::ClickHouse;
pub use cluster::{BrokerKind, Cluster, Layout, RoleKind};
pub use expectation::{Expectation, RecordedVisit};
pub use load::{LoadPlan, LoadReport, LoadRun, LoadSummary};
pub use matomo::Matomo;
pub use metrics::Metrics;
pub use port::free_port;
pub use process::Process;
pub use proxy::Proxy;
pub use rest::{Reply, Rest};
pub use socket::{LiveSocket, sign_in};
pub use stack::{ADMIN_LOGIN, ADMIN_PASSWORD, ADMIN_TOKEN, Stack};
pub use tracker::{Answer, Tracker, unix_now};
pub use visits::{ActionRow, VisitRow, actions_of, visits_of};
pub use wait::{until, until_equal};
