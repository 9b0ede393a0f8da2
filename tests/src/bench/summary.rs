use std::fs;

use anyhow::Context as _;
use serde::Serialize;

use crate::workspace;

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Summary {
    figures: Vec<Figure>,
}

/// What a value is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bound {
    /// Nothing: it explains another figure.
    None,
    /// It must be at least this.
    AtLeast(f64),
    /// It must be below this.
    Below(f64),
}

#[derive(Debug, Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    /// The bound that it is compared with.
    floor: Option<f64>,
    /// How: `at_least` or `below`.
    compare: Option<&'static str>,
    kept: bool,
    note: String,
}

impl Summary {
    /// Adds a figure and prints it.
    #[expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
    pub(super) fn add(&mut self, name: &'static str, value: (f64, &'static str), bound: Bound, note: &str) {
        let (value, unit) = value;
        let (floor, compare, kept) = match bound {
            Bound::None => (None, None, true),
            Bound::AtLeast(floor) => (Some(floor), Some("at_least"), value >= floor),
            Bound::Below(ceiling) => (Some(ceiling), Some("below"), value < ceiling),
        };
        let bound = floor.map(|floor| format!("{} {floor}", compare.unwrap_or_default())).unwrap_or_default();
        let verdict = if kept { "" } else { "  MISSED" };
        println!("{name:<44} {value:>12.3} {unit:<8} {bound:<18}{verdict}  {note}");
        self.figures.push(Figure { name, value, unit, floor, compare, kept, note: note.to_owned() });
    }

    pub(super) fn all_kept(&self) -> bool {
        self.figures.iter().all(|figure| figure.kept)
    }

    pub(super) fn write(&self) -> anyhow::Result<()> {
        let folder = workspace().join("target/bench");
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        fs::write(folder.join("summary.json"), serde_json::to_string_pretty(&self.figures)? + "\n")?;
        Ok(())
    }
}

/// The middle one of some values.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The value that 99 of 100 do not exceed.
pub(super) fn p99(values: Vec<f64>) -> f64 {
    percentile(values, 99)
}

/// The value that 95 of 100 do not exceed.
pub(super) fn p95(values: Vec<f64>) -> f64 {
    percentile(values, 95)
}

fn percentile(mut values: Vec<f64>, of_hundred: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * of_hundred).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0.0)
}
