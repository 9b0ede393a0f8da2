//! The journey of a newcomer, in a real browser.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, ensure};
use axum::{Router, response::Html, routing::get};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, Stack, workspace};
use tokio::{net::TcpListener, process::Command, time::timeout};

use crate::world::alone;

const JOURNEY_WITHIN: Duration = Duration::from_secs(150);

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("browser::a_tracked_page_raises_the_live_number", a_tracked_page_raises_the_live_number)]
}

/// A page on an origin of its own, with the tracking code as a publisher pastes it.
async fn a_tracked_page_raises_the_live_number() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = stack.matomo().add_site("Newcomer", &[]).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let page = format!("http://{}/", listener.local_addr()?);
    let html = publishers_page(stack.url(), site);
    let server = axum::serve(listener, Router::new().route("/", get(async move || Html(html))));
    let serving = tokio::spawn(async move { server.await });
    let root = workspace();
    let journey = Command::new("node")
        .arg(root.join("tests/browser/journey.mjs"))
        .env("NAGARE_URL", stack.url())
        .env("NAGARE_SITE", site.to_string())
        .env("NAGARE_PAGE", &page)
        .env("NAGARE_LOGIN", ADMIN_LOGIN)
        .env("NAGARE_PASSWORD", ADMIN_PASSWORD)
        .env("NAGARE_BROWSER_MODULES", root.join(".deps/browser/node_modules"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(JOURNEY_WITHIN, journey).await.context("the browser takes too long")??;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "the journey failed:\n{told}{errors}");
    serving.abort();
    stack.finish().await
}

fn publishers_page(base: &str, site: u32) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A publisher's page</title>\n\
         <script>\n  var _paq = window._paq = window._paq || [];\n  _paq.push(['trackPageView']);\n  \
         _paq.push(['enableLinkTracking']);\n  (function() {{\n    _paq.push(['setTrackerUrl', '{base}/matomo.php']);\n    \
         _paq.push(['setSiteId', '{site}']);\n    var d=document, g=d.createElement('script'), \
         s=d.getElementsByTagName('script')[0];\n    g.async=true; g.src='{base}/matomo.js'; \
         s.parentNode.insertBefore(g,s);\n  }})();\n</script></head><body><h1>News</h1></body></html>"
    )
}
