use std::{collections::BTreeMap, process::Command};

use anyhow::{Context as _, ensure};
use nagare_tests::workspace;
use serde::Deserialize;

use super::none;

/// Which of our crates each may depend on.
const MAY_DEPEND: [(&str, &[&str]); 9] = [
    ("nagare-schema", &[]),
    ("nagare-device", &[]),
    ("nagare-runtime", &["nagare-schema"]),
    ("nagare-ingest", &["nagare-schema", "nagare-device", "nagare-runtime"]),
    ("nagare-processor", &["nagare-schema", "nagare-device", "nagare-runtime"]),
    ("nagare-projector", &["nagare-schema", "nagare-runtime"]),
    ("nagare-api", &["nagare-schema", "nagare-device", "nagare-runtime"]),
    (
        "nagare",
        &["nagare-schema", "nagare-runtime", "nagare-ingest", "nagare-processor", "nagare-projector", "nagare-api"],
    ),
    (
        "nagare-tests",
        &[
            "nagare-schema",
            "nagare-runtime",
            "nagare-ingest",
            "nagare-processor",
            "nagare-projector",
            "nagare-api",
            "nagare",
        ],
    ),
];

/// What may not come near the vocabulary: it does no I/O.
const NOT_IN_SCHEMA: [&str; 6] = ["tokio", "async-nats", "clickhouse", "axum", "reqwest", "hyper"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    path: Option<String>,
}

fn packages() -> anyhow::Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(workspace());
    let output = command.output().context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(metadata.packages)
}

pub(crate) async fn crates_depend_in_one_direction() -> anyhow::Result<()> {
    let allowed = BTreeMap::from(MAY_DEPEND);
    let mut problems = Vec::new();
    for package in packages()? {
        let Some(may) = allowed.get(package.name.as_str()) else {
            problems.push(format!("{} is a crate of no known place", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let ours = dependency.path.is_some();
            if ours && !may.contains(&dependency.name.as_str()) {
                problems.push(format!("{} must not depend on {}", package.name, dependency.name));
            }
            if package.name == "nagare-schema" && NOT_IN_SCHEMA.contains(&dependency.name.as_str()) {
                problems.push(format!("nagare-schema must not depend on {}", dependency.name));
            }
        }
    }
    none(&problems)
}

pub(crate) async fn dependencies_are_pinned_and_explained() -> anyhow::Result<()> {
    let architecture = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).context("ARCHITECTURE.md")?;
    let mut problems = Vec::new();
    let mut named = Vec::new();
    for package in packages()? {
        for dependency in package.dependencies {
            if dependency.path.is_some() || named.contains(&dependency.name) {
                continue;
            }
            if !dependency.req.starts_with('=') {
                problems.push(format!("{}: {} of {} is not exact", package.name, dependency.req, dependency.name));
            }
            if !architecture.contains(&format!("`{}`", dependency.name)) {
                problems.push(format!("ARCHITECTURE.md does not say why there is `{}`", dependency.name));
            }
            named.push(dependency.name);
        }
    }
    none(&problems)
}
