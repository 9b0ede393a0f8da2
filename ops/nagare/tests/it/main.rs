//! The binary's own promises, with real brokers.

mod brokers;
