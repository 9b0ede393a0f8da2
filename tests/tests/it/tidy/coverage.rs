//! `tests/tracking.md` is true: every section has tests, and they exist.

use std::collections::BTreeSet;

use anyhow::ensure;
use nagare_tests::workspace;

use super::none;

/// Sections of each chapter; 0.1 and 0.2 are words alone.
const SECTIONS: [(u32, std::ops::RangeInclusive<u32>); 13] = [
    (0, 3..=3),
    (1, 1..=10),
    (2, 1..=6),
    (3, 1..=7),
    (4, 0..=7),
    (5, 1..=9),
    (6, 1..=7),
    (7, 1..=7),
    (8, 1..=5),
    (9, 0..=0),
    (10, 1..=8),
    (11, 1..=3),
    (12, 1..=3),
];
/// Scenarios of Appendix C.
const SCENARIOS: u32 = 25;

pub(crate) async fn every_section_of_tracking_has_tests() -> anyhow::Result<()> {
    let page = std::fs::read_to_string(workspace().join("tests/tracking.md"))?;
    let mut missing: BTreeSet<String> = ["A", "B"].map(str::to_owned).into();
    missing
        .extend(SECTIONS.into_iter().flat_map(|(chapter, all)| all.map(move |section| format!("{chapter}.{section}"))));
    missing.extend((1..=SCENARIOS).map(|number| format!("C{number}")));
    let mut problems = Vec::new();
    for row in page.lines().filter(|line| line.ends_with("` |")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, section, _, tests, _] = cells[..] else { continue };
        ensure!(missing.remove(section), "section {section} is there twice, or not in the specification");
        for test in tests.split(',').map(|test| test.trim().trim_matches('`')) {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            let text = std::fs::read_to_string(workspace().join(file)).unwrap_or_default();
            if text.is_empty() || !(name.is_empty() || text.contains(&format!("fn {name}("))) {
                problems.push(format!("section {section}: there is no {test}"));
            }
        }
    }
    problems.extend(missing.iter().map(|section| format!("section {section} has no row")));
    none(&problems)
}
