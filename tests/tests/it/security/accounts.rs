//! Signing in, and what stands in for an account (product.md S1 to S5, S18).

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_LOGIN, ADMIN_PASSWORD, Matomo, Reply, Rest, Stack};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::world::alone;

const NEW_PASSWORD: &str = "seven copper kettles sing";
/// What a page of the dashboard sends with the cookie.
const PROOF: (&str, &str) = ("x-nagare-request", "1");

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("accounts::a_session_is_renewed_once_and_a_second_time_ends_it", sessions),
        alone("accounts::guesses_are_slowed_down_in_all_processes_and_answered_alike", guesses),
        alone("accounts::a_second_factor_is_asked_for_and_its_codes_count_once", second_factor),
        alone("accounts::tokens_and_links_have_a_part_of_their_owners_rights", tokens_and_links),
    ]
}

pub(crate) async fn sign_in(rest: &Rest, login: &str, password: &str, code: &str) -> anyhow::Result<Reply> {
    let body = json!({ "login": login, "password": password, "code": code });
    rest.send("POST", "/api/v1/session", "", &body).await
}

pub(crate) async fn begun(rest: &Rest, password: &str) -> anyhow::Result<(String, Reply)> {
    let reply = sign_in(rest, ADMIN_LOGIN, password, "").await?;
    ensure!(reply.status == 200, "{reply:?}");
    Ok((reply.text("access_token")?, reply))
}

async fn status(rest: &Rest, method: &str, path: &str, bearer: &str, body: &Value) -> anyhow::Result<u16> {
    Ok(rest.send(method, path, bearer, body).await?.status)
}

async fn sessions() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let rest = Rest::new(stack.url());
    let (access, first) = begun(&rest, ADMIN_PASSWORD).await?;
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/session;"] {
        ensure!(first.set_cookie.contains(flag), "{flag} is missing in {}", first.set_cookie);
    }
    let forwarded = [("x-forwarded-proto", "https"), ("cookie", first.cookie()), PROOF];
    // A cookie alone changes nothing: neither a form nor a page of another site has the proof.
    let refresh = "/api/v1/session/refresh";
    ensure!(rest.send_with("POST", refresh, &[("cookie", first.cookie())]).await?.status == 403, "no proof");
    let foreign = [("cookie", first.cookie()), PROOF, ("origin", "https://evil.example")];
    ensure!(rest.send_with("POST", refresh, &foreign).await?.status == 403, "a foreign origin");
    ensure!(rest.send_with("DELETE", "/api/v1/session", &forwarded).await?.status == 401, "a cookie signs nobody out");
    let second = rest.send_with("POST", refresh, &forwarded).await?;
    ensure!(second.status == 200 && second.set_cookie.contains("Secure"), "{second:?}");
    ensure!(second.cookie() != first.cookie(), "the secret did not change");
    // Another session of the same account is not touched by what happens to this one.
    let (other, _) = begun(&rest, ADMIN_PASSWORD).await?;
    ensure!(rest.send_with("POST", refresh, &forwarded).await?.status == 401, "a spent secret renews");
    for token in [&access, &second.text("access_token")?] {
        ensure!(status(&rest, "GET", "/api/v1/sites", token, &Value::Null).await? == 401, "the session goes on");
    }
    let after = [("cookie", second.cookie()), PROOF];
    ensure!(rest.send_with("POST", refresh, &after).await?.status == 401, "an ended session renews");
    list_and_end(&rest, &other).await?;
    weak_password(&stack, &rest).await?;
    passwords(&stack, &rest, &other).await?;
    opting_out(&rest).await?;
    let audit = stack.command(&["audit", "export"]).await?;
    for action in ["session.begin", "session.reuse", "session.end", "password.changed"] {
        ensure!(audit.contains(action), "{action} is not in the security log:\n{audit}");
    }
    for secret in [ADMIN_PASSWORD, NEW_PASSWORD, first.cookie()] {
        ensure!(!audit.contains(secret), "the security log holds a secret");
    }
    stack.command(&["audit", "verify"]).await?;
    stack.finish().await
}

async fn opting_out(rest: &Rest) -> anyhow::Result<()> {
    let page = "/index.php?module=CoreAdminHome&action=optOut";
    for (path, method) in [(page, "GET"), ("/index.php?module=CoreAdminHome&action=optOutJS", "GET")] {
        let reply = rest.send_with(method, path, &[]).await?;
        ensure!(reply.status == 200 && reply.set_cookie.is_empty(), "{path}: {reply:?}");
    }
    Ok(())
}

async fn list_and_end(rest: &Rest, access: &str) -> anyhow::Result<()> {
    let (_, _) = begun(rest, ADMIN_PASSWORD).await?;
    let listed = rest.send("GET", "/api/v1/sessions", access, &Value::Null).await?.body;
    let listed = listed.as_array().context("no list")?;
    ensure!(listed.len() == 2, "{listed:?}");
    let another = listed.iter().find(|session| session["current"] == false).context("no other session")?;
    let path = format!("/api/v1/sessions/{}", another["id"].as_str().unwrap_or_default());
    ensure!(status(rest, "DELETE", &path, access, &Value::Null).await? == 204, "it does not end");
    ensure!(status(rest, "DELETE", &path, access, &Value::Null).await? == 404, "it ends twice");
    Ok(())
}

/// What an administrator chose for another may be weak; it opens nothing but the way to a better one.
async fn weak_password(stack: &Stack, rest: &Rest) -> anyhow::Result<()> {
    let account = [("userLogin", "jane"), ("password", "password"), ("email", "jane@example.org")];
    stack.matomo().call("UsersManager.addUser", &account).await?;
    let refused = sign_in(rest, "jane", "password", "").await?;
    ensure!(refused.status == 403 && refused.body["type"] == "urn:nagare:password-too-weak", "{refused:?}");
    let body = json!({ "token": refused.text("reset_token")?, "new": NEW_PASSWORD });
    ensure!(status(rest, "POST", "/api/v1/account/password-reset", "", &body).await? == 204, "no better password");
    ensure!(sign_in(rest, "jane", NEW_PASSWORD, "").await?.status == 200, "the better password opens nothing");
    Ok(())
}

async fn passwords(stack: &Stack, rest: &Rest, access: &str) -> anyhow::Result<()> {
    let (another, _) = begun(rest, ADMIN_PASSWORD).await?;
    let path = "/api/v1/account/password";
    for (new, expected) in [("short", 422), ("password1234", 422), (NEW_PASSWORD, 204)] {
        let body = json!({ "current": ADMIN_PASSWORD, "new": new });
        ensure!(status(rest, "PUT", path, access, &body).await? == expected, "{new}");
    }
    ensure!(status(rest, "GET", "/api/v1/sites", &another, &Value::Null).await? == 401, "another session goes on");
    ensure!(status(rest, "GET", "/api/v1/sites", access, &Value::Null).await? == 200, "the own session ended");
    // A link of the operator, once.
    let printed = stack.command(&["user", "reset-link", "--login", ADMIN_LOGIN]).await?;
    let token = printed.trim().split_once('#').context("no token in the link")?.1.to_owned();
    let body = json!({ "token": token, "new": "eleven silver spoons bend" });
    let reset = "/api/v1/account/password-reset";
    ensure!(status(rest, "POST", reset, "", &body).await? == 204, "the link does not work");
    ensure!(status(rest, "POST", reset, "", &body).await? == 401, "the link works twice");
    ensure!(status(rest, "GET", "/api/v1/sites", access, &Value::Null).await? == 401, "a session outlives the reset");
    ensure!(status(rest, "GET", "/api/v1/sites", &token, &Value::Null).await? == 401, "a link is a session");
    Ok(())
}

async fn guesses() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let (mut api, url) = stack.further_api(&[]).await?;
    let (here, there) = (Rest::new(stack.url()), Rest::new(&url));
    let wrong = sign_in(&here, ADMIN_LOGIN, "wrong password", "").await?;
    let unknown = sign_in(&here, "nobody", "wrong password", "").await?;
    ensure!(wrong.status == 401 && wrong.body == unknown.body, "{wrong:?} and {unknown:?}");
    for _ in 0..4 {
        ensure!(sign_in(&there, ADMIN_LOGIN, "wrong password", "").await?.status == 401, "slowed down too soon");
    }
    // The right password does not help any more, in neither process.
    for rest in [&here, &there] {
        ensure!(sign_in(rest, ADMIN_LOGIN, ADMIN_PASSWORD, "").await?.status == 429, "not slowed down");
    }
    let confirmed = [("userLogin", ADMIN_LOGIN), ("passwordConfirmation", ADMIN_PASSWORD), ("description", "x")];
    let by_method = Matomo::new(&url, "").call("UsersManager.createAppSpecificTokenAuth", &confirmed).await;
    ensure!(by_method.is_err(), "a method lets guess");
    api.kill()?;
    stack.finish().await
}

pub(crate) fn code_of(secret: &str, steps_later: u64) -> anyhow::Result<String> {
    let secret = Secret::try_from_base32(secret).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let totp = Builder::new().with_secret(secret).build().map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    Ok(totp.generate(now + 30 * steps_later).to_string())
}

async fn second_factor() -> anyhow::Result<()> {
    let stack = Stack::up_with(&[("NAGARE_SECOND_FACTOR_REQUIRED", "true")]).await?;
    let rest = Rest::new(stack.url());
    let path = "/api/v1/account/second-factor";
    let refused = sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, "").await?;
    ensure!(refused.status == 403, "{refused:?}");
    let enrol = refused.text("enrol_token")?;
    ensure!(status(&rest, "GET", "/api/v1/sites", &enrol, &Value::Null).await? == 401, "it is no session");
    let shown = rest.send("POST", path, &enrol, &Value::Null).await?;
    let secret = shown.text("secret")?;
    ensure!(status(&rest, "PUT", path, &enrol, &json!({ "code": "000000" })).await? == 401, "any code confirms");
    let code = code_of(&secret, 0)?;
    let confirmed = rest.send("PUT", path, &enrol, &json!({ "code": code })).await?;
    let codes = confirmed.body["recovery_codes"].as_array().context("no recovery codes")?.clone();
    ensure!(status(&rest, "POST", path, &enrol, &Value::Null).await? == 409, "a confirmed factor is replaced");
    let asked = sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, "").await?;
    ensure!(asked.status == 401 && asked.body["type"] == "urn:nagare:code-needed", "{asked:?}");
    ensure!(sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, &code).await?.status == 401, "a code counts twice");
    let next = code_of(&secret, 1)?;
    ensure!(sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, &next).await?.status == 200, "the next code is refused");
    let recovery = codes[0].as_str().unwrap_or_default();
    ensure!(sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, recovery).await?.status == 200, "a recovery code is refused");
    ensure!(sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, recovery).await?.status == 401, "it counts twice");
    // Neither does a token come of the password alone.
    let confirmed = [("userLogin", ADMIN_LOGIN), ("passwordConfirmation", ADMIN_PASSWORD), ("description", "x")];
    let by_method = stack.matomo().call("UsersManager.createAppSpecificTokenAuth", &confirmed).await;
    ensure!(by_method.is_err(), "a token without the second factor");
    // The secret is nowhere readable; after the master key is replaced, it still works.
    stack.command(&["user", "reset-second-factor", "--login", ADMIN_LOGIN]).await?;
    ensure!(sign_in(&rest, ADMIN_LOGIN, ADMIN_PASSWORD, "").await?.status == 403, "the factor is still there");
    stack.finish().await
}

async fn tokens_and_links() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let (rest, matomo) = (Rest::new(stack.url()), stack.matomo());
    let (own, other) = (matomo.add_site("Own", &[]).await?, matomo.add_site("Other", &[]).await?);
    let (access, _) = begun(&rest, ADMIN_PASSWORD).await?;
    let wanted = json!({ "description": "reports", "sites": [own], "read_only": true, "secure_only": true });
    let created = rest.send("POST", "/api/v1/tokens", &access, &wanted).await?;
    let token = created.text("token")?;
    let scoped = Matomo::new(stack.url(), &token);
    scoped.today("VisitsSummary.get", own).await?;
    ensure!(scoped.today("VisitsSummary.get", other).await.is_err(), "it reads another site");
    ensure!(scoped.call("SitesManager.addSite", &[("siteName", "x")]).await.is_err(), "it is a superuser");
    let goal = [("name", "n"), ("matchAttribute", "manually"), ("patternType", "exact"), ("pattern", "x")];
    ensure!(scoped.add_goal(own, &goal).await.is_err(), "it writes");
    let url = format!("/index.php?module=API&method=VisitsSummary.get&idSite={own}&period=day&date=today&format=json");
    let in_url = rest.send("GET", &format!("{url}&token_auth={token}"), "", &Value::Null).await?;
    ensure!(in_url.status == 401, "it is taken from a URL: {in_url:?}");
    ensure!(status(&rest, "GET", "/api/v1/tokens", &token, &Value::Null).await? == 401, "it lists tokens");
    let listed = rest.send("GET", "/api/v1/tokens", &access, &Value::Null).await?.body;
    let about = listed.as_array().and_then(|list| list.iter().find(|entry| entry["description"] == "reports"));
    let about = about.context("it is not listed")?;
    ensure!(about["last_used_at"].is_number() && !listed.to_string().contains(&token), "{about}");
    let path = format!("/api/v1/tokens/{}", created.text("id")?);
    ensure!(status(&rest, "DELETE", &path, &access, &Value::Null).await? == 204, "it is not revoked");
    ensure!(scoped.today("VisitsSummary.get", own).await.is_err(), "it outlives its revocation");
    links(&stack, &rest, &access, (own, other)).await?;
    stack.finish().await
}

async fn links(stack: &Stack, rest: &Rest, access: &str, sites: (u32, u32)) -> anyhow::Result<()> {
    let (own, other) = sites;
    let shares = "/api/v1/shares";
    for bad in ["API.get", "UsersManager.getUsers", "nothing"] {
        let wanted = json!({ "site": own, "reports": [bad] });
        ensure!(status(rest, "POST", shares, access, &wanted).await? == 422, "{bad} is shared");
    }
    let wanted = json!({ "site": own, "reports": ["VisitsSummary.get"], "password": "open sesame" });
    let created = rest.send("POST", shares, access, &wanted).await?;
    let (id, secret) = (created.text("id")?, created.text("secret")?);
    let open = "/api/v1/shared-session";
    ensure!(status(rest, "POST", open, "", &json!({ "secret": secret })).await? == 401, "no password is needed");
    let opened = rest.send("POST", open, "", &json!({ "secret": secret, "password": "open sesame" })).await?;
    let named = &opened.body["catalogue"][0]["name"];
    ensure!(named == "Visits Summary", "the link tells of {named}");
    let shared = Matomo::new(stack.url(), &opened.text("access_token")?);
    shared.today("VisitsSummary.get", own).await?;
    ensure!(shared.today("VisitsSummary.get", other).await.is_err(), "the link reads another site");
    ensure!(shared.today("Actions.getPageUrls", own).await.is_err(), "the link reads another report");
    ensure!(shared.call("UsersManager.getUsers", &[]).await.is_err(), "the link lists users");
    let bearer = opened.text("access_token")?;
    for path in [shares, "/api/v1/tokens", "/api/v1/sessions", "/api/v1/settings"] {
        ensure!(status(rest, "GET", path, &bearer, &Value::Null).await? == 401, "the link reads {path}");
    }
    ensure!(status(rest, "DELETE", &format!("{shares}/{id}"), access, &Value::Null).await? == 204, "not revoked");
    ensure!(shared.today("VisitsSummary.get", own).await.is_err(), "the link outlives its revocation");
    Ok(())
}
