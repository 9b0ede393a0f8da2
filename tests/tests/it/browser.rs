//! The dashboard in a real browser: the journey of a newcomer, and a tour of every page.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, ensure};
use axum::{Router, response::Html, routing::get};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, ADMIN_TOKEN, Stack, workspace};
use tokio::{net::TcpListener, process::Command, time::timeout};

use crate::world::alone;

pub(crate) const JOURNEY_WITHIN: Duration = Duration::from_secs(150);
const TOUR_WITHIN: Duration = Duration::from_secs(900);

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("browser::a_tracked_page_raises_the_live_number", a_tracked_page_raises_the_live_number),
        alone("browser::every_page_does_what_it_is_for", every_page_does_what_it_is_for),
    ]
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
    run(&stack, "journey.mjs", &[("NAGARE_SITE", site.to_string()), ("NAGARE_PAGE", page)], JOURNEY_WITHIN).await?;
    serving.abort();
    stack.finish().await
}

/// Phone, desk and wall, light and dark, with what people do there.
async fn every_page_does_what_it_is_for() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = stack.matomo().add_site("River news", &[("ecommerce", "1")]).await?;
    let web = workspace().join("api/web").display().to_string();
    let more = [("NAGARE_SITE", site.to_string()), ("NAGARE_TOKEN", ADMIN_TOKEN.to_owned()), ("NAGARE_WEB", web)];
    run(&stack, "tour.mjs", &more, TOUR_WITHIN).await?;
    stack.finish().await
}

/// Runs a script of `tests/browser` against the product.
pub(crate) async fn run(stack: &Stack, script: &str, more: &[(&str, String)], within: Duration) -> anyhow::Result<()> {
    let root = workspace();
    let running = Command::new("node")
        .arg(root.join("tests/browser").join(script))
        .env("NAGARE_URL", stack.url())
        .env("NAGARE_LOGIN", ADMIN_LOGIN)
        .env("NAGARE_PASSWORD", ADMIN_PASSWORD)
        .env("NAGARE_BROWSER_MODULES", root.join(".deps/browser/node_modules"))
        .envs(more.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(within, running).await.context("the browser takes too long")??;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{script} failed:\n{told}{errors}");
    Ok(())
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
