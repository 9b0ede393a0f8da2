//! `nagare import` against the running product (`tracking.md` §11).

use std::{fmt::Write as _, fs, path::Path, process::Command, time::Duration};

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, ADMIN_TOKEN, Matomo, Process, nagare};
use serde_json::json;

use crate::world::{SiteUnderTest, World, shared};

const IMPORTED_WITHIN: Duration = Duration::from_secs(60);

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![
        shared(world, "import::a_log_is_imported_once_and_goes_on_where_it_ended", a_log_is_imported_once),
        shared(world, "import::the_calls_of_log_importers_are_answered", the_calls_of_log_importers_are_answered),
    ]
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

/// The calls by which Matomo's log importer finds its sites and its token (`tracking.md` §11.1).
async fn the_calls_of_log_importers_are_answered(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let (matomo, id) = (site.matomo(), site.id.to_string());
    let own = matomo.call("SitesManager.getSiteFromId", &[("idSite", id.as_str())]).await?;
    ensure!(own["main_url"] == "https://site.example", "the site: {own}");
    let host = format!("importer-{id}.example");
    let url = format!("https://www.{host}");
    let added = matomo.call("SitesManager.addSite", &[("siteName", host.as_str()), ("urls[0]", url.as_str())]).await?;
    let added = &added["value"];
    ensure!(added.is_u64(), "the new site: {added}");
    let found = matomo.call("SitesManager.getSitesIdFromSiteUrl", &[("url", host.as_str())]).await?;
    ensure!(found == json!([{ "idsite": added }]), "the site of a host: {found}");
    let none = matomo.call("SitesManager.getSitesIdFromSiteUrl", &[("url", "nobody.example")]).await?;
    ensure!(none == json!([]), "the sites of another host: {none}");
    let all = matomo.call("SitesManager.getAllSites", &[]).await?;
    ensure!(all[&id]["main_url"] == "https://site.example", "all sites by id: {all}");
    let asked = [
        ("userLogin", ADMIN_LOGIN),
        ("passwordConfirmation", ADMIN_PASSWORD),
        ("description", "log importer"),
        ("expireHours", "48"),
    ];
    let token = Matomo::new(site.stack.url(), "").call("UsersManager.createAppSpecificTokenAuth", &asked).await?;
    let token = token["value"].as_str().unwrap_or_default();
    Matomo::new(site.stack.url(), token).call("SitesManager.getSiteFromId", &[("idSite", id.as_str())]).await?;
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
