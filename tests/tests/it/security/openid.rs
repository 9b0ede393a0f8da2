//! Sign-in by an OpenID provider: a small one that is started beside the product.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, Process, Stack, free_port, until, workspace};
use reqwest::{Client, Response, StatusCode, Url, header, redirect::Policy};
use serde_json::{Value, json};

use crate::world::alone;

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("openid::who_a_provider_vouches_for_signs_in", sign_in)]
}

const READY_WITHIN: Duration = Duration::from_secs(30);
/// The superuser's address, as the provider has verified it, and as somebody says that it is theirs.
const USERS: [&str; 2] = [
    r#"{"sub": "rita", "email": "root@example.org", "email_verified": true}"#,
    r#"{"sub": "mallory", "email": "root@example.org", "email_verified": false}"#,
];

/// A browser that goes where it is sent only when told to.
struct Browser {
    http: Client,
    base: String,
}

/// What a browser holds between going to the provider and coming back.
struct Attempt {
    cookie: String,
    /// Where the provider sends the browser.
    callback: Url,
}

impl Browser {
    fn new(base: &str) -> anyhow::Result<Self> {
        Ok(Self { http: Client::builder().no_proxy().redirect(Policy::none()).build()?, base: base.to_owned() })
    }

    /// Goes to the provider and says there who it is.
    async fn attempt(&self, subject: &str) -> anyhow::Result<Attempt> {
        let begun = self.http.get(format!("{}/api/v1/session/openid/begin", self.base)).send().await?;
        let cookie = cookie_of(&begun).context("no cookie ties the answer to the browser")?;
        let provider = place_of(&begun)?;
        let asked: Vec<_> = provider.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
        ensure!(asked.iter().any(|pair| pair == "code_challenge_method=S256"), "{asked:?}");
        let answer = self.http.post(provider).form(&[("sub", subject)]).send().await?;
        Ok(Attempt { cookie, callback: place_of(&answer)? })
    }

    /// Comes back: where it is sent, and the session's cookie.
    async fn come_back(&self, callback: Url, cookie: &str) -> anyhow::Result<(String, Option<String>)> {
        let mut request = self.http.get(callback);
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = request.send().await?;
        let place = answer.headers().get(header::LOCATION).context("it stays where it is")?.to_str()?.to_owned();
        Ok((place, cookie_of(&answer).filter(|cookie| cookie.starts_with("nagare_session="))))
    }
}

fn cookie_of(answer: &Response) -> Option<String> {
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let mut pairs = cookies.filter_map(|cookie| cookie.split(';').next()).filter(|pair| !pair.ends_with('='));
    pairs.next().map(str::to_owned)
}

fn place_of(answer: &Response) -> anyhow::Result<Url> {
    let place = answer.headers().get(header::LOCATION).with_context(|| format!("no redirection: {answer:?}"))?;
    Ok(answer.url().join(place.to_str()?)?)
}

async fn provider(folder: &std::path::Path) -> anyhow::Result<(Process, String)> {
    let port = free_port()?;
    let mut command = Command::new("python3");
    command.args(["-W", "ignore", "-m", "oidc_provider_mock", "--port", &port.to_string(), "--require-nonce", "true"]);
    command.args(USERS.iter().flat_map(|user| ["--user-claims", user]));
    command.env("PYTHONPATH", workspace().join(".deps/providers")).stdin(Stdio::null()).stdout(Stdio::null());
    let mut process = Process::start("provider", &mut command, folder)?;
    let issuer = format!("http://127.0.0.1:{port}");
    let (http, document) =
        (Client::builder().no_proxy().build()?, format!("{issuer}/.well-known/openid-configuration"));
    until("the provider to be ready", READY_WITHIN, || {
        let running = process.must_run();
        let asked = http.get(&document).send();
        async move {
            running?;
            Ok(asked.await.ok().filter(|answer| answer.status() == StatusCode::OK).map(drop))
        }
    })
    .await
    .with_context(|| process.last_lines())?;
    Ok((process, issuer))
}

async fn sign_in() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (_provider, issuer) = provider(folder.path()).await?;
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "what the provider knows\n")?;
    let secret = secret.display().to_string();
    let options = [
        ("NAGARE_OPENID_ISSUER", issuer.as_str()),
        ("NAGARE_OPENID_CLIENT_ID", "nagare"),
        ("NAGARE_OPENID_CLIENT_SECRET_FILE", &secret),
        ("NAGARE_OPENID_NAME", "Example"),
    ];
    let stack = Stack::up_with(&options).await?;
    let browser = Browser::new(stack.url())?;
    let named: Value = browser.http.get(format!("{}/api/v1/session/openid", stack.url())).send().await?.json().await?;
    ensure!(named == json!({"name": "Example"}), "{named}");
    refused(&browser).await?;
    let attempt = browser.attempt("rita").await?;
    let (place, session) = browser.come_back(attempt.callback.clone(), &attempt.cookie).await?;
    ensure!(place == "/sign-in?openid=done", "{place}");
    let renewed = renew(&browser, &session.context("no session has begun")?).await?;
    ensure!(renewed["user"] == json!({"login": ADMIN_LOGIN, "superuser": true}), "{renewed}");
    let (place, session) = browser.come_back(attempt.callback, &attempt.cookie).await?;
    ensure!(place == "/sign-in?openid=failed" && session.is_none(), "a code counts twice: {place}");
    stack.finish().await
}

/// Nobody comes in with an address that is not verified, with another's answer, or with an answer to nobody.
async fn refused(browser: &Browser) -> anyhow::Result<()> {
    let mallory = browser.attempt("mallory").await?;
    let (place, session) = browser.come_back(mallory.callback, &mallory.cookie).await?;
    ensure!(place == "/sign-in?openid=unknown" && session.is_none(), "an address that is not verified: {place}");
    let (own, others) = (browser.attempt("rita").await?, browser.attempt("rita").await?);
    for (callback, cookie, what) in [
        (others.callback.clone(), own.cookie.as_str(), "another's answer"),
        (others.callback.clone(), "", "an answer to nobody"),
    ] {
        let (place, session) = browser.come_back(callback, cookie).await?;
        ensure!(place == "/sign-in?openid=failed" && session.is_none(), "{what}: {place}");
    }
    // Only the state tells that a code did not come back to where it was asked for, only the nonce that it is another's.
    for (code_of, state_of) in [(&own, &others), (&others, &own)] {
        let mut mixed = own.callback.clone();
        let (code, state) = (told(code_of, "code")?, told(state_of, "state")?);
        mixed.query_pairs_mut().clear().append_pair("code", &code).append_pair("state", &state);
        let (place, session) = browser.come_back(mixed, &own.cookie).await?;
        ensure!(place == "/sign-in?openid=failed" && session.is_none(), "a code and a state of two attempts: {place}");
    }
    Ok(())
}

/// What the provider sends a browser back with.
fn told(attempt: &Attempt, name: &str) -> anyhow::Result<String> {
    let mut pairs = attempt.callback.query_pairs();
    let (_, value) = pairs.find(|(known, _)| known == name).with_context(|| format!("no {name}"))?;
    Ok(value.into_owned())
}

async fn renew(browser: &Browser, cookie: &str) -> anyhow::Result<Value> {
    let request = browser.http.post(format!("{}/api/v1/session/refresh", browser.base));
    let answer = request.header(header::COOKIE, cookie).header("x-nagare-request", "1").send().await?;
    ensure!(answer.status() == StatusCode::OK, "{}", answer.status());
    Ok(answer.json().await?)
}
