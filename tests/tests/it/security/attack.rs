//! Attacks on accounts, readers and the server (product.md S3, S4, S7, S9).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, ADMIN_TOKEN, Matomo, Rest, Stack};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    browser,
    security::accounts::{begun, code_of, sign_in},
    world::{World, alone, shared},
};

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![
        shared(world, "attack::texts_of_others_are_texts_in_every_format", texts_are_texts),
        shared(world, "attack::a_path_leads_to_no_file", a_path_leads_to_no_file),
    ]
}

pub(crate) fn heavy_trials() -> Vec<Trial> {
    vec![
        alone("attack::a_session_is_nobodys_who_set_its_cookie_before", fixation),
        alone("attack::codes_are_not_guessed", codes_are_not_guessed),
        alone("attack::texts_of_others_are_texts_in_the_dashboard", dashboard),
    ]
}

/// What would run in a page, and what a spreadsheet would calculate.
const SCRIPT: &str = "<img src=x onerror=alert(1)><script>alert(1)</script>\"'>";
const FORMULA: &str = "=HYPERLINK(\"https://evil.example\")";
const PASSWORD: &str = "violet harbour 9 lanterns";
/// What a page of the dashboard sends with the cookie.
const PROOF: (&str, &str) = ("x-nagare-request", "1");
const REFRESH: &str = "/api/v1/session/refresh";
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// A site, a page, a keyword, a user and an event whose names attack who reads them.
async fn visit(stack: &Stack) -> anyhow::Result<u32> {
    let site = stack.matomo().add_site(SCRIPT, &[]).await?;
    let url = format!("https://site.example/{SCRIPT}?q={SCRIPT}");
    for name in [SCRIPT, FORMULA] {
        let of_visitor = [("_id", "00000000000000aa"), ("uid", name), ("url", &url)];
        let referrer = format!("https://evil.example/{name}");
        stack.tracker(site).hit(&[&of_visitor[..], &[("action_name", name), ("urlref", &referrer)]].concat()).await?;
        stack.tracker(site).hit(&[&of_visitor[..], &[("e_c", name), ("e_a", name), ("e_n", name)]].concat()).await?;
        stack.tracker(site).hit(&[&of_visitor[..], &[("search", name), ("search_cat", name)]].concat()).await?;
    }
    stack.caught_up().await?;
    Ok(site)
}

/// Reports that show such texts, and the methods that tell of sites.
const TELLING: [&str; 9] = [
    "Actions.getPageTitles",
    "Actions.getPageUrls",
    "Actions.getSiteSearchKeywords",
    "Events.getCategory",
    "UserId.getUsers",
    "Referrers.getWebsites",
    "Live.getLastVisitsDetails",
    "VisitsSummary.get",
    "SitesManager.getSiteFromId",
];

async fn texts_are_texts(world: World) -> anyhow::Result<()> {
    let stack = world.stack().await?;
    let site = visit(stack).await?;
    let refused = [("userLogin", SCRIPT), ("password", PASSWORD), ("email", "mallory@example.org")];
    ensure!(stack.matomo().call("UsersManager.addUser", &refused).await.is_err(), "a login is a script");
    let mut told = 0;
    for method in TELLING {
        for format in ["html", "rss", "xml", "csv", "tsv", "json"] {
            // A feed is of several days.
            let date = if format == "rss" { "last2" } else { "today" };
            let asked = format!(
                "/index.php?module=API&method={method}&idSite={site}&period=day&date={date}&format={format}&flat=1\
                 &convertToUnicode=0&token_auth={ADMIN_TOKEN}"
            );
            let answer = stack.tracker(site).get(&asked).await?;
            let (body, kind) = (String::from_utf8_lossy(&answer.body).into_owned(), answer.header("content-type"));
            let is_markup = ["html", "rss", "xml"].contains(&format);
            ensure!(!is_markup || !(body.contains("<script") || body.contains("<img")), "{method} as {format}: {body}");
            ensure!(is_markup || !kind.contains("html"), "{method} as {format} is {kind}");
            ensure!(answer.header("x-content-type-options") == "nosniff", "{method} as {format} is sniffed");
            let is_sheet = ["csv", "tsv"].contains(&format);
            let starts = |cell: &str| cell.trim_start_matches('"').starts_with('=');
            ensure!(!is_sheet || !body.split(['\n', '\t', ',']).any(starts), "{method} as {format}: {body}");
            told += usize::from(body.contains("alert(1)"));
        }
    }
    ensure!(told > 20, "{told} answers hold what attacks");
    Ok(())
}

async fn a_path_leads_to_no_file(world: World) -> anyhow::Result<()> {
    let stack = world.stack().await?;
    let address = stack.url().trim_start_matches("http://");
    let secret = std::fs::read_to_string(stack.data().join("master.key"))?;
    let up = ["..", "%2e%2e", "..%2f..", "..%5c..", "%252e%252e", ".../..", "..;"];
    for file in ["etc/passwd", "data/master.key", "master.key", "Cargo.toml"] {
        for start in ["", "assets/", "demo/", "matomo.js/", "api/v1/", "shared/"] {
            for step in up {
                let path = format!("/{start}{step}/{step}/{step}/{step}/{step}/{step}/{file}");
                let answer = raw(address, &path).await?;
                let leads =
                    ["root:", "[package]", "[workspace]", secret.trim()].iter().any(|held| answer.contains(held));
                ensure!(!leads, "{path}: {answer}");
            }
        }
    }
    Ok(())
}

/// The answer to a path as it is: clients would make it straight before they send it.
async fn raw(address: &str, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    timeout(ANSWERED_WITHIN, stream.read_to_end(&mut answer)).await.context(path.to_owned())??;
    ensure!(answer.starts_with(b"HTTP/1.1 "), "{path} is not answered");
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A user who may see one site, and nothing else.
async fn add_user(matomo: &Matomo, login: &str, site: u32) -> anyhow::Result<()> {
    let email = format!("{login}@example.org");
    let account = [("userLogin", login), ("password", PASSWORD), ("email", email.as_str())];
    matomo.call("UsersManager.addUser", &account).await?;
    let site = site.to_string();
    let grant = [("userLogin", login), ("access", "view"), ("idSites", site.as_str())];
    matomo.call("UsersManager.setUserAccess", &grant).await.map(drop)
}

async fn fixation() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let (rest, matomo) = (Rest::new(stack.url()), stack.matomo());
    let site = matomo.add_site("Own", &[]).await?;
    matomo.add_site("Of the victim", &[]).await?;
    add_user(&matomo, "mallory", site).await?;
    let planted = sign_in(&rest, "mallory", PASSWORD, "").await?.cookie().to_owned();
    let name = planted.split('=').next().context("no cookie")?;
    let made_up = format!("{name}={}", "0".repeat(planted.len() - name.len() - 1));
    let victim = json!({ "login": ADMIN_LOGIN, "password": ADMIN_PASSWORD });
    for cookie in [&planted, &made_up] {
        let signed_in = rest.send_body("POST", "/api/v1/session", &[("cookie", cookie)], &victim).await?;
        ensure!(signed_in.status == 200, "{signed_in:?}");
        ensure!(!signed_in.cookie().is_empty() && signed_in.cookie() != cookie, "the session has the planted cookie");
    }
    let renewed = rest.send_with("POST", REFRESH, &[("cookie", &planted), PROOF]).await?;
    let sites = rest.send("GET", "/api/v1/sites", &renewed.text("access_token")?, &Value::Null).await?;
    ensure!(sites.body.as_array().map(Vec::len) == Some(1), "the planted cookie sees {sites:?}");
    ensure!(rest.send_with("POST", REFRESH, &[("cookie", &made_up), PROOF]).await?.status == 401, "a made up cookie");
    stack.finish().await
}

async fn codes_are_not_guessed() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let (rest, path) = (Rest::new(stack.url()), "/api/v1/account/second-factor");
    let (access, _) = begun(&rest, ADMIN_PASSWORD).await?;
    let secret = rest.send("POST", path, &access, &Value::Null).await?.text("secret")?;
    let confirmed = rest.send("PUT", path, &access, &json!({ "code": code_of(&secret, 0)? })).await?;
    ensure!(confirmed.status == 200, "{confirmed:?}");
    for guess in 0..5 {
        let guessed = sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, &format!("{guess:06}")).await?;
        ensure!(guessed.status == 401, "{guessed:?}");
    }
    // The right one comes too late, and so do recovery codes and what confirms other requests.
    let recovery = confirmed.body["recovery_codes"][0].as_str().context("no recovery code")?.to_owned();
    for code in [code_of(&secret, 1)?, recovery] {
        let refused = sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, &code).await?;
        ensure!(refused.status == 429, "after five guesses: {refused:?}");
    }
    stack.finish().await
}

async fn dashboard() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = visit(&stack).await?;
    let more = [("NAGARE_SITE", site.to_string()), ("NAGARE_HOSTILE", SCRIPT.to_owned())];
    browser::run(&stack, "hostile.mjs", &more, browser::JOURNEY_WITHIN).await?;
    stack.finish().await
}
