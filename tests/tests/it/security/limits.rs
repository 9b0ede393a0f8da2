//! Who asks for more than a bound is told to wait (product.md S13).

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join_all;
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Stack, until};

use crate::world::alone;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("limits::ingest_answers_429_beyond_its_bounds", ingest),
        alone("limits::the_api_answers_429_beyond_its_bounds", api),
    ]
}

/// Requests at once: more than any bound of these tests lets pass, however slow the machine.
const AT_ONCE: usize = 200;
const ALLOWED_AGAIN_WITHIN: Duration = Duration::from_secs(10);
/// Tests stand for the proxy, which tells the addresses of clients.
const PROXY: (&str, &str) = ("NAGARE_TRUSTED_PROXIES", "127.0.0.1");

/// Answers of a server to a client behind the proxy.
struct Client<'a> {
    http: &'a reqwest::Client,
    base: &'a str,
}

impl Client<'_> {
    async fn ask(&self, address: &str, path: &str) -> anyhow::Result<(u16, String)> {
        let request = self.http.get(format!("{}{path}", self.base)).header("x-forwarded-for", address);
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        ensure!((status == 429) == answer.headers().contains_key("retry-after"), "{status}: {:?}", answer.headers());
        Ok((status, String::from_utf8_lossy(&answer.bytes().await?).into_owned()))
    }

    /// Asks many times at once, each time from the address of its number: what was refused is told.
    async fn refused(&self, address: impl Fn(usize) -> String, path: &str) -> anyhow::Result<Vec<String>> {
        let addresses: Vec<String> = (0..AT_ONCE).map(address).collect();
        let answers = try_join_all(addresses.iter().map(|address| self.ask(address, path))).await?;
        Ok(answers.into_iter().filter(|(status, _)| *status == 429).map(|(_, told)| told).collect())
    }

    async fn allowed(&self, address: &str, path: &str) -> anyhow::Result<()> {
        until("the client to be let in again", ALLOWED_AGAIN_WITHIN, || async {
            let (status, _) = self.ask(address, path).await?;
            Ok((status < 300).then_some(()))
        })
        .await
    }
}

fn http() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

fn one(_: usize) -> String {
    "203.0.113.1".to_owned()
}

fn each(number: usize) -> String {
    format!("198.51.100.{number}")
}

async fn ingest() -> anyhow::Result<()> {
    let bounds =
        [PROXY, ("NAGARE_INGEST_ADDRESS_REQUESTS_PER_SECOND", "5"), ("NAGARE_INGEST_SITE_HITS_PER_SECOND", "20")];
    let stack = Stack::up_with(&bounds).await?;
    let site = stack.matomo().add_site("Asked too much", &[]).await?;
    let other = stack.matomo().add_site("Asked in time", &[]).await?;
    let client = Client { http: &http()?, base: stack.url() };
    // Without a site there is nothing to store: it is the request that counts.
    let hit = format!("/matomo.php?idsite={site}&rec=1&url=https%3A%2F%2Fsite.example%2F");
    let refused = client.refused(one, "/matomo.php?idsite=0&rec=1").await?;
    ensure!(!refused.is_empty(), "an address may ask as often as it likes");
    client.allowed(&each(0), &hit).await?;
    client.allowed(&one(0), &hit).await?;
    let refused = client.refused(each, &hit).await?;
    ensure!(!refused.is_empty(), "a site may be sent as much as anybody likes");
    stack.tracker(other).hit(&[("url", "https://other.example/")]).await?;
    let bulk = vec![vec![("url", "https://other.example/bulk".to_owned())]; AT_ONCE];
    ensure!(stack.tracker(other).bulk(&bulk).await.is_err(), "a bulk request goes round the bound of a site");
    stack.tracker(other).with_token(ADMIN_TOKEN).bulk(&bulk).await?;
    stack.finish().await
}

async fn api() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = stack.matomo().add_site("Read too much", &[]).await?;
    let bounds =
        [PROXY, ("NAGARE_API_ADDRESS_REQUESTS_PER_SECOND", "5"), ("NAGARE_API_TOKEN_REQUESTS_PER_SECOND", "40")];
    let (_process, base) = stack.further_api(&bounds).await?;
    let http = http()?;
    let client = Client { http: &http, base: &base };
    let version = format!("/index.php?module=API&method=API.getMatomoVersion&format=json&token_auth={ADMIN_TOKEN}");
    let refused = client.refused(one, "/api/v1/openapi.json").await?;
    ensure!(refused.iter().any(|told| told.contains("address")), "of one address: {refused:?}");
    client.allowed(&each(0), &version).await?;
    let refused = client.refused(each, &version).await?;
    ensure!(refused.iter().any(|told| told.contains("token")), "of one token: {refused:?}");
    client.allowed(&one(0), &version).await?;
    // Of its own: what is too much for a token does not count for a site.
    let (_process, base) = stack.further_api(&[PROXY, ("NAGARE_API_SITE_REQUESTS_PER_SECOND", "5")]).await?;
    let client = Client { http: &http, base: &base };
    let visits = format!(
        "/index.php?module=API&method=VisitsSummary.get&idSite={site}&period=day&date=today&format=json&token_auth={ADMIN_TOKEN}"
    );
    let refused = client.refused(each, &visits).await?;
    ensure!(refused.iter().any(|told| told.contains("site")), "about one site: {refused:?}");
    stack.finish().await
}
