//! The pure core: every scenario of the tracking specification that it covers, and its properties.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod columns;
mod properties;
mod scenarios;
mod site;
mod tracking;
