//! `nagare import` against the running product (`tracking.md` §11).

use std::{fmt::Write as _, fs, path::Path, process::Command, time::Duration};

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Process, nagare};

use crate::world::{SiteUnderTest, World, shared};

const IMPORTED_WITHIN: Duration = Duration::from_secs(60);

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![shared(world, "import::a_log_is_imported_once_and_goes_on_where_it_ended", a_log_is_imported_once)]
}

async fn a_log_is_imported_once(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("access.log");
    fs::write(&log, lines(0..300)?)?;
    import(&site, folder.path(), &log).await?;
    ensure!(counted(&site).await? == (10, 300), "ten visitors with thirty pages each: {:?}", counted(&site).await?);
    import(&site, folder.path(), &log).await?;
    ensure!(counted(&site).await? == (10, 300), "repeating it adds nothing: {:?}", counted(&site).await?);
    let rotated = folder.path().join("access.log.1");
    fs::write(&rotated, lines(0..310)?)?;
    import(&site, folder.path(), &rotated).await?;
    ensure!(counted(&site).await? == (10, 310), "what was added is imported: {:?}", counted(&site).await?);
    Ok(())
}

/// Pages of ten visitors in turn, a second apart, a picture beside each.
fn lines(numbers: std::ops::Range<u32>) -> anyhow::Result<String> {
    let mut lines = String::new();
    for number in numbers {
        let (visitor, minute, second) = (number % 10, number / 60, number % 60);
        let time = format!("01/May/2024:12:{minute:02}:{second:02} +0000");
        let tail =
            "HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0\"";
        writeln!(lines, "198.51.100.{visitor} - - [{time}] \"GET /page-{number} {tail}")?;
        writeln!(lines, "198.51.100.{visitor} - - [{time}] \"GET /picture.png {tail}")?;
    }
    Ok(lines)
}

async fn import(site: &SiteUnderTest<'_>, folder: &Path, log: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(nagare()?);
    command.args(["import", "--url", site.stack.url(), "--site", &site.id.to_string(), "--token", ADMIN_TOKEN]);
    command.arg("--progress").arg(folder.join("progress.json")).arg(log);
    let mut process = Process::start("import", &mut command, folder)?;
    let status = process.exited(IMPORTED_WITHIN).await?;
    ensure!(status.success(), "{}", process.last_lines());
    Ok(())
}

/// Visits and actions.
async fn counted(site: &SiteUnderTest<'_>) -> anyhow::Result<(usize, usize)> {
    Ok((site.visits().await?.len(), site.actions().await?.len()))
}
