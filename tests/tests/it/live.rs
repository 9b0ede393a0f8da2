//! The live socket.

use std::time::Duration;

use anyhow::ensure;
use libtest_mimic::Trial;
use nagare_schema::LiveFrame;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, LiveSocket, Rest, sign_in};
use serde_json::Value;
use tokio::time::Instant;

use crate::world::{SiteUnderTest, World, shared};

const SOON: Duration = Duration::from_secs(15);

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![
        shared(world, "live::a_visit_raises_the_number_on_an_open_socket", a_visit_raises_the_number),
        shared(world, "live::a_slow_reader_gets_the_latest_state", a_slow_reader_gets_the_latest_state),
        shared(world, "live::a_socket_needs_a_token_of_its_site", a_socket_needs_a_token),
        shared(world, "live::a_socket_closes_when_its_rights_end", a_socket_closes_when_its_rights_end),
    ]
}

async fn a_visit_raises_the_number(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let token = sign_in(site.stack.url(), ADMIN_LOGIN, ADMIN_PASSWORD).await?;
    let mut socket = LiveSocket::open(site.stack.url(), site.id, &token).await?;
    for visitor in 1..=3_u64 {
        visit(&site, visitor, "/a").await?;
        let frame = socket.until_visitors(visitor, SOON).await?;
        let LiveFrame::Snapshot { visitors, pages, .. } = frame else { continue };
        ensure!(visitors.m1 == visitor, "{visitors:?}");
        ensure!(pages.iter().any(|page| page.label.contains("/a") && page.visitors == visitor), "{pages:?}");
    }
    Ok(())
}

/// A visitor with a device of its own.
async fn visit(site: &SiteUnderTest<'_>, visitor: u64, page: &str) -> anyhow::Result<()> {
    let languages = ["de-de", "fr-fr", "it-it", "es-es", "nl-nl", "pl-pl", "sv-se", "da-dk"];
    let language = format!("{},{}", languages[visitor as usize % 8], languages[visitor as usize / 8 % 8]);
    let (id, url) = (format!("{visitor:016x}"), format!("https://site.example{page}"));
    site.tracker().hit(&[("_id", id.as_str()), ("url", url.as_str()), ("lang", language.as_str())]).await
}

/// A reader that lets frames pile up must, once it reads, find the present within a few frames: what
/// it missed is skipped, not queued.
async fn a_slow_reader_gets_the_latest_state(world: World) -> anyhow::Result<()> {
    const VISITORS: u64 = 40;
    let site = SiteUnderTest::new(&world, &[]).await?;
    let token = sign_in(site.stack.url(), ADMIN_LOGIN, ADMIN_PASSWORD).await?;
    let mut slow = LiveSocket::open(site.stack.url(), site.id, &token).await?;
    let mut quick = LiveSocket::open(site.stack.url(), site.id, &token).await?;
    for visitor in 1..=VISITORS {
        visit(&site, visitor, &format!("/page-{visitor}")).await?;
        // Paced by what a reader that keeps up sees, so that many frames were due to the slow one.
        if visitor.is_multiple_of(8) {
            quick.until_visitors(visitor, SOON).await?;
        }
    }
    let LiveFrame::Snapshot { at: latest, .. } = quick.until_visitors(VISITORS, SOON).await? else { return Ok(()) };
    let deadline = Instant::now() + SOON;
    loop {
        if let LiveFrame::Snapshot { at, visitors, .. } = slow.next(deadline).await?
            && at >= latest
        {
            ensure!(visitors.m30 == VISITORS, "{visitors:?}");
            return Ok(());
        }
    }
}

async fn a_socket_needs_a_token(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let mut opened = match LiveSocket::open(site.stack.url(), site.id, "not-a-token").await {
        Ok(socket) => socket,
        Err(_) => return Ok(()),
    };
    let next = opened.next(Instant::now() + SOON).await;
    ensure!(next.is_err(), "a socket without a valid token received {next:?}");
    Ok(())
}

/// Rights that end close an open socket: access taken away, and a session that was ended.
async fn a_socket_closes_when_its_rights_end(world: World) -> anyhow::Result<()> {
    const PASSWORD: &str = "violet harbour 9 lanterns";
    let site = SiteUnderTest::new(&world, &[]).await?;
    let (matomo, id) = (site.stack.matomo(), site.id.to_string());
    let login = format!("watcher{id}");
    let account = [("userLogin", login.as_str()), ("password", PASSWORD), ("email", &format!("{login}@example.org"))];
    matomo.call("UsersManager.addUser", &account).await?;
    let access = |level| [("userLogin", login.as_str()), ("access", level), ("idSites", id.as_str())];
    matomo.call("UsersManager.setUserAccess", &access("view")).await?;
    for ends_session in [false, true] {
        matomo.call("UsersManager.setUserAccess", &access("view")).await?;
        let token = sign_in(site.stack.url(), &login, PASSWORD).await?;
        let mut socket = LiveSocket::open(site.stack.url(), site.id, &token).await?;
        socket.next(Instant::now() + SOON).await?;
        if ends_session {
            let ended = Rest::new(site.stack.url()).send("DELETE", "/api/v1/session", &token, &Value::Null).await?;
            ensure!(ended.status == 204, "{ended:?}");
        } else {
            matomo.call("UsersManager.setUserAccess", &access("noaccess")).await?;
        }
        let deadline = Instant::now() + SOON;
        while socket.next(deadline).await.is_ok() {}
        ensure!(Instant::now() < deadline, "the socket stays open, session ended: {ends_session}");
    }
    Ok(())
}
