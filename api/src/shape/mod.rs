//! Facts become rows, and rows become what the request asks for: one step each, in the order of
//! `reporting-api.md` §8.

mod columns;
mod cut;
mod encode;
mod flat;
mod goal_columns;
mod label;
mod limit;
mod metrics;
mod pattern;
mod pivot;
pub(crate) mod pretty;
mod processed;
mod rows;
mod sort;
mod steps;

pub(crate) use columns::Columns;
pub(crate) use cut::{Cut, merge};
pub(crate) use encode::{escaped_segment_value, once_escaped_segment_value, segment_value, url_encode};
pub(crate) use limit::total;
pub(crate) use metrics::{MetricFormat, is_rate};
pub(crate) use pivot::{Cells, Pivot, dimension_id};
pub(crate) use processed::Processed;
pub(crate) use rows::{
    Content, GoalChoice, GoalView, PathRules, View, by_site_and_period, content, quotient, round, unknown,
    without_sales, zeros,
};
pub(crate) use steps::{Rules, Steps, array};
