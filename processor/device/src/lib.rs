#![doc = include_str!("../README.md")]

mod browser;
mod client;
mod detections;
mod detector;
mod files;
mod hardware;
mod hints;
mod kind;
mod list;
pub mod names;
mod pattern;
mod pieces;
mod required;
mod rules;
mod system;
mod version;

pub use client::ClientKind;
pub use detections::Detections;
pub use detector::{Detected, Detector, Robots};
pub use files::DataError;
pub use kind::Kind;
