//! What is published is signed, and a signature holds for nothing else (product.md S16).

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::workspace;

use crate::world::alone;

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("release::checksums_are_signed_and_no_others_verify", checksums_are_signed_and_no_others_verify)]
}

async fn checksums_are_signed_and_no_others_verify() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (key, dist) = (folder.path().join("key"), folder.path().join("dist"));
    fs::create_dir(&dist)?;
    fs::write(dist.join("nagare.tar.gz"), "an archive")?;
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status()?;
    ensure!(made.success(), "no key");
    let public = fs::read_to_string(key.with_extension("pub"))?;
    fs::write(folder.path().join("allowed_signers"), format!("release {public}"))?;

    let mut signing = Command::new(workspace().join("ops/release/checksums.sh"));
    let signed = signing.arg(&dist).env("NAGARE_RELEASE_KEY", &key).status().context("checksums.sh")?;
    ensure!(signed.success(), "checksums.sh fails");
    ensure!(verifies(folder.path())?, "what was signed does not verify");
    let check = Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&dist).status()?;
    ensure!(check.success(), "the checksums are not those of the files");

    let sums = fs::read_to_string(dist.join("SHA256SUMS"))?;
    fs::write(dist.join("SHA256SUMS"), sums.replacen(char::is_numeric, "x", 1))?;
    ensure!(!verifies(folder.path())?, "other checksums verify");
    Ok(())
}

/// As SECURITY.md says.
fn verifies(folder: &Path) -> anyhow::Result<bool> {
    let mut verify = Command::new("ssh-keygen");
    verify.args(["-Y", "verify", "-f", "../allowed_signers", "-I", "release", "-n", "nagare-release"]);
    verify.args(["-s", "SHA256SUMS.sig"]).current_dir(folder.join("dist"));
    let sums = File::open(folder.join("dist/SHA256SUMS"))?;
    Ok(verify.stdin(sums).stdout(Stdio::null()).stderr(Stdio::null()).status()?.success())
}
