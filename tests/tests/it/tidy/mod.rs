//! The house rules that a machine can check.

mod coverage;
mod manifest;
mod secret;
mod source;

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::workspace;

use crate::world::alone;

/// Everything at the root, besides documents and dot-files.
const TOP_LEVEL: [&str; 11] = [
    "Cargo.lock",
    "Cargo.toml",
    "Makefile",
    "api",
    "docs",
    "ingest",
    "ops",
    "processor",
    "projector",
    "schema",
    "tests",
];
/// Words that name nothing.
const NAMES_FORBIDDEN: [&str; 6] = ["utils", "helpers", "common", "manager", "v2", "legacy"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("tidy::nothing_else_is_at_the_root", nothing_else_is_at_the_root),
        alone("tidy::names_say_what_is_inside", names_say_what_is_inside),
        alone("tidy::sources_keep_their_limits", source::sources_keep_their_limits),
        alone("tidy::exceptions_give_a_reason", source::exceptions_give_a_reason),
        alone("tidy::crates_depend_in_one_direction", manifest::crates_depend_in_one_direction),
        alone("tidy::every_section_of_tracking_has_tests", coverage::every_section_of_tracking_has_tests),
        alone("tidy::no_secret_is_checked_in", secret::no_secret_is_checked_in),
        alone("tidy::dependencies_are_pinned_and_explained", manifest::dependencies_are_pinned_and_explained),
    ]
}

/// Files that are tracked, or new and not ignored.
pub(crate) fn files() -> anyhow::Result<Vec<PathBuf>> {
    let root = workspace();
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
    let output = git.output().context("git")?;
    ensure!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().map(PathBuf::from).filter(|file| root.join(file).is_file()).collect())
}

/// Fails with all problems, if any.
pub(crate) fn none(problems: &[String]) -> anyhow::Result<()> {
    ensure!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    Ok(())
}

async fn nothing_else_is_at_the_root() -> anyhow::Result<()> {
    let mut entries: Vec<String> = Vec::new();
    for file in files()? {
        let first = file.components().next().context("an empty path")?.as_os_str().to_string_lossy().into_owned();
        let document = first.ends_with(".md") || first == "LICENSE" || first == "NOTICE";
        if !document && !first.starts_with('.') && !entries.contains(&first) {
            entries.push(first);
        }
    }
    entries.sort();
    ensure!(entries == TOP_LEVEL, "at the root are {entries:?}");
    Ok(())
}

async fn names_say_what_is_inside() -> anyhow::Result<()> {
    let mut problems = Vec::new();
    for file in files()? {
        let parts = file.iter().map(|part| part.to_string_lossy().to_lowercase());
        for part in parts {
            let stem = part.split('.').next().unwrap_or_default();
            if NAMES_FORBIDDEN.contains(&stem) {
                problems.push(format!("{}: a name that names nothing", file.display()));
            }
        }
    }
    none(&problems)
}
